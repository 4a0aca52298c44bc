package dev.zhida.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the vendors compute a signature from, and how. Texts are UTF-8. */
final class Signing {

    private static final HexFormat UPPER = HexFormat.of().withUpperCase();
    private static final HexFormat LOWER = HexFormat.of();

    private Signing() {}

    /** Names and values in the order of names, without {@code sign} and without what is empty. */
    static String sorted(Map<String, String> parameters) {
        var text = new StringBuilder();
        new TreeMap<>(parameters).forEach((name, value) -> {
            if (!name.equals("sign") && !name.isEmpty() && !value.isEmpty()) {
                text.append(name).append(value);
            }
        });
        return text.toString();
    }

    /** Taobao's three methods; {@code null} for a method that it does not know. */
    static String taobao(Map<String, String> parameters, String secret) {
        var text = sorted(parameters);
        return switch (parameters.getOrDefault("sign_method", "")) {
            case "md5" -> UPPER.formatHex(md5(secret + text + secret));
            case "hmac" -> UPPER.formatHex(hmac("HmacMD5", secret, text));
            case "hmac-sha256" -> hmacSha256(secret, text);
            default -> null;
        };
    }

    static String hmacSha256(String key, String text) {
        return UPPER.formatHex(hmac("HmacSHA256", key, text));
    }

    /** JD's and PDD's: the secret on both ends. */
    static String wrapped(Map<String, String> parameters, String secret) {
        return UPPER.formatHex(md5(secret + sorted(parameters) + secret));
    }

    /** Pangolin's fixed template. */
    static String pangolin(String appId, String data, String requestId, String timestamp, String key) {
        return LOWER.formatHex(
                md5("app_id=" + appId + "&data=" + data + "&req_id=" + requestId + "&timestamp=" + timestamp + key));
    }

    /** buyin's; {@code null} for a method that it does not know. */
    static String buyin(
            String appKey, String method, String business, String timestamp, String signMethod, String secret) {
        var text = secret + "app_key" + appKey + "method" + method + "param_json" + business + "timestamp" + timestamp
                + "v2" + secret;
        return switch (signMethod) {
            case "md5" -> LOWER.formatHex(md5(text));
            case "hmac-sha256" -> LOWER.formatHex(hmac("HmacSHA256", secret, text));
            default -> null;
        };
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(String algorithm, String key, String text) {
        try {
            var mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
