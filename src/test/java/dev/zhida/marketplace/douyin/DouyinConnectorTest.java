package dev.zhida.marketplace.douyin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.marketplace.ApiRow;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.marketplace.VendorFixture;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a gateway on this machine that answers in the shapes of Pangolin and of buyin. */
class DouyinConnectorTest {

    private static final Instant FROM = Instant.ofEpochSecond(1_772_334_000);
    private static final Instant UNTIL = FROM.plus(Duration.ofHours(1));

    private static final String ORDER = """
            {"order_id":"6900000000000000001","product_id":"3600000000000000001","product_name":"茶具","shop_name":"青禾",
             "item_num":1,"total_pay_amount":98,"pay_goods_amount":98,"split_rate":1500,"estimated_commission":13,
             "ads_real_commission":0,"estimated_tech_service_fee":2,"flow_point":"PAY_SUCC","external_info":"z_AbCdEfGh",
             "pay_success_time":"2026-03-01 11:00:01","confirm_time":"","settle_time":"","refund_time":"",
             "update_time":"2026-03-01 11:00:02"}""";

    private final VendorFixture vendor = new VendorFixture();
    private final PangolinConnector pangolin = new PangolinConnector(vendor.calls(), vendor.config());
    private final BuyinConnector buyin = new BuyinConnector(vendor.calls(), vendor.config());
    private final Connection publisher = vendor.connection(Marketplace.DOUYIN, "/pangolin/", Map.of());
    private final Connection institution =
            vendor.connection(Marketplace.DOUYIN, "/buyin/", Map.of("interface", "buyin", "pid", "dy_1_2_3"));

    @AfterEach
    void close() {
        vendor.close();
    }

    private static Observation row(String row) {
        return DouyinRows.pangolin(new ApiRow(VendorFixture.json(row)));
    }

    private FeedPage page(String cursor) {
        return pangolin.page(publisher, Feed.ORDERS_UPDATED, FROM, UNTIL, cursor);
    }

    @Test
    void each_connection_has_one_connector() {
        assertThat(pangolin.serves(publisher)).isTrue();
        assertThat(buyin.serves(publisher)).isFalse();
        assertThat(pangolin.serves(institution)).isFalse();
        assertThat(buyin.serves(institution)).isTrue();
        assertThat(buyin.serves(vendor.connection(Marketplace.JD, "/", Map.of("interface", "buyin"))))
                .isFalse();
    }

