package dev.zhida.sandbox;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** PDD's 多多进宝: flat parameters in JSON or a form, fen, per mille, unix seconds, root names that follow no rule. */
final class PddGateway implements Gateway {

    private static final long TOLERANCE = 600;
    private static final long WINDOW = Times.DAY;
    private static final long REMEMBERED = 90 * Times.DAY;
    private static final Pattern PID = Pattern.compile("\\d+_\\d+");
    private static final Pattern GOODS_SIGN = Pattern.compile("[0-9A-Za-z_-]{8,64}");

    private final Accounts accounts;
    private final SandboxClock clock;
    private final Clock wall;
    private final Tokens tokens;
    private final AtomicLong pids = new AtomicLong(300_000_000);

    PddGateway(Accounts accounts, SandboxClock clock, Clock wall, Tokens tokens) {
        this.accounts = accounts;
        this.clock = clock;
        this.wall = wall;
        this.tokens = tokens;
    }

    private static VendorError wrong(String why) {
        return new VendorError("50001", "50001", why);
    }

    @Override
    public Answer answer(Request request) {
        try {
            var fields = fields(request);
            var caller = authenticate(fields);
            if (!"JSON".equals(fields.get("data_type"))) {
                throw wrong("the sandbox answers data_type=JSON alone");
            }
            var parameters = new Parameters(fields, PddGateway::wrong);
            return switch (fields.get("type")) {
                case "pdd.ddk.order.list.increment.get" ->
                    root("order_list_get_response", increment(caller.market(), parameters));
                case "pdd.ddk.order.list.range.get" ->
                    root("order_list_get_response", range(caller.market(), parameters));
                case "pdd.ddk.order.detail.get" -> root("order_detail_response", detail(caller.market(), parameters));
                case "pdd.ddk.goods.promotion.url.generate" ->
                    root("goods_promotion_url_generate_response", links(parameters));
                case "pdd.ddk.goods.search" -> root("goods_search_response", search(parameters));
                case "pdd.ddk.goods.detail" -> root("goods_detail_response", goods(parameters));
                case "pdd.ddk.goods.pid.generate" -> root("p_id_generate_response", newPids(caller, parameters));
                case "pdd.ddk.member.authority.query" -> root("authority_query_response", authority(parameters));
                case "pdd.ddk.rp.prom.url.generate" ->
                    root("rp_promotion_url_generate_response", marketingLinks(parameters));
                default -> throw new VendorError("10001", "10001", "the interface does not exist");
            };
        } catch (VendorError e) {
            return error(e);
        }
    }

    @Override
    public Answer throttled(Request request, long banSeconds) {
        return error(new VendorError("70031", "70031", "调用过于频繁，请调整调用频率"));
    }

    private static Answer error(VendorError e) {
        var error = JSON.createObjectNode();
        error.put("error_code", Integer.parseInt(e.code()));
        error.put("error_msg", e.getMessage());
        error.put("sub_code", e.subCode());
        error.put("sub_msg", e.getMessage());
        error.put("request_id", Long.toString(System.nanoTime()));
        return Answer.json(JSON.createObjectNode().set("error_response", error));
    }

    private static Answer root(String name, ObjectNode content) {
        content.put("request_id", Long.toString(System.nanoTime()));
        return Answer.json(JSON.createObjectNode().set(name, content));
    }

    private static Map<String, String> fields(Request request) {
        if (!request.isJson()) {
            return request.fields();
        }
        var body = request.json();
        if (body == null) {
            throw wrong("the body is no JSON object");
        }
        for (var value : body) {
            if (value.isContainerNode()) {
                throw wrong("nested values are sent as JSON texts");
            }
        }
        return Parameters.of(body, PddGateway::wrong).values();
    }

    private Own authenticate(Map<String, String> fields) {
        if (!fields.containsKey("type")) {
            throw new VendorError("10001", "10001", "type is missing");
        }
        var caller = accounts.of(Vendor.PDD, fields.get("client_id"));
        if (caller == null) {
            throw new VendorError("10002", "10002", "client_id is not known");
        }
        if (!Signing.wrapped(fields, caller.account().secret()).equals(fields.get("sign"))) {
            throw new VendorError("20004", "20004", "签名sign校验失败");
        }
        var signedAt = new Parameters(fields, PddGateway::wrong).unixTime("timestamp");
        if (Math.abs(signedAt - wall.instant().getEpochSecond()) > TOLERANCE) {
            throw new VendorError("20002", "20002", "timestamp is too far from now");
        }
        return caller;
    }

