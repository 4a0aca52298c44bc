package dev.zhida.intake;

import dev.zhida.attribution.Attributions;
import dev.zhida.commission.Commissions;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Observation;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Orders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Takes observations all the way from a marketplace to the books. */
@ApplicationScoped
public class Intake {

    private final Orders orders;
    private final Attributions attributions;
    private final Commissions commissions;
    private final Clock clock;

    Intake(Orders orders, Attributions attributions, Commissions commissions, Clock clock) {
        this.orders = orders;
        this.attributions = attributions;
        this.commissions = commissions;
        this.clock = clock;
    }

    /**
     * Observes, folds, attributes and posts, in one transaction.
     *
     * @return for each observation, in the order given, whether it was news
     */
    @Transactional
    public List<Boolean> take(Orders.Source source, List<Observation> observations) {
        var at = clock.instant();
        var taken = orders.observe(source, observations, at);
        settle(taken.lines(), at);
        return taken.added();
    }

    /**
     * Takes a page of a feed in the same way.
     *
     * @return how many of its rows were news
     */
    @Transactional
    public int take(Orders.Source source, FeedPage page) {
        var at = clock.instant();
        var taken = orders.take(source, page.orders(), page.refunds(), page.punishments(), at);
        settle(taken.lines(), at);
        return Math.toIntExact(taken.added().stream().filter(news -> news).count());
    }

    private void settle(List<OrderLine> lines, Instant at) {
        if (!lines.isEmpty()) {
            commissions.settle(lines, attributions.attribute(lines, at), at);
        }
    }
}
