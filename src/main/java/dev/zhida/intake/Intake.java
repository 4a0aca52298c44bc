package dev.zhida.intake;

import static java.util.stream.Collectors.toSet;

import dev.zhida.attribution.Attributions;
import dev.zhida.attribution.Claims;
import dev.zhida.commission.Commissions;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.order.Decisions;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Orders;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Takes what marketplaces report, and what people decide of it, all the way to the books. */
@ApplicationScoped
public class Intake {

    private final Orders orders;
    private final OrderSources sources;
    private final Decisions decisions;
    private final Attributions attributions;
    private final Claims claims;
    private final Commissions commissions;
    private final AuditTrail audit;
    private final MeterRegistry metrics;
    private final Clock clock;

    Intake(
            Orders orders,
            OrderSources sources,
            Decisions decisions,
            Attributions attributions,
            Claims claims,
            Commissions commissions,
            AuditTrail audit,
            MeterRegistry metrics,
            Clock clock) {
        this.orders = orders;
        this.sources = sources;
        this.decisions = decisions;
        this.attributions = attributions;
        this.claims = claims;
        this.commissions = commissions;
        this.audit = audit;
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
    public List<Outcome> take(Orders.Source source, List<Observation> rows) {
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
    public int take(Orders.Source source, FeedPage page) {
        var at = clock.instant();
        var named = sources.ofApi(source.marketplace(), page, at);
        var taken = orders.take(source, named.orders(), named.refunds(), named.punishments(), at);
        settle(taken.lines(), at);
        warnOfFrozenAgain(page.punishments(), taken.lines());
        return Math.toIntExact(taken.added().stream().filter(news -> news).count());
    }

    /** Attributes and posts lines anew: after a lease was written late, or touches were classified anew. */
    @Transactional
    public void redo(Collection<UUID> lineIds) {
        settle(orders.lock(lineIds), clock.instant());
    }

    /** Takes a person's choice between reports; as {@link Decisions#decide}. */
    @Transactional
    public Instant decide(UUID lineId, Decisions.Choice choice, Caller by) {
        var at = clock.instant();
        settle(decisions.decide(lineId, choice, by.personId(), at), at);
        audit.add(
                by.personId(),
                "order-decided",
                "order-line/" + lineId,
                Map.of("report", choice.report(), "reason", choice.reason()),
                at);
        return at;
    }

    /** Holds a line's commission back, or lets it go; as {@link Decisions#hold}. */
    @Transactional
    public Instant hold(UUID lineId, boolean held, String reason, Caller by) {
        var at = clock.instant();
        settle(decisions.hold(lineId, held, reason, by.personId(), at), at);
        audit.add(
                by.personId(),
                held ? "order-held" : "order-released",
                "order-line/" + lineId,
                Map.of("reason", reason),
                at);
        return at;
    }

    /** Decides a claim and moves the money that follows from it; as {@link Claims#decide}. */
    @Transactional
    public Claims.Claim decideClaim(long id, boolean accept, String reason, Caller by) {
        var at = clock.instant();
        var claim = claims.decide(id, accept, reason, by.personId(), at);
        settle(orders.lock(List.of(claim.lineId())), at);
        return claim;
    }

    /**
     * A report of a punishment without a time tells of a second freeze in the words of the first, so an order that was
     * freed stays free: somebody has to hold it. Said again by every page until somebody does.
     */
    private void warnOfFrozenAgain(List<PunishmentObservation> punishments, List<OrderLine> lines) {
        var frozen = punishments.stream()
                .filter(punishment -> punishment.frozen() && punishment.asOf() == null)
                .map(PunishmentObservation::orderNo)
                .collect(toSet());
        var free = lines.stream()
                .filter(line -> frozen.contains(line.latest().orderNo()))
                .filter(line -> !line.isKeptBack() && line.status() != OrderStatus.INVALID)
                .toList();
        if (!free.isEmpty()) {
            metrics.counter("zhida.orders.frozen-again").increment(free.size());
            Log.errorf(
                    "the marketplace says that orders are frozen which it had freed: hold %s",
                    free.stream().map(OrderLine::id).toList());
        }
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
