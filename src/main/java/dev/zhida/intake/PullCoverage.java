package dev.zhida.intake;

import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Whether what marketplaces tell was read completely. */
@ApplicationScoped
public class PullCoverage {

    /** So much of a row's hash tells it from others. */
    private static final int NAME = 16;

    private final PullStore store;
    private final Connections connections;

    PullCoverage(PullStore store, Connections connections) {
        this.store = store;
        this.connections = connections;
    }

    /**
     * A time of which a feed was not read.
     *
     * @param feed marketplace, account and feed
     * @param states of the windows in it, or that there are none
     */
    public record Gap(String feed, Instant from, Instant until, List<String> states) {}

    /** Until when the connected accounts of a marketplace have told all their orders; marketplaces without any are missing. */
    public Map<Marketplace, Instant> ordersToldUntil() {
        return store.ordersToldUntil();
    }

    /**
     * A row that was read and not understood.
     *
     * @param row marketplace, account, feed and the row's name
     * @param reason what was wrong with it
     */
    public record Unread(String row, String reason) {}

    /** What is covered, per account and feed that is asked for; absent is any. */
    List<PullStore.Coverage> coverage(UUID accountId, Feed feed) {
        var off = connections.feedsOff();
        return store.coverage(accountId, feed).stream()
                .filter(one -> !off.getOrDefault(one.accountId(), Set.of()).contains(one.feed()))
                .toList();
    }

    /** What of the month and of those before could not be understood, and has not been since. */
    public List<Unread> unread(YearMonth month) {
        return store.unread(BusinessTime.startOf(month.plusMonths(1).atDay(1))).stream()
                .map(one -> new Unread(
                        one.marketplace() + " " + one.account() + " " + one.feed() + ", row "
                                + one.hash().substring(0, NAME),
                        one.reason()))
                .toList();
    }

    /**
     * What of the month was not read, by feed and time; the gaps of a feed do not touch each other. A feed that an account
     * has no permission for lacks nothing.
     */
    public List<Gap> gaps(YearMonth month) {
        var off = connections.feedsOff();
        return store
                .uncovered(
                        BusinessTime.startOf(month.atDay(1)),
                        BusinessTime.startOf(month.plusMonths(1).atDay(1)))
                .stream()
                .filter(one -> !off.getOrDefault(one.accountId(), Set.of()).contains(one.feed()))
                .map(one -> new Gap(
                        one.marketplace() + " " + one.account() + " " + one.feed(),
                        one.gap().from(),
                        one.gap().until(),
                        one.gap().states()))
                .toList();
    }
}
