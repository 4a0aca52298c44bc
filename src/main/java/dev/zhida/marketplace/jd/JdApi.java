package dev.zhida.marketplace.jd;

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

/** Calls to JD Union: business parameters as one JSON text, answers as JSON within a text within JSON. */
@ApplicationScoped
class JdApi {

    private static final String OK = "200";

    private final Calls calls;

    JdApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Asks for a method.
     *
     * @param parameters written as JSON
     * @param read takes the inner answer, whose code is that of success
     */
    <T> T ask(Connection connection, String method, Map<String, ?> parameters, Function<JsonNode, T> read) {
        var fields = new TreeMap<String, String>();
        fields.put("method", method);
        fields.put("app_key", connection.appKey());
        if (connection.session() != null) {
            fields.put("access_token", connection.session());
        }
        fields.put("timestamp", ApiRow.local(calls.now()));
        fields.put("format", "json");
        fields.put("v", "1.0");
        fields.put("sign_method", "md5");
        fields.put("360buy_param_json", json(parameters));
        fields.put("sign", JdSignature.of(fields, connection.secret()));
        return calls.ask(
                connection,
                method,
                Calls.Request.form(connection.gateway(), fields),
                answer -> read.apply(inner(method, answer)));
    }

    /** The inner answer of an outer one. */
    static JsonNode inner(String method, JsonNode answer) {
        var name = method.replace('.', '_');
        // It is spelled so on the wire; documents spell it properly.
        var outer = answer.has(name + "_responce") ? answer.get(name + "_responce") : answer.get(name + "_response");
        if (outer == null) {
            var error = new ApiRow(answer.has("error_response") ? answer.get("error_response") : answer);
            throw gateway(error.text("code"), error.text("zh_desc", "msg", "en_desc"));
        }
        // getResult, queryResult: named after the last part of the method.
        var result = outer.get(method.substring(method.lastIndexOf('.') + 1) + "Result");
        if (result == null) {
            throw gateway(new ApiRow(outer).text("code"), new ApiRow(outer).text("zh_desc", "msg", "message"));
        }
        var inner = result.isTextual() ? parsed(result.asText()) : result;
        var code = new ApiRow(inner).text("code");
        if (!OK.equals(code)) {
            var words = new ApiRow(inner).text("message");
            throw new MarketplaceFailure(kind(code, words), "JD answered " + code + ": " + words);
        }
        return inner;
    }

    private static JsonNode parsed(String text) {
        try {
            return ApiRow.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MarketplaceFailure(Kind.PLATFORM, "JD answered a result that is no JSON");
        }
    }

    private static MarketplaceFailure gateway(String code, String words) {
        return new MarketplaceFailure(FailureWords.kind(words, Kind.PLATFORM), "JD answered " + code + ": " + words);
    }

    /** What to do about a code of the inner answer. */
    static Kind kind(String code, String words) {
        return switch (code) {
            case "429", "2002429" -> Kind.THROTTLED;
            case "401", "403", "2001403", "2002401", "2002403" -> Kind.NOT_AUTHORISED;
            case "2002452" -> Kind.TOO_MANY_ROWS;
            case "2002453" -> Kind.WINDOW_TOO_LONG;
            case "500", "2002408", "2002499", "2002500" -> Kind.PLATFORM;
            // The link of an item is not taken, or the item is not in the programme.
            case "2001101", "2001102", "2001104" -> Kind.ITEM;
            // Whatever else is wrong with a wish for a link is wrong with the wish.
            case String other when other.startsWith("2001") -> Kind.CALLER;
            case "400", "2002400", "2002410" -> FailureWords.kind(words, Kind.CALLER);
            case null, default -> FailureWords.kind(words, Kind.PLATFORM);
        };
    }

    private static String json(Map<String, ?> parameters) {
        try {
            return ApiRow.JSON.writeValueAsString(parameters);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
