package dev.zhida.marketplace;

import dev.zhida.money.Money;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One refund of an order line as a marketplace's refund feed reported it at one time. A line may have several. Absent
 * values are {@code null}.
 *
 * @param refundId what makes the refund unique within its marketplace
 * @param lineKey the order line that it belongs to; the line itself may come later
 * @param parentNo the number that the buyer sees, where the source tells it: all that a file may know the order by
 * @param statusText the status in the marketplace's own words or code
 * @param refunded what the buyer gets back
 * @param commission the commission and subsidy to give back, before the technical fee, like {@link Observation#settled}
 * @param fee the part of {@code commission} that the technical service fee gives back
 * @param asOf the time of which the report speaks: the marketplace's modified time
 * @param raw the row as received, by the source's own names
 */
public record RefundObservation(
        Marketplace marketplace,
        String refundId,
        String lineKey,
        String parentNo,
        RefundStatus status,
        String statusText,
        Money refunded,
        Money commission,
        Money fee,
        Instant openedAt,
        Instant finishedAt,
        Instant asOf,
        Map<String, String> raw) {

    public RefundObservation {
        Objects.requireNonNull(marketplace);
        Objects.requireNonNull(refundId);
        Objects.requireNonNull(lineKey);
        Objects.requireNonNull(status);
        Objects.requireNonNull(refunded);
        Objects.requireNonNull(commission);
        Objects.requireNonNull(fee);
        raw = Map.copyOf(raw);
    }

    /** Of an order whose parent is not told. */
    public RefundObservation(
            Marketplace marketplace,
            String refundId,
            String lineKey,
            RefundStatus status,
            String statusText,
            Money refunded,
            Money commission,
            Money fee,
            Instant openedAt,
            Instant finishedAt,
            Instant asOf,
            Map<String, String> raw) {
        this(
                marketplace,
                refundId,
                lineKey,
                null,
                status,
                statusText,
                refunded,
                commission,
                fee,
                openedAt,
                finishedAt,
                asOf,
                raw);
    }
}
