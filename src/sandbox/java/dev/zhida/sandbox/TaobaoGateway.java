package dev.zhida.sandbox;

import static dev.zhida.sandbox.Money.percent;
import static dev.zhida.sandbox.Money.yuan;
import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.zhida.sandbox.Accounts.Own;
import dev.zhida.sandbox.Market.By;
import dev.zhida.sandbox.Market.Shown;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Taobao's open platform: form in, JSON out, arrays wrapped by their element's type unless they are simplified. */
final class TaobaoGateway implements Gateway {

    private static final String NONE = "--";
    private static final long TOLERANCE = 600;
    private static final long WINDOW = 3 * Times.HOUR;
    private static final long WINDOW_OF_PROMOTION = 20 * 60;
    private static final long REMEMBERED = 90 * Times.DAY;
    private static final long REFUNDS_BY_CHANGE_SINCE = Times.read("2022-12-20 00:00:00");
    /** Where orders may be asked for 20 minutes at a time alone, as {@code MMdd}; more by the control interface. */
    private static final Set<Integer> PROMOTIONS = Set.of(618, 1111);

    private static final Pattern ITEM_ID = Pattern.compile("[0-9A-Za-z]{1,32}-([0-9A-Za-z]{1,32})");
    private static final Pattern ITEM_URL =
            Pattern.compile("https?://[a-z.]*(?:taobao|tmall)\\.com/.*[?&](?:id|itemId)="
                    + "(?:[0-9A-Za-z]{1,32}-)?([0-9A-Za-z]{1,32})(?:&.*)?");
    private static final Pattern AFFILIATE_URL = Pattern.compile("https://(?:s\\.click|uland)\\.taobao\\.com/.+");
    private static final Pattern CURSOR = Pattern.compile("(\\d+)_([0-9a-z]+)\\|(\\d+)_([0-9a-z]+)");

    private final Accounts accounts;
    private final SandboxClock clock;
    private final Clock wall;
    private final Tokens tokens;
    /** Further days of promotion, as {@code yyyyMMdd}. */
    private final Set<Integer> promotions = ConcurrentHashMap.newKeySet();

    TaobaoGateway(Accounts accounts, SandboxClock clock, Clock wall, Tokens tokens) {
        this.accounts = accounts;
        this.clock = clock;
        this.wall = wall;
        this.tokens = tokens;
    }

    void addPromotion(int day) {
        promotions.add(day);
    }

    @Override
    public Answer answer(Request request) {
        var fields = request.fields();
        try {
            var caller = authenticate(fields);
            if (!"json".equals(fields.get("format"))) {
                return new Answer(
                        200,
                        "text/xml;charset=UTF-8",
                        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error_response><code>22</code>"
                                + "<msg>the sandbox answers format=json alone</msg></error_response>");
            }
            var method = fields.get("method");
            var body = serve(
                    caller,
                    method,
                    new Parameters(fields, why -> new VendorError("40", "isv.missing-or-invalid-parameter", why)),
                    "true".equals(fields.get("simplify")));
            body.put("request_id", requestId(fields));
            return Answer.json(JSON.createObjectNode()
                    .set(method.substring("taobao.".length()).replace('.', '_') + "_response", body));
        } catch (VendorError e) {
            return error(e, requestId(fields));
        }
    }

    private static String requestId(Map<String, String> fields) {
        return Long.toString(Item.mix(fields.hashCode()) & Long.MAX_VALUE, 36);
    }

    private static Answer error(VendorError e, String requestId) {
        var error = JSON.createObjectNode();
        // A word of the business is a remote error to the platform, which names it beside.
        var business = e.code().length() == 4 && e.subCode() == null;
        error.put("code", business ? 15 : Integer.parseInt(e.code()));
        error.put("msg", business ? "Remote service error" : e.getMessage());
        error.put("sub_code", business ? e.code() : e.subCode());
        error.put("sub_msg", e.getMessage());
        error.put("request_id", requestId);
        return Answer.json(JSON.createObjectNode().set("error_response", error));
    }

