package dev.zhida.rollup;

import dev.zhida.problem.Refusal;
import dev.zhida.touch.TouchInbox;
import dev.zhida.touch.TouchPartitions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Counts touches into {@code rollup_touch_hour}, {@code rollup_touch_day} and {@code rollup_act_day}. */
@ApplicationScoped
public class TouchRollup {

    /** Touches in one transaction, about. More: less work for the same load; fewer: fans wait less for the processors. */
    private static final int TOUCHES_AT_A_TIME = 400;

    /** Batches that are looked at for it; a quiet log has batches of one touch. */
    private static final int BATCHES_AT_A_TIME = 2_000;

    private static final String HOURS = """
            insert into rollup_touch_hour (day, placement_id, hour, kind, host_app, os, human, touches)
            select day, placement_id, date_trunc('hour', at), kind, host_app, os, human, count(*)
            from taken group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
            """;

    private static final String ACTS = """
            insert into rollup_act_day
                (day, placement_id, clicks, sent_on, pages, landings, copies, opens, shares, pastes, brought_back)
            select t.day, t.placement_id, count(*) filter (where t.kind = 'CLICK'),
                   count(*) filter (where t.outcome = 'REDIRECT'), count(*) filter (where t.outcome = 'LANDING'),
                   count(*) filter (where t.kind = 'LANDING'), count(*) filter (where t.kind = 'COPY'),
                   count(*) filter (where t.kind = 'OPEN'), count(*) filter (where t.kind = 'SHARE'),
                   count(*) filter (where t.kind = 'PASTE'), count(s.visitor)
            from taken t left join lateral (
                -- Whose visit was shared; she may have come with the same batch. Asked of few touches only.
                select visitor from touch
                where t.kind = 'CLICK' and t.click_id is not null
                  and day between :first::date - 1 and :last and day = touch_day(t.click_id) and id = t.click_id
                union
                select visitor from taken where t.kind = 'CLICK' and t.click_id is not null and id = t.click_id
            ) s on t.kind = 'CLICK' and s.visitor <> t.visitor
            where t.human group by 1, 2 order by 1, 2
            """;

    private static final String VISITORS = """
            insert into rollup_visitor_day (day, placement_id, kind, visitor, first_touch_id)
            select distinct on (day, placement_id, kind, visitor) day, placement_id, kind, visitor, id
            from taken where human order by day, placement_id, kind, visitor, id
            """;

    /** After the visitors. */
    private static final String DAYS_ANEW = """
            insert into rollup_touch_day (day, placement_id, kind, host_app, os, human, touches, people)
            select t.day, t.placement_id, t.kind, t.host_app, t.os, t.human, count(*), count(v.first_touch_id)
            from taken t left join rollup_visitor_day v
                on v.day = t.day and v.placement_id = t.placement_id and v.kind = t.kind and v.visitor = t.visitor
                and v.first_touch_id = t.id
            group by 1, 2, 3, 4, 5, 6
            """;

    private static final String PEOPLE = """
            insert into rollup_people_day (day, placement_id, clicks, pastes, landings)
            select day, placement_id, coalesce(sum(people) filter (where kind = 'CLICK'), 0),
                coalesce(sum(people) filter (where kind = 'PASTE'), 0),
                coalesce(sum(people) filter (where kind = 'LANDING'), 0)
            from %s where human and people <> 0 and kind in ('CLICK', 'PASTE', 'LANDING') group by 1, 2 order by 1, 2
            """;

    private static final int VISITORS_FORGOTTEN_AT_A_TIME = 50_000;

    private final Jdbi jdbi;
    private final TouchInbox inbox;
    private final TouchPartitions partitions;

    TouchRollup(Jdbi jdbi, TouchInbox inbox, TouchPartitions partitions) {
        this.jdbi = jdbi;
        this.inbox = inbox;
        this.partitions = partitions;
    }

    /**
     * Stores and counts the touches of some batches that nobody else takes just now; answers whether there are likely
     * more.
     */
    boolean countSome() {
        var batches = inbox.oldest(BATCHES_AT_A_TIME, TOUCHES_AT_A_TIME);
        if (batches.isEmpty()) {
            return false;
        }
        try {
            count(batches);
        } catch (JdbiException e) {
            if (!TouchInbox.faultOfTheTouches(e)) {
                throw e;
            }
            batches.forEach(this::countAlone);
            return true;
        }
        return batches.size() == BATCHES_AT_A_TIME
                || batches.stream().mapToInt(TouchInbox.Batch::touches).sum() >= TOUCHES_AT_A_TIME;
    }

