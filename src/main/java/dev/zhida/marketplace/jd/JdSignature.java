package dev.zhida.marketplace.jd;

import dev.zhida.marketplace.Digests;
import java.util.Locale;
import java.util.Map;

/** How calls to JD Union are signed. */
final class JdSignature {

    private JdSignature() {}

    /** The value of {@code sign} for all other form fields, not encoded. */
    static String of(Map<String, String> parameters, String secret) {
        return Digests.md5(secret + Digests.joined(parameters) + secret).toUpperCase(Locale.ROOT);
    }
}
