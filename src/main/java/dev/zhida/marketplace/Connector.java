package dev.zhida.marketplace;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One marketplace's affiliate API, in the words of all: signs, asks, translates. It keeps nothing and asks once; when
 * to ask again is its caller's to decide.
 *
 * <p>Every method throws {@link MarketplaceFailure}.
 */
public interface Connector {

    /**
     * What a link is wanted for.
     *
     * @param item the item
     * @param slot the slot as it is written into a link; {@code null} for the account's own
     * @param token whether the marketplace's token is wanted as well; else it is not asked for where that is a question
     *     of its own
     */
    record LinkWish(ItemReference item, SlotKind slotKind, String slot, boolean token) {}

    /**
     * A link that the marketplace made. Absent values are {@code null}.
     *
     * @param url where a fan goes; https
     * @param deepLink opens the marketplace's app where it is installed
     * @param token the marketplace's own token, as short as it has it
     * @param longToken the same within its text, to be handed on verbatim
     * @param expiresAt when link or token stop to work, whichever is first
     */
    record MadeLink(String url, String shortUrl, String deepLink, String token, String longToken, Instant expiresAt) {}

    /**
     * What the marketplace tells about an item. Absent values are {@code null}.
     *
     * @param commission the share of the paid amount that is commission
     */
    record ItemFacts(
            ItemReference item,
            String title,
            String shopName,
            String pictureUrl,
            Money price,
            Money coupon,
            Rate commission) {}

    /**
     * How often a native token was opened, as the marketplace counts it.
     *
     * @param views opened tokens within the last hour and altogether
     */
    record TokenCounts(long hourViews, long hourVisitors, long views, long visitors) {}

    /** A slot whose tokens the marketplace warns about or has blocked. */
    record TokenRisk(String slot, boolean blocked, Map<String, String> raw) {}

    Marketplace marketplace();

    /** Whether this is the interface that the account of a connection speaks to; a marketplace may have several. */
    default boolean serves(Connection connection) {
        return connection.marketplace() == marketplace();
    }

    /** What can be asked for window by window. */
    List<Feed> feeds();

    /** What of that the account has the permission for. */
    default List<Feed> feeds(Connection connection) {
        return feeds().stream()
                .filter(feed -> !connection.feedsOff().contains(feed))
                .toList();
    }

    /** How long a window of the feed may be, at most, that keeps up with the present; as it is configured. */
    Duration widest(Feed feed);

    /** How long one may be, at most, that looks once more at what is past; as the marketplace allows. */
    default Duration allowed(Feed feed) {
        return widest(feed);
    }

    /** The same on days of promotions. */
    default Duration allowedInPromotions(Feed feed) {
        return allowed(feed);
    }

    /**
     * One page of a feed.
     *
     * @param from in whole seconds
     * @param until in whole seconds, not included
     * @param cursor {@link FeedPage#next} of the page before; {@code null} for the first
     */
    FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor);

    /**
     * The field of a row of orders that holds the day, {@code yyyyMMdd} in Asia/Shanghai, from which on the row means
     * something else without being told again; empty where rows change by being told alone.
     */
    default Optional<String> ripensOn() {
        return Optional.empty();
    }

    /** What a row of orders means by now that was told before; only where rows ripen. */
    default Observation again(Map<String, String> raw, Instant now) {
        throw new UnsupportedOperationException("rows of " + marketplace() + " do not ripen");
    }

    /** Has the marketplace make a link, and its own token where it has one and that is wanted. */
    MadeLink link(Connection connection, LinkWish wish);

    /** Looks an item up; empty if the marketplace does not know it or it earns nothing. */
    Optional<ItemFacts> item(Connection connection, ItemReference item);

    /** Counts of a native token; empty where the marketplace tells none of any. */
    default Optional<TokenCounts> tokenCounts(Connection connection, String token) {
        return Optional.empty();
    }

    /** Slots whose tokens are at risk; empty where the marketplace tells none. */
    default List<TokenRisk> tokenRisks(Connection connection) {
        return List.of();
    }

    /**
     * Whether a person has bound a slot (备案), without which its links earn nothing; empty where nobody has to.
     *
     * @param slot as it is written into a link
     */
    default Optional<Boolean> bound(Connection connection, String slot) {
        return Optional.empty();
    }

    /** Asks for something small, to see whether the connection works; returns what was asked. */
    String test(Connection connection);
}
