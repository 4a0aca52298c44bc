package dev.zhida.marketplace.pdd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PddSignatureTest {

    private static final String SECRET = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

    private static Map<String, String> shuffled(Map<String, String> fields, int seed) {
        var entries = new ArrayList<>(fields.entrySet());
        Collections.shuffle(entries, new Random(seed));
        var shuffled = new LinkedHashMap<String, String>();
        entries.forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        return shuffled;
    }

    private static Map<String, String> with(Map<String, String> own) {
        var all = new LinkedHashMap<>(own);
        all.put("client_id", "0123456789abcdef0123456789abcdef");
        all.put("timestamp", "1772337600");
        all.put("data_type", "JSON");
        all.put("version", "V1");
        return all;
    }

    @Test
    void the_official_vector_is_the_same_here() {
        var fields = Map.of(
                "access_token", "asd78172s8ds9a921j9qqwda12312w1w21211",
                "client_id", "1",
                "data_type", "XML",
                "order_status", "1",
                "page", "1",
                "page_size", "10",
                "timestamp", "1480411125",
                "type", "pdd.order.number.list.get");
        assertThat(PddSignature.of(fields, "testSecret")).isEqualTo("E4DE3ED21002510DED352819E7AE6775");
    }

    @Test
    void the_known_requests_get_their_known_signatures_in_any_order() {
        var orders = with(Map.of(
                "type", "pdd.ddk.order.list.increment.get",
                "start_update_time", "1772334000",
                "end_update_time", "1772337600",
                "page", "1",
                "page_size", "50",
                "return_count", "false"));
        var link = with(Map.of(
                "type", "pdd.ddk.goods.promotion.url.generate",
                "p_id", "12345678_98765432",
                "goods_sign_list", "[\"c9X2abcDEF_demo\"]",
                "custom_parameters", "{\"uid\":\"u_7Kq2\",\"sid\":\"微信群1\"}",
                "generate_short_url", "true"));
        for (var seed = 0; seed < 20; seed++) {
            assertThat(PddSignature.of(shuffled(orders, seed), SECRET)).isEqualTo("72719E37ECA72B5F0225DDCEE28E1D72");
            assertThat(PddSignature.of(shuffled(link, seed), SECRET)).isEqualTo("1F48CEF18512E56AC35B37492B2F3357");
        }
    }

    @Test
    void ampersands_equals_brackets_and_blanks_are_signed_as_they_are() {
        var fields = with(Map.of("source_url", "https://a.b/?x=1&y=<2> 中"));
        assertThat(PddSignature.of(shuffled(fields, 1), SECRET))
                .isEqualTo(PddSignature.of(shuffled(fields, 2), SECRET))
                .isNotEqualTo(PddSignature.of(with(Map.of("source_url", "https://a.b/?x=1&y=<2>中")), SECRET));
    }
}
