package dev.zhida.marketplace.pdd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Calls;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.FailureWords;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Calls to Pinduoduo: flat JSON in which nested values are texts; answers under names that follow no rule. */
@ApplicationScoped
class PddApi {

    /** What stands around an answer, by method. */
    private static final Map<String, String> ROOTS = Map.of(
            "pdd.ddk.order.list.increment.get", "order_list_get_response",
            "pdd.ddk.order.list.range.get", "order_list_get_response",
            "pdd.ddk.order.detail.get", "order_detail_response",
            "pdd.ddk.member.authority.query", "authority_query_response",
            "pdd.ddk.goods.detail", "goods_detail_response",
            "pdd.ddk.goods.promotion.url.generate", "goods_promotion_url_generate_response");

    private final Calls calls;

    PddApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Asks for a method.
     *
     * @param parameters nested ones as JSON text
     * @param read takes what is below the root of the answer
     */
    <T> T ask(Connection connection, String method, Map<String, String> parameters, Function<JsonNode, T> read) {
        var all = new TreeMap<>(parameters);
        all.put("type", method);
        all.put("client_id", connection.appKey());
        all.put("timestamp", String.valueOf(calls.now().getEpochSecond()));
        all.put("data_type", "JSON");
        all.put("version", "V1");
        if (connection.session() != null) {
            all.put("access_token", connection.session());
        }
        all.put("sign", PddSignature.of(all, connection.secret()));
        return calls.ask(
                connection,
                method,
                Calls.Request.json(connection.gateway(), json(all)),
                answer -> read.apply(root(method, answer)));
    }

    /** What is below the root of an answer. */
    static JsonNode root(String method, JsonNode answer) {
        if (answer.has("error_response")) {
            var error = new ApiRow(answer.get("error_response"));
            var code = error.text("error_code");
            var subCode = error.text("sub_code");
            var words = error.text("sub_msg", "error_msg");
            throw new MarketplaceFailure(
                    kind(code, subCode, words),
                    "Pinduoduo answered " + code + (subCode == null ? "" : " " + subCode) + ": " + words);
        }
        var root = answer.get(ROOTS.get(method));
        if (root == null) {
            throw new MarketplaceFailure(Kind.PLATFORM, "Pinduoduo answered " + method + " with something else");
        }
        return root;
    }

    /** What to do about an error code. */
    static Kind kind(String code, String subCode, String words) {
        return switch (code) {
            case "52101", "70031" -> Kind.THROTTLED;
            // Degraded: by their own decision, and for a while.
            case "52102", "52103", "70033", "50000", "52001" -> Kind.PLATFORM;
            // Signature, address not on the list, no permission, token expired, risk control, cap of an app in test.
            case "20004", "20005", "20031", "10019", "70032", "70034", "70035", "70036" -> Kind.NOT_AUTHORISED;
            // Not 备案'd: a person has to open a link once.
            case String other when "60001".equals(subCode) -> Kind.NOT_AUTHORISED;
            case "50001" -> windowOrCaller(words);
            case null, default -> FailureWords.kind(words, Kind.PLATFORM);
        };
    }

    private static Kind windowOrCaller(String words) {
        var kind = FailureWords.kind(words, Kind.CALLER);
        return switch (kind) {
            case TOO_LATE, WINDOW_TOO_LONG, ITEM, PLATFORM, THROTTLED -> kind;
            case TOO_MANY_ROWS, NOT_AUTHORISED, CALLER -> Kind.CALLER;
        };
    }

    static String json(Object value) {
        try {
            return ApiRow.JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
