package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.time.YearMonth;
import java.util.Collection;
import java.util.Set;

/**
 * How individual income tax is withheld from remuneration for services (劳务报酬): which payouts together are one income. The
 * numbers are those of a {@link TaxTable}. What was withheld too much is never given back here, but counted against what
 * is due later in the same time, and else in the yearly return.
 */
enum Withholding {
    /** Nothing is withheld: whoever is paid declares it. */
    OFF(null),
    /** Every payout is an income of its own. */
    PER_PAYOUT(TaxTable.REMUNERATION),
    /** All payouts of a month are one income, as the law has it for continuing work: the tax on all of it, less what was withheld. */
    MONTHLY(TaxTable.REMUNERATION),
    /** All payouts of a year are one income: the tax on all of it so far, less what was withheld (累计预扣法). */
    CUMULATIVE(TaxTable.COMPREHENSIVE);

    private final TaxTable byLaw;

    Withholding(TaxTable byLaw) {
        this.byLaw = byLaw;
    }

    /**
     * What was paid before in the time that counts as one income.
     *
     * @param paid before tax
     * @param withheld of that
     * @param months in which something was paid
     */
    record Earlier(Money paid, Money withheld, Set<YearMonth> months) {
        static final Earlier NOTHING = new Earlier(Money.ZERO, Money.ZERO, Set.of());
    }

    /** The numbers of the law; {@code null} for {@code OFF}, which needs none. */
    TaxTable byLaw() {
        return byLaw;
    }

    /** The first month of those that are one income with {@code month}, in which a payout is made. */
    YearMonth since(YearMonth month) {
        return this == CUMULATIVE ? month.withMonth(1) : month;
    }

    /**
     * What is withheld of an income.
     *
     * @param income not negative
     * @param earlier from the first month that counts on
     * @param month in which it is paid
     */
    Money of(Money income, Earlier earlier, YearMonth month, TaxTable table) {
        return switch (this) {
            case OFF -> Money.ZERO;
            case PER_PAYOUT -> table.tax(income, 1);
            case MONTHLY, CUMULATIVE -> {
                var months = months(earlier.months(), month, table.gapsRestart());
                var due = table.tax(income.plus(earlier.paid()), months).minus(earlier.withheld());
                yield due.isPositive() ? due : Money.ZERO;
            }
        };
    }

    /** How many months count up to {@code month}, which is one of them. */
    private static int months(Collection<YearMonth> paid, YearMonth month, boolean gapsRestart) {
        if (!gapsRestart) {
            return (int) paid.stream().filter(m -> !m.equals(month)).count() + 1;
        }
        var months = 1;
        while (paid.contains(month.minusMonths(months))) {
            months++;
        }
        return months;
    }
}
