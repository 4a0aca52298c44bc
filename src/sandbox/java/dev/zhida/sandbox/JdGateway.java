package dev.zhida.sandbox;

import static dev.zhida.sandbox.Money.number;
import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.zhida.sandbox.Accounts.Own;
import dev.zhida.sandbox.Market.By;
import dev.zhida.sandbox.Market.Shown;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** JD's union: one JSON text in a form, answered by a JSON text within JSON under a misspelt name. */
final class JdGateway implements Gateway {

    private static final String BUSINESS = "360buy_param_json";
    private static final long TOLERANCE = 360;
    private static final long WINDOW = Times.HOUR;
    private static final long REMEMBERED = 90 * Times.DAY;
    private static final int MOST_ROWS = 10_000;
    private static final DateTimeFormatter WITH_ZONE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSX");

    private static final Pattern MATERIAL =
            Pattern.compile("https?://(?:jingfen\\.jd\\.com/detail|item(?:\\.m)?\\.jd\\.(?:com|hk)(?:/product)?)/"
                    + "([0-9A-Za-z_]{1,64})\\.html(?:\\?.*)?");
    private static final Pattern SUB_UNION = Pattern.compile("[0-9A-Za-z_-]+");

    private final Accounts accounts;
    private final SandboxClock clock;
    private final Clock wall;
    private final Tokens tokens;

    JdGateway(Accounts accounts, SandboxClock clock, Clock wall, Tokens tokens) {
        this.accounts = accounts;
        this.clock = clock;
        this.wall = wall;
        this.tokens = tokens;
    }

    @Override
    public Answer answer(Request request) {
        var fields = request.fields();
        Own caller;
        JsonNode business;
        try {
            caller = authenticate(fields);
            business = Request.object(fields.getOrDefault(BUSINESS, "{}"));
            if (business == null) {
                throw new VendorError("12", BUSINESS + " is no JSON");
            }
        } catch (VendorError e) {
            return gatewayError(e);
        }
        var method = fields.get("method");
        try {
            return switch (method) {
                case "jd.union.open.order.row.query" ->
                    wrapped(method, "queryResult", orders(caller.market(), inner(business, "orderReq", "2002400")));
                case "jd.union.open.promotion.common.get" ->
                    wrapped(method, "getResult", link(caller, inner(business, "promotionCodeReq", "2001101"), false));
                case "jd.union.open.promotion.bysubunionid.get" ->
                    wrapped(method, "getResult", link(caller, inner(business, "promotionCodeReq", "2001101"), true));
                case "jd.union.open.goods.query" ->
                    wrapped(method, "queryResult", goods(inner(business, "goodsReqDTO", "2000400")));
                case "jd.union.open.goods.promotiongoodsinfo.query" ->
                    wrapped(
                            method,
                            "queryResult",
                            goodsInfo(Parameters.of(business, why -> new VendorError("2000400", why))));
                default -> gatewayError(new VendorError("22", "invalid method"));
            };
        } catch (VendorError e) {
            return wrapped(method, resultName(method), result(e.code(), e.getMessage()));
        }
    }

    @Override
    public Answer throttled(Request request, long banSeconds) {
        var method = request.fields().getOrDefault("method", "jd.union.open.order.row.query");
        return wrapped(method, resultName(method), result("429", "请求过于频繁，请稍后再试"));
    }

    private static String resultName(String method) {
        return method.endsWith(".query") ? "queryResult" : "getResult";
    }

    /** A no of the gateway itself, before any method is asked. */
    private static Answer gatewayError(VendorError e) {
        var error = JSON.createObjectNode();
        error.put("code", e.code());
        error.put("zh_desc", e.getMessage());
        error.put("en_desc", e.getMessage());
        return Answer.json(JSON.createObjectNode().set("error_response", error));
    }

    /** What the method says is itself a text. */
    private static Answer wrapped(String method, String name, ObjectNode inner) {
        var outer = JSON.createObjectNode();
        outer.put("code", "0");
        outer.put(name, inner.toString());
        return Answer.json(JSON.createObjectNode().set(method.replace('.', '_') + "_responce", outer));
    }

    private static ObjectNode result(String code, String message) {
        var result = JSON.createObjectNode();
        result.put("code", Integer.parseInt(code));
        result.put("message", message);
        result.put("requestId", Long.toString(System.nanoTime(), 36));
        return result;
    }