    @Override
    public Answer throttled(Request request, long banSeconds) {
        var error = JSON.createObjectNode();
        error.put("code", 7);
        error.put("msg", "App Call Limited");
        error.put("sub_code", "accesscontrol.limited-by-api-access-count");
        error.put("sub_msg", "This ban will last for " + banSeconds + " more seconds");
        error.put("request_id", "throttled");
        return Answer.json(JSON.createObjectNode().set("error_response", error));
    }

    private Own authenticate(Map<String, String> fields) {
        if (!fields.getOrDefault("method", "").startsWith("taobao.")) {
            throw new VendorError("21", "isv.missing-method", "Missing Method");
        }
        var caller = accounts.of(Vendor.TAOBAO, fields.get("app_key"));
        if (caller == null) {
            throw new VendorError("29", "isv.invalid-app-key", "Invalid app Key");
        }
        var expected = Signing.taobao(fields, caller.account().secret());
        if (expected == null || !expected.equals(fields.get("sign"))) {
            throw new VendorError("25", "isv.invalid-signature", "Invalid signature");
        }
        if (!"2.0".equals(fields.get("v"))) {
            throw new VendorError("43", "isv.invalid-version", "Invalid version");
        }
        var signedAt = Times.read(fields.getOrDefault("timestamp", ""));
        if (signedAt == Times.NEVER || Math.abs(signedAt - wall.instant().getEpochSecond()) > TOLERANCE) {
            throw new VendorError("31", "isv.invalid-timestamp", "Invalid timestamp");
        }
        if (fields.get("method").contains(".sc.")) {
            var session = fields.get("session");
            if (session == null || session.isEmpty()) {
                throw new VendorError("26", "isv.missing-session", "Missing session");
            }
            if (!session.equals(caller.account().session())) {
                throw new VendorError("27", "isv.invalid-session", "Invalid session");
            }
        }
        return caller;
    }

    private ObjectNode serve(Own caller, String method, Parameters parameters, boolean simplified) {
        return switch (method) {
            case "taobao.tbk.order.details.get", "taobao.tbk.sc.order.details.get" ->
                orders(caller.market(), parameters, simplified);
            case "taobao.tbk.order.refund.get", "taobao.tbk.sc.order.refund.get" ->
                refunds(caller.market(), parameters, simplified);
            case "taobao.tbk.relation.refund", "taobao.tbk.sc.relation.refund" ->
                relationRefunds(caller.market(), parameters, simplified);
            case "taobao.tbk.dg.punish.order.get", "taobao.tbk.sc.punish.order.get" ->
                punishments(caller.market(), parameters, simplified);
            case "taobao.tbk.dg.general.link.convert", "taobao.tbk.sc.general.link.convert" ->
                convert(caller, parameters, simplified);
            case "taobao.tbk.tpwd.create" -> token(caller, parameters);
            case "taobao.tbk.dg.tpwd.report.get" -> tokenCounts(parameters);
            case "taobao.tbk.dg.tpwd.risk.report" -> tokenRisks(caller, parameters, simplified);
            case "taobao.tbk.item.info.get" -> items(parameters, simplified);
            default -> throw new VendorError("22", "isv.invalid-method", "Invalid method");
        };
    }

    private static JsonNode list(ArrayNode rows, String type, boolean simplified) {
        return simplified ? rows : JSON.createObjectNode().set(type, rows);
    }

    // Orders

