package dev.zhida.marketplace.taobao;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundStatus;
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
import org.junit.jupiter.params.provider.EnumSource;

/** Against a gateway on this machine that answers in Taobao's shapes. */
class TaobaoConnectorTest {

    private static final Instant FROM = Instant.parse("2026-03-01T03:00:00Z");
    private static final Instant UNTIL = FROM.plus(Duration.ofMinutes(20));

    private static final String ORDER = """
            {"trade_id":"9223372036854775001","trade_parent_id":"9223372036854775000","tk_order_role":2,
             "item_id":"AbCd12-Ef34Gh","item_title":"大衣","item_num":2,"seller_shop_title":"云裳","tk_status":12,
             "alipay_total_price":"199.90","pay_price":"0.00","pub_share_pre_fee":"21.99","pub_share_fee":"0.00",
             "pub_share_pre_fee_for_sdy":"2.00","pub_share_fee_for_sdy":"0.00","total_commission_rate":"10.00",
             "alimama_rate":"10.00","alimama_share_fee":"2.00","click_time":"2026-03-01 10:58:01",
             "tk_create_time":"2026-03-01 11:01:02","tk_paid_time":"2026-03-01 11:02:03","tb_paid_time":"--",
             "tk_earning_time":"--","modified_time":"2026-03-01 11:02:04","adzone_id":111112234455,
             "site_id":"45678","relation_id":"--","special_id":"","subsidy_info_dto_list":[{"subsidy_rate":"1.00"}]}""";

    private final VendorFixture vendor = new VendorFixture();
    private final TaobaoConnector connector =
            new TaobaoConnector(new TaobaoApi(vendor.calls()), vendor.calls(), vendor.config());
    private final Connection connection =
            vendor.connection(Marketplace.TAOBAO, "/taobao/router/rest", Map.of("pid", "mm_1_2_3"));

    @AfterEach
    void close() {
        vendor.close();
    }

    private static String orders(String rows, String more) {
        return "{\"tbk_order_details_get_response\":{\"data\":{\"results\":" + rows + more + "},\"request_id\":\"r\"}}";
    }

    private FeedPage page(Feed feed, String cursor) {
        return connector.page(connection, feed, FROM, UNTIL, cursor);
    }

