package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.experiment.Split;
import dev.zhida.report.ExperimentStops;
import dev.zhida.rollup.Counts;
import dev.zhida.touch.TouchFixture;
import dev.zhida.touch.TouchInbox;
import dev.zhida.touch.TouchLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
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

    @Inject
    ExperimentStops stops;

    @Inject
    Counts counts;

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

    /** Looks whether experiments end, when all that happened is counted. */
    private void look() {
        var now = Instant.now();
        while (counts.countedTo().isBefore(now)) {
            assertThat(Instant.now()).as("all is counted").isBefore(now.plusSeconds(20));
            LockSupport.parkNanos(20_000_000);
        }
        stops.look();
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
        assertThat(collecting.getString("end.verdict")).isNull();

        people(link, 450);
        people(token, 450);
        orders(link, 80, Instant.now());
        orders(token, 10, Instant.now());
        var shown = report(id);
        assertThat(shown.getString("state")).isEqualTo("DIFFERENCE_SHOWN");
        assertThat(shown.getString("en")).startsWith("The token page causes fewer orders per person: 0.");
        assertThat(shown.getDouble("ratio.high")).isLessThan(1);

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

        look();
        people(link, 10);
        assertThat(report(id).getLong("people"))
                .as("what was counted when it was stopped is kept")
                .isEqualTo(hidden.getLong("people"));
        assertThat(report(id).getString("end.verdict")).isEqualTo("BY_HAND");
    }

    private String running() {
        var id = create(World.CREATOR, link, token).extract().jsonPath().getString("id");
        post(World.CREATOR, "/experiments/" + id + "/start", "").statusCode(200);
        return id;
    }

    @Test
    void it_ends_by_itself_when_it_is_decided_and_keeps_what_it_was() throws Exception {
        var id = running();
        look();
        assertThat(report(id).getString("end.verdict")).isNull();
        people(link, 450);
        people(token, 450);
        orders(link, 80, Instant.now());
        orders(token, 10, Instant.now());
        inbox.awaitTaken();
        look();

        var ended = report(id);
        assertThat(ended.getString("end.verdict")).isEqualTo("FOR_LINK");
        assertThat(ended.getString("end.reason")).contains("链接带来的订单更多");
        assertThat(ended.getString("state")).isEqualTo("DIFFERENCE_SHOWN");
        assertThat(ended.getString("dataTo")).isEqualTo(ended.getString("end.stoppedAt"));
        assertThat(ended.getList("end.ordersNow", Long.class)).containsExactly(80L, 10L);
        // Fans are served as the policy says, on the posted code.
        var split = new Split(UUID.fromString(id), entry, link, token, 50);
        var fan = UUID.randomUUID();
        while (split.arm(fan) != Split.Arm.TOKEN) {
            fan = UUID.randomUUID();
        }
        var deadline = Instant.now().plusSeconds(10);
        while (click(entry, fan) != 302) {
            assertThat(Instant.now()).as("the end reaches the node").isBefore(deadline);
            Thread.sleep(50);
        }

        // Orders of clicks before the end that come later.
        orders(token, 50, Instant.parse(ended.getString("end.stoppedAt")).minusMillis(5));
        people(token, 300);
        look();
        var later = report(id);
        assertThat(later.getList("end.ordersNow", Long.class)).containsExactly(80L, 60L);
        assertThat(later.getLong("token.orders")).isEqualTo(10);
        assertThat(later.getString("en")).isEqualTo(ended.getString("en"));
        assertThat(later.getString("end.stoppedAt")).isEqualTo(ended.getString("end.stoppedAt"));
        post(World.CREATOR, "/experiments/" + id + "/stop", Map.of("reason", "again"))
                .statusCode(409)
                .body("code", equalTo("experiment-not-running"));
        long byItself = jdbi.withHandle(handle -> handle.createQuery("""
                        select count(*) from audit_entry
                        where subject = :subject and person_id is null and detail ->> 'verdict' = 'FOR_LINK'
                        """)
                .bind("subject", "experiment/" + id)
                .mapTo(Long.class)
                .one());
        assertThat(byItself).isEqualTo(1);
    }

    @Test
    void it_ends_when_as_many_people_or_days_are_over_as_were_planned() throws Exception {
        var id = running();
        people(link, 199);
        people(token, 200);
        orders(link, 10, Instant.now());
        orders(token, 10, Instant.now());
        inbox.awaitTaken();
        look();
        assertThat(report(id).getString("end.verdict")).as("399 of 400 people").isNull();
        people(link, 1);
        inbox.awaitTaken();
        look();
        var ended = report(id);
        assertThat(ended.getString("end.verdict")).isEqualTo("AT_MAXIMUM");
        assertThat(ended.getString("state")).isEqualTo("NO_DIFFERENCE_SHOWN");

        var days = post(
                        World.CREATOR,
                        "/experiments",
                        Map.of(
                                "name",
                                "days " + entry,
                                "code",
                                entry,
                                "linkCode",
                                link,
                                "tokenCode",
                                token,
                                "mostDays",
                                2))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("id");
        post(World.CREATOR, "/experiments/" + days + "/start", "").statusCode(200);
        startedBefore(days, 47);
        look();
        assertThat(report(days).getString("end.verdict")).isNull();
        startedBefore(days, 1);
        look();
        assertThat(report(days).getString("end.verdict")).isEqualTo("AT_MAXIMUM");
    }

    private void startedBefore(String id, int hours) {
        jdbi.useHandle(handle -> handle.execute(
                "update experiment set started_at = started_at - make_interval(hours => ?) where id = ?",
                hours,
                UUID.fromString(id)));
    }

    @Test
    void a_report_says_up_to_when_is_counted() {
        var id = running();
        try (var counting = jdbi.open()) {
            // Nobody counts orders while this lasts.
            counting.begin();
            counting.execute("select pg_advisory_xact_lock(hashtext('rollup_order'))");
            jdbi.useHandle(handle -> handle.execute("""
                    insert into order_change (written_at, marketplaces, parent_nos)
                    values (timestamptz '2026-01-02 03:04Z', '{TAOBAO}', '{none}')
                    """));
            assertThat(report(id).getString("dataTo")).isEqualTo("2026-01-02T03:04:00Z");
            counting.rollback();
        }
    }

    @Test
    void nothing_is_decided_or_kept_without_those_who_wait_to_be_counted() throws Exception {
        var decided = running();
        people(link, 450);
        people(token, 450);
        orders(link, 80, Instant.now());
        orders(token, 10, Instant.now());
        var item = entry;
        threePlacements();
        assertThat(entry).isNotEqualTo(item);
        var stopped = running();
        people(link, 3);
        inbox.awaitTaken();
        try (var counting = jdbi.open()) {
            // Nobody counts orders while this lasts.
            counting.begin();
            counting.execute("select pg_advisory_xact_lock(hashtext('rollup_order'))");
            jdbi.useHandle(handle -> handle.execute("""
                    insert into order_change (written_at, marketplaces, parent_nos)
                    values (now() - interval '1 hour', '{TAOBAO}', '{none}')
                    """));
            post(World.CREATOR, "/experiments/" + stopped + "/stop", Map.of("reason", "人数够了"))
                    .statusCode(200);
            stops.look();
            assertThat(report(decided).getString("end.verdict")).isNull();
            assertThat(kept(stopped)).isNull();
            counting.rollback();
        }
        look();
        assertThat(report(decided).getString("end.verdict")).isEqualTo("FOR_LINK");
        assertThat(kept(stopped)).isNotNull();
        assertThat(report(stopped).getLong("people")).isEqualTo(3);
    }

    private String kept(String id) {
        return jdbi.withHandle(handle -> handle.createQuery("select kept::text from experiment where id = :id")
                .bind("id", UUID.fromString(id))
                .mapTo(String.class)
                .findOne()
                .orElse(null));
    }

    private ValidatableResponse createByPost(Map<String, Object> more) {
        var body = new HashMap<String, Object>(Map.of("name", "posts " + entry, "code", entry, "posts", 12));
        body.putAll(more);
        return post(World.CREATOR, "/experiments/by-post", body);
    }

    private static ValidatableResponse tell(String key, String id, int number, Map<String, Object> what) {
        return post(key, "/experiments/" + id + "/posts/" + number, what);
    }

    private JsonPath posts(String id) {
        return given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/experiments/" + id + "/posts")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    @Test
    void posts_alternate_as_they_were_drawn_and_are_compared_post_by_post() throws Exception {
        var id = createByPost(Map.of("countDays", 3))
                .statusCode(201)
                .body("unit", equalTo("POSTS"))
                .body("planned", equalTo(12))
                .body("seed", equalTo(null))
                .extract()
                .jsonPath()
                .getString("id");
        assertThat(posts(id).getList("items")).as("nothing before it starts").isEmpty();
        post(World.CREATOR, "/experiments/" + id + "/start", "").statusCode(200).body("state", equalTo("RUNNING"));
        var first = posts(id);
        assertThat(first.getList("items.number"))
                .as("only what is to be made now")
                .isEqualTo(List.of(1));
        assertThat(first.getString("items[0].state")).isEqualTo("NEXT");

        tell(World.CREATOR, id, 2, Map.of()).statusCode(409).body("code", equalTo("post-not-next"));
        tell(World.OTHER_CREATOR, id, 1, Map.of()).statusCode(404).body("code", equalTo("experiment-not-found"));
        tell(
                        World.CREATOR,
                        id,
                        1,
                        Map.of("postedAt", Instant.now().minusSeconds(3_600).toString()))
                .statusCode(422)
                .body("code", equalTo("posted-before-drawn"));
        twoTellAtOnce(id);

        String usedInstead = null;
        for (var number = 2; number <= 12; number++) {
            var next = posts(id);
            assertThat(next.getInt("items[0].number")).isEqualTo(number);
            if (number == 3) {
                tell(World.CREATOR, id, number, Map.of("setAside", "生病了")).statusCode(200);
            } else if (number == 5) {
                usedInstead = next.getString("items[0].arm").equals("LINK") ? token : link;
                tell(World.CREATOR, id, number, Map.of("usedCode", usedInstead)).statusCode(200);
            } else {
                if (number == 6) {
                    tell(World.CREATOR, id, number, Map.of("usedCode", usedInstead))
                            .statusCode(409)
                            .body("code", equalTo("placement-in-experiment"));
                }
                tell(World.CREATOR, id, number, Map.of()).statusCode(200);
            }
        }
        tell(World.CREATOR, id, 13, Map.of()).statusCode(409).body("code", equalTo("post-not-next"));
        assertThat(posts(id).getList("items.arm").stream().filter("TOKEN"::equals))
                .hasSize(6);
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute(
                        "update experiment_post set arm = 'LINK' where experiment_id = ?", UUID.fromString(id))))
                .hasMessageContaining("a drawn schedule does not change");

        daysGoBy(id, 3);
        sell(id);
        look();
        var waiting = report(id);
        assertThat(waiting.getString("end.verdict"))
                .as("a day for the marketplace to tell")
                .isNull();
        assertThat(waiting.getString("state")).isEqualTo("COLLECTING");
        assertThat(waiting.<Object>get("token"))
                .as("nothing to be seen before the end")
                .isNull();
        assertThat(waiting.getList("posts.orders")).containsOnlyNulls();
        assertThat(waiting.getLong("people")).as("posts made").isEqualTo(11);

        daysGoBy(id, 1);
        look();
        var shown = report(id);
        assertThat(shown.getString("end.verdict")).isEqualTo("FOR_TOKEN");
        assertThat(shown.getString("state")).isEqualTo("DIFFERENCE_SHOWN");
        assertThat(shown.getString("en")).startsWith("Posting the token causes more orders per post: +");
        assertThat(shown.getDouble("difference.estimate")).isBetween(4.0, 6.0);
        assertThat(shown.getDouble("difference.low")).isPositive();
        assertThat(shown.getDouble("p")).isLessThanOrEqualTo(0.05);
        assertThat(shown.getLong("people")).isEqualTo(11);
        assertThat(shown.getBoolean("sampleRatio[0].alarm")).isFalse();
        assertThat(shown.getString("posts[2].remark")).isEqualTo("生病了");
        assertThat(shown.getBoolean("posts[2].counts")).isFalse();
        assertThat(shown.getString("posts[4].code")).isEqualTo(usedInstead);
        assertThat(shown.getString("posts[4].remark")).contains("按抽到的算").contains(usedInstead);
        assertThat(shown.getBoolean("posts[4].counts")).isTrue();
        var people = create(World.CREATOR, link, token).extract().jsonPath().getString("id");
        post(World.CREATOR, "/experiments/" + people + "/start", "")
                .statusCode(409)
                .body("code", equalTo("placement-in-experiment"));
        assertThat(digest(id, shown))
                .as("nothing was changed since it was drawn")
                .isEqualTo(digestOfTheTrail(id));
    }

    private static void twoTellAtOnce(String id) throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            var both = threads.invokeAll(Collections.nCopies(
                    2, () -> tell(World.CREATOR, id, 1, Map.of()).extract().statusCode()));
            assertThat(List.of(both.get(0).get(), both.get(1).get())).containsExactlyInAnyOrder(200, 409);
        }
    }

    /** What was told is told for ever, so a test that cannot wait moves it into the past by force. */
    private void daysGoBy(String id, int days) {
        jdbi.useTransaction(handle -> {
            handle.execute("alter table experiment_post disable trigger experiment_post_stays");
            handle.execute("""
                    update experiment_post set shown_at = shown_at - make_interval(days => ?),
                        posted_at = posted_at - make_interval(days => ?)
                    where experiment_id = ?
                    """, days, days, UUID.fromString(id));
            handle.execute("alter table experiment_post enable trigger experiment_post_stays");
            handle.execute("""
                    update order_line set clicked_at = clicked_at - make_interval(days => ?) where id in (
                        select a.order_line_id from attribution a join experiment_post s
                            on a.placement_id in (s.placement_id, s.used_placement_id) where s.experiment_id = ?)
                    """, days, UUID.fromString(id));
        });
    }

    /** Each post of the token six orders or seven, of the link one or two; some before and after the days that count. */
    private void sell(String id) {
        var made = jdbi.withHandle(handle -> handle.createQuery("""
                        select s.number, s.arm, p.code, s.posted_at from experiment_post s
                        join placement p on p.id = coalesce(s.used_placement_id, s.placement_id)
                        where s.experiment_id = :id and s.state = 'MADE'
                        """)
                .bind("id", UUID.fromString(id))
                .mapToMap()
                .list());
        for (var post : made) {
            var number = (int) post.get("number");
            var at = ((java.sql.Timestamp) post.get("posted_at")).toInstant();
            orders(
                    (String) post.get("code"),
                    ("TOKEN".equals(post.get("arm")) ? 6 : 1) + number % 2,
                    at.plusSeconds(60));
            orders((String) post.get("code"), 1, at.minusSeconds(60));
            orders((String) post.get("code"), 1, at.plus(Duration.ofDays(3)));
        }
    }

    private static String digest(String id, JsonPath report) throws Exception {
        var seed = given().header("Authorization", "Bearer " + World.CREATOR)
                .get("/api/v1/experiments?limit=200")
                .jsonPath()
                .getString("items.find { it.id == '" + id + "' }.seed");
        var text = seed + ":" + String.join(",", report.getList("posts.arm", String.class));
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String digestOfTheTrail(String id) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select detail ->> 'schedule' from audit_entry where subject = :s and action = 'experiment-created'")
                .bind("s", "experiment/" + id)
                .mapTo(String.class)
                .one());
    }

    @Test
    void posts_that_were_ended_early_or_lost_say_nothing_of_causes() {
        var id = createByPost(Map.of()).statusCode(201).extract().jsonPath().getString("id");
        post(World.CREATOR, "/experiments/" + id + "/start", "").statusCode(200);
        tell(World.CREATOR, id, 1, Map.of()).statusCode(200);
        post(World.CREATOR, "/experiments/" + id + "/stop", Map.of("reason", "不想发了"))
                .statusCode(200);
        tell(World.CREATOR, id, 2, Map.of()).statusCode(409).body("code", equalTo("experiment-not-running"));
        look();
        var stopped = report(id);
        assertThat(stopped.getString("state")).isEqualTo("COLLECTING");
        assertThat(stopped.getString("posts[0].remark")).contains("没满期");

        // Three of twelve were never made.
        var lost = createByPost(Map.of("name", "lost " + entry, "countDays", 1, "mostDays", 5))
                .extract()
                .jsonPath()
                .getString("id");
        post(World.CREATOR, "/experiments/" + lost + "/start", "").statusCode(200);
        for (var number = 1; number <= 9; number++) {
            tell(World.CREATOR, lost, number, Map.of()).statusCode(200);
        }
        daysGoBy(lost, 4);
        sell(lost);
        startedBefore(lost, 5 * 24 - 1);
        look();
        assertThat(report(lost).getString("end.verdict")).isNull();
        startedBefore(lost, 1);
        look();
        var hidden = report(lost);
        assertThat(hidden.getString("end.verdict")).isEqualTo("AT_MAXIMUM");
        assertThat(hidden.getString("state")).isEqualTo("SAMPLE_RATIO_ALARM");
        assertThat(hidden.<Object>get("difference")).isNull();
        assertThat(hidden.getList("posts.orders")).containsOnlyNulls();
    }

    private String runningByPost() {
        var id = createByPost(Map.of()).statusCode(201).extract().jsonPath().getString("id");
        post(World.CREATOR, "/experiments/" + id + "/start", "").statusCode(200);
        return id;
    }

    @Test
    void posts_go_on_when_exclusive_slots_are_free_again() {
        var waiting = createByPost(Map.of("name", "waiting " + entry))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("id");
        var id = runningByPost();
        List<Long> free = jdbi.withHandle(
                handle -> handle.createQuery("""
                        update slot set free_at = null where exclusive and free_at <= now() returning id
                        """).mapTo(Long.class).list());
        try {
            for (var answer : List.of("post 1 is noted", "each post needs a slot of its own")) {
                tell(World.CREATOR, id, 1, Map.of())
                        .statusCode(409)
                        .body("code", equalTo("slots-not-apart"))
                        .body("detail", startsWith(answer));
                assertThat(posts(id).getList("items.state")).isEqualTo(List.of("MADE"));
                post(World.CREATOR, "/experiments/" + waiting + "/start", "")
                        .statusCode(409)
                        .body("code", equalTo("slots-not-apart"));
            }
            tell(World.CREATOR, id, 2, Map.of()).statusCode(409).body("code", equalTo("post-not-next"));
        } finally {
            jdbi.useHandle(handle -> handle.createUpdate("update slot set free_at = now() where id = any(:ids)")
                    .bindArray("ids", Long.class, free)
                    .execute());
        }
        tell(World.CREATOR, id, 1, Map.of())
                .statusCode(200)
                .body("items.number", equalTo(List.of(2, 1)))
                .body("items.state", equalTo(List.of("NEXT", "MADE")));
        tell(World.CREATOR, id, 1, Map.of()).statusCode(409).body("code", equalTo("post-not-next"));
        tell(World.CREATOR, id, 2, Map.of()).statusCode(200).body("items[0].number", equalTo(3));
        post(World.CREATOR, "/experiments/" + waiting + "/start", "").statusCode(200);
        assertThat(posts(waiting).getList("items.state")).isEqualTo(List.of("NEXT"));
    }

    @Test
    void a_post_that_fans_came_by_is_not_set_aside() throws Exception {
        var id = runningByPost();
        for (var blank : List.of("", " \u3000")) {
            tell(World.CREATOR, id, 1, Map.of("setAside", blank))
                    .statusCode(422)
                    .body("code", equalTo("why-set-aside"));
        }
        people(posts(id).getString("items[0].code"), 1);
        tell(World.CREATOR, id, 1, Map.of("setAside", "没发")).statusCode(409).body("code", equalTo("post-had-fans"));
        assertThat(posts(id).getList("items.state")).isEqualTo(List.of("NEXT"));
        tell(World.CREATOR, id, 1, Map.of()).statusCode(200);

        var second = posts(id);
        orders(second.getString("items[0].code"), 1, Instant.parse(second.getString("items[0].shownAt")));
        tell(World.CREATOR, id, 2, Map.of("setAside", "没发")).statusCode(409).body("code", equalTo("post-had-fans"));
        tell(World.CREATOR, id, 2, Map.of()).statusCode(200);

        var third = posts(id);
        orders(
                third.getString("items[0].code"),
                1,
                Instant.parse(third.getString("items[0].shownAt")).minusMillis(1));
        tell(World.CREATOR, id, 3, Map.of("setAside", " 没发 "))
                .statusCode(200)
                .body("items[1].state", equalTo("SET_ASIDE"))
                .body("items[1].remark", equalTo("没发"));
    }

    private void inACampaign(String code) {
        var campaign = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("""
                    insert into campaign (id, brand_id, name, from_at, until_at, created_at)
                    select ?, id, ?, now(), now() + interval '9 days', now() from brand where name = 'test'
                    """, campaign, campaign.toString());
            handle.execute("update placement set campaign_id = ? where code = ?", campaign, code);
        });
    }

    @Test
    void a_code_of_another_campaign_was_not_posted_instead() {
        var id = runningByPost();
        inACampaign(link);
        tell(World.CREATOR, id, 1, Map.of("usedCode", link))
                .statusCode(422)
                .body("code", equalTo("arms-not-comparable"));
        assertThat(posts(id).getList("items.state")).isEqualTo(List.of("NEXT"));
        tell(World.CREATOR, id, 1, Map.of("usedCode", token)).statusCode(200).body("items[1].usedCode", equalTo(token));
    }

    @Test
    void posts_that_could_show_nothing_are_not_planned() {
        for (var wrong : List.<Map<String, Object>>of(
                Map.of("posts", 10),
                Map.of("posts", 13),
                Map.of("posts", 202),
                Map.of("dates", List.of(Instant.now().plusSeconds(60).toString())),
                Map.of(
                        "dates",
                        Collections.nCopies(12, Instant.now().plusSeconds(60).toString())))) {
            createByPost(wrong).statusCode(422).body("code", equalTo("posts-out-of-range"));
        }
        createByPost(Map.of("tokenMedium", "LINK")).statusCode(422).body("code", equalTo("medium-not-compared"));
        createByPost(Map.of("code", "AAAAAAAA")).statusCode(404).body("code", equalTo("placement-not-found"));
        var dates = IntStream.rangeClosed(1, 12)
                .mapToObj(day -> Instant.now().plus(Duration.ofDays(day)).toString())
                .toList();
        createByPost(Map.of("dates", dates)).statusCode(201);
        createByPost(Map.of("dates", dates)).statusCode(409).body("code", equalTo("experiment-exists"));

        var item = ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L);
        var note = post(
                        World.CREATOR,
                        "/link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=" + item,
                                "channels",
                                List.of(Map.of("platform", "XIAOHONGSHU", "scene", "NOTE"))))
                .extract()
                .jsonPath()
                .getString("placements.find { it.medium == 'TOKEN' }.code");
        createByPost(Map.of("name", "note " + note, "code", note))
                .statusCode(422)
                .body("code", equalTo("form-not-allowed"));
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

    private void orders(String code, int count, Instant clickedAt) {
        var placement = id(code);
        var at = clickedAt.atOffset(ZoneOffset.UTC);
        jdbi.useTransaction(handle -> {
            UUID account = handle.createQuery("select id from marketplace_account where name = 'test'")
                    .mapTo(UUID.class)
                    .one();
            for (var i = 0; i < count; i++) {
                var line = UuidCreator.getTimeOrderedEpoch();
                handle.execute("""
                        insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                            paid_fen, estimated_fen, clicked_at, created_at, first_observed_at, changed_at)
                        values (?, 'TAOBAO', ?, ?, ?, ?, 1, 'PAID', 100, 10, ?, ?, ?, ?)
                        """, line, account, line.toString(), line.toString(), line.toString(), at, at, at, at);
                handle.execute("""
                        insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id,
                            medium, rule_version, evidence, decided_at)
                        select ?, 1, true, 'EXACT', id, creator_id, medium, 1, '{}', now() from placement where id = ?
                        """, line, placement);
            }
        });
    }

    @Test
    void arms_that_cannot_be_told_apart_or_compared_are_refused() {
        create(World.CREATOR, entry, token).statusCode(422).body("code", equalTo("arms-not-comparable"));
        create(World.CREATOR, link, link).statusCode(422).body("code", equalTo("arms-not-comparable"));
        create(World.OTHER_CREATOR, link, token).statusCode(404).body("code", equalTo("placement-not-found"));
        inACampaign(entry);
        create(World.CREATOR, link, token).statusCode(422).body("code", equalTo("arms-not-comparable"));
        jdbi.useHandle(handle -> handle.execute("update placement set campaign_id = null where code = ?", entry));
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