    private void countAlone(TouchInbox.Batch batch) {
        try {
            count(List.of(batch));
        } catch (JdbiException e) {
            if (!TouchInbox.faultOfTheTouches(e)) {
                throw e;
            }
            inbox.setAside(batch, e);
        }
    }

    private void count(List<TouchInbox.Batch> batches) {
        jdbi.useTransaction(handle -> {
            // If it is lost, the batches are there again: no fan need wait for the sync of it.
            handle.execute("set local synchronous_commit = off");
            // Portions differ a thousandfold: a plan that was made for a small one takes minutes for a large one.
            handle.execute("set local plan_cache_mode = force_custom_plan");
            var days = inbox.take(handle, batches);
            // One at a time counts a day: who moves the first act of a visitor has to see the touch that was the first,
            // and
            // until a day is counted anew nobody knows what was counted.
            days.forEach(day -> lock(handle, "pg_advisory_xact_lock", day));
            if (!days.isEmpty()) {
                count(handle, days.getFirst(), days.getLast());
            }
        });
    }

    /** Rows are written in the order of their keys, so that two who count at once do not wait for each other. */
    private static void count(Handle handle, LocalDate first, LocalDate last) {
        handle.createUpdate("""
                        with %s, hours as (
                            %s
                            on conflict on constraint rollup_touch_hour_pkey
                                do update set touches = rollup_touch_hour.touches + excluded.touches
                        ), acts as (
                            %s
                            on conflict on constraint rollup_act_day_pkey
                                do update set clicks = rollup_act_day.clicks + excluded.clicks,
                                    sent_on = rollup_act_day.sent_on + excluded.sent_on,
                                    pages = rollup_act_day.pages + excluded.pages,
                                    landings = rollup_act_day.landings + excluded.landings,
                                    copies = rollup_act_day.copies + excluded.copies,
                                    opens = rollup_act_day.opens + excluded.opens,
                                    shares = rollup_act_day.shares + excluded.shares,
                                    pastes = rollup_act_day.pastes + excluded.pastes,
                                    brought_back = rollup_act_day.brought_back + excluded.brought_back
                        ), firsts as (
                            %s
                            on conflict on constraint rollup_visitor_day_pkey
                                do update set first_touch_id = excluded.first_touch_id
                                where excluded.first_touch_id < rollup_visitor_day.first_touch_id
                            returning day, old.first_touch_id before, new.first_touch_id now
                        ), cells as (
                            select day, placement_id, kind, host_app, os, human, 1 touches, 0 people from taken
                            union all
                            select t.day, t.placement_id, t.kind, t.host_app, t.os, true, 0, 1
                            from firsts f join taken t on t.day = f.day and t.id = f.now
                            union all
                            select t.day, t.placement_id, t.kind, t.host_app, t.os, true, 0, -1
                            from firsts f join touch t on t.day = f.day and t.id = f.before
                            where t.day between :first and :last
                        ), people as (
                            %s
                            on conflict on constraint rollup_people_day_pkey
                                do update set clicks = rollup_people_day.clicks + excluded.clicks,
                                    pastes = rollup_people_day.pastes + excluded.pastes,
                                    landings = rollup_people_day.landings + excluded.landings
                        ), weeks as (
                            delete from rollup_week
                            where week in (select date_trunc('week', day)::date from taken)
                        )
                        insert into rollup_touch_day (day, placement_id, kind, host_app, os, human, touches, people)
                        select day, placement_id, kind, host_app, os, human, sum(touches), sum(people)
                        from cells group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
                        on conflict on constraint rollup_touch_day_pkey
                            do update set touches = rollup_touch_day.touches + excluded.touches,
                                people = rollup_touch_day.people + excluded.people
                        """.formatted(TouchInbox.TAKEN, HOURS, ACTS, VISITORS, PEOPLE.formatted("cells")))
                .bind("first", first)
                .bind("last", last)
                .execute();
    }

    /**
     * Counts a day anew from its touches. Those that still wait in the inbox are counted when they are taken out.
     *
     * @throws Refusal if the day's touches are not kept any more, so that its counts are frozen
     */
    public void rebuild(LocalDate day) {
        if (day.isBefore(frozenBefore())) {
            throw new Refusal(
                    Refusal.Kind.GONE,
                    "counts-frozen",
                    "the touches of " + day + " are not kept any more; counts can be made anew from " + frozenBefore()
                            + " on");
        }
        jdbi.useHandle(handle -> {
            // Before the transaction, which sees the counts as they are when it begins.
            lock(handle, "pg_advisory_lock", day);
            try {
                // Outside of it too: others take the same week away when they count its other days.
                handle.execute("delete from rollup_week where week = date_trunc('week', ?::date)::date", day);
                handle.useTransaction(
                        TransactionIsolationLevel.REPEATABLE_READ, transaction -> rebuild(transaction, day));
            } finally {
                lock(handle, "pg_advisory_unlock", day);
            }
        });
    }

