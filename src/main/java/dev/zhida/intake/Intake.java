package dev.zhida.intake;

import dev.zhida.attribution.Attributions;
import dev.zhida.commission.Commissions;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Observation;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Orders;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Takes observations all the way from a marketplace to the books. */
@ApplicationScoped
public class Intake {

    private final Orders orders;
    private final OrderSources sources;
    private final Attributions attributions;
    private final Commissions commissions;
    private final MeterRegistry metrics;
    private final Clock clock;

    Intake(
            Orders orders,
            OrderSources sources,
            Attributions attributions,
            Commissions commissions,
            MeterRegistry metrics,
            Clock clock) {
        this.orders = orders;
        this.sources = sources;
        this.attributions = attributions;
        this.commissions = commissions;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What became of a row of a file. */
    public enum Outcome {
        NEWS,
        UNCHANGED,
        /** The API tells of its order, and not clearly of which line. */
        KNOWN_FROM_API
    }

    /**
     * Takes rows of a file: observes, folds, attributes and posts, in one transaction.
     *
     * @return for each row, in the order given, what became of it
     */
    @Transactional
    public List<Outcome> takeRows(Orders.Source source, List<Observation> rows) {
        var at = clock.instant();
        var named = sources.ofFile(source.marketplace(), rows, at);
        var taken =
                orders.observe(source, named.stream().filter(Objects::nonNull).toList(), at);
        settle(taken.lines(), at);
        var added = taken.added().iterator();
        return named.stream()
                .map(row -> row == null ? Outcome.KNOWN_FROM_API : added.next() ? Outcome.NEWS : Outcome.UNCHANGED)
                .toList();
    }

    /**
     * Takes a page of a feed in the same way.
     *
     * @return how many of its rows were news
     */
    @Transactional
    public int takePage(Orders.Source source, FeedPage page) {
        var at = clock.instant();
        var named = sources.ofApi(source.marketplace(), page, at);
        var taken = orders.take(source, named.orders(), named.refunds(), named.punishments(), at);
        settle(taken.lines(), at);
        return Math.toIntExact(taken.added().stream().filter(news -> news).count());
    }

    private void settle(List<OrderLine> lines, Instant at) {
        if (lines.isEmpty()) {
            return;
        }
        commissions.settle(lines, attributions.attribute(lines, at), at);
        var review = lines.stream().filter(line -> line.review() != null).toList();
        if (!review.isEmpty()) {
            metrics.counter("zhida.orders.needs-review").increment(review.size());
            var first = review.getFirst();
            Log.warnf("%d order lines need review, the first is %s: %s", review.size(), first.id(), first.review());
        }
    }
}
