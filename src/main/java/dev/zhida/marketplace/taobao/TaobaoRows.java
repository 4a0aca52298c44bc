package dev.zhida.marketplace.taobao;

import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import java.util.Map;

/**
 * Rows of Taobao's orders, refunds and punishments, translated. Money comes in yuan as text, rates in per cent, times in
 * Asia/Shanghai.
 *
 * <p>A line's key is its sub-order with the role in which we earn from it: who is second and third party of the same
 * sub-order sees it twice. Refunds name both, so they find their line.
 */
final class TaobaoRows {

    /** 二方: who owns the commission first. */
    private static final String SECOND_PARTY = "2";

    /** 三方: who has a share from another. */
    private static final String THIRD_PARTY = "3";

    private static final Map<String, OrderStatus> STATUSES = Map.of(
            "11", OrderStatus.CREATED,
            "12", OrderStatus.PAID,
            "14", OrderStatus.RECEIVED,
            "3", OrderStatus.SETTLED,
            "13", OrderStatus.INVALID);

    /** 12 and 13 are deducted from who promoted, 14 and 15 collected from the seller, 4 and 11 are not decided. */
    private static final Map<String, RefundStatus> REFUND_STATUSES = Map.of(
            "4", RefundStatus.OPENED,
            "11", RefundStatus.OPENED,
            "3", RefundStatus.FAILED,
            "2", RefundStatus.SUCCEEDED,
            "12", RefundStatus.FROM_CREATOR,
            "13", RefundStatus.FROM_CREATOR,
            "14", RefundStatus.FROM_SELLER,
            "15", RefundStatus.FROM_SELLER);

    private TaobaoRows() {}

    /** A row of {@code order.details.get}. Its commission is before the technical service fee. */
    static Observation order(ApiRow row) {
        var statusText = row.required("tk_status");
        var status = STATUSES.getOrDefault(statusText, OrderStatus.NEEDS_REVIEW);
        var settles = status == OrderStatus.SETTLED;
        var orderNo = row.required("trade_id");
        var item = ItemReference.of(Marketplace.TAOBAO, row.required("item_id"));
        return new Observation(
                Marketplace.TAOBAO,
                lineKey(orderNo, row.text("tk_order_role")),
                orderNo,
                row.text("trade_parent_id"),
                item.itemId(),
                item.itemKey(),
                row.text("item_title"),
                row.text("seller_shop_title", "seller_nick"),
                row.quantity("item_num"),
                status,
                statusText,
                amount(row, "alipay_total_price", status),
                amount(row, "pub_share_pre_fee", status),
                settles ? row.yuan("pay_price") : null,
                settles ? amount(row, "pub_share_fee", status) : null,
                row.yuan(settles ? "pub_share_fee_for_sdy" : "pub_share_pre_fee_for_sdy"),
                row.percent("alimama_rate"),
                row.yuan("alimama_share_fee"),
                row.time("click_time"),
                row.time("tk_create_time"),
                row.time("tk_paid_time", "tb_paid_time"),
                settles ? row.time("tk_earning_time") : null,
                row.time("modified_time"),
                slot(row),
                row.raw());
    }

    /** An amount that an order which is worth something has to have. */
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

    private static String lineKey(String tradeId, String role) {
        return "A:" + tradeId + ":" + (role == null ? SECOND_PARTY : role);
    }

    /** A channel's order names the channel's PID as well, which many share. */
    private static SlotKey slot(ApiRow row) {
        var relation = row.nonZero("relation_id");
        if (relation != null) {
            return new SlotKey(SlotKind.TAOBAO_RELATION, relation);
        }
        var site = row.nonZero("site_id");
        var adzone = row.nonZero("adzone_id");
        return site == null || adzone == null ? null : new SlotKey(SlotKind.TAOBAO_PID, site + "_" + adzone);
    }

    /** A row of {@code order.refund.get} or {@code relation.refund}. */
    static RefundObservation refund(ApiRow row) {
        var statusText = row.required("refund_status");
        var tradeId = row.required("tb_trade_id");
        var role = role(row.text("tk_order_role", "refund_type"), row);
        var lineKey = lineKey(tradeId, role);
        var suit = row.text("refund_suit_id");
        var status = REFUND_STATUSES.getOrDefault(statusText, RefundStatus.NEEDS_REVIEW);
        return new RefundObservation(
                Marketplace.TAOBAO,
                // The feed of channels tells no number of the dispute; a sub-order has one at a time there.
                (suit == null ? "R:" + tradeId : suit) + ":" + role,
                lineKey,
                row.text("tb_trade_parent_id"),
                status,
                statusText,
                returned(row, status, "refund_fee"),
                returned(
                        row,
                        status,
                        "show_return_fee",
                        THIRD_PARTY.equals(role) ? "tk3rd_pub_show_return_fee" : "tk_pub_show_return_fee"),
                zeroIfAbsent(row.yuan("tk_commission_alimm_refund_fee"))
                        .plus(zeroIfAbsent(row.yuan("tk_subsidy_alimm_refund_fee"))),
                row.time("tk_refund_suit_time"),
                row.time("tk_refund_time"),
                row.time("modified_time"),
                row.raw());
    }

    /** The refund feed says 二方 and 三方, the channels' feed 1 and 2 in {@code refund_type}; orders say 2 and 3. */
    private static String role(String text, ApiRow row) {
        return switch (text) {
            case null -> SECOND_PARTY;
            case "二方" -> SECOND_PARTY;
            case "三方" -> THIRD_PARTY;
            case "1" -> SECOND_PARTY;
            case "2" -> row.text("tk_order_role") == null ? THIRD_PARTY : SECOND_PARTY;
            default -> text;
        };
    }

    /** The first of these amounts that is told; one that takes something back, or may, has to have it. */
    private static Money returned(ApiRow row, RefundStatus status, String... names) {
        for (var name : names) {
            var amount = row.yuan(name);
            if (amount != null) {
                return amount;
            }
        }
        return switch (status) {
            case OPENED, FAILED, FROM_SELLER -> Money.ZERO;
            case SUCCEEDED, FROM_CREATOR, NEEDS_REVIEW -> throw new IllegalArgumentException(names[0] + " is missing");
        };
    }

    private static Money zeroIfAbsent(Money money) {
        return money == null ? Money.ZERO : money;
    }

    /** A row of {@code dg.punish.order.get}. */
    static PunishmentObservation punishment(ApiRow row) {
        var status = row.required("punish_status");
        return new PunishmentObservation(
                Marketplace.TAOBAO,
                row.required("tb_trade_id"),
                switch (status) {
                    case "0" -> true;
                    case "1" -> false;
                    default -> throw new IllegalArgumentException("punish_status is not understood: " + status);
                },
                row.text("violation_type"),
                row.time("modified_time", "punish_time"),
                row.raw());
    }
}
