package dev.zhida.marketplace.jd;

import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Set;

/**
 * Rows of JD's orders, translated. Money comes in yuan as JSON numbers, times in Asia/Shanghai. Refunds are changes of
 * the same row: its base and its fee become smaller.
 *
 * <p>JD tells no amount that was paid; what the commission is computed from comes closest: it leaves out freight and what
 * was paid by vouchers. JD tells no click either: its slots are known from the order alone.
 */
final class JdRows {

    private static final String TO_PAY = "15";
    private static final String DEPOSIT_PAID = "24";
    private static final String PAID = "16";
    private static final String RECEIVED = "17";

    /** Split into others, cancelled, violations of any kind. A code that is not listed is nobody's to guess. */
    private static final Set<String> INVALID = Set.of(
            "2", "3", "4", "5", "6", "7", "8", "9", "11", "13", "14", "19", "20", "21", "22", "23", "25", "26", "27",
            "28", "29", "30", "31", "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43");

    private JdRows() {}

    /**
     * A row of {@code order.row.query}.
     *
     * <p>A received order is settled once its {@code payMonth} has come; nothing else in the row changes then, and JD does
     * not promise to send it again. So a row that is read before and after that day gives two observations of the same
     * time, of which the fold takes the later status: the end does not depend on when a row was read first.
     *
     * @param now the time of asking
     */
    static Observation order(ApiRow row, Instant now) {
        var statusText = row.required("validCode");
        var modifiedAt = row.time("modifyTime");
        var paysAt = payDay(row);
        var until = modifiedAt != null && modifiedAt.isAfter(now) ? modifiedAt : now;
        var status = status(statusText, paysAt != null && !paysAt.isAfter(until));
        var settles = status == OrderStatus.SETTLED;
        var orderNo = row.required("orderId");
        var parent = row.nonZero("parentId");
        var item = ItemReference.of(Marketplace.JD, row.required("skuId", "itemId"));
        var base = settles ? row.yuan("actualCosPrice") : null;
        var settled = settles ? row.yuan("actualFee") : null;
        if (settles && settled == null) {
            throw new IllegalArgumentException("actualFee is missing");
        }
        return new Observation(
                Marketplace.JD,
                "A:" + row.required("id"),
                orderNo,
                parent == null ? orderNo : parent,
                item.itemId(),
                item.itemKey(),
                row.text("skuName"),
                row.object("goodsInfo").text("shopName"),
                row.quantity("skuNum"),
                status,
                statusText,
                amount(row, "estimateCosPrice", status),
                amount(row, "estimateFee", status),
                base,
                settled,
                null,
                null,
                null,
                null,
                row.time("orderTime"),
                null,
                settles ? paysAt : null,
                modifiedAt,
                slot(row),
                row.raw());
    }

    private static OrderStatus status(String code, boolean payDayCame) {
        return switch (code) {
            case TO_PAY, DEPOSIT_PAID -> OrderStatus.CREATED;
            case PAID -> OrderStatus.PAID;
            case RECEIVED -> payDayCame ? OrderStatus.SETTLED : OrderStatus.RECEIVED;
            default -> INVALID.contains(code) ? OrderStatus.INVALID : OrderStatus.NEEDS_REVIEW;
        };
    }

    /** The start of the day on which JD settles; {@code null} while it has not said so. */
    private static Instant payDay(ApiRow row) {
        var day = row.nonZero("payMonth");
        try {
            return day == null ? null : BusinessTime.startOf(LocalDate.parse(day, DateTimeFormatter.BASIC_ISO_DATE));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("payMonth is not understood: " + day, e);
        }
    }

    private static Money amount(ApiRow row, String name, OrderStatus status) {
        var amount = row.yuan(name);
        if (amount != null) {
            return amount;
        }
        if (status == OrderStatus.CREATED || status == OrderStatus.INVALID) {
            return Money.ZERO;
        }
        throw new IllegalArgumentException(name + " is missing");
    }

    private static SlotKey slot(ApiRow row) {
        var own = row.text("subUnionId");
        if (own != null) {
            return new SlotKey(SlotKind.JD_SUB_UNION, own);
        }
        var position = row.nonZero("positionId");
        return position == null ? null : new SlotKey(SlotKind.JD_POSITION, position);
    }
}
