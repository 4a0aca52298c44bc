package dev.zhida.settlement;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.math.RoundingMode;

/**
 * Individual income tax that is withheld from remuneration for services (劳务报酬), by the withholding table of the State
 * Taxation Administration's announcement 2018 no. 61: of an income up to 4,000 yuan 800 are free, of a larger one 20 %; on
 * what is left 20 % up to 20,000 yuan, 30 % less 2,000 up to 50,000, 40 % less 7,000 above. Rounded half up to the fen.
 */
enum Withholding {
    /** Nothing is withheld: whoever is paid declares it. */
    OFF,
    /** Every payout is an income of its own. */
    PER_PAYOUT,
    /** All payouts of a month are one income, as the law has it for continuing work: the tax on all of it, less what was withheld. */
    MONTHLY;

    private static final Money FREE = Money.ofFen(800_00);
    private static final Money FREE_UP_TO = Money.ofFen(4_000_00);
    private static final Rate TAXED_ABOVE = Rate.of("0.8");

    private enum Bracket {
        LOW(20_000_00, "0.2", 0),
        MIDDLE(50_000_00, "0.3", 2_000_00),
        HIGH(Long.MAX_VALUE, "0.4", 7_000_00);

        private final Money upTo;
        private final Rate rate;
        private final Money less;

        Bracket(long upToFen, String rate, long lessFen) {
            this.upTo = Money.ofFen(upToFen);
            this.rate = Rate.of(rate);
            this.less = Money.ofFen(lessFen);
        }
    }

    /**
     * What is withheld of an income.
     *
     * @param income not negative
     * @param earlier what was paid in the same month already
     * @param withheld what was withheld of that
     */
    Money of(Money income, Money earlier, Money withheld) {
        return switch (this) {
            case OFF -> Money.ZERO;
            case PER_PAYOUT -> tax(income);
            case MONTHLY -> {
                // What was withheld too much, by another method before, is not given back here but in the yearly
                // return.
                var due = tax(income.plus(earlier)).minus(withheld);
                yield due.isPositive() ? due : Money.ZERO;
            }
        };
    }

    private static Money tax(Money income) {
        var base = income.compareTo(FREE_UP_TO) <= 0
                ? income.minus(FREE)
                : income.share(TAXED_ABOVE, RoundingMode.HALF_UP);
        if (!base.isPositive()) {
            return Money.ZERO;
        }
        for (var bracket : Bracket.values()) {
            if (base.compareTo(bracket.upTo) <= 0) {
                return base.share(bracket.rate, RoundingMode.HALF_UP).minus(bracket.less);
            }
        }
        throw new IllegalStateException("no bracket for " + base);
    }
}
