package dev.zhida.marketplace.douyin;

import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.ConnectionSettings;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What both of Douyin's gateways have in common. */
interface DouyinConnector extends Connector {

    /** The cursor of the first page. */
    String FIRST = "0";

    Duration ALLOWED = Duration.ofDays(90);

    /** How the gateway is asked. */
    MarketplaceConfig.Asked asked();

    /**
     * A page of orders.
     *
     * @param timeType {@code update} or {@code pay}
     * @param cursor {@code null} for the first page
     */
    FeedPage orders(Connection connection, String timeType, Instant from, Instant until, String cursor);

    /** Whether the account is of an institution, which the buyin gateway answers. */
    static boolean isBuyin(Connection connection) {
        return ConnectionSettings.BUYIN.equals(connection.settings().get(ConnectionSettings.INTERFACE));
    }

    @Override
    default Marketplace marketplace() {
        return Marketplace.DOUYIN;
    }

    @Override
    default List<Feed> feeds() {
        return List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED);
    }

    @Override
    default Duration widest(Feed feed) {
        return asked().window();
    }

    @Override
    default Duration allowed(Feed feed) {
        return ALLOWED;
    }

    @Override
    default FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
        return switch (feed) {
            case ORDERS_UPDATED -> orders(connection, "update", from, until, cursor);
            case ORDERS_CREATED -> orders(connection, "pay", from, until, cursor);
            case ORDERS_SETTLED, REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS ->
                throw new IllegalArgumentException("Douyin has no feed " + feed);
        };
    }
}