    @Test
    void a_row_becomes_an_observation_before_the_fee() {
        var order = row(ORDER);
        assertThat(order.lineKey()).isEqualTo("A:6900000000000000001:3600000000000000001");
        assertThat(order.status()).isEqualTo(OrderStatus.PAID);
        assertThat(order.paid()).isEqualTo(Money.ofFen(98));
        // 98 fen at 15 %: 13 after the fee of 2.
        assertThat(order.estimated()).isEqualTo(Money.ofFen(15));
        assertThat(order.fee()).isEqualTo(Money.ofFen(2));
        assertThat(order.settled()).isNull();
        assertThat(order.settledAt()).isNull();
        assertThat(order.asOf()).isEqualTo(Instant.parse("2026-03-01T03:00:02Z"));
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.DOUYIN_EXTERNAL_INFO, "z_AbCdEfGh"));
    }

    @ParameterizedTest
    @CsvSource({"PAY_SUCC,PAID", "CONFIRM,RECEIVED", "SETTLE,SETTLED", "REFUND,INVALID", "FROZEN,NEEDS_REVIEW"})
    void a_status_that_is_not_known_is_never_paid(String point, OrderStatus status) {
        var order = row(ORDER.replace("PAY_SUCC", point)
                .replace("\"ads_real_commission\":0", "\"ads_real_commission\":12")
                .replace("\"settle_time\":\"\"", "\"settle_time\":\"2026-04-20 10:00:00\""));
        assertThat(order.status()).isEqualTo(status);
        assertThat(order.settled()).isEqualTo(status == OrderStatus.SETTLED ? Money.ofFen(14) : null);
        assertThat(order.settledAt())
                .isEqualTo(status == OrderStatus.SETTLED ? Instant.parse("2026-04-20T02:00:00Z") : null);
    }

    @Test
    void data_is_an_object_or_a_text_and_an_empty_cursor_is_the_end() throws Exception {
        var data = "{\"orders\":[" + ORDER + "],\"cursor\":\"c2\"}";
        vendor.answering("{\"code\":0,\"desc\":\"\",\"data\":" + data + "}");
        var asObject = page(null);
        assertThat(asObject.next()).isEqualTo("c2");
        assertThat(asObject.orders()).hasSize(1);
        vendor.answering("{\"code\":0,\"data\":" + ApiRow.JSON.writeValueAsString(data) + "}");
        assertThat(page(null)).isEqualTo(asObject);
        vendor.answering("{\"code\":0,\"data\":{\"orders\":[" + ORDER + "],\"cursor\":\"\"}}");
        assertThat(page("c2").next()).isNull();

        var asked = vendor.lastAsked();
        assertThat(asked.path()).isEqualTo("/pangolin/order/search");
        var envelope = asked.json();
        assertThat(envelope.get("data").asText()).contains("\"cursor\":\"c2\"", "\"start_time\":1772334000");
        assertThat(envelope.get("sign").asText())
                .isEqualTo(PangolinSignature.of(
                        "12345678",
                        envelope.get("data").asText(),
                        envelope.get("req_id").asText(),
                        envelope.get("timestamp").asLong(),
                        "s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "\"\"",
                "{\"total\":3}",
                "{\"cursor\":\"c2\"}",
                "{\"orders\":null,\"cursor\":\"c2\"}"
            })
    void an_answer_that_is_cut_off_is_no_empty_one(String data) {
        vendor.answering("{\"code\":0,\"desc\":\"\",\"data\":" + data + "}");
        assertThatThrownBy(() -> page(null)).isInstanceOfSatisfying(MarketplaceFailure.class, f -> assertThat(f.kind())
                .isEqualTo(Kind.PLATFORM));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"orders\":[]}",
                "{\"orders\":[],\"cursor\":\"\"}",
                "{\"orders\":null,\"cursor\":\"\"}",
                "{\"cursor\":\"\"}",
                "{\"orders\":null,\"cursor\":\"0\"}"
            })
    void no_orders_are_told_with_an_empty_list_or_with_the_cursor_of_the_end(String data) {
        vendor.answering("{\"code\":0,\"desc\":\"\",\"data\":" + data + "}");
        assertThat(page(null)).isEqualTo(ApiRow.orders(List.of(), null, null));
    }

    @Test
    void a_link_comes_with_its_token() {
        var item = ItemReference.of(Marketplace.DOUYIN, "3600000000000000001");
        var wish = new Connector.LinkWish(item, SlotKind.DOUYIN_EXTERNAL_INFO, "z_AbCdEfGh", true);
        vendor.answering(
                "{\"code\":0,\"data\":{\"dy_deeplink\":\"snssdk1128://x\",\"dy_password\":\"3:/ ΦΦaB3dE5gH7j2k4ÊÊ\","
                        + "\"dy_sharelink\":\"https://v.douyin.com/x/\"}}");
        var made = pangolin.link(publisher, wish);
        assertThat(made)
                .isEqualTo(new Connector.MadeLink(
                        "https://v.douyin.com/x/", null, "snssdk1128://x", "3:/ ΦΦaB3dE5gH7j2k4ÊÊ", null, null));
        assertThat(vendor.lastAsked().json().get("data").asText()).contains("\"external_info\":\"z_AbCdEfGh\"");

        vendor.answering(
                "{\"code\":10000,\"data\":{\"share_link\":\"https://v.douyin.com/y/\",\"dy_password\":\"p\"}}");
        assertThat(buyin.link(institution, wish).url()).isEqualTo("https://v.douyin.com/y/");
        var asked = vendor.lastAsked();
        assertThat(asked.path()).isEqualTo("/buyin/buyin/kolProductShare");
        assertThat(asked.parameters().get("sign"))
                .isEqualTo(BuyinSignature.hmacSha256(
                        "12345678",
                        "buyin.kolProductShare",
                        asked.body(),
                        asked.parameters().get("timestamp"),
                        "s3cret"));

        vendor.answering("{\"code\":0,\"data\":{\"products\":[{\"title\":\"茶具\",\"price\":9900,\"coupon_price\":9400,"
                + "\"cos_ratio\":1500}]}}");
        var facts = pangolin.item(publisher, item).orElseThrow();
        assertThat(facts.coupon()).isEqualTo(Money.ofFen(500));
        assertThat(facts.commission()).isEqualTo(Rate.of("0.15"));
    }

    @Test
    void an_institution_sees_its_own_share() {
        var row = """
                {"order_id":"1","product_id":"2","total_pay_amount":990,"flow_point":"SETTLE","item_num":1,
                 "pay_success_time":"2026-03-01 11:00:01","settle_time":"2026-04-20 10:00:00",
                 "update_time":"2026-04-20 10:00:00","pid_info":{"pid":"dy_1_2_3","external_info":"z_A"},
                 "colonel_order_info":{"estimated_commission":89,"real_commission":80,"tech_service_fee":10,
                                       "settled_tech_service_fee":9}}""";
        vendor.answering("{\"code\":10000,\"msg\":\"success\",\"data\":{\"orders\":[" + row + "],\"cursor\":\"\"}}");
        var order = buyin.page(institution, Feed.ORDERS_UPDATED, FROM, UNTIL, null)
                .orders()
                .getFirst();
        assertThat(order.estimated()).isEqualTo(Money.ofFen(99));
        assertThat(order.settled()).isEqualTo(Money.ofFen(89));
        assertThat(order.fee()).isEqualTo(Money.ofFen(9));
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.DOUYIN_EXTERNAL_INFO, "z_A"));
    }

    @ParameterizedTest
    @CsvSource({"100004,bad,NOT_AUTHORISED", "5,请求过于频繁,THROTTLED", "6,参数错误,CALLER", "7,说不清,PLATFORM"})
    void pangolin_says_what_to_do(String code, String words, Kind kind) {
        vendor.answering("{\"code\":" + code + ",\"desc\":\"" + words + "\",\"data\":null}");
        assertThatThrownBy(() -> page(null)).isInstanceOfSatisfying(MarketplaceFailure.class, f -> assertThat(f.kind())
                .isEqualTo(kind));
    }

    @Test
    void a_window_that_buyin_does_not_take_is_told_by_its_words() {
        assertThat(BuyinConnector.kind("40004", "isv.parameter-invalid", "只能查询最近90天的订单"))
                .isEqualTo(Kind.TOO_LATE);
        assertThat(BuyinConnector.kind("40004", "isv.parameter-invalid", "查询时间跨度超过限制"))
                .isEqualTo(Kind.WINDOW_TOO_LONG);
        assertThat(BuyinConnector.kind("40004", "isv.parameter-invalid", "请求时间戳已过期"))
                .isEqualTo(Kind.PLATFORM);
    }

    @ParameterizedTest
    @CsvSource({
        "40003,isv.authorization-type-invalid,NOT_AUTHORISED",
        "40004,isv.parameter-invalid:4101,CALLER",
        "20000,isp.service-error,PLATFORM",
        "8198,,NOT_AUTHORISED",
        "4132,,ITEM"
    })
    void buyin_says_what_to_do(String code, String subCode, Kind kind) {
        vendor.answering(
                "{\"code\":%s,\"msg\":\"说不清\",\"sub_code\":\"%s\"}".formatted(code, subCode == null ? "" : subCode));
        assertThatThrownBy(() -> buyin.test(institution))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(kind));
    }
}
