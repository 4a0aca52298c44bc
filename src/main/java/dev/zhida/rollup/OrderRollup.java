package dev.zhida.rollup;

import dev.zhida.money.BusinessTime;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/** Counts parent orders into {@code rollup_order_hour}, {@code rollup_order_day} and {@code rollup_order_week}. */
@ApplicationScoped
public class OrderRollup {

    /** Parents in one transaction, about. More: less work for the same load; fewer: fresher counts. */
    private static final int PARENTS_AT_A_TIME = 5_000;

    private static final String SUMS = "paid, received, settled, invalid, gmv_fen, estimated_fen, settled_fen";

    private static final String PLUS = """
            do update set paid = %1$s.paid + excluded.paid, received = %1$s.received + excluded.received,
                settled = %1$s.settled + excluded.settled, invalid = %1$s.invalid + excluded.invalid,
                gmv_fen = %1$s.gmv_fen + excluded.gmv_fen, estimated_fen = %1$s.estimated_fen + excluded.estimated_fen,
                settled_fen = %1$s.settled_fen + excluded.settled_fen
            """;

    private static final String HOUR_KEYS = "day, placement_id, hour, creator_id, medium, confidence";
    private static final String DAY_KEYS = "day, placement_id, creator_id, medium, confidence, os, age";
    private static final String WEEK_KEYS = "week, placement_id, creator_id, medium, confidence";

    /** The lines of the parents as they are now, brought together into parts. */
    private static final String FRESH = """
            with line as (
                select o.marketplace, o.parent_no, o.status, o.paid_fen, m.estimated_fen, m.settled_fen, c.at,
                       (c.at at time zone 'Asia/Shanghai')::date "day",
                       coalesce(a.placement_id, 0) placement_id,
                       coalesce(a.creator_id, '00000000-0000-0000-0000-000000000000') creator_id,
                       coalesce(a.medium, '') medium, coalesce(a.confidence, 'NONE') confidence,
                       coalesce(act.os, 'UNKNOWN') os,
                       greatest(0, extract(day from coalesce(o.created_at, o.paid_at, c.at) - c.at))::int age,
                       o.status in ('PAID', 'RECEIVED', 'SETTLED') holds
                from unnest(:marketplaces, :parents) t (marketplace, parent_no)
                join order_line o on o.marketplace = t.marketplace and o.parent_no = t.parent_no
                left join attribution a on a.order_line_id = o.id and a.current
                left join commission m on m.order_line_id = o.id
                cross join lateral (
                    select coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) at) c
                left join lateral (
                    -- Ids begin with their time: only the touches of eleven minutes are looked at.
                    select t.os from touch t
                    where t.placement_id = a.placement_id and t.human and t.kind in ('CLICK', 'PASTE')
                      and t.day between ((o.clicked_at - interval '10 minutes') at time zone 'Asia/Shanghai')::date
                          and ((o.clicked_at + interval '1 minute') at time zone 'Asia/Shanghai')::date
                      and t.id between
                          (lpad(to_hex((extract(epoch from o.clicked_at - interval '10 minutes') * 1000)::bigint), 12, '0')
                              || repeat('0', 20))::uuid
                          and (lpad(to_hex((extract(epoch from o.clicked_at + interval '1 minute') * 1000)::bigint), 12, '0')
                              || repeat('f', 20))::uuid
                    order by t.id desc limit 1) act on true
            ), part as (
                select marketplace, parent_no, day, placement_id, creator_id, medium, confidence,
                       date_trunc('hour', min(at)) "hour", (array_agg(os order by at, os))[1] os, min(age) age,
                       bool_or(holds)::int paid, bool_or(status in ('RECEIVED', 'SETTLED'))::int received,
                       bool_or(status = 'SETTLED')::int settled, bool_and(status = 'INVALID')::int invalid,
                       coalesce(sum(paid_fen) filter (where holds), 0) gmv_fen,
                       coalesce(sum(estimated_fen) filter (where holds), 0) estimated_fen,
                       coalesce(sum(settled_fen) filter (where holds), 0) settled_fen
                from line group by 1, 2, 3, 4, 5, 6, 7
            )
            insert into rollup_order_part (marketplace, parent_no, day, placement_id, creator_id, medium, confidence, hour, os,
                age, alone, paid, received, settled, invalid, gmv_fen, estimated_fen, settled_fen)
            select marketplace, parent_no, day, placement_id, creator_id, medium, confidence, hour, os, age,
                   count(*) over (partition by marketplace, parent_no) = 1, paid, received, settled, invalid, gmv_fen,
                   estimated_fen, settled_fen
            from part
            """;

    /** Says that what was read of the weeks does not hold any more. */
    private static final String VERSIONS = """
            insert into rollup_order_week_version select week, pg_current_xact_id() from (%s) changed
            on conflict on constraint rollup_order_week_version_pkey do update set version = excluded.version
            """;

    private final Jdbi jdbi;