    private ObjectNode orders(Market market, Parameters all, boolean simplified) {
        var parameters = new Parameters(all.values(), why -> new VendorError("1001", why));
        var by =
                switch (parameters.integer("query_type", 1, 1, 4)) {
                    case 1 -> By.CREATED;
                    case 2 -> By.PAID;
                    case 3 -> By.SETTLED;
                    default -> By.MODIFIED;
                };
        var from = parameters.localTime("start_time");
        var to = parameters.localTime("end_time");
        if (to < from) {
            throw new VendorError("1001", "end_time is before start_time");
        }
        if (from < clock.second() - REMEMBERED) {
            throw new VendorError("2004", "只能查询最近90天的订单");
        }
        if (to - from > (isPromotion(from) || isPromotion(to) ? WINDOW_OF_PROMOTION : WINDOW)) {
            throw new VendorError("2007", "查询时间跨度过长");
        }
        var page = parameters.integer("page_no", 1, 1, 100);
        var size = parameters.integer("page_size", 20, 1, 100);
        var which = which(parameters);
        var position = parameters.text("position_index");
        if (page > 1 && position == null) {
            throw new VendorError("1008", "position_index is required from the second page on");
        }
        List<Shown> rows;
        boolean hasBefore;
        boolean hasNext;
        if (position == null) {
            rows = market.after(by, from, Long.MIN_VALUE, to, size + 1, which);
            hasBefore = false;
            hasNext = rows.size() > size;
        } else {
            var cursor = CURSOR.matcher(position);
            if (!cursor.matches()) {
                throw new VendorError("1008", "illegal position_index");
            }
            if (market.faults().movingPercent() > 0) {
                market.move(market.window(by, from, to, which));
            }
            switch (parameters.text("jump_type", "")) {
                case "1" -> {
                    rows = market.after(
                            by,
                            Long.parseLong(cursor.group(3)),
                            Long.parseLong(cursor.group(4), 36),
                            to,
                            size + 1,
                            which);
                    hasBefore = true;
                    hasNext = rows.size() > size;
                }
                case "-1" -> {
                    rows = market.before(
                            by,
                            Long.parseLong(cursor.group(1)),
                            Long.parseLong(cursor.group(2), 36),
                            from,
                            size + 1,
                            which);
                    hasBefore = rows.size() > size;
                    rows = hasBefore ? rows.subList(1, rows.size()) : rows;
                    hasNext = true;
                }
                default -> throw new VendorError("1005", "jump_type is required with position_index: -1 or 1");
            }
        }
        rows = rows.size() > size ? rows.subList(0, size) : rows;
        var data = JSON.createObjectNode();
        var results = JSON.createArrayNode();
        market.spoil(rows).forEach(row -> results.add(order(market, row, simplified)));
        data.set("results", list(results, "publisher_order_dto", simplified));
        data.put("has_pre", hasBefore);
        data.put("has_next", hasNext);
        if (!rows.isEmpty()) {
            data.put("position_index", place(by, rows.getFirst()) + "|" + place(by, rows.getLast()));
        }
        data.put("page_no", page);
        data.put("page_size", size);
        return JSON.createObjectNode().set("data", data);
    }

    private boolean isPromotion(long second) {
        var day = Times.day(second);
        return PROMOTIONS.contains(day % 10_000) || promotions.contains(day);
    }

    private static String place(By by, Shown row) {
        return Market.place(by, row) + "_" + Long.toString(row.line().number, 36);
    }

    private static Predicate<Shown> which(Parameters parameters) {
        var member = parameters.integer("member_type", 0, 2, 3);
        var status = parameters.text("tk_status");
        if (status != null && !List.of("3", "11", "12", "13", "14").contains(status)) {
            throw new VendorError("1006", "illegal tk_status");
        }
        var scene = parameters.integer("order_scene", 1, 1, 3);
        return row -> (member == 0 || row.line().role == member)
                && (status == null || row.state().code().equals(status))
                && (scene == 1 || scene == 2 && row.line().slot.relationId() != null);
    }

