package dev.zhida.marketplace.taobao;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import dev.zhida.marketplace.SlotKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * 淘宝联盟 as one who promotes has it: orders, refunds, punishments, links and tokens of the account's own app.
 *
 * <p>A cursor is the number of the next page and Taobao's own {@code position_index}; more than 100 pages are not handed
 * out, so a window with more is too long. Whether Taobao counts the last second of a window is not documented: a row of
 * it may come in two windows, which changes nothing.
 */
@ApplicationScoped
class TaobaoConnector implements Connector {

    private static final String ORDERS = "taobao.tbk.order.details.get";
    private static final String REFUNDS = "taobao.tbk.order.refund.get";
    private static final String RELATION_REFUNDS = "taobao.tbk.relation.refund";
    private static final String PUNISHMENTS = "taobao.tbk.dg.punish.order.get";
    private static final String CONVERT = "taobao.tbk.dg.general.link.convert";
    private static final String TOKEN = "taobao.tbk.tpwd.create";
    private static final String TOKEN_COUNTS = "taobao.tbk.dg.tpwd.report.get";
    private static final String TOKEN_RISKS = "taobao.tbk.dg.tpwd.risk.report";

    private static final Duration ALLOWED = Duration.ofHours(3);
    private static final Duration ALLOWED_IN_PROMOTIONS = Duration.ofMinutes(20);

    /** Longer than anything that is asked for. */
    private static final Duration ALL = Duration.ofDays(1_000);

    private static final int MAX_PAGES = 100;
    private static final int MAX_RISKS = 1000;

    /** Documented by samples: a token created and expiring 30.0 days later. */
    private static final Duration TOKEN_LIFE = Duration.ofDays(30);

    /**
     * Punishments can only be asked for by when their orders were placed, at most 30 days at once; an order can be
     * punished until long after that, so each window looks back over all orders that the marketplace still tells of.
     */
    private static final int PUNISHMENT_SPAN_DAYS = 30;

    private static final int PUNISHMENT_SPANS = 3;
    private static final Duration PUNISHMENT_WINDOW = Duration.ofDays(1);

    private final TaobaoApi api;
    private final Calls calls;
    private final MarketplaceConfig.Asked asked;

    TaobaoConnector(TaobaoApi api, Calls calls, MarketplaceConfig config) {
        this.api = api;
        this.calls = calls;
        this.asked = config.taobao();
    }

    @Override
    public Marketplace marketplace() {
        return Marketplace.TAOBAO;
    }

    @Override
    public List<Feed> feeds() {
        return List.of(Feed.values());
    }

    @Override
    public Duration widest(Feed feed) {
        return feed == Feed.PUNISHMENTS ? PUNISHMENT_WINDOW : asked.window();
    }

    @Override
    public Duration allowed(Feed feed) {
        return allowed(feed, ALLOWED);
    }

    @Override
    public Duration allowedInPromotions(Feed feed) {
        return allowed(feed, ALLOWED_IN_PROMOTIONS);
    }

    private static Duration allowed(Feed feed, Duration other) {
        return switch (feed) {
            case PUNISHMENTS -> PUNISHMENT_WINDOW;
            // Each window is told to the present: many would tell the same many times.
            case RELATION_REFUNDS_UPDATED -> ALL;
            case ORDERS_UPDATED, ORDERS_CREATED, ORDERS_SETTLED, REFUNDS_UPDATED -> other;
        };
    }

