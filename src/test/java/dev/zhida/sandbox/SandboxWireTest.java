package dev.zhida.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the sandbox says on the wire: rows of windows, refusals, and what its fault switches do. */
class SandboxWireTest {

    private static final Instant FROM = Instant.parse("2026-09-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final long NOW_SECOND = NOW.getEpochSecond();

    private Sandbox sandbox;
    private VendorClient client;

    @BeforeEach
    void start() throws IOException {
        sandbox = Sandbox.start(Sandbox.Options.now().at(NOW, 0));
        client = new VendorClient(sandbox, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    /** A row in words that all vendors share. */
    private record Row(String key, String code, long paid, long estimated, long settled, long fee, String slot) {}

    /** Reads a window to its end, the way the vendor wants it; both ends belong to it. */
    private List<Row> window(Vendor vendor, long from, long to) {
        var rows = new ArrayList<Row>();
        switch (vendor) {
            case TAOBAO -> {
                var pageNo = 1;
                String position = null;
                JsonNode data;
                do {
                    var fields = new ArrayList<>(List.of(
                            "query_type", "4",
                            "start_time", Times.local(from),
                            "end_time", Times.local(to),
                            "page_no", Integer.toString(pageNo++),
                            "page_size", "100"));
                    if (position != null) {
                        fields.addAll(List.of("position_index", position, "jump_type", "1"));
                    }
                    data = client.taobao("taobao.tbk.order.details.get", fields.toArray(String[]::new))
                            .at("/tbk_order_details_get_response/data");
                    data.path("results").forEach(row -> rows.add(taobao(row)));
                    position = data.path("position_index").asText(null);
                } while (data.path("has_next").asBoolean());
            }
            case JD -> {
                JsonNode answer;
                var page = 1;
                do {
                    answer = jdPage(from, to, 200, page++);
                    answer.path("data").forEach(row -> rows.add(jd(row)));
                } while (answer.path("hasMore").asBoolean());
            }
            case PDD -> {
                var total = pddPage(from, to, 1, true).path("total_count").asInt();
                for (var page = (total + 99) / 100; page > 0; page--) {
                    pddPage(from, to, page, false).path("order_list").forEach(row -> rows.add(pdd(row)));
                }
            }
            case PANGOLIN, BUYIN -> {
                var cursor = "0";
                do {
                    var data = vendor == Vendor.PANGOLIN
                            ? client.pangolin(
                                            "/order/search",
                                            "{\"cursor\":\"%s\",\"end_time\":%d,\"size\":50,\"start_time\":%d,\"time_type\":\"update\"}"
                                                    .formatted(cursor, to, from))
                                    .path("data")
                            : client.buyin(
                                            "buyin.instituteOrderColonel",
                                            "{\"cursor\":\"%s\",\"end_time\":\"%s\",\"size\":200,\"start_time\":\"%s\",\"time_type\":\"update\"}"
                                                    .formatted(cursor, Times.local(to), Times.local(from)))
                                    .path("data");
                    data.path("orders").forEach(row -> rows.add(douyin(row)));
                    cursor = data.path("cursor").asText();
                } while (!cursor.isEmpty());
            }
        }
        return rows;
    }

    private JsonNode jdPage(long from, long to, int size, int page) {
        return client.jd(
                "jd.union.open.order.row.query",
                "{\"orderReq\":{\"pageIndex\":%d,\"pageSize\":%d,\"type\":3,\"startTime\":\"%s\",\"endTime\":\"%s\"}}"
                        .formatted(page, size, Times.local(from), Times.local(to)));
    }

    private JsonNode pddPage(long from, long to, int page, boolean count) {
        return client.pdd(
                        "pdd.ddk.order.list.increment.get",
                        "start_update_time",
                        Long.toString(from),
                        "end_update_time",
                        Long.toString(to),
                        "page",
                        Integer.toString(page),
                        "page_size",
                        "100",
                        "return_count",
                        Boolean.toString(count))
                .path("order_list_get_response");
    }

    private static long fen(JsonNode yuan) {
        return yuan.asText().equals("--")
                ? 0
                : new BigDecimal(yuan.asText()).movePointRight(2).longValueExact();
    }

    private static Row taobao(JsonNode row) {
        return new Row(
                row.path("trade_id").asText() + ":" + row.path("tk_order_role").asText(),
                row.path("tk_status").asText(),
                fen(row.path("alipay_total_price")),
                fen(row.path("pub_share_pre_fee")),
                fen(row.path("pub_share_fee")),
                fen(row.path("alimama_share_fee")),
                "mm_" + row.path("pub_id").asText() + "_" + row.path("site_id").asText() + "_"
                        + row.path("adzone_id").asText());
    }

    private static Row jd(JsonNode row) {
        var code = row.path("validCode").asText();
        return new Row(
                row.path("id").asText(),
                code,
                -1,
                fen(row.path("estimateFee")),
                row.path("balanceExt").asText().isEmpty() ? 0 : fen(row.path("actualFee")),
                0,
                row.path("subUnionId").asText());
    }

    private static Row pdd(JsonNode row) {
        return new Row(
                row.path("order_sn").asText(),
                row.path("order_status").asText(),
                row.path("order_amount").asLong(),
                row.path("promotion_amount").asLong(),
                row.path("order_status").asInt() == 5
                        ? row.path("promotion_amount").asLong()
                        : 0,
                row.path("duo_id_service_fee").asLong(),
                row.path("custom_parameters").asText());
    }

    private static Row douyin(JsonNode row) {
        var pangolin = row.has("estimated_commission");
        var fee = pangolin
                ? row.path("estimated_tech_service_fee").asLong()
                : row.at("/colonel_order_info/tech_service_fee").asLong();
        var estimated = pangolin
                ? row.path("estimated_commission").asLong()
                : row.at("/colonel_order_info/estimated_commission").asLong();
        return new Row(
                row.path("order_id").asText() + ":" + row.path("product_id").asText(),
                row.path("flow_point").asText(),
                row.path("total_pay_amount").asLong(),
                estimated + fee,
                row.path("flow_point").asText().equals("SETTLE")
                        ? row.path("ads_real_commission").asLong() + fee
                        : 0,
                fee,
                pangolin
                        ? row.path("external_info").asText()
                        : row.at("/pid_info/external_info").asText());
    }

    private Map<String, JsonNode> truth(Vendor vendor) {
        var truth = new HashMap<String, JsonNode>();
        client.control("/truth?marketplace=" + vendor.name(), null)
                .lines()
                .map(VendorClient::json)
                .forEach(line -> truth.put(line.path("key").asText(), line));
        return truth;
    }

    private static Sandbox.SlotShare slot(Vendor vendor) {
        return new Sandbox.SlotShare(
                switch (vendor) {
                    case TAOBAO -> "mm_100200300_2000001_110000000007";
                    case JD, PANGOLIN, BUYIN -> "z_7Kq2";
                    case PDD -> "{\"uid\":\"u_7Kq2\",\"sid\":\"微信群1\"}";
                },
                1);
    }

    private static long widest(Vendor vendor, long from) {
        return switch (vendor) {
            case TAOBAO -> Times.day(from) == 20261111 || Times.day(from + 10_800) == 20261111 ? 1_200 : 10_800;
            case JD -> 3_600;
            case PDD -> 86_400;
            case PANGOLIN, BUYIN -> 80 * 86_400;
        };
    }

    /** 20,000 lines in all; the time stands still, so each is in one window alone. */
    @ParameterizedTest
    @EnumSource(Vendor.class)
    void windows_give_every_line_once_with_its_truth(Vendor vendor) {
        sandbox.populate(Sandbox.World.of(vendor, FROM, UNTIL, 4_000, slot(vendor)));
        var rows = new ArrayList<Row>();
        for (var from = NOW_SECOND - 90 * Times.DAY; from < NOW_SECOND; ) {
            var length = widest(vendor, from);
            rows.addAll(window(vendor, from, Math.min(from + length - 1, NOW_SECOND)));
            from += length;
        }

        assertThat(rows).hasSize(4_000);
        var truth = truth(vendor);
        assertThat(rows.stream().map(Row::key)).doesNotHaveDuplicates();
        for (var row : rows) {
            var line = truth.get(row.key);
            assertThat(row.code).isEqualTo(line.path("statusCode").asText());
            assertThat(row.estimated).isEqualTo(line.path("estimatedGrossFen").asLong());
            assertThat(row.settled).isEqualTo(line.path("settledGrossFen").asLong());
            assertThat(row.fee).isEqualTo(line.path("feeFen").asLong());
            assertThat(row.slot)
                    .isEqualTo(line.path("slot").asText())
                    .isEqualTo(slot(vendor).value());
            if (row.paid >= 0) {
                assertThat(row.paid).isEqualTo(line.path("paidFen").asLong());
            }
        }
    }

    // Refusals

    private String taobaoOrders(String... fields) {
        return client.taobao("taobao.tbk.order.details.get", fields)
                .at("/error_response/sub_code")
                .asText("none");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24 00:00:00, 2026-11-24 03:00:00, none",
        "2026-11-24 00:00:00, 2026-11-24 03:00:01, 2007",
        "2026-11-11 10:00:00, 2026-11-11 10:20:00, none",
        "2026-11-11 10:00:00, 2026-11-11 10:20:01, 2007",
        "2026-08-27 08:00:00, 2026-08-27 08:10:00, none",
        "2026-08-27 07:59:59, 2026-08-27 08:10:00, 2004",
        "2026-11-24 01:00:00, 2026-11-24 00:00:00, 1001",
        "2026-11-31 01:00:00, 2026-11-31 02:00:00, 1001"
    })
    void taobao_refuses_windows(String start, String end, String code) {
        assertThat(taobaoOrders("query_type", "4", "start_time", start, "end_time", end))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "page_no;2;1008",
                "page_no;101;1001",
                "page_size;100;none",
                "page_size;101;1001",
                "query_type;5;1001",
                "tk_status;7;1006",
                "position_index;nonsense;1008",
                "position_index;1_1|1_1;1005",
                "start_time;;1001"
            })
    void taobao_refuses_parameters(String name, String value, String code) {
        var fields = VendorClient.fields(
                "query_type", "4", "start_time", "2026-11-24 00:00:00", "end_time", "2026-11-24 01:00:00");
        fields.put(name, value == null ? "" : value);

        assertThat(taobaoOrders(fields.entrySet().stream()
                        .flatMap(field -> List.of(field.getKey(), field.getValue()).stream())
                        .toArray(String[]::new)))
                .isEqualTo(code);
    }

    @Test
    void a_day_that_is_told_to_be_a_promotion_has_short_windows() {
        client.control("/promotions", "{\"days\": [20261120]}");

        assertThat(taobaoOrders("start_time", "2026-11-20 00:00:00", "end_time", "2026-11-20 01:00:00"))
                .isEqualTo("2007");
    }

    @Test
    void taobao_walks_back_and_wraps_lists_unless_they_are_simplified() {
        var slot = new Sandbox.SlotShare("mm_100200300_2000001_110000000007@2345678901", 1);
        sandbox.populate(Sandbox.World.of(Vendor.TAOBAO, NOW.minusSeconds(7_200), NOW.minusSeconds(6_000), 30, slot));
        var window = new String[] {
            "query_type",
            "1",
            "start_time",
            Times.local(NOW_SECOND - 7_200),
            "end_time",
            Times.local(NOW_SECOND),
            "page_size",
            "10"
        };
        var first = orders(window);
        assertThat(first.path("has_pre").asBoolean()).isFalse();
        assertThat(first.at("/results/0/relation_id").asText()).isEqualTo("2345678901");
        assertThat(first.at("/results/0/tk_earning_time").asText()).isEqualTo("--");
        assertThat(first.at("/results/0/trade_id").asText()).hasSize(19);
        assertThat(first.at("/results/0/item_id").asText())
                .endsWith("-" + first.at("/results/0/extra_mkt_id").asText());
        var second = orders(with(
                window, "position_index", first.path("position_index").asText(), "page_no", "2", "jump_type", "1"));
        var back = orders(with(
                window, "position_index", second.path("position_index").asText(), "page_no", "2", "jump_type", "-1"));
        assertThat(back.path("results")).isEqualTo(first.path("results"));
        assertThat(orders(with(window, "simplify", "false")).at("/results/publisher_order_dto"))
                .hasSize(10);
        assertThat(orders(with(window, "order_scene", "2")).path("results")).hasSize(10);
        assertThat(orders(with(window, "order_scene", "3")).path("results")).isEmpty();
    }

    private JsonNode orders(String... fields) {
        return client.taobao("taobao.tbk.order.details.get", fields).at("/tbk_order_details_get_response/data");
    }

    private static String[] with(String[] fields, String... more) {
        var all = new ArrayList<>(List.of(fields));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"3600, 200, 1, 200", "3601, 200, 1, 2002453", "3600, 201, 1, 2002400", "3600, 200, 0, 2002400"})
    void jd_refuses_windows_and_pages(int seconds, int size, int page, int code) {
        assertThat(jdPage(NOW_SECOND - seconds, NOW_SECOND, size, page)
                        .path("code")
                        .asInt())
                .isEqualTo(code);
    }

