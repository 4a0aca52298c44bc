package dev.zhida.marketplace.taobao;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaobaoSignatureTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static Map<String, String> common(String method, String signMethod) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("method", method);
        fields.put("app_key", "12345678");
        fields.put("timestamp", "2026-03-01 12:00:00");
        fields.put("v", "2.0");
        fields.put("format", "json");
        fields.put("simplify", "true");
        fields.put("sign_method", signMethod);
        return fields;
    }

    private static Map<String, String> orders(String signMethod) {
        var fields = common("taobao.tbk.order.details.get", signMethod);
        fields.put("query_type", "4");
        fields.put("start_time", "2026-03-01 11:00:00");
        fields.put("end_time", "2026-03-01 11:20:00");
        fields.put("page_no", "1");
        fields.put("page_size", "100");
        return fields;
    }

    /** With {@code &}, {@code =}, a blank and Chinese in its values. */
    private static Map<String, String> token(String signMethod) {
        var fields = common("taobao.tbk.tpwd.create", signMethod);
        fields.put("url", "https://s.click.taobao.com/t?e=AbC&x=1");
        fields.put("text", "春季上新 8折");
        return fields;
    }

    private static Map<String, String> shuffled(Map<String, String> fields, int seed) {
        var entries = new ArrayList<>(fields.entrySet());
        Collections.shuffle(entries, new Random(seed));
        var shuffled = new LinkedHashMap<String, String>();
        entries.forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        return shuffled;
    }

    @ParameterizedTest
    @CsvSource({
        "md5,3D3E7EF5AB986979A42BA7ECA0B6A936,5D7CCE7AC51172098A6C3F5403E2E3D7",
        "hmac,FF71DD4190EA7D9145994A5DDE90E3B0,182FFF4AECC20AEC666A55B91B2433A1",
        "hmac-sha256,0B8432C01953EFBD1C146428F02D81046424EEE8A531E307ADAFDA4E4C02E056,"
                + "054688246C2D3788390A517BF5E79C43548F3942B3BF0D8699AF812EA23D1CCE"
    })
    void the_known_requests_get_their_known_signatures_in_any_order(String signMethod, String orders, String token) {
        for (var seed = 0; seed < 20; seed++) {
            assertThat(TaobaoSignature.of(shuffled(orders(signMethod), seed), SECRET))
                    .isEqualTo(orders);
            assertThat(TaobaoSignature.of(shuffled(token(signMethod), seed), SECRET))
                    .isEqualTo(token);
        }
    }

    @Test
    void the_signature_that_others_published_is_the_same_here() {
        assertThat(dev.zhida.marketplace.Digests.hmac("HmacSHA256", "secret", "a1b2")
                        .toUpperCase(java.util.Locale.ROOT))
                .isEqualTo("3A9F9E53162A24430830CCA87B7FB623401B81EB6616A6EA75B3614AEBDC7F4D");
    }

    @Test
    void what_is_empty_and_the_signature_itself_are_not_signed() {
        var fields = orders("md5");
        var sign = TaobaoSignature.of(fields, SECRET);
        fields.put("sign", "anything");
        fields.put("position_index", "");
        assertThat(TaobaoSignature.of(fields, SECRET)).isEqualTo(sign);
    }

    @Test
    void every_value_counts() {
        for (var name : token("hmac").keySet()) {
            if (!name.equals("sign_method")) {
                var fields = token("hmac");
                fields.merge(name, "<", String::concat);
                assertThat(TaobaoSignature.of(fields, SECRET))
                        .as(name)
                        .isNotEqualTo(TaobaoSignature.of(token("hmac"), SECRET));
            }
        }
    }

    @Test
    void an_unknown_way_to_sign_is_no_way() {
        assertThatIllegalArgumentException().isThrownBy(() -> TaobaoSignature.of(orders("sha1"), SECRET));
    }
}
