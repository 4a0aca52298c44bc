package dev.zhida.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.TestDatabase;
import dev.zhida.money.BusinessTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts against the lines that they are made of, in a database of their own, where nobody counts but the test. */
class OrderRollupTest {

    private static final Instant NOON =
            BusinessTime.startOf(LocalDate.of(2026, 3, 11)).plusSeconds(43_200);
    private static final List<String> STATUSES =
            List.of("CREATED", "PAID", "PAID", "RECEIVED", "SETTLED", "SETTLED", "INVALID", "NEEDS_REVIEW");
    private static final List<String> CONFIDENCES = List.of("EXACT", "EXACT", "EXACT", "WINDOW", "SHARED", "NONE");

    /** What the cells have to be, from the lines alone. */
    private static final String RAW = """
            with line as (
                select o.*, (coalesce(o.clicked_at, o.created_at, o.first_observed_at) at time zone 'Asia/Shanghai')::date "day",
                    coalesce(a.placement_id, 0) placement, coalesce(a.medium, '') medium,
                    coalesce(a.confidence, 'NONE') confidence, m.estimated_fen earned, m.settled_fen kept
                from order_line o left join attribution a on a.order_line_id = o.id and a.current
                left join commission m on m.order_line_id = o.id
            )
            select %s "day", placement, medium, confidence,
                count(distinct (%2$s parent_no)) filter (where status in ('PAID', 'RECEIVED', 'SETTLED')) paid,
                count(distinct (%2$s parent_no)) filter (where status in ('RECEIVED', 'SETTLED')) received,
                count(distinct (%2$s parent_no)) filter (where status = 'SETTLED') settled,
                count(distinct (%2$s parent_no))
                    - count(distinct (%2$s parent_no)) filter (where status <> 'INVALID') invalid,
                coalesce(sum(paid_fen) filter (where status in ('PAID', 'RECEIVED', 'SETTLED')), 0) gmv,
                coalesce(sum(earned) filter (where status in ('PAID', 'RECEIVED', 'SETTLED')), 0) estimated,
                coalesce(sum(kept) filter (where status in ('PAID', 'RECEIVED', 'SETTLED')), 0) kept
            from line group by 1, 2, 3, 4
            """;

    private static final String COUNTED = """
            select %s "day", placement_id placement, medium, confidence, sum(paid) paid, sum(received) received,
                sum(settled) settled, sum(invalid) invalid, sum(gmv_fen) gmv, sum(estimated_fen) estimated,
                sum(settled_fen) kept
            from %s group by 1, 2, 3, 4
            """;

    private static Jdbi jdbi;
    private static OrderRollup rollup;

    private final UUID account = UUID.randomUUID();
    private final UUID creator = UUID.randomUUID();
    private final List<Long> placements = new ArrayList<>();

    @BeforeAll
    static void aDatabase() {
        jdbi = Jdbi.create(TestDatabase.address().another().dataSource()).installPlugin(new PostgresPlugin());
        rollup = new OrderRollup(jdbi);
    }