    @Override
    public FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
        return switch (feed) {
            case ORDERS_UPDATED -> orders(connection, "4", from, until, cursor);
            case ORDERS_CREATED -> orders(connection, "1", from, until, cursor);
            case ORDERS_SETTLED -> orders(connection, "3", from, until, cursor);
            case REFUNDS_UPDATED -> refunds(connection, from, until, cursor);
            case RELATION_REFUNDS_UPDATED -> relationRefunds(connection, from, cursor);
            case PUNISHMENTS -> punishments(connection, until, cursor);
        };
    }

    /** Where to go on: which page, and behind what. */
    private record Position(int page, String index) {

        static Position of(String cursor) {
            if (cursor == null) {
                return new Position(1, null);
            }
            var parts = cursor.split(" ", 2);
            return new Position(Integer.parseInt(parts[0]), parts.length > 1 ? parts[1] : null);
        }

        Position checked() {
            if (page > MAX_PAGES) {
                throw new MarketplaceFailure(
                        Kind.TOO_MANY_ROWS, "Taobao hands out " + MAX_PAGES + " pages of a window, this one has more");
            }
            return this;
        }

        /**
         * Where the next page begins; {@code null} behind the last one.
         *
         * @param full whether this page has as many rows as were asked for
         */
        String next(JsonNode data, boolean full) {
            var row = new ApiRow(data);
            var more = row.text("has_next");
            if (more == null && full) {
                throw new MarketplaceFailure(Kind.PLATFORM, "Taobao does not say whether more follows");
            }
            if (!"true".equals(more)) {
                return null;
            }
            var index = row.text("position_index");
            if (index == null) {
                throw new MarketplaceFailure(Kind.PLATFORM, "Taobao says that more follows, but not where");
            }
            return (page + 1) + " " + index;
        }
    }

    private FeedPage orders(Connection connection, String queryType, Instant from, Instant until, String cursor) {
        var position = Position.of(cursor).checked();
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("query_type", queryType);
        parameters.put("start_time", ApiRow.local(from));
        parameters.put("end_time", ApiRow.local(until));
        parameters.put("page_no", String.valueOf(position.page()));
        parameters.put("page_size", String.valueOf(asked.pageSize()));
        if (position.index() != null) {
            parameters.put("position_index", position.index());
            parameters.put("jump_type", "1");
        }
        return api.ask(connection, ORDERS, parameters, answer -> {
            var data = told(answer.path("data"));
            var rows = TaobaoApi.list(data, "results");
            return ApiRow.orders(rows, TaobaoRows::order, position.next(data, isFull(rows)));
        });
    }

    private FeedPage refunds(Connection connection, Instant from, Instant until, String cursor) {
        var position = Position.of(cursor).checked();
        var option = new LinkedHashMap<String, Object>();
        option.put("query_type", 5);
        option.put("start_time", ApiRow.local(from));
        option.put("end_time", ApiRow.local(until));
        option.put("page_no", position.page());
        option.put("page_size", asked.pageSize());
        // In whatever role we earn from the order.
        option.put("member_type", 4);
        option.put("order_scene", 1);
        if (position.index() != null) {
            option.put("position_index", position.index());
            option.put("jump_type", 1);
        }
        return api.ask(connection, REFUNDS, Map.of("publisher_refund_order_query_option", json(option)), answer -> {
            var data = told(answer.path("data"));
            var rows = TaobaoApi.list(data, "results");
            return refundPage(rows, position.next(data, isFull(rows)));
        });
    }

    /** What an answer tells: it may have no rows, but one that is cut off or somebody else's is no empty one. */
    private static JsonNode told(JsonNode data) {
        if (!data.isObject()) {
            throw new MarketplaceFailure(Kind.PLATFORM, "Taobao answered without data");
        }
        return data;
    }

    private boolean isFull(List<JsonNode> rows) {
        return rows.size() >= asked.pageSize();
    }

    /** This feed knows no end of a window: it tells all from its beginning on, which changes nothing when told again. */
    private FeedPage relationRefunds(Connection connection, Instant from, String cursor) {
        var position = Position.of(cursor);
        var option = new LinkedHashMap<String, Object>();
        option.put("start_time", ApiRow.local(from));
        option.put("search_type", 5);
        option.put("refund_type", 0);
        option.put("biz_type", 1);
        option.put("page_no", position.page());
        option.put("page_size", asked.pageSize());
        return api.ask(connection, RELATION_REFUNDS, Map.of("search_option", json(option)), answer -> {
            var data = told(answer.path("result").path("data"));
            var rows = TaobaoApi.list(data, "results");
            return refundPage(rows, nextByTotal(data, position.page(), isFull(rows), ""));
        });
    }

    private static FeedPage refundPage(List<JsonNode> rows, String next) {
        var unreadable = new ArrayList<FeedPage.Unreadable>();
        var refunds = ApiRow.translate(rows, TaobaoRows::refund, unreadable);
        return new FeedPage(List.of(), refunds, List.of(), unreadable, rows.size(), next);
    }

    private FeedPage punishments(Connection connection, Instant until, String cursor) {
        var position = Position.of(cursor);
        var span = position.index() == null ? 1 : Integer.parseInt(position.index());
        var option = new LinkedHashMap<String, Object>();
        option.put("start_time", ApiRow.local(until.minus(Duration.ofDays((long) span * PUNISHMENT_SPAN_DAYS))));
        option.put("span", PUNISHMENT_SPAN_DAYS);
        option.put("page_no", position.page());
        option.put("page_size", asked.pageSize());
        return api.ask(connection, PUNISHMENTS, Map.of("af_order_option", json(option)), answer -> {
            var result = answer.path("result");
            var data = told(result.has("data") ? result.path("data") : answer.path("data"));
            var rows = TaobaoApi.list(data, "results");
            var next = nextByTotal(data, position.page(), isFull(rows), " " + span);
            if (next == null && span < PUNISHMENT_SPANS) {
                next = "1 " + (span + 1);
            }
            var unreadable = new ArrayList<FeedPage.Unreadable>();
            var punishments = ApiRow.translate(rows, TaobaoRows::punishment, unreadable);
            return new FeedPage(List.of(), List.of(), punishments, unreadable, rows.size(), next);
        });
    }

    /** Without a total a page that is full is followed by another, which may be empty. */
    private String nextByTotal(JsonNode data, int page, boolean full, String index) {
        var total = new ApiRow(data).text("total_count");
        if (total == null && full && page >= MAX_PAGES) {
            throw new MarketplaceFailure(
                    Kind.PLATFORM, "Taobao does not say how many rows there are, and " + page + " pages are not all");
        }
        var more = total == null ? full : Long.parseLong(total) > (long) page * asked.pageSize();
        return more ? (page + 1) + index : null;
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        var entry = convert(connection, wish.item(), wish.slotKind(), wish.slot());
        var link = entry.object("link_info_dto");
        var url = link.text("coupon_long_url", "cps_long_url", "coupon_short_url", "cps_short_url");
        if (url == null) {
            throw new MarketplaceFailure(
                    Kind.ITEM,
                    "Taobao made no link for " + wish.item().itemId() + ": " + entry.text("code") + " "
                            + entry.text("msg"));
        }
        var withCoupon = link.text("coupon_long_url") != null;
        var token = withCoupon ? link.text("coupon_short_tpwd") : link.text("cps_short_tpwd");
        var longToken = withCoupon ? link.text("coupon_full_tpwd") : link.text("cps_full_tpwd");
        if (token == null && wish.token()) {
            var made = api.ask(connection, TOKEN, Map.of("url", url), answer -> new ApiRow(answer.path("data")));
            token = made.text("password_simple");
            longToken = made.text("model");
        }
        return new MadeLink(
                url,
                withCoupon ? link.text("coupon_short_url") : link.text("cps_short_url"),
                null,
                token,
                longToken,
                token == null ? null : calls.now().plus(TOKEN_LIFE));
    }

    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        var entry = convert(connection, item, null, null);
        var promotion = entry.object("promotion_info_dto");
        var rate = promotion.percent("commission_rate");
        return rate == null
                ? Optional.empty()
                : Optional.of(new ItemFacts(
                        item,
                        promotion.text("item_title", "title"),
                        null,
                        null,
                        promotion.fen("promotion_price"),
                        entry.object("coupon_info_dto").yuan("coupon_amount"),
                        rate));
    }

    /** The one entry of the answer for one item; an empty one if Taobao answered with none. */
    private ApiRow convert(Connection connection, ItemReference item, SlotKind kind, String slot) {
        var parameters = new LinkedHashMap<String, String>();
        var pid = kind == SlotKind.TAOBAO_PID && slot != null ? slot : accountPid(connection);
        parameters.put("adzone_id", adzone(pid));
        parameters.put("biz_scene_id", "1");
        parameters.put("promotion_type", "2");
        // Only ids of two parts are taken as such; an older number is taken within the address of its page.
        var parts = item.itemId().contains("-");
        parameters.put(parts ? "item_id_list" : "material_list", parts ? item.itemId() : item.plainUrl());
        if (kind == SlotKind.TAOBAO_RELATION && slot != null) {
            parameters.put("relation_id", slot);
        }
        return api.ask(connection, CONVERT, parameters, answer -> {
            var entry = TaobaoApi.list(answer.path("data"), parts ? "item_url_list" : "material_url_list").stream()
                    .findFirst()
                    .map(ApiRow::new)
                    .orElseGet(() -> new ApiRow(ApiRow.JSON.createObjectNode()));
            var origin = entry.object("link_info_dto").text("origin_pid");
            if (origin != null && origin.startsWith("mm_") && !origin.equals(pid)) {
                throw new MarketplaceFailure(
                        Kind.CALLER, "the link that Taobao made carries the PID " + origin + " instead of our " + pid);
            }
            return entry;
        });
    }

    private static String accountPid(Connection connection) {
        var pid = connection.settings().get(ConnectionSettings.PID);
        if (pid == null) {
            throw new MarketplaceFailure(
                    Kind.CALLER, "the account has no PID of its own: set it at the account, like mm_1_2_3");
        }
        return pid;
    }

    private static String adzone(String pid) {
        return pid.substring(pid.lastIndexOf('_') + 1);
    }

    @Override
    public Optional<TokenCounts> tokenCounts(Connection connection, String token) {
        var parameters = Map.of("tao_password", token, "adzone_id", adzone(accountPid(connection)));
        return api.ask(connection, TOKEN_COUNTS, parameters, answer -> {
            var data = new ApiRow(answer.path("data"));
            if (data.text("pv") == null) {
                throw new MarketplaceFailure(Kind.ITEM, "Taobao counts nothing of this token");
            }
            return Optional.of(new TokenCounts(
                    count(data, "hour_pv"), count(data, "hour_uv"), count(data, "pv"), count(data, "uv")));
        });
    }

    private static long count(ApiRow row, String name) {
        var text = row.text(name);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MarketplaceFailure(Kind.ITEM, name + " is no count: " + text, null, e);
        }
    }

    @Override
    public List<TokenRisk> tokenRisks(Connection connection) {
        var risks = new ArrayList<TokenRisk>();
        for (var more = true; more; ) {
            var parameters = Map.of("offset", String.valueOf(risks.size()), "limit", String.valueOf(MAX_RISKS));
            var page = api.ask(connection, TOKEN_RISKS, parameters, answer -> {
                var data = answer.has("result") ? answer.path("result") : answer.path("data");
                return TaobaoApi.list(data, "status_list").stream()
                        .map(ApiRow::new)
                        .filter(row -> row.text("pid", "rid") != null)
                        .map(row -> new TokenRisk(row.text("pid", "rid"), "1".equals(row.text("status")), row.raw()))
                        .toList();
            });
            risks.addAll(page);
            more = page.size() == MAX_RISKS;
        }
        return risks;
    }

    @Override
    public String test(Connection connection) {
        var until = calls.now();
        orders(connection, "4", until.minus(Duration.ofMinutes(1)), until, null);
        return ORDERS + " for the last minute";
    }

    private static String json(Map<String, Object> option) {
        try {
            return ApiRow.JSON.writeValueAsString(option);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