    private static ObjectNode order(Market market, Shown row, boolean simplified) {
        var line = row.line();
        var state = row.state();
        var item = line.item;
        var out = JSON.createObjectNode();
        var estimated = state.estimatedBaseFen();
        var settled = state.step() == Step.SETTLED ? state.settledBaseFen() : 0;
        var paidAt = line.reached(Step.PAID, state);
        var deposit = line.states()[0];
        var presale =
                deposit.step() == Step.PAID && deposit.paidFen() < line.end().paidFen();
        out.put("trade_id", line.orderNo);
        out.put("trade_parent_id", line.parentNo);
        out.put("item_id", changingPart(line.number) + "-" + item.id());
        out.put("extra_mkt_id", item.id());
        out.put("item_title", item.title());
        out.put("item_num", line.quantity);
        out.put("item_price", yuan(item.priceFen()));
        out.put("item_img", item.picture());
        out.put("item_link", "http://item.taobao.com/item.htm?id=" + item.id());
        out.put("item_category_name", item.category());
        out.put("seller_nick", item.shop());
        out.put("seller_shop_title", item.shop());
        out.put("tk_create_time", Times.local(line.createdAt));
        out.put("click_time", Times.local(line.clickedAt));
        out.put("tb_paid_time", Times.local(paidAt, NONE));
        out.put("tk_paid_time", Times.local(paidAt, NONE));
        out.put("tk_earning_time", Times.local(line.reached(Step.SETTLED, state), NONE));
        out.put("tk_deposit_time", presale ? Times.local(paidAt, NONE) : NONE);
        out.put("tb_deposit_time", presale ? Times.local(paidAt, NONE) : NONE);
        out.put("deposit_price", presale ? yuan(deposit.paidFen()) : "0.00");
        out.put("modified_time", Times.local(state.at()));
        out.put("alipay_total_price", yuan(state.paidFen()));
        out.put("pay_price", state.step() == Step.SETTLED ? yuan(settled) : NONE);
        out.put("total_commission_rate", percent(item.rate()));
        out.put("total_commission_fee", yuan(line.commission(settled)));
        out.put("income_rate", percent(item.rate() + item.subsidyRate()));
        out.put("pub_share_rate", percent(line.shareRate));
        out.put("tk_total_rate", percent(Money.share(item.rate() + item.subsidyRate(), line.shareRate)));
        out.put("pub_share_pre_fee", yuan(line.gross(estimated)));
        out.put("pub_share_fee", yuan(line.gross(settled)));
        out.put("pub_share_pre_fee_for_commission", yuan(line.commission(estimated)));
        out.put("pub_share_fee_for_commission", yuan(line.commission(settled)));
        out.put("pub_share_pre_fee_for_sdy", yuan(line.subsidy(estimated)));
        out.put("pub_share_fee_for_sdy", yuan(line.subsidy(settled)));
        out.put("pub_share_rate_for_sdy", percent(line.shareRate));
        out.put("subsidy_rate", percent(item.subsidyRate()));
        out.put("subsidy_fee", yuan(line.subsidy(settled)));
        out.put("subsidy_type", item.subsidyRate() > 0 ? "天猫" : NONE);
        out.put("alimama_rate", "10.00");
        out.put("alimama_share_fee", yuan(line.fee(state.step() == Step.SETTLED ? settled : estimated)));
        var services = JSON.createArrayNode();
        services.add(JSON.createObjectNode().put("tk_share_role_type", 1).put("share_relative_rate", "0.00"));
        out.set("service_fee_dto_list", list(services, "service_fee_d_t_o", simplified));
        var code = market.code(row, "99");
        out.put("tk_status", Integer.parseInt(code));
        out.put("refund_tag", state.disputed() ? 1 : 0);
        out.put("tk_order_role", line.role);
        out.put("order_type", item.subsidyRate() > 0 ? "天猫" : "淘宝");
        out.put("terminal_type", "无线");
        out.put("flow_source", NONE);
        out.put("adzone_id", line.slot.part(3));
        out.put("adzone_name", "推广位" + line.slot.part(3));
        out.put("site_id", line.slot.part(2));
        out.put("site_name", "媒体" + line.slot.part(2));
        out.put("pub_id", line.slot.part(1));
        if (line.slot.relationId() != null) {
            out.put("relation_id", line.slot.relationId());
        }
        out.put("special_id", NONE);
        return out;
    }

    private static String changingPart(long number) {
        return "z" + Long.toString(Item.mix(number) & 0xffffffffffffL, 36);
    }

    // Disputes and punishments

    private record Told(Line line, Dispute dispute, Dispute.News news, long at) {}

    private List<Told> told(Market market, int type, long from, long to, Predicate<Line> which) {
        var now = clock.second();
        var told = new ArrayList<Told>();
        for (var line : market.disputed()) {
            for (var dispute : line.disputes) {
                var news = market.shown(line, dispute, now);
                if (news == null || !which.test(line)) {
                    continue;
                }
                var at =
                        switch (type) {
                            case 1 -> dispute.openedAt();
                            case 2 -> {
                                var state = line.at(now);
                                yield line.reached(Step.SETTLED, state);
                            }
                            case 3 -> dispute.finishedAt(news.at());
                            case 4 -> line.createdAt;
                            default -> news.at();
                        };
                if (at >= from && at <= to) {
                    told.add(new Told(line, dispute, news, at));
                }
            }
        }
        told.sort(Comparator.comparingLong(Told::at).thenComparing(one -> one.dispute.id()));
        return told;
    }

