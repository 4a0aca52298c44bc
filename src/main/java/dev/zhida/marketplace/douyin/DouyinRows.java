package dev.zhida.marketplace.douyin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Rows of Douyin's orders, translated. Money comes in fen, times in Asia/Shanghai with {@code ""} for what has not
 * happened. Refunds are changes of the same row, also after it was settled.
 *
 * <p>Commissions come after the technical service fee, which is told beside them; observations speak of what is before it,
 * so it is added. Douyin tells no click: its slots are known from the order alone.
 */
final class DouyinRows {

    private static final Map<String, OrderStatus> STATUSES = Map.of(
            "PAY_SUCC", OrderStatus.PAID,
            "CONFIRM", OrderStatus.RECEIVED,
            "SETTLE", OrderStatus.SETTLED,
            "REFUND", OrderStatus.INVALID);

    private DouyinRows() {}

    /**
     * What a row tells of our share.
     *
     * @param estimated after the fee
     * @param estimatedFee the fee that goes with it
     * @param real what was settled, after the fee
     * @param realFee the fee of what was settled; {@code null} where it is not told apart
     * @param slot our own words on the order
     */
    private record Share(Money estimated, Money estimatedFee, Money real, Money realFee, String slot) {}

    /** A row of Pangolin's {@code /order/search}. */
    static Observation pangolin(ApiRow row) {
        return order(
                row,
                new Share(
                        row.fen("estimated_commission"),
                        row.fen("estimated_tech_service_fee"),
                        row.fen("ads_real_commission"),
                        row.fen("settled_tech_service_fee"),
                        row.text("external_info")));
    }

    /** A row of {@code buyin}: an institution's own share where it has one, else that of who promoted. */
    static Observation buyin(ApiRow row) {
        var pid = row.object("pid_info");
        var slot = pid.text("external_info") != null ? pid.text("external_info") : row.text("pick_extra");
        var institution = row.object("colonel_order_info");
        return order(
                row,
                institution.text("estimated_commission") != null
                        ? new Share(
                                institution.fen("estimated_commission"),
                                institution.fen("tech_service_fee"),
                                institution.fen("real_commission"),
                                institution.fen("settled_tech_service_fee"),
                                slot)
                        : new Share(
                                row.fen("ads_estimated_commission"),
                                row.fen("ads_estimated_tech_service_fee"),
                                row.fen("ads_real_commission"),
                                row.fen("ads_settled_tech_service_fee", "settled_tech_service_fee"),
                                slot));
    }

    private static Observation order(ApiRow row, Share share) {
        var statusText = row.required("flow_point");
        var status = STATUSES.getOrDefault(statusText, OrderStatus.NEEDS_REVIEW);
        var settles = status == OrderStatus.SETTLED;
        var orderNo = row.required("order_id");
        var productId = row.required("product_id");
        var estimatedFee = zeroIfAbsent(share.estimatedFee());
        var fee = settles && share.realFee() != null ? share.realFee() : estimatedFee;
        return new Observation(
                Marketplace.DOUYIN,
                "A:" + orderNo + ":" + productId,
                orderNo,
                orderNo,
                productId,
                ItemReference.of(Marketplace.DOUYIN, productId).itemKey(),
                row.text("product_name"),
                row.text("shop_name"),
                row.quantity("item_num"),
                status,
                statusText,
                needed(row.fen("total_pay_amount", "pay_goods_amount"), "total_pay_amount", status),
                needed(share.estimated(), "the estimated commission", status).plus(estimatedFee),
                settles ? row.fen("settled_goods_amount") : null,
                settles ? needed(share.real(), "the settled commission", status).plus(fee) : null,
                null,
                null,
                fee,
                null,
                null,
                row.time("pay_success_time"),
                settles ? row.time("settle_time") : null,
                row.time("update_time"),
                share.slot() == null ? null : new SlotKey(SlotKind.DOUYIN_EXTERNAL_INFO, share.slot()),
                row.raw());
    }

    private static Money needed(Money amount, String what, OrderStatus status) {
        if (amount == null && status != OrderStatus.INVALID) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return zeroIfAbsent(amount);
    }

    private static Money zeroIfAbsent(Money money) {
        return money == null ? Money.ZERO : money;
    }

    /**
     * A page of orders: the one array of the answer, and a cursor that is empty at the end.
     *
     * @param cursor of this page: one that leads to itself is the end as well
     * @throws MarketplaceFailure if there are neither orders nor a cursor that says that this is the end
     */
    static FeedPage page(JsonNode data, String cursor, Function<ApiRow, Observation> translate) {
        var rows = firstArray(data);
        var next = new ApiRow(data).text("cursor", "next_cursor");
        // Where an empty list is left out or null, the cursor alone tells it from an answer that is cut off.
        var ends = (data.has("cursor") || data.has("next_cursor")) && (next == null || next.equals(cursor));
        if (!ends && !hasArray(data)) {
            throw new MarketplaceFailure(MarketplaceFailure.Kind.PLATFORM, "Douyin answered without orders");
        }
        return ApiRow.orders(rows, translate, rows.isEmpty() || cursor.equals(next) ? null : next);
    }

    private static boolean hasArray(JsonNode data) {
        return data.isArray()
                || data.properties().stream().map(Map.Entry::getValue).anyMatch(JsonNode::isArray);
    }

    /** The elements of the first array of an object; its name differs between documents. */
    static List<JsonNode> firstArray(JsonNode data) {
        var rows = new ArrayList<JsonNode>();
        (data.isArray()
                        ? data
                        : data.properties().stream()
                                .map(Map.Entry::getValue)
                                .filter(JsonNode::isArray)
                                .findFirst()
                                .orElse(data))
                .forEach(row -> {
                    if (row.isObject()) {
                        rows.add(row);
                    }
                });
        return rows;
    }
}