    @Test
    void jd_refuses_more_than_ten_thousand_rows_and_what_it_has_forgotten() {
        sandbox.populate(Sandbox.World.of(Vendor.JD, NOW.minusSeconds(3_600), NOW.minusSeconds(1_800), 10_500));

        assertThat(jdPage(NOW_SECOND - 3_600, NOW_SECOND, 200, 1).path("code").asInt())
                .isEqualTo(2_002_452);
        assertThat(jdPage(NOW_SECOND - 2_400, NOW_SECOND - 2_100, 200, 1)
                        .path("code")
                        .asInt())
                .isEqualTo(200);
        var forgotten = NOW_SECOND - 90 * Times.DAY - 1;
        assertThat(jdPage(forgotten, forgotten + 60, 200, 1).path("code").asInt())
                .isEqualTo(2_002_410);
    }

    @ParameterizedTest
    @CsvSource({
        "86400, 100, 1, 0",
        "86401, 100, 1, 50001",
        "86400, 101, 1, 50001",
        "86400, 9, 1, 50001",
        "86400, 100, 10001, 50001"
    })
    void pdd_refuses_windows_and_pages(int seconds, int size, int page, int code) {
        var answer = client.pdd(
                "pdd.ddk.order.list.increment.get",
                "start_update_time",
                Long.toString(NOW_SECOND - seconds),
                "end_update_time",
                Long.toString(NOW_SECOND),
                "page",
                Integer.toString(page),
                "page_size",
                Integer.toString(size));

        assertThat(answer.at("/error_response/error_code").asInt()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"7776000, 50, 0, 0", "7776001, 50, 0, 100001", "3600, 51, 0, 100001", "3600, 50, x, 100001"})
    void pangolin_refuses_windows_pages_and_cursors(int seconds, int size, String cursor, int code) {
        var answer = client.pangolin(
                "/order/search",
                "{\"cursor\":\"%s\",\"end_time\":%d,\"size\":%d,\"start_time\":%d,\"time_type\":\"update\"}"
                        .formatted(cursor, NOW_SECOND, size, NOW_SECOND - seconds));

        assertThat(answer.path("code").asInt()).isEqualTo(code);
    }

