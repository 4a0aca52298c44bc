package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.zhida.sandbox.Accounts.Own;
import dev.zhida.sandbox.Market.Shown;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Pattern;

/** 精选联盟 of the shop's open platform: the method is the path, its JSON the body, the rest the query. */
final class BuyinGateway implements Gateway {

    private static final long TOLERANCE = 600;
    private static final Pattern PID = Pattern.compile("dy_\\d+_\\d+_\\d+");
    private static final Pattern EXTERNAL_INFO = Pattern.compile("[0-9A-Za-z_]{1,40}");
    private static final Pattern PRODUCT_URL = Pattern.compile("https://[^?]*\\?(?:.*&)?id=([0-9]{5,20})(?:&.*)?");
    private static final ObjectMapper SORTED =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private final Accounts accounts;
    private final SandboxClock clock;
    private final Clock wall;
    private final Tokens tokens;

    BuyinGateway(Accounts accounts, SandboxClock clock, Clock wall, Tokens tokens) {
        this.accounts = accounts;
        this.clock = clock;
        this.wall = wall;
        this.tokens = tokens;
    }

    private static VendorError wrong(String why) {
        return new VendorError("40004", "isv.parameter-invalid", why);
    }

    @Override
    public Answer answer(Request request) {
        try {
            var query = request.query();
            var business = query.getOrDefault("param_json", request.body());
            var caller = authenticate(request, business);
            var parameters = Parameters.of(Request.object(business), BuyinGateway::wrong);
            var data =
                    switch (query.get("method")) {
                        case "buyin.instituteOrderColonel" ->
                            DouyinOrders.search(
                                    new DouyinOrders.Query(caller.market(), clock, parameters, 200, false),
                                    BuyinGateway::order);
                        case "buyin.kolProductShare" -> share(parameters);
                        case "buyin.shareCommandParse" -> parse(parameters);
                        default -> throw new VendorError("90000", "isv.method-not-served", "this method is not served");
                    };
            var answer = answer("10000", "success", "", "");
            answer.set("data", data);
            return Answer.json(answer);
        } catch (VendorError e) {
            return Answer.json(answer(e.code(), e.getMessage(), e.subCode(), e.getMessage()));
        }
    }

    private static ObjectNode answer(String code, String message, String subCode, String subMessage) {
        return JSON.createObjectNode()
                .put("code", Integer.parseInt(code))
                .put("msg", message)
                .put("sub_code", subCode)
                .put("sub_msg", subMessage)
                .put("log_id", Long.toString(System.nanoTime(), 36));
    }

    /** No code for this is documented; the status is what any caller understands. */
    @Override
    public Answer throttled(Request request, long banSeconds) {
        return new Answer(
                429,
                "application/json",
                answer("50002", "too many requests", "isp.too-many-requests", "again in " + banSeconds + " seconds")
                        .toString());
    }

    private Own authenticate(Request request, String business) {
        var query = request.query();
        var method = query.getOrDefault("method", "");
        if (!method.replace('.', '/').equals("buyin" + request.path())) {
            throw new VendorError("40004", "isv.method-invalid", "the method is not the path");
        }
        var caller = accounts.of(Vendor.BUYIN, query.get("app_key"));
        if (caller == null) {
            throw new VendorError("40003", "isv.app-key-invalid", "app_key is not known");
        }
        var expected = Signing.buyin(
                query.get("app_key"),
                method,
                business,
                query.getOrDefault("timestamp", ""),
                query.getOrDefault("sign_method", ""),
                caller.account().secret());
        if (expected == null || !expected.equals(query.get("sign")) || !"2".equals(query.get("v"))) {
            throw new VendorError("40003", "isv.sign-invalid", "sign is wrong");
        }
        if (!business.equals(canonical(business))) {
            throw new VendorError("40003", "isv.sign-invalid", "param_json is not in its canonical form");
        }
        var token = query.get("access_token");
        if (token == null || !token.equals(caller.account().session())) {
            throw new VendorError("40003", "isv.access-token-invalid", "access_token is not accepted");
        }
        var signedAt = signedAt(query);
        if (Math.abs(signedAt - wall.instant().getEpochSecond()) > TOLERANCE) {
            throw new VendorError("40004", "isv.timestamp-invalid", "timestamp is too far from now");
        }
        return caller;
    }

