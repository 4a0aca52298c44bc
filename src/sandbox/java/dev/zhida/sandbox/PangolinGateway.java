package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.zhida.sandbox.Accounts.Own;
import dev.zhida.sandbox.Market.Shown;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Set;
import java.util.regex.Pattern;

/** 穿山甲: an envelope whose {@code data} is a JSON text; the answer's {@code data} is one too, sometimes. */
final class PangolinGateway implements Gateway {

    private static final long TOLERANCE = 600;
    private static final Set<String> ENVELOPE =
            Set.of("app_id", "timestamp", "version", "sign_type", "req_id", "data", "sign");
    private static final Pattern PRODUCT_URL =
            Pattern.compile("https://haohuo\\.jinritemai\\.com/[^?]*\\?(?:.*&)?id=([0-9]{5,20})(?:&.*)?");
    private static final Pattern EXTERNAL_INFO = Pattern.compile("[0-9A-Za-z_]{1,40}");

    private final Accounts accounts;
    private final SandboxClock clock;
    private final Clock wall;
    private final Tokens tokens;

    PangolinGateway(Accounts accounts, SandboxClock clock, Clock wall, Tokens tokens) {
        this.accounts = accounts;
        this.clock = clock;
        this.wall = wall;
        this.tokens = tokens;
    }

    private static VendorError wrong(String why) {
        return new VendorError("100001", why);
    }

    @Override
    public Answer answer(Request request) {
        try {
            var envelope = request.json();
            if (envelope == null) {
                throw wrong("the body is no JSON object");
            }
            var caller = authenticate(envelope);
            var business = Request.object(envelope.get("data").asText());
            if (business == null) {
                throw wrong("data is no JSON text");
            }
            var parameters = Parameters.of(business, PangolinGateway::wrong);
            var data =
                    switch (request.path()) {
                        case "/order/search" ->
                            DouyinOrders.search(
                                    new DouyinOrders.Query(caller.market(), clock, parameters, 50, true),
                                    PangolinGateway::order);
                        case "/product/link" -> link(caller, parameters);
                        case "/product/detail" -> detail(business);
                        case "/product/search" -> search(parameters);
                        case "/command_parse" -> parse(parameters);
                        default -> throw new VendorError("100002", "there is no " + request.path());
                    };
            var answer = JSON.createObjectNode().put("code", 0).put("desc", "success");
            if (envelope.get("req_id").asText().hashCode() % 2 == 0) {
                answer.set("data", data);
            } else {
                answer.put("data", data.toString());
            }
            return Answer.json(answer);
        } catch (VendorError e) {
            return Answer.json(JSON.createObjectNode()
                    .put("code", Integer.parseInt(e.code()))
                    .put("desc", e.getMessage()));
        }
    }

    /** No code for this is documented; the status is what any caller understands. */
    @Override
    public Answer throttled(Request request, long banSeconds) {
        return new Answer(
                429,
                "application/json",
                JSON.createObjectNode()
                        .put("code", 429)
                        .put("desc", "too many requests, again in " + banSeconds + " seconds")
                        .toString());
    }

    private Own authenticate(JsonNode envelope) {
        for (var name : ENVELOPE) {
            var value = envelope.get(name);
            if (value == null || !value.isValueNode()) {
                throw wrong(name + " is missing");
            }
        }
        if (envelope.size() != ENVELOPE.size()) {
            throw wrong("the envelope has members that nobody knows");
        }
        if (!envelope.get("version").asText().equals("1")
                || !envelope.get("sign_type").asText().equals("MD5")) {
            throw wrong("version is 1, sign_type is MD5");
        }
        var caller = accounts.of(Vendor.PANGOLIN, envelope.get("app_id").asText());
        if (caller == null) {
            throw new VendorError("100003", "app_id is not known");
        }
        var expected = Signing.pangolin(
                envelope.get("app_id").asText(),
                envelope.get("data").asText(),
                envelope.get("req_id").asText(),
                envelope.get("timestamp").asText(),
                caller.account().secret());
        if (!expected.equals(envelope.get("sign").asText())) {
            throw new VendorError("100004", "sign is wrong");
        }
        if (Math.abs(envelope.get("timestamp").asLong() - wall.instant().getEpochSecond()) > TOLERANCE) {
            throw new VendorError("100005", "timestamp is too far from now");
        }
        return caller;
    }

    private static ObjectNode order(Market market, Shown row) {
        var line = row.line();
        var base = DouyinOrders.base(row.state());
        var out = DouyinOrders.row(market, row);
        out.put("app_id", line.account.appKey());
        out.put("author_account", "");
        out.put("ads_attribution", line.crossShop ? "cross" : "directIn");
        out.put("split_rate", line.item.rate());
        out.put("estimated_commission", line.gross(base) - line.fee(base));
        out.put("estimated_tech_service_fee", line.fee(base));
        out.put("external_info", line.slot.own() == null ? "" : line.slot.own());
        out.put("media_type_name", "ProductDetail");
        out.put("material_id", "");
        return out;
    }

