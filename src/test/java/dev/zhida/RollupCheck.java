package dev.zhida;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Compares the counts of touches with the touches themselves. */
public final class RollupCheck {

    private static final String DAYS = """
            with raw as (
                select day, placement_id, kind, host_app, os, human, count(*) touches, count(*) filter (where human and no = 1) people
                from (select *, row_number() over (partition by day, placement_id, kind, visitor, human order by id) no
                    from touch) t
                group by 1, 2, 3, 4, 5, 6
            ), counted as (
                select day, placement_id, kind, host_app, os, human, touches, people from rollup_touch_day
            )
            """;

    private static final String HOURS = """
            with raw as (
                select day, placement_id, date_trunc('hour', at) "hour", kind, host_app, os, human, count(*) touches
                from touch group by 1, 2, 3, 4, 5, 6, 7
            ), counted as (
                select day, placement_id, hour, kind, host_app, os, human, touches from rollup_touch_hour
            )
            """;

    private static final String ACTS = """
            with raw as (
                select t.day, t.placement_id, count(*) filter (where t.kind = 'CLICK') clicks,
                       count(*) filter (where t.outcome = 'REDIRECT') sent_on, count(*) filter (where t.outcome = 'LANDING') pages,
                       count(*) filter (where t.kind = 'LANDING') landings, count(*) filter (where t.kind = 'COPY') copies,
                       count(*) filter (where t.kind = 'OPEN') opens, count(*) filter (where t.kind = 'SHARE') shares,
                       count(*) filter (where t.kind = 'PASTE') pastes, count(s.id) brought_back
                from touch t left join touch s on t.kind = 'CLICK' and s.id = t.click_id and s.visitor <> t.visitor
                where t.human
                group by 1, 2
            ), counted as (table rollup_act_day)
            """;

    private static final String PEOPLE = """
            with raw as (
                select day, placement_id, nullif(sum(people) filter (where kind = 'CLICK'), 0) clicks,
                    nullif(sum(people) filter (where kind = 'PASTE'), 0) pastes,
                    nullif(sum(people) filter (where kind = 'LANDING'), 0) landings
                from rollup_touch_day where human and kind in ('CLICK', 'PASTE', 'LANDING') group by 1, 2
                having sum(people) > 0
            ), counted as (
                select day, placement_id, nullif(clicks, 0)::numeric clicks, nullif(pastes, 0)::numeric pastes,
                    nullif(landings, 0)::numeric landings
                from rollup_people_day where clicks + pastes + landings > 0
            )
            """;

    /** Weeks whose sums hold. */
    private static final String WEEKS = """
            with raw as (
                select date_trunc('week', day)::date week, placement_id, sum(clicks) clicks, sum(pastes) pastes,
                    sum(landings) landings
                from rollup_people_day where date_trunc('week', day)::date in (select week from rollup_week) group by 1, 2
            ), counted as (
                select week, placement_id, clicks::numeric, pastes::numeric, landings::numeric
                from rollup_people_week join rollup_week using (week)
            )
            """;

    private static final String DIFFERENCES = """
            select 'not counted: ' || d from (table raw except table counted) d
            union all
            select 'counted: ' || d from (table counted except table raw) d
            limit 20
            """;

    private RollupCheck() {}

    /** Waits until every touch that was answered and every order line is counted. */
    public static void await(Connection connection) throws SQLException {
        var deadline = Instant.now().plusSeconds(60);
        while (pending(connection) > 0) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("is not counted yet: " + pending(connection));
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** As {@link #await(Connection)}, in the database that the tests share. */
    public static void await() {
        try (var connection = TestDatabase.address().dataSource().getConnection()) {
            await(connection);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Batches and changes that are not counted yet. */
    public static long pending(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select (select count(*) from touch_batch) + (select count(*) from touch_day_changed)"
                                + " + (select count(*) from order_change)")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Cells that are not what the touches give; nothing if all are right. */
    public static List<String> differences(Connection connection) throws SQLException {
        var differences = new ArrayList<String>();
        for (var cells : List.of(DAYS, HOURS, ACTS, PEOPLE, WEEKS)) {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(cells + DIFFERENCES)) {
                while (rows.next()) {
                    differences.add(rows.getString(1));
                }
            }
        }
        return differences;
    }
}
