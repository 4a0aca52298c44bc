package dev.zhida.marketplace.pdd;

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
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * 多多进宝: orders, links and 备案.
 *
 * <p>Pages of changed orders are read from the last to the first: a row that changes meanwhile leaves the window, and
 * those behind it move towards pages that are still to be read. So the first call counts, and a cursor is the number of
 * the page to go on with, backwards.
 */
@ApplicationScoped
class PddConnector implements Connector {

    private static final String UPDATED = "pdd.ddk.order.list.increment.get";
    private static final String PLACED = "pdd.ddk.order.list.range.get";
    private static final String LINK = "pdd.ddk.goods.promotion.url.generate";
    private static final String ITEM = "pdd.ddk.goods.detail";
    private static final String AUTHORITY = "pdd.ddk.member.authority.query";

    private static final int MAX_PAGES = 10_000;

    private final PddApi api;
    private final Calls calls;
    private final MarketplaceConfig.Asked asked;

    PddConnector(PddApi api, Calls calls, MarketplaceConfig config) {
        this.api = api;
        this.calls = calls;
        this.asked = config.pdd();
    }

    @Override
    public Marketplace marketplace() {
        return Marketplace.PDD;
    }

    @Override
    public List<Feed> feeds() {
        return List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED);
    }

    @Override
    public Duration widest(Feed feed) {
        return asked.window();
    }

    @Override
    public FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
        return switch (feed) {
            case ORDERS_UPDATED -> updated(connection, from, until, cursor);
            case ORDERS_CREATED -> placed(connection, from, until, cursor);
            case ORDERS_SETTLED, REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS ->
                throw new IllegalArgumentException("Pinduoduo has no feed " + feed);
        };
    }

    private FeedPage updated(Connection connection, Instant from, Instant until, String cursor) {
        var first = cursor == null;
        var page = first ? 1 : Integer.parseInt(cursor);
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("start_update_time", String.valueOf(from.getEpochSecond()));
        parameters.put("end_update_time", String.valueOf(until.getEpochSecond()));
        parameters.put("page", String.valueOf(page));
        parameters.put("page_size", String.valueOf(asked.pageSize()));
        // Counting is slow on their side, and asked for once.
        parameters.put("return_count", String.valueOf(first));
        return api.ask(connection, UPDATED, parameters, answer -> {
            var rows = rows(answer.path("order_list"));
            var next = first ? last(answer) : page - 1;
            return ApiRow.orders(rows, PddRows::order, next > (first ? 1 : 0) ? String.valueOf(next) : null);
        });
    }

    /** The number of the last page. The first one is read again at the end, because rows may have moved into it. */
    private int last(JsonNode answer) {
        var total = new ApiRow(answer).text("total_count");
        if (total == null) {
            throw new MarketplaceFailure(Kind.PLATFORM, "Pinduoduo did not say how many orders there are");
        }
        var pages = Math.ceilDiv(Long.parseLong(total), (long) asked.pageSize());
        if (pages > MAX_PAGES) {
            throw new MarketplaceFailure(Kind.TOO_MANY_ROWS, "Pinduoduo hands out " + MAX_PAGES + " pages of a window");
        }
        return (int) pages;
    }

    /** By the time of payment, behind the last order of the page before. */
    private FeedPage placed(Connection connection, Instant from, Instant until, String cursor) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("start_time", ApiRow.local(from));
        parameters.put("end_time", ApiRow.local(until));
        parameters.put("page_size", String.valueOf(asked.pageSize()));
        if (cursor != null) {
            parameters.put("last_order_id", cursor);
        }
        return api.ask(connection, PLACED, parameters, answer -> {
            var rows = rows(answer.path("order_list"));
            var last = new ApiRow(answer).text("last_order_id");
            var full = rows.size() >= asked.pageSize();
            if (full && last == null) {
                throw new MarketplaceFailure(Kind.PLATFORM, "Pinduoduo does not say behind which order more follows");
            }
            // A page that is not full is the last one; so is one that leads to itself.
            return ApiRow.orders(rows, PddRows::order, full && !last.equals(cursor) ? last : null);
        });
    }

    private static List<JsonNode> rows(JsonNode array) {
        var rows = new ArrayList<JsonNode>();
        if (array.isArray()) {
            array.forEach(rows::add);
        }
        return rows;
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        if (isNumber(wish.item())) {
            throw new MarketplaceFailure(
                    Kind.ITEM,
                    "Pinduoduo makes links for goods_sign only: paste a link that has one instead of the number "
                            + wish.item().itemId());
        }
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("p_id", pid(connection));
        parameters.put("goods_sign_list", PddApi.json(List.of(wish.item().itemId())));
        parameters.put("generate_short_url", "true");
        parameters.put("generate_schema_url", "true");
        if (wish.slot() != null) {
            parameters.put("custom_parameters", wish.slot());
        }
        return api.ask(connection, LINK, parameters, answer -> rows(answer.path("goods_promotion_url_list")).stream()
                .map(ApiRow::new)
                .findFirst()
                .filter(made -> made.text("url", "mobile_url") != null)
                .map(made -> new MadeLink(
                        made.text("url", "mobile_url"),
                        made.text("short_url", "mobile_short_url"),
                        made.text("schema_url"),
                        null,
                        null,
                        null))
                .orElseThrow(() -> new MarketplaceFailure(
                        Kind.ITEM, "Pinduoduo made no link for " + wish.item().itemId())));
    }

    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        if (isNumber(item)) {
            return Optional.empty();
        }
        var parameters = Map.of("goods_sign", item.itemId());
        return api.ask(connection, ITEM, parameters, answer -> rows(answer.path("goods_details")).stream()
                .map(ApiRow::new)
                .findFirst()
                .map(row -> new ItemFacts(
                        item,
                        row.text("goods_name"),
                        row.text("mall_name"),
                        row.text("goods_image_url", "goods_thumbnail_url"),
                        row.fen("min_group_price", "min_normal_price"),
                        row.fen("coupon_discount"),
                        row.perMille("promotion_rate"))));
    }

    @Override
    public Optional<Boolean> bound(Connection connection, String slot) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("pid", pid(connection));
        parameters.put("custom_parameters", slot);
        return api.ask(connection, AUTHORITY, parameters, answer -> Optional.ofNullable(new ApiRow(answer).text("bind"))
                .map("1"::equals));
    }

    private static boolean isNumber(ItemReference item) {
        return item.itemId().chars().allMatch(Character::isDigit);
    }

    private static String pid(Connection connection) {
        var pid = connection.settings().get(ConnectionSettings.PID);
        if (pid == null) {
            throw new MarketplaceFailure(Kind.CALLER, "the account has no PID: set it at the account, like 12_34");
        }
        return pid;
    }

    @Override
    public String test(Connection connection) {
        var until = calls.now();
        updated(connection, until.minus(Duration.ofMinutes(1)), until, null);
        return UPDATED + " for the last minute";
    }
}