    private static long signedAt(Map<String, String> query) {
        var text = query.getOrDefault("timestamp", "");
        return text.matches("\\d{1,12}") ? Long.parseLong(text) : Times.read(text);
    }

    /** Compact, with names in order at every depth; {@code null} for what is no object. */
    private static String canonical(String business) {
        try {
            var tree = JSON.readTree(business);
            return tree == null || !tree.isObject()
                    ? null
                    : SORTED.writeValueAsString(SORTED.convertValue(tree, Object.class));
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static ObjectNode order(Market market, Shown row) {
        var line = row.line();
        var state = row.state();
        var base = DouyinOrders.base(state);
        var settled = state.settledBaseFen() != Money.NONE;
        var out = DouyinOrders.row(market, row);
        out.put("settled_goods_amount", Math.max(0, state.settledBaseFen()));
        out.put("ads_promotion_rate", line.item.rate());
        out.put("ads_estimated_commission", line.gross(base) - line.fee(base));
        out.put("ads_estimated_tech_service_fee", line.fee(base));
        out.putObject("pid_info")
                .put("pid", line.slot.pid())
                .put("external_info", line.slot.own() == null ? "" : line.slot.own())
                .put("media_type_name", "ProductDetail");
        out.putObject("colonel_order_info")
                .put("commission_rate", line.item.rate())
                .put("estimated_commission", line.gross(base) - line.fee(base))
                .put("real_commission", settled ? line.gross(base) - line.fee(base) : 0)
                .put("tech_service_fee_rate", 1_000)
                .put("tech_service_fee", line.fee(base))
                .put("settled_tech_service_fee", settled ? line.fee(base) : 0)
                .put("activity_id", 1_000_001)
                .put("institution_id", 2_000_001)
                .put("institution_name", "沙盒机构");
        return out;
    }

    private ObjectNode share(Parameters parameters) {
        var url = PRODUCT_URL.matcher(parameters.required("product_url"));
        if (!url.matches()) {
            throw new VendorError("4132", "isv.business-failed:4132", "the product is not in the alliance");
        }
        var item = Item.of(Vendor.BUYIN, url.group(1));
        if (!item.known()) {
            throw new VendorError("4132", "isv.business-failed:4132", "the product is not in the alliance");
        }
        var pid = parameters.required("pid");
        if (!PID.matcher(pid).matches()) {
            throw new VendorError("4102", "isv.business-failed:4102", "bad PID");
        }
        var own = parameters.text("external_info");
        if (own != null && !EXTERNAL_INFO.matcher(own).matches()) {
            throw new VendorError("4101", "isv.business-failed:4101", "bad external_info");
        }
        var made = new Tokens.Made(Vendor.BUYIN, new Slot(pid, null, own), item, clock.second());
        var page = "https://haohuo.jinritemai.com/views/product/item2?id=" + item.id() + "&pid=" + pid
                + (own == null ? "" : "&external_info=" + own);
        var out = JSON.createObjectNode();
        out.put("dy_password", PangolinGateway.password(tokens.make(11, made), item));
        out.put("dy_deeplink", "snssdk1128://goods/seeding/?t=" + tokens.make(16, made));
        out.put("dy_zlink", "https://z.douyin.com/" + tokens.make(8, made));
        out.put("share_link", page);
        return out;
    }

    private ObjectNode parse(Parameters parameters) {
        var made = tokens.within(parameters.required("command"));
        if (made == null) {
            throw new VendorError("4132", "isv.business-failed:4132", "the command is not known");
        }
        JsonNode product = JSON.createObjectNode().put("product_id", made.item().id());
        return JSON.createObjectNode().put("command_type", 1).set("product_info", product);
    }
}
