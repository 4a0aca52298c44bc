package dev.zhida.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the sandbox takes for a request of its callers: published signatures, and nothing that differs by a byte. */
class SignedRequestsTest {

    /** The moment of the published signatures: noon in GMT+8. */
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T04:00:00Z"), ZoneOffset.UTC);

    private static Sandbox sandbox;
    private static VendorClient client;

    @BeforeAll
    static void start() throws IOException {
        sandbox = Sandbox.start(Sandbox.Options.now().at(NOON.instant(), 0).checkedBy(NOON));
        client = new VendorClient(sandbox, NOON);
    }

    @AfterAll
    static void stop() {
        client.close();
        sandbox.close();
    }

    private static final String ORDERS = "taobao.tbk.order.details.get";
    private static final String JD_ORDERS =
            "{\"orderReq\":{\"endTime\":\"2026-03-01 12:00:00\",\"fields\":\"goodsInfo,categoryInfo\",\"pageIndex\":1,"
                    + "\"pageSize\":200,\"startTime\":\"2026-03-01 11:30:00\",\"type\":3}}";
    private static final String JD_LINK =
            "{\"promotionCodeReq\":{\"materialId\":\"https://jingfen.jd.com/detail/abc_1.html\","
                    + "\"siteId\":\"1000000001\",\"subUnionId\":\"c_7Kq2\",\"ext1\":\"春节\"}}";
    private static final String PANGOLIN_ORDERS =
            "{\"cursor\":\"0\",\"end_time\":1772337600,\"order_type\":1,\"size\":50,\"start_time\":1772334000,"
                    + "\"time_type\":\"update\"}";
    private static final String BUYIN_SHARE = "{\"external_info\":\"c_7Kq2\",\"pid\":\"dy_1_2_3\",\"platform\":0,"
            + "\"product_url\":\"https://haohuo.jinritemai.com/views/product/item2?id=3600000000000000001&a=<b>\"}";
    private static final String BUYIN_ORDERS = "{\"cursor\":\"0\",\"end_time\":\"2026-03-01 12:00:00\",\"size\":100,"
            + "\"start_time\":\"2026-03-01 11:00:00\",\"time_type\":\"update\"}";

    private static Map<String, String> taobaoOrders() {
        return VendorClient.fields(
                "method", ORDERS,
                "query_type", "4",
                "start_time", "2026-03-01 11:00:00",
                "end_time", "2026-03-01 11:20:00",
                "page_no", "1",
                "page_size", "100");
    }

    private static Map<String, String> taobaoToken() {
        return VendorClient.fields(
                "method", "taobao.tbk.tpwd.create",
                "url", "https://s.click.taobao.com/t?e=AbC&x=1",
                "text", "春季上新 8折");
    }

    @ParameterizedTest
    @CsvSource({
        "orders, md5, 3D3E7EF5AB986979A42BA7ECA0B6A936",
        "orders, hmac, FF71DD4190EA7D9145994A5DDE90E3B0",
        "orders, hmac-sha256, 0B8432C01953EFBD1C146428F02D81046424EEE8A531E307ADAFDA4E4C02E056",
        "token, md5, 5D7CCE7AC51172098A6C3F5403E2E3D7",
        "token, hmac, 182FFF4AECC20AEC666A55B91B2433A1",
        "token, hmac-sha256, 054688246C2D3788390A517BF5E79C43548F3942B3BF0D8699AF812EA23D1CCE"
    })
    void taobao_takes_what_is_signed_as_published(String what, String method, String signature) {
        var raw = client.taobaoRaw(method, what.equals("orders") ? taobaoOrders() : taobaoToken());

        assertThat(new String(raw.body(), StandardCharsets.UTF_8)).endsWith("&sign=" + signature);
        assertThat(accepted(raw)).isTrue();
    }

