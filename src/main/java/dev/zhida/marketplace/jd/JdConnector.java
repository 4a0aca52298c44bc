package dev.zhida.marketplace.jd;

import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Calls;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.ConnectionSettings;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceConfig;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** 京东联盟: orders and links. A cursor is the number of the next page. */
@ApplicationScoped
class JdConnector implements Connector {

    private static final String ORDERS = "jd.union.open.order.row.query";
    private static final String LINK = "jd.union.open.promotion.common.get";
    private static final String SOCIAL_LINK = "jd.union.open.promotion.bysubunionid.get";
    private static final String ITEM = "jd.union.open.goods.promotiongoodsinfo.query";

    private static final String SOCIAL = "bysubunionid";

    /** Orders can be asked for by when they were received, and are paid on the 20th of the month after: this later. */
    private static final Duration SETTLES_AFTER = Duration.ofDays(20);

    private static final Duration SHORT_LINK_LIFE = Duration.ofDays(60);

    private final JdApi api;
    private final Calls calls;
    private final MarketplaceConfig.Asked asked;
    private final Clock clock;

    JdConnector(JdApi api, Calls calls, MarketplaceConfig config, Clock clock) {
        this.api = api;
        this.calls = calls;
        this.asked = config.jd();
        this.clock = clock;
    }

    @Override
    public Marketplace marketplace() {
        return Marketplace.JD;
    }

    @Override
    public List<Feed> feeds() {
        return List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED, Feed.ORDERS_SETTLED);
    }

    @Override
    public Duration widest(Feed feed) {
        return asked.window();
    }

    @Override
    public FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
        return switch (feed) {
            case ORDERS_UPDATED -> orders(connection, 3, from, until, cursor);
            case ORDERS_CREATED -> orders(connection, 1, from, until, cursor);
            case ORDERS_SETTLED -> orders(connection, 2, from.minus(SETTLES_AFTER), until.minus(SETTLES_AFTER), cursor);
            case REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS ->
                throw new IllegalArgumentException("JD has no feed " + feed);
        };
    }

    private FeedPage orders(Connection connection, int type, Instant from, Instant until, String cursor) {
        var page = cursor == null ? 1 : Integer.parseInt(cursor);
        var request = new LinkedHashMap<String, Object>();
        request.put("pageIndex", page);
        request.put("pageSize", asked.pageSize());
        request.put("type", type);
        request.put("startTime", ApiRow.local(from));
        request.put("endTime", ApiRow.local(until));
        request.put("fields", "goodsInfo,categoryInfo");
        return api.ask(connection, ORDERS, Map.of("orderReq", request), answer -> {
            var now = clock.instant();
            var more = "true".equals(new ApiRow(answer).text("hasMore"));
            return ApiRow.orders(
                    rows(answer.path("data")), row -> JdRows.order(row, now), more ? String.valueOf(page + 1) : null);
        });
    }

    /** Some documents wrap the rows once more. */
    private static List<JsonNode> rows(JsonNode data) {
        var array = data.isObject() ? data.path("orderRowResp") : data;
        var rows = new ArrayList<JsonNode>();
        if (array.isArray()) {
            array.forEach(rows::add);
        }
        return rows;
    }

    /** JD settles on a day that it says beforehand, and does not promise to send the row again. */
    @Override
    public Optional<String> ripensOn() {
        return Optional.of("payMonth");
    }

    @Override
    public Observation again(Map<String, String> raw, Instant now) {
        return JdRows.order(ApiRow.of(raw), now);
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        var social = SOCIAL.equals(connection.settings().get(ConnectionSettings.LINK_METHOD));
        var material = wish.item().plainUrl();
        var request = new LinkedHashMap<String, Object>();
        request.put("materialId", material);
        // Without it only addresses with the alliance's own ids are taken.
        request.put("sceneId", material.contains("jingfen.jd.com") ? 1 : 2);
        if (wish.slotKind() == SlotKind.JD_POSITION && wish.slot() != null) {
            request.put("positionId", Long.parseLong(wish.slot()));
        } else if (wish.slot() != null) {
            request.put("subUnionId", wish.slot());
        }
        if (social) {
            // Long and short ones, and the token.
            request.put("chainType", 3);
            request.put("command", 1);
        } else {
            var site = connection.settings().get(ConnectionSettings.SITE_ID);
            if (site == null) {
                throw new MarketplaceFailure(
                        Kind.CALLER, "JD makes links for a site: set `siteId` among the connection's settings");
            }
            request.put("siteId", site);
        }
        return api.ask(connection, social ? SOCIAL_LINK : LINK, Map.of("promotionCodeReq", request), answer -> {
            var data = new ApiRow(answer).object("data");
            var shortUrl = data.text("shortURL", "shortUrl");
            var url = data.text("clickURL", "clickUrl");
            if (url == null && shortUrl == null) {
                throw new MarketplaceFailure(Kind.PLATFORM, "JD answered without a link");
            }
            return new MadeLink(
                    url == null ? shortUrl : url,
                    shortUrl,
                    null,
                    data.text("jShortCommand", "jCommand"),
                    data.text("jCommand"),
                    shortUrl == null ? null : calls.now().plus(SHORT_LINK_LIFE));
        });
    }

    /** Only items with a number can be looked up; the alliance's own ids are not taken here. */
    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        if (!item.itemId().chars().allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        return api.ask(connection, ITEM, Map.of("skuIds", item.itemId()), answer -> rows(answer.path("data")).stream()
                .findFirst()
                .map(ApiRow::new)
                .map(row -> new ItemFacts(
                        item,
                        row.text("goodsName"),
                        row.text("shopName"),
                        row.text("imgUrl"),
                        price(row),
                        null,
                        row.percent("commisionRatioWl"))));
    }

    /** A price of -1 is one that JD did not find. */
    private static Money price(ApiRow row) {
        var price = row.yuan(row.text("wlUnitPrice") == null ? "unitPrice" : "wlUnitPrice");
        return price == null || price.fen() < 0 ? null : price;
    }

    @Override
    public String test(Connection connection) {
        var until = calls.now();
        orders(connection, 3, until.minus(Duration.ofMinutes(1)), until, null);
        return ORDERS + " for the last minute";
    }
}
