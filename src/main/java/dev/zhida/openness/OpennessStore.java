package dev.zhida.openness;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;

import dev.zhida.database.SqlValues;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.openness.ChangeDetector.Change;
import dev.zhida.openness.ChangeDetector.Count;
import dev.zhida.openness.ChangeDetector.Rate;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Scene;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/** Counts, cells and alerts in the database. */
@ApplicationScoped
class OpennessStore {

    /** Length of a count. */
    static final Duration STEP = Duration.ofMinutes(10);

    private static final String CELL = "measure, host_app, app_major, os, scene, marketplace, medium";

    /** A scene means something in the placement's own host app only. */
    private static final String OWN_SCENE = """
            case when t.host_app = case p.platform when 'WEB' then 'BROWSER' else p.platform end then p.scene else '' end""";

    /** Touches of visits that began in the period are found by the time in their ids. */
    private static final String OPENS = """
            select 'OPEN' measure,
                   date_bin('10 minutes', uuid_extract_timestamp(t.click_id), timestamptz '2000-01-01 00:00Z') bin, t.host_app,
                   coalesce(t.app_major, 0) app_major, t.os, %s scene, o.marketplace, p.medium,
                   count(*) filter (where t.kind = 'LANDING') shown,
                   least(count(*) filter (where t.kind = 'LANDING'),
                       count(*) filter (where t.kind = 'OPEN'
                           and t.at < uuid_extract_timestamp(t.click_id) + :within::interval)) opened
            from touch t join placement p on p.id = t.placement_id join offer o on o.id = p.offer_id
            where t.day between touch_day(:lowId) and touch_day(:highId) and t.id >= :lowId and t.id < :highId
              and t.kind in ('LANDING', 'OPEN') and t.human
            group by 1, 2, 3, 4, 5, 6, 7, 8
            having count(*) filter (where t.kind = 'LANDING') > 0
            """.formatted(OWN_SCENE);

    /**
     * What happens to an order later says nothing of the link that led to it. Where a marketplace tells no click, an order
     * counts in the minutes in which it was made, beside the clicks of the whole cell in these minutes. Orders do not say
     * how their click was answered, so that all clicks count on a placement whose fans were sent straight on at all. What
     * a marketplace has not told yet is not counted as nothing.
     */
    private static final String ORDERS = """
            with clicks as (
                select date_bin('10 minutes', uuid_extract_timestamp(t.id), timestamptz '2000-01-01 00:00Z') bin,
                       t.placement_id, count(*) n
                from touch t
                where t.day between touch_day(:lowId) and touch_day(:highId) and t.id >= :lowId and t.id < :highId
                  and t.kind = 'CLICK' and t.human
                group by 1, 2
                having bool_or(t.outcome = 'REDIRECT')
            ), orders as (
                select date_bin('10 minutes', coalesce(o.clicked_at, o.created_at), timestamptz '2000-01-01 00:00Z') bin,
                       a.placement_id, o.clicked_at is null unclicked, count(distinct (o.marketplace, o.parent_no)) n
                from order_line o join attribution a on a.order_line_id = o.id and a.current and a.confidence = 'EXACT'
                where (o.clicked_at >= :from and o.clicked_at < :until and o.created_at < o.clicked_at + :within::interval
                        or o.clicked_at is null and o.created_at >= :from and o.created_at < :until)
                  and o.status <> 'CREATED'
                group by 1, 2, 3
            ), acts as (
                select bin, placement_id, n clicks, 0 orders from clicks
                union all
                select o.bin, o.placement_id, 0, o.n from orders o left join clicks c using (bin, placement_id)
                where o.unclicked or c.n is not null
            )
            select 'ORDER' measure, a.bin, case p.platform when 'WEB' then 'BROWSER' else p.platform end host_app,
                   0 app_major, '' os, p.scene, o.marketplace, p.medium, sum(a.clicks)::bigint shown,
                   least(sum(a.clicks), sum(a.orders))::bigint opened
            from acts a join placement p on p.id = a.placement_id join offer o on o.id = p.offer_id
            where not exists (
                select from unnest(cast(:marketplaces as text[]), cast(:told as timestamptz[])) as until (marketplace, told)
                where until.marketplace = o.marketplace and a.bin + interval '10 minutes' + :within::interval > until.told)
            group by 2, 3, 6, 7, 8
            having sum(a.clicks) > 0
            """;

