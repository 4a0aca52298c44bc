package dev.zhida.money;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Reads decimal numbers from text strictly: digits, one point, one sign; no exponent, no marks. */
final class DecimalText {

    /** Longest that any amount or rate of a marketplace can be; keeps hostile input from costing time. */
    private static final Pattern DECIMAL = Pattern.compile("[+-]?\\d{1,18}(\\.\\d{1,18})?");

    private DecimalText() {}

    static BigDecimal parse(String text) {
        if (text == null || !DECIMAL.matcher(text.strip()).matches()) {
            throw new IllegalArgumentException("not a decimal number: " + text);
        }
        return new BigDecimal(text.strip());
    }
}