    private ObjectNode link(Own caller, Parameters parameters) {
        var url = PRODUCT_URL.matcher(parameters.required("product_url"));
        if (!url.matches()) {
            throw wrong("product_url is no link of a product");
        }
        var item = Item.of(Vendor.PANGOLIN, url.group(1));
        if (!item.known()) {
            throw new VendorError("100010", "the product is not in the alliance");
        }
        var own = externalInfo(parameters);
        var made = new Tokens.Made(Vendor.PANGOLIN, new Slot(caller.account().pid(), null, own), item, clock.second());
        return share(parameters, made, JSON.createObjectNode());
    }

    private static String externalInfo(Parameters parameters) {
        var own = parameters.text("external_info");
        if (own != null && !EXTERNAL_INFO.matcher(own).matches()) {
            throw wrong("external_info: letters, digits and _, at most 40");
        }
        return own;
    }

    private ObjectNode share(Parameters parameters, Tokens.Made made, ObjectNode out) {
        var types = parameters.text("share_type", "[1]");
        var slot = made.slot();
        var page = "https://haohuo.jinritemai.com/views/product/item2?id="
                + made.item().id() + "&pid=" + slot.pid() + (slot.own() == null ? "" : "&external_info=" + slot.own());
        if (types.contains("1")) {
            out.put(
                    "dy_deeplink",
                    "snssdk1128://goods/seeding/?schema="
                            + URLEncoder.encode(page + "&t=" + tokens.make(16, made), StandardCharsets.UTF_8));
        }
        if (types.contains("2")) {
            out.putObject("dy_qr_code")
                    .put("url", page + "&qr=1")
                    .put("width", 300)
                    .put("height", 300);
        }
        if (types.contains("3")) {
            out.put("dy_password", password(tokens.make(11, made), made.item()));
        }
        if (types.contains("4")) {
            out.put("dy_zlink", "https://z.douyin.com/" + tokens.make(8, made));
        }
        if (types.contains("5")) {
            out.put("dy_sharelink", page);
        }
        if ("true".equals(parameters.text("use_coupon"))) {
            out.putObject("coupon_link").put("coupon_status", made.item().couponFen() > 0 ? 0 : 1);
        }
        return out;
    }

    static String password(String core, Item item) {
        return "3.:/ 【" + item.title() + "】长按复制此条消息，打开抖音查看详情ΦΦ" + core + "ÊÊ";
    }

    private static ObjectNode detail(JsonNode business) {
        var ids = business.path("product_ids");
        if (!ids.isArray() || ids.isEmpty()) {
            throw wrong("product_ids is missing");
        }
        var out = JSON.createObjectNode();
        var list = out.putArray("products");
        ids.forEach(id -> add(list, id.asText()));
        return out;
    }

    private static ObjectNode search(Parameters parameters) {
        var size = parameters.integer("page_size", 20, 1, 20);
        var page = parameters.integer("page", 1, 1, 1_000);
        var out = JSON.createObjectNode();
        var list = out.putArray("products");
        for (var i = 0; i < size; i++) {
            add(
                    list,
                    "3600%014d7"
                            .formatted(Math.floorMod(
                                    Item.mix(parameters.text("title", "").hashCode() + page * 100L + i),
                                    9_000_000_000_000L)));
        }
        return out.put("total", 1_000L * size);
    }

    private static void add(ArrayNode list, String id) {
        var item = Item.of(Vendor.PANGOLIN, id);
        if (!id.matches("\\d{5,20}") || !item.known()) {
            return;
        }
        list.addObject()
                .put("product_id", id)
                .put("title", item.title())
                .put("cover", item.picture())
                .put("price", item.priceFen())
                .put("coupon_price", item.couponFen() > 0 ? item.paidFen() : 0)
                .put("cos_ratio", item.rate())
                .put("cos_fee", Money.share(item.paidFen(), item.rate()))
                .put("detail_url", "https://haohuo.jinritemai.com/views/product/item2?id=" + id)
                .put("ext", "ext_" + id)
                .put("shop_id", item.shopId())
                .put("shop_name", item.shop());
    }

    private ObjectNode parse(Parameters parameters) {
        var made = tokens.within(parameters.required("command"));
        var own = externalInfo(parameters);
        if (made == null) {
            throw new VendorError("100011", "the command is not known");
        }
        var out = JSON.createObjectNode().put("command_type", 1).put("is_own_command", true);
        var product =
                out.putObject("product_info").put("product_id", made.item().id());
        product.set(
                "share_info",
                share(
                        parameters,
                        new Tokens.Made(
                                made.vendor(), new Slot(made.slot().pid(), null, own), made.item(), clock.second()),
                        JSON.createObjectNode()));
        return out;
    }
}
