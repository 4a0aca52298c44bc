package dev.zhida.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Fen and rates (of ten thousand), and how vendors write them. */
final class Money {

    /** What is not there. */
    static final long NONE = -1;

    private Money() {}

    /** A share of an amount, half a fen rounded up. */
    static long share(long fen, long rate) {
        return BigDecimal.valueOf(fen)
                .multiply(BigDecimal.valueOf(rate))
                .movePointLeft(4)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** A share of a share, rounded once. */
    static long share(long fen, long rate, long ofRate) {
        return BigDecimal.valueOf(fen)
                .multiply(BigDecimal.valueOf(rate))
                .multiply(BigDecimal.valueOf(ofRate))
                .movePointLeft(8)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** A share of an amount, every begun fen counted. */
    static long shareUp(long fen, long rate) {
        return BigDecimal.valueOf(fen)
                .multiply(BigDecimal.valueOf(rate))
                .movePointLeft(4)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** Yuan with two decimals. */
    static String yuan(long fen) {
        return BigDecimal.valueOf(fen, 2).toPlainString();
    }

    /** Yuan as a bare number: as short as it goes. */
    static BigDecimal number(long fen) {
        var plain = BigDecimal.valueOf(fen, 2).stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }

    /** A rate as percent with two decimals. */
    static String percent(long rate) {
        return BigDecimal.valueOf(rate, 2).toPlainString();
    }
}