    // Links and tokens

    @Test
    void an_order_through_a_made_link_names_the_slot_of_the_link() {
        client.control("/pids", "{\"pids\": [\"mm_100200300_2000055_110000011000\"]}");
        var made = client.taobao(
                        "taobao.tbk.dg.general.link.convert",
                        "adzone_id",
                        "110000011000",
                        "relation_id",
                        "2345678901",
                        "item_id_list",
                        "AbC-680011223344,680011223344,x-680011220000",
                        "material_list",
                        "https://item.taobao.com/item.htm?id=680011223344")
                .at("/tbk_dg_general_link_convert_response/data");
        assertThat(made.at("/item_url_list/0/link_info_dto/cps_long_url").asText())
                .startsWith("https://s.click.taobao.com/")
                .contains("pid=mm_100200300_2000055_110000011000", "relationId=2345678901");
        assertThat(made.at("/item_url_list/0/link_info_dto/item_id").asText()).endsWith("-680011223344");
        assertThat(made.at("/item_url_list/1/code").asInt()).isEqualTo(1001);
        assertThat(made.at("/item_url_list/2/code").asInt()).isEqualTo(4001);
        assertThat(made.at("/material_url_list/0/code").asInt()).isZero();

        var url = made.at("/item_url_list/0/link_info_dto/cps_long_url").asText();
        var token = client.taobao("taobao.tbk.tpwd.create", "url", url)
                .at("/tbk_tpwd_create_response/data/password_simple")
                .asText();
        assertThat(token).matches("￥[0-9A-Za-z]{11}￥");
        assertThat(client.taobao("taobao.tbk.tpwd.create", "url", url.replace("https", "http"))
                        .at("/error_response/sub_msg")
                        .asText())
                .contains("不支持口令转换");
        sandbox.clock().advance(Duration.ofMinutes(90));
        var counts = client.taobao("taobao.tbk.dg.tpwd.report.get", "tao_password", token)
                .at("/tbk_dg_tpwd_report_get_response/data");
        assertThat(counts.path("hour_pv").asLong()).isPositive();
        assertThat(counts.path("pv").asLong()).isEqualTo(counts.path("hour_pv").asLong() * 3 / 2);
    }

