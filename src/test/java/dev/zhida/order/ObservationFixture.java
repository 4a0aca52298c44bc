package dev.zhida.order;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** An observation that is valid by default; a test names only what it is about. */
public record ObservationFixture(
        String key,
        OrderStatus status,
        long paidFen,
        long estimatedFen,
        Long settledFen,
        Long subsidyFen,
        Rate feeRate,
        Long feeFen,
        Instant clickedAt,
        Instant asOf,
        SlotKey slot,
        String item) {

    public static final Instant NOON = Instant.parse("2026-03-01T04:00:00Z");

    private static final AtomicLong NUMBERS = new AtomicLong(2_700_000_000_000_000_000L);

    public static ObservationFixture anObservation() {
        return new ObservationFixture(
                "F:" + NUMBERS.incrementAndGet() + ":1:1",
                OrderStatus.PAID,
                10_000,
                1_000,
                null,
                null,
                null,
                null,
                NOON,
                null,
                new SlotKey(SlotKind.TAOBAO_PID, "2_3"),
                "1");
    }

    public ObservationFixture key(String other) {
        return new ObservationFixture(
                other,
                status,
                paidFen,
                estimatedFen,
                settledFen,
                subsidyFen,
                feeRate,
                feeFen,
                clickedAt,
                asOf,
                slot,
                item);
    }

    public ObservationFixture item(String other) {
        return new ObservationFixture(
                key,
                status,
                paidFen,
                estimatedFen,
                settledFen,
                subsidyFen,
                feeRate,
                feeFen,
                clickedAt,
                asOf,
                slot,
                other);
    }

    public ObservationFixture status(OrderStatus other) {
        return new ObservationFixture(
                key,
                other,
                paidFen,
                estimatedFen,
                other == OrderStatus.SETTLED ? (Long) estimatedFen : settledFen,
                subsidyFen,
                feeRate,
                feeFen,
                clickedAt,
                asOf,
                slot,
                item);
    }

    public ObservationFixture estimated(long fen) {
        return new ObservationFixture(
                key, status, paidFen, fen, settledFen, subsidyFen, feeRate, feeFen, clickedAt, asOf, slot, item);
    }

    public ObservationFixture settled(long fen) {
        return new ObservationFixture(
                key,
                OrderStatus.SETTLED,
                paidFen,
                estimatedFen,
                fen,
                subsidyFen,
                feeRate,
                feeFen,
                clickedAt,
                asOf,
                slot,
                item);
    }

    public ObservationFixture subsidy(long fen) {
        return new ObservationFixture(
                key, status, paidFen, estimatedFen, settledFen, fen, feeRate, feeFen, clickedAt, asOf, slot, item);
    }

    public ObservationFixture feeRate(Rate rate) {
        return new ObservationFixture(
                key, status, paidFen, estimatedFen, settledFen, subsidyFen, rate, feeFen, clickedAt, asOf, slot, item);
    }

    public ObservationFixture fee(long fen) {
        return new ObservationFixture(
                key, status, paidFen, estimatedFen, settledFen, subsidyFen, feeRate, fen, clickedAt, asOf, slot, item);
    }

    public ObservationFixture clickedAt(Instant at) {
        return new ObservationFixture(
                key, status, paidFen, estimatedFen, settledFen, subsidyFen, feeRate, feeFen, at, asOf, slot, item);
    }

    public ObservationFixture asOf(Instant at) {
        return new ObservationFixture(
                key, status, paidFen, estimatedFen, settledFen, subsidyFen, feeRate, feeFen, clickedAt, at, slot, item);
    }

    public ObservationFixture slot(SlotKey other) {
        return new ObservationFixture(
                key,
                status,
                paidFen,
                estimatedFen,
                settledFen,
                subsidyFen,
                feeRate,
                feeFen,
                clickedAt,
                asOf,
                other,
                item);
    }

    public Observation build() {
        return new Observation(
                Marketplace.TAOBAO,
                key,
                key.split(":")[1],
                null,
                item,
                item,
                "大衣",
                "店",
                1,
                status,
                status.name(),
                Money.ofFen(paidFen),
                Money.ofFen(estimatedFen),
                null,
                settledFen == null ? null : Money.ofFen(settledFen),
                subsidyFen == null ? null : Money.ofFen(subsidyFen),
                feeRate,
                feeFen == null ? null : Money.ofFen(feeFen),
                clickedAt,
                NOON,
                NOON,
                status == OrderStatus.SETTLED ? NOON.plusSeconds(86_400) : null,
                asOf,
                slot,
                Map.of());
    }
}
