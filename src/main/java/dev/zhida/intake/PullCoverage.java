package dev.zhida.intake;

import dev.zhida.money.BusinessTime;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether what marketplaces told of a month was read completely. */
@ApplicationScoped
public class PullCoverage {

    private final PullStore store;

    PullCoverage(PullStore store) {
        this.store = store;
    }

    /**
     * The feeds of which something of the month was not read, in words: marketplace, account and feed, with the gaps and
     * the states of the windows in them.
     */
    public Map<String, String> gaps(YearMonth month) {
        var gaps = new LinkedHashMap<String, String>();
        store.uncovered(
                        BusinessTime.startOf(month.atDay(1)),
                        BusinessTime.startOf(month.plusMonths(1).atDay(1)))
                .forEach(one -> gaps.merge(
                        one.marketplace() + " " + one.account() + " " + one.feed(),
                        words(one.gap()),
                        (some, more) -> some + "; " + more));
        return gaps;
    }

    private static String words(PullStore.Gap gap) {
        return gap.from().atZone(BusinessTime.ZONE).toLocalDateTime() + " to "
                + gap.until().atZone(BusinessTime.ZONE).toLocalDateTime() + " in Shanghai was not read ("
                + String.join(", ", gap.states()) + ")";
    }
}
