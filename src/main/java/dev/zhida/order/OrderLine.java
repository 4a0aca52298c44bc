package dev.zhida.order;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The current truth of one line of an order.
 *
 * @param latest the observation that holds
 * @param review why a person must decide; {@code null} unless the status is {@code NEEDS_REVIEW}
 * @param refunds what was refunded of it, where the marketplace tells refunds apart
 * @param frozen whether the marketplace has frozen it for a violation
 * @param held whether an operator holds its commission
 */
public record OrderLine(
        UUID id,
        UUID accountId,
        Observation latest,
        OrderStatus status,
        String review,
        List<Refund> refunds,
        boolean frozen,
        boolean held) {

    public OrderLine {
        refunds = List.copyOf(refunds);
    }

    /** A line without refunds. */
    public OrderLine(UUID id, UUID accountId, Observation latest, OrderStatus status, String review) {
        this(id, accountId, latest, status, review, List.of(), false, false);
    }

    /** A line that nobody holds. */
    public OrderLine(
            UUID id,
            UUID accountId,
            Observation latest,
            OrderStatus status,
            String review,
            List<Refund> refunds,
            boolean frozen) {
        this(id, accountId, latest, status, review, refunds, frozen, false);
    }

    OrderLine frozen(boolean now) {
        return new OrderLine(id, accountId, latest, status, review, refunds, now, held);
    }

    /** Whether what it earns is kept back for now, by the marketplace or by an operator. */
    public boolean isKeptBack() {
        return frozen || held;
    }

    /** When the buyer paid, as far as the source tells; else when the order was placed. May be {@code null}. */
    public Instant paidAt() {
        return latest.paidAt() != null ? latest.paidAt() : latest.createdAt();
    }
}
