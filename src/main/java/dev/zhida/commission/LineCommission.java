package dev.zhida.commission;

import dev.zhida.attribution.Attribution;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Target;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.order.OrderLine;
import java.time.Instant;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one order line earns, and what should stand in the books for it.
 *
 * @param estimated on what was paid
 * @param settled on what was settled; {@link Calculation#NOTHING} before
 * @param month the month to post in
 */
record LineCommission(
        OrderLine line,
        Attribution attribution,
        Terms terms,
        Calculation estimated,
        Calculation settled,
        YearMonth month) {

    /** Works out a line; {@code now} dates lines for which the marketplace tells no time at all. */
    static LineCommission of(OrderLine line, Attribution attribution, Terms terms, Instant now) {
        var latest = line.latest();
        var earns = line.status() != OrderStatus.INVALID && line.status() != OrderStatus.CREATED;
        var settles = line.status() == OrderStatus.SETTLED && latest.settled() != null;
        var estimated = earns ? Calculation.of(latest.estimated(), latest, terms) : Calculation.NOTHING;
        var settled = settles ? Calculation.of(latest.settled(), latest, terms) : Calculation.NOTHING;
        var settledAt = line.status() == OrderStatus.SETTLED ? latest.settledAt() : null;
        var datedAt = settledAt != null ? settledAt : line.paidAt();
        var month = BusinessTime.monthOf(datedAt != null ? datedAt : now);
        return new LineCommission(line, attribution, terms, estimated, settled, month);
    }

    /** Whether what the line earns is final. */
    boolean isSettled() {
        return line.status() == OrderStatus.SETTLED;
    }

    /** What the books hold for the creator because of this line. */
    Money amount() {
        return standing().creator();
    }

    /** The division that stands in the books: a line that needs review moves nothing. */
    Calculation standing() {
        return switch (line.status()) {
            case PAID, RECEIVED -> estimated;
            case SETTLED -> settled;
            case CREATED, INVALID, NEEDS_REVIEW -> Calculation.NOTHING;
        };
    }

    /** The target balances of this line: nothing at all for a line that is invalid or not paid. */
    Target target() {
        var receivable = new Account(
                isSettled() ? Kind.RECEIVABLE : Kind.RECEIVABLE_ESTIMATED,
                line.latest().marketplace().name());
        var amountByFlow = new LinkedHashMap<Flow, Money>();
        put(
                amountByFlow,
                receivable,
                Account.of(isSettled() ? Kind.TECHNICAL_SERVICE_FEE : Kind.FEE_ESTIMATED),
                standing().fee());
        put(amountByFlow, receivable, beneficiary(), standing().creator());
        put(
                amountByFlow,
                receivable,
                Account.of(isSettled() ? Kind.PLATFORM_REVENUE : Kind.PLATFORM_ESTIMATED),
                standing().platform());
        return new Target(
                "order-line/" + line.id(), amountByFlow, month, line.status().name());
    }

    private Account beneficiary() {
        var creator = attribution.creator();
        if (creator == null) {
            return Account.of(isSettled() ? Kind.UNATTRIBUTED : Kind.UNATTRIBUTED_ESTIMATED);
        }
        return new Account(isSettled() ? Kind.CREATOR_CONFIRMED : Kind.CREATOR_ESTIMATED, creator.toString());
    }

    private static void put(Map<Flow, Money> amounts, Account debit, Account credit, Money amount) {
        if (!amount.isZero()) {
            amounts.merge(new Flow(debit, credit), amount, Money::plus);
        }
    }
}
