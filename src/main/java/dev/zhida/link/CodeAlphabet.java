package dev.zhida.link;

import java.util.Arrays;

/** 32 symbols without look-alikes: no 0 and O, no 1 and I. Upper and lower case are the same. */
final class CodeAlphabet {

    /** So many of the symbols, the first ones, are digits. */
    static final int DIGITS = 8;

    private static final char[] SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".toCharArray();
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (byte i = 0; i < SYMBOLS.length; i++) {
            VALUES[SYMBOLS[i]] = i;
            VALUES[Character.toLowerCase(SYMBOLS[i])] = i;
        }
    }

    private CodeAlphabet() {}

    /** The value of a symbol, 0 to 31; -1 for what is no symbol. */
    static int valueOf(char symbol) {
        return symbol < VALUES.length ? VALUES[symbol] : -1;
    }

    static String text(int[] values) {
        var text = new StringBuilder(values.length);
        for (var value : values) {
            text.append(SYMBOLS[value]);
        }
        return text.toString();
    }
}
