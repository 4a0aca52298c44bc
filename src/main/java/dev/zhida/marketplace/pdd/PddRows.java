package dev.zhida.marketplace.pdd;

import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import java.util.Map;

/**
 * Rows of Pinduoduo's orders, translated. Money comes in fen, times in unix seconds with 0 for what has not happened.
 * An order has one item; refunds are changes of the same row. How partial refunds show is not documented: whatever the
 * row says of its commission is taken.
 */
final class PddRows {

    /** Written out: one public library shifts every name from 3 on by one. */
    private static final Map<String, OrderStatus> STATUSES = Map.of(
            "-1", OrderStatus.CREATED,
            "0", OrderStatus.PAID,
            "1", OrderStatus.PAID,
            "2", OrderStatus.RECEIVED,
            "3", OrderStatus.RECEIVED,
            "4", OrderStatus.INVALID,
            "5", OrderStatus.SETTLED,
            "8", OrderStatus.INVALID,
            "10", OrderStatus.INVALID);

    private PddRows() {}

    /** A row of an order list; its commission is before the software service fee. */
    static Observation order(ApiRow row) {
        var statusText = row.required("order_status");
        var status = STATUSES.getOrDefault(statusText, OrderStatus.NEEDS_REVIEW);
        var settles = status == OrderStatus.SETTLED;
        var orderNo = row.required("order_sn");
        var item = ItemReference.of(Marketplace.PDD, row.required("goods_sign", "goods_id"));
        var commission = amount(row, "promotion_amount", status);
        return new Observation(
                Marketplace.PDD,
                "A:" + orderNo,
                orderNo,
                orderNo,
                item.itemId(),
                item.itemKey(),
                row.text("goods_name"),
                row.text("mall_name"),
                row.quantity("goods_quantity"),
                status,
                statusText,
                amount(row, "order_amount", status),
                commission,
                null,
                settles ? commission : null,
                null,
                null,
                row.fen("duo_id_service_fee"),
                row.seconds("point_time"),
                row.seconds("order_create_time"),
                row.seconds("order_pay_time"),
                settles ? row.seconds("order_settle_time") : null,
                row.seconds("order_modify_at"),
                slot(row),
                row.raw());
    }

    private static Money amount(ApiRow row, String name, OrderStatus status) {
        var amount = row.fen(name);
        if (amount != null) {
            return amount;
        }
        if (status == OrderStatus.CREATED || status == OrderStatus.INVALID) {
            return Money.ZERO;
        }
        throw new IllegalArgumentException(name + " is missing");
    }

    /** Custom parameters come back unchanged, and are compared as the text that they are, whatever it is. */
    private static SlotKey slot(ApiRow row) {
        var own = row.text("custom_parameters");
        return own == null ? null : new SlotKey(SlotKind.PDD_CUSTOM_PARAMETERS, own);
    }
}
