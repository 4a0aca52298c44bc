package dev.zhida.intake;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;

/** Whether what marketplaces tell was read completely. */
@ApplicationScoped
public class PullCoverage {

    private final PullStore store;

    PullCoverage(PullStore store) {
        this.store = store;
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

    /** What of the month was not read, by feed and time; the gaps of a feed do not touch each other. */
    public List<Gap> gaps(YearMonth month) {
        return store
                .uncovered(
                        BusinessTime.startOf(month.atDay(1)),
                        BusinessTime.startOf(month.plusMonths(1).atDay(1)))
                .stream()
                .map(one -> new Gap(
                        one.marketplace() + " " + one.account() + " " + one.feed(),
                        one.gap().from(),
                        one.gap().until(),
                        one.gap().states()))
                .toList();
    }
}
