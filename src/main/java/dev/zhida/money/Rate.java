package dev.zhida.money;

import java.math.BigDecimal;

/**
 * An exact rate as a fraction: 0.1 is ten per cent. Two rates are equal if their values are.
 *
 * @param fraction the rate, 1 meaning the whole; not negative
 */
public record Rate(BigDecimal fraction) implements Comparable<Rate> {

    public static final Rate ZERO = new Rate(BigDecimal.ZERO);
    public static final Rate WHOLE = new Rate(BigDecimal.ONE);

    public Rate {
        if (fraction.signum() < 0) {
            throw new IllegalArgumentException("a rate is not negative: " + fraction);
        }
        fraction = fraction.signum() == 0 ? BigDecimal.ZERO : fraction.stripTrailingZeros();
    }

    /** Takes a fraction as text: {@code 0.1} is ten per cent. */
    public static Rate of(String fraction) {
        return new Rate(DecimalText.parse(fraction));
    }

    /**
     * Reads per cent as marketplaces write them: {@code 9.99}, {@code 2.50 %}, {@code 2.50%}.
     *
     * @throws IllegalArgumentException if it is no decimal number or is negative
     */
    public static Rate ofPercent(String percent) {
        var number = percent == null ? null : percent.strip();
        if (number != null && (number.endsWith("%") || number.endsWith("％"))) {
            number = number.substring(0, number.length() - 1).strip();
        }
        return new Rate(DecimalText.parse(number).movePointLeft(2));
    }

    /** Per mille, as Pinduoduo counts: 100 is ten per cent. */
    public static Rate ofPerMille(long perMille) {
        return new Rate(BigDecimal.valueOf(perMille, 3));
    }

    /** Parts of ten thousand, as Douyin counts: 1000 is ten per cent. */
    public static Rate ofTenThousandths(long parts) {
        return new Rate(BigDecimal.valueOf(parts, 4));
    }

    /**
     * What is left of the whole.
     *
     * @throws IllegalArgumentException if this is more than the whole
     */
    public Rate complement() {
        return new Rate(BigDecimal.ONE.subtract(fraction));
    }

    /** In per cent without a sign: {@code 2.5}. */
    public String percent() {
        return fraction.movePointRight(2).toPlainString();
    }

    @Override
    public int compareTo(Rate other) {
        return fraction.compareTo(other.fraction);
    }

    @Override
    public String toString() {
        return percent() + " %";
    }
}
