package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.campaign.ItemPictures;
import dev.zhida.touch.TouchInbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fans meet, over HTTP against a real PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class EdgeTest {

    private static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 ";
    private static final String WECHAT = IPHONE + "MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN";
    private static final String SAFARI = IPHONE + "Version/18.5 Safari/604.1";

    @Inject
    World world;

    @Inject
    Jdbi jdbi;

    @Inject
    TouchInbox inbox;

    @Inject
    ItemPictures pictures;

    private String item;

    @BeforeEach
    void anItem() {
        world.prepare();
        item = Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    private record Posted(String code, String token) {}

    private Posted post(String platform, String scene, String medium) {
        return post("https://item.taobao.com/item.htm?id=" + item, platform, scene, medium);
    }

    private Posted post(String product, String platform, String scene, String medium) {
        var kit = given().header("Authorization", "Bearer " + World.CREATOR)
                .contentType(ContentType.JSON)
                .body(Map.of(
                        "product",
                        product,
                        "channels",
                        List.of(Map.of("platform", platform, "scene", scene)),
                        "media",
                        List.of(medium)))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
        return new Posted(kit.getString("placements[0].code"), kit.getString("placements[0].token"));
    }

    private void describe(String topic) {
        jdbi.useHandle(h -> h.execute(
                "update offer set title = '双面呢大衣 <b>', price_fen = 19900, coupon_fen = 2000, topic = ? where item_id = ?",
                topic,
                item));
    }

    private static ValidatableResponse get(String path, String agent) {
        return given().redirects()
                .follow(false)
                .header("User-Agent", agent)
                .get(path)
                .then();
    }

    private JsonPath touches(String code) {
        return given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/placements/" + code + "/touches")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    /** A number out of the touches {@code t} of a placement {@code p}. */
    private int count(String what, String code) {
        inbox.awaitTaken();
        return jdbi.withHandle(h -> h.createQuery("select " + what
                        + " from touch t join placement p on p.id = t.placement_id where p.code = :code")
                .bind("code", code)
                .mapTo(Integer.class)
                .one());
    }

    private static String visit(String page) {
        var found = Pattern.compile("data-visit=\"([^\"]{44})\"").matcher(page);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    @ParameterizedTest
    @CsvSource({
        "WECHAT, CHAT, LINK, 302",
        "WECHAT, GROUP, LINK, 200",
        "WECHAT, MOMENTS, LINK, 200",
        "WECHAT, CHAT, TOKEN, 200",
        "QQ, GROUP, LINK, 302",
        "XIAOHONGSHU, NOTE, LINK, 200",
        "WEIBO, NOTE, LINK, 302",
        "DOUYIN, VIDEO, LINK, 302",
        "DOUYIN, LIVE, LINK, 200",
        "TOUTIAO, NOTE, LINK, 302",
        "TOUTIAO, LIVE, LINK, 200",
        "KUAISHOU, VIDEO, LINK, 200",
        "WECOM, CHAT, LINK, 200",
        "WEB, PROFILE, LINK, 302"
    })
    void a_link_opens_where_the_host_app_lets_it(String platform, String scene, String medium, int status) {
        var agents = Map.of(
                "WECHAT", WECHAT,
                "QQ", IPHONE + "QQ/9.0.17.638 V1_IPH_SQ_9.0.17_1_APP_A",
                "XIAOHONGSHU", IPHONE + "xhsdiscover/8.1",
                "WEIBO", IPHONE + "Weibo (iPhone__weibo__14.1)",
                "DOUYIN", IPHONE + "aweme_31.9.0 BytedanceWebview/d8a21c6",
                "TOUTIAO", IPHONE + "NewsArticle/9.1",
                "KUAISHOU", IPHONE + "Kwai/12.9.10",
                "WECOM", IPHONE + "wxwork/4.1.39 MicroMessenger/7.0.1",
                "WEB", SAFARI);
        var code = post(platform, scene, medium).code();
        get("/r/" + code, agents.get(platform)).statusCode(status).header("Cache-Control", "no-store");
        var touch = touches(code);
        assertThat(touch.getString("items[0].outcome")).isEqualTo(status == 302 ? "REDIRECT" : "LANDING");
        assertThat(touch.getBoolean("items[0].human")).isTrue();
    }

    @Test
    void the_detected_host_app_beats_the_one_that_it_was_posted_to() {
        var code = post("WEIBO", "NOTE", "LINK").code();
        get("/r/" + code, WECHAT).statusCode(200);
        code = post("WECHAT", "GROUP", "LINK").code();
        get("/r/" + code, SAFARI).statusCode(302);
    }

    @Test
    void topics_that_a_host_app_shuts_out_get_a_page() {
        var code = post("DOUYIN", "VIDEO", "LINK").code();
        var agent = IPHONE + "aweme_31.9.0";
        describe("MEDICAL");
        get("/r/" + code, agent).statusCode(200);
        get("/r/" + code, SAFARI).statusCode(302);
    }

    @Test
    void the_click_keeps_the_rule_that_answered_it_and_where_it_went() {
        var code = post("WECHAT", "CHAT", "LINK").code();
        get("/r/" + code, WECHAT).statusCode(302);
        inbox.awaitTaken();
        var row = jdbi.withHandle(
                h -> h.createQuery("""
                        select t.destination_host, r.host_app, r.scene, t.app_major from touch t
                        join placement p on p.id = t.placement_id
                        join host_app_rule r on r.version = t.policy_version
                        where p.code = :code""").bind("code", code).mapToMap().one());
        assertThat(row)
                .containsEntry("destination_host", "uland.taobao.com")
                .containsEntry("host_app", "WECHAT")
                .containsEntry("scene", "CHAT")
                .containsEntry("app_major", 8);
    }

    @Test
    void a_landing_page_shows_the_offer_and_what_to_do_and_asks_no_other_host() {
        var posted = post("WECHAT", "GROUP", "LINK");
        describe(null);
        var page = get("/r/" + posted.code(), WECHAT)
                .statusCode(200)
                .contentType("text/html")
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .extract()
                .asString();
        assertThat(page)
                .contains("双面呢大衣 &lt;b&gt;", "¥179.00", "¥199.00", "券 ¥20.00", World.CREATOR, "在浏览器打开")
                .doesNotContain(posted.token())
                .doesNotContain("tbopen://");
        assertThat(page.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(20_000);
        // What a browser would load by itself.
        assertThat(Pattern.compile("(?:src|srcset)=\"([^\"]*)\"|<link|@import|url\\(")
                        .matcher(page)
                        .results())
                .allMatch(found -> found.group(1) != null && found.group(1).startsWith("/"));
    }

    @Test
    void the_picture_of_an_offer_comes_from_our_own_copy() throws Exception {
        var posted = post("WECHAT", "GROUP", "LINK");
        var image = new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB);
        var png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        get("/i/" + posted.code().replace(posted.code().charAt(7), '2') + "X", SAFARI)
                .statusCode(404);
        pictures.store(
                jdbi.withHandle(h -> h.createQuery("select id from offer where item_id = :item")
                        .bind("item", item)
                        .mapTo(UUID.class)
                        .one()),
                "https://img.alicdn.com/x.png",
                png.toByteArray());
        get("/r/" + posted.code(), WECHAT).body(containsString("src=\"/i/" + posted.code() + "\""));
        var jpeg = get("/i/" + posted.code(), WECHAT)
                .statusCode(200)
                .contentType("image/jpeg")
                .header("Cache-Control", containsString("max-age=60"))
                .extract()
                .asByteArray();
        assertThat(jpeg).hasSizeLessThanOrEqualTo(61_440);
        assertThat(ImageIO.read(new ByteArrayInputStream(jpeg))).isNotNull();
    }

    @Test
    void outside_of_wechat_a_page_opens_the_app_and_on_a_desktop_it_shows_a_qr_code() {
        var code = post("XIAOHONGSHU", "NOTE", "LINK").code();
        get("/r/" + code, IPHONE + "xhsdiscover/8.1")
                .statusCode(200)
                .body(containsString("tbopen://m.taobao.com/"))
                .body(not(containsString("<svg")));
        get("/r/" + code, "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 xhsdiscover/8.1")
                .statusCode(200)
                .body(not(containsString("tbopen://")))
                .body(containsString("<svg"));
    }

    @Test
    void what_happens_on_a_page_is_told_once_per_visit_and_kind() {
        var code = post("WECHAT", "GROUP", "LINK").code();
        var visit = visit(get("/r/" + code, WECHAT).extract().asString());
        for (var kind : List.of("landing", "copy", "copy", "open", "share", "landing")) {
            given().header("User-Agent", WECHAT)
                    .post("/t/" + visit + "/" + kind)
                    .then()
                    .statusCode(204);
        }
        assertThat(touches(code).getList("items.kind", String.class))
                .containsExactlyInAnyOrder("CLICK", "LANDING", "COPY", "OPEN", "SHARE");
        assertThat(count("count(distinct coalesce(t.click_id, t.id))", code))
                .as("all of them name the click")
                .isEqualTo(1);
    }

    @Test
    void nothing_is_told_without_a_visit_of_ours() {
        var code = post("WECHAT", "GROUP", "LINK").code();
        var visit = visit(get("/r/" + code, WECHAT).extract().asString());
        given().post("/t/" + visit + "/buy").then().statusCode(404);
        given().post("/t/" + visit.substring(0, 43) + (visit.endsWith("A") ? "B" : "A") + "/copy")
                .then()
                .statusCode(404);
        given().post("/t/none/copy").then().statusCode(404);
        assertThat(touches(code).getInt("total")).isEqualTo(1);
    }

    @Test
    void who_comes_back_through_a_shared_link_is_known_to_come_from_that_visit() {
        var code = post("WECHAT", "GROUP", "LINK").code();
        var other = post("WECHAT", "MOMENTS", "LINK").code();
        var visit = visit(get("/r/" + code, WECHAT).extract().asString());
        get("/r/" + code + "?v=" + visit, SAFARI).statusCode(302);
        get("/r/" + code + "?v=" + visit + "&from=singlemessage", SAFARI).statusCode(302);
        get("/r/" + code + "?v=made-up", SAFARI).statusCode(302);
        get("/r/" + other + "?v=" + visit, SAFARI).statusCode(302);
        assertThat(count("count(*)", code)).isEqualTo(4);
        assertThat(count("count(t.click_id)", code)).isEqualTo(2);
        assertThat(count("count(t.click_id)", other)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
                "Mozilla/5.0 (iPhone) MicroMessenger/6.0 mpcrawler",
                "Mozilla/5.0 (compatible; Googlebot/2.1)"
            })
    void who_makes_previews_gets_a_page_with_open_graph_tags_and_is_nobody(String agent) {
        var code = post("WEIBO", "NOTE", "LINK").code();
        describe(null);
        get("/r/" + code, agent)
                .statusCode(200)
                .body(containsString("<meta property=\"og:title\" content=\"双面呢大衣 &lt;b&gt;\">"));
        var touch = touches(code);
        assertThat(touch.getString("items[0].outcome")).isEqualTo("PREVIEW");
        assertThat(touch.getBoolean("items[0].human")).isFalse();
    }

    @Test
    void who_clicks_faster_than_people_do_is_answered_and_from_then_on_nobody() {
        var code = post("WEIBO", "NOTE", "LINK").code();
        var other = post("WEIBO", "COMMENT", "LINK").code();
        // The minute is one of the clock: twice as many are certainly too many in one of two.
        for (var i = 0; i < 130; i++) {
            given().redirects()
                    .follow(false)
                    .header("User-Agent", SAFARI)
                    .header("Cookie", "a=b; zv=00000000-0000-4000-8000-" + item)
                    .get("/r/" + code)
                    .then()
                    .statusCode(302);
        }
        get("/r/" + other, SAFARI).statusCode(302);
        assertThat(count("count(*)", code)).isEqualTo(130);
        assertThat(count("count(*) filter (where flag = 'RATE')", code)).isBetween(10, 70);
        assertThat(count("count(distinct visitor)", code)).isEqualTo(1);
        assertThat(count("count(flag)", other)).isZero();
    }

    @Test
    void prefetched_pages_and_heads_are_answered_and_are_nobody() {
        var code = post("WEIBO", "NOTE", "LINK").code();
        given().redirects()
                .follow(false)
                .header("User-Agent", SAFARI)
                .header("Sec-Purpose", "prefetch;prerender")
                .get("/r/" + code)
                .then()
                .statusCode(302);
        given().redirects()
                .follow(false)
                .header("User-Agent", SAFARI)
                .head("/r/" + code)
                .then()
                .statusCode(302);
        assertThat(touches(code).getList("items.flag", String.class)).containsExactly("HEAD", "PREFETCH");
        given().header("User-Agent", SAFARI).post("/r/" + code).then().statusCode(405);
    }

    @Test
    void a_change_of_a_known_link_reaches_fans_within_a_second() throws Exception {
        var code = post("WEIBO", "NOTE", "LINK").code();
        get("/r/" + code, SAFARI).statusCode(302);
        jdbi.useHandle(h -> h.execute("update placement set disabled_at = now() where code = ?", code));
        var deadline = Instant.now().plus(Duration.ofSeconds(1));
        var status = 302;
        while (status == 302 && Instant.now().isBefore(deadline)) {
            Thread.sleep(20);
            status = get("/r/" + code, SAFARI).extract().statusCode();
        }
        assertThat(status).isEqualTo(410);
    }

    @Test
    void what_changed_while_nobody_listened_is_learned_when_somebody_listens_again() throws Exception {
        var code = post("WEIBO", "NOTE", "LINK").code();
        get("/r/" + code, SAFARI).statusCode(302);
        jdbi.useTransaction(h -> {
            h.execute("alter table placement disable trigger placement_changed");
            h.execute("update placement set disabled_at = now() where code = ?", code);
            h.execute("alter table placement enable trigger placement_changed");
        });
        get("/r/" + code, SAFARI).statusCode(302);
        jdbi.useHandle(h -> h.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zhida changes'"));
        var deadline = Instant.now().plus(Duration.ofSeconds(10));
        var status = 302;
        while (status == 302 && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
            status = get("/r/" + code, SAFARI).extract().statusCode();
        }
        assertThat(status).isEqualTo(410);
    }

    @Test
    void fans_without_a_cookie_behind_one_address_are_never_too_many() {
        var code = post("WEIBO", "NOTE", "LINK").code();
        for (var i = 0; i < 130; i++) {
            get("/r/" + code, SAFARI).statusCode(302);
        }
        assertThat(count("count(*) filter (where human)", code)).isEqualTo(130);
        assertThat(count("count(distinct visitor)", code)).isEqualTo(1);
    }

    @Test
    void a_fan_is_one_visitor_on_the_day_on_which_she_gets_her_cookie() {
        var code = post("WECHAT", "GROUP", "LINK").code();
        var first = get("/r/" + code, WECHAT).statusCode(200).extract();
        var cookie = first.headers().getValues("Set-Cookie").getFirst().split(";")[0];
        given().header("User-Agent", WECHAT)
                .header("Cookie", cookie)
                .get("/r/" + code)
                .then()
                .statusCode(200);
        given().header("User-Agent", WECHAT)
                .header("Cookie", cookie)
                .post("/t/" + visit(first.asString()) + "/landing")
                .then()
                .statusCode(204);
        assertThat(count("count(*)", code)).isEqualTo(3);
        assertThat(count("count(distinct visitor)", code)).isEqualTo(1);
        // From tomorrow on she is known by it.
        var old = "zv=01900000-0000-7000-8000-" + item;
        given().header("User-Agent", WECHAT)
                .header("Cookie", old)
                .get("/r/" + code)
                .then()
                .statusCode(200);
        assertThat(count("count(distinct visitor)", code)).isEqualTo(2);
    }

    @Test
    void nothing_follows_on_a_connection_whose_request_was_not_read() throws Exception {
        for (var request : List.of(
                "POST /api/v1/pastes HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
                "POST /r/AAAAAAAA HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")) {
            try (var socket = new java.net.Socket("127.0.0.1", io.restassured.RestAssured.port)) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .as("answered, and closed")
                        .startsWith("HTTP/1.1 4");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/r", "/r/", "/r/x/y", "/i/", "/i/none"})
    void an_address_without_a_code_is_none_of_ours_and_no_fault(String path) {
        get(path, SAFARI).statusCode(404);
    }

    @Test
    void a_new_rule_reaches_fans_and_an_old_start_is_refused() throws Exception {
        var code = post("WEB", "LIVE", "LINK").code();
        var agent = IPHONE + "baiduboxapp/13.1";
        get("/r/" + code, agent).statusCode(302);
        Map<String, Object> rule = new HashMap<>(Map.of(
                "hostApp", "BAIDU",
                "delivery", "LANDING",
                "posting", "WARN",
                "why", "试出来打不开",
                "instruction", "请复制链接，到浏览器里粘贴。",
                "verifiedOn", LocalDate.now().minusDays(1).toString(),
                "verifiedHow", "自己试过"));
        var version = given().header("Authorization", "Bearer " + World.OPERATOR)
                .contentType(ContentType.JSON)
                .body(rule)
                .post("/api/v1/host-app-rules")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getInt("version");
        var deadline = Instant.now().plus(Duration.ofSeconds(1));
        while (get("/r/" + code, agent).extract().statusCode() == 302
                && Instant.now().isBefore(deadline)) {
            Thread.sleep(20);
        }
        get("/r/" + code, agent).statusCode(200).body(containsString("请复制链接，到浏览器里粘贴。"));
        given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/host-app-rules/decision?hostApp=BAIDU&scene=NOTE")
                .then()
                .body("version", is(version))
                .body("scene", nullValue());
        // What names more, a marketplace and a scene, does not lift the ban on tokens.
        given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/host-app-rules/decision?hostApp=WECHAT&scene=CHAT&marketplace=XIANYU&medium=TOKEN")
                .then()
                .body("posting", equalTo("REFUSED"));
        rule.put("effectiveFrom", "2021-01-01T00:00:00Z");
        given().header("Authorization", "Bearer " + World.OPERATOR)
                .contentType(ContentType.JSON)
                .body(rule)
                .post("/api/v1/host-app-rules")
                .then()
                .statusCode(422)
                .body("code", equalTo("rule-starts-in-the-past"));
        given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/host-app-rules?at=2021-09-01T00:00:00Z")
                .then()
                .body("items.findAll { it.hostApp == 'WECHAT' && it.scene == 'CHAT' }.size()", is(0));
        given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/host-app-rules?at=2001-09-01T00:00:00Z")
                .then()
                .statusCode(422)
                .body("code", equalTo("before-the-first-rule"));
    }

    private static ValidatableResponse paste(Map<String, String> body, String agent) {
        return given().header("User-Agent", agent)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/pastes")
                .then();
    }

    @Test
    void a_pasted_token_leads_on_and_is_recorded_with_what_was_repaired() {
        var posted = post("XIAOHONGSHU", "NOTE", "TOKEN");
        paste(Map.of("text", "姐妹们冲 " + posted.token() + " 复制这段话"), SAFARI)
                .statusCode(200)
                .body("code", equalTo(posted.code()))
                .body("url", containsString("https://uland.taobao.com/"))
                .body("repaired", nullValue());
        var wrong = new StringBuilder(posted.token());
        wrong.setCharAt(3, wrong.charAt(3) == 'A' ? 'B' : 'A');
        paste(Map.of("text", wrong.toString()), SAFARI)
                .statusCode(200)
                .body("code", equalTo(posted.code()))
                .body("repaired", containsString("1 wrong"));
        paste(Map.of("text", posted.token()), WECHAT)
                .statusCode(200)
                .body("url", containsString("/r/" + posted.code()));
        assertThat(touches(posted.code()).getList("items.kind", String.class)).containsOnly("PASTE");
        assertThat(count("count(*) filter (where t.repaired like '1 wrong%')", posted.code()))
                .isEqualTo(1);
    }

    @Test
    void two_tokens_in_one_text_are_for_the_fan_to_choose_from() {
        var one = post("XIAOHONGSHU", "NOTE", "TOKEN");
        var other = post("XIAOHONGSHU", "COMMENT", "TOKEN");
        var text = one.token() + " 或者 " + other.token();
        paste(Map.of("text", text), SAFARI)
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("tokens-ambiguous"))
                .body("choices.code", equalTo(List.of(one.code(), other.code())));
        assertThat(touches(one.code()).getInt("total")).isZero();
        paste(Map.of("text", text, "code", other.code()), SAFARI)
                .statusCode(200)
                .body("code", equalTo(other.code()));
    }

    @Test
    void a_text_without_a_live_token_says_why() {
        var posted = post("XIAOHONGSHU", "NOTE", "TOKEN");
        jdbi.useHandle(h -> h.execute("update placement set disabled_at = now() where code = ?", posted.code()));
        paste(Map.of("text", "今天天气不错"), SAFARI).statusCode(404).body("code", equalTo("token-not-found"));
        paste(Map.of("text", posted.token()), SAFARI).statusCode(404).body("code", equalTo("token-ended"));
        paste(Map.of("text", posted.token().substring(0, 9)), SAFARI)
                .statusCode(404)
                .body("code", equalTo("token-damaged"))
                .body("say", containsString("不完整"));
        given().contentType(ContentType.JSON)
                .body("[]")
                .post("/api/v1/pastes")
                .then()
                .statusCode(400);
        given().contentType(ContentType.JSON)
                .body("{\"text\":7}")
                .post("/api/v1/pastes")
                .then()
                .statusCode(400);
        assertThat(statusOfAPasteOf(150_000)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }

    /** Says how long it will be and waits: whoever sends on may find the connection closed before she reads the answer. */
    private static String statusOfAPasteOf(int bytes) {
        try (var socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.getOutputStream()
                    .write(("POST /api/v1/pastes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + bytes + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_paste_page_stands_by_itself() {
        get("/paste", SAFARI)
                .statusCode(200)
                .header("Content-Security-Policy", containsString("script-src 'sha256-"))
                .body(containsString("粘贴口令，直达商品"));
    }

    @Test
    void addresses_of_fans_are_taken_from_proxies_only_where_they_are_configured() {
        var code = post("WEIBO", "NOTE", "LINK").code();
        Stream.of("1.2.3.4", "5.6.7.8").forEach(address -> given().redirects()
                .follow(false)
                .header("User-Agent", SAFARI)
                .header("X-Forwarded-For", address)
                .get("/r/" + code)
                .then()
                .statusCode(302));
        assertThat(count("count(distinct t.visitor)", code))
                .as("one visitor, whatever the header says")
                .isEqualTo(1);
    }
}
