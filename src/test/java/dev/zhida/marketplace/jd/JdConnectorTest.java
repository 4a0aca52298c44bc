package dev.zhida.marketplace.jd;

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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a gateway on this machine that answers in JD's shapes. */
class JdConnectorTest {

    private static final Instant NOW = Instant.parse("2026-03-10T00:00:00Z");
    private static final Instant FROM = Instant.parse("2026-03-01T03:00:00Z");
    private static final Instant UNTIL = FROM.plus(Duration.ofHours(1));

    private static final String ORDER = """
            {"id":"2730000001_100012","orderId":283000000000000001,"parentId":0,"skuId":100012043978,"itemId":"abc_1",
             "skuName":"保温杯","skuNum":1,"price":129.10,"estimateCosPrice":119.10,"estimateFee":11.91,
             "actualCosPrice":0.00,"actualFee":0.00,"commissionRate":10.00,"finalRate":90,"validCode":16,
             "orderTime":"2026-03-01 11:10:00","finishTime":"","modifyTime":"2026-03-01 11:20:00","payMonth":0,
             "positionId":3003000001,"siteId":4100000001,"subUnionId":"z_AbCdEfGh","balanceExt":"{20191020:10,20191120:-2}",
             "goodsInfo":{"shopName":"膳魔师","owner":"g"}}""";

    private final VendorFixture vendor = new VendorFixture();
    private final JdConnector connector = new JdConnector(
            new JdApi(vendor.calls()), vendor.calls(), vendor.config(), Clock.fixed(NOW, ZoneOffset.UTC));
    private final Connection connection =
            vendor.connection(Marketplace.JD, "/jd/routerjson", Map.of("siteId", "4100000001"));

    @AfterEach
    void close() {
        vendor.close();
    }

    private static String answer(String root, String result, String inner) {
        return ApiRow.JSON
                .createObjectNode()
                .set(root, ApiRow.JSON.createObjectNode().put("code", "0").put(result, inner))
                .toString();
    }

    private static String orders(String rows, boolean more) {
        return answer(
                "jd_union_open_order_row_query_responce",
                "queryResult",
                "{\"code\":200,\"message\":\"success\",\"data\":" + rows + ",\"hasMore\":" + more + "}");
    }

    private static Observation row(String row) {
        return JdRows.order(new ApiRow(VendorFixture.json(row)), NOW);
    }

    private FeedPage page(Feed feed, String cursor) {
        return connector.page(connection, feed, FROM, UNTIL, cursor);
    }

