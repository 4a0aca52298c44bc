package dev.zhida.link;

import dev.zhida.database.KeyedHash;
import dev.zhida.database.SecretKeys;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes and reads codes: 6 random symbols, then 2 that a secret key derives from them, so that 1,023 of 1,024
 * random or mistyped codes are turned away without a look-up, and no code tells the next.
 */
final class LinkCodes {

    private static final int RANDOM_SYMBOLS = 6;

    private final KeyedHash hash;

    /** Takes the secret key; codes made with another one are not read. */
    LinkCodes(byte[] key) {
        this.hash = new KeyedHash(key);
    }

    /** The codes of this installation. */
    static LinkCodes of(SecretKeys keys) {
        return new LinkCodes(keys.key("link-code"));
    }

    /** A new code; {@code random} must not be guessable. */
    LinkCode create(RandomGenerator random) {
        var values = new int[LinkCode.LENGTH];
        for (var i = 0; i < RANDOM_SYMBOLS; i++) {
            values[i] = random.nextInt(32);
        }
        sign(values);
        return new LinkCode(CodeAlphabet.text(values));
    }

    /** Reads a code in upper or lower case; nothing for what cannot be one of ours. */
    Optional<LinkCode> read(String text) {
        if (text.length() != LinkCode.LENGTH) {
            return Optional.empty();
        }
        var values = new int[LinkCode.LENGTH];
        for (var i = 0; i < values.length; i++) {
            values[i] = CodeAlphabet.valueOf(text.charAt(i));
            if (values[i] < 0) {
                return Optional.empty();
            }
        }
        var signed = values.clone();
        sign(signed);
        return Arrays.equals(values, signed) ? Optional.of(new LinkCode(CodeAlphabet.text(values))) : Optional.empty();
    }

    private void sign(int[] values) {
        var bytes = new byte[RANDOM_SYMBOLS];
        for (var i = 0; i < RANDOM_SYMBOLS; i++) {
            bytes[i] = (byte) values[i];
        }
        var digest = hash.of(bytes, RANDOM_SYMBOLS);
        values[RANDOM_SYMBOLS] = digest[0] & 31;
        values[RANDOM_SYMBOLS + 1] = digest[1] & 31;
    }
}