    private ObjectNode refunds(Market market, Parameters all, boolean simplified) {
        var parameters =
                Parameters.of(all.object("publisher_refund_order_query_option"), why -> new VendorError("1001", why));
        var type = parameters.integer("query_type", 1, 1, 5);
        var from = parameters.localTime("start_time");
        var to = parameters.localTime("end_time");
        if (type >= 4 && from < REFUNDS_BY_CHANGE_SINCE) {
            throw new VendorError("1001", "query_type " + type + " begins with 2022-12-20");
        }
        var page = parameters.integer("page_no", 1, 1, 10_000);
        var size = parameters.integer("page_size", 20, 1, 100);
        var member = parameters.integer("member_type", 4, 1, 4);
        var rows = told(market, type, from, to, line -> member == 4 || line.role == member + 1);
        var start = Math.min(rows.size(), (page - 1) * size);
        var position = parameters.text("position_index");
        if (position != null) {
            var cursor = CURSOR.matcher(position);
            if (!cursor.matches()) {
                throw new VendorError("1008", "illegal position_index");
            }
            if (!List.of("1", "-1").contains(parameters.text("jump_type", ""))) {
                throw new VendorError("1005", "jump_type is required with position_index: -1 or 1");
            }
            var at = Long.parseLong(cursor.group(3));
            var id = Long.toString(Long.parseLong(cursor.group(4), 36));
            start = 0;
            while (start < rows.size()
                    && (rows.get(start).at < at
                            || rows.get(start).at == at
                                    && rows.get(start).dispute.id().compareTo(id) <= 0)) {
                start++;
            }
        }
        var end = Math.min(rows.size(), start + size);
        var results = JSON.createArrayNode();
        rows.subList(start, end).forEach(row -> results.add(refund(row)));
        var data = JSON.createObjectNode();
        data.set("results", list(results, "publisher_refund_order_d_t_o", simplified));
        data.put("has_pre", start > 0);
        data.put("has_next", end < rows.size());
        if (start < end) {
            data.put("position_index", place(rows.get(start)) + "|" + place(rows.get(end - 1)));
        }
        data.put("page_no", page);
        data.put("page_size", size);
        return JSON.createObjectNode().set("data", data);
    }

    private static String place(Told row) {
        return row.at + "_" + Long.toString(Long.parseLong(row.dispute.id()), 36);
    }

    private ObjectNode refund(Told row) {
        var now = clock.second();
        var line = row.line;
        var dispute = row.dispute;
        var out = JSON.createObjectNode();
        out.put("refund_suit_id", dispute.id());
        out.put("tb_trade_parent_id", line.parentNo);
        out.put("tb_trade_id", line.orderNo);
        out.put("tb_trade_create_time", Times.local(line.createdAt));
        out.put("earning_time", Times.local(line.reached(Step.SETTLED, line.at(now)), NONE));
        out.put("tk_refund_suit_time", Times.local(dispute.openedAt()));
        out.put("tk_refund_time", Times.local(dispute.finishedAt(row.news.at()), NONE));
        out.put("modified_time", Times.local(row.news.at()));
        out.put("item_title", line.item.title());
        out.put("tk_order_role", line.role == 2 ? "二方" : "三方");
        out.put("tb_trade_finish_price", yuan(line.at(now).paidFen()));
        out.put("refund_fee", yuan(dispute.refundedFen()));
        out.put("pub_share_fee", yuan(line.gross(line.at(now).settledBaseFen())));
        out.put("tk_commission_fee_refund", yuan(dispute.commissionFen() - dispute.feeFen()));
        out.put("tk_subsidy_fee_refund", yuan(dispute.subsidyFen()));
        out.put("tk_commission_alimm_refund_fee", yuan(dispute.feeFen()));
        out.put("tk_subsidy_alimm_refund_fee", "0.00");
        out.put("tk_commission_agent_refund_fee", "0.00");
        out.put("tk_subsidy_agent_refund_fee", "0.00");
        out.put("show_return_fee", yuan(dispute.grossFen()));
        out.put("refund_status", row.news.status());
        if (line.slot.relationId() != null) {
            out.put("relation_id", line.slot.relationId());
        }
        return out;
    }

