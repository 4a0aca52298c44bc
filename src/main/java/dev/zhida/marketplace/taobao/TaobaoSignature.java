package dev.zhida.marketplace.taobao;

import dev.zhida.marketplace.Digests;
import java.util.Locale;
import java.util.Map;

/** How calls to Taobao's open platform (TOP) are signed. */
final class TaobaoSignature {

    private TaobaoSignature() {}

    /**
     * The value of {@code sign}.
     *
     * @param parameters all form fields, not encoded; {@code sign_method} is one of them and decides
     */
    static String of(Map<String, String> parameters, String secret) {
        var text = Digests.joined(parameters);
        var method = parameters.get("sign_method");
        var digest =
                switch (method) {
                    case "md5" -> Digests.md5(secret + text + secret);
                    case "hmac" -> Digests.hmac("HmacMD5", secret, text);
                    case "hmac-sha256" -> Digests.hmac("HmacSHA256", secret, text);
                    case null, default -> throw new IllegalArgumentException("no such sign_method: " + method);
                };
        return digest.toUpperCase(Locale.ROOT);
    }
}