    OrderRollup(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    private record Changes(String[] marketplaces, String[] parents) {}

    /**
     * Counts some of the parents that changed anew; answers whether there are likely more. One node counts at a time, so
     * that no two take the same former part out; the others find nothing to do.
     */
    boolean countSome() {
        return jdbi.inTransaction(handle -> {
            if (!handle.createQuery("select pg_try_advisory_xact_lock(hashtext('rollup_order'))")
                    .mapTo(Boolean.class)
                    .one()) {
                return false;
            }
            var changes = take(handle);
            count(handle, changes);
            return changes.parents().length >= PARENTS_AT_A_TIME;
        });
    }

    private static Changes take(Handle handle) {
        var rows = handle.createQuery("""
                        with taken as (
                            delete from order_change where id in (
                                select id from (
                                    select id, sum(cardinality(parent_nos)) over (order by id) - cardinality(parent_nos) before
                                    from (select id, parent_nos from order_change order by id limit :parents) oldest
                                ) summed where before < :parents)
                            returning marketplaces, parent_nos)
                        select distinct p.marketplace, p.parent_no
                        from taken cross join lateral unnest(marketplaces, parent_nos) p (marketplace, parent_no)
                        """)
                .bind("parents", PARENTS_AT_A_TIME)
                .map((row, context) -> new String[] {row.getString(1), row.getString(2)})
                .list();
        return changes(rows);
    }

    private static Changes changes(List<String[]> rows) {
        return new Changes(
                rows.stream().map(row -> row[0]).toArray(String[]::new),
                rows.stream().map(row -> row[1]).toArray(String[]::new));
    }

    /** Takes what the parents were counted as out, and puts in what they are now. */
    private static void count(Handle handle, Changes changes) {
        if (changes.parents().length == 0) {
            return;
        }
        bind(handle.createUpdate(add("""
                        delete from rollup_order_part p
                        using unnest(:marketplaces, :parents) t (marketplace, parent_no)
                        where p.marketplace = t.marketplace and p.parent_no = t.parent_no
                        returning day, hour, placement_id, creator_id, medium, confidence, os, age, -paid paid,
                            -received received, -settled settled, -invalid invalid, -gmv_fen gmv_fen,
                            -estimated_fen estimated_fen, -settled_fen settled_fen
                        """)), changes).execute();
        bind(handle.createUpdate(FRESH), changes).execute();
        bind(handle.createUpdate(add("""
                        select p.* from rollup_order_part p
                        join unnest(:marketplaces, :parents) t (marketplace, parent_no) using (marketplace, parent_no)
                        """)), changes).execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Changes changes) {
        return statement.bind("marketplaces", changes.marketplaces()).bind("parents", changes.parents());
    }

    /** Adds parts to all cells that they belong to. */
    private static String add(String parts) {
        return """
                with part as (%s), versions as (%s), hours as (%s), days as (%s) %s
                """.formatted(
                parts,
                VERSIONS.formatted("select distinct date_trunc('week', day)::date as week from part"),
                sum("rollup_order_hour", HOUR_KEYS, "day, placement_id, hour, creator_id, medium, confidence", "part"),
                sum("rollup_order_day", DAY_KEYS, DAY_KEYS, "part"),
                sum("rollup_order_week", WEEK_KEYS, weekKeys(), "part"));
    }

    private static String weekKeys() {
        return WEEK_KEYS.replaceFirst("week", "date_trunc('week', day)::date");
    }

    private static String sum(String table, String keys, String values, String parts) {
        var places = IntStream.rangeClosed(1, keys.split(", ").length)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        return """
                insert into %1$s (%2$s, %3$s)
                select %4$s, sum(paid), sum(received), sum(settled), sum(invalid), sum(gmv_fen), sum(estimated_fen),
                    sum(settled_fen)
                from %5$s group by %6$s
                on conflict on constraint %1$s_pkey %7$s
                """.formatted(table, keys, SUMS, values, parts, places, PLUS.formatted(table));
    }

    /** Counts the orders of a click day anew from their lines, and with them the week of that day. */
    public void rebuild(LocalDate day) {
        jdbi.useTransaction(handle -> {
            handle.execute("select pg_advisory_xact_lock(hashtext('rollup_order'))");
            count(
                    handle,
                    changes(handle.createQuery("""
                            select marketplace, parent_no from rollup_order_part where day = :day
                            union
                            select marketplace, parent_no from order_line
                            where coalesce(clicked_at, created_at, paid_at, first_observed_at) >= :from
                              and coalesce(clicked_at, created_at, paid_at, first_observed_at) < :until
                            """)
                            .bind("day", day)
                            .bind("from", BusinessTime.startOf(day))
                            .bind("until", BusinessTime.startOf(day.plusDays(1)))
                            .map((row, context) -> new String[] {row.getString(1), row.getString(2)})
                            .list()));
            for (var table : List.of("rollup_order_hour", "rollup_order_day")) {
                handle.execute("delete from " + table + " where day = ?", day);
            }
            handle.execute("delete from rollup_order_week where week = date_trunc('week', ?::date)::date", day);
            handle.execute(VERSIONS.formatted("select date_trunc('week', ?::date)::date as week"), day);
            handle.createUpdate(sum("rollup_order_hour", HOUR_KEYS, HOUR_KEYS, "rollup_order_part where day = :day"))
                    .bind("day", day)
                    .execute();
            handle.createUpdate(sum("rollup_order_day", DAY_KEYS, DAY_KEYS, "rollup_order_part where day = :day"))
                    .bind("day", day)
                    .execute();
            handle.createUpdate(sum(
                            "rollup_order_week",
                            WEEK_KEYS,
                            weekKeys(),
                            "rollup_order_part where date_trunc('week', day) = date_trunc('week', :day::date)"))
                    .bind("day", day)
                    .execute();
        });
    }

    /** The age of the oldest change that is not counted yet. */
    Duration lag() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(extract(epoch from now() - min(written_at)) * 1000, 0)::bigint from order_change")
                .mapTo(Long.class)
                .map(Duration::ofMillis)
                .one());
    }
}
