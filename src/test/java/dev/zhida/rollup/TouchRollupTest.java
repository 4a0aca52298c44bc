package dev.zhida.rollup;

import static dev.zhida.touch.TouchFixture.BROWSER;
import static dev.zhida.touch.TouchFixture.aClick;
import static dev.zhida.touch.TouchFixture.aLanding;
import static dev.zhida.touch.TouchFixture.aPlacement;
import static dev.zhida.touch.TouchFixture.idAt;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import dev.zhida.RollupCheck;
import dev.zhida.TestDatabase;
import dev.zhida.World;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchLog;
import dev.zhida.touch.TouchPartitions;
import dev.zhida.touch.TrafficRules;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts against the touches they are made of; the job counts beside the tests as it does in earnest. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class TouchRollupTest {

    @Inject
    TouchLog log;

    @Inject
    TouchRollup rollup;

    @Inject
    TouchPartitions partitions;

    @Inject
    Jdbi jdbi;

    @Inject
    World world;

    private final long placement = aPlacement();

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    private void store(List<Touch> touches) throws Exception {
        CompletableFuture.allOf(touches.stream()
                        .map(touch -> log.record(touch).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .get(30, TimeUnit.SECONDS);
    }

    private static void assertCountsAreThoseOfTheTouches() throws SQLException {
        try (var connection = TestDatabase.address().dataSource().getConnection()) {
            assertThat(RollupCheck.differences(connection)).isEmpty();
        }
    }

    private long people(String hostApp) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(sum(people), 0) from rollup_touch_day where placement_id = :p and host_app = :app")
                .bind("p", placement)
                .bind("app", hostApp)
                .mapTo(Long.class)
                .one());
    }

    private Touch click(UUID visitor, Instant at, String hostApp) {
        return aClick(idAt(at), placement, visitor, at, hostApp, null, BROWSER);
    }

    private List<Touch> someTraffic(int count, Instant around) {
        var dice = new Random(7);
        var touches = new ArrayList<Touch>();
        for (var i = 0; i < count; i++) {
            var at = around.plusSeconds(dice.nextInt(7_200));
            var app = dice.nextBoolean() ? "WECHAT" : "WEIBO";
            var flag = dice.nextInt(10) == 0 ? "BOT" : null;
            var click = aClick(
                    idAt(at),
                    placement + dice.nextInt(3),
                    new UUID(placement, dice.nextInt(count / 3)),
                    at,
                    app,
                    flag,
                    BROWSER);
            touches.add(click);
            if (dice.nextInt(3) == 0) {
                touches.add(aLanding(click));
                touches.add(aLanding(click));
            }
        }
        return touches;
    }

    @Test
    void every_touch_is_counted_once_in_its_hour_and_day() throws Exception {
        store(someTraffic(3_000, Instant.now()));
        RollupCheck.await();
        assertCountsAreThoseOfTheTouches();
    }

    @Test
    void a_visitor_is_one_of_the_people_where_her_first_click_of_the_day_was() throws Exception {
        var visitor = UUID.randomUUID();
        var at = Instant.now();
        store(List.of(click(visitor, at, "WECHAT"), click(visitor, at.plusMillis(5), "WEIBO")));
        RollupCheck.await();
        assertThat(people("WECHAT")).isEqualTo(1);
        assertThat(people("WEIBO")).isZero();

        store(List.of(click(visitor, at.minusMillis(5), "QQ")));
        RollupCheck.await();
        assertThat(people("QQ")).as("an earlier click that comes late").isEqualTo(1);
        assertThat(people("WECHAT")).isZero();
        assertCountsAreThoseOfTheTouches();
    }

    @Test
    void a_day_counted_anew_gives_the_same() throws Exception {
        var at = BusinessTime.startOf(LocalDate.now(BusinessTime.ZONE).minusDays(40))
                .plusSeconds(36_000);
        store(someTraffic(1_000, at));
        RollupCheck.await();
        jdbi.useHandle(handle -> {
            handle.execute("update rollup_touch_day set touches = touches + 1 where day = ?", BusinessTime.dayOf(at));
            handle.execute("delete from rollup_touch_hour where day = ?", BusinessTime.dayOf(at));
        });
        rollup.rebuild(BusinessTime.dayOf(at));
        assertCountsAreThoseOfTheTouches();
    }

    @Test
    void a_week_that_is_over_is_summed_and_summed_again_after_a_late_touch() throws Exception {
        var at = BusinessTime.startOf(LocalDate.now(BusinessTime.ZONE).minusDays(54))
                .plusSeconds(36_000);
        store(someTraffic(300, at));
        RollupCheck.await();
        rollup.sumWeeks(LocalDate.now(BusinessTime.ZONE));
        assertThat(weekIsSummed(at)).isTrue();
        assertCountsAreThoseOfTheTouches();

        store(List.of(click(UUID.randomUUID(), at, "WECHAT")));
        RollupCheck.await();
        assertThat(weekIsSummed(at)).isFalse();
        rollup.sumWeeks(LocalDate.now(BusinessTime.ZONE));
        assertThat(weekIsSummed(at)).isTrue();
        assertCountsAreThoseOfTheTouches();

        rollup.rebuild(BusinessTime.dayOf(at));
        assertThat(weekIsSummed(at)).isFalse();
        assertThat(weekIsSummed(Instant.now())).as("this week is not over").isFalse();
    }

    private boolean weekIsSummed(Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select exists (select from rollup_week where week = date_trunc('week', :day::date)::date)")
                .bind("day", BusinessTime.dayOf(at))
                .mapTo(Boolean.class)
                .one());
    }

    @Test
    void nothing_is_missed_or_double_while_some_count_and_others_count_anew() throws Exception {
        var today = LocalDate.now(BusinessTime.ZONE);
        var done = new AtomicBoolean();
        var workers = List.of(
                Thread.ofPlatform().start(() -> until(done, rollup::countSome)),
                Thread.ofPlatform().start(() -> until(done, rollup::countSome)),
                Thread.ofPlatform().start(() -> until(done, () -> rollup.rebuild(today))));
        for (var i = 0; i < 30; i++) {
            store(someTraffic(300, Instant.now()));
        }
        done.set(true);
        for (var worker : workers) {
            worker.join();
        }
        RollupCheck.await();
        assertCountsAreThoseOfTheTouches();
    }

    private static void until(AtomicBoolean done, Runnable work) {
        while (!done.get()) {
            work.run();
        }
    }

    @Test
    void counts_of_a_day_whose_touches_are_gone_are_frozen() {
        assertThatThrownBy(() -> rollup.rebuild(partitions.keptFrom().minusDays(1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("counts-frozen"));
    }

    @Test
    void visitors_of_frozen_days_are_forgotten() {
        var frozen = partitions.keptFrom().minusDays(1);
        jdbi.useHandle(handle -> {
            for (var day : List.of(frozen, partitions.keptFrom())) {
                handle.execute(
                        "insert into rollup_visitor_day values (?, ?, 'CLICK', ?, ?)",
                        day,
                        placement,
                        UUID.randomUUID(),
                        UUID.randomUUID());
            }
        });
        rollup.forgetVisitors();
        List<LocalDate> remembered = jdbi.withHandle(
                handle -> handle.createQuery("select day from rollup_visitor_day where placement_id = :p")
                        .bind("p", placement)
                        .mapTo(LocalDate.class)
                        .list());
        assertThat(remembered).containsExactly(partitions.keptFrom());
    }

    private static ValidatableResponse runRules(LocalDate from, LocalDate until, boolean dryRun) {
        return given().header("Authorization", "Bearer test-operator")
                .contentType(ContentType.JSON)
                .body(Map.of("from", from, "until", until, "dryRun", dryRun))
                .post("/api/v1/touch-rules/runs")
                .then();
    }

    private Map<String, Integer> flags(LocalDate day) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select coalesce(flag, 'PERSON') flag, count(*) n from touch
                        where day = :day and placement_id = :p group by 1
                        """)
                .bind("day", day)
                .bind("p", placement)
                .collectRows(Collectors.toMap(
                        row -> row.getColumn("flag", String.class), row -> row.getColumn("n", Integer.class))));
    }

    @Test
    void the_rules_run_again_over_stored_touches_and_the_counts_follow() throws Exception {
        var day = LocalDate.now(BusinessTime.ZONE).minusDays(77);
        var minute = BusinessTime.startOf(day).plusSeconds(36_000);
        var fast = UUID.randomUUID();
        var touches = new ArrayList<Touch>();
        for (var i = 0; i < 70; i++) {
            touches.add(aClick(placement, fast, minute.plusMillis(i * 800L)));
        }
        touches.add(aClick(placement, fast, minute.plusSeconds(60)));
        touches.add(aClick(idAt(minute), placement, UUID.randomUUID(), minute, "WECHAT", "HEAD", BROWSER));
        touches.add(aClick(idAt(minute), placement, UUID.randomUUID(), minute, "BROWSER", null, "curl/8.5.0"));
        touches.add(aClick(idAt(minute), placement, UUID.randomUUID(), minute, "WECHAT", "BOT", BROWSER));
        touches.add(aClick(idAt(minute), placement, UUID.randomUUID(), minute, "WECHAT", "RATE", BROWSER));
        store(touches);
        RollupCheck.await();
        var before = flags(day);

        runRules(day, day.plusDays(1), true)
                .statusCode(200)
                .body("version", equalTo(TrafficRules.VERSION))
                .body("totals.find { it.flag == 'RATE' }.before", equalTo(1))
                .body("totals.find { it.flag == 'RATE' }.after", equalTo(10));
        assertThat(flags(day)).as("a dry run changes nothing").isEqualTo(before);

        runRules(day, day.plusDays(1), false)
                .statusCode(200)
                .body("totals.find { it.flag == 'HEAD' }.after", equalTo(1))
                .body("totals.find { it.flag == 'BOT' }.after", equalTo(0))
                .body("totals.find { it.flag == 'HTTP_LIBRARY' }.before", equalTo(0))
                .body("totals.find { it.flag == 'HTTP_LIBRARY' }.after", equalTo(1))
                .body("totals.find { it.flag == 'PERSON' }.before", equalTo(72))
                .body("totals.find { it.flag == 'PERSON' }.after", equalTo(63));
        assertThat(flags(day)).isEqualTo(Map.of("PERSON", 63, "RATE", 10, "HEAD", 1, "HTTP_LIBRARY", 1));
        RollupCheck.await();
        assertCountsAreThoseOfTheTouches();

        runRules(day, day.plusDays(1), false).body("totals.findAll { it.before != it.after }.size()", equalTo(0));
        long recorded = jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from traffic_rules_run where from_day = :day and finished_at is not null")
                .bind("day", day)
                .mapTo(Long.class)
                .one());
        assertThat(recorded).isEqualTo(3);
    }

    @Test
    void a_run_of_the_rules_is_refused_for_days_that_make_no_sense_or_are_gone() {
        var today = LocalDate.now(BusinessTime.ZONE);
        runRules(today, today, true).statusCode(422).body("code", equalTo("days-out-of-range"));
        runRules(today.minusDays(32), today, true).statusCode(422).body("code", equalTo("days-out-of-range"));
        runRules(partitions.keptFrom().minusDays(1), partitions.keptFrom(), true)
                .statusCode(410)
                .body("code", equalTo("touches-gone"));
    }

    @Test
    void one_run_of_the_rules_at_a_time() {
        var today = LocalDate.now(BusinessTime.ZONE);
        jdbi.useTransaction(handle -> {
            handle.execute("select pg_advisory_xact_lock(hashtext('traffic_rules_run'))");
            runRules(today, today.plusDays(1), true).statusCode(409).body("code", equalTo("run-in-progress"));
        });
    }
}
