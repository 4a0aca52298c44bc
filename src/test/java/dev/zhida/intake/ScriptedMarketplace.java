package dev.zhida.intake;

import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A marketplace that has the orders it is given, pages them by number as the worst do, and fails when told to. */
final class ScriptedMarketplace implements Connector {

    /** What happens at a question before it is answered. */
    interface Trouble {
        void at(Asked asked);
    }

    record Asked(Feed feed, Instant from, Instant until, String cursor, String secret) {}

    private final TreeMap<String, Observation> orders = new TreeMap<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<FeedPage.Unreadable> unreadable = new ArrayList<>();
    List<Feed> feeds = List.of(Feed.ORDERS_UPDATED);
    Duration widest = Duration.ofHours(1);
    Map<Feed, Duration> allowed = Map.of();
    Map<Feed, Duration> allowedInPromotions = Map.of();
    int pageSize = 10;
    Function<String, Optional<TokenCounts>> counts = token -> Optional.empty();
    List<TokenRisk> risks = List.of();
    UUID serves;
    volatile Trouble trouble = asked -> {};

    /** An order as it is now; what it was before is forgotten. */
    synchronized void has(Observation order) {
        orders.put(order.lineKey(), order);
    }

    synchronized void forget() {
        orders.clear();
        asked.clear();
    }

    @Override
    public Marketplace marketplace() {
        return Marketplace.TAOBAO;
    }

    /** Found by no job but those that a test makes. */
    @Override
    public boolean serves(Connection connection) {
        return connection.accountId().equals(serves);
    }

    @Override
    public List<Feed> feeds() {
        return feeds;
    }

    @Override
    public Duration widest(Feed feed) {
        return widest;
    }

    @Override
    public Duration allowed(Feed feed) {
        return allowed.getOrDefault(feed, widest);
    }

    @Override
    public Duration allowedInPromotions(Feed feed) {
        return allowedInPromotions.getOrDefault(feed, allowed(feed));
    }

    @Override
    public FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
        var question = new Asked(feed, from, until, cursor, connection.secret());
        asked.add(question);
        trouble.at(question);
        synchronized (this) {
            var found = orders.values().stream()
                    .filter(order -> !time(feed, order).isBefore(from)
                            && time(feed, order).isBefore(until))
                    .sorted(java.util.Comparator.comparing((Observation order) -> time(feed, order))
                            .thenComparing(Observation::lineKey))
                    .toList();
            var start = cursor == null ? 0 : Integer.parseInt(cursor);
            var end = Math.min(found.size(), start + pageSize);
            var rows = start >= end ? List.<Observation>of() : found.subList(start, end);
            return new FeedPage(
                    rows,
                    List.of(),
                    List.of(),
                    unreadable,
                    rows.size(),
                    end < found.size() ? Integer.toString(end) : null);
        }
    }

    @Override
    public Optional<TokenCounts> tokenCounts(Connection connection, String token) {
        return counts.apply(token);
    }

    @Override
    public List<TokenRisk> tokenRisks(Connection connection) {
        return risks;
    }

    private static Instant time(Feed feed, Observation order) {
        return feed == Feed.ORDERS_UPDATED ? order.asOf() : order.createdAt();
    }

    @Override
    public MadeLink link(Connection connection, LinkWish wish) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ItemFacts> item(Connection connection, ItemReference item) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String test(Connection connection) {
        return "nothing";
    }
}