    // Orders

    private ObjectNode increment(Market market, Parameters parameters) {
        var from = parameters.unixTime("start_update_time");
        var to = parameters.unixTime("end_update_time");
        check(from, to);
        var page = parameters.integer("page", 1, 1, 10_000);
        var size = parameters.integer("page_size", 100, 10, 100);
        var rows = market.window(By.MODIFIED, from, to, row -> true);
        if (market.faults().movingPercent() > 0 && (page > 1 || rows.size() > size)) {
            market.move(rows);
            rows = market.window(By.MODIFIED, from, to, row -> true);
        }
        var start = Math.min(rows.size(), (page - 1) * size);
        var out = JSON.createObjectNode();
        var list = out.putArray("order_list");
        market.spoil(rows.subList(start, Math.min(rows.size(), start + size)))
                .forEach(row -> list.add(order(market, row, "p_id")));
        if (!"false".equals(parameters.text("return_count"))) {
            out.put("total_count", rows.size());
        }
        return out;
    }

    private ObjectNode range(Market market, Parameters parameters) {
        var from = parameters.localTime("start_time");
        var to = parameters.localTime("end_time");
        check(from, to);
        var size = parameters.integer("page_size", 100, 1, 300);
        var last = parameters.text("last_order_id", "0");
        var place = from;
        var tie = Long.MIN_VALUE;
        if (!last.equals("0")) {
            var colon = last.indexOf('.');
            if (!last.matches("\\d{1,12}\\.\\d{1,12}")) {
                throw wrong("last_order_id is none of ours: " + last);
            }
            place = Long.parseLong(last.substring(0, colon));
            tie = Long.parseLong(last.substring(colon + 1));
        }
        var rows = market.after(By.PAID, place, tie, to, size, row -> true);
        var out = JSON.createObjectNode();
        var list = out.putArray("order_list");
        market.spoil(rows).forEach(row -> list.add(order(market, row, "p_id")));
        if (!rows.isEmpty()) {
            out.put(
                    "last_order_id",
                    Market.place(By.PAID, rows.getLast()) + "." + rows.getLast().line().number);
        }
        return out;
    }

    private void check(long from, long to) {
        if (to < from) {
            throw wrong("the period ends before it begins");
        }
        if (to - from > WINDOW) {
            throw wrong("查询时间跨度不能超过24小时");
        }
        if (from < clock.second() - REMEMBERED) {
            throw wrong("只能查询最近90天的订单");
        }
    }

    private ObjectNode detail(Market market, Parameters parameters) {
        var rows = market.ofOrder(parameters.required("order_sn"));
        if (rows.isEmpty()) {
            throw wrong("the order is not known");
        }
        return order(market, rows.getFirst(), "pid")
                .put("point_time", rows.getFirst().line().clickedAt)
                .put("return_status", rows.getFirst().state().refundedFen() > 0 ? 1 : 0);
    }