    private Own authenticate(Map<String, String> fields) {
        var caller = accounts.of(Vendor.JD, fields.get("app_key"));
        if (caller == null) {
            throw new VendorError("10", "invalid app_key");
        }
        if (!"md5".equals(fields.get("sign_method"))
                || !Signing.wrapped(fields, caller.account().secret()).equals(fields.get("sign"))) {
            throw new VendorError("12", "invalid signature");
        }
        if (!"1.0".equals(fields.get("v")) || !"json".equals(fields.get("format"))) {
            throw new VendorError("11", "invalid format or version");
        }
        var signedAt = signedAt(fields.getOrDefault("timestamp", ""));
        if (signedAt == Times.NEVER || Math.abs(signedAt - wall.instant().getEpochSecond()) > TOLERANCE) {
            throw new VendorError("13", "invalid timestamp");
        }
        return caller;
    }

    private static long signedAt(String text) {
        var local = Times.read(text);
        if (local != Times.NEVER) {
            return local;
        }
        try {
            return OffsetDateTime.parse(text.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1$2"), WITH_ZONE)
                    .toEpochSecond();
        } catch (DateTimeException e) {
            return Times.NEVER;
        }
    }

    private static Parameters inner(JsonNode business, String name, String code) {
        Function<String, VendorError> refusal = why -> new VendorError(code, why);
        var request = business.get(name);
        if (request == null || !request.isObject()) {
            throw refusal.apply("missing " + name);
        }
        return Parameters.of(request, refusal);
    }

    // Orders

    private ObjectNode orders(Market market, Parameters parameters) {
        var page = parameters.integer("pageIndex", 1, 1, 10_000);
        var size = parameters.integer("pageSize", 20, 1, 200);
        parameters.required("type");
        var by =
                switch (parameters.integer("type", 3, 1, 3)) {
                    case 1 -> By.CREATED;
                    case 2 -> By.RECEIVED;
                    default -> By.MODIFIED;
                };
        if (parameters.text("childUnionId") != null && parameters.text("key") != null) {
            throw new VendorError("2002400", "childUnionId and key exclude each other");
        }
        var from = parameters.localTime("startTime");
        var to = parameters.localTime("endTime");
        if (to < from) {
            throw new VendorError("2002400", "endTime is before startTime");
        }
        if (to - from > WINDOW) {
            throw new VendorError("2002453", "查询时间跨度不能超过1小时");
        }
        if (from < clock.second() - REMEMBERED) {
            throw new VendorError("2002410", "只能查询最近90天的订单");
        }
        var rows = market.window(by, from, to, row -> true);
        if (rows.size() > MOST_ROWS) {
            throw new VendorError("2002452", "查询结果超过10000条，请缩短查询时间");
        }
        if (page > 1 && market.faults().movingPercent() > 0) {
            market.move(rows);
            rows = market.window(by, from, to, row -> true);
        }
        var fields = parameters.text("fields", "");
        var data = JSON.createArrayNode();
        var start = Math.min(rows.size(), (page - 1) * size);
        var end = Math.min(rows.size(), start + size);
        market.spoil(rows.subList(start, end)).forEach(row -> data.add(order(market, row, fields)));
        var result = result("200", "success");
        if (!data.isEmpty()) {
            result.set("data", data);
        }
        result.put("hasMore", end < rows.size());
        return result;
    }

    private static ObjectNode order(Market market, Shown row, String fields) {
        var line = row.line();
        var state = row.state();
        var item = line.item;
        var out = JSON.createObjectNode();
        var finishedAt = line.reached(Step.RECEIVED, state);
        var settledBase = Math.max(0, state.settledBaseFen());
        out.put("id", line.key());
        out.put("orderId", Long.parseLong(line.orderNo));
        out.put("parentId", line.split ? Long.parseLong(line.parentNo) : 0);
        out.put("orderTime", Times.local(line.createdAt));
        out.put("finishTime", Times.local(finishedAt, ""));
        out.put("modifyTime", Times.local(state.at()));
        out.put("orderEmt", 2);
        out.put("plus", (int) (line.number % 2));
        out.put("unionId", Long.parseLong(line.slot.part(0)));
        out.put("siteId", Long.parseLong(line.slot.part(1)));
        out.put("positionId", line.slot.own() == null ? Long.parseLong(line.slot.part(2)) : 0);
        out.put("subUnionId", line.slot.own() == null ? "" : line.slot.own());
        out.put("ext1", "");
        out.put("pid", "");
        out.put("unionAlias", "");
        out.put("channelId", 0);
        out.put("rid", 0);
        out.put("skuId", item.number());
        out.put("itemId", item.id());
        out.put("skuName", item.title());
        out.put("skuNum", line.quantity);
        out.put("skuReturnNum", state.returned());
        out.put("skuFrozenNum", 0);
        out.put("price", number(item.priceFen()));
        out.put("estimateCosPrice", number(state.estimatedBaseFen()));
        out.put("estimateFee", number(line.gross(state.estimatedBaseFen())));
        out.put("actualCosPrice", number(settledBase));
        out.put("actualFee", number(line.gross(settledBase)));
        out.put("commissionRate", number(item.rate()));
        out.put("subSideRate", number(line.shareRate));
        out.put("subsidyRate", number(0));
        out.put("finalRate", number(line.shareRate));
        out.put("validCode", Integer.parseInt(market.code(row, "99")));
        out.put("traceType", line.crossShop ? 3 : 2);
        out.put("cid1", 1315);
        out.put("cid2", 1343);
        out.put("cid3", 9719);
        out.put("popId", item.shopId());
        out.put("cpActId", 0);
        out.put("unionRole", 1);
        out.put("unionTag", "00000000000000000000000000000000");
        out.put("payMonth", finishedAt == Times.NEVER ? 0 : Times.day(Times.settlementAfter(finishedAt)));
        out.put("balanceExt", balance(line, state));
        out.put("giftCouponOcsAmount", number(0));
        out.put("giftCouponKey", "");
        out.put("proPriceAmount", number(state.protectedFen()));
        out.put("expressStatus", state.step() == Step.RECEIVED || state.step() == Step.SETTLED ? 20 : 10);
        if (fields.contains("goodsInfo")) {
            var goods = out.putObject("goodsInfo");
            goods.put("imageUrl", item.picture());
            goods.put("owner", "p");
            goods.put("mainSkuId", item.number());
            goods.put("productId", item.number());
            goods.put("shopName", item.shop());
            goods.put("shopId", item.shopId());
        }
        if (fields.contains("categoryInfo")) {
            out.putObject("categoryInfo")
                    .put("cid1Name", "服饰内衣")
                    .put("cid2Name", item.category())
                    .put("cid3Name", item.category());
        }
        return out;
    }

    /** What each settlement paid or took back, as {@code {20191020:10,20191120:-2}}: no JSON. */
    private static String balance(Line line, State shown) {
        var fenByDay = new TreeMap<Integer, Long>();
        var paid = 0L;
        for (var state : line.states()) {
            if (state.at() > shown.at()) {
                break;
            }
            if (state.step() == Step.SETTLED) {
                var now = line.gross(state.settledBaseFen());
                if (now != paid) {
                    var day = fenByDay.isEmpty() ? state.at() : Times.settlementAfter(state.at());
                    fenByDay.merge(Times.day(day), now - paid, Long::sum);
                }
                paid = now;
            }
        }
        return fenByDay.isEmpty()
                ? ""
                : fenByDay.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + number(entry.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
    }

    // Links and items

    private ObjectNode link(Own caller, Parameters parameters, boolean social) {
        var account = caller.account();
        var matched = MATERIAL.matcher(parameters.required("materialId"));
        if (!matched.matches()) {
            throw new VendorError("2001101", "materialId is no link of an item");
        }
        var item = Item.of(Vendor.JD, matched.group(1));
        if (!item.known()) {
            throw new VendorError("2001104", "the item is not in promotion");
        }
        var subUnionId = parameters.text("subUnionId");
        if (subUnionId != null && parameters.text("pid") != null) {
            throw new VendorError("2001214", "pid and subUnionId exclude each other");
        }
        if (subUnionId != null && !SUB_UNION.matcher(subUnionId).matches()) {
            throw new VendorError("2001208", "subUnionId: letters, digits, _ and - only");
        }
        if (subUnionId != null && subUnionId.length() > 80) {
            throw new VendorError("2001230", "subUnionId is longer than 80");
        }
        if (parameters.text("ext1", "").length() > 40) {
            throw new VendorError("2001230", "ext1 is longer than 40");
        }
        var site = social ? account.pidPart(1) : parameters.text("siteId");
        if (site == null) {
            throw new VendorError("2001610", "siteId is missing");
        }
        var position = parameters.text("positionId", account.pidPart(2));
        var slot = new Slot(account.pidPart(0) + "_" + site + "_" + position, null, subUnionId);
        var made = new Tokens.Made(Vendor.JD, slot, item, clock.second());
        var e = tokens.make(32, made);
        var data = JSON.createObjectNode();
        data.put(
                "clickURL",
                "https://union-click.jd.com/jdc?e=" + e + "&p=" + tokens.make(40, made) + "&itemId=" + item.id()
                        + "&positionId=" + position
                        + (subUnionId == null
                                ? ""
                                : "&subUnionId=" + URLEncoder.encode(subUnionId, StandardCharsets.UTF_8)));
        if (social) {
            var chain = parameters.integer("chainType", 2, 1, 3);
            if (chain == 1) {
                return ok(data);
            }
            data.put("shortURL", "https://u.jd.com/" + tokens.make(7, made));
            if (chain == 2) {
                data.remove("clickURL");
            }
            if (parameters.integer("command", 0, 0, 1) == 1) {
                data.put("jShortCommand", "￥" + tokens.make(14, made) + "￥");
                data.put("jCommand", "6.0复制整段话 http://" + tokens.make(14, made) + " 打开京东");
            }
        }
        return ok(data);
    }

    private static ObjectNode ok(JsonNode data) {
        var result = result("200", "success");
        result.set("data", data);
        return result;
    }

    private ObjectNode goods(Parameters parameters) {
        var data = JSON.createArrayNode();
        for (var name : new String[] {"itemIds", "skuIds"}) {
            var ids = parameters.text(name);
            if (ids == null) {
                continue;
            }
            for (var id : ids.replaceAll("[\\[\\]\"\\s]", "").split(",")) {
                add(data, id);
            }
        }
        if (data.isEmpty() && parameters.text("keyword") != null) {
            add(data, "itm" + Integer.toString(parameters.text("keyword").hashCode() & Integer.MAX_VALUE, 36) + "x");
        }
        var result = ok(data);
        result.put("totalCount", data.size());
        return result;
    }

    private static void add(ArrayNode data, String id) {
        var item = Item.of(Vendor.JD, id);
        if (id.isEmpty() || !item.known()) {
            return;
        }
        var out = data.addObject();
        out.put("itemId", id);
        out.put("skuId", item.number());
        out.put("skuName", item.title());
        out.put("materialUrl", "jingfen.jd.com/detail/" + id + ".html");
        var price = out.putObject("priceInfo");
        price.put("price", number(item.priceFen()));
        price.put("lowestPrice", number(item.priceFen()));
        price.put("lowestCouponPrice", number(item.paidFen()));
        var commission = out.putObject("commissionInfo");
        commission.put("commissionShare", number(item.rate()));
        commission.put("commission", number(Money.share(item.paidFen(), item.rate())));
        out.putObject("shopInfo").put("shopName", item.shop()).put("shopId", item.shopId());
        out.putObject("imageInfo").putArray("imageList").addObject().put("url", item.picture());
        var coupons = out.putObject("couponInfo").putArray("couponList");
        if (item.couponFen() > 0) {
            coupons.addObject()
                    .put("discount", number(item.couponFen()))
                    .put("quota", BigDecimal.ZERO)
                    .put("isBest", 1);
        }
    }

    private static ObjectNode goodsInfo(Parameters parameters) {
        var data = JSON.createArrayNode();
        for (var id : parameters.required("skuIds").split(",")) {
            var item = Item.of(Vendor.JD, id);
            if (item.known()) {
                data.addObject()
                        .put("skuId", id)
                        .put("goodsName", item.title())
                        .put("imgUrl", item.picture())
                        .put("materialUrl", "https://item.jd.com/" + id + ".html")
                        .put("unitPrice", number(item.priceFen()))
                        .put("wlUnitPrice", number(item.paidFen()))
                        .put("commisionRatioWl", number(item.rate()))
                        .put("shopId", item.shopId());
            }
        }
        return ok(data);
    }
}
