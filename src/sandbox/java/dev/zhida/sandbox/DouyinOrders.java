package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.zhida.sandbox.Market.By;
import dev.zhida.sandbox.Market.Shown;
import java.util.List;
import java.util.function.BiFunction;

/** What Douyin's two gateways share: how orders are paged through, and most of a row. Amounts are after the fee. */
final class DouyinOrders {

    private static final long WINDOW = 90 * Times.DAY;

    private DouyinOrders() {}

    /** What differs between the two. */
    record Query(Market market, SandboxClock clock, Parameters parameters, int mostRows, boolean unixTimes) {}

    /** Orders by number, else those of a period. */
    static ObjectNode search(Query query, BiFunction<Market, Shown, ObjectNode> shape) {
        var parameters = query.parameters;
        var out = JSON.createObjectNode();
        var list = out.putArray("orders");
        var ids = parameters.text("order_ids");
        if (ids != null && !ids.equals("[]")) {
            var wanted = List.of(ids.replaceAll("[\\[\\]\"\\s]", "").split(","));
            if (wanted.size() > 10) {
                throw parameters.refusal().apply("at most 10 order_ids");
            }
            wanted.forEach(id -> query.market.ofOrder(id).forEach(row -> list.add(shape.apply(query.market, row))));
            return out.put("cursor", "");
        }
        var from = time(query, "start_time");
        var to = time(query, "end_time");
        if (to < from || to - from > WINDOW) {
            throw parameters.refusal().apply("查询时间跨度超过限制");
        }
        if (from < query.clock.second() - WINDOW) {
            throw parameters.refusal().apply("只能查询最近90天的订单");
        }
        var by =
                switch (parameters.required("time_type")) {
                    case "pay" -> By.PAID;
                    case "update" -> By.MODIFIED;
                    default -> throw parameters.refusal().apply("time_type is pay or update");
                };
        page(query, by, from, to, list, out, shape);
        return out;
    }

    private static void page(
            Query query,
            By by,
            long from,
            long to,
            ArrayNode list,
            ObjectNode out,
            BiFunction<Market, Shown, ObjectNode> shape) {
        var size = query.parameters.integer("size", 20, 1, query.mostRows);
        var cursor = query.parameters.text("cursor", "0");
        var place = from;
        var tie = Long.MIN_VALUE;
        if (!cursor.equals("0")) {
            if (!cursor.matches("\\d{1,12}_\\d{1,12}")) {
                throw query.parameters.refusal().apply("the cursor is none of ours: " + cursor);
            }
            place = Long.parseLong(cursor.substring(0, cursor.indexOf('_')));
            tie = Long.parseLong(cursor.substring(cursor.indexOf('_') + 1));
            if (query.market.faults().movingPercent() > 0) {
                query.market.move(query.market.window(by, from, to, row -> true));
            }
        }
        var rows = query.market.after(by, place, tie, to, size + 1, row -> true);
        var more = rows.size() > size;
        var shown = more ? rows.subList(0, size) : rows;
        query.market.spoil(shown).forEach(row -> list.add(shape.apply(query.market, row)));
        out.put(
                "cursor",
                more ? Market.place(by, shown.getLast()) + "_" + shown.getLast().line().number : "");
    }

    private static long time(Query query, String name) {
        return query.unixTimes ? query.parameters.unixTime(name) : query.parameters.localTime(name);
    }

    /** The members that both rows have. */
    static ObjectNode row(Market market, Shown row) {
        var line = row.line();
        var state = row.state();
        var item = line.item;
        var settled = state.settledBaseFen() != Money.NONE;
        var base = settled ? state.settledBaseFen() : state.estimatedBaseFen();
        var out = JSON.createObjectNode();
        out.put("order_id", line.orderNo);
        out.put("product_id", item.id());
        out.put("product_name", item.title());
        out.put("product_img", item.picture());
        out.put("total_pay_amount", state.paidFen());
        out.put("pay_goods_amount", state.paidFen());
        out.put("refund_amount", state.refundedFen());
        out.put("ads_real_commission", settled ? line.gross(base) - line.fee(base) : 0);
        out.put("flow_point", market.code(row, "AFTER_SALE"));
        out.put("after_sales_status", state.refundedFen() > 0 ? 2 : 0);
        out.put("pay_success_time", Times.local(line.reached(Step.PAID, state), ""));
        out.put("confirm_time", Times.local(line.reached(Step.RECEIVED, state), ""));
        out.put("settle_time", Times.local(line.reached(Step.SETTLED, state), ""));
        out.put("refund_time", state.refundedFen() > 0 ? Times.local(state.at()) : "");
        out.put("update_time", Times.local(state.at()));
        out.put("shop_id", item.shopId());
        out.put("shop_name", item.shop());
        out.put("item_num", line.quantity);
        return out;
    }

    /** The amount that the commission of a row is of. */
    static long base(State state) {
        return state.settledBaseFen() == Money.NONE ? state.estimatedBaseFen() : state.settledBaseFen();
    }
}
