package dev.zhida.link;

import com.google.zxing.common.reedsolomon.ReedSolomonEncoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Mends the 14 symbols of a token: wrong ones, or lost ones whose places are known, never both at once.
 *
 * <p>The 6 check symbols make any two tokens differ in at least 7 places. So what is mended is right, or not ours:
 *
 * <ul>
 *   <li>Of up to 2 wrong symbols there is one way to mend them. 3 or 4 wrong ones leave the text at least 3 places away
 *       from every other token, so they are refused, for certain.
 *   <li>Of up to 3 lost symbols there is one way to fill them in, and the other places must agree as they are. 3 lost
 *       ones with up to 3 wrong ones beside them differ from every other token outside of the lost places, so they are
 *       refused, for certain.
 *   <li>Of the 32¹⁴ = 2⁷⁰ texts, each token draws 1 + 14·31 + 91·31² = 87,886 to itself. With 10 million live
 *       placements a random text of 14 symbols therefore resolves with a chance of 10⁷ · 87,886 / 2⁷⁰ = 7.4 · 10⁻¹⁰;
 *       one with 3 lost symbols with 10⁷ / 32¹¹ = 2.8 · 10⁻¹⁰.
 * </ul>
 *
 * <p>No arithmetic of the field is needed: the code is linear, so the difference between the check symbols that stand
 * there and those that the code asks for (30 bits, the trace) is the exclusive or of what each wrong symbol leaves.
 * Mending is finding wrong symbols whose traces add up to the one that is seen.
 *
 * <p>The code is cyclic as well: a token that begins with a 2, the symbol of value 0, would be another token once that
 * is left out. So a mask is added to the check symbols, which no shift of itself comes near to.
 */
final class TokenRepair {

    static final int LENGTH = LinkCode.LENGTH + ZhidaToken.CHECK_SYMBOLS;

    /** Stands for a symbol that is lost. */
    static final int LOST = -1;

    private static final int[] MASK = {0, 0, 0, 0, 0, 0, 0, 0, 17, 6, 29, 11, 24, 3};

    /** What a wrong symbol leaves, by its place and by its difference from the right one. */
    private static final int[][] TRACES = new int[LENGTH][32];

    /** The place and difference of a single wrong symbol, as place · 32 + difference, by its trace. */
    private static final Map<Integer, Integer> SINGLE_BY_TRACE = new HashMap<>();

    static {
        for (var place = 0; place < LENGTH; place++) {
            for (var difference = 1; difference < 32; difference++) {
                var symbols = new int[LENGTH];
                symbols[place] = difference;
                TRACES[place][difference] = packedChecks(symbols) ^ packedChecks(plain(symbols));
                SINGLE_BY_TRACE.put(TRACES[place][difference], place * 32 + difference);
            }
        }
    }

    private TokenRepair() {}

    static int trace(int place, int difference) {
        return TRACES[place][difference];
    }

    /** The token of 8 symbols. */
    static int[] encoded(int[] symbols) {
        var token = plain(symbols);
        for (var place = 0; place < LENGTH; place++) {
            token[place] ^= MASK[place];
        }
        return token;
    }

    /** The symbols with the check symbols that the code asks for. */
    private static int[] plain(int[] symbols) {
        var token = Arrays.copyOf(symbols, LENGTH);
        new ReedSolomonEncoder(ZhidaToken.FIELD).encode(token, ZhidaToken.CHECK_SYMBOLS);
        return token;
    }

    /**
     * The token that was meant.
     *
     * @param symbols 14 values, {@link #LOST} for those that are lost
     * @param mostWrong how many wrong symbols to mend if none is lost, up to 2
     * @param mostLost how many lost symbols to fill in, up to 3
     */
    static Optional<int[]> mend(int[] symbols, int mostWrong, int mostLost) {
        var lost = Arrays.stream(symbols).filter(symbol -> symbol == LOST).count();
        if (lost > mostLost) {
            return Optional.empty();
        }
        var mended = symbols.clone();
        var trace = packedChecks(MASK);
        for (var place = 0; place < LENGTH; place++) {
            // A lost symbol is taken for a 0 that may be wrong.
            mended[place] = Math.max(mended[place], 0);
            trace ^= TRACES[place][mended[place]];
        }
        var found = lost > 0 ? fillIn(symbols, mended, trace, 0) : correct(mended, trace, mostWrong);
        return found ? Optional.of(mended) : Optional.empty();
    }

    private static boolean fillIn(int[] symbols, int[] mended, int trace, int from) {
        if (trace == 0) {
            return true;
        }
        for (var place = from; place < LENGTH; place++) {
            if (symbols[place] == LOST) {
                for (var value = 0; value < 32; value++) {
                    mended[place] = value;
                    if (fillIn(symbols, mended, trace ^ TRACES[place][value], place + 1)) {
                        return true;
                    }
                }
                mended[place] = 0;
                return false;
            }
        }
        return false;
    }

    private static boolean correct(int[] mended, int trace, int most) {
        if (trace == 0 || (most >= 1 && correctOne(mended, trace))) {
            return true;
        }
        for (var place = 0; most >= 2 && place < LENGTH; place++) {
            for (var difference = 1; difference < 32; difference++) {
                if (correctOne(mended, trace ^ TRACES[place][difference])) {
                    mended[place] ^= difference;
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean correctOne(int[] mended, int trace) {
        var single = SINGLE_BY_TRACE.get(trace);
        if (single == null) {
            return false;
        }
        mended[single / 32] ^= single % 32;
        return true;
    }

    private static int packedChecks(int[] token) {
        var packed = 0;
        for (var place = LinkCode.LENGTH; place < LENGTH; place++) {
            packed = packed << 5 | token[place];
        }
        return packed;
    }
}