    @Test
    void a_row_becomes_an_observation_in_fen_and_instants() {
        vendor.answering(orders("[" + ORDER + "]", false));
        var order = page(Feed.ORDERS_UPDATED, null).orders().getFirst();
        assertThat(order.lineKey()).isEqualTo("A:2730000001_100012");
        assertThat(order.orderNo()).isEqualTo("283000000000000001");
        assertThat(order.parentNo()).isEqualTo("283000000000000001");
        assertThat(order.itemKey()).isEqualTo("100012043978");
        assertThat(order.shopName()).isEqualTo("膳魔师");
        assertThat(order.status()).isEqualTo(OrderStatus.PAID);
        assertThat(order.paid()).isEqualTo(Money.ofFen(11_910));
        assertThat(order.estimated()).isEqualTo(Money.ofFen(1_191));
        assertThat(order.settled()).isNull();
        assertThat(order.createdAt()).isEqualTo(Instant.parse("2026-03-01T03:10:00Z"));
        assertThat(order.asOf()).isEqualTo(Instant.parse("2026-03-01T03:20:00Z"));
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.JD_SUB_UNION, "z_AbCdEfGh"));
        // As received, to the last zero; what is no JSON stays text.
        assertThat(order.raw())
                .containsEntry("estimateCosPrice", "119.10")
                .containsEntry("balanceExt", "{20191020:10,20191120:-2}");
    }

    @Test
    void a_row_that_was_kept_is_read_as_it_came_and_settles_on_its_day() {
        var received = ORDER.replace("\"validCode\":16", "\"validCode\":17")
                .replace("\"payMonth\":0", "\"payMonth\":20260420")
                .replace("\"actualFee\":0.00", "\"actualFee\":11.91");
        var before = row(received);
        var payDay = Instant.parse("2026-04-19T16:00:00Z");
        assertThat(before.raw()).containsKey(connector.ripensOn().orElseThrow());
        assertThat(connector.again(before.raw(), payDay.minusSeconds(1))).isEqualTo(before);
        var after = connector.again(before.raw(), payDay);
        assertThat(after).isEqualTo(JdRows.order(new ApiRow(VendorFixture.json(received)), payDay));
        assertThat(after.status()).isEqualTo(OrderStatus.SETTLED);
        assertThat(after.settledAt()).isEqualTo(payDay);
    }

    @Test
    void documents_spell_the_root_properly_and_wrap_the_rows_once_more() {
        vendor.answering(orders("[" + ORDER + "]", false));
        var asSent = page(Feed.ORDERS_UPDATED, null);
        vendor.answering(orders("{\"orderRowResp\":[" + ORDER + "]}", false).replace("responce", "response"));
        assertThat(page(Feed.ORDERS_UPDATED, null)).isEqualTo(asSent);
    }

    @Test
    void a_split_order_names_its_parent_and_a_position_where_there_is_no_free_word() {
        var order = row(ORDER.replace("\"parentId\":0", "\"parentId\":283000000000000000")
                .replace("\"subUnionId\":\"z_AbCdEfGh\"", "\"subUnionId\":\"\""));
        assertThat(order.parentNo()).isEqualTo("283000000000000000");
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.JD_POSITION, "3003000001"));
    }

    @ParameterizedTest
    @CsvSource({
        "15,CREATED",
        "24,CREATED",
        "16,PAID",
        "17,RECEIVED",
        "3,INVALID",
        "2,INVALID",
        "27,INVALID",
        "43,INVALID",
        "-1,NEEDS_REVIEW",
        "18,NEEDS_REVIEW",
        "44,NEEDS_REVIEW"
    })
    void a_status_that_is_not_known_is_never_paid(String code, OrderStatus status) {
        assertThat(row(ORDER.replace("\"validCode\":16", "\"validCode\":" + code))
                        .status())
                .isEqualTo(status);
    }

    /** NOW is 08:00 of the 10th in Shanghai. */
    @ParameterizedTest
    @CsvSource({"20260310,SETTLED", "20260311,RECEIVED", "20260220,SETTLED", "0,RECEIVED"})
    void a_received_order_is_settled_from_the_day_on_that_jd_pays(String payMonth, OrderStatus status) {
        var settled = row(ORDER.replace("\"validCode\":16", "\"validCode\":17")
                .replace("\"payMonth\":0", "\"payMonth\":" + payMonth)
                .replace(
                        "\"actualCosPrice\":0.00,\"actualFee\":0.00", "\"actualCosPrice\":100.00,\"actualFee\":10.00"));
        assertThat(settled.status()).isEqualTo(status);
        assertThat(settled.asOf()).isEqualTo(Instant.parse("2026-03-01T03:20:00Z"));
        if (status == OrderStatus.SETTLED) {
            assertThat(settled.settled()).isEqualTo(Money.ofFen(1_000));
            assertThat(settled.settledBase()).isEqualTo(Money.ofFen(10_000));
            assertThat(settled.settledAt())
                    .isEqualTo(java.time.LocalDate.parse(payMonth, java.time.format.DateTimeFormatter.BASIC_ISO_DATE)
                            .atStartOfDay(dev.zhida.money.BusinessTime.ZONE)
                            .toInstant());
        }
    }

    @Test
    void pages_go_on_while_there_are_more() {
        vendor.answering(orders("[" + ORDER + "]", true));
        assertThat(page(Feed.ORDERS_CREATED, null).next()).isEqualTo("2");
        var form = new TreeMap<>(vendor.lastAsked().form());
        assertThat(form.remove("sign")).isEqualTo(JdSignature.of(form, "s3cret"));
        var request = VendorFixture.json(form.get("360buy_param_json")).get("orderReq");
        assertThat(request.get("type").asInt()).isEqualTo(1);
        assertThat(request.get("startTime").asText()).isEqualTo("2026-03-01 11:00:00");
        assertThat(request.get("endTime").asText()).isEqualTo("2026-03-01 12:00:00");
        vendor.answering(orders("[]", false));
        assertThat(page(Feed.ORDERS_UPDATED, "2").next()).isNull();
        // What is settled now was received at least 20 days ago.
        page(Feed.ORDERS_SETTLED, null);
        assertThat(VendorFixture.json(vendor.lastAsked().form().get("360buy_param_json"))
                        .at("/orderReq/startTime")
                        .asText())
                .isEqualTo("2026-02-09 11:00:00");
    }

    @Test
    void a_link_is_made_for_the_slot() {
        var item = ItemReference.of(Marketplace.JD, "100012043978");
        vendor.answering(answer(
                "jd_union_open_promotion_common_get_responce",
                "getResult",
                "{\"code\":200,\"data\":{\"clickURL\":\"https://union-click.jd.com/jdc?e=1\"}}"));
        var made = connector.link(connection, new Connector.LinkWish(item, SlotKind.JD_SUB_UNION, "z_A", true));
        assertThat(made.url()).isEqualTo("https://union-click.jd.com/jdc?e=1");
        assertThat(made.expiresAt()).isNull();
        assertThat(vendor.lastAsked().form().get("360buy_param_json"))
                .isEqualTo(
                        "{\"promotionCodeReq\":{\"materialId\":\"https://item.jd.com/100012043978.html\",\"sceneId\":2,"
                                + "\"subUnionId\":\"z_A\",\"siteId\":\"4100000001\"}}");

        var social = vendor.connection(Marketplace.JD, "/jd/routerjson", Map.of("linkMethod", "bysubunionid"));
        vendor.answering(answer(
                "jd_union_open_promotion_bysubunionid_get_responce",
                "getResult",
                "{\"code\":200,\"data\":{\"clickURL\":\"https://union-click.jd.com/jdc?e=2\","
                        + "\"shortURL\":\"https://u.jd.com/x\",\"jShortCommand\":\"￥a￥\"}}"));
        made = connector.link(social, new Connector.LinkWish(item, SlotKind.JD_POSITION, "3003000001", true));
        assertThat(made.shortUrl()).isEqualTo("https://u.jd.com/x");
        assertThat(made.token()).isEqualTo("￥a￥");
        assertThat(made.expiresAt()).isAfter(Instant.now().plus(Duration.ofDays(59)));
        assertThat(VendorFixture.json(vendor.lastAsked().form().get("360buy_param_json"))
                        .at("/promotionCodeReq/positionId")
                        .asLong())
                .isEqualTo(3_003_000_001L);
    }

    @Test
    void an_item_is_looked_up_by_its_number() {
        vendor.answering(answer(
                "jd_union_open_goods_promotiongoodsinfo_query_responce",
                "queryResult",
                "{\"code\":200,\"data\":[{\"goodsName\":\"杯\",\"wlUnitPrice\":99.90,\"commisionRatioWl\":1.5}]}"));
        var facts = connector
                .item(connection, ItemReference.of(Marketplace.JD, "100012043978"))
                .orElseThrow();
        assertThat(facts.price()).isEqualTo(Money.ofFen(9_990));
        assertThat(facts.commission()).isEqualTo(Rate.of("0.015"));
        assertThat(connector.item(connection, ItemReference.of(Marketplace.JD, "abc_1")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "429,过于频繁,THROTTLED",
        "403,无权限,NOT_AUTHORISED",
        "500,系统,PLATFORM",
        "2002452,超过一万,TOO_MANY_ROWS",
        "2002453,时间过长,WINDOW_TOO_LONG",
        "2002400,参数,CALLER",
        "2001104,商品,ITEM",
        "2001230,过长,CALLER",
        "12345,说不清,PLATFORM"
    })
    void a_failure_says_what_to_do(String code, String words, Kind kind) {
        vendor.answering(answer(
                "jd_union_open_order_row_query_responce",
                "queryResult",
                "{\"code\":" + code + ",\"message\":\"" + words + "\"}"));
        assertFails(kind);
    }

    @ParameterizedTest
    @CsvSource({"无效签名,NOT_AUTHORISED", "调用频率超限,THROTTLED", "平台服务暂不可用,PLATFORM"})
    void the_gateway_fails_in_a_shape_of_its_own(String words, Kind kind) {
        vendor.answering("{\"error_response\":{\"code\":\"12\",\"zh_desc\":\"" + words + "\",\"en_desc\":\"x\"}}");
        assertFails(kind);
    }

    private void assertFails(Kind kind) {
        assertThatThrownBy(() -> page(Feed.ORDERS_UPDATED, null))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(kind));
    }
}
