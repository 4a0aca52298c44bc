package dev.zhida.ledger;

import dev.zhida.money.Money;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the transfers of one source should add up to.
 *
 * @param source the name of the source; it belongs to whoever posts for it
 * @param amountByFlow what should have gone each way; absent ways should have carried nothing
 * @param month the month to post in, if it is still open; else the earliest open one after it is taken
 * @param reason why it stands so, for whoever reads the books
 */
public record Target(String source, Map<Flow, Money> amountByFlow, YearMonth month, String reason) {

    /** A movement that makes what stands into what should; the amount is positive. */
    record Difference(Flow flow, Money amount) {}

    /**
     * The movements from what stands to this target, in the order of their flows. A flow that carried too much
     * is corrected by a movement the other way round.
     */
    List<Difference> differenceFrom(Map<Flow, Money> standing) {
        var missing = new TreeMap<Flow, Money>();
        amountByFlow.forEach((flow, amount) -> add(missing, flow, amount));
        standing.forEach((flow, amount) -> add(missing, flow, amount.negated()));
        var differences = new ArrayList<Difference>();
        missing.forEach((flow, amount) -> {
            if (amount.isPositive()) {
                differences.add(new Difference(flow, amount));
            } else if (!amount.isZero()) {
                differences.add(new Difference(flow.reversed(), amount.negated()));
            }
        });
        return differences;
    }

    /** Adds to the flow or takes from its reverse: both name the same pair of accounts. */
    private static void add(Map<Flow, Money> sums, Flow flow, Money amount) {
        var forward = flow.compareTo(flow.reversed()) <= 0;
        sums.merge(forward ? flow : flow.reversed(), forward ? amount : amount.negated(), Money::plus);
    }
}
