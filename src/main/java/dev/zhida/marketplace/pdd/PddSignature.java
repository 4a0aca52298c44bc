package dev.zhida.marketplace.pdd;

import dev.zhida.marketplace.Digests;
import java.util.Locale;
import java.util.Map;

/** How calls to Pinduoduo's open platform are signed. */
final class PddSignature {

    private PddSignature() {}

    /** The value of {@code sign} for all other parameters; nested ones as the JSON text that is sent. */
    static String of(Map<String, String> parameters, String secret) {
        return Digests.md5(secret + Digests.joined(parameters) + secret).toUpperCase(Locale.ROOT);
    }
}