    private static ObjectNode order(Market market, Shown row, String pidName) {
        var line = row.line();
        var state = row.state();
        var item = line.item;
        var base = state.settledBaseFen() == Money.NONE ? state.estimatedBaseFen() : state.settledBaseFen();
        var out = JSON.createObjectNode();
        out.put("order_sn", line.orderNo);
        out.put("order_id", Long.toString(line.number, 36));
        out.put("goods_id", item.number());
        out.put("goods_sign", item.id());
        out.put("goods_name", item.title());
        out.put("goods_quantity", line.quantity);
        out.put("goods_price", item.priceFen());
        out.put("goods_thumbnail_url", item.picture());
        out.put("goods_category_name", item.category());
        out.put("mall_id", item.shopId());
        out.put("mall_name", item.shop());
        out.put("order_amount", state.paidFen());
        out.put("promotion_rate", line.compared ? 0 : item.rate() / 10);
        out.put("promotion_amount", line.gross(base));
        out.put("duo_id_service_fee", line.fee(base));
        out.put(pidName, line.slot.pid());
        if (line.slot.own() != null) {
            out.put("custom_parameters", line.slot.own());
        }
        out.put("is_direct", line.crossShop ? 0 : 1);
        var code = market.code(row, "77");
        out.put("order_status", Integer.parseInt(code));
        out.put("order_status_desc", words(code));
        if (state.step() == Step.INVALID) {
            out.put("fail_reason", "审核未通过");
        }
        out.put("order_create_time", line.createdAt);
        time(out, "order_pay_time", line.reached(Step.PAID, state));
        time(out, "order_group_success_time", reachedCode(line, state, "1"));
        time(out, "order_receive_time", line.reached(Step.RECEIVED, state));
        time(out, "order_verify_time", reachedCode(line, state, "3"));
        time(out, "order_settle_time", line.reached(Step.SETTLED, state));
        out.put("order_modify_at", state.at());
        out.put("price_compare_status", line.compared ? 1 : 0);
        out.put("type", 0);
        if (state.step() == Step.SETTLED) {
            out.put("batch_no", "S" + Times.month(state.at()));
        }
        out.put("subsidy_type", 0);
        out.put("bandan_risk_consult", 0);
        return out;
    }

    private static String words(String code) {
        return switch (code) {
            case "-1" -> "未支付";
            case "0" -> "已支付";
            case "1" -> "已成团";
            case "2" -> "确认收货";
            case "3" -> "审核成功";
            case "4" -> "审核失败";
            case "5" -> "已经结算";
            case "8" -> "非多多进宝商品";
            case "10" -> "已处罚";
            default -> "";
        };
    }

    /** What has not happened is 0 in some rows and absent in others. */
    private static void time(ObjectNode out, String name, long second) {
        if (second != Times.NEVER) {
            out.put(name, second);
        } else if (name.length() % 2 == 0) {
            out.put(name, 0);
        }
    }

    private static long reachedCode(Line line, State by, String code) {
        for (var state : line.states()) {
            if (state.at() <= by.at() && state.code().equals(code)) {
                return state.at();
            }
        }
        return Times.NEVER;
    }

    // Links and items

    private static String customParameters(Parameters parameters) {
        var own = parameters.text("custom_parameters");
        if (own == null) {
            return null;
        }
        var object = Request.object(own);
        if (object == null || !object.hasNonNull("uid")) {
            throw wrong("custom_parameters has to be JSON with a uid");
        }
        if (own.getBytes(StandardCharsets.UTF_8).length > 64) {
            throw wrong("custom_parameters is longer than 64 bytes");
        }
        return own;
    }

    private static String pid(Parameters parameters, String name) {
        var pid = parameters.required(name);
        if (!PID.matcher(pid).matches()) {
            throw wrong(name + " is no PID: " + pid);
        }
        return pid;
    }

    private ObjectNode links(Parameters parameters) {
        var slot = new Slot(pid(parameters, "p_id"), null, customParameters(parameters));
        var out = JSON.createObjectNode();
        var list = out.putArray("goods_promotion_url_list");
        for (var sign : strings(parameters, "goods_sign_list")) {
            if (!GOODS_SIGN.matcher(sign).matches()) {
                throw wrong("no goods_sign: " + sign);
            }
            var item = Item.of(Vendor.PDD, sign);
            if (!item.known()) {
                throw new VendorError("50001", "4001", "the item is not in 多多进宝: " + sign);
            }
            var made = new Tokens.Made(Vendor.PDD, slot, item, clock.second());
            var query = "goods_sign=" + sign + "&pid=" + slot.pid()
                    + (slot.own() == null
                            ? ""
                            : "&customParameters=" + URLEncoder.encode(slot.own(), StandardCharsets.UTF_8))
                    + "&cpsSign=" + tokens.make(32, made) + "&duoduo_type=2";
            var one = list.addObject();
            one.put("url", "https://mobile.yangkeduo.com/duo_coupon_landing.html?" + query);
            one.put(
                    "mobile_url",
                    "https://mobile.yangkeduo.com/app.html?launch_url=duo_coupon_landing.html%3F"
                            + URLEncoder.encode(query, StandardCharsets.UTF_8));
            if ("true".equals(parameters.text("generate_short_url"))) {
                one.put("short_url", "https://p.pinduoduo.com/" + tokens.make(8, made));
                one.put("mobile_short_url", "https://p.pinduoduo.com/" + tokens.make(8, made));
            }
            if ("true".equals(parameters.text("generate_schema_url"))) {
                one.put("schema_url", "pinduoduo://com.xunmeng.pinduoduo/duo_coupon_landing.html?" + query);
            }
            if ("true".equals(parameters.text("generate_short_link"))) {
                one.put("weixin_short_link", "#小程序://拼多多/" + tokens.make(15, made));
            }
        }
        return out;
    }

