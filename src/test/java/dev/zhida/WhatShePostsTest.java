package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.zhida.campaign.Offers;
import dev.zhida.link.MarketplaceTokens;
import dev.zhida.link.NativeTokens;
import dev.zhida.link.TokenReader;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a creator gets for a place, over HTTP: share texts, templates, native tokens, pictures. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WhatShePostsTest {

    /** As the marketplace would deliver them, made up. */
    private static final String SHORT = "￥aB3dE5gH7j2￥";

    private static final String LONG = "47￥ CZ3457 aB3dE5gH7j2￥ https://m.tb.cn/h.AbCd12A  双面呢大衣 ";

    @Inject
    World world;

    @Inject
    Offers offers;

    @Inject
    NativeTokens tokens;

    @Inject
    TokenReader reader;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key).contentType(ContentType.JSON);
    }

    private static String newItem() {
        return Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    private static ValidatableResponse ask(String item, String platform, String scene, String... media) {
        return as(World.CREATOR)
                .body(Map.of(
                        "product", "https://item.taobao.com/item.htm?id=" + item,
                        "channels", List.of(Map.of("platform", platform, "scene", scene)),
                        "media", List.of(media)))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201);
    }

    /** The placement of an item that has a title, a price of 199 and a coupon of 20.50 yuan. */
    private JsonPath placement(String platform, String scene, String medium) {
        var item = newItem();
        var kit = ask(item, platform, scene, medium).extract().jsonPath();
        offers.describe(UUID.fromString(kit.getString("offer.id")), "双面呢大衣", 19_900L, 2_050L, null);
        return placement(kit.getString("placements[0].code"));
    }

    private static JsonPath placement(String code) {
        return as(World.CREATOR)
                .get("/api/v1/placements/" + code)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private long id(String code) {
        return jdbi.withHandle(h -> h.createQuery("select id from placement where code = ?")
                .bind(0, code)
                .mapTo(Long.class)
                .one());
    }

    @ParameterizedTest
    @CsvSource({
        "WECHAT, GROUP, LINK",
        "WECHAT, GROUP, TOKEN",
        "WECHAT, MOMENTS, LINK",
        "WECHAT, COMMENT, TOKEN",
        "WECHAT, CHAT, NATIVE_TOKEN",
        "WECHAT, MOMENTS, IMAGE"
    })
    void no_token_text_goes_to_wechat(String platform, String scene, String medium) {
        var placement = placement(platform, scene, medium);
        assertThat(placement.getString("shareText"))
                .contains("双面呢大衣")
                .doesNotContain("◆", "￥")
                .doesNotContain(placement.getString("token").substring(1, 15));
        if (!medium.equals("IMAGE")) {
            assertThat(placement.getString("shareText")).endsWith(placement.getString("url"));
        }
    }

    @ParameterizedTest
    @CsvSource({"NOTE, TOKEN", "NOTE, LINK", "COMMENT, TOKEN", "NOTE, IMAGE", "VIDEO, TOKEN"})
    void nothing_but_a_token_goes_to_xiaohongshu(String scene, String medium) {
        var placement = placement("XIAOHONGSHU", scene, medium);
        assertThat(placement.getString("shareText"))
                .contains(placement.getString("token"), "到「直达」粘贴")
                .doesNotContain("http", "/r/", "localhost");
    }

    @ParameterizedTest
    @CsvSource({"QQ, GROUP", "WEIBO, NOTE"})
    void a_plain_link_goes_to_qq_and_weibo(String platform, String scene) {
        var placement = placement(platform, scene, "LINK");
        assertThat(placement.getString("shareText")).isEqualTo("双面呢大衣 " + placement.getString("url"));
    }

    @Test
    void the_text_of_a_token_says_where_to_paste_it_and_can_be_pasted_whole() {
        var placement = placement("WEIBO", "NOTE", "TOKEN");
        assertThat(placement.getString("shareText"))
                .isEqualTo("双面呢大衣\n到手价 178.50 元\n" + placement.getString("token")
                        + "\n复制这段话，打开 http://localhost:8080/paste 粘贴，直达商品");
        assertThat(reader.read(placement.getString("shareText")).candidates())
                .containsExactly(new TokenReader.Candidate(placement.getString("code"), null));
        assertThat(placement.getString("preview")).contains("http://localhost:8080/paste", "淘宝");
        assertThat(placement.getString("unseen")).contains("复制口令");
    }

    @Test
    void what_is_not_known_of_an_offer_is_not_said() {
        var kit = ask(newItem(), "WEB", "NOTE", "LINK").extract().jsonPath();
        assertThat(kit.getString("placements[0].shareText")).isEqualTo("好物推荐\n" + kit.getString("placements[0].url"));
        assertThat(kit.getString("placements[0].unseen")).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void every_place_has_words_and_a_preview(Platform platform) {
        for (var scene : Scene.values()) {
            var kit = ask(newItem(), platform.name(), scene.name(), "LINK", "TOKEN", "IMAGE")
                    .extract()
                    .jsonPath();
            assertThat(kit.getList("placements.shareText", String.class))
                    .hasSize(3)
                    .allSatisfy(text -> assertThat(text).isNotBlank().doesNotContain("{", "}"))
                    // No shopping app takes them for its own.
                    .noneMatch(MarketplaceTokens::areIn);
            assertThat(kit.getList("placements.preview", String.class)).allMatch(text -> !text.isBlank());
        }
    }

    private static ValidatableResponse put(String platform, String scene, String medium, String text) {
        var body = new HashMap<String, Object>(Map.of("medium", medium, "text", text));
        body.computeIfAbsent("platform", none -> platform);
        body.computeIfAbsent("scene", none -> scene);
        return as(World.OPERATOR).body(body).put("/api/v1/share-templates").then();
    }

    @Test
    void an_operator_edits_a_template() {
        put("TOUTIAO", "VIDEO", "LINK", "看 {title}：{url}").statusCode(200);
        put("TOUTIAO", "VIDEO", "LINK", "快看 {title}：{url}").statusCode(200).body("text", equalTo("快看 {title}：{url}"));
        as(World.OPERATOR)
                .get("/api/v1/share-templates")
                .then()
                .statusCode(200)
                .body("items.findAll { it.platform == 'TOUTIAO' }.text", equalTo(List.of("快看 {title}：{url}")));
        assertThat(placement("TOUTIAO", "VIDEO", "LINK").getString("shareText")).startsWith("快看 双面呢大衣：http");
        assertThat(placement("TOUTIAO", "NOTE", "LINK").getString("shareText")).startsWith("双面呢大衣\n到手价 178.50 元\n领券立减");
    }

    @Test
    void a_template_that_a_host_app_forbids_is_refused() {
        put("WECHAT", null, "TOKEN", "{token} {pasteAt} {url}")
                .statusCode(422)
                .body("code", equalTo("template-unusable"))
                .body("errors.field", equalTo(List.of("text")))
                .body("errors[0].reason", containsString("WeChat forbids"));
        put(null, null, "LINK", "{titel} {url}").statusCode(422).body("errors[0].reason", containsString("{titel}"));
        assertThatThrownBy(
                        () -> jdbi.useHandle(
                                h -> h.execute(
                                        "insert into share_template (platform, medium, scene, text) values ('WECHAT', 'TOKEN', 'LIVE', '{token}')")))
                .hasMessageContaining("share_template_no_token_in_wechat");
        assertThatThrownBy(() -> jdbi.useHandle(h ->
                        h.execute("update share_template set text = '{token} {url}' where platform = 'XIAOHONGSHU'")))
                .hasMessageContaining("share_template_no_link_in_xiaohongshu");
    }

    @Test
    void a_native_token_is_missing_until_it_is_entered_and_is_delivered_as_it_is() {
        var placement = placement("WEIBO", "NOTE", "NATIVE_TOKEN");
        var code = placement.getString("code");
        assertThat(placement.getMap("nativeToken")).isNull();
        assertThat(placement.getString("nativeTokenMissing")).contains("还没有淘宝口令");
        assertThat(placement.getString("shareText")).isEmpty();
        assertThat(placement.getBoolean("earns")).isTrue();
        as(World.CREATOR)
                .get("/api/v1/native-tokens?state=MISSING")
                .then()
                .statusCode(200)
                .body("items.code", hasItem(code));

        as(World.OPERATOR)
                .body(Map.of("text", SHORT, "longText", LONG))
                .post("/api/v1/placements/" + code + "/native-tokens")
                .then()
                .statusCode(201);
        var with = placement(code);
        assertThat(with.getString("nativeToken.text")).isEqualTo(SHORT);
        assertThat(with.getString("nativeToken.longText")).isEqualTo(LONG);
        assertThat(Instant.parse(with.getString("nativeToken.expiresAt")))
                .isBetween(
                        Instant.now().plus(29, ChronoUnit.DAYS), Instant.now().plus(30, ChronoUnit.DAYS));
        assertThat(with.getString("nativeTokenMissing")).isNull();
        assertThat(with.getString("shareText")).startsWith(LONG);
        assertThat(with.getString("unseen")).contains("在淘宝里粘贴");
        as(World.CREATOR).get("/api/v1/native-tokens").then().body("items.code", not(hasItem(code)));
    }

    @Test
    void for_xiaohongshu_a_kit_offers_both_tokens_and_the_native_one_without_its_link() {
        var kit = ask(newItem(), "XIAOHONGSHU", "NOTE", "TOKEN", "NATIVE_TOKEN")
                .extract()
                .jsonPath();
        var code = kit.getString("placements[1].code");
        tokens.put(id(code), SHORT, LONG, Instant.now(), null, null);
        assertThat(placement(code).getString("shareText")).contains(SHORT).doesNotContain("http");
        assertThat(kit.getList("placements.unseen")).doesNotContainNull();
    }

    @Test
    void a_dead_token_is_not_given_out_and_the_post_that_holds_it_is_listed() {
        var dead = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        var dying = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        var fresh = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        var ended = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        tokens.put(id(dead), SHORT, null, Instant.now().minus(Duration.ofDays(30)), null, null);
        tokens.put(id(dying), SHORT, null, Instant.now().minus(Duration.ofDays(28)), null, null);
        tokens.put(id(fresh), SHORT, null, Instant.now().minus(Duration.ofDays(26)), null, null);
        tokens.put(id(ended), SHORT, null, Instant.now().minus(Duration.ofDays(40)), null, null);
        jdbi.useHandle(h -> h.execute("update placement set disabled_at = now() where code = ?", ended));

        assertThat(placement(dead).getMap("nativeToken")).isNull();
        assertThat(placement(dead).getString("nativeTokenMissing")).contains("过期");
        assertThat(placement(dying).getMap("nativeToken")).isNotNull();
        assertThat(posts("EXPIRED")).contains(dead).doesNotContain(dying, fresh, ended);
        assertThat(posts("EXPIRING")).contains(dying).doesNotContain(dead, fresh, ended);
        assertThat(posts("MISSING")).doesNotContain(dead, dying, fresh, ended);
        assertThat(tokens.counts().keySet()).contains(NativeTokens.State.EXPIRED, NativeTokens.State.EXPIRING);
        // Who it does not belong to does not see it.
        as(World.OTHER_CREATOR).get("/api/v1/native-tokens").then().body("items", hasSize(0));
        as(World.OTHER_CREATOR)
                .get("/api/v1/placements/" + dead + "/native-tokens")
                .then()
                .statusCode(404);
    }

    private static List<String> posts(String state) {
        return as(World.CREATOR)
                .get("/api/v1/native-tokens?limit=200&state=" + state)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("items.code", String.class);
    }

    @Test
    void a_renewed_token_takes_the_place_of_the_old_one_and_leaves_it_in_the_history() {
        var code = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        var first = Instant.now().minus(Duration.ofDays(29)).truncatedTo(ChronoUnit.MILLIS);
        var second = first.plus(Duration.ofDays(28));
        tokens.put(id(code), SHORT, null, first, null, null);
        tokens.put(id(code), "￥zZ9yY8xX7w6￥", LONG, second, null, null);
        // Again, and late news: neither changes anything.
        tokens.put(id(code), "￥zZ9yY8xX7w6￥", LONG, second, null, null);
        tokens.put(id(code), SHORT, null, first, null, null);
        as(World.CREATOR)
                .get("/api/v1/placements/" + code + "/native-tokens")
                .then()
                .statusCode(200)
                .body("items.text", equalTo(List.of("￥zZ9yY8xX7w6￥", SHORT)))
                .body("items[0].endedAt", equalTo(null))
                .body("items[1].endedAt", equalTo(second.toString()))
                .body(
                        "items[1].expiresAt",
                        equalTo(first.plus(Duration.ofDays(30)).toString()));
    }

    @Test
    void of_many_who_renew_at_once_one_token_stands() throws Exception {
        var code = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        var id = id(code);
        var start = Instant.now().minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MILLIS);
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = IntStream.range(0, 40)
                    .mapToObj(i ->
                            threads.submit(() -> tokens.put(id, "￥" + i + "￥", null, start.plusSeconds(i), null, null)))
                    .toList();
            for (var one : all) {
                one.get();
            }
        }
        assertThat(tokens.current(List.of(id)).get(id).text()).isEqualTo("￥39￥");
        assertThat(tokens.history(id).stream().filter(token -> token.endedAt() == null))
                .hasSize(1);
    }

    @Test
    void a_token_that_cannot_be_is_refused() {
        var link = placement("WEIBO", "NOTE", "LINK").getString("code");
        var mine = placement("WEIBO", "NOTE", "NATIVE_TOKEN").getString("code");
        enter(link, Map.of("text", SHORT)).statusCode(422).body("code", equalTo("not-a-native-token-placement"));
        enter(
                        mine,
                        Map.of(
                                "text",
                                SHORT,
                                "madeAt",
                                Instant.now().plusSeconds(60).toString()))
                .statusCode(422)
                .body("code", equalTo("made-in-the-future"));
        var pdd = as(World.CREATOR)
                .body(Map.of(
                        "product", newItem(),
                        "marketplace", "PDD",
                        "channels", List.of(Map.of("platform", "WEIBO", "scene", "NOTE")),
                        "media", List.of("NATIVE_TOKEN")))
                .post("/api/v1/link-kits")
                .then()
                .statusCode(201)
                .body("placements[0].nativeTokenMissing", containsString("拼多多没有平台口令"))
                .extract()
                .jsonPath()
                .getString("placements[0].code");
        enter(pdd, Map.of("text", SHORT)).statusCode(422).body("code", equalTo("no-native-tokens"));
        assertThat(posts("MISSING")).doesNotContain(pdd);
    }

    private static Response picture(String creator, String code, String query, String tag) {
        var request = given().header("Authorization", "Bearer " + creator);
        return (tag == null ? request : request.header("If-None-Match", tag))
                .get("/api/v1/placements/" + code + "/picture" + query);
    }

    private static BufferedImage image(Response response) throws IOException {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("image/png");
        assertThat(response.header("Cache-Control")).contains("private", "no-cache");
        return ImageIO.read(new ByteArrayInputStream(response.asByteArray()));
    }

    @Test
    void a_picture_is_drawn_once_and_anew_when_the_terms_change() throws Exception {
        var kit = ask(newItem(), "WEIBO", "NOTE", "IMAGE").extract().jsonPath();
        var code = kit.getString("placements[0].code");
        var offer = UUID.fromString(kit.getString("offer.id"));
        offers.describe(offer, "双面呢大衣", 19_900L, 2_000L, null);

        var first = picture(World.CREATOR, code, "", null);
        assertThat(image(first).getHeight()).isEqualTo(1080);
        assertThat(image(picture(World.CREATOR, code, "?ratio=3:4", null)).getHeight())
                .isEqualTo(1440);
        var madeAt = pictures(code);
        assertThat(madeAt).hasSize(2);
        assertThat(picture(World.CREATOR, code, "?ratio=1:1", first.header("ETag"))
                        .statusCode())
                .isEqualTo(304);
        assertThat(picture(World.CREATOR, code, "", null).asByteArray()).isEqualTo(first.asByteArray());
        assertThat(pictures(code)).isEqualTo(madeAt);

        offers.describe(offer, "双面呢大衣", 19_900L, 3_000L, null);
        var dearer = picture(World.CREATOR, code, "", first.header("ETag"));
        assertThat(image(dearer)).isNotNull();
        assertThat(dearer.asByteArray()).isNotEqualTo(first.asByteArray());
        assertThat(dearer.header("ETag")).isNotEqualTo(first.header("ETag"));

        var item = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB), "jpeg", item);
        jdbi.useHandle(h -> h.execute(
                "insert into offer_picture (offer_id, jpeg, width, height, source_url, fetched_at) values (?, ?, 300, 200, 'x', now())",
                offer,
                item.toByteArray()));
        // The item's own picture, black, fills what was the placeholder.
        var pictured = image(picture(World.CREATOR, code, "", dearer.header("ETag")));
        assertThat(new Color(pictured.getRGB(300, 300))).isEqualTo(Color.BLACK);
    }

    private List<Instant> pictures(String code) {
        return jdbi.withHandle(
                h -> h.createQuery("select made_at from placement_picture where placement_id = ? order by ratio")
                        .bind(0, id(code))
                        .mapTo(Instant.class)
                        .list());
    }

    @Test
    void a_picture_suits_its_platform_and_is_its_creators_own() throws Exception {
        var note = ask(newItem(), "XIAOHONGSHU", "NOTE", "IMAGE", "TOKEN")
                .extract()
                .jsonPath();
        var code = note.getString("placements[0].code");
        assertThat(note.getString("placements[0].picture")).isEqualTo("/api/v1/placements/" + code + "/picture");
        assertThat(note.getString("placements[1].picture")).isNull();
        assertThat(image(picture(World.CREATOR, code, "", null)).getHeight()).isEqualTo(1440);
        picture(World.OTHER_CREATOR, code, "", null)
                .then()
                .statusCode(404)
                .body("code", equalTo("placement-not-found"));
        picture(World.CREATOR, code, "?ratio=16:9", null).then().statusCode(422);
        picture(World.CREATOR, note.getString("placements[1].code"), "", null)
                .then()
                .statusCode(422)
                .body("code", equalTo("not-a-picture-placement"));
    }

    private static ValidatableResponse enter(String code, Map<String, String> body) {
        return as(World.OPERATOR)
                .body(body)
                .post("/api/v1/placements/" + code + "/native-tokens")
                .then();
    }
}
