package dev.zhida.marketplace.taobao;

import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Calls;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.ConnectionSettings;
import dev.zhida.marketplace.FailureWords;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Calls to Taobao's open platform: one address, signed forms, answers in two shapes, errors by code and sub-code. */
@ApplicationScoped
class TaobaoApi {

    private static final String PREFIX = "taobao.";

    /** {@code This ban will last for 12 more seconds}, in any wording. */
    private static final Pattern SECONDS = Pattern.compile("(\\d{1,6})\\s*(?:more\\s+)?(?:seconds?|s\\b|秒)");

    private final Calls calls;

    TaobaoApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Asks for a method.
     *
     * @param parameters business parameters; nested ones as JSON text
     * @param read takes what is below the root of the answer
     */
    <T> T ask(Connection connection, String method, Map<String, String> parameters, Function<JsonNode, T> read) {
        var fields = new TreeMap<>(parameters);
        fields.put("method", method);
        fields.put("app_key", connection.appKey());
        fields.put("timestamp", ApiRow.local(calls.now()));
        fields.put("v", "2.0");
        fields.put("format", "json");
        fields.put("simplify", "true");
        fields.put("sign_method", connection.settings().getOrDefault(ConnectionSettings.SIGN_METHOD, "hmac-sha256"));
        fields.put("sign", TaobaoSignature.of(fields, connection.secret()));
        return calls.ask(
                connection,
                method,
                Calls.Request.form(connection.gateway(), fields),
                answer -> read.apply(root(method, answer)));
    }

    /** What is below the root of an answer, wrapped or simplified. */
    static JsonNode root(String method, JsonNode answer) {
        var root = answer.get(method.substring(PREFIX.length()).replace('.', '_') + "_response");
        if (root != null) {
            return checked(root);
        }
        if (answer.has("error_response")) {
            throw failure(new ApiRow(answer.get("error_response")));
        }
        // Simplified answers may come without their root, and errors without theirs.
        if (answer.has("code") && answer.has("msg")) {
            throw failure(new ApiRow(answer));
        }
        return checked(answer);
    }

    /** Some methods tell of their own failures within an answer. */
    private static JsonNode checked(JsonNode root) {
        for (var part : List.of(root, root.path("result"))) {
            var row = new ApiRow(part);
            var code = row.nonZero("biz_error_code");
            if (code != null && !part.hasNonNull("data")) {
                throw new MarketplaceFailure(
                        kind(code, code, row.text("biz_error_desc")),
                        "Taobao answered " + code + ": " + row.text("biz_error_desc", "result_msg"));
            }
        }
        return root;
    }

    private static MarketplaceFailure failure(ApiRow error) {
        var code = error.text("code");
        var subCode = error.text("sub_code");
        var words = error.text("sub_msg", "msg");
        var kind = kind(code, subCode, words);
        return new MarketplaceFailure(
                kind,
                "Taobao answered " + code + (subCode == null ? "" : " " + subCode) + ": " + words,
                kind == Kind.THROTTLED ? ban(words) : null,
                null);
    }

    /** How long a ban lasts; {@code null} if the words do not say. */
    static Duration ban(String words) {
        var seconds = SECONDS.matcher(words == null ? "" : words);
        return seconds.find() ? Duration.ofSeconds(Long.parseLong(seconds.group(1))) : null;
    }

    /**
     * What to do about an error. The sub-code decides: {@code isp.} is Taobao's fault, {@code isv.} is ours; the numbers
     * of most codes are known from second hand only.
     */
    static Kind kind(String code, String subCode, String words) {
        for (var known : new String[] {subCode, code}) {
            switch (known) {
                case "2004" -> {
                    return Kind.TOO_LATE;
                }
                case "2007" -> {
                    return Kind.WINDOW_TOO_LONG;
                }
                case "3000", "9100" -> {
                    return Kind.THROTTLED;
                }
                case "2000", "2001", "2002", "3001" -> {
                    return Kind.PLATFORM;
                }
                case "1001", "1005", "1006", "1008" -> {
                    return Kind.CALLER;
                }
                case null, default -> {
                    // The next one may be known.
                }
            }
        }
        if ("7".equals(code) || (subCode != null && subCode.startsWith("accesscontrol.limited"))) {
            return Kind.THROTTLED;
        }
        if (subCode != null && subCode.startsWith("isp.")) {
            return Kind.PLATFORM;
        }
        if (subCode != null && subCode.startsWith("isv.")) {
            return FailureWords.kind(subCode, Kind.CALLER) == Kind.NOT_AUTHORISED ? Kind.NOT_AUTHORISED : Kind.CALLER;
        }
        return switch (code) {
            case "11", "12", "25", "26", "27" -> Kind.NOT_AUTHORISED;
            case "40", "41" -> Kind.CALLER;
            case null, default -> FailureWords.kind(words, Kind.PLATFORM);
        };
    }

    /**
     * The elements of an array that may be wrapped in an object by the name of their type, or be absent.
     *
     * @param name of the field
     */
    static List<JsonNode> list(JsonNode node, String name) {
        var value = node.path(name);
        if (value.isObject()) {
            value = value.properties().stream()
                    .map(Map.Entry::getValue)
                    .filter(JsonNode::isArray)
                    .findFirst()
                    .orElse(value);
        }
        var elements = new ArrayList<JsonNode>();
        if (value.isArray()) {
            value.forEach(elements::add);
        }
        return elements;
    }
}
