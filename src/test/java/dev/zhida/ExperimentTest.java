package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.experiment.Split;
import dev.zhida.touch.TouchFixture;
import dev.zhida.touch.TouchInbox;
import dev.zhida.touch.TouchLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An experiment from the plan to the result, over HTTP. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ExperimentTest {

    private static final String QQ = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 QQ/9.0.65.601 V1_IPH_SQ_9.0.65_1_APP_A";

    @Inject
    World world;

    @Inject
    TouchLog log;

    @Inject
    Jdbi jdbi;

    @Inject
    TouchInbox inbox;

    private String entry;
    private String link;
    private String token;

    @BeforeEach
    void threePlacements() {
        world.prepare();
        var item = ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L);
        var kit = post(
                        World.CREATOR,
                        "/link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=" + item,
                                "channels",
                                List.of(
                                        Map.of("platform", "QQ", "scene", "GROUP", "label", "a"),
                                        Map.of("platform", "QQ", "scene", "GROUP", "label", "b"))))
                .statusCode(201)
                .extract()
                .jsonPath();
        entry = code(kit, "LINK", "a");
        link = code(kit, "LINK", "b");
        token = code(kit, "TOKEN", "a");
    }

    private static String code(JsonPath kit, String medium, String label) {
        return kit.getString("placements.find { it.medium == '" + medium + "' && it.label == '" + label + "' }.code");
    }

    private static ValidatableResponse post(String key, String path, Object body) {
        return given().header("Authorization", "Bearer " + key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1" + path)
                .then();
    }

    private ValidatableResponse create(String key, String linkCode, String tokenCode) {
        return post(
                key,
                "/experiments",
                Map.of(
                        "name",
                        "test " + entry,
                        "code",
                        entry,
                        "linkCode",
                        linkCode,
                        "tokenCode",
                        tokenCode,
                        "planned",
                        400));
    }

    private JsonPath report(String id) {
        inbox.awaitTaken();
        return given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/reports/experiments/" + id)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static int click(String code, UUID cookie) {
        var request = given().redirects().follow(false).header("User-Agent", QQ);
        if (cookie != null) {
            request = request.header("Cookie", "zv=" + cookie);
        }
        return request.get("/r/" + code).statusCode();
    }

    private long clicks(String code) {
        inbox.awaitTaken();
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                        select count(*) from touch t join placement p on p.id = t.placement_id
                        where p.code = :code and t.kind = 'CLICK'
                        """).bind("code", code).mapTo(Long.class).one());
    }

    private long id(String code) {
        return jdbi.withHandle(handle -> handle.createQuery("select id from placement where code = :code")
                .bind("code", code)
                .mapTo(Long.class)
                .one());
    }

    @Test
    void people_are_split_counted_and_told_of() throws Exception {
        var id = create(World.CREATOR, link, token)
                .statusCode(201)
                .body("state", equalTo("DRAFT"))
                .body("tokenPercent", equalTo(50))
                .extract()
                .jsonPath()
                .getString("id");
        assertThat(click(entry, UUID.randomUUID())).as("not before it starts").isEqualTo(302);
        post(World.CREATOR, "/experiments/" + id + "/start", "").statusCode(200).body("state", equalTo("RUNNING"));
        post(World.CREATOR, "/experiments/" + id + "/start", "")
                .statusCode(409)
                .body("code", equalTo("experiment-not-a-draft"));

        var split = new Split(UUID.fromString(id), entry, link, token, 50);
        var first = UUID.randomUUID();
        while (split.arm(first) != Split.Arm.TOKEN) {
            first = UUID.randomUUID();
        }
        var deadline = Instant.now().plusSeconds(10);
        while (click(entry, first) != 200) {
            assertThat(Instant.now()).as("the start reaches the node").isBefore(deadline);
            Thread.sleep(50);
        }
        var posted = clicks(entry);
        for (var i = 0; i < 60; i++) {
            var cookie = UUID.randomUUID();
            var expected = split.arm(cookie) == Split.Arm.TOKEN ? 200 : 302;
            // Whichever of the codes she comes by, and however often.
            assertThat(click(entry, cookie)).isEqualTo(expected);
            assertThat(click(i % 2 == 0 ? link : token, cookie)).isEqualTo(expected);
        }
        assertThat(clicks(entry)).as("the enrolled are counted on their arms").isEqualTo(posted);
        assertThat(click(entry, null)).as("without a cookie nobody is enrolled").isEqualTo(302);
        assertThat(click(token, null)).isEqualTo(302);
        assertThat(clicks(entry)).isEqualTo(posted + 2);

        var collecting = report(id);
        assertThat(collecting.getString("state")).isEqualTo("COLLECTING");
        assertThat(collecting.getLong("people")).isEqualTo(61);
        assertThat(collecting.getString("sampleRatio[1].where")).isEqualTo("QQ IOS");
        assertThat(collecting.getBoolean("mayStop")).isFalse();

        people(link, 450);
        people(token, 450);
        orders(link, "LINK", 80);
        orders(token, "TOKEN", 10);
        var shown = report(id);
        assertThat(shown.getString("state")).isEqualTo("DIFFERENCE_SHOWN");
        assertThat(shown.getString("en")).startsWith("The token page causes fewer orders per person: 0.");
        assertThat(shown.getDouble("ratio.high")).isLessThan(1);
        assertThat(shown.getBoolean("mayStop")).isTrue();

        // Somebody loses people of one arm.
        people(token, 300);
        var hidden = report(id);
        assertThat(hidden.getString("state")).isEqualTo("SAMPLE_RATIO_ALARM");
        assertThat(hidden.<Object>get("token")).isNull();
        assertThat(hidden.<Object>get("ratio")).isNull();

        post(World.CREATOR, "/experiments/" + id + "/stop", Map.of("reason", "人数够了"))
                .statusCode(200)
                .body("reason", equalTo("人数够了"));
        post(World.CREATOR, "/experiments/" + id + "/stop", Map.of("reason", "again"))
                .statusCode(409)
                .body("code", equalTo("experiment-not-running"));
        deadline = Instant.now().plusSeconds(10);
        while (click(entry, first) != 302) {
            assertThat(Instant.now()).as("the stop reaches the node").isBefore(deadline);
            Thread.sleep(50);
        }
        long audited = jdbi.withHandle(
                handle -> handle.createQuery("select count(*) from audit_entry where subject = :subject")
                        .bind("subject", "experiment/" + id)
                        .mapTo(Long.class)
                        .one());
        assertThat(audited).isEqualTo(3);
    }

    private void people(String code, int count) throws Exception {
        for (var i = 0; i < count; i++) {
            var at = Instant.now();
            var stored = log.record(TouchFixture.aClick(
                    TouchFixture.idAt(at), id(code), UUID.randomUUID(), at, "QQ", null, TouchFixture.BROWSER));
            if (i == count - 1) {
                stored.toCompletableFuture().get(10, TimeUnit.SECONDS);
            }
        }
    }

    private void orders(String code, String medium, int count) {
        var placement = id(code);
        jdbi.useTransaction(handle -> {
            UUID account = handle.createQuery("select id from marketplace_account where name = 'test'")
                    .mapTo(UUID.class)
                    .one();
            for (var i = 0; i < count; i++) {
                var line = UuidCreator.getTimeOrderedEpoch();
                var at = Instant.now().atOffset(ZoneOffset.UTC);
                handle.execute("""
                        insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                            paid_fen, estimated_fen, clicked_at, created_at, first_observed_at, changed_at)
                        values (?, 'TAOBAO', ?, ?, ?, ?, 1, 'PAID', 100, 10, ?, ?, ?, ?)
                        """, line, account, line.toString(), line.toString(), line.toString(), at, at, at, at);
                handle.execute("""
                        insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id,
                            medium, rule_version, evidence, decided_at)
                        select ?, 1, true, 'EXACT', id, creator_id, ?, 1, '{}', now() from placement where id = ?
                        """, line, medium, placement);
            }
        });
    }

    @Test
    void arms_that_cannot_be_told_apart_or_compared_are_refused() {
        create(World.CREATOR, entry, token).statusCode(422).body("code", equalTo("arms-not-comparable"));
        create(World.CREATOR, link, link).statusCode(422).body("code", equalTo("arms-not-comparable"));
        create(World.OTHER_CREATOR, link, token).statusCode(404).body("code", equalTo("placement-not-found"));
        jdbi.useHandle(
                handle -> handle.execute("update slot_lease set until_at = now() where placement_id = ?", id(token)));
        create(World.CREATOR, link, token).statusCode(422).body("code", equalTo("slots-not-apart"));
    }

    @Test
    void a_placement_is_in_one_running_experiment() {
        var one = create(World.CREATOR, link, token)
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("id");
        create(World.CREATOR, link, token).statusCode(409).body("code", equalTo("experiment-exists"));
        var other = post(
                        World.CREATOR,
                        "/experiments",
                        Map.of("name", "other " + entry, "code", link, "linkCode", entry, "tokenCode", token))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("id");
        post(World.CREATOR, "/experiments/" + one + "/start", "").statusCode(200);
        post(World.CREATOR, "/experiments/" + other + "/start", "")
                .statusCode(409)
                .body("code", equalTo("placement-in-experiment"));
        post(World.OTHER_CREATOR, "/experiments/" + other + "/start", "")
                .statusCode(404)
                .body("code", equalTo("experiment-not-found"));
        post(World.OPERATOR, "/experiments/" + one + "/stop", Map.of("reason", "enough"))
                .statusCode(200);
    }
}
