package dev.zhida.marketplace;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the signatures of marketplaces are made of; of texts in UTF-8, in lower-case hex. */
public final class Digests {

    private Digests() {}

    public static String md5(String text) {
        try {
            return hex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A keyed digest.
     *
     * @param algorithm as the JDK names it, like {@code HmacSHA256}
     */
    public static String hmac(String algorithm, String key, String text) {
        try {
            var mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            return hex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names and values one after another, by name, without {@code sign} and what is empty: what most of them sign. */
    public static String joined(Map<String, String> parameters) {
        var text = new StringBuilder();
        new TreeMap<>(parameters).forEach((name, value) -> {
            if (!name.isEmpty() && !name.equals("sign") && value != null && !value.isEmpty()) {
                text.append(name).append(value);
            }
        });
        return text.toString();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
