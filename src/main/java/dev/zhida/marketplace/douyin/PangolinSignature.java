package dev.zhida.marketplace.douyin;

import dev.zhida.marketplace.Digests;

/** How calls to Douyin's Pangolin (穿山甲) gateway are signed. */
final class PangolinSignature {

    private PangolinSignature() {}

    /**
     * The value of {@code sign}.
     *
     * @param data the business parameters as the very JSON text that is sent
     * @param timestamp unix seconds
     */
    static String of(String appId, String data, String requestId, long timestamp, String secureKey) {
        return Digests.md5(
                "app_id=" + appId + "&data=" + data + "&req_id=" + requestId + "&timestamp=" + timestamp + secureKey);
    }
}