    @Test
    void the_others_make_links_with_the_callers_own_words() {
        var jd = client.jd(
                "jd.union.open.promotion.bysubunionid.get",
                "{\"promotionCodeReq\":{\"materialId\":\"https://item.jd.com/100012345678.html\",\"subUnionId\":\"z_7Kq2\",\"chainType\":3,\"sceneId\":2}}");
        assertThat(jd.at("/data/clickURL").asText()).contains("subUnionId=z_7Kq2");
        assertThat(jd.at("/data/shortURL").asText()).startsWith("https://u.jd.com/");
        assertThat(client.jd(
                                "jd.union.open.promotion.common.get",
                                "{\"promotionCodeReq\":{\"materialId\":\"https://item.jd.com/100012340000.html\",\"siteId\":\"1\"}}")
                        .path("code")
                        .asInt())
                .isEqualTo(2_001_104);
        assertThat(client.pdd(
                                "pdd.ddk.goods.promotion.url.generate",
                                "p_id",
                                "12345678_98765432",
                                "goods_sign_list",
                                "[\"c9X2abcDEF_demo\"]",
                                "custom_parameters",
                                "{\"uid\":\"u_7Kq2\",\"sid\":\"a\"}")
                        .at("/goods_promotion_url_generate_response/goods_promotion_url_list/0/url")
                        .asText())
                .contains("customParameters=%7B%22uid%22%3A%22u_7Kq2%22");
        for (var wrong : List.of("{\"sid\":\"a\"}", "{\"uid\":\"" + "x".repeat(60) + "\"}", "uid")) {
            assertThat(client.pdd(
                                    "pdd.ddk.goods.promotion.url.generate",
                                    "p_id",
                                    "12345678_98765432",
                                    "goods_sign_list",
                                    "[\"c9X2abcDEF_demo\"]",
                                    "custom_parameters",
                                    wrong)
                            .at("/error_response/error_code")
                            .asInt())
                    .isEqualTo(50_001);
        }
        var product = "https://haohuo.jinritemai.com/views/product/item2?id=3600000000000000001";
        var pangolin = client.pangolin(
                "/product/link",
                "{\"product_url\":\"%s\",\"external_info\":\"z_7Kq2\",\"share_type\":[1,3,5]}".formatted(product));
        assertThat(pangolin.at("/data/dy_sharelink").asText()).contains("external_info=z_7Kq2");
        var command = pangolin.at("/data/dy_password").asText();
        assertThat(client.pangolin(
                                "/command_parse",
                                VendorClient.JSON
                                        .createObjectNode()
                                        .put("command", command)
                                        .toString())
                        .at("/data/product_info/product_id")
                        .asText())
                .isEqualTo("3600000000000000001");
        assertThat(client.pangolin(
                                "/product/detail",
                                "{\"product_ids\":[\"3600000000000000001\",\"3600000000000000000\"]}")
                        .at("/data/products"))
                .hasSize(1);
        assertThat(client.buyin(
                                "buyin.shareCommandParse",
                                VendorClient.JSON
                                        .createObjectNode()
                                        .put("command", command)
                                        .toString())
                        .at("/data/product_info/product_id")
                        .asText())
                .isEqualTo("3600000000000000001");
    }