    private final Jdbi jdbi;

    OpennessStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The counts of a cell. */
    record Counted(Cell cell, Count count) {}

    /** Locks a measure's progress; nothing if another node is at it. */
    Optional<Instant> lockProgress(Handle handle, Measure measure, Instant begin) {
        handle.createUpdate("insert into openness_progress values (:measure, :begin) on conflict do nothing")
                .bind("measure", measure.name())
                .bind("begin", utc(begin))
                .execute();
        return handle.createQuery(
                        "select counted_until from openness_progress where measure = :measure for update skip locked")
                .bind("measure", measure.name())
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(OffsetDateTime::toInstant);
    }

    void progress(Handle handle, Measure measure, Instant until) {
        handle.createUpdate("update openness_progress set counted_until = :until where measure = :measure")
                .bind("measure", measure.name())
                .bind("until", utc(until))
                .execute();
    }

    /** Counts from touches and orders as they are now, without keeping it. */
    List<Counted> count(Handle handle, Measure measure, Duration within, Instant from, Instant until) {
        return bindPeriod(handle.createQuery(sql(measure) + " order by bin, " + order()), within, from, until, Map.of())
                .map((row, context) -> counted(row))
                .list();
    }

    /** Counts and keeps it, but for orders of marketplaces that have not told them yet. */
    void keep(
            Handle handle,
            Measure measure,
            Duration within,
            Instant from,
            Instant until,
            Map<Marketplace, Instant> toldUntil) {
        bindPeriod(
                        handle.createUpdate("insert into openness_count (" + CELL + ", bin, shown, opened) select "
                                + CELL + ", bin, shown, opened from (" + sql(measure)
                                + ") counted on conflict do nothing"),
                        within,
                        from,
                        until,
                        toldUntil)
                .execute();
    }

    private static String sql(Measure measure) {
        return switch (measure) {
            case OPEN -> OPENS;
            case ORDER -> ORDERS;
        };
    }

    private static String order() {
        return "host_app, app_major, os, scene, marketplace, medium";
    }

    private static <S extends SqlStatement<S>> S bindPeriod(
            S statement, Duration within, Instant from, Instant until, Map<Marketplace, Instant> toldUntil) {
        array(statement, "marketplaces", String.class, List.copyOf(toldUntil.keySet()), Enum::name);
        array(statement, "told", OffsetDateTime.class, List.copyOf(toldUntil.values()), SqlValues::utc);
        return statement
                .bind("within", within.toString())
                .bind("lowId", firstId(from))
                .bind("highId", firstId(until))
                .bind("from", utc(from))
                .bind("until", utc(until));
    }

    /** Before every id of that millisecond. */
    private static UUID firstId(Instant at) {
        return new UUID((at.toEpochMilli() << 16) | 0x7000L, 0x8000_0000_0000_0000L);
    }

    /** A cell's running test. */
    record Test(Cell cell, Instant startedAt, List<Count> counts) {}

    /** The tests of the cells that have counts from {@code from} on, with all counts that they look at, in order. */
    List<Test> tests(Handle handle, Measure measure, Instant from, Instant until) {
        handle.createUpdate("insert into openness_cell (" + CELL + ", started_at) select " + CELL
                        + ", min(bin) from openness_count where measure = :measure and bin >= :from and bin < :until group by "
                        + CELL + " order by " + CELL + " on conflict do nothing")
                .bind("measure", measure.name())
                .bind("from", utc(from))
                .bind("until", utc(until))
                .execute();
        var tests = new LinkedHashMap<Cell, Test>();
        handle.createQuery("""
                        select %s, bin, shown, opened, c.started_at
                        from openness_cell c join openness_count n using (%s)
                        where measure = :measure and n.bin >= c.started_at and n.bin < :until
                          and n.bin >= (select min(started_at) from openness_cell)
                          and exists (select from openness_count e where e.measure = n.measure and e.bin >= :from
                              and e.bin < :until and e.host_app = n.host_app and e.app_major = n.app_major and e.os = n.os
                              and e.scene = n.scene and e.marketplace = n.marketplace and e.medium = n.medium)
                        order by %s, bin
                        """.formatted(CELL, CELL, order()))
                .bind("measure", measure.name())
                .bind("from", utc(from))
                .bind("until", utc(until))
                .map((row, context) -> {
                    var counted = counted(row);
                    var startedAt = at(row, "started_at");
                    tests.computeIfAbsent(counted.cell(), cell -> new Test(cell, startedAt, new ArrayList<>()))
                            .counts()
                            .add(counted.count());
                    return counted;
                })
                .list();
        return List.copyOf(tests.values());
    }

