package dev.zhida.identity;

import java.security.SecureRandom;
import java.util.Base64;

/** API keys: long and random, so that a plain hash of one is enough to keep. */
final class ApiKeys {

    private static final int BYTES = 32;

    private ApiKeys() {}

    /** A new key; {@code zk_} makes one that leaked easy to find. */
    static String create() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return "zk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