    // Refunds and punishments

    /** Each dispute that Taobao's feed tells: its status and what is to give back. */
    private Map<String, String> refunds() {
        var told = new HashMap<String, String>();
        String position = null;
        JsonNode data;
        do {
            var option = VendorClient.JSON
                    .createObjectNode()
                    .put("query_type", 5)
                    .put("start_time", Times.local(NOW_SECOND - 90 * Times.DAY))
                    .put("end_time", Times.local(NOW_SECOND))
                    .put("page_size", 100);
            if (position != null) {
                option.put("position_index", position).put("jump_type", 1);
            }
            data = client.taobao(
                            "taobao.tbk.order.refund.get", "publisher_refund_order_query_option", option.toString())
                    .at("/tbk_order_refund_get_response/data");
            data.path("results")
                    .forEach(row -> told.put(
                            row.path("refund_suit_id").asText(),
                            row.path("refund_status").asText() + " " + fen(row.path("show_return_fee"))));
            position = data.path("position_index").asText(null);
        } while (data.path("has_next").asBoolean());
        return told;
    }

    @Test
    void taobaos_refund_feeds_tell_each_dispute_and_each_frozen_order() {
        sandbox.populate(Sandbox.World.of(
                Vendor.TAOBAO,
                FROM,
                UNTIL,
                3_000,
                new Sandbox.SlotShare("mm_100200300_2000001_110000000007@2345678901", 1),
                new Sandbox.SlotShare("mm_100200300_2000001_110000000008", 1)));
        var expected = new HashMap<String, String>();
        var relation = new HashMap<String, String>();
        var frozen = new ArrayList<String>();
        truth(Vendor.TAOBAO).values().forEach(line -> {
            line.path("refunds").forEach(refund -> {
                var told = refund.path("status").asText() + " "
                        + refund.path("commissionFen").asLong();
                expected.put(refund.path("id").asText(), told);
                if (line.path("slot").asText().contains("@")) {
                    relation.put(refund.path("id").asText(), told);
                }
            });
            if (line.path("frozen").asBoolean()) {
                frozen.add(line.path("orderNo").asText());
            }
        });
        assertThat(refunds()).isEqualTo(expected).hasSizeGreaterThan(100);

        // News of disputes are late like others.
        fault("\"latePercent\": 50, \"lateSeconds\": 90000000");
        assertThat(refunds()).hasSizeBetween(expected.size() / 4, expected.size() * 9 / 10);
        fault("");

        var told = new HashMap<String, String>();
        Consumer<JsonNode> tell = row -> told.put(
                row.path("refund_suit_id").asText(),
                row.path("refund_status").asText() + " " + fen(row.path("show_return_fee")));
        for (var page = 1; page < 10; page++) {
            client.taobao(
                            "taobao.tbk.relation.refund",
                            "search_option",
                            "{\"start_time\":\"%s\",\"search_type\":5,\"page_no\":%d,\"page_size\":100}"
                                    .formatted(Times.local(NOW_SECOND - 90 * Times.DAY), page))
                    .at("/tbk_relation_refund_response/result/data/results")
                    .forEach(tell);
        }
        assertThat(told).isEqualTo(relation);

        var punished = new ArrayList<String>();
        client.taobao(
                        "taobao.tbk.dg.punish.order.get",
                        "af_order_option",
                        "{\"start_time\":\"%s\",\"span\":30,\"page_size\":100}"
                                .formatted(Times.local(FROM.getEpochSecond())))
                .at("/tbk_dg_punish_order_get_response/result/data/results")
                .forEach(row -> {
                    if (row.path("punish_status").asInt() == 0) {
                        punished.add(row.path("tb_trade_id").asText());
                    }
                });
        assertThat(punished).isNotEmpty().containsExactlyInAnyOrderElementsOf(frozen);
    }

