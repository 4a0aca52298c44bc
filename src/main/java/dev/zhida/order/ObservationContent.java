package dev.zhida.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

/**
 * What an observation says, as it is stored and hashed: fen, plain decimals and instants. The order of the
 * properties is part of the hash, so properties are added at the end and never without a value that is left out.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "lineKey",
    "orderNo",
    "parentNo",
    "itemId",
    "itemKey",
    "itemTitle",
    "shopName",
    "quantity",
    "status",
    "statusText",
    "paidFen",
    "estimatedFen",
    "settledBaseFen",
    "settledFen",
    "subsidyFen",
    "feeRate",
    "feeFen",
    "clickedAt",
    "createdAt",
    "paidAt",
    "settledAt",
    "asOf",
    "slotKind",
    "slotKey"
})
record ObservationContent(
        String lineKey,
        String orderNo,
        String parentNo,
        String itemId,
        String itemKey,
        String itemTitle,
        String shopName,
        int quantity,
        OrderStatus status,
        String statusText,
        long paidFen,
        long estimatedFen,
        Long settledBaseFen,
        Long settledFen,
        Long subsidyFen,
        String feeRate,
        Long feeFen,
        String clickedAt,
        String createdAt,
        String paidAt,
        String settledAt,
        String asOf,
        SlotKind slotKind,
        String slotKey) {

    static ObservationContent of(Observation o) {
        return new ObservationContent(
                o.lineKey(),
                o.orderNo(),
                o.parentNo(),
                o.itemId(),
                o.itemKey(),
                o.itemTitle(),
                o.shopName(),
                o.quantity(),
                o.status(),
                o.statusText(),
                o.paid().fen(),
                o.estimated().fen(),
                fen(o.settledBase()),
                fen(o.settled()),
                fen(o.subsidy()),
                o.feeRate() == null ? null : o.feeRate().fraction().toPlainString(),
                fen(o.fee()),
                text(o.clickedAt()),
                text(o.createdAt()),
                text(o.paidAt()),
                text(o.settledAt()),
                text(o.asOf()),
                o.slot() == null ? null : o.slot().kind(),
                o.slot() == null ? null : o.slot().value());
    }

    Observation toObservation(Marketplace marketplace, Map<String, String> raw) {
        return new Observation(
                marketplace,
                lineKey,
                orderNo,
                parentNo,
                itemId,
                itemKey,
                itemTitle,
                shopName,
                quantity,
                status,
                statusText,
                Money.ofFen(paidFen),
                Money.ofFen(estimatedFen),
                money(settledBaseFen),
                money(settledFen),
                money(subsidyFen),
                feeRate == null ? null : Rate.of(feeRate),
                money(feeFen),
                instant(clickedAt),
                instant(createdAt),
                instant(paidAt),
                instant(settledAt),
                instant(asOf),
                slotKind == null ? null : new SlotKey(slotKind, slotKey),
                raw);
    }

    /** SHA-256 of the stored text, in lower-case hex. */
    static String hash(String content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Long fen(Money money) {
        return money == null ? null : money.fen();
    }

    private static Money money(Long fen) {
        return fen == null ? null : Money.ofFen(fen);
    }

    private static String text(Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static Instant instant(String text) {
        return text == null ? null : Instant.parse(text);
    }
}
