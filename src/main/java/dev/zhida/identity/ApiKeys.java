package dev.zhida.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /** What is kept of a key. */
    static byte[] hash(String apiKey) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(apiKey.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