    private static List<String> strings(Parameters parameters, String name) {
        try {
            var array = JSON.readTree(parameters.required(name));
            if (!array.isArray() || array.isEmpty()) {
                throw wrong(name + " is no list");
            }
            return array.valueStream().map(JsonNode::asText).toList();
        } catch (JsonProcessingException e) {
            throw wrong(name + " is no JSON");
        }
    }

    private ObjectNode search(Parameters parameters) {
        var out = JSON.createObjectNode();
        var list = out.putArray("goods_list");
        var signs = parameters.text("goods_sign_list") == null
                ? List.of("Y9" + Integer.toString(parameters.text("keyword", "").hashCode() & Integer.MAX_VALUE, 36)
                        + "abcdef_k")
                : strings(parameters, "goods_sign_list");
        signs.forEach(sign -> add(list, sign));
        return out.put("total_count", list.size());
    }

    private ObjectNode goods(Parameters parameters) {
        var out = JSON.createObjectNode();
        add(out.putArray("goods_details"), parameters.required("goods_sign"));
        return out;
    }

    private static void add(ArrayNode list, String sign) {
        var item = Item.of(Vendor.PDD, sign);
        if (!GOODS_SIGN.matcher(sign).matches() || !item.known()) {
            return;
        }
        list.addObject()
                .put("goods_sign", sign)
                .put("goods_name", item.title())
                .put("goods_thumbnail_url", item.picture())
                .put("goods_image_url", item.picture())
                .put("min_group_price", item.priceFen())
                .put("min_normal_price", item.priceFen() + 1_000)
                .put("has_coupon", item.couponFen() > 0)
                .put("coupon_discount", item.couponFen())
                .put("promotion_rate", item.rate() / 10)
                .put("mall_id", item.shopId())
                .put("mall_name", item.shop())
                .put("category_name", item.category());
    }

    private ObjectNode newPids(Own caller, Parameters parameters) {
        var number = parameters.integer("number", 1, 1, 100);
        var names = parameters.text("p_id_name_list") == null ? null : strings(parameters, "p_id_name_list");
        var out = JSON.createObjectNode();
        var list = out.putArray("p_id_list");
        for (var i = 0; i < number; i++) {
            list.addObject()
                    .put("p_id", caller.account().pidPart(0) + "_" + pids.incrementAndGet())
                    .put("pid_name", names != null && i < names.size() ? names.get(i) : "")
                    .put("create_time", clock.second());
        }
        return out.put("remain_pid_count", 100_000 - (pids.get() - 300_000_000));
    }

    /** Everybody is bound: whom a vendor asks to bind is not documented well enough to play it. */
    private static ObjectNode authority(Parameters parameters) {
        pid(parameters, "pid");
        customParameters(parameters);
        return JSON.createObjectNode().put("bind", 1);
    }

    private ObjectNode marketingLinks(Parameters parameters) {
        var own = customParameters(parameters);
        var out = JSON.createObjectNode();
        var list = out.putArray("url_list");
        for (var pid : strings(parameters, "p_id_list")) {
            var made = new Tokens.Made(
                    Vendor.PDD, new Slot(pid, null, own), Item.of(Vendor.PDD, "marketing"), clock.second());
            list.addObject()
                    .put(
                            "url",
                            "https://mobile.yangkeduo.com/duo_red_packet.html?pid=" + pid + "&cpsSign="
                                    + tokens.make(32, made)
                                    + (own == null
                                            ? ""
                                            : "&customParameters=" + URLEncoder.encode(own, StandardCharsets.UTF_8)))
                    .put("short_url", "https://p.pinduoduo.com/" + tokens.make(8, made));
        }
        return out;
    }
}
