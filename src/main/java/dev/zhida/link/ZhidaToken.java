package dev.zhida.link;

import com.google.zxing.common.reedsolomon.GenericGF;

/**
 * 直达口令: a code and 6 Reed–Solomon check symbols over GF(32), 14 symbols between signs that no marketplace
 * uses, so that no shopping app takes it for one of its own.
 */
final class ZhidaToken {

    static final int CHECK_SYMBOLS = 6;

    /** GF(32) with the primitive polynomial x⁵ + x² + 1; the generator's first root is α¹. */
    static final GenericGF FIELD = new GenericGF(0b100101, 32, 1);

    static final char SIGN = '◆';

    private ZhidaToken() {}

    /** The token that carries a code, with its signs. */
    static String of(LinkCode code) {
        return SIGN + CodeAlphabet.text(TokenRepair.encoded(code.values())) + SIGN;
    }
}
