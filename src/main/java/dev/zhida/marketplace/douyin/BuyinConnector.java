package dev.zhida.marketplace.douyin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Calls;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.ConnectionSettings;
import dev.zhida.marketplace.FailureWords;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceConfig;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code buyin.*} on Douyin's open platform, for accounts of institutions (团长). Publishers have lost it to the Pangolin
 * gateway.
 */
@ApplicationScoped
class BuyinConnector implements DouyinConnector {

    private static final String ORDERS = "buyin.instituteOrderColonel";
    private static final String LINK = "buyin.kolProductShare";
    private static final String OK = "10000";
    /** dy_zlink, the only one whose life is documented. */
    private static final Duration ZLINK_LIFE = Duration.ofDays(60);

    private final Calls calls;
    private final MarketplaceConfig.Asked asked;

    BuyinConnector(Calls calls, MarketplaceConfig config) {
        this.calls = calls;
        this.asked = config.douyin();
    }

    @Override
    public MarketplaceConfig.Asked asked() {
        return asked;
    }

    @Override
    public boolean serves(Connection connection) {
        return connection.marketplace() == Marketplace.DOUYIN && DouyinConnector.isBuyin(connection);
    }

    @Override
    public FeedPage orders(Connection connection, String timeType, Instant from, Instant until, String cursor) {
        var at = cursor == null ? FIRST : cursor;
        var parameters = Map.<String, Object>of(
                "size", asked.pageSize(),
                "cursor", at,
                "start_time", ApiRow.local(from),
                "end_time", ApiRow.local(until),
                "time_type", timeType);
        return ask(connection, ORDERS, parameters, data -> DouyinRows.page(data, at, DouyinRows::buyin));
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        var pid = connection.settings().get(ConnectionSettings.PID);
        if (pid == null) {
            throw new MarketplaceFailure(Kind.CALLER, "the account has no PID: set it at the account, like dy_1_2_3");
        }
        var parameters = new TreeMap<String, Object>(
                Map.of("product_url", wish.item().plainUrl(), "pid", pid, "platform", 0, "need_share_link", true));
        if (wish.slot() != null) {
            parameters.put("external_info", wish.slot());
        }
        return ask(connection, LINK, parameters, data -> {
            var made = new ApiRow(data);
            var url = made.text("share_link", "dy_zlink");
            if (url == null) {
                throw new MarketplaceFailure(
                        Kind.ITEM, "Douyin made no link for " + wish.item().itemId());
            }
            return new MadeLink(
                    url,
                    null,
                    made.text("dy_deeplink"),
                    made.text("dy_password"),
                    null,
                    made.text("share_link") == null ? calls.now().plus(ZLINK_LIFE) : null);
        });
    }

    /** No method for it is documented. */
    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        return Optional.empty();
    }

    @Override
    public String test(Connection connection) {
        var until = calls.now();
        orders(connection, "update", until.minus(Duration.ofMinutes(1)), until, null);
        return ORDERS + " for the last minute";
    }

    private <T> T ask(
            Connection connection, String method, Map<String, Object> parameters, Function<JsonNode, T> read) {
        var body = canonical(parameters);
        var timestamp = ApiRow.local(calls.now());
        var query = new TreeMap<String, String>();
        query.put("method", method);
        query.put("app_key", connection.appKey());
        if (connection.session() != null) {
            query.put("access_token", connection.session());
        }
        query.put("timestamp", timestamp);
        query.put("v", "2");
        query.put("sign_method", "hmac-sha256");
        query.put("sign", BuyinSignature.hmacSha256(connection.appKey(), method, body, timestamp, connection.secret()));
        var url = connection
                .gateway()
                .resolve(method.replace('.', '/') + "?"
                        + query.entrySet().stream()
                                .map(e -> e.getKey() + "=" + Calls.Request.encode(e.getValue()))
                                .collect(Collectors.joining("&")));
        return calls.ask(connection, method, Calls.Request.json(url, body), answer -> read.apply(data(answer)));
    }

    /** Keys sorted at every depth, compact, nothing escaped that JSON does not ask for: what is signed and sent. */
    static String canonical(Map<String, Object> parameters) {
        try {
            return ApiRow.JSON
                    .writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsString(parameters);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode data(JsonNode answer) {
        var row = new ApiRow(answer);
        var code = row.text("code", "err_no");
        if (!OK.equals(code)) {
            var subCode = row.text("sub_code");
            var words = row.text("sub_msg", "msg");
            throw new MarketplaceFailure(
                    kind(code, subCode, words),
                    "Douyin answered " + code + (subCode == null ? "" : " " + subCode) + ": " + words);
        }
        return answer.path("data");
    }

    /** What to do about an error: the sub-code says whose fault it is. */
    static Kind kind(String code, String subCode, String words) {
        if (subCode != null && subCode.startsWith("isp.")) {
            return FailureWords.kind(subCode, Kind.PLATFORM) == Kind.THROTTLED ? Kind.THROTTLED : Kind.PLATFORM;
        }
        if (subCode != null && subCode.startsWith("isv.")) {
            var told = FailureWords.kind(words, Kind.CALLER);
            return switch (told) {
                case TOO_LATE, WINDOW_TOO_LONG, PLATFORM, THROTTLED -> told;
                case TOO_MANY_ROWS, NOT_AUTHORISED, CALLER, ITEM -> FailureWords.kind(subCode, told);
            };
        }
        return switch (code) {
            case "4101", "4102" -> Kind.CALLER;
            case "4132", "4133" -> Kind.ITEM;
            case "8198" -> Kind.NOT_AUTHORISED;
            case null, default -> FailureWords.kind(words, Kind.PLATFORM);
        };
    }
}