    void restart(Handle handle, Cell cell, Instant startedAt) {
        bind(handle.createUpdate("update openness_cell set started_at = :at where " + same()), cell)
                .bind("at", utc(startedAt))
                .execute();
    }

    /** A proposed change of the rules. */
    record Proposal(Delivery delivery, Posting posting) {}

    /** What an operator decided; {@code rule} is what became of it. */
    record Decision(String state, Integer rule, Instant at) {}

    record Alert(UUID id, Cell cell, Change change, Proposal proposal, Decision decision, Instant createdAt) {}

    /** Adds an alert, unless the same is there. */
    void add(Handle handle, Alert alert) {
        var change = alert.change();
        bind(handle.createUpdate("""
                        insert into openness_alert (id, %s, changed_at, detected_at, before_shown, before_opened,
                            after_shown, after_opened, evidence, delivery, posting, created_at)
                        values (:id, :measure, :hostApp, :appMajor, :os, :scene, :marketplace, :medium, :changed, :detected,
                            :beforeShown, :beforeOpened, :afterShown, :afterOpened, :evidence, :delivery, :posting, :created)
                        on conflict on constraint openness_alert_change_key do nothing
                        """.formatted(CELL)), alert.cell())
                .bind("id", alert.id())
                .bind("changed", utc(change.at()))
                .bind("detected", utc(change.detectedAt()))
                .bind("beforeShown", change.before().shown())
                .bind("beforeOpened", change.before().opened())
                .bind("afterShown", change.after().shown())
                .bind("afterOpened", change.after().opened())
                .bind("evidence", change.evidence())
                .bind(
                        "delivery",
                        alert.proposal() == null
                                ? null
                                : alert.proposal().delivery().name())
                .bind(
                        "posting",
                        alert.proposal() == null
                                ? null
                                : alert.proposal().posting().name())
                .bind("created", utc(alert.createdAt()))
                .execute();
    }

