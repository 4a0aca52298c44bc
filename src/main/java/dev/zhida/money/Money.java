package dev.zhida.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.LongStream;

/**
 * An amount of renminbi in whole fen (1 yuan = 100 fen); may be negative.
 *
 * @param fen the amount in fen
 */
public record Money(long fen) implements Comparable<Money> {

    public static final Money ZERO = new Money(0);

    public static Money ofFen(long fen) {
        return fen == 0 ? ZERO : new Money(fen);
    }

    /**
     * Reads an amount in yuan, as marketplaces write it: {@code 12}, {@code 12.3}, {@code -12.30}.
     *
     * @throws IllegalArgumentException if it is no decimal number, is finer than a fen, or does not fit
     */
    public static Money ofYuan(String yuan) {
        return ofYuan(DecimalText.parse(yuan));
    }

    /**
     * Takes an amount in yuan.
     *
     * @throws IllegalArgumentException if it is finer than a fen or does not fit
     */
    public static Money ofYuan(BigDecimal yuan) {
        try {
            return ofFen(yuan.movePointRight(2).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(yuan + " yuan is not a whole number of fen that fits", e);
        }
    }

    /**
     * The sum of both.
     *
     * @throws ArithmeticException on overflow
     */
    public Money plus(Money other) {
        return ofFen(Math.addExact(fen, other.fen));
    }

    /**
     * This less the other.
     *
     * @throws ArithmeticException on overflow
     */
    public Money minus(Money other) {
        return ofFen(Math.subtractExact(fen, other.fen));
    }

    public Money negated() {
        return ofFen(Math.negateExact(fen));
    }

    /** The share of this amount that {@code rate} gives; the caller names the rounding. */
    public Money share(Rate rate, RoundingMode rounding) {
        var exact = BigDecimal.valueOf(fen).multiply(rate.fraction());
        return ofFen(exact.setScale(0, rounding).longValueExact());
    }

    /**
     * Splits this amount in proportion to {@code weights}; the parts sum exactly to the whole.
     * Every part is first rounded towards zero, then the fen that are left go, one each, to the parts
     * that lost the largest fractions (the earlier part on a tie): the largest-remainder method.
     *
     * @param weights not negative, at least one positive
     */
    public List<Money> split(List<Long> weights) {
        var total = weights.stream().mapToLong(Long::longValue).reduce(0, Math::addExact);
        if (total <= 0 || weights.stream().anyMatch(weight -> weight < 0)) {
            throw new IllegalArgumentException("weights must not be negative and must not all be zero: " + weights);
        }
        var whole = BigDecimal.valueOf(total);
        var exact = weights.stream()
                .map(weight -> BigDecimal.valueOf(fen).multiply(BigDecimal.valueOf(weight)))
                .map(product -> product.divideAndRemainder(whole))
                .toList();
        var parts = exact.stream().mapToLong(q -> q[0].longValueExact()).toArray();
        var left = fen - LongStream.of(parts).sum();
        var byFractionLost = java.util.stream.IntStream.range(0, parts.length)
                .boxed()
                .sorted((a, b) -> exact.get(b)[1].abs().compareTo(exact.get(a)[1].abs()))
                .limit(Math.abs(left))
                .toList();
        byFractionLost.forEach(i -> parts[i] += Long.signum(left));
        return LongStream.of(parts).mapToObj(Money::ofFen).toList();
    }

    public boolean isZero() {
        return fen == 0;
    }

    public boolean isPositive() {
        return fen > 0;
    }

    /** The amount in yuan with two decimals, without a symbol or thousands marks: {@code -12.30}. */
    public String yuan() {
        return BigDecimal.valueOf(fen, 2).toPlainString();
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(fen, other.fen);
    }

    @Override
    public String toString() {
        return yuan() + " yuan";
    }
}
