package dev.zhida.intake;

import dev.zhida.attribution.Attributions;
import dev.zhida.attribution.Claims;
import dev.zhida.commission.Commissions;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Observation;
import dev.zhida.order.Decisions;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Orders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Takes what marketplaces report, and what people decide of it, all the way to the books. */
@ApplicationScoped
public class Intake {

    private final Orders orders;
    private final Decisions decisions;
    private final Attributions attributions;
    private final Claims claims;
    private final Commissions commissions;
    private final AuditTrail audit;
    private final Clock clock;

    Intake(
            Orders orders,
            Decisions decisions,
            Attributions attributions,
            Claims claims,
            Commissions commissions,
            AuditTrail audit,
            Clock clock) {
        this.orders = orders;
        this.decisions = decisions;
        this.attributions = attributions;
        this.claims = claims;
        this.commissions = commissions;
        this.audit = audit;
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

    private void settle(List<OrderLine> lines, Instant at) {
        if (!lines.isEmpty()) {
            commissions.settle(lines, attributions.attribute(lines, at), at);
        }
    }
}