    /** Alerts, newest first. */
    List<Alert> alerts(List<Measure> measures, String state, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select * from openness_alert
                        where measure = any(:measures) and (:state::text is null or state = :state)
                          and (:before::uuid is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bindArray(
                        "measures",
                        String.class,
                        measures.stream().map(Enum::name).toList())
                .bind("state", state)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> alert(row))
                .list());
    }

    /** The alert, locked until the end of the transaction. */
    Optional<Alert> lock(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from openness_alert where id = :id for update")
                .bind("id", id)
                .map((row, context) -> alert(row))
                .findOne());
    }

    void decide(UUID id, String state, Integer rule, UUID personId, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update openness_alert set state = :state, rule_version = :rule, decided_by = :person, decided_at = :at
                        where id = :id
                        """)
                .bind("id", id)
                .bind("state", state)
                .bind("rule", rule)
                .bind("person", personId)
                .bind("at", utc(at))
                .execute());
    }

    /** What is counted of a cell in two periods. */
    record Now(Cell cell, Rate latest, Rate before, Instant changedAt) {}

    /** Every cell with counts in the day before {@code at}, beside the week before that. */
    List<Now> now(Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select %s, sum(shown) filter (where bin >= :day)::bigint shown,
                               sum(opened) filter (where bin >= :day)::bigint opened,
                               coalesce(sum(shown) filter (where bin < :day), 0)::bigint shown_before,
                               coalesce(sum(opened) filter (where bin < :day), 0)::bigint opened_before,
                               (select max(a.changed_at) from openness_alert a
                                   where a.measure = n.measure and a.host_app = n.host_app and a.app_major = n.app_major
                                     and a.os = n.os and a.scene = n.scene and a.marketplace = n.marketplace
                                     and a.medium = n.medium and a.changed_at < :at) changed_at
                        from openness_count n
                        where bin >= :week and bin < :at
                        group by %s having sum(shown) filter (where bin >= :day) > 0
                        order by %s
                        """.formatted(CELL, CELL, CELL))
                .bind("at", utc(at))
                .bind("day", utc(at.minus(Duration.ofDays(1))))
                .bind("week", utc(at.minus(Duration.ofDays(8))))
                .map((row, context) -> new Now(
                        cell(row),
                        new Rate(row.getLong("shown"), row.getLong("opened")),
                        new Rate(row.getLong("shown_before"), row.getLong("opened_before")),
                        at(row, "changed_at")))
                .list());
    }

    /** Counts of a cell, added up by {@code step}; where it has no version, system or scene, those of all of them. */
    List<Count> timeline(Cell cell, boolean anyMajor, Instant from, Instant until, Duration step) {
        return jdbi.withHandle(handle -> bind(handle.createQuery("""
                        select date_bin(:step::interval, bin, timestamptz '2000-01-01 00:00+08') at, sum(shown)::bigint shown,
                               sum(opened)::bigint opened
                        from openness_count
                        where bin >= :from and bin < :until and measure = :measure and host_app = :hostApp
                          and marketplace = :marketplace and medium = :medium and (:anyMajor or app_major = :appMajor)
                          and (:os = '' or os = :os) and (:scene = '' or scene = :scene)
                        group by 1 order by 1
                        """), cell)
                .bind("anyMajor", anyMajor)
                .bind("step", step.toString())
                .bind("from", utc(from))
                .bind("until", utc(until))
                .map((row, context) -> new Count(at(row, "at"), row.getLong("shown"), row.getLong("opened")))
                .list());
    }

    /** Up to when is counted. */
    Map<Measure, Instant> countedUntil() {
        return jdbi.withHandle(handle -> {
            var until = new java.util.EnumMap<Measure, Instant>(Measure.class);
            handle.createQuery("select measure, counted_until from openness_progress")
                    .map((row, context) ->
                            until.put(Measure.valueOf(row.getString("measure")), at(row, "counted_until")))
                    .list();
            return until;
        });
    }

    private static String same() {
        return """
                measure = :measure and host_app = :hostApp and app_major = :appMajor and os = :os and scene = :scene
                and marketplace = :marketplace and medium = :medium""";
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Cell cell) {
        return statement
                .bind("measure", cell.measure().name())
                .bind("hostApp", cell.hostApp().name())
                .bind("appMajor", cell.appMajor())
                .bind("os", cell.os() == null ? "" : cell.os().name())
                .bind("scene", cell.scene() == null ? "" : cell.scene().name())
                .bind("marketplace", cell.marketplace().name())
                .bind("medium", cell.medium().name());
    }

    private static Counted counted(ResultSet row) throws SQLException {
        return new Counted(cell(row), new Count(at(row, "bin"), row.getLong("shown"), row.getLong("opened")));
    }

    private static Cell cell(ResultSet row) throws SQLException {
        var os = row.getString("os");
        var scene = row.getString("scene");
        return new Cell(
                Measure.valueOf(row.getString("measure")),
                HostApp.valueOf(row.getString("host_app")),
                row.getInt("app_major"),
                os.isEmpty() ? null : Os.valueOf(os),
                scene.isEmpty() ? null : Scene.valueOf(scene),
                Marketplace.valueOf(row.getString("marketplace")),
                Medium.valueOf(row.getString("medium")));
    }

    private static Alert alert(ResultSet row) throws SQLException {
        var delivery = row.getString("delivery");
        return new Alert(
                row.getObject("id", UUID.class),
                cell(row),
                new Change(
                        at(row, "changed_at"),
                        at(row, "detected_at"),
                        new Rate(row.getLong("before_shown"), row.getLong("before_opened")),
                        new Rate(row.getLong("after_shown"), row.getLong("after_opened")),
                        row.getDouble("evidence")),
                delivery == null
                        ? null
                        : new Proposal(Delivery.valueOf(delivery), Posting.valueOf(row.getString("posting"))),
                new Decision(
                        row.getString("state"), row.getObject("rule_version", Integer.class), at(row, "decided_at")),
                at(row, "created_at"));
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