    @BeforeEach
    void aWorld() {
        jdbi.useHandle(handle -> {
            // Without the triggers that keep what a locked month rests on.
            handle.execute("set session_replication_role = replica");
            List.of(
                            "commission",
                            "attribution",
                            "order_line",
                            "placement",
                            "offer",
                            "creator",
                            "marketplace_account",
                            "touch",
                            "order_change",
                            "rollup_order_part",
                            "rollup_order_hour",
                            "rollup_order_day",
                            "rollup_order_week")
                    .forEach(table -> handle.execute("delete from " + table));
            handle.execute("set session_replication_role = origin");
        });
        var offer = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("insert into marketplace_account values (?, 'TAOBAO', 'test', now())", account);
            handle.execute("insert into creator values (?, 'Ann', now())", creator);
            handle.execute(
                    "insert into offer (id, marketplace, item_id, item_key, created_at) values (?, 'TAOBAO', '1', '1', now())",
                    offer);
            for (var i = 0; i < 4; i++) {
                placements.add(handle.createQuery("""
                                insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination,
                                    earns, created_at)
                                values (:code, :creator, :offer, 'WECHAT', 'CHAT', :medium, :label, 'https://x.taobao.com/',
                                    true, now()) returning id
                                """)
                        .bind("code", "ABCDEFG" + (i + 2))
                        .bind("creator", creator)
                        .bind("offer", offer)
                        .bind("medium", i % 2 == 0 ? "LINK" : "TOKEN")
                        .bind("label", "group " + i / 2)
                        .mapTo(Long.class)
                        .one());
            }
        });
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    private static UUID line(int number) {
        return new UUID(7, number);
    }

    private void order(Handle handle, int number, String parent, String status, Instant clickedAt, long paid) {
        handle.createUpdate("""
                        insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                            review, paid_fen, estimated_fen, clicked_at, created_at, first_observed_at, changed_at)
                        values (:id, 'TAOBAO', :account, :key, :key, :parent, 1, :status, :review, :paid, 0, :clicked, :created,
                            :created, now())
                        on conflict on constraint order_line_line_key do update set parent_no = excluded.parent_no,
                            status = excluded.status, review = excluded.review, paid_fen = excluded.paid_fen,
                            clicked_at = excluded.clicked_at, created_at = excluded.created_at
                        """)
                .bind("id", line(number))
                .bind("account", account)
                .bind("key", Integer.toString(number))
                .bind("parent", parent)
                .bind("status", status)
                .bind("review", status.equals("NEEDS_REVIEW") ? "?" : null)
                .bind("paid", paid)
                .bind("clicked", clickedAt)
                .bind("created", clickedAt == null ? NOON : clickedAt.plusSeconds(100_000))
                .execute();
    }

    private void attribute(Handle handle, int number, String confidence, long placement) {
        var named = confidence.equals("EXACT") || confidence.equals("WINDOW");
        handle.execute("update attribution set current = false where order_line_id = ? and current", line(number));
        handle.createUpdate("""
                        insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                            rule_version, evidence, decided_at)
                        select :line, 1 + count(*), true, :confidence, :placement, :creator,
                            case when :confidence <> 'NONE' then (select medium from placement where id = :of) end,
                            1, '{}', now()
                        from attribution where order_line_id = :line
                        """)
                .bind("line", line(number))
                .bind("confidence", confidence)
                .bind("placement", named ? placement : null)
                .bind("of", placement)
                .bind("creator", confidence.equals("NONE") ? null : creator)
                .execute();
    }

    private void earn(Handle handle, int number, long estimated, long settled) {
        handle.createUpdate("""
                        insert into commission (order_line_id, rule_version, estimated_fen, settled_fen, amount_fen, fee_fen,
                            fee_assumed, platform_fen, month, inputs, calculated_at)
                        values (:line, 1, :estimated, :settled, 0, 0, false, 0, '2026-03-01', '{}', now())
                        on conflict on constraint commission_pkey do update set estimated_fen = excluded.estimated_fen,
                            settled_fen = excluded.settled_fen
                        """)
                .bind("line", line(number))
                .bind("estimated", estimated)
                .bind("settled", settled)
                .execute();
    }

    private void whole(int number, String parent, String status, Instant clickedAt, long placement) {
        jdbi.useTransaction(handle -> {
            order(handle, number, parent, status, clickedAt, 10_000);
            attribute(handle, number, "EXACT", placement);
            earn(handle, number, 630, status.equals("SETTLED") ? 600 : 0);
        });
    }

    private void countAll() {
        long left;
        do {
            rollup.countSome();
            left = one("select count(*) from order_change");
        } while (left > 0);
    }

    private long one(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private List<Map<String, Object>> rows(String sql) {
        return jdbi.withHandle(handle -> handle.createQuery(sql).mapToMap().list());
    }

    private void assertCountsAreThoseOfTheLines() {
        var byDay = RAW.formatted("day", "");
        // A parent that was clicked on two days is in both of them, as the days of a week are.
        var byWeek = RAW.formatted("date_trunc('week', day)::date", "day,");
        for (var check : List.of(
                List.of(byDay, COUNTED.formatted("day", "rollup_order_hour")),
                List.of(byDay, COUNTED.formatted("day", "rollup_order_day")),
                List.of(byWeek, COUNTED.formatted("week", "rollup_order_week")))) {
            var difference = "with raw as (" + check.get(0) + "), counted as (" + check.get(1)
                    + " having sum(paid) <> 0 or sum(invalid) <> 0 or sum(gmv_fen) <> 0), expected as (select * from raw"
                    + " where paid <> 0 or invalid <> 0 or gmv <> 0)"
                    + " select 'not counted' what, d.* from (table expected except table counted) d"
                    + " union all select 'counted', d.* from (table counted except table expected) d";
            assertThat(rows(difference)).as(check.get(1)).isEmpty();
        }
        assertThat(rows("""
                        select marketplace, parent_no from rollup_order_part group by 1, 2
                        having bool_or(alone) <> (count(*) = 1)
                        """)).isEmpty();
    }

    private void change(Random dice, Handle handle) {
        var number = dice.nextInt(60);
        var clicked = dice.nextInt(15) == 0 ? null : NOON.plusSeconds(dice.nextInt(20) * 50_000L);
        order(handle, number, "p" + dice.nextInt(25), STATUSES.get(dice.nextInt(8)), clicked, 100 + dice.nextInt(900));
        if (dice.nextInt(3) > 0) {
            attribute(handle, number, CONFIDENCES.get(dice.nextInt(6)), placements.get(dice.nextInt(4)));
        }
        if (dice.nextInt(3) > 0) {
            earn(handle, number, dice.nextInt(90), dice.nextInt(90));
        }
    }

    @Test
    void counts_follow_whatever_changes_and_counting_anew_gives_the_same() {
        var dice = new Random(11);
        for (var i = 0; i < 200; i++) {
            jdbi.useTransaction(handle -> change(dice, handle));
            if (dice.nextInt(4) == 0) {
                rollup.countSome();
            }
            if (dice.nextInt(60) == 0) {
                countAll();
                assertCountsAreThoseOfTheLines();
            }
        }
        countAll();
        assertCountsAreThoseOfTheLines();
        var before =
                rows("select * from rollup_order_day where paid <> 0 or invalid <> 0 order by 1, 2, 3, 4, 5, 6, 7");
        assertThat(before).hasSizeGreaterThan(20);

        jdbi.useHandle(handle -> {
            handle.execute("update rollup_order_day set paid = paid + 1, gmv_fen = 0");
            handle.execute("update rollup_order_hour set settled = settled + 3");
            handle.execute("delete from rollup_order_week where placement_id = ?", placements.getFirst());
        });
        for (var day : jdbi.withHandle(handle -> handle.createQuery("select distinct day from rollup_order_day")
                .mapTo(LocalDate.class)
                .list())) {
            rollup.rebuild(day);
        }
        assertCountsAreThoseOfTheLines();
        assertThat(rows("select * from rollup_order_day where paid <> 0 or invalid <> 0 order by 1, 2, 3, 4, 5, 6, 7"))
                .isEqualTo(before);
    }

    @Test
    void nothing_is_missed_or_double_while_several_count_and_orders_come() throws Exception {
        var done = new AtomicBoolean();
        var counters = new ArrayList<Thread>();
        for (var i = 0; i < 3; i++) {
            counters.add(Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    rollup.countSome();
                }
            }));
        }
        counters.add(Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                rollup.rebuild(BusinessTime.dayOf(NOON));
            }
        }));
        var dice = new Random(12);
        for (var i = 0; i < 120; i++) {
            jdbi.useTransaction(handle -> {
                change(dice, handle);
                change(dice, handle);
            });
        }
        done.set(true);
        for (var counter : counters) {
            counter.join();
        }
        countAll();
        assertCountsAreThoseOfTheLines();
    }

    @Test
    void a_parent_with_two_lines_on_a_placement_counts_once_and_its_money_twice() {
        whole(1, "p", "PAID", NOON, placements.get(0));
        whole(2, "p", "SETTLED", NOON.plusSeconds(3_600), placements.get(0));
        countAll();
        assertThat(
                        rows(
                                "select paid, received, settled, invalid, gmv_fen, estimated_fen, settled_fen from rollup_order_day"))
                .containsExactly(Map.of(
                        "paid",
                        1L,
                        "received",
                        1L,
                        "settled",
                        1L,
                        "invalid",
                        0L,
                        "gmv_fen",
                        20_000L,
                        "estimated_fen",
                        1_260L,
                        "settled_fen",
                        600L));
        assertThat(one("select count(*) from rollup_order_hour where paid = 1")).isEqualTo(1);
        assertThat(one("select count(*) from rollup_order_part where alone")).isEqualTo(1);

        whole(3, "p", "PAID", NOON, placements.get(1));
        countAll();
        assertThat(one("select sum(paid) from rollup_order_day")).isEqualTo(2);
        assertThat(one("select count(*) from rollup_order_part where not alone"))
                .isEqualTo(2);
    }

    @Test
    void a_late_change_corrects_the_day_of_the_click() {
        whole(1, "p", "PAID", NOON, placements.get(0));
        countAll();
        whole(1, "p", "INVALID", NOON, placements.get(0));
        countAll();
        assertThat(one("select sum(paid) from rollup_order_day")).isZero();
        assertThat(one("select sum(invalid) from rollup_order_week")).isEqualTo(1);
        assertThat(one("select sum(gmv_fen) from rollup_order_week")).isZero();
        assertCountsAreThoseOfTheLines();
    }

    @Test
    void a_change_that_changes_nothing_is_not_told() {
        whole(1, "p", "PAID", NOON, placements.get(0));
        countAll();
        jdbi.useHandle(handle -> handle.execute("update order_line set changed_at = now(), item_title = 'x'"));
        assertThat(one("select count(*) from order_change")).isZero();
        jdbi.useHandle(handle -> handle.execute("update order_line set parent_no = 'q'"));
        assertThat(one("select cardinality(parent_nos) from order_change"))
                .as("both its old and its new parent")
                .isEqualTo(2);
        countAll();
        assertCountsAreThoseOfTheLines();
    }

    @Test
    void a_statement_that_changes_many_tells_of_them_in_parts() {
        jdbi.useHandle(
                handle -> handle.createUpdate("""
                        insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                            paid_fen, estimated_fen, first_observed_at, changed_at)
                        select uuidv7(), 'TAOBAO', :account, i::text, i::text, i::text, 1, 'PAID', 1, 1, now(), now()
                        from generate_series(1, 6500) i
                        """).bind("account", account).execute());
        assertThat(one("select max(cardinality(parent_nos)) from order_change")).isEqualTo(1_000);
        assertThat(rollup.countSome()).as("there is more").isTrue();
        assertThat(rollup.countSome()).isFalse();
        assertThat(one("select sum(paid) from rollup_order_day")).isEqualTo(6_500);
    }

    @Test
    void the_os_is_that_of_the_last_person_before_the_click_and_the_age_is_in_whole_days() {
        jdbi.useHandle(handle -> {
            handle.execute("select make_touch_partition(?)", BusinessTime.dayOf(NOON));
            for (var act : List.of(
                    Map.entry("IOS", -120),
                    Map.entry("ANDROID", -5),
                    Map.entry("HARMONY", 90),
                    Map.entry("OTHER", -3_000))) {
                var at = NOON.plusSeconds(act.getValue());
                handle.createUpdate("""
                                insert into touch (day, id, at, placement_id, kind, host_app, os, human, visitor)
                                values (:day, :id, :at, :placement, 'CLICK', 'WECHAT', :os, true, :id)
                                """)
                        .bind("day", BusinessTime.dayOf(NOON))
                        .bind("id", new UUID(at.toEpochMilli() << 16 | 0x7000, Long.MIN_VALUE))
                        .bind("at", utc(at))
                        .bind("placement", placements.get(0))
                        .bind("os", act.getKey())
                        .execute();
            }
        });
        whole(1, "p", "PAID", NOON, placements.get(0));
        whole(2, "q", "PAID", NOON, placements.get(1));
        countAll();
        assertThat(rows("select os, age from rollup_order_day order by placement_id"))
                .containsExactly(Map.of("os", "ANDROID", "age", 1), Map.of("os", "UNKNOWN", "age", 1));
    }
}
