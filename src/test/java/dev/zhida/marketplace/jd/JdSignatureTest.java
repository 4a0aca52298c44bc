package dev.zhida.marketplace.jd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JdSignatureTest {

    private static final String SECRET = "fedcba9876543210fedcba9876543210";

    private static String sign(String method, String parameters, int seed) {
        var fields = Map.of(
                "app_key", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
                "timestamp", "2026-03-01 12:00:00",
                "format", "json",
                "v", "1.0",
                "sign_method", "md5",
                "method", method,
                "360buy_param_json", parameters);
        var entries = new ArrayList<>(fields.entrySet());
        Collections.shuffle(entries, new Random(seed));
        var shuffled = new LinkedHashMap<String, String>();
        entries.forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        return JdSignature.of(shuffled, SECRET);
    }

    @Test
    void the_known_requests_get_their_known_signatures_in_any_order() {
        for (var seed = 0; seed < 20; seed++) {
            assertThat(sign(
                            "jd.union.open.order.row.query",
                            "{\"orderReq\":{\"endTime\":\"2026-03-01 12:00:00\",\"fields\":\"goodsInfo,categoryInfo\","
                                    + "\"pageIndex\":1,\"pageSize\":200,\"startTime\":\"2026-03-01 11:30:00\",\"type\":3}}",
                            seed))
                    .isEqualTo("FF03A98480D1803615A9774A0C9BE59B");
            assertThat(sign(
                            "jd.union.open.promotion.common.get",
                            "{\"promotionCodeReq\":{\"materialId\":\"https://jingfen.jd.com/detail/abc_1.html\","
                                    + "\"siteId\":\"1000000001\",\"subUnionId\":\"c_7Kq2\",\"ext1\":\"春节\"}}",
                            seed))
                    .isEqualTo("8B79C3032B2D2570A036351A416987ED");
        }
    }

    @Test
    void ampersands_equals_brackets_and_blanks_are_signed_as_they_are() {
        assertThat(sign("m", "{\"a\":\"x&y=1 <b> 中\"}", 1))
                .isEqualTo(sign("m", "{\"a\":\"x&y=1 <b> 中\"}", 2))
                .isNotEqualTo(sign("m", "{\"a\":\"x&amp;y=1 <b> 中\"}", 1));
    }
}
