package dev.zhida.marketplace.pdd;

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
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a gateway on this machine that answers in Pinduoduo's shapes; pages have two rows. */
class PddConnectorTest {

    private static final Instant FROM = Instant.ofEpochSecond(1_772_334_000);
    private static final Instant UNTIL = FROM.plus(Duration.ofHours(24));

    private static final String OWN = "{\"uid\":\"0123456789abcdef0123456789abcdef\",\"sid\":\"AbCdEfGh\"}";

    private static final String ORDER = """
            {"order_sn":"260301-123456789012345","goods_id":5512345678,"goods_sign":"c9X2abcDEF_demo","goods_name":"四件套",
             "goods_quantity":1,"mall_name":"木棉","order_amount":9900,"promotion_rate":150,"promotion_amount":1485,
             "duo_id_service_fee":148,"order_status":0,"p_id":"12345678_98765432",
             "custom_parameters":"{\\"uid\\":\\"0123456789abcdef0123456789abcdef\\",\\"sid\\":\\"AbCdEfGh\\"}",
             "order_create_time":1772334001,"order_pay_time":1772334002,"order_settle_time":0,"order_modify_at":1772334003}""";

    private final VendorFixture vendor = new VendorFixture();
    private final PddConnector connector =
            new PddConnector(new PddApi(vendor.calls()), vendor.calls(), vendor.config());
    private final Connection connection =
            vendor.connection(Marketplace.PDD, "/pdd/api/router", Map.of("pid", "12345678_98765432"));

    @AfterEach
    void close() {
        vendor.close();
    }

    private static String orders(String rows, String more) {
        return "{\"order_list_get_response\":{\"order_list\":" + rows + more + ",\"request_id\":\"r\"}}";
    }

    private static Observation row(String row) {
        return PddRows.order(new ApiRow(VendorFixture.json(row)));
    }

    private FeedPage page(Feed feed, String cursor) {
        return connector.page(connection, feed, FROM, UNTIL, cursor);
    }

