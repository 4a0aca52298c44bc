package dev.zhida.marketplace.douyin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Calls;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.FailureWords;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceConfig;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Douyin's Pangolin (穿山甲) gateway, for accounts of publishers. A cursor is Douyin's own. */
@ApplicationScoped
class PangolinConnector implements DouyinConnector {

    private static final String ORDERS = "order/search";
    private static final String LINK = "product/link";
    private static final String ITEM = "product/detail";

    /** Orders through links of items, which are the only ones that we make. */
    private static final int PRODUCT_ORDERS = 1;

    /** Deep link, 口令 and share link; the picture of a QR code is slow, and ours to make. */
    private static final List<Integer> SHARE_TYPES = List.of(1, 3, 5);

    private static final String BAD_SIGNATURE = "100004";

    private final Calls calls;
    private final MarketplaceConfig.Asked asked;

    PangolinConnector(Calls calls, MarketplaceConfig config) {
        this.calls = calls;
        this.asked = config.douyin();
    }

    @Override
    public MarketplaceConfig.Asked asked() {
        return asked;
    }

    @Override
    public boolean serves(Connection connection) {
        return connection.marketplace() == Marketplace.DOUYIN && !DouyinConnector.isBuyin(connection);
    }

    @Override
    public FeedPage orders(Connection connection, String timeType, Instant from, Instant until, String cursor) {
        var at = cursor == null ? FIRST : cursor;
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("size", asked.pageSize());
        parameters.put("cursor", at);
        parameters.put("start_time", from.getEpochSecond());
        parameters.put("end_time", until.getEpochSecond());
        parameters.put("order_type", PRODUCT_ORDERS);
        parameters.put("time_type", timeType);
        return ask(connection, ORDERS, parameters, data -> DouyinRows.page(data, at, DouyinRows::pangolin));
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("product_url", wish.item().plainUrl());
        parameters.put("share_type", SHARE_TYPES);
        parameters.put("platform", 0);
        if (wish.slot() != null) {
            parameters.put("external_info", wish.slot());
        }
        return ask(connection, LINK, parameters, data -> {
            var made = new ApiRow(data);
            var url = made.text("dy_sharelink", "dy_zlink");
            if (url == null) {
                throw new MarketplaceFailure(
                        Kind.ITEM, "Douyin made no link for " + wish.item().itemId());
            }
            return new MadeLink(url, null, made.text("dy_deeplink"), made.text("dy_password"), null, null);
        });
    }

    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        if (!item.itemId().chars().allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        var parameters = Map.of("product_ids", List.of(Long.parseLong(item.itemId())));
        return ask(connection, ITEM, parameters, data -> DouyinRows.firstArray(data).stream()
                .map(ApiRow::new)
                .findFirst()
                .map(row -> new ItemFacts(
                        item,
                        row.text("title"),
                        row.text("shop_name"),
                        row.text("cover"),
                        row.fen("price"),
                        coupon(row),
                        row.tenThousandths("cos_ratio"))));
    }

    /** Told as the price that is left. */
    private static Money coupon(ApiRow row) {
        var price = row.fen("price");
        var left = row.fen("coupon_price");
        return price == null || left == null || left.isZero() || left.compareTo(price) >= 0 ? null : price.minus(left);
    }

    @Override
    public String test(Connection connection) {
        var until = calls.now();
        orders(connection, "update", until.minus(Duration.ofMinutes(1)), until, null);
        return "/" + ORDERS + " for the last minute";
    }

    private <T> T ask(Connection connection, String path, Map<String, ?> parameters, Function<JsonNode, T> read) {
        var data = json(parameters);
        var id = UUID.randomUUID().toString();
        var timestamp = calls.now().getEpochSecond();
        var envelope = new LinkedHashMap<String, Object>();
        envelope.put("app_id", connection.appKey());
        envelope.put("timestamp", timestamp);
        envelope.put("version", "1");
        envelope.put("sign_type", "MD5");
        envelope.put("req_id", id);
        envelope.put("data", data);
        envelope.put("sign", PangolinSignature.of(connection.appKey(), data, id, timestamp, connection.secret()));
        var request = Calls.Request.json(connection.gateway().resolve(path), json(envelope));
        return calls.ask(connection, "/" + path, request, answer -> read.apply(data(answer)));
    }

    /** What was asked for: an object, or one written as text. */
    static JsonNode data(JsonNode answer) {
        var row = new ApiRow(answer);
        var code = row.text("code");
        if (!"0".equals(code)) {
            var words = row.text("desc", "message", "msg");
            throw new MarketplaceFailure(
                    BAD_SIGNATURE.equals(code) ? Kind.NOT_AUTHORISED : FailureWords.kind(words, Kind.PLATFORM),
                    "Douyin answered " + code + ": " + words);
        }
        var data = answer.path("data");
        if (!data.isTextual()) {
            return data;
        }
        try {
            return ApiRow.JSON.readTree(data.asText());
        } catch (JsonProcessingException e) {
            throw new MarketplaceFailure(Kind.PLATFORM, "Douyin answered data that is no JSON");
        }
    }

    private static String json(Object value) {
        try {
            return ApiRow.JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