    private ObjectNode relationRefunds(Market market, Parameters all, boolean simplified) {
        var parameters = Parameters.of(all.object("search_option"), why -> new VendorError("1001", why));
        var type = parameters.integer("search_type", 1, 1, 5);
        var from = parameters.localTime("start_time");
        var kind = parameters.integer("refund_type", 0, 0, 2);
        if (parameters.integer("biz_type", 1, 1, 2) == 2) {
            return relationPage(List.of(), parameters, simplified);
        }
        // How far the period reaches is not documented; here to the present.
        return relationPage(
                told(
                        market,
                        type,
                        from,
                        Long.MAX_VALUE,
                        line -> line.slot.relationId() != null && (kind == 0 || line.role == kind + 1)),
                parameters,
                simplified);
    }

    private ObjectNode relationPage(List<Told> rows, Parameters parameters, boolean simplified) {
        var page = parameters.integer("page_no", 1, 1, 10_000);
        var size = parameters.integer("page_size", 20, 1, 100);
        var results = JSON.createArrayNode();
        slice(rows, page, size).forEach(row -> {
            var out = refund(row);
            out.put("tb_auction_title", row.line.item.title());
            out.put("refund_type", row.line.role == 2 ? 1 : 2);
            out.put("tk_pub_show_return_fee", yuan(row.line.role == 2 ? row.dispute.grossFen() : 0));
            out.put("tk3rd_pub_show_return_fee", yuan(row.line.role == 3 ? row.dispute.grossFen() : 0));
            out.put("tk_commission_fee_refund_pub", yuan(row.dispute.commissionFen() - row.dispute.feeFen()));
            out.put("tk_subsidy_fee_refund_pub", yuan(row.dispute.subsidyFen()));
            out.put("tk_pub_id", row.line.slot.part(1));
            results.add(out);
        });
        return pageOf(results, rows.size(), page, size, simplified);
    }

    private static <T> List<T> slice(List<T> rows, int page, int size) {
        var start = Math.min(rows.size(), (page - 1) * size);
        return rows.subList(start, Math.min(rows.size(), start + size));
    }

    private static ObjectNode pageOf(ArrayNode results, int total, int page, int size, boolean simplified) {
        var data = JSON.createObjectNode();
        data.set("results", list(results, "result", simplified));
        data.put("page_no", page);
        data.put("page_size", size);
        data.put("total_count", total);
        var result = JSON.createObjectNode();
        result.set("data", data);
        result.put("biz_error_code", 0);
        return JSON.createObjectNode().set("result", result);
    }

    /** By the time that the order was placed; which time is meant is not documented. */
    private ObjectNode punishments(Market market, Parameters all, boolean simplified) {
        var parameters = Parameters.of(all.object("af_order_option"), why -> new VendorError("1001", why));
        var from = parameters.localTime("start_time");
        var to = from + parameters.integer("span", 30, 1, 30) * Times.DAY;
        var page = parameters.integer("page_no", 1, 1, 10_000);
        var size = parameters.integer("page_size", 20, 1, 100);
        var now = clock.second();
        var trade = parameters.text("tb_trade_id");
        var frozen = market.frozen().stream()
                .filter(line -> line.freeze.from() <= now
                        && line.createdAt >= from
                        && line.createdAt <= to
                        && (trade == null || trade.equals(line.orderNo)))
                .toList();
        var results = JSON.createArrayNode();
        slice(frozen, page, size).forEach(line -> {
            var out = results.addObject();
            var freed = line.freeze.until() != Times.NEVER && line.freeze.until() <= now;
            out.put("tb_trade_id", line.orderNo);
            out.put("punish_status", freed ? 1 : 0);
            out.put("violation_type", line.freeze.violation());
            out.put("settle_month", Integer.toString(Times.month(line.freeze.from())));
            out.put("tk_trade_create_time", Times.local(line.createdAt));
            out.put("tk_pub_id", line.slot.part(1));
            out.put("tk_site_id", line.slot.part(2));
            out.put("tk_adzone_id", line.slot.part(3));
            if (line.slot.relationId() != null) {
                out.put("relation_id", line.slot.relationId());
            }
        });
        return pageOf(results, frozen.size(), page, size, simplified);
    }