    /** Published for a text without a method: what is keyed is the sorted text alone. */
    @Test
    void the_text_is_sorted_and_leaves_out_what_is_empty_and_the_signature() {
        assertThat(Signing.sorted(Map.of("b", "2", "a", "1", "sign", "x", "empty", "")))
                .isEqualTo("a1b2");
        assertThat(Signing.hmacSha256("secret", "a1b2"))
                .isEqualTo("3A9F9E53162A24430830CCA87B7FB623401B81EB6616A6EA75B3614AEBDC7F4D");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "jd.union.open.order.row.query; orders; FF03A98480D1803615A9774A0C9BE59B",
                "jd.union.open.promotion.common.get; link; 8B79C3032B2D2570A036351A416987ED"
            })
    void jd_takes_what_is_signed_as_published(String method, String what, String signature) {
        var raw = client.jdRaw(method, what.equals("orders") ? JD_ORDERS : JD_LINK);

        assertThat(new String(raw.body(), StandardCharsets.UTF_8)).endsWith("&sign=" + signature);
        assertThat(accepted(raw)).isTrue();
    }

    private static VendorClient.Raw pddOrders() {
        return client.pddRaw(
                "pdd.ddk.order.list.increment.get",
                "start_update_time",
                "1772334000",
                "end_update_time",
                "1772337600",
                "page",
                "1",
                "page_size",
                "50",
                "return_count",
                "false");
    }

    private static VendorClient.Raw pddLink() {
        return client.pddRaw(
                "pdd.ddk.goods.promotion.url.generate",
                "p_id",
                "12345678_98765432",
                "goods_sign_list",
                "[\"c9X2abcDEF_demo\"]",
                "custom_parameters",
                "{\"uid\":\"u_7Kq2\",\"sid\":\"微信群1\"}",
                "generate_short_url",
                "true");
    }

    @Test
    void pdd_takes_what_is_signed_as_published() {
        assertThat(new String(pddOrders().body(), StandardCharsets.UTF_8)).contains("72719E37ECA72B5F0225DDCEE28E1D72");
        assertThat(new String(pddLink().body(), StandardCharsets.UTF_8)).contains("1F48CEF18512E56AC35B37492B2F3357");
        assertThat(accepted(pddOrders())).isTrue();
        assertThat(accepted(pddLink())).isTrue();
        assertThat(Signing.wrapped(
                        VendorClient.fields(
                                "access_token", "asd78172s8ds9a921j9qqwda12312w1w21211",
                                "client_id", "1",
                                "data_type", "XML",
                                "order_status", "1",
                                "page", "1",
                                "page_size", "10",
                                "timestamp", "1480411125",
                                "type", "pdd.order.number.list.get"),
                        "testSecret"))
                .isEqualTo("E4DE3ED21002510DED352819E7AE6775");
    }

    @Test
    void pangolin_takes_what_is_signed_as_published() {
        assertThat(Signing.pangolin(
                        "5000001",
                        PANGOLIN_ORDERS,
                        "3f1c2b6e-0000-4000-8000-000000000001",
                        "1772337600",
                        "pangle-demo-secure-key"))
                .isEqualTo("5cdf9b58bdbc12ab614abc78b11e8ab0");
        assertThat(accepted(client.pangolinRaw("/order/search", PANGOLIN_ORDERS)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "share, hmac-sha256, baa484cae60a356ea26afe9548bbb6a6b3c427d221d82525ec61b0ecff024dc5",
        "share, md5, bf30b020028bb36b9d889edd68a6638f",
        "orders, hmac-sha256, 1ced6f00a08680c794729d1a0f0d982ef59203917e8572c62bcb5a962fd182ce",
        "orders, md5, f44748c8cc5172377d100bdf55f2971e"
    })
    void buyin_takes_what_is_signed_as_published(String what, String method, String signature) {
        var raw = what.equals("share")
                ? client.buyinRaw("buyin.kolProductShare", "2026-03-01 12:00:00", method, BUYIN_SHARE)
                : client.buyinRaw("buyin.instituteOrderColonel", "1772337600", method, BUYIN_ORDERS);

        assertThat(raw.query()).endsWith("sign=" + signature);
        assertThat(accepted(raw)).isTrue();
    }

    private static Stream<Arguments> requests() {
        return Stream.of(
                argumentSet("Taobao md5", client.taobaoRaw("md5", taobaoToken())),
                argumentSet("Taobao hmac", client.taobaoRaw("hmac", taobaoOrders())),
                argumentSet("Taobao hmac-sha256", client.taobaoRaw("hmac-sha256", taobaoToken())),
                argumentSet("JD", client.jdRaw("jd.union.open.promotion.common.get", JD_LINK)),
                argumentSet("PDD", pddLink()),
                argumentSet("Pangolin", client.pangolinRaw("/order/search", PANGOLIN_ORDERS)),
                argumentSet(
                        "buyin hmac-sha256",
                        client.buyinRaw("buyin.kolProductShare", "2026-03-01 12:00:00", "hmac-sha256", BUYIN_SHARE)),
                argumentSet(
                        "buyin md5",
                        client.buyinRaw("buyin.instituteOrderColonel", "1772337600", "md5", BUYIN_ORDERS)));
    }

    /** Every byte in turn, one bit of it; what says the same in other bytes (%3a for %3A) is the same request. */
    @ParameterizedTest
    @MethodSource("requests")
    void one_flipped_byte_is_refused(VendorClient.Raw raw) {
        assertThat(accepted(raw)).isTrue();
        var taken = new ArrayList<String>();
        var tried = 0;
        for (var position = 0; position < raw.body().length; position++) {
            var body = raw.body().clone();
            body[position] ^= (byte) (1 << position % 7);
            var flipped = new VendorClient.Raw(raw.path(), raw.query(), raw.contentType(), body);
            if (!saysTheSame(raw, flipped)) {
                tried++;
                if (accepted(flipped)) {
                    taken.add("body " + position + ": " + new String(body, StandardCharsets.UTF_8));
                }
            }
        }
        for (var position = 0; raw.query() != null && position < raw.query().length(); position++) {
            var query = new StringBuilder(raw.query());
            query.setCharAt(position, query.charAt(position) == 'z' ? 'y' : 'z');
            var flipped = new VendorClient.Raw(raw.path(), query.toString(), raw.contentType(), raw.body());
            if (!query.toString().matches(".*%[^%]?z.*|.*%z.*") && !saysTheSame(raw, flipped)) {
                tried++;
                if (accepted(flipped)) {
                    taken.add("query " + position + ": " + query);
                }
            }
        }
        assertThat(taken).isEmpty();
        assertThat(tried).isGreaterThan(raw.body().length * 9 / 10);
    }

    private static boolean saysTheSame(VendorClient.Raw one, VendorClient.Raw other) {
        return one.contentType().startsWith("application/x-www-form")
                && request(one).fields().equals(request(other).fields());
    }

    private static Request request(VendorClient.Raw raw) {
        return new Request("POST", "", Map.of(), raw.contentType(), new String(raw.body(), StandardCharsets.UTF_8));
    }

    private static boolean accepted(VendorClient.Raw raw) {
        var answer = client.answer(raw);
        if (answer.statusCode() != 200 || !answer.body().startsWith("{")) {
            return false;
        }
        JsonNode json = VendorClient.json(answer.body());
        if (json.has("error_response")) {
            return false;
        }
        return json.has("log_id")
                ? json.path("code").asInt() == 10_000
                : json.has("desc") ? json.path("code").asInt() == 0 : json.size() == 1;
    }

    @ParameterizedTest
    @CsvSource({"600, true, true", "601, false, true", "360, true, false", "361, false, false"})
    void a_timestamp_may_be_off_by_so_much(int seconds, boolean taken, boolean taobao) {
        for (var sign : List.of(1, -1)) {
            var then = Clock.offset(NOON, Duration.ofSeconds((long) sign * seconds));
            try (var other = new VendorClient(sandbox, then)) {
                var raw = taobao
                        ? other.taobaoRaw("md5", taobaoOrders())
                        : other.jdRaw("jd.union.open.order.row.query", JD_ORDERS);
                assertThat(accepted(raw)).isEqualTo(taken);
            }
        }
    }

    @Test
    void an_app_key_that_nobody_knows_and_a_sc_method_without_session_are_refused() {
        var stranger = taobaoOrders();
        stranger.put("app_key", "87654321");
        assertThat(VendorClient.json(client.send(client.taobaoRaw("md5", stranger)))
                        .at("/error_response/code")
                        .asInt())
                .isEqualTo(29);
        var scOrders = taobaoOrders();
        scOrders.put("method", "taobao.tbk.sc.order.details.get");
        assertThat(VendorClient.json(client.send(client.taobaoRaw("md5", scOrders)))
                        .at("/error_response/code")
                        .asInt())
                .isEqualTo(26);
        scOrders.put("session", Account.TAOBAO.session());
        assertThat(accepted(client.taobaoRaw("md5", scOrders))).isTrue();
    }
}
