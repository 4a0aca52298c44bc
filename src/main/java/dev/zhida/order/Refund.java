package dev.zhida.order;

import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;

/**
 * The current truth of one refund of an order line.
 *
 * @param latest the observation that holds
 */
public record Refund(RefundObservation latest, RefundStatus status) {

    /** Whether the creator's share of the commission is taken back. */
    public boolean takesBack() {
        return status == RefundStatus.SUCCEEDED || status == RefundStatus.FROM_CREATOR;
    }
}