    @Test
    void a_row_becomes_an_observation_in_fen_and_instants() {
        vendor.answering(orders("[" + ORDER + "]", ",\"has_next\":false"));
        var order = page(Feed.ORDERS_UPDATED, null).orders().getFirst();
        assertThat(order.lineKey()).isEqualTo("A:9223372036854775001:2");
        assertThat(order.orderNo()).isEqualTo("9223372036854775001");
        assertThat(order.parentNo()).isEqualTo("9223372036854775000");
        assertThat(order.itemKey()).isEqualTo("Ef34Gh");
        assertThat(order.quantity()).isEqualTo(2);
        assertThat(order.status()).isEqualTo(OrderStatus.PAID);
        assertThat(order.paid()).isEqualTo(Money.ofFen(19_990));
        assertThat(order.estimated()).isEqualTo(Money.ofFen(2_199));
        assertThat(order.settled()).isNull();
        assertThat(order.subsidy()).isEqualTo(Money.ofFen(200));
        assertThat(order.feeRate()).isEqualTo(Rate.of("0.1"));
        assertThat(order.fee()).isEqualTo(Money.ofFen(200));
        assertThat(order.clickedAt()).isEqualTo(Instant.parse("2026-03-01T02:58:01Z"));
        assertThat(order.paidAt()).isEqualTo(Instant.parse("2026-03-01T03:02:03Z"));
        assertThat(order.settledAt()).isNull();
        assertThat(order.asOf()).isEqualTo(Instant.parse("2026-03-01T03:02:04Z"));
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.TAOBAO_PID, "45678_111112234455"));
        assertThat(order.raw())
                .containsEntry("alipay_total_price", "199.90")
                .containsEntry("tk_earning_time", "--")
                .containsEntry("subsidy_info_dto_list", "[{\"subsidy_rate\":\"1.00\"}]");
    }

    @Test
    void wrapped_and_simplified_answers_mean_the_same() {
        vendor.answering(orders("[" + ORDER + "]", ",\"has_next\":false"));
        var simplified = page(Feed.ORDERS_UPDATED, null).orders();
        vendor.answering(orders("{\"publisher_order_dto\":[" + ORDER + "]}", ",\"has_next\":\"false\""));
        assertThat(page(Feed.ORDERS_UPDATED, null).orders()).isEqualTo(simplified);
        vendor.answering("{\"data\":{\"results\":[" + ORDER + "],\"has_next\":false},\"request_id\":\"r\"}");
        assertThat(page(Feed.ORDERS_UPDATED, null).orders()).isEqualTo(simplified);
        vendor.answering("{\"tbk_order_details_get_response\":{\"data\":{\"has_next\":false}}}");
        assertThat(page(Feed.ORDERS_UPDATED, null)).isEqualTo(ApiRow.orders(java.util.List.of(), null, null));
    }

    @ParameterizedTest
    @EnumSource(Feed.class)
    void an_answer_that_is_cut_off_or_somebody_elses_is_no_empty_one(Feed feed) {
        var name =
                switch (feed) {
                    case REFUNDS_UPDATED -> "tbk_order_refund_get";
                    case RELATION_REFUNDS_UPDATED -> "tbk_relation_refund";
                    case PUNISHMENTS -> "tbk_dg_punish_order_get";
                    case ORDERS_UPDATED, ORDERS_CREATED, ORDERS_SETTLED -> "tbk_order_details_get";
                };
        for (var answer : List.of(
                "{}",
                "[]",
                "{\"request_id\":\"r\"}",
                "{\"status\":\"ok\"}",
                "{\"" + name + "_response\":{\"request_id\":\"r\"}}",
                "{\"" + name + "_response\":{\"data\":null,\"result\":{\"data\":null}}}")) {
            vendor.answering(answer);
            assertThatThrownBy(() -> page(feed, null))
                    .as(answer)
                    .isInstanceOfSatisfying(
                            MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.PLATFORM));
        }
        // One without rows is empty.
        vendor.answering(
                "{\"" + name + "_response\":{\"data\":{\"page_no\":1},\"result\":{\"data\":{\"page_no\":1}}}}");
        var page = page(feed, feed == Feed.PUNISHMENTS ? "1 3" : null);
        assertThat(page.rows()).isZero();
        assertThat(page.next()).isNull();
    }

    @Test
    void a_full_page_that_does_not_say_whether_it_is_the_last_is_not_taken_for_it() {
        vendor.answering(orders("[" + ORDER + "," + ORDER + "]", ""));
        assertThatThrownBy(() -> page(Feed.ORDERS_UPDATED, null))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.PLATFORM));
        var row = "{\"tb_trade_id\":\"55\",\"punish_status\":\"0\"}";
        var answer = "{\"tbk_dg_punish_order_get_response\":{\"result\":{\"data\":{\"results\":[%s]}}}}";
        vendor.answering(answer.formatted(row + "," + row));
        assertThat(page(Feed.PUNISHMENTS, "1 3").next()).isEqualTo("2 3");
        assertThatThrownBy(() -> page(Feed.PUNISHMENTS, "100 3"))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.PLATFORM));
        vendor.answering(answer.formatted(row));
        assertThat(page(Feed.PUNISHMENTS, "2 3").next()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"11,CREATED", "12,PAID", "14,RECEIVED", "3,SETTLED", "13,INVALID", "15,NEEDS_REVIEW", "0,NEEDS_REVIEW"})
    void a_status_that_is_not_known_is_never_paid(String code, OrderStatus status) {
        var row = ORDER.replace("\"tk_status\":12", "\"tk_status\":" + code)
                .replace("\"tk_earning_time\":\"--\"", "\"tk_earning_time\":\"2026-04-20 10:00:00\"")
                .replace("\"pub_share_fee\":\"0.00\"", "\"pub_share_fee\":\"20.00\"");
        var order = TaobaoRows.order(new ApiRow(VendorFixture.json(row)));
        assertThat(order.status()).isEqualTo(status);
        assertThat(order.settled()).isEqualTo(status == OrderStatus.SETTLED ? Money.ofFen(2_000) : null);
        assertThat(order.settledAt())
                .isEqualTo(status == OrderStatus.SETTLED ? Instant.parse("2026-04-20T02:00:00Z") : null);
    }

    @Test
    void an_order_of_a_channel_names_its_relation_id() {
        var row = ORDER.replace("\"relation_id\":\"--\"", "\"relation_id\":\"2345678901\"");
        assertThat(TaobaoRows.order(new ApiRow(VendorFixture.json(row))).slot())
                .isEqualTo(new SlotKey(SlotKind.TAOBAO_RELATION, "2345678901"));
    }

    @Test
    void a_row_that_cannot_be_read_is_told_apart_and_stops_no_other() {
        var finer = ORDER.replace("\"21.99\"", "\"21.999\"");
        var without = ORDER.replace("\"alipay_total_price\":\"199.90\",", "");
        vendor.answering(orders("[" + finer + "," + ORDER + "," + without + "]", ",\"has_next\":false"));
        var page = page(Feed.ORDERS_UPDATED, null);
        assertThat(page.rows()).isEqualTo(3);
        assertThat(page.orders()).hasSize(1);
        assertThat(page.unreadable())
                .extracting(FeedPage.Unreadable::reason)
                .containsExactly("pub_share_pre_fee is not understood: 21.999", "alipay_total_price is missing");
    }

    @Test
    void pages_go_on_behind_the_position_that_taobao_names() {
        vendor.answering(
                orders("[" + ORDER + "]", ",\"has_next\":true,\"position_index\":\"1555904214_lGlt|1555917305_lJfP\""));
        var next = page(Feed.ORDERS_UPDATED, null).next();
        var first = vendor.lastAsked().form();
        assertThat(first)
                .containsEntry("method", "taobao.tbk.order.details.get")
                .containsEntry("query_type", "4")
                .containsEntry("start_time", "2026-03-01 11:00:00")
                .containsEntry("end_time", "2026-03-01 11:20:00")
                .containsEntry("page_no", "1")
                .doesNotContainKey("position_index");
        var fields = new java.util.TreeMap<>(first);
        assertThat(fields.remove("sign")).isEqualTo(TaobaoSignature.of(fields, "s3cret"));

        page(Feed.ORDERS_UPDATED, next);
        assertThat(vendor.lastAsked().form())
                .containsEntry("page_no", "2")
                .containsEntry("position_index", "1555904214_lGlt|1555917305_lJfP")
                .containsEntry("jump_type", "1");
        assertThat(vendor.lastAsked().body()).contains("position_index=1555904214_lGlt%7C1555917305_lJfP");

        assertThatThrownBy(() -> page(Feed.ORDERS_UPDATED, "101 x"))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.TOO_MANY_ROWS));
    }

    @ParameterizedTest
    @CsvSource({
        "4,OPENED",
        "11,OPENED",
        "3,FAILED",
        "2,SUCCEEDED",
        "12,FROM_CREATOR",
        "13,FROM_CREATOR",
        "14,FROM_SELLER",
        "15,FROM_SELLER",
        "16,NEEDS_REVIEW"
    })
    void a_refund_finds_its_line_and_says_who_pays(String code, RefundStatus status) {
        vendor.answering("""
                {"tbk_order_refund_get_response":{"data":{"has_next":false,"results":{"publisher_refund_order_d_t_o":[
                {"refund_suit_id":"777","tb_trade_id":"9223372036854775001","tb_trade_parent_id":"9223372036854775000","tk_order_role":"二方","refund_fee":"3.50",
                 "refund_status":%s,"tk_commission_fee_refund":"0.71","tk_commission_alimm_refund_fee":"0.06",
                 "tk_subsidy_alimm_refund_fee":"--","show_return_fee":"0.77","tk_refund_suit_time":"2026-03-01 11:00:05",
                 "tk_refund_time":"--","modified_time":"2026-03-01 11:10:00"}]}}}}""".formatted(code));
        var refund = page(Feed.REFUNDS_UPDATED, null).refunds().getFirst();
        assertThat(refund.lineKey())
                .isEqualTo(
                        TaobaoRows.order(new ApiRow(VendorFixture.json(ORDER))).lineKey());
        assertThat(refund.refundId()).isEqualTo("777:2");
        assertThat(refund.parentNo()).isEqualTo("9223372036854775000");
        assertThat(refund.status()).isEqualTo(status);
        assertThat(refund.refunded()).isEqualTo(Money.ofFen(350));
        assertThat(refund.commission()).isEqualTo(Money.ofFen(77));
        assertThat(refund.fee()).isEqualTo(Money.ofFen(6));
        assertThat(refund.asOf()).isEqualTo(Instant.parse("2026-03-01T03:10:00Z"));
        assertThat(VendorFixture.json(vendor.lastAsked().form().get("publisher_refund_order_query_option"))
                        .get("query_type")
                        .asInt())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"4,true", "11,true", "3,true", "14,true", "15,true", "2,false", "12,false", "13,false", "16,false"})
    void a_refund_that_takes_something_back_says_how_much(String code, boolean understood) {
        for (var missing : List.of("refund_fee", "show_return_fee")) {
            vendor.answering("""
                    {"tbk_order_refund_get_response":{"data":{"has_next":false,"results":{"publisher_refund_order_d_t_o":[
                    {"refund_suit_id":"777","tb_trade_id":"9","tk_order_role":"二方","refund_fee":"3.50","refund_status":%s,
                     "show_return_fee":"0.77","modified_time":"2026-03-01 11:10:00"}]}}}}""".formatted(code).replace("\"%s\":".formatted(missing), "\"other\":"));
            var page = page(Feed.REFUNDS_UPDATED, null);
            assertThat(page.refunds()).hasSize(understood ? 1 : 0);
            assertThat(page.unreadable()).hasSize(understood ? 0 : 1).allSatisfy(row -> assertThat(row.reason())
                    .isEqualTo(missing + " is missing"));
        }
    }

    @Test
    void refunds_of_channels_are_paged_by_their_number() {
        vendor.answering("""
                {"tbk_relation_refund_response":{"result":{"data":{"page_no":1,"page_size":2,"total_count":3,"results":[
                {"tb_trade_id":"55","refund_type":2,"refund_fee":"10.00","refund_status":2,
                 "tk3rd_pub_show_return_fee":"1.00","modified_time":"2026-03-01 11:10:00"}]}}}}""");
        var page = page(Feed.RELATION_REFUNDS_UPDATED, null);
        assertThat(page.refunds().getFirst().lineKey()).isEqualTo("A:55:3");
        assertThat(page.refunds().getFirst().commission()).isEqualTo(Money.ofFen(100));
        assertThat(page.next()).isEqualTo("2");
        assertThat(page(Feed.RELATION_REFUNDS_UPDATED, "2").next()).isNull();
    }

    @Test
    void punishments_are_looked_for_among_all_orders_that_taobao_still_tells_of() {
        vendor.answering("""
                {"tbk_dg_punish_order_get_response":{"result":{"data":{"total_count":2,"results":[
                {"tb_trade_id":"55","punish_status":"0","violation_type":"2","settle_month":"202603"},
                {"tb_trade_id":"56","punish_status":"1","violation_type":"1"}]}}}}""");
        var page = page(Feed.PUNISHMENTS, null);
        assertThat(page.punishments()).extracting(p -> p.orderNo() + p.frozen()).containsExactly("55true", "56false");
        assertThat(page.next()).isEqualTo("1 2");
        assertThat(page(Feed.PUNISHMENTS, "1 3").next()).isNull();
        var option = VendorFixture.json(vendor.lastAsked().form().get("af_order_option"));
        assertThat(option.get("start_time").asText()).isEqualTo("2025-12-01 11:20:00");
        assertThat(option.get("span").asInt()).isEqualTo(30);
    }

    @Test
    void what_is_past_is_asked_for_in_windows_as_wide_as_the_day_allows_and_where_no_end_is_known_in_one() {
        assertThat(connector.widest(Feed.ORDERS_SETTLED)).isEqualTo(Duration.ofMinutes(20));
        assertThat(connector.allowed(Feed.ORDERS_SETTLED)).isEqualTo(Duration.ofHours(3));
        assertThat(connector.allowedInPromotions(Feed.ORDERS_SETTLED)).isEqualTo(Duration.ofMinutes(20));
        assertThat(connector.allowed(Feed.PUNISHMENTS)).isEqualTo(connector.widest(Feed.PUNISHMENTS));
        assertThat(connector.allowedInPromotions(Feed.RELATION_REFUNDS_UPDATED)).isGreaterThan(Duration.ofDays(400));
    }

    @Test
    void a_link_comes_with_its_token_or_has_one_made() {
        var wish = new Connector.LinkWish(
                ItemReference.of(Marketplace.TAOBAO, "AbCd12-Ef34Gh"),
                SlotKind.TAOBAO_PID,
                "mm_1_45678_111112234455",
                true);
        var entry = """
                {"tbk_dg_general_link_convert_response":{"data":{"item_url_list":[{"code":200,"link_info_dto":
                {"cps_long_url":"https://s.click.taobao.com/t?e=1","cps_short_url":"https://s.click.taobao.com/x"%s}}]}}}""";
        vendor.answering(asked -> new VendorFixture.Reply(
                200,
                asked.form().get("method").equals("taobao.tbk.tpwd.create")
                        ? "{\"tbk_tpwd_create_response\":{\"data\":{\"password_simple\":\"￥aB3dE5gH7j2￥\",\"model\":\"47￥ text\"}}}"
                        : entry.formatted("")));
        var made = connector.link(connection, wish);
        assertThat(made.url()).isEqualTo("https://s.click.taobao.com/t?e=1");
        assertThat(made.token()).isEqualTo("￥aB3dE5gH7j2￥");
        assertThat(made.longToken()).isEqualTo("47￥ text");
        assertThat(vendor.asked().getFirst().form())
                .containsEntry("adzone_id", "111112234455")
                .containsEntry("item_id_list", "AbCd12-Ef34Gh");

        vendor.answering(entry.formatted(",\"cps_short_tpwd\":\"￥x￥\",\"cps_full_tpwd\":\"y\""));
        assertThat(connector.link(connection, wish).token()).isEqualTo("￥x￥");
        vendor.answering(entry.formatted(",\"origin_pid\":\"mm_9_9_9\""));
        assertThatThrownBy(() -> connector.link(connection, wish)).hasMessageContaining("mm_9_9_9");
        vendor.answering("{\"tbk_dg_general_link_convert_response\":{\"data\":{\"item_url_list\":"
                + "[{\"code\":5001,\"msg\":\"宝贝不存在\"}]}}}");
        assertThatThrownBy(() -> connector.link(connection, wish))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.ITEM))
                .hasMessageContaining("宝贝不存在");
        assertThat(connector.item(connection, wish.item())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "27,,NOT_AUTHORISED",
        "15,isv.invalid-parameter,CALLER",
        "7,accesscontrol.limited-by-api-access-count,THROTTLED"
    })
    void a_link_comes_without_the_token_that_nobody_wants_where_none_can_be_made(
            String code, String subCode, Kind kind) {
        vendor.answering(asked -> new VendorFixture.Reply(
                200,
                asked.form().get("method").equals("taobao.tbk.tpwd.create")
                        ? "{\"error_response\":{\"code\":%s,\"msg\":\"m\",\"sub_code\":\"%s\"}}"
                                .formatted(code, subCode == null ? "" : subCode)
                        : "{\"tbk_dg_general_link_convert_response\":{\"data\":{\"item_url_list\":[{\"code\":200,"
                                + "\"link_info_dto\":{\"cps_long_url\":\"https://s.click.taobao.com/t?e=1\"}}]}}}"));
        var item = ItemReference.of(Marketplace.TAOBAO, "AbCd12-Ef34Gh");
        var made = connector.link(connection, new Connector.LinkWish(item, SlotKind.TAOBAO_PID, "mm_1_2_4", false));
        assertThat(made)
                .isEqualTo(new Connector.MadeLink("https://s.click.taobao.com/t?e=1", null, null, null, null, null));
        assertThatThrownBy(() ->
                        connector.link(connection, new Connector.LinkWish(item, SlotKind.TAOBAO_PID, "mm_1_2_4", true)))
                .isInstanceOfSatisfying(
                        MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(kind));
    }

    @Test
    void tokens_are_counted_and_those_at_risk_are_named() {
        vendor.answering(
                "{\"tbk_dg_tpwd_report_get_response\":{\"data\":{\"hour_pv\":1,\"hour_uv\":2,\"pv\":3,\"uv\":4}}}");
        assertThat(connector.tokenCounts(connection, "￥x￥")).contains(new Connector.TokenCounts(1, 2, 3, 4));
        for (var data : List.of("{}", "{\"pv\":\"many\"}")) {
            vendor.answering("{\"tbk_dg_tpwd_report_get_response\":{\"data\":" + data + "}}");
            assertThatThrownBy(() -> connector.tokenCounts(connection, "￥x￥"))
                    .isInstanceOfSatisfying(
                            MarketplaceFailure.class, f -> assertThat(f.kind()).isEqualTo(Kind.ITEM));
        }
        vendor.answering("{\"tbk_dg_tpwd_risk_report_response\":{\"result\":{\"status_list\":"
                + "[{\"pid\":\"mm_1_2_3\",\"status\":\"0\"},{\"pid\":\"mm_1_2_4\",\"status\":\"1\"}]}}}");
        assertThat(connector.tokenRisks(connection))
                .extracting(risk -> risk.slot() + risk.blocked())
                .containsExactly("mm_1_2_3false", "mm_1_2_4true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "7;accesscontrol.limited-by-api-access-count;This ban will last for 12 more seconds;THROTTLED",
                "15;isv.invalid-parameter;bad;CALLER",
                "15;isp.pubrpt-service-unavailable;busy;PLATFORM",
                "50;2004;起始时间超过90天;TOO_LATE",
                "15;2007;时间跨度过长;WINDOW_TOO_LONG",
                "15;3000;慢点;THROTTLED",
                "15;9100;慢点;THROTTLED",
                "15;3001;系统繁忙;PLATFORM",
                "25;isv.invalid-signature;x;NOT_AUTHORISED",
                "26;;Missing Session;NOT_AUTHORISED",
                "27;;Invalid Session;NOT_AUTHORISED",
                "999;;说不清;PLATFORM"
            })
    void a_failure_says_what_to_do(String code, String subCode, String words, Kind kind) {
        vendor.answering("{\"error_response\":{\"code\":%s,\"msg\":\"m\",%s\"sub_msg\":\"%s\"}}"
                .formatted(code, subCode == null ? "" : "\"sub_code\":\"" + subCode + "\",", words));
        assertThatThrownBy(() -> page(Feed.ORDERS_UPDATED, null))
                .isInstanceOfSatisfying(MarketplaceFailure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(kind);
                    assertThat(failure.getMessage()).contains(words).doesNotContain("s3cret");
                    assertThat(failure.retryAfter()).isEqualTo(words.contains("12") ? Duration.ofSeconds(12) : null);
                });
    }

    @Test
    void an_answer_that_tells_nothing_of_itself_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaobaoRows.punishment(
                        new ApiRow(VendorFixture.json("{\"tb_trade_id\":\"5\",\"punish_status\":\"7\"}"))));
    }
}
