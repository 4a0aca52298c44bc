package dev.zhida.settlement;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The numbers that tax is withheld by; amounts in fen. What is left of an income after its allowances is taxed at the rate
 * of the bracket that it falls into, less that bracket's quick deduction; rounded half up to the fen.
 *
 * @param freeFen what is free of an income up to {@code freeUpToFen}
 * @param expenses the part of a larger income that is free
 * @param freePerMonthFen what is free besides, for every month that counts
 * @param gapsRestart whether months count from the last one without income on only; else all months with income do
 * @param brackets from below; the first begins above nothing
 */
record TaxTable(
        long freeFen,
        long freeUpToFen,
        String expenses,
        long freePerMonthFen,
        boolean gapsRestart,
        List<Bracket> brackets) {

    /**
     * What is above an amount.
     *
     * @param rate a fraction: 0.2 is 20 %
     * @param lessFen the quick deduction (速算扣除数)
     */
    record Bracket(long aboveFen, String rate, long lessFen) {}

    /** Remuneration for services (劳务报酬所得), by the announcement 2018 no. 61 of the State Taxation Administration. */
    static final TaxTable REMUNERATION = new TaxTable(
            800_00,
            4_000_00,
            "0.2",
            0,
            false,
            List.of(
                    new Bracket(0, "0.2", 0),
                    new Bracket(20_000_00, "0.3", 2_000_00),
                    new Bracket(50_000_00, "0.4", 7_000_00)));

    /**
     * Comprehensive income of a year, withheld cumulatively (累计预扣法) by the announcements 2018 no. 61 and 2025 no. 16, which
     * has internet platforms withhold so: a fifth of the income are expenses, and 5,000 yuan are free for each of the months in
     * which the platform paid without a break (连续取得劳务报酬的月份数). What a break means is not spelled out; read by its letter, as
     * here, it withholds more rather than less, and the yearly return gives back what was too much.
     */
    static final TaxTable COMPREHENSIVE = new TaxTable(
            0,
            0,
            "0.2",
            5_000_00,
            true,
            List.of(
                    new Bracket(0, "0.03", 0),
                    new Bracket(36_000_00, "0.1", 2_520_00),
                    new Bracket(144_000_00, "0.2", 16_920_00),
                    new Bracket(300_000_00, "0.25", 31_920_00),
                    new Bracket(420_000_00, "0.3", 52_920_00),
                    new Bracket(660_000_00, "0.35", 85_920_00),
                    new Bracket(960_000_00, "0.45", 181_920_00)));

    /** The tax on all of an income that was paid in so many months that count. */
    Money tax(Money income, int months) {
        var afterExpenses = income.fen() <= freeUpToFen
                ? income.minus(Money.ofFen(freeFen))
                : income.share(Rate.of(expenses).complement(), RoundingMode.HALF_UP);
        var base = afterExpenses.minus(Money.ofFen(Math.multiplyExact(freePerMonthFen, months)));
        if (!base.isPositive()) {
            return Money.ZERO;
        }
        var bracket = brackets.stream()
                .filter(b -> b.aboveFen() < base.fen())
                .reduce((lower, higher) -> higher)
                .orElseThrow();
        return base.share(Rate.of(bracket.rate()), RoundingMode.HALF_UP).minus(Money.ofFen(bracket.lessFen()));
    }

    /**
     * This table, if it can be counted with.
     *
     * @throws Refusal {@code tax-table}, with what is wrong: a number out of its range, brackets out of order, or a quick
     *     deduction by which an income just above a bracket's beginning would be taxed otherwise than one just below
     */
    TaxTable checked() {
        if (freeFen < 0 || freeUpToFen < freeFen || freePerMonthFen < 0) {
            throw wrong("freeFen", "amounts are not negative, and freeFen is at most freeUpToFen");
        }
        if (fraction("expenses", expenses).compareTo(Rate.WHOLE) > 0) {
            throw wrong("expenses", "is a fraction from 0 to 1, like 0.2");
        }
        if (brackets.isEmpty()
                || brackets.getFirst().aboveFen() != 0
                || brackets.getFirst().lessFen() != 0) {
            throw wrong("brackets", "the first one begins above 0 and deducts nothing");
        }
        for (var i = 0; i < brackets.size(); i++) {
            var bracket = brackets.get(i);
            var field = "brackets[" + i + "]";
            var rate = fraction(field + ".rate", bracket.rate());
            if (rate.compareTo(Rate.WHOLE) > 0) {
                throw wrong(field + ".rate", "is a fraction from 0 to 1, like 0.2");
            }
            if (i > 0) {
                var before = brackets.get(i - 1);
                if (bracket.aboveFen() <= before.aboveFen() || rate.compareTo(Rate.of(before.rate())) <= 0) {
                    throw wrong(field, "begins above the one before it, and has a higher rate");
                }
                var at = Money.ofFen(bracket.aboveFen());
                var below =
                        at.share(Rate.of(before.rate()), RoundingMode.HALF_UP).fen() - before.lessFen();
                var above = at.share(rate, RoundingMode.HALF_UP).fen() - bracket.lessFen();
                if (below != above) {
                    throw wrong(
                            field + ".lessFen",
                            "is " + (bracket.lessFen() + above - below) + ", so that the tax does not jump at "
                                    + at.yuan() + " yuan");
                }
            }
        }
        return this;
    }

    private static Rate fraction(String field, String text) {
        try {
            return Rate.of(text);
        } catch (IllegalArgumentException e) {
            throw wrong(field, "is a fraction from 0 to 1, like 0.2");
        }
    }

    private static Refusal wrong(String field, String reason) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "tax-table",
                "this table cannot be counted with: see errors",
                List.of(new Refusal.FieldError("table." + field, reason)));
    }
}
