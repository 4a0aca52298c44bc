package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;

import dev.zhida.ledger.Account;
import dev.zhida.ledger.Ledger;
import dev.zhida.marketplace.taobao.TaobaoReportFixture;
import dev.zhida.money.Money;
import dev.zhida.touch.TouchInbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole way, over HTTP against a real PostgreSQL: kit, click, order report, attribution, books, files. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class TheWayTest {

    private static final String PHONE =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
                    + "MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN";
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    @Inject
    World world;

    @Inject
    Ledger ledger;

    @Inject
    Jdbi jdbi;

    @Inject
    TouchInbox inbox;

    private String item;

    @BeforeEach
    void anItem() {
        world.prepare();
        item = Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    private static io.restassured.specification.RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    private JsonPath kit(String creator) {
        return as(creator)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "product",
                        "看这件 https://item.taobao.com/item.htm?id=" + item,
                        "channels",
                        List.of(
                                Map.of("platform", "WECHAT", "scene", "CHAT", "label", "粉丝 1"),
                                Map.of("platform", "XIAOHONGSHU", "scene", "NOTE"),
                                Map.of("platform", "WEIBO", "scene", "NOTE"))))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
    }

    private ValidatableResponse upload(byte[] file) {
        return as(World.OPERATOR)
                .multiPart("file", "订单明细.csv", file)
                .multiPart("marketplace", "TAOBAO")
                .multiPart("account", World.ACCOUNT)
                .post("/api/v1/order-reports")
                .then();
    }

    private Map<String, String> order(String orderNo, String pid, String status, String estimated, String settled) {
        var parts = pid.split("_");
        var row = new HashMap<>(Map.of(
                "订单编号",
                orderNo,
                "商品ID",
                item,
                "点击时间",
                LOCAL.format(Instant.now()),
                "创建时间",
                LOCAL.format(Instant.now()),
                "订单状态",
                status,
                "效果预估",
                estimated,
                "来源媒体ID",
                parts[2],
                "广告位ID",
                parts[3]));
        if (settled != null) {
            row.putAll(Map.of("预估收入", settled, "结算金额", "100.00", "结算时间", LOCAL.format(Instant.now())));
        }
        return row;
    }

    private static String orderNo() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE));
    }

    private void click(String code) {
        given().redirects()
                .follow(false)
                .header("User-Agent", PHONE)
                .get("/r/" + code)
                .then()
                .statusCode(302)
                .header("Cache-Control", "no-store")
                .header("Location", containsString("uland.taobao.com"));
    }

    @Test
    void a_kit_has_a_link_and_a_token_per_channel_each_with_its_own_slot() {
        var kit = kit(World.CREATOR);
        assertThat(kit.getList("placements")).hasSize(6);
        assertThat(kit.getList("placements.code", String.class))
                .doesNotHaveDuplicates()
                .allMatch(c -> c.matches("[2-9A-HJ-NP-Z]{8}"));
        assertThat(kit.getList("placements.slot.value")).doesNotHaveDuplicates().doesNotContainNull();
        assertThat(kit.getList("placements.slot.exclusive", Boolean.class)).containsOnly(true);
        assertThat(kit.getList("placements.token", String.class)).allMatch(t -> t.matches("◆[2-9A-HJ-NP-Z]{14}◆"));
        assertThat(kit.getList("placements.earns", Boolean.class)).containsOnly(true);
        assertThat(kit.getString("placements.find { it.platform == 'XIAOHONGSHU' && it.recommended }.medium"))
                .isEqualTo("TOKEN");
        assertThat(kit.getString("advice.find { it.platform == 'XIAOHONGSHU' }.recommended"))
                .isEqualTo("TOKEN");
        assertThat(kit.getList("advice.find { it.platform == 'XIAOHONGSHU' }.notAllowed.medium", String.class))
                .containsExactlyInAnyOrder("LINK", "IMAGE");
        assertThat(kit.getList("advice.find { it.platform == 'WECHAT' }.notAllowed.medium", String.class))
                .containsExactlyInAnyOrder("TOKEN", "NATIVE_TOKEN");
        assertThat(kit.getString("placements.find { it.platform == 'WECHAT' && it.medium == 'TOKEN' }.why"))
                .contains("微信不许传播");
    }

    @Test
    void asking_again_gives_the_same_placements() {
        var codes = kit(World.CREATOR).getList("placements.code");
        assertThat(kit(World.CREATOR).getList("placements.code")).isEqualTo(codes);
        assertThat(kit(World.OTHER_CREATOR).getList("placements.code")).doesNotContainAnyElementsOf(codes);
    }

    @Test
    void many_who_ask_at_once_get_the_same_placements() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var kits = threads.invokeAll(IntStream.range(0, 8)
                    .<java.util.concurrent.Callable<List<Object>>>mapToObj(
                            i -> () -> kit(World.CREATOR).getList("placements.code"))
                    .toList());
            var first = kits.getFirst().get();
            for (var kit : kits) {
                assertThat(kit.get()).isEqualTo(first);
            }
        }
    }

    @Test
    void a_click_is_in_the_log_when_the_fan_is_sent_on() {
        var code = kit(World.CREATOR).getString("placements[0].code");
        click(code);
        given().redirects()
                .follow(false)
                .header("User-Agent", "curl/8.5")
                .get("/r/" + code.toLowerCase())
                .then()
                .statusCode(302);
        given().redirects()
                .follow(false)
                .header("User-Agent", PHONE)
                .head("/r/" + code)
                .then()
                .statusCode(302);

        as(World.CREATOR)
                .get("/api/v1/placements/" + code + "/touches")
                .then()
                .statusCode(200)
                .body("total", is(3))
                .body("dataTo", notNullValue())
                .body("items[0].flag", equalTo("HEAD"))
                .body("items[1].flag", equalTo("HTTP_LIBRARY"))
                .body("items[2].human", is(true))
                .body("items[2].hostApp", equalTo("WECHAT"))
                .body("items[2].os", equalTo("IOS"))
                .body("items[2].outcome", equalTo("REDIRECT"));
    }

    @ParameterizedTest
    @CsvSource({"AAAAAAAA", "toolongforacode", "00000000", "%E7%9B%B4"})
    void an_unknown_code_is_met_with_a_friendly_page(String code) {
        given().urlEncodingEnabled(false)
                .get("/r/" + code)
                .then()
                .statusCode(404)
                .contentType("text/html")
                .body(containsString("没有找到这个链接"));
    }

    @Test
    void a_disabled_code_is_gone() throws InterruptedException {
        var code = kit(World.CREATOR).getString("placements[0].code");
        jdbi.useHandle(h -> h.execute("update placement set disabled_at = now() where code = ?", code));
        given().get("/r/" + code).then().statusCode(410).body(containsString("已经结束"));
    }

    @Test
    void nobody_is_sent_to_an_address_that_is_no_marketplaces() {
        var code = kit(World.CREATOR).getString("placements[0].code");
        jdbi.useHandle(
                h -> h.execute("update placement set destination = 'https://evil.example/' where code = ?", code));
        given().redirects().follow(false).get("/r/" + code).then().statusCode(410);
    }

    @Test
    void an_order_comes_all_the_way_to_the_creator_and_to_finance() {
        var kit = kit(World.CREATOR);
        var link = kit.getMap("placements[0]");
        var pid = kit.getString("placements[0].slot.value");
        click((String) link.get("code"));
        var paid = orderNo();
        var settled = orderNo();
        var report = TaobaoReportFixture.aReport()
                .row(order(paid, pid, "订单付款", "10.00", null))
                .row(order(settled, pid, "订单结算", "20.00", "18.00"))
                .row(order(orderNo(), pid, "订单付款", "keine", null));

        upload(report.xlsx())
                .statusCode(200)
                .body("accepted", is(2))
                .body("unchanged", is(0))
                .body("refused", hasSize(1))
                .body("refused[0].row", is(4))
                .body("refused[0].column", equalTo("效果预估"));

        // 10.00 less a tenth is 9.00, of which seven tenths are 6.30; 18.00 gives 11.34.
        as(World.CREATOR)
                .get("/api/v1/orders?code=" + link.get("code"))
                .then()
                .statusCode(200)
                .body("items", hasSize(2))
                .body("items.confidence", everyItem(equalTo("EXACT")))
                .body("items.find { it.orderNo == '" + paid + "' }.estimatedFen", is(630))
                .body("items.find { it.orderNo == '" + paid + "' }.settledFen", is(0))
                .body("items.find { it.orderNo == '" + settled + "' }.settledFen", is(1134));
        as(World.CREATOR)
                .get("/api/v1/commissions?limit=200")
                .then()
                .statusCode(200)
                .body("items.find { it.orderNo == '" + paid + "' }.amountFen", is(630))
                .body("items.find { it.orderNo == '" + paid + "' }.feeAssumed", is(true))
                .body("items.find { it.orderNo == '" + settled + "' }.amountFen", is(1134))
                .body("items.find { it.orderNo == '" + settled + "' }.status", equalTo("SETTLED"));
        as(World.OTHER_CREATOR)
                .get("/api/v1/commissions?limit=200")
                .then()
                .body("items.findAll { it.orderNo == '" + paid + "' }", hasSize(0));

        var order = as(World.CREATOR)
                .get("/api/v1/orders?code=" + link.get("code"))
                .jsonPath()
                .getString("items[0].id");
        as(World.CREATOR)
                .get("/api/v1/orders/" + order + "/events")
                .then()
                .statusCode(200)
                .body("items.kind.unique()", equalTo(List.of("OBSERVED", "ATTRIBUTED", "POSTED")));
        as(World.OTHER_CREATOR)
                .get("/api/v1/orders/" + order)
                .then()
                .statusCode(404)
                .body("code", equalTo("order-not-found"));
    }

    @Test
    void the_same_file_twice_changes_nothing() {
        var pid = kit(World.CREATOR).getString("placements[0].slot.value");
        var report = TaobaoReportFixture.aReport()
                .row(order(orderNo(), pid, "订单付款", "10.00", null))
                .row(order(orderNo(), pid, "订单结算", "20.00", "18.00"));
        upload(report.csv()).body("accepted", is(2));
        var balances = ledger.balances(List.of(Account.Kind.values()));
        upload(report.csv()).statusCode(200).body("accepted", is(0)).body("unchanged", is(2));
        upload(report.xls()).statusCode(200).body("accepted", is(0)).body("unchanged", is(2));
        assertThat(ledger.balances(List.of(Account.Kind.values()))).isEqualTo(balances);
    }

    @Test
    void an_order_that_is_closed_takes_its_commission_back() {
        var kit = kit(World.OTHER_CREATOR);
        var pid = kit.getString("placements[0].slot.value");
        var number = orderNo();
        var before = ledger.balances(List.of(Account.Kind.values()));
        var clicked = order(number, pid, "订单付款", "10.00", null);
        upload(TaobaoReportFixture.aReport().row(clicked).csv()).body("accepted", is(1));
        assertThat(ledger.balances(List.of(Account.Kind.values()))).isNotEqualTo(before);

        clicked.put("订单状态", "订单失效");
        upload(TaobaoReportFixture.aReport().row(clicked).csv()).body("accepted", is(1));
        assertThat(nonZero(ledger.balances(List.of(Account.Kind.values())))).isEqualTo(nonZero(before));
        as(World.OTHER_CREATOR)
                .get("/api/v1/commissions?status=INVALID&limit=200")
                .then()
                .body("items.find { it.orderNo == '" + number + "' }.amountFen", is(0));
    }

    private static Map<Account, Money> nonZero(Map<Account, Money> balances) {
        var copy = new HashMap<>(balances);
        copy.values().removeIf(Money::isZero);
        return copy;
    }

    @Test
    void an_order_of_a_slot_that_nobody_holds_belongs_to_nobody() {
        var number = orderNo();
        upload(TaobaoReportFixture.aReport()
                        .row(order(number, "mm_1_77_88", "订单付款", "10.00", null))
                        .csv())
                .body("accepted", is(1));
        as(World.FINANCE)
                .get("/api/v1/commissions?limit=200")
                .then()
                .body("items.find { it.orderNo == '" + number + "' }.confidence", equalTo("NONE"))
                .body("items.find { it.orderNo == '" + number + "' }.creatorId", equalTo(null));
    }

    @Test
    void two_uploads_of_contradicting_files_at_once_end_the_same_as_one_after_the_other() throws Exception {
        var pid = kit(World.CREATOR).getString("placements[0].slot.value");
        var numbers = IntStream.range(0, 50).mapToObj(i -> orderNo()).toList();
        var paid = TaobaoReportFixture.aReport();
        var settled = TaobaoReportFixture.aReport();
        numbers.forEach(number -> paid.row(order(number, pid, "订单付款", "10.00", null)));
        numbers.reversed().forEach(number -> settled.row(order(number, pid, "订单结算", "10.00", "9.00")));
        try (var threads = Executors.newFixedThreadPool(4)) {
            var uploads = threads.invokeAll(List.of(
                    () -> upload(paid.csv()).extract().statusCode(),
                    () -> upload(settled.csv()).extract().statusCode(),
                    () -> upload(paid.xlsx()).extract().statusCode(),
                    () -> upload(settled.xls()).extract().statusCode()));
            for (var upload : uploads) {
                assertThat(upload.get()).isEqualTo(200);
            }
        }
        var amounts = as(World.FINANCE)
                .get("/api/v1/commissions?status=SETTLED&limit=200")
                .jsonPath()
                .getList(
                        "items.findAll { it.orderNo in "
                                + numbers.stream().map(n -> "'" + n + "'").toList() + " }.amountFen",
                        Long.class);
        assertThat(amounts).hasSize(50).containsOnly(567L);
        assertBooksMatchTheFile();
    }

    @Test
    void the_sum_of_the_file_is_the_sum_of_the_books() {
        var pid = kit(World.CREATOR).getString("placements[0].slot.value");
        upload(TaobaoReportFixture.aReport()
                        .row(order(orderNo(), pid, "订单付款", "12.34", null))
                        .row(order(orderNo(), pid, "订单结算", "56.78", "55.55"))
                        .row(order(orderNo(), pid, "订单失效", "9.99", null))
                        .csv())
                .body("accepted", is(3));
        assertBooksMatchTheFile();
    }

    private void assertBooksMatchTheFile() {
        var bytes = as(World.FINANCE)
                .get("/api/v1/commissions.csv")
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        var text = new String(bytes, StandardCharsets.UTF_8);
        assertThat(text).startsWith("\uFEFF订单行");
        var last = text.substring(text.lastIndexOf("#END"));
        assertThat(last).matches("#END,\\d+,-?\\d+,[0-9a-f]{64}\r\n");
        var before = text.substring(0, text.lastIndexOf("#END")).getBytes(StandardCharsets.UTF_8);
        var cells = last.strip().split(",");
        assertThat(sha256(before)).isEqualTo(cells[3]);

        var booked = ledger
                .balances(List.of(
                        Account.Kind.CREATOR_ESTIMATED,
                        Account.Kind.CREATOR_CONFIRMED,
                        Account.Kind.UNATTRIBUTED,
                        Account.Kind.UNATTRIBUTED_ESTIMATED))
                .values()
                .stream()
                .reduce(Money.ZERO, Money::plus);
        assertThat(Money.ofFen(Long.parseLong(cells[2]))).isEqualTo(booked);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ids_keep_their_digits_in_a_spreadsheet_unless_raw_is_asked_for() {
        var pid = kit(World.CREATOR).getString("placements[0].slot.value");
        var number = orderNo();
        upload(TaobaoReportFixture.aReport()
                .row(order(number, pid, "订单付款", "1.00", null))
                .csv());
        assertThat(as(World.FINANCE).get("/api/v1/commissions.csv").asString()).contains("," + number + "\t,");
        assertThat(as(World.FINANCE).get("/api/v1/commissions.csv?format=raw").asString())
                .contains("," + number + ",");
    }

    @Test
    void the_comparison_counts_people_and_certain_orders() {
        var kit = kit(World.LONELY_CREATOR);
        var code = kit.getString("placements[0].code");
        var pid = kit.getString("placements[0].slot.value");
        for (var i = 0; i < 3; i++) {
            given().redirects()
                    .follow(false)
                    .header("User-Agent", PHONE)
                    .cookie("zv", java.util.UUID.randomUUID().toString())
                    .get("/r/" + code);
        }
        var again = java.util.UUID.randomUUID().toString();
        for (var i = 0; i < 2; i++) {
            given().redirects()
                    .follow(false)
                    .header("User-Agent", PHONE)
                    .cookie("zv", again)
                    .get("/r/" + code);
        }
        given().redirects().follow(false).header("User-Agent", "curl/8").get("/r/" + code);
        upload(TaobaoReportFixture.aReport()
                .row(order(orderNo(), pid, "订单付款", "1.00", null))
                .row(order(orderNo(), pid, "订单失效", "1.00", null))
                .csv());
        RollupCheck.await();
        as(World.LONELY_CREATOR)
                .get("/api/v1/reports/comparison?by=platform")
                .then()
                .statusCode(200)
                .body("denominator", equalTo("human-clicks"))
                .body("groups.find { it.key == 'WECHAT' }.arms.LINK.n", is(4))
                .body("groups.find { it.key == 'WECHAT' }.arms.LINK.orders", is(1))
                .body("groups.find { it.key == 'WECHAT' }.arms.TOKEN.n", is(0))
                .body("groups.find { it.key == 'WECHAT' }.state", equalTo("COLLECTING"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"product":"","channels":[]}                                                                     | 422 | invalid-request
            {"product":"123456","channels":[{"platform":"QQ","scene":"GROUP"}]}                              | 422 | marketplace-missing
            {"product":"https://evil.example/?id=1","channels":[{"platform":"QQ","scene":"GROUP"}]}          | 422 | product-host-unknown
            {"product":"x","channels":[{"platform":"MSN","scene":"GROUP"}]}                                  | 400 | malformed-json
            {"product":                                                                                      | 400 | malformed-json
            {"product":"123","marketplace":"TAOBAO","channels":[{"platform":"QQ","scene":"GROUP"}],"campaignId":"00000000-0000-0000-0000-000000000000"} | 404 | campaign-not-found
            """)
    void a_bad_request_is_told_what_to_do(String body, int status, String code) {
        as(World.CREATOR)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/link-kits")
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(code))
                .body("status", is(status))
                .body("detail", matchesPattern(".{10,}"));
    }

    @Test
    void a_file_that_is_no_report_is_refused_whole() {
        upload("hello".getBytes(StandardCharsets.UTF_8)).statusCode(422).body("code", equalTo("not-a-report"));
        as(World.OPERATOR)
                .multiPart("marketplace", "TAOBAO")
                .post("/api/v1/order-reports")
                .then()
                .statusCode(422)
                .body("errors[0].field", equalTo("file"));
        as(World.OPERATOR)
                .multiPart("file", "x.csv", TaobaoReportFixture.aReport().row().csv())
                .multiPart("marketplace", "JD")
                .post("/api/v1/order-reports")
                .then()
                .statusCode(422)
                .body("code", equalTo("report-format-unknown"));
    }

    @Test
    void lists_come_in_pages() {
        for (var i = 0; i < 3; i++) {
            anItem();
            kit(World.LONELY_CREATOR);
        }
        var first = as(World.LONELY_CREATOR).get("/api/v1/link-kits?limit=2").jsonPath();
        assertThat(first.getList("items")).hasSize(2);
        var second = as(World.LONELY_CREATOR)
                .get("/api/v1/link-kits?limit=2&cursor=" + first.getString("next"))
                .jsonPath();
        assertThat(second.getList("items.id")).isNotEmpty().doesNotContainAnyElementsOf(first.getList("items.id"));
        as(World.LONELY_CREATOR)
                .get("/api/v1/link-kits?cursor=nonsense")
                .then()
                .statusCode(422)
                .body("code", equalTo("cursor-unknown"));
        as(World.LONELY_CREATOR)
                .get("/api/v1/link-kits?limit=201")
                .then()
                .statusCode(422)
                .body("errors[0].field", equalTo("limit"));
    }
}
