package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.slot.Slots;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kits over HTTP: what they say when they earn nothing, many at once, the same request twice, their end. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class KitsTest {

    @Inject
    World world;

    @Inject
    Slots slots;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    private static String id() {
        return Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    private static String taobao() {
        return "https://item.taobao.com/item.htm?id=" + id();
    }

    private static Map<String, Object> wish(String product) {
        var wish = new HashMap<String, Object>();
        wish.put("product", product);
        wish.put("channels", List.of(Map.of("platform", "QQ", "scene", "GROUP")));
        return wish;
    }

    private static ValidatableResponse kit(Map<String, Object> wish) {
        return as(World.CREATOR)
                .contentType(ContentType.JSON)
                .body(wish)
                .post("/api/v1/link-kits")
                .then();
    }

    private static ValidatableResponse put(String path, Object body) {
        return as(World.OPERATOR)
                .contentType(ContentType.JSON)
                .body(body)
                .put("/api/v1" + path)
                .then();
    }

    /** Accounts are everybody's: what a test leaves here, the kits of others would lease. */
    private void takeAway(UUID account) {
        jdbi.useTransaction(handle -> {
            handle.execute("delete from produced_link where account_id = ?", account);
            handle.execute(
                    "delete from slot_lease where slot_id in (select id from slot where account_id = ?)", account);
            handle.execute("delete from slot where account_id = ?", account);
            handle.execute("delete from pdd_authority where account_id = ?", account);
            handle.execute("delete from marketplace_account where id = ?", account);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "https://item.jd.com/100012043978.html,no-account,https://item.jd.com/",
        "https://www.goofish.com/item?id=77,no-affiliate-programme,https://www.goofish.com/item?id="
    })
    void a_kit_that_cannot_earn_is_made_and_says_why(String product, String reason, String destination) {
        var placement = kit(wish(product.replaceFirst("100012043978|77", id())))
                .statusCode(201)
                .body("placements.earns", everyItem(is(false)))
                .body("placements.earnsNot", everyItem(equalTo(reason)))
                .body("placements.slot", everyItem(nullValue()))
                .extract()
                .jsonPath()
                .getString("placements[0].code");
        String leadsTo =
                jdbi.withHandle(handle -> handle.createQuery("select destination from placement where code = :code")
                        .bind("code", placement)
                        .mapTo(String.class)
                        .one());
        assertThat(leadsTo).startsWith(destination);
    }

    @Test
    void when_a_pool_is_used_up_a_kit_says_so() {
        var account = slots.addAccount(Marketplace.JD, UUID.randomUUID().toString(), 0, null);
        try {
            slots.add(account.id(), dev.zhida.marketplace.SlotKind.JD_POSITION, List.of("1"));
            kit(wish("https://item.jd.com/" + id() + ".html"))
                    .statusCode(201)
                    .body("placements.slot.findAll { it != null }", hasSize(1))
                    .body("placements.earnsNot", equalTo(List.of("no-connection", "no-slot")));
            as(World.OPERATOR)
                    .get("/api/v1/marketplace-accounts/" + account.id() + "/slots")
                    .then()
                    .statusCode(200)
                    .body("pools[0].kind", equalTo("JD_POSITION"))
                    .body("pools[0].free", is(0))
                    .body("pools[0].alarm", is(true));
        } finally {
            takeAway(account.id());
        }
    }

    @Test
    void other_items_in_the_text_are_listed() {
        var other = taobao();
        kit(wish("看 " + taobao() + " 和 " + other)).statusCode(201).body("alsoRecognised", equalTo(List.of(other)));
    }

    @Test
    void a_kit_ends_when_it_is_said_to_and_not_in_the_past() {
        var wish = wish(taobao());
        wish.put("expiresAt", "2020-01-01T00:00:00Z");
        kit(wish).statusCode(422).body("code", equalTo("expires-in-the-past"));
        wish.put("expiresAt", Instant.now().plusSeconds(3_600).toString());
        var code = kit(wish)
                .statusCode(201)
                .body("placements.endsAt", everyItem(notNullValue()))
                .extract()
                .jsonPath()
                .getString("placements[0].code");
        assertThat(untilOf(code)).isAfter(Instant.now().plus(Duration.ofDays(15)));
    }

    private Instant untilOf(String code) {
        var until = jdbi.withHandle(handle -> handle.createQuery("""
                        select l.until_at from slot_lease l join placement p on p.id = l.placement_id where p.code = :code
                        """)
                .bind("code", code)
                .mapTo(OffsetDateTime.class)
                .one());
        return until == null ? null : until.toInstant();
    }

    @Test
    void a_request_that_arrives_twice_under_one_key_is_fulfilled_once() throws Exception {
        var key = UUID.randomUUID().toString();
        var wish = wish(taobao());
        Callable<io.restassured.response.Response> request = () -> as(World.CREATOR)
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(wish)
                .post("/api/v1/link-kits");
        try (var threads = Executors.newFixedThreadPool(8)) {
            var answers = threads.invokeAll(
                    IntStream.range(0, 8).mapToObj(i -> request).toList());
            for (var answer : answers) {
                // Who comes while it is being done is told to come again.
                assertThat(answer.get().statusCode()).isIn(201, 409);
            }
        }
        var first = request.call().then().statusCode(201).extract().asString();
        assertThat(request.call().then().statusCode(201).extract().asString()).isEqualTo(first);
        var offer = io.restassured.path.json.JsonPath.from(first).getString("offer.id");
        assertThat(jdbi.<Integer, RuntimeException>withHandle(
                        handle -> handle.createQuery("select count(*) from link_kit where offer_id = :offer")
                                .bind("offer", UUID.fromString(offer))
                                .mapTo(Integer.class)
                                .one()))
                .isEqualTo(1);

        as(World.CREATOR)
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(wish(taobao()))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        // A key is its owner's.
        as(World.OTHER_CREATOR)
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(wish(taobao()))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201);
    }

    @Test
    void a_request_whose_process_died_is_fulfilled_by_the_next_but_not_while_it_may_still_live() {
        var key = UUID.randomUUID().toString();
        var wish = wish(taobao());
        var request = as(World.CREATOR)
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(wish);
        var codes = request.post("/api/v1/link-kits").jsonPath().getList("placements.code");
        jdbi.useHandle(handle -> handle.execute("update idempotency_key set answer = null where key = ?", key));
        request.post("/api/v1/link-kits").then().statusCode(409).body("code", equalTo("request-in-progress"));
        jdbi.useHandle(handle -> handle.execute(
                "update idempotency_key set created_at = created_at - interval '2 minutes' where key = ?", key));
        assertThat(request.post("/api/v1/link-kits")
                        .then()
                        .statusCode(201)
                        .extract()
                        .jsonPath()
                        .getList("placements.code"))
                .isEqualTo(codes);
    }

    @Test
    void a_refused_request_leaves_its_key_unused() {
        var key = UUID.randomUUID().toString();
        for (var product : List.of("今天天气不错", taobao())) {
            as(World.CREATOR)
                    .header("Idempotency-Key", key)
                    .contentType(ContentType.JSON)
                    .body(wish(product))
                    .post("/api/v1/link-kits")
                    .then()
                    .statusCode(product.startsWith("http") ? 201 : 422);
        }
        as(World.CREATOR)
                .header("Idempotency-Key", "with space")
                .contentType(ContentType.JSON)
                .body(wish(taobao()))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-malformed"));
    }

    private static ValidatableResponse bulk(List<String> products) {
        return as(World.CREATOR)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "products",
                        products.stream().map(p -> Map.of("product", p)).toList(),
                        "channels",
                        List.of(
                                Map.of("platform", "QQ", "scene", "GROUP"),
                                Map.of("platform", "WEIBO", "scene", "NOTE")),
                        "media",
                        List.of("LINK", "TOKEN", "IMAGE")))
                .post("/api/v1/link-kits/bulk")
                .then();
    }

    @Test
    void many_products_are_made_at_once_and_one_that_is_refused_keeps_none_from_being_made() {
        var products = new java.util.ArrayList<String>();
        products.add("今天天气不错");
        IntStream.range(0, 60).forEach(i -> products.add(taobao()));
        products.add(products.get(1));
        products.add("https://evil.example/?id=1");
        var made = bulk(products)
                .statusCode(200)
                .body("made", is(61))
                .body("refused", is(2))
                .body("results", hasSize(63))
                .body("results[0].code", equalTo("product-not-recognised"))
                .body("results[62].code", equalTo("product-host-unknown"))
                .body("results[1].kit.placements", hasSize(6))
                .extract()
                .jsonPath();
        assertThat(made.getList("results.product")).isEqualTo(products);
        assertThat(made.getList("results[61].kit.placements.code"))
                .isEqualTo(made.getList("results[1].kit.placements.code"));
        var again = bulk(products).statusCode(200).extract().jsonPath();
        assertThat(again.getList("results.kit.placements.code")).isEqualTo(made.getList("results.kit.placements.code"));
        bulk(IntStream.range(0, 201).mapToObj(i -> taobao()).toList())
                .statusCode(422)
                .body("errors[0].field", equalTo("products"));
    }

    private static ValidatableResponse sheet(String text) {
        return as(World.CREATOR)
                .multiPart("file", "kits.csv", text.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/link-kits/csv")
                .then();
    }

    @Test
    void a_table_is_answered_row_by_row() {
        var one = id();
        var two = taobao();
        var text = """
                商品,电商平台,渠道平台,场景,标签,形式
                %s,TAOBAO,wechat,GROUP,群 1,LINK TOKEN
                %s,,XIAOHONGSHU,NOTE,,TOKEN
                %s,TAOBAO,WECHAT,CHAT,,
                今天天气不错,,WECHAT,CHAT,,
                %s,,MSN,CHAT,,
                ,,QQ,GROUP,,
                %s,,QQ,GROUP,,STICKER
                """.formatted(one, two, one, two, two);
        var answer = sheet(text)
                .statusCode(200)
                .body("accepted", is(3))
                .body("refused.row", equalTo(List.of(5, 6, 7, 8)))
                .body("refused.column", equalTo(List.of("product", "platform", "product", "medium")))
                .body("refused.reason", everyItem(notNullValue()))
                .body("kits", hasSize(2))
                .body("kits[0].offer.itemId", equalTo(one))
                .body("kits[0].placements", hasSize(4))
                .body("kits[1].placements", hasSize(1))
                .extract()
                .jsonPath();
        assertThat(sheet(text).extract().jsonPath().getList("kits.placements.code"))
                .isEqualTo(answer.getList("kits.placements.code"));
    }

    @Test
    void a_table_that_arrives_twice_under_one_key_is_fulfilled_once_and_another_under_it_is_refused() {
        var key = UUID.randomUUID().toString();
        var text = "product,platform,scene\n" + taobao() + ",QQ,GROUP\n";
        var first = sheetUnder(key, text).statusCode(200).extract().asString();
        assertThat(sheetUnder(key, text).statusCode(200).extract().asString()).isEqualTo(first);
        sheetUnder(key, text.replace("GROUP", "CHAT")).statusCode(422).body("code", equalTo("idempotency-key-reused"));
    }

    private static ValidatableResponse sheetUnder(String key, String text) {
        return as(World.CREATOR)
                .header("Idempotency-Key", key)
                .multiPart("file", "kits.csv", text.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/link-kits/csv")
                .then();
    }

    @Test
    void a_table_without_the_columns_is_refused_whole() {
        sheet("product,scene\nx,CHAT\n").statusCode(422).body("code", equalTo("column-missing"));
        sheet("product,platform,scene\n" + "x,QQ,CHAT\n".repeat(2_001))
                .statusCode(413)
                .body("code", equalTo("table-too-large"));
        as(World.CREATOR)
                .multiPart("campaignId", "x")
                .post("/api/v1/link-kits/csv")
                .then()
                .statusCode(422)
                .body("errors[0].field", equalTo("file"));
        as(World.CREATOR)
                .multiPart("file", "kits.csv", "product,platform,scene\n".getBytes(StandardCharsets.UTF_8))
                .multiPart("campaignId", new UUID(0, 0).toString())
                .post("/api/v1/link-kits/csv")
                .then()
                .statusCode(404)
                .body("code", equalTo("campaign-not-found"));
    }

    @Test
    void a_placement_is_ended_by_its_creator_or_an_operator_and_its_slot_keeps_for_the_window() {
        var codes = kit(wish(taobao())).statusCode(201).extract().jsonPath().getList("placements.code", String.class);
        as(World.OTHER_CREATOR)
                .post("/api/v1/placements/" + codes.getFirst() + "/disable")
                .then()
                .statusCode(404)
                .body("code", equalTo("placement-not-found"));
        assertThat(untilOf(codes.getFirst())).isNull();
        var ended = as(World.CREATOR)
                .post("/api/v1/placements/" + codes.getFirst() + "/disable")
                .then()
                .statusCode(200)
                .body("endsAt", notNullValue())
                .body("slot", notNullValue())
                .extract()
                .jsonPath();
        var at = Instant.parse(ended.getString("endsAt"));
        assertThat(untilOf(codes.getFirst())).isEqualTo(at.plus(Duration.ofDays(15)));
        assertThat(jdbi.withHandle(handle -> handle.createQuery("select free_at from slot where value = :value")
                                .bind("value", ended.getString("slot.value"))
                                .mapTo(OffsetDateTime.class)
                                .one())
                        .toInstant())
                .isEqualTo(at.plus(Duration.ofDays(15)));
        as(World.OPERATOR)
                .post("/api/v1/placements/" + codes.getFirst() + "/disable")
                .then()
                .statusCode(200)
                .body("endsAt", equalTo(ended.getString("endsAt")));
        given().redirects().follow(false).get("/r/" + codes.getFirst()).then().statusCode(410);
        as(World.OPERATOR)
                .post("/api/v1/placements/" + codes.getLast() + "/disable")
                .then()
                .statusCode(200);
    }

    @Test
    void a_link_with_somebody_elses_pid_is_refused_and_our_own_is_taken() {
        var product = id();
        var kit = kit(wish("https://item.taobao.com/item.htm?id=" + product))
                .extract()
                .jsonPath();
        var path = "/placements/" + kit.getString("placements[0].code") + "/link";
        var url = "https://uland.taobao.com/coupon/edetail?activityId=1&itemId=" + product + "&pid=";
        put(path, Map.of("url", url + "mm_66_77_88")).statusCode(422).body("code", equalTo("pid-swapped"));
        put(path, Map.of("url", "https://s.click.taobao.com/t?e=abc"))
                .statusCode(422)
                .body("code", equalTo("pid-not-visible"));
        put(path, Map.of("url", url + kit.getString("placements[0].slot.value")))
                .statusCode(200)
                .body("earns", is(true));
        given().redirects()
                .follow(false)
                .get("/r/" + kit.getString("placements[0].code"))
                .then()
                .header("Location", containsString("activityId=1"));
    }

    @Test
    void a_pdd_link_earns_when_it_is_ours_and_bound() {
        var account = slots.addAccount(Marketplace.PDD, UUID.randomUUID().toString(), 5, "12345_67890");
        try {
            var goods = id();
            var kit = kit(wish("https://mobile.yangkeduo.com/goods.html?goods_id=" + goods))
                    .statusCode(201)
                    .body("placements.earnsNot", everyItem(equalTo("not-authorised-yet")))
                    .body("placements.slot.kind", everyItem(equalTo("PDD_CUSTOM_PARAMETERS")))
                    .extract()
                    .jsonPath();
            var parameters = kit.getString("placements[0].slot.value");
            var code = kit.getString("placements[0].code");
            put(
                            "/placements/" + code + "/link",
                            Map.of(
                                    "url",
                                    "https://mobile.yangkeduo.com/duo_coupon_landing.html?goods_id=" + goods
                                            + "&pid=12345_67890&customParameters="
                                            + java.net.URLEncoder.encode(parameters, StandardCharsets.UTF_8)))
                    .statusCode(200)
                    .body("earnsNot", equalTo("not-authorised-yet"));
            var person = parameters.replaceFirst(",.*}", "}");
            put("/pdd-authorities/" + account.id(), Map.of("customParameters", person, "state", "BOUND"))
                    .statusCode(200);
            as(World.CREATOR).get("/api/v1/placements/" + code).then().body("earns", is(true));
            // The other one is bound too, but nobody has made its link.
            as(World.CREATOR)
                    .get("/api/v1/placements/" + kit.getString("placements[1].code"))
                    .then()
                    .body("earnsNot", equalTo("no-connection"));
            put("/pdd-authorities/" + account.id(), Map.of("customParameters", person, "state", "UNBOUND"))
                    .statusCode(200);
            as(World.CREATOR).get("/api/v1/placements/" + code).then().body("earnsNot", equalTo("not-authorised-yet"));
            put("/pdd-authorities/" + account.id(), Map.of("customParameters", "{}", "state", "BOUND"))
                    .statusCode(422)
                    .body("errors[0].field", equalTo("customParameters"));
        } finally {
            takeAway(account.id());
        }
    }

    @Test
    void an_operator_tells_the_terms_of_an_offer() {
        var product = taobao();
        var offer = kit(wish(product)).extract().jsonPath().getString("offer.id");
        put("/offers/" + offer, Map.of("title", "羊毛大衣", "priceFen", 19_900, "couponFen", 2_000, "topic", "FASHION"))
                .statusCode(200)
                .body("title", equalTo("羊毛大衣"))
                .body("pictureRefused", nullValue());
        var later = wish(product);
        later.put("channels", List.of(Map.of("platform", "WEIBO", "scene", "NOTE")));
        kit(later).statusCode(201);
        assertThat(couponStrengths(offer, "WEIBO")).as("kept when it was made").containsOnly("10-20%");
        assertThat(couponStrengths(offer, "QQ")).as("what still holds").containsOnlyNulls();
        put("/offers/" + offer, Map.of("title", "羊毛大衣", "priceFen", 18_900, "pictureUrl", "https://evil.example/a.jpg"))
                .statusCode(200)
                .body("pictureRefused", containsString("evil.example"));
        assertThat(couponStrengths(offer, "QQ")).as("the first that was known").containsOnly("10-20%");
        assertThat(couponStrengths(offer, "WEIBO")).containsOnly("10-20%");
        as(World.AUDITOR)
                .get("/api/v1/offers/" + offer)
                .then()
                .statusCode(200)
                .body("priceFen", is(18_900))
                .body("couponFen", nullValue())
                .body("picture", nullValue());
        put("/offers/" + offer, Map.of("title", "x", "priceFen", 100, "couponFen", 100))
                .statusCode(422)
                .body("code", equalTo("coupon-exceeds-price"));
        put("/offers/" + new UUID(0, 0), Map.of("title", "x")).statusCode(404).body("code", equalTo("offer-not-found"));
    }

    private List<String> couponStrengths(String offer, String platform) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select coupon_strength from placement where offer_id = :offer::uuid and platform = :platform")
                .bind("offer", offer)
                .bind("platform", platform)
                .map((row, context) -> row.getString(1))
                .list());
    }

    @Test
    void pids_come_from_a_table_too() {
        var account = slots.addAccount(Marketplace.TAOBAO, UUID.randomUUID().toString(), 100, null);
        try {
            var path = "/api/v1/marketplace-accounts/" + account.id() + "/slots/csv";
            as(World.OPERATOR)
                    .multiPart(
                            "file",
                            "pids.csv",
                            "名称,PID\n群 1,mm_5_1_1\n群 2,mm_5_1\n群 3,mm_5_1_1\n".getBytes(StandardCharsets.UTF_8))
                    .post(path)
                    .then()
                    .statusCode(200)
                    .body("added", is(1))
                    .body("unchanged", is(0))
                    .body("refused.row", equalTo(List.of(3)));
            as(World.OPERATOR)
                    .multiPart("file", "pids.csv", "mm_5_1_1\nmm_5_1_2\n".getBytes(StandardCharsets.UTF_8))
                    .post(path)
                    .then()
                    .body("added", is(1))
                    .body("unchanged", is(1));
            as(World.AUDITOR)
                    .get("/api/v1/marketplace-accounts")
                    .then()
                    .statusCode(200)
                    .body("items.find { it.id == '" + account.id() + "' }.sharedPercent", is(100));
        } finally {
            takeAway(account.id());
        }
    }
}