    @Test
    void a_row_becomes_an_observation_in_fen_and_instants() {
        var order = row(ORDER);
        assertThat(order.lineKey()).isEqualTo("A:260301-123456789012345");
        assertThat(order.orderNo()).isEqualTo("260301-123456789012345");
        assertThat(order.itemKey()).isEqualTo("c9X2abcDEF_demo");
        assertThat(order.status()).isEqualTo(OrderStatus.PAID);
        assertThat(order.paid()).isEqualTo(Money.ofFen(9_900));
        assertThat(order.estimated()).isEqualTo(Money.ofFen(1_485));
        assertThat(order.fee()).isEqualTo(Money.ofFen(148));
        assertThat(order.settled()).isNull();
        assertThat(order.settledAt()).isNull();
        assertThat(order.paidAt()).isEqualTo(Instant.ofEpochSecond(1_772_334_002));
        assertThat(order.asOf()).isEqualTo(Instant.ofEpochSecond(1_772_334_003));
        // The very text that the slot room makes.
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.PDD_CUSTOM_PARAMETERS, OWN));
    }

    @ParameterizedTest
    @CsvSource({
        "-1,CREATED",
        "0,PAID",
        "1,PAID",
        "2,RECEIVED",
        "3,RECEIVED",
        "4,INVALID",
        "5,SETTLED",
        "8,INVALID",
        "10,INVALID",
        "6,NEEDS_REVIEW",
        "11,NEEDS_REVIEW"
    })
    void a_status_that_is_not_known_is_never_paid(String code, OrderStatus status) {
        var order = row(ORDER.replace("\"order_status\":0", "\"order_status\":" + code)
                .replace("\"order_settle_time\":0", "\"order_settle_time\":1774000000"));
        assertThat(order.status()).isEqualTo(status);
        assertThat(order.settled()).isEqualTo(status == OrderStatus.SETTLED ? Money.ofFen(1_485) : null);
        assertThat(order.settledAt())
                .isEqualTo(status == OrderStatus.SETTLED ? Instant.ofEpochSecond(1_774_000_000) : null);
    }

    @Test
    void custom_parameters_are_taken_as_they_are_or_are_not_there() {
        var without = ORDER.replaceAll("\"custom_parameters\":\"(\\\\.|[^\"])*\",", "");
        assertThat(row(without).slot()).isNull();
        assertThat(row(without.replace("{\"order_sn\"", "{\"custom_parameters\":\"no json\",\"order_sn\""))
                        .slot())
                .isEqualTo(new SlotKey(SlotKind.PDD_CUSTOM_PARAMETERS, "no json"));
    }

    @Test
    void pages_are_read_from_the_last_to_the_first() {
        vendor.answering(asked -> new VendorFixture.Reply(
                200,
                orders(
                        "[" + ORDER + "]",
                        asked.json().get("return_count").asText().equals("true") ? ",\"total_count\":5" : "")));
        var cursors = new ArrayList<String>();
        for (var page = page(Feed.ORDERS_UPDATED, null); page.next() != null; ) {
            cursors.add(page.next());
            page = page(Feed.ORDERS_UPDATED, page.next());
        }
        assertThat(cursors).containsExactly("3", "2", "1");
        var first = vendor.asked().getFirst().json();
        assertThat(first.get("start_update_time").asText()).isEqualTo("1772334000");
        var fields = new TreeMap<String, String>();
        first.properties().forEach(f -> fields.put(f.getKey(), f.getValue().asText()));
        assertThat(fields.remove("sign")).isEqualTo(PddSignature.of(fields, "s3cret"));

        vendor.answering(orders("[]", ",\"total_count\":0"));
        assertThat(page(Feed.ORDERS_UPDATED, null).next()).isNull();
        vendor.answering(orders("[" + ORDER + "]", ",\"total_count\":2"));
        assertThat(page(Feed.ORDERS_UPDATED, null).next()).isNull();
    }

    @Test
    void paid_orders_go_on_behind_the_last_one() {
        vendor.answering(orders("[" + ORDER + "," + ORDER + "]", ",\"last_order_id\":\"L1\""));
        assertThat(page(Feed.ORDERS_CREATED, null).next()).isEqualTo("L1");
        assertThat(page(Feed.ORDERS_CREATED, "L1").next()).isNull();
        assertThat(vendor.lastAsked().json().get("last_order_id").asText()).isEqualTo("L1");
        // A full page that does not say where to go on is not taken for the last one.
        vendor.answering(orders("[" + ORDER + "," + ORDER + "]", ""));
        assertThatThrownBy(() -> page(Feed.ORDERS_CREATED, null))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.PLATFORM));
        vendor.answering(orders("[" + ORDER + "]", ",\"last_order_id\":\"L2\""));
        assertThat(page(Feed.ORDERS_CREATED, "L1").next()).isNull();
    }

    @Test
    void a_link_is_made_for_the_slot_and_the_slot_may_have_to_be_bound() {
        vendor.answering("{\"goods_promotion_url_generate_response\":{\"goods_promotion_url_list\":[{\"url\":"
                + "\"https://mobile.yangkeduo.com/duo_coupon_landing.html?x=1\",\"short_url\":\"https://p.pinduoduo.com/a\","
                + "\"schema_url\":\"pinduoduo://a\"}]}}");
        var item = ItemReference.of(Marketplace.PDD, "c9X2abcDEF_demo");
        var made = connector.link(connection, new Connector.LinkWish(item, SlotKind.PDD_CUSTOM_PARAMETERS, OWN, false));
        assertThat(made.deepLink()).isEqualTo("pinduoduo://a");
        assertThat(vendor.lastAsked().json().get("custom_parameters").asText()).isEqualTo(OWN);
        assertThat(vendor.lastAsked().json().get("goods_sign_list").asText()).isEqualTo("[\"c9X2abcDEF_demo\"]");
        assertThatThrownBy(() -> connector.link(
                        connection,
                        new Connector.LinkWish(ItemReference.of(Marketplace.PDD, "123"), null, null, false)))
                .hasMessageContaining("goods_sign");

        vendor.answering("{\"authority_query_response\":{\"bind\":0}}");
        assertThat(connector.bound(connection, OWN)).contains(false);
        vendor.answering("{\"authority_query_response\":{\"bind\":1}}");
        assertThat(connector.bound(connection, OWN)).contains(true);
        vendor.answering(
                "{\"goods_detail_response\":{\"goods_details\":[{\"goods_name\":\"四件套\",\"min_group_price\":9900,"
                        + "\"coupon_discount\":500,\"promotion_rate\":150}]}}");
        var facts = connector.item(connection, item).orElseThrow();
        assertThat(facts.commission()).isEqualTo(Rate.of("0.15"));
        assertThat(facts.coupon()).isEqualTo(Money.ofFen(500));
    }

    @ParameterizedTest
    @CsvSource({"查询时间跨度不能超过24小时,WINDOW_TOO_LONG", "请求时间戳已过期,PLATFORM", "时间间隔过短 请降低频率,THROTTLED", "签名错误,CALLER"})
    void a_parameter_that_is_refused_is_told_by_its_words(String words, Kind kind) {
        assertThat(PddApi.kind("50001", null, words)).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "52101,,THROTTLED",
        "70031,,THROTTLED",
        "52102,,PLATFORM",
        "70033,,PLATFORM",
        "50000,,PLATFORM",
        "20004,,NOT_AUTHORISED",
        "20005,,NOT_AUTHORISED",
        "10019,,NOT_AUTHORISED",
        "70036,,NOT_AUTHORISED",
        "50001,,CALLER",
        "50001,60001,NOT_AUTHORISED",
        "12345,,PLATFORM"
    })
    void a_failure_says_what_to_do(String code, String subCode, Kind kind) {
        vendor.answering("{\"error_response\":{\"error_code\":%s,\"error_msg\":\"说不清\",\"sub_code\":\"%s\"}}"
                .formatted(code, subCode == null ? "" : subCode));
        assertThatThrownBy(() -> page(Feed.ORDERS_UPDATED, null))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(kind));
    }
}
