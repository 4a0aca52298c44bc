package dev.zhida.order;

import static dev.zhida.order.ObservationFixture.NOON;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.Money;
import java.time.Instant;
import java.util.Map;

/** A report of a refund that is valid by default. */
public record RefundFixture(String id, String lineKey, RefundStatus status, long commissionFen, Instant asOf) {

    public static RefundFixture aRefundOf(String lineKey) {
        return new RefundFixture(lineKey + "/1", lineKey, RefundStatus.OPENED, 100, NOON);
    }

    public RefundFixture id(String other) {
        return new RefundFixture(other, lineKey, status, commissionFen, asOf);
    }

    public RefundFixture status(RefundStatus other) {
        return new RefundFixture(id, lineKey, other, commissionFen, asOf);
    }

    public RefundFixture commission(long fen) {
        return new RefundFixture(id, lineKey, status, fen, asOf);
    }

    public RefundFixture asOf(Instant at) {
        return new RefundFixture(id, lineKey, status, commissionFen, at);
    }

    public RefundObservation build() {
        return new RefundObservation(
                Marketplace.TAOBAO,
                id,
                lineKey,
                status,
                status.name(),
                Money.ofFen(commissionFen * 10),
                Money.ofFen(commissionFen),
                Money.ofFen(commissionFen / 10),
                NOON,
                null,
                asOf,
                Map.of());
    }
}