    private static void rebuild(Handle handle, LocalDate day) {
        // Of rows that came just now the planner knows nothing: it takes the day for empty and reads it once for each
        // row.
        handle.execute("set local enable_nestloop = off");
        Stream.of(
                        "touch_day_changed",
                        "rollup_touch_hour",
                        "rollup_touch_day",
                        "rollup_act_day",
                        "rollup_visitor_day",
                        "rollup_people_day")
                .forEach(table -> handle.execute("delete from " + table + " where day = ?", day));
        Stream.of(HOURS, ACTS, VISITORS, DAYS_ANEW).forEach(insert -> handle.createUpdate("""
                        with taken as (
                            select day, id, at, placement_id, kind, outcome, host_app, os, human, visitor, click_id from touch
                            where day = :day
                        )
                        %s
                        """.formatted(insert))
                .bind("day", day)
                // A visit does not last longer than from one day into the next.
                .bind("first", day)
                .bind("last", day)
                .execute());
        handle.createUpdate(PEOPLE.formatted("(select * from rollup_touch_day where day = :day) counted"))
                .bind("day", day)
                .execute();
    }

    /**
     * Sums the weeks that are over and whose sums do not hold, oldest first. Nobody counts touches of such a week
     * meanwhile.
     *
     * @param today of which the week is not over yet
     */
    public void sumWeeks(LocalDate today) {
        jdbi.withHandle(handle -> handle.createQuery("""
                                select w::date from generate_series(
                                    date_trunc('week', (select min(day) from rollup_act_day)),
                                    date_trunc('week', :today::date) - interval '1 week', interval '1 week') w
                                where exists (select from rollup_act_day where day between w::date and w::date + 6)
                                except select week from rollup_week order by 1
                                """)
                        .bind("today", today)
                        .mapTo(LocalDate.class)
                        .list())
                .forEach(week -> jdbi.useTransaction(handle -> {
                    week.datesUntil(week.plusDays(7)).forEach(day -> lock(handle, "pg_advisory_xact_lock", day));
                    handle.execute("delete from rollup_week where week = ?", week);
                    handle.execute("delete from rollup_people_week where week = ?", week);
                    handle.execute("""
                            insert into rollup_people_week (week, placement_id, clicks, pastes, landings)
                            select ?, placement_id, sum(clicks), sum(pastes), sum(landings)
                            from rollup_people_day where day between ? and ? group by placement_id
                            """, week, week, week.plusDays(6));
                    handle.execute("delete from rollup_act_week where week = ?", week);
                    handle.execute("""
                            insert into rollup_act_week (week, placement_id, clicks, sent_on, pages, landings, copies, opens,
                                shares, pastes, brought_back)
                            select ?, placement_id, sum(clicks), sum(sent_on), sum(pages), sum(landings), sum(copies),
                                sum(opens), sum(shares), sum(pastes), sum(brought_back)
                            from rollup_act_day where day between ? and ? group by placement_id
                            """, week, week, week.plusDays(6));
                    handle.execute("insert into rollup_week values (?)", week);
                }));
    }

    private static void lock(Handle handle, String how, LocalDate day) {
        handle.createQuery("select " + how + "(hashtext('rollup'), :day::date - date '2000-01-01')")
                .bind("day", day)
                .mapTo(String.class)
                .one();
    }

    /** The first day whose counts can still change; counts of earlier days are frozen, because their touches are gone. */
    public LocalDate frozenBefore() {
        return partitions.keptFrom();
    }

    /** Counts the days anew whose stored touches were changed. */
    void rebuildChanged() {
        jdbi.withHandle(handle -> handle.createQuery(
                                "select day from touch_day_changed where day >= :from order by day")
                        .bind("from", frozenBefore())
                        .mapTo(LocalDate.class)
                        .list())
                .forEach(this::rebuild);
    }

    /** Forgets who was counted on frozen days, a part at a time, so that nobody waits for it. */
    void forgetVisitors() {
        int forgotten;
        do {
            forgotten = jdbi.withHandle(handle -> handle.createUpdate("""
                            delete from rollup_visitor_day where ctid = any(array(
                                select ctid from rollup_visitor_day where day < :before limit :most))
                            """)
                    .bind("before", frozenBefore())
                    .bind("most", VISITORS_FORGOTTEN_AT_A_TIME)
                    .execute());
        } while (forgotten == VISITORS_FORGOTTEN_AT_A_TIME);
    }
}
