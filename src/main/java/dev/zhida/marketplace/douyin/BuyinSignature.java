package dev.zhida.marketplace.douyin;

import dev.zhida.marketplace.Digests;

/** How calls to {@code buyin.*} on Douyin's open platform are signed. */
final class BuyinSignature {

    private BuyinSignature() {}

    /**
     * The value of {@code sign} for {@code sign_method=hmac-sha256}.
     *
     * @param parameters the business parameters as the very JSON text that is sent: keys sorted, compact, no HTML escapes
     * @param timestamp with the very characters that are sent
     */
    static String hmacSha256(String appKey, String method, String parameters, String timestamp, String secret) {
        return Digests.hmac("HmacSHA256", secret, text(appKey, method, parameters, timestamp, secret));
    }

    /** The value of {@code sign} for {@code sign_method=md5}. */
    static String md5(String appKey, String method, String parameters, String timestamp, String secret) {
        return Digests.md5(text(appKey, method, parameters, timestamp, secret));
    }

    private static String text(String appKey, String method, String parameters, String timestamp, String secret) {
        return secret + "app_key" + appKey + "method" + method + "param_json" + parameters + "timestamp" + timestamp
                + "v2" + secret;
    }
}