    // Faults

    private void fault(String members) {
        client.control("/faults", "{" + members + "}");
    }

    private HttpResponse<String> ask(Vendor vendor) {
        return client.answer(
                switch (vendor) {
                    case TAOBAO ->
                        client.taobaoRaw(
                                "md5",
                                VendorClient.fields(
                                        "method", "taobao.tbk.order.details.get",
                                        "start_time", Times.local(NOW_SECOND - 600),
                                        "end_time", Times.local(NOW_SECOND)));
                    case JD ->
                        client.jdRaw(
                                "jd.union.open.order.row.query",
                                "{\"orderReq\":{\"type\":3,\"startTime\":\"%s\",\"endTime\":\"%s\"}}"
                                        .formatted(Times.local(NOW_SECOND - 600), Times.local(NOW_SECOND)));
                    case PDD ->
                        client.pddRaw(
                                "pdd.ddk.order.list.increment.get",
                                "start_update_time",
                                Long.toString(NOW_SECOND - 600),
                                "end_update_time",
                                Long.toString(NOW_SECOND));
                    case PANGOLIN ->
                        client.pangolinRaw(
                                "/order/search",
                                "{\"end_time\":%d,\"start_time\":%d,\"time_type\":\"pay\"}"
                                        .formatted(NOW_SECOND, NOW_SECOND - 600));
                    case BUYIN ->
                        client.buyinRaw(
                                "buyin.shareCommandParse",
                                Long.toString(Instant.now().getEpochSecond()),
                                "md5",
                                "{\"command\":\"x\"}");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "TAOBAO; This ban will last for",
                "JD; \\\"code\\\":429",
                "PDD; \"error_code\":70031",
                "PANGOLIN; \"code\":429",
                "BUYIN; \"code\":50002"
            })
    void a_throttled_vendor_says_so_in_its_own_words_until_the_ban_ends(Vendor vendor, String words)
            throws InterruptedException {
        fault("\"throttlePercent\": 100, \"banSeconds\": 1, \"marketplace\": \"" + vendor + "\"");
        assertThat(ask(vendor).body()).contains(words);

        fault("\"marketplace\": \"" + vendor + "\"");
        assertThat(ask(vendor).body()).doesNotContain(words);
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void errors_and_slowness_and_vanished_accounts_come_when_they_are_switched_on(Vendor vendor) {
        var before = ask(vendor).body();
        fault("\"errorPercent\": 100");
        assertThat(ask(vendor).statusCode()).isEqualTo(500);
        fault("\"vanished\": true");
        assertThat(ask(vendor).body()).containsAnyOf("29", "invalid app_key", "10002", "100003", "isv.app-key-invalid");
        fault("\"slowPercent\": 100, \"slowMillis\": 200");
        var began = System.nanoTime();
        assertThat(ask(vendor).statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - began).isGreaterThan(200_000_000L);
        fault("");
        assertThat(ask(vendor).body()).startsWith(before.substring(0, 12));
    }

    private List<Row> hour(Vendor vendor) {
        var now = sandbox.clock().second();
        return window(vendor, now - 3_600, now);
    }

    private void anHourOfOrders(Vendor vendor) {
        sandbox.populate(Sandbox.World.of(vendor, NOW.minusSeconds(3_000), NOW.minusSeconds(1_500), 450));
        assertThat(hour(vendor)).hasSizeGreaterThan(300);
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void rows_come_twice_in_no_order_and_late(Vendor vendor) {
        anHourOfOrders(vendor);
        var rows = hour(vendor);

        fault("\"duplicatePercent\": 100");
        assertThat(hour(vendor)).hasSize(rows.size() * 2).containsOnly(rows.toArray(Row[]::new));

        fault("\"shuffled\": true");
        assertThat(hour(vendor)).isNotEqualTo(rows).containsExactlyInAnyOrderElementsOf(rows);

        fault("\"latePercent\": 50, \"lateSeconds\": 7200");
        assertThat(hour(vendor)).hasSizeBetween(rows.size() / 4, rows.size() * 9 / 10);
        sandbox.clock().advance(Duration.ofSeconds(7_200));
        var all = new LinkedHashMap<String, Row>();
        for (var at = NOW_SECOND - 3_600; at < NOW_SECOND + 7_200; at += 1_200) {
            window(vendor, at, at + 1_199).forEach(row -> all.put(row.key, row));
        }
        assertThat(all.keySet()).containsAll(rows.stream().map(Row::key).toList());
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void a_status_that_nobody_knows_is_told_again_when_the_fault_ends(Vendor vendor) {
        anHourOfOrders(vendor);
        var right = new HashMap<String, String>();
        hour(vendor).forEach(row -> right.put(row.key, row.code));

        fault("\"unknownPercent\": 30");
        var wrong = hour(vendor).stream()
                .filter(row -> !row.code.equals(right.get(row.key)))
                .map(Row::key)
                .toList();
        assertThat(wrong).hasSizeBetween(right.size() / 6, right.size() / 2);

        fault("");
        sandbox.clock().advance(Duration.ofSeconds(2));
        var again = window(vendor, NOW_SECOND, NOW_SECOND + 1);
        assertThat(again.stream().map(Row::key)).containsAll(wrong);
        again.forEach(row -> assertThat(row.code).isEqualTo(right.getOrDefault(row.key, row.code)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Vendor.class,
            names = {"JD", "PDD", "TAOBAO", "PANGOLIN", "BUYIN"})
    void rows_change_between_the_pages_of_a_window_and_stay_the_same(Vendor vendor) {
        anHourOfOrders(vendor);
        var before = truth(vendor);

        fault("\"movingPercent\": 20");
        hour(vendor);
        fault("");
        var after = truth(vendor);
        var moved = 0;
        for (var key : before.keySet()) {
            var one = ((ObjectNode) before.get(key));
            var other = ((ObjectNode) after.get(key));
            moved += one.remove("modifiedAt").equals(other.remove("modifiedAt")) ? 0 : 1;
            assertThat(other).isEqualTo(one);
        }
        assertThat(moved).isGreaterThan(10);
    }

    // Control

    @Test
    void the_control_interface_sets_the_clock_adds_accounts_and_makes_worlds() {
        assertThat(client.control("/clock", "{\"advance\": \"PT1H\"}")).contains("2026-11-25T01:00:00Z");
        assertThat(client.control("/clock", "{\"set\": \"2026-12-20T04:00:00Z\", \"speed\": 60}"))
                .contains("60");
        assertThat(client.control("/clock", "{\"speed\": -1}")).contains("backwards");
        assertThat(client.control("/accounts", "{\"marketplace\": \"JD\", \"appKey\": \"mine\", \"secret\": \"s\"}"))
                .contains("\"mine\"");
        assertThat(
                        client.control(
                                "/world",
                                "{\"marketplace\": \"JD\", \"accountAppKey\": \"mine\", \"from\": \"2026-11-01T00:00:00Z\","
                                        + "\"until\": \"2026-11-02T00:00:00Z\", \"lines\": 50, \"slots\": [{\"value\": \"z_a\", \"weight\": 3}, {\"value\": \"z_b\"}]}"))
                .contains("\"lines\":50");
        assertThat(client.control("/truth?marketplace=JD&accountAppKey=mine", null)
                        .lines())
                .hasSize(50)
                .anyMatch(line -> line.contains("\"slot\":\"z_a\""))
                .anyMatch(line -> line.contains("\"slot\":\"z_b\""));
        assertThat(client.control("/world", "{\"marketplace\": \"JD\"}")).contains("error", "from");
        assertThat(
                        client.control(
                                "/orders",
                                "{\"marketplace\": \"DOUYIN\", \"slot\": \"z_c\", \"itemId\": \"3600000000000000001\", \"outcome\": \"REFUND_AFTER_SETTLEMENT\", \"lines\": 1}"))
                .contains("3600000000000000001", "\"slot\":\"z_c\"");
        assertThat(client.control("/settlement?month=2026-12&marketplace=JD&accountAppKey=mine", null)
                        .lines())
                .first()
                .isEqualTo("订单编号,行号,结算佣金,技术服务费,维权扣回,扣回技术服务费,实发金额");
        assertThat(client.control("/nonsense", null)).contains("there is clock");
    }

    @Test
    void it_runs_as_a_process_of_its_own() throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.zhida.sandbox.Sandbox",
                        "--port",
                        "0",
                        "--start",
                        "2026-11-25T00:00:00Z",
                        "--speed",
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.inputReader()) {
            var line = out.readLine();
            assertThat(line).startsWith("sandbox: http://127.0.0.1:");
            var answer = new String(java.net
                    .URI
                    .create(line.substring("sandbox: ".length()) + "/control/clock")
                    .toURL()
                    .openStream()
                    .readAllBytes());
            assertThat(answer).contains("2026-11-25T00:00:00Z");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
