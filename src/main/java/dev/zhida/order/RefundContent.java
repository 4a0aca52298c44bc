package dev.zhida.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.Money;
import java.time.Instant;
import java.util.Map;

/** What a report of a refund says, as it is stored and hashed; properties as in {@link ObservationContent}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "refundId",
    "lineKey",
    "status",
    "statusText",
    "refundedFen",
    "commissionFen",
    "feeFen",
    "openedAt",
    "finishedAt",
    "asOf"
})
record RefundContent(
        String refundId,
        String lineKey,
        RefundStatus status,
        String statusText,
        long refundedFen,
        long commissionFen,
        long feeFen,
        String openedAt,
        String finishedAt,
        String asOf) {

    static RefundContent of(RefundObservation o) {
        return new RefundContent(
                o.refundId(),
                o.lineKey(),
                o.status(),
                o.statusText(),
                o.refunded().fen(),
                o.commission().fen(),
                o.fee().fen(),
                text(o.openedAt()),
                text(o.finishedAt()),
                text(o.asOf()));
    }

    RefundObservation toObservation(Marketplace marketplace) {
        return new RefundObservation(
                marketplace,
                refundId,
                lineKey,
                status,
                statusText,
                Money.ofFen(refundedFen),
                Money.ofFen(commissionFen),
                Money.ofFen(feeFen),
                instant(openedAt),
                instant(finishedAt),
                instant(asOf),
                Map.of());
    }

    private static String text(Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static Instant instant(String text) {
        return text == null ? null : Instant.parse(text);
    }
}