    // Links, tokens, items

    private ObjectNode convert(Own caller, Parameters parameters, boolean simplified) {
        var pid = caller.pidOf(parameters.required("adzone_id"));
        var site = parameters.text("site_id");
        if (site != null) {
            pid = "mm_" + pid.split("_")[1] + "_" + site + "_" + pid.split("_")[3];
        }
        var slot = new Slot(pid, parameters.text("relation_id"), null);
        var data = JSON.createObjectNode();
        var byId = JSON.createArrayNode();
        for (var id : names(parameters, "item_id_list", "item_dto", "item_id")) {
            var matched = ITEM_ID.matcher(id);
            byId.add(converted("input_item_id", id, matched.matches() ? matched.group(1) : null, slot));
        }
        var byUrl = JSON.createArrayNode();
        for (var url : names(parameters, "material_list", "material_dto", "material_url")) {
            var matched = ITEM_URL.matcher(url);
            byUrl.add(converted("input_material_url", url, matched.matches() ? matched.group(1) : null, slot));
        }
        if (byId.isEmpty() && byUrl.isEmpty()) {
            throw new VendorError("41", "isv.invalid-parameter", "nothing to convert");
        }
        data.set("item_url_list", list(byId, "item_url_list", simplified));
        data.set("material_url_list", list(byUrl, "material_url_list", simplified));
        var out = JSON.createObjectNode();
        out.set("data", data);
        out.put("result_msg", "OK");
        return out;
    }

    private static List<String> names(Parameters parameters, String list, String objects, String member) {
        var names = new ArrayList<String>();
        var plain = parameters.text(list);
        if (plain != null) {
            names.addAll(List.of(plain.split(",")));
        }
        var structured = parameters.text(objects);
        if (structured != null) {
            try {
                JSON.readTree(structured)
                        .forEach(one -> names.add(one.path(member).asText()));
            } catch (JsonProcessingException e) {
                throw new VendorError("41", "isv.invalid-parameter", objects + " is no JSON");
            }
        }
        return names;
    }

    private ObjectNode converted(String input, String asked, String itemId, Slot slot) {
        var out = JSON.createObjectNode();
        out.put(input, asked);
        if (itemId == null) {
            return out.put("code", 1001).put("msg", "the item id is not well formed, or no longer accepted");
        }
        var item = Item.of(Vendor.TAOBAO, itemId);
        if (!item.known()) {
            return out.put("code", 4001).put("msg", "the item is not in the alliance");
        }
        out.put("code", 0);
        out.put("msg", "OK");
        var made = new Tokens.Made(Vendor.TAOBAO, slot, item, clock.second());
        var e = tokens.make(24, made);
        var token = tokens.make(11, made);
        var full = changingPart(made.at() * 31 + item.number()) + "-" + item.id();
        var query = "?e=" + e + "&itemId=" + full + "&pid=" + slot.pid()
                + (slot.relationId() == null ? "" : "&relationId=" + slot.relationId());
        var link = out.putObject("link_info_dto");
        link.put("cps_long_url", "https://s.click.taobao.com/t" + query);
        link.put("cps_short_url", "https://s.click.taobao.com/" + e.substring(0, 7));
        link.put("cps_short_tpwd", "￥" + token + "￥");
        link.put("cps_full_tpwd", longToken(token, e, item));
        if (item.couponFen() > 0) {
            link.put("coupon_long_url", "https://uland.taobao.com/coupon/edetail" + query);
            link.put("coupon_short_url", "https://s.click.taobao.com/" + e.substring(0, 7));
            link.put("coupon_short_tpwd", "￥" + token + "￥");
            link.put("coupon_full_tpwd", longToken(token, e, item));
        }
        link.put("material_type", 1);
        link.put("item_id", full);
        link.put("material_id", full);
        link.put("tk_biz_type", 1);
        link.put("origin_pid", slot.pid());
        var promotion = out.putObject("promotion_info_dto");
        promotion.put("commission_rate", percent(item.rate()));
        promotion.put("commission_type", "MKT");
        promotion.put("promotion_price", item.paidFen());
        if (item.couponFen() > 0) {
            var coupon = out.putObject("coupon_info_dto");
            coupon.put("coupon_amount", Long.toString(item.couponFen() / 100));
            coupon.put("coupon_desc", "满" + item.couponFen() / 50 + "减" + item.couponFen() / 100);
            coupon.put("coupon_remain_count", 10_000);
        }
        return out;
    }

