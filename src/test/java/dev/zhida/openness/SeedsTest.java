package dev.zhida.openness;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.zhida.RollupCheck;
import dev.zhida.SeedsWorld;
import dev.zhida.TestDatabase;
import dev.zhida.World;
import dev.zhida.intake.PullCoverage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchFixture;
import dev.zhida.touch.TouchInbox;
import dev.zhida.touch.TouchLog;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The story's own case: what the watch and the reports say of a world whose truth is known. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class SeedsTest {

    @Inject
    World people;

    @Inject
    SeedsWorld world;

    @Inject
    OpennessWatch watch;

    @Inject
    OpennessStore store;

    @Inject
    PullCoverage pulls;

    @Inject
    TouchLog log;

    @Inject
    TouchInbox inbox;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void play() throws Exception {
        people.prepare();
        world.play();
        RollupCheck.await();
    }

    private static JsonPath get(String key, String path) {
        return given().header("Authorization", "Bearer " + key)
                .get("/api/v1" + path)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private String period() {
        return "from=" + BusinessTime.dayOf(world.start) + "&until=" + BusinessTime.dayOf(world.end);
    }

    private long all(ToLongFunction<SeedsWorld.Truth> part) {
        return world.truths.values().stream().mapToLong(part).sum();
    }

    private List<Map<String, Object>> watched(Measure measure) throws InterruptedException {
        jdbi.useTransaction(handle -> {
            handle.execute("delete from openness_alert where measure = ?", measure.name());
            handle.execute("delete from openness_count where measure = ?", measure.name());
            handle.execute("delete from openness_cell where measure = ?", measure.name());
            handle.execute("delete from openness_progress where measure = ?", measure.name());
            handle.execute(
                    "insert into openness_progress values (?, ?)",
                    measure.name(),
                    world.start.atOffset(ZoneOffset.UTC));
        });
        var deadline = Instant.now().plusSeconds(60);
        var end = world.end;
        while (jdbi.withHandle(
                        handle -> handle.createQuery("select counted_until from openness_progress where measure = :m")
                                .bind("m", measure.name())
                                .mapTo(java.time.OffsetDateTime.class)
                                .one())
                .toInstant()
                .isBefore(end)) {
            assertThat(Instant.now()).isBefore(deadline);
            watch.watchSome(measure, end.plus(watch.settles(measure)));
        }
        return get("test-operator", "/openness/alerts?limit=200").getList("items");
    }

    @Test
    void the_watch_finds_that_groups_on_android_stopped_opening_and_nothing_else() throws Exception {
        var alerts = watched(Measure.OPEN);
        assertThat(alerts).hasSize(1);
        var alert = get("test-creator", "/openness/alerts");
        assertThat(alert.getString("items[0].cell.hostApp")).isEqualTo("WECHAT");
        assertThat(alert.getString("items[0].cell.scene")).isEqualTo("GROUP");
        assertThat(alert.getString("items[0].cell.os")).isEqualTo("ANDROID");
        var changedAt = Instant.parse(alert.getString("items[0].changedAt"));
        assertThat(Duration.between(world.changedAt, changedAt).abs()).isLessThanOrEqualTo(Duration.ofMinutes(20));
        assertThat(Duration.between(world.changedAt, Instant.parse(alert.getString("items[0].detectedAt"))))
                .isLessThan(Duration.ofHours(3));
        assertThat(alert.getDouble("items[0].before.rate")).isBetween(0.34, 0.42);
        assertThat(alert.getDouble("items[0].after.rate")).isLessThan(0.1);
        assertThat(alert.getString("items[0].zh"))
                .startsWith("微信群 8 版（安卓）里的淘宝链接大约从 ")
                .contains("打不开了");
        assertThat(alert.getString("items[0].en"))
                .startsWith("WeChat group (version 8) on Android stopped opening Taobao links at about 14:");
        assertThat(alert.getString("items[0].proposedDelivery")).isEqualTo("LANDING");
        assertThat(alert.getString("items[0].proposedPosting")).isEqualTo("REFUSED");

        // Run again over the stored touches, it says the same.
        var request = Map.of("from", world.start.toString(), "until", world.end.toString());
        var replayed = given().header("Authorization", "Bearer test-auditor")
                .contentType(ContentType.JSON)
                .body(request)
                .post("/api/v1/openness/replays")
                .then()
                .statusCode(200)
                .body("changes", hasSize(1))
                .extract()
                .jsonPath();
        assertThat(replayed.getString("changes[0].en")).isEqualTo(alert.getString("items[0].en"));
        assertThat(replayed.getString("changes[0].detectedAt")).isEqualTo(alert.getString("items[0].detectedAt"));

        var timeline = get(
                "test-brand",
                "/openness/timeline?hostApp=WECHAT&scene=GROUP&os=ANDROID&marketplace=TAOBAO&medium=LINK&minutes=1440&from="
                        + world.start + "&until=" + world.end);
        assertThat(timeline.getDouble("points[0].rate.rate")).isBetween(0.3, 0.46);
        assertThat(timeline.getDouble("points[-1].rate.rate")).isLessThan(0.05);

        decide(alert.getString("items[0].id"));
    }

    private static void decide(String id) {
        var path = "/api/v1/openness/alerts/" + id;
        var version = given().header("Authorization", "Bearer test-operator")
                .post(path + "/accept")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getInt("ruleVersion");
        var rule = get(
                "test-operator",
                "/host-app-rules/decision?hostApp=WECHAT&scene=GROUP&os=ANDROID&marketplace=TAOBAO&medium=LINK");
        // Rules begin within a second.
        for (var i = 0; i < 40 && rule.getInt("version") != version; i++) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            rule = get(
                    "test-operator",
                    "/host-app-rules/decision?hostApp=WECHAT&scene=GROUP&os=ANDROID&marketplace=TAOBAO&medium=LINK");
        }
        assertThat(rule.getInt("version")).isEqualTo(version);
        assertThat(rule.getString("posting")).isEqualTo("REFUSED");
        for (var again : List.of("/accept", "/dismiss")) {
            given().header("Authorization", "Bearer test-operator")
                    .post(path + again)
                    .then()
                    .statusCode(409)
                    .body("code", equalTo("alert-decided"));
        }
    }

    @Test
    void orders_that_keep_following_redirects_give_no_alert() throws Exception {
        assertThat(watched(Measure.ORDER).stream()
                        .filter(alert ->
                                ((Map<?, ?>) alert.get("cell")).get("measure").equals("ORDER")))
                .isEmpty();
        long sent = jdbi.withHandle(handle -> handle.createQuery("""
                        select sum(shown)::bigint from openness_count where measure = 'ORDER' and host_app = 'QQ'
                          and bin >= :from and bin < :until
                        """)
                .bind("from", world.start.atOffset(ZoneOffset.UTC))
                .bind("until", world.end.atOffset(ZoneOffset.UTC))
                .mapTo(Long.class)
                .one());
        assertThat(sent).isEqualTo(world.truth("QQ", "GROUP", "LINK").clicks);
    }

    @Test
    void how_many_orders_others_have_is_told_to_the_operator_only() {
        var path = "/api/v1/openness/timeline?measure=ORDER&hostApp=QQ&scene=GROUP&os=ANDROID&marketplace=TAOBAO"
                + "&medium=LINK&minutes=1440&from=" + world.start + "&until=" + world.end;
        for (var key : List.of("test-creator", "test-brand")) {
            given().header("Authorization", "Bearer " + key)
                    .get(path)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("orders-of-others"));
        }
        assertThat(get("test-operator", path.substring("/api/v1".length())).getString("cell.measure"))
                .isEqualTo("ORDER");
    }

    @Test
    void where_a_marketplace_tells_no_click_orders_count_when_they_were_made() throws Exception {
        // Before the world begins, so that nothing else is there.
        var at = world.start.minus(Duration.ofDays(3));
        var jd = placement("JD");
        var taobao = placement("TAOBAO");
        for (var placement : List.of(jd, taobao)) {
            for (var i = 0; i < 20; i++) {
                var seen = at.plusSeconds(i);
                var click = TouchFixture.aClick(
                        TouchFixture.idAt(seen),
                        placement,
                        UUID.randomUUID(),
                        seen,
                        "WEIBO",
                        null,
                        TouchFixture.BROWSER);
                // One of them reads our page first: an order of hers would not say so.
                log.record(i == 7 ? TouchFixture.answered(click, Touch.Outcome.LANDING) : click)
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
            }
        }
        inbox.awaitTaken();
        order("JD", jd, null, at.plusSeconds(500), "PAID");
        order("JD", jd, null, at.plusSeconds(500), "INVALID");
        order("JD", jd, null, at.plusSeconds(500), "CREATED");
        order("JD", jd, null, at.plus(Duration.ofHours(1)), "PAID");
        order("TAOBAO", taobao, at.plusSeconds(3), at.plus(Duration.ofHours(5)), "PAID");
        order("TAOBAO", taobao, at.plusSeconds(3), at.plus(Duration.ofHours(7)), "PAID");
        order("TAOBAO", taobao, at.plus(Duration.ofHours(1)), at.plus(Duration.ofHours(1)), "PAID");

        var from = OpennessWatch.binOf(at);
        var counted = jdbi.withHandle(handle ->
                store.count(handle, Measure.ORDER, Duration.ofHours(6), from, from.plus(Duration.ofHours(3))));
        assertThat(counted)
                .extracting(one -> one.cell().marketplace()
                        + " " + one.cell().timeOfOrders()
                        + " " + one.count().shown()
                        + " " + one.count().opened())
                .as(
                        "of JD what was made in these minutes; of Taobao what was clicked in them and made within six hours")
                .containsExactlyInAnyOrder("JD CREATED 20 2", "TAOBAO CLICKED 20 1");

        QuarkusTransaction.begin();
        try {
            // Orders of JD are read to one minute before what these clicks may still bring.
            told("JD", from, from.plus(Duration.ofHours(6)).plusSeconds(540));
            assertThat(pulls.ordersToldUntil()).containsOnlyKeys(Marketplace.JD);
            List<String> kept = jdbi.withHandle(handle -> {
                handle.execute("delete from openness_count where measure = 'ORDER'");
                store.keep(
                        handle,
                        Measure.ORDER,
                        Duration.ofHours(6),
                        from,
                        from.plus(Duration.ofHours(3)),
                        pulls.ordersToldUntil());
                return handle.createQuery("select marketplace from openness_count where measure = 'ORDER'")
                        .mapTo(String.class)
                        .list();
            });
            assertThat(kept)
                    .as("what a marketplace has not told is not counted as nothing")
                    .containsExactly("TAOBAO");
        } finally {
            QuarkusTransaction.rollback();
        }

        var change = new ChangeDetector.Change(
                at, at, new ChangeDetector.Rate(100, 10), new ChangeDetector.Rate(100, 0), 20);
        for (var one : counted) {
            var created = one.cell().timeOfOrders() == Cell.TimeOfOrders.CREATED;
            assertThat(AlertWords.en(one.cell(), change).endsWith("(by the time of order)"))
                    .isEqualTo(created);
            assertThat(AlertWords.zh(one.cell(), change).endsWith("（按下单时间）")).isEqualTo(created);
        }
    }

    /** An account that is connected, and its orders are read between two times. */
    private void told(String marketplace, Instant from, Instant until) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with account as (
                            insert into marketplace_account values (gen_random_uuid(), :marketplace, gen_random_uuid()::text, now())
                            returning id
                        ), connection as (
                            insert into marketplace_connection (account_id, key_id, nonce, content, changed_at, changed_by)
                            select a.id, repeat('0', 16), decode(repeat('00', 12), 'hex'), decode(repeat('00', 17), 'hex'),
                                now(), (select id from person limit 1)
                            from account a
                        )
                        insert into pull_window (account_id, feed, kind, from_at, covers_from, until_at, state,
                            next_attempt_at, created_at, finished_at)
                        select id, 'ORDERS_UPDATED', 'LIVE', :from, :from, :until, 'COMPLETE', now(), now(), now() from account
                        """)
                .bind("marketplace", marketplace)
                .bind("from", from.atOffset(ZoneOffset.UTC))
                .bind("until", until.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private long placement(String marketplace) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with made as (
                            insert into offer (id, marketplace, item_id, item_key, created_at)
                            values (gen_random_uuid(), :marketplace, gen_random_uuid()::text, gen_random_uuid()::text, now())
                            returning id
                        )
                        insert into placement (code, creator_id, offer_id, platform, scene, medium, destination, earns,
                            created_at)
                        select 'CREATE' || :last || 'X', c.id, made.id, 'WEIBO', 'NOTE', 'LINK', 'https://item.jd.com/1.html',
                            true, now()
                        from made, creator c where c.name = 'test-creator-3' returning id
                        """)
                .bind("marketplace", marketplace)
                .bind("last", marketplace.substring(0, 1))
                .mapTo(Long.class)
                .one());
    }

    private void order(String marketplace, long placement, Instant clickedAt, Instant createdAt, String status) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with account as (
                            insert into marketplace_account values (gen_random_uuid(), :marketplace, gen_random_uuid()::text, now())
                            returning id
                        ), line as (
                            insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                                paid_fen, estimated_fen, clicked_at, created_at, first_observed_at, changed_at)
                            select l, :marketplace, account.id, l::text, l::text, l::text, 1, :status, 100, 10, :clicked,
                                :created, now(), now()
                            from account, gen_random_uuid() l returning id
                        )
                        insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                            rule_version, evidence, decided_at)
                        select line.id, 1, true, 'EXACT', p.id, p.creator_id, p.medium, 1, '{}', now()
                        from line, placement p where p.id = :placement
                        """)
                .bind("marketplace", marketplace)
                .bind("status", status)
                .bind("clicked", clickedAt == null ? null : clickedAt.atOffset(ZoneOffset.UTC))
                .bind("created", createdAt.atOffset(ZoneOffset.UTC))
                .bind("placement", placement)
                .execute());
    }

    @Test
    void a_replay_of_days_that_make_no_sense_or_are_gone_is_refused() {
        for (var until : Map.of(
                        world.start.toString(), "period-out-of-range",
                        world.start.plus(Duration.ofDays(33)).toString(), "period-out-of-range")
                .entrySet()) {
            replay(world.start.toString(), until.getKey(), 422, until.getValue());
        }
        replay("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", 410, "touches-gone");
        given().header("Authorization", "Bearer test-operator")
                .post("/api/v1/openness/alerts/00000000-0000-0000-0000-000000000000/accept")
                .then()
                .statusCode(404)
                .body("code", equalTo("alert-not-found"));
    }

    private static void replay(String from, String until, int status, String code) {
        given().header("Authorization", "Bearer test-operator")
                .contentType(ContentType.JSON)
                .body(Map.of("from", from, "until", until))
                .post("/api/v1/openness/replays")
                .then()
                .statusCode(status)
                .body("code", equalTo(code));
    }

    @Test
    void the_funnel_is_that_of_the_world() {
        var funnel = get(SeedsWorld.CREATOR, "/reports/funnel?by=placement&limit=200&" + period());
        assertThat(funnel.getInt("total")).isEqualTo(world.channels.size());
        for (var channel : world.channels) {
            var group = "groups.find { it.key == '" + channel.code() + "' }";
            var truth = world.truths.get(channel.code());
            assertThat(acts(funnel, group, "CLICK")).isEqualTo(truth.clicks);
            assertThat(acts(funnel, group, "LANDING")).isEqualTo(truth.landings);
            assertThat(acts(funnel, group, "OPEN")).isEqualTo(truth.opens);
            assertThat(acts(funnel, group, "PASTE")).isEqualTo(truth.pastes);
            assertThat(acts(funnel, group, "SENT_ON")).isEqualTo(channel.lands() ? 0 : truth.clicks);
            assertThat(acts(funnel, group, "ORDER")).isEqualTo(truth.orders);
            assertThat(funnel.getLong(group + ".people")).isEqualTo(truth.people);
            assertThat(funnel.getLong(group + ".money.gmvFen")).isEqualTo(truth.gmvFen);
        }
        assertThat(funnel.getList("groups.rank", Integer.class)).isSorted();
        var group = "groups.find { it.key == '"
                + world.channel("WECHAT", "GROUP", "LINK").code() + "' }";
        assertThat(funnel.getDouble(group + ".sharing.visitsPerShare")).isEqualTo(2.0);
        var step = group + ".steps.find { it.step == 'NATIVE_PASTE' }";
        assertThat(funnel.getString(step + ".observability")).isEqualTo("INVISIBLE");
        assertThat(funnel.<Object>get(step + ".acts")).isNull();
        assertThat(funnel.getString("notObserved[1]")).contains("0.68").contains("1.70");

        // A day that is no whole week, and another creator, and a coupon's strength.
        var oneDay = get(
                SeedsWorld.CREATOR,
                "/reports/funnel?by=coupon&from=" + BusinessTime.dayOf(world.start) + "&until="
                        + BusinessTime.dayOf(world.start).plusDays(1));
        assertThat(oneDay.getList("groups.key")).isEqualTo(List.of("10-20%"));
        assertThat(get("test-creator-3", "/reports/funnel?by=placement&" + period())
                        .getList("groups"))
                .isEmpty();
    }

    private static long acts(JsonPath funnel, String group, String step) {
        return funnel.getLong(group + ".steps.find { it.step == '" + step + "' }.acts");
    }

    @Test
    void the_file_is_whole_and_says_the_same() {
        var file = given().header("Authorization", "Bearer " + SeedsWorld.CREATOR)
                .get("/api/v1/reports/funnel.csv?by=platform&" + period())
                .then()
                .statusCode(200)
                .extract()
                .asString();
        var last = file.strip().lines().reduce((a, b) -> b).orElseThrow().split(",");
        assertThat(last[0]).isEqualTo("#END");
        assertThat(Integer.parseInt(last[1])).isEqualTo(7);
        assertThat(Long.parseLong(last[2])).isEqualTo(all(truth -> truth.gmvFen));
    }

    @Test
    void the_trend_adds_up_and_stands_beside_the_days_before() {
        var trend = get(SeedsWorld.CREATOR, "/reports/trend?" + period());
        assertThat(trend.getList("days")).hasSize(15);
        assertThat(trend.getLong("total.clicks")).isEqualTo(all(truth -> truth.clicks));
        assertThat(trend.getLong("total.orders")).isEqualTo(all(truth -> truth.orders));
        assertThat(trend.getLong("previousTotal.clicks")).isZero();
        var next = get(
                SeedsWorld.CREATOR,
                "/reports/trend?from=" + BusinessTime.dayOf(world.end) + "&until="
                        + BusinessTime.dayOf(world.end).plusDays(15));
        assertThat(next.getLong("previousTotal.clicks")).isEqualTo(all(truth -> truth.clicks));
        assertThat(next.getString("days[3].previousDay"))
                .isEqualTo(BusinessTime.dayOf(world.start).plusDays(3).toString());
    }

    @Test
    void orders_are_told_by_how_long_they_took() {
        var delays = get(SeedsWorld.CREATOR, "/reports/click-to-order?" + period());
        assertThat(delays.getInt("bars[0].untilSeconds")).isEqualTo(15);
        assertThat(delays.getInt("bars[0].orders")).isEqualTo(12);
        assertThat(delays.getList("bars.orders", Integer.class).stream()
                        .mapToLong(Integer::longValue)
                        .sum())
                .isEqualTo(all(truth -> truth.orders));
    }

    @Test
    void a_brand_sees_its_campaign_with_cost_return_and_what_stands_out() {
        var report = get("test-brand", "/reports/campaigns/" + world.campaign);
        assertThat(report.getString("from"))
                .isEqualTo(BusinessTime.dayOf(world.start).toString());
        assertThat(acts(report, "total", "ORDER")).isEqualTo(all(truth -> truth.orders));
        assertThat(report.getLong("returnPercent")).isBetween(1_000L, 1_002L);
        assertThat(report.<Object>get("total.money.estimatedFen"))
                .as("the creators' share")
                .isNull();
        assertThat(report.getList("creators.key")).isEqualTo(List.of(world.creator.toString()));
        var found = report.<Map<String, String>>getList("suspicions");
        assertThat(found)
                .extracting(one -> one.get("kind") + " " + one.get("code"))
                .containsExactlyInAnyOrder(
                        "FAST_ORDERS "
                                + world.channel("DOUYIN", "VIDEO", "LINK").code(),
                        "BURST " + world.channel("TOUTIAO", "NOTE", "LINK").code(),
                        "MORE_REPORTED_THAN_SEEN "
                                + world.channel("WECOM", "GROUP", "LINK").code());

        given().header("Authorization", "Bearer test-brand")
                .get("/api/v1/reports/campaigns/00000000-0000-0000-0000-000000000000")
                .then()
                .statusCode(404)
                .body("code", equalTo("campaign-not-found"));
    }

    /** The cells of a file, its header first and its control record last; all others have as many cells as the header. */
    private static List<List<String>> file(String key, String path) {
        var cells = given().header("Authorization", "Bearer " + key)
                .get("/api/v1/reports/" + path)
                .then()
                .statusCode(200)
                .contentType("text/csv")
                .extract()
                .asString()
                .strip()
                .lines()
                .map(line -> List.of(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)))
                .toList();
        assertThat(cells.getLast()).hasSize(4).startsWith("#END", Integer.toString(cells.size() - 2));
        assertThat(cells.subList(0, cells.size() - 1))
                .allSatisfy(line -> assertThat(line).hasSameSizeAs(cells.getFirst()));
        return cells;
    }

    private static int column(List<List<String>> file, String name) {
        return file.getFirst().stream()
                .map(header -> header.substring(header.indexOf(' ') + 1))
                .toList()
                .indexOf(name);
    }

    @Test
    void every_report_has_a_file_that_says_the_same() {
        var frozen = get(SeedsWorld.CREATOR, "/reports/comparison").getString("frozenBefore");
        var funnel = file(SeedsWorld.CREATOR, "funnel.csv?by=placement&" + period());
        var groups = get(SeedsWorld.CREATOR, "/reports/funnel?by=placement&limit=200&" + period());
        assertThat(groups.getString("frozenBefore")).isEqualTo(frozen);
        var code = world.channel("WECHAT", "GROUP", "LINK").code();
        var row = funnel.stream()
                .filter(line -> line.get(1).equals(code))
                .findFirst()
                .orElseThrow();
        var group = "groups.find { it.key == '" + code + "' }";
        for (var step : List.of("SENT_ON", "LANDING", "OPEN", "ORDER")) {
            var name = step.equals("SENT_ON") ? "sentOn" : step.toLowerCase(Locale.ROOT);
            assertThat(Double.parseDouble(row.get(column(funnel, name + "Rate"))))
                    .isCloseTo(
                            groups.getDouble(group + ".steps.find { it.step == '" + step + "' }.rate"),
                            within(0.000001));
        }
        assertThat(Double.parseDouble(row.get(column(funnel, "orderLoss"))))
                .isCloseTo(groups.getDouble(group + ".steps.find { it.step == 'ORDER' }.loss"), within(0.000001));
        assertThat(row.get(column(funnel, "visitsPerShare"))).isEqualTo("2.000000");
        assertThat(row.get(column(funnel, "perHundredPeopleFen")))
                .isEqualTo(groups.getString(group + ".money.perHundredPeopleFen"));
        assertThat(row.get(column(funnel, "dataTo")))
                .startsWith(BusinessTime.dayOf(Instant.now()).toString());
        assertThat(row.getLast()).isEqualTo(frozen);

        var trend = file(SeedsWorld.CREATOR, "trend.csv?" + period());
        var days = get(SeedsWorld.CREATOR, "/reports/trend?" + period());
        assertThat(days.getString("frozenBefore")).isEqualTo(frozen);
        assertThat(trend).hasSize(17);
        for (var i = 0; i < 15; i++) {
            var day = trend.get(i + 1);
            assertThat(day.getFirst()).isEqualTo(days.getString("days[" + i + "].day"));
            for (var part : List.of("clicks", "orders", "people")) {
                assertThat(day.get(column(trend, part))).isEqualTo(days.getString("days[" + i + "].counts." + part));
            }
            assertThat(day.get(column(trend, "previous.clicks"))).isEqualTo("0");
            assertThat(day.getLast()).isEqualTo(frozen);
        }
        assertThat(Long.parseLong(trend.getLast().get(2))).isEqualTo(all(truth -> truth.gmvFen));

        var delays = file(SeedsWorld.CREATOR, "click-to-order.csv?" + period());
        assertThat(delays.get(1).subList(0, 3)).isEqualTo(List.of("0", "15", "12"));
        assertThat(delays.subList(1, delays.size() - 1).stream()
                        .mapToLong(bar -> Long.parseLong(bar.get(2)))
                        .sum())
                .isEqualTo(all(truth -> truth.orders));

        var campaign = file("test-brand", "campaigns/" + world.campaign + ".csv");
        var report = get("test-brand", "/reports/campaigns/" + world.campaign);
        assertThat(report.getString("frozenBefore")).isEqualTo(frozen);
        var total = campaign.get(1);
        assertThat(total.getFirst()).isEqualTo("total");
        assertThat(Long.parseLong(total.get(column(campaign, "orders")))).isEqualTo(all(truth -> truth.orders));
        assertThat(total.get(column(campaign, "costFen"))).isEqualTo(report.getString("costFen"));
        assertThat(total.get(column(campaign, "returnPercent"))).isEqualTo(report.getString("returnPercent"));
        assertThat(total.get(column(campaign, "estimatedFen")))
                .as("the creators' share")
                .isEmpty();
        assertThat(campaign.getLast().get(2)).isEqualTo(report.getString("total.money.gmvFen"));
        for (var section : Map.of(
                        "creator",
                        "creators",
                        "platform",
                        "platforms",
                        "medium",
                        "media",
                        "coupon",
                        "coupons",
                        "suspicion",
                        "suspicions")
                .entrySet()) {
            assertThat(campaign.stream()
                            .filter(line -> line.getFirst().equals(section.getKey()))
                            .map(line -> line.get(2)))
                    .as(section.getKey())
                    .isEqualTo(report.getList(
                            section.getValue() + (section.getKey().equals("suspicion") ? ".code" : ".key")));
        }
        given().header("Authorization", "Bearer test-brand")
                .get("/api/v1/reports/campaigns/00000000-0000-0000-0000-000000000000.csv")
                .then()
                .statusCode(404)
                .body("code", equalTo("campaign-not-found"));
    }

    @Test
    void what_makes_no_sense_is_refused() {
        for (var query : List.of("from=2026-03-02&until=2026-03-02", "from=2020-01-01&until=2026-01-01")) {
            given().header("Authorization", "Bearer test-auditor")
                    .get("/api/v1/reports/funnel?" + query)
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("days-out-of-range"));
        }
        given().header("Authorization", "Bearer test-auditor")
                .get("/api/v1/reports/funnel?by=weather")
                .then()
                .statusCode(422)
                .body("errors[0].field", equalTo("by"));
    }

    @Test
    void the_comparison_before_and_after_is_that_of_the_world() {
        var day = BusinessTime.startOf(world.dayOfChange);
        var before = get(SeedsWorld.CREATOR, "/reports/comparison?by=platform&from=" + world.start + "&until=" + day);
        var after = get(
                SeedsWorld.CREATOR,
                "/reports/comparison?by=platform&from=" + day.plus(Duration.ofDays(1)) + "&until=" + world.end);
        var link = world.truth("WEIBO", "NOTE", "LINK");
        var token = world.truth("WEIBO", "NOTE", "TOKEN");
        var weibo = "groups.find { it.key == 'WEIBO' }.arms.";
        assertThat(before.getLong(weibo + "LINK.n")).isEqualTo(link.peopleBefore);
        assertThat(before.getLong(weibo + "TOKEN.orders")).isEqualTo(token.ordersBefore);
        assertThat(after.getLong(weibo + "LINK.n")).isEqualTo(link.peopleAfter);
        assertThat(after.getLong(weibo + "TOKEN.orders")).isEqualTo(token.ordersAfter);
        // Groups on Android bring hardly an order any more.
        var group = world.truth("WECHAT", "GROUP", "LINK");
        var chat = world.truth("WECHAT", "CHAT", "LINK");
        var wechat = "groups.find { it.key == 'WECHAT' }.arms.LINK.";
        assertThat(before.getLong(wechat + "orders")).isEqualTo(group.ordersBefore + chat.ordersBefore);
        assertThat(after.getLong(wechat + "orders")).isEqualTo(group.ordersAfter + chat.ordersAfter);
        assertThat(after.getDouble(wechat + "rate")).isLessThan(before.getDouble(wechat + "rate"));
    }
}
