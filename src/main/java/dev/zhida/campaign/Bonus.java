package dev.zhida.campaign;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * What a brand adds to the commission of its campaign's orders, for orders paid from {@code fromAt} on until the next
 * version starts.
 *
 * @param version counted within the campaign
 * @param perOrder per order, whatever its number of lines; {@code null} unless {@link Kind#PER_ORDER}
 * @param rate of what the buyer paid and keeps; {@code null} unless {@link Kind#PERCENT}
 */
public record Bonus(int version, Kind kind, Money perOrder, Rate rate, Instant fromAt) {

    /** How a bonus is counted. */
    public enum Kind {
        NONE,
        PER_ORDER,
        PERCENT
    }

    /** The terms of a bonus, without a place in time. */
    public record Terms(Kind kind, Money perOrder, Rate rate) {

        public static final Terms NONE = new Terms(Kind.NONE, null, null);

        /**
         * Takes terms.
         *
         * @throws Refusal {@code bonus-incomplete}
         */
        public Terms {
            var whole =
                    switch (kind) {
                        case NONE -> perOrder == null && rate == null;
                        case PER_ORDER -> perOrder != null && perOrder.isPositive() && rate == null;
                        case PERCENT ->
                            perOrder == null
                                    && rate != null
                                    && rate.compareTo(Rate.ZERO) > 0
                                    && rate.compareTo(Rate.WHOLE) <= 0;
                    };
            if (!whole) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "bonus-incomplete",
                        "a bonus PER_ORDER has perOrderFen above 0 and no rate; PERCENT has a rate above 0 and up to 1 and "
                                + "no perOrderFen; NONE has neither");
            }
        }
    }

    public Terms terms() {
        return new Terms(kind, perOrder, rate);
    }

    /**
     * What a line asks for, before the budget.
     *
     * @param sold what the buyer paid and keeps
     * @param firstOfOrder whether no line of the same order asked before
     */
    public Money wanted(Money sold, boolean firstOfOrder) {
        return switch (kind) {
            case NONE -> Money.ZERO;
            case PER_ORDER -> firstOfOrder && sold.isPositive() ? perOrder : Money.ZERO;
            case PERCENT -> sold.isPositive() ? sold.share(rate, RoundingMode.HALF_EVEN) : Money.ZERO;
        };
    }
}
