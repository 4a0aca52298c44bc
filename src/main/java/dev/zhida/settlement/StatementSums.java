package dev.zhida.settlement;

import dev.zhida.ledger.Account;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Target;
import dev.zhida.money.Money;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a holder's month adds up to.
 *
 * @param opening the closing of the month before
 * @param earned what was confirmed in the month, changes to earlier lines included; may be negative
 * @param confirmed what no statement has moved yet: {@code earned}, and what was left by months that were locked when such
 *     holders had no statements
 * @param debt what stands as owed
 * @param paid what went into payouts, less what came back
 * @param tax what was withheld of it
 * @param held what was held at the end of the month; in none of the sums
 */
record StatementSums(
        Holder holder, Money opening, Money earned, Money confirmed, Money debt, Money paid, Money tax, Money held) {

    Money closing() {
        return opening.plus(earned).minus(paid).minus(tax);
    }

    /**
     * What the statement moves: all that is confirmed becomes payable, and whatever the closing lacks to zero stands as
     * debt instead of as a negative payable.
     */
    Target target(YearMonth month) {
        var amounts = new LinkedHashMap<Flow, Money>();
        put(amounts, holder.confirmed(), holder.payable(), confirmed);
        put(amounts, holder.debt(), holder.payable(), lacking(closing()).minus(debt));
        return new Target("statement/" + holder.id() + "/" + month, amounts, month, "statement " + month);
    }

    /** What a balance lacks to zero. */
    private static Money lacking(Money balance) {
        return balance.compareTo(Money.ZERO) < 0 ? balance.negated() : Money.ZERO;
    }

    private static void put(Map<Flow, Money> amounts, Account debit, Account credit, Money amount) {
        if (amount.isPositive()) {
            amounts.put(new Flow(debit, credit), amount);
        } else if (!amount.isZero()) {
            amounts.put(new Flow(credit, debit), amount.negated());
        }
    }
}