    private static String longToken(String token, String e, Item item) {
        return "47￥ CZ3457 " + token + "￥ https://m.tb.cn/h." + e.substring(0, 7) + "  " + item.title();
    }

    private ObjectNode token(Own caller, Parameters parameters) {
        var url = parameters.required("url");
        if (!AFFILIATE_URL.matcher(url).matches()) {
            throw new VendorError("15", "isv.invalid-url", "口令跳转url不支持口令转换");
        }
        var known = tokens.within(url);
        var made = known == null
                ? new Tokens.Made(
                        Vendor.TAOBAO, Slot.of(caller.account(), null), Item.of(Vendor.TAOBAO, url), clock.second())
                : known;
        var token = tokens.make(11, made);
        var data = JSON.createObjectNode();
        data.put("password_simple", "￥" + token + "￥");
        data.put("model", longToken(token, token, made.item()));
        return JSON.createObjectNode().set("data", data);
    }

    /** Counts that grow with a token's age, the same for every caller. */
    private ObjectNode tokenCounts(Parameters parameters) {
        Tokens.Made made = null;
        for (var value : new TreeMap<>(parameters.values()).values()) {
            made = made == null ? tokens.within(value) : made;
        }
        if (made == null) {
            throw new VendorError("15", "isv.invalid-tpwd", "the token is not known");
        }
        var minutes = Math.max(0, (clock.second() - made.at()) / 60);
        var pace = 1 + Math.floorMod(Item.mix(made.at() + made.item().number()), 5);
        var data = JSON.createObjectNode();
        data.put("hour_pv", Math.min(60, minutes) * pace);
        data.put("hour_uv", Math.min(60, minutes) * pace * 3 / 4);
        data.put("pv", minutes * pace);
        data.put("uv", minutes * pace * 3 / 4);
        return JSON.createObjectNode().set("data", data);
    }

    /** Of the PIDs that the sandbox was told of, every 97th is warned about and every 389th blocked. */
    private ObjectNode tokenRisks(Own caller, Parameters parameters, boolean simplified) {
        var limit = parameters.integer("limit", 100, 1, 1_000);
        var offset = parameters.integer("offset", 0, 0, Integer.MAX_VALUE);
        var results = JSON.createArrayNode();
        caller.pids().stream()
                .filter(pid -> warned(pid) || blocked(pid))
                .skip(offset)
                .limit(limit)
                .forEach(pid -> results.addObject().put("pid", pid).put("status", blocked(pid) ? 1 : 0));
        var data = JSON.createObjectNode();
        data.set("status_list", list(results, "status_list", simplified));
        return JSON.createObjectNode().set("data", data);
    }

    private static boolean warned(String pid) {
        return Math.floorMod(Item.mix(pid.hashCode()), 97) == 0;
    }

    private static boolean blocked(String pid) {
        return Math.floorMod(Item.mix(pid.hashCode()), 389) == 0;
    }

    private static ObjectNode items(Parameters parameters, boolean simplified) {
        var results = JSON.createArrayNode();
        for (var id : parameters.required("num_iids").split(",")) {
            var item = Item.of(Vendor.TAOBAO, id.substring(id.lastIndexOf('-') + 1));
            if (item.known()) {
                results.addObject()
                        .put("num_iid", id)
                        .put("title", item.title())
                        .put("pict_url", "https:" + item.picture())
                        .put("reserve_price", yuan(item.priceFen()))
                        .put("zk_final_price", yuan(item.priceFen()))
                        .put("nick", item.shop())
                        .put(
                                "item_url",
                                "https://item.taobao.com/item.htm?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
            }
        }
        return JSON.createObjectNode().set("results", list(results, "n_tbk_item", simplified));
    }
}
