package dev.zhida.marketplace.douyin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DouyinSignatureTest {

    private static final String SECRET = "11111111-2222-3333-4444-555555555555";
    private static final String APP_KEY = "7000000000000000001";

    @Test
    void pangolin_gets_its_known_signature() {
        var data = "{\"cursor\":\"0\",\"end_time\":1772337600,\"order_type\":1,\"size\":50,\"start_time\":1772334000,"
                + "\"time_type\":\"update\"}";
        var sign = PangolinSignature.of(
                "5000001", data, "3f1c2b6e-0000-4000-8000-000000000001", 1_772_337_600, "pangle-demo-secure-key");
        assertThat(sign).isEqualTo("5cdf9b58bdbc12ab614abc78b11e8ab0");
        assertThat(PangolinSignature.of(
                        "5000001",
                        data.replace("update", "up=d&a<te 中"),
                        "3f1c2b6e-0000-4000-8000-000000000001",
                        1_772_337_600,
                        "pangle-demo-secure-key"))
                .isNotEqualTo(sign);
    }

    @Test
    void buyin_gets_its_known_signatures_with_the_keys_in_any_order() {
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("product_url", "https://haohuo.jinritemai.com/views/product/item2?id=3600000000000000001&a=<b>");
        parameters.put("pid", "dy_1_2_3");
        parameters.put("external_info", "c_7Kq2");
        parameters.put("platform", 0);
        var share = BuyinConnector.canonical(parameters);
        var time = "2026-03-01 12:00:00";
        assertThat(BuyinSignature.hmacSha256(APP_KEY, "buyin.kolProductShare", share, time, SECRET))
                .isEqualTo("baa484cae60a356ea26afe9548bbb6a6b3c427d221d82525ec61b0ecff024dc5");
        assertThat(BuyinSignature.md5(APP_KEY, "buyin.kolProductShare", share, time, SECRET))
                .isEqualTo("bf30b020028bb36b9d889edd68a6638f");

        var orders = BuyinConnector.canonical(Map.of(
                "time_type", "update",
                "start_time", "2026-03-01 11:00:00",
                "end_time", "2026-03-01 12:00:00",
                "size", 100,
                "cursor", "0"));
        assertThat(BuyinSignature.hmacSha256(APP_KEY, "buyin.instituteOrderColonel", orders, "1772337600", SECRET))
                .isEqualTo("1ced6f00a08680c794729d1a0f0d982ef59203917e8572c62bcb5a962fd182ce");
        assertThat(BuyinSignature.md5(APP_KEY, "buyin.instituteOrderColonel", orders, "1772337600", SECRET))
                .isEqualTo("f44748c8cc5172377d100bdf55f2971e");
    }

    @Test
    void what_is_sent_is_sorted_at_every_depth_and_not_escaped_for_html() {
        var inner = new LinkedHashMap<String, Object>();
        inner.put("z", "a&b=<c> 中");
        inner.put("a", 1);
        var outer = new LinkedHashMap<String, Object>();
        outer.put("y", inner);
        outer.put("b", true);
        assertThat(BuyinConnector.canonical(outer)).isEqualTo("{\"b\":true,\"y\":{\"a\":1,\"z\":\"a&b=<c> 中\"}}");
    }
}
