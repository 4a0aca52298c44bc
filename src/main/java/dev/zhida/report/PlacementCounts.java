package dev.zhida.report;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.Scope;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.report.Funnel.Counts;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * What is counted of placements: touches by their day, orders by the day of the click that they came from. A day's
 * orders keep coming while buyers make up their minds.
 */
@ApplicationScoped
class PlacementCounts {

    private final Jdbi jdbi;
    private final WeekCounts weekCounts;

    PlacementCounts(Jdbi jdbi, WeekCounts weekCounts) {
        this.jdbi = jdbi;
        this.weekCounts = weekCounts;
    }

    /** What can be one group of a report. */
    enum Grouping {
        PLACEMENT("p.code", "concat_ws(' ', p.platform, p.scene, p.medium, nullif(p.label, ''))"),
        CREATOR("p.creator_id::text", "c.name"),
        CAMPAIGN("coalesce(p.campaign_id::text, '')", "coalesce(m.name, '')"),
        PLATFORM("p.platform", "p.platform"),
        SCENE("p.scene", "p.scene"),
        MEDIUM("p.medium", "p.medium"),
        OFFER("p.offer_id::text", "coalesce(o.title, o.item_id)"),
        /** How much a coupon takes off the price. */
        COUPON(CouponStrength.SQL, CouponStrength.SQL);

        private final String key;
        private final String name;

        Grouping(String key, String name) {
            this.key = key;
            this.name = name;
        }
    }

    /**
     * Which placements.
     *
     * @param campaignId {@code null} for all
     * @param code {@code null} for all
     */
    record Selection(Scope scope, UUID campaignId, String code) {

        static Selection of(Scope scope) {
            return new Selection(scope, null, null);
        }

        private boolean limits() {
            return !(scope instanceof Scope.Everything) || campaignId != null || code != null;
        }

        Query bind(Query query) {
            return query.bind("creator", scope.creatorOnly())
                    .bind("brand", scope.brandOnly())
                    .bind("campaign", campaignId)
                    .bind("code", code);
        }
    }

    /** The placements {@code p} of a selection; PostgreSQL leaves out those joins of which nothing is asked. */
    private static final String SELECTED = """
            from placement p left join offer o on o.id = p.offer_id left join campaign m on m.id = p.campaign_id
                left join creator c on c.id = p.creator_id
            where (:creator::uuid is null or p.creator_id = :creator)
              and (:brand::uuid is null or m.brand_id = :brand)
              and (:campaign::uuid is null or p.campaign_id = :campaign)
              and (:code::text is null or p.code = :code)
            """;

    private static final String SEEN = "seen as materialized (select p.id " + SELECTED + ")";

    static final String ACTS = "clicks, sent_on, pages, landings, copies, opens, shares, brought_back, pastes";
    static final String PEOPLE = "clicks, pastes, landings";
    static final String ORDERS = "paid, settled, invalid, gmv_fen, estimated_fen, settled_fen";

    /** Parts of parent orders that lie in several, each with a number for its parent order. */
    private static final String PARTS = """
            (select day, placement_id, hashtextextended(marketplace || '/' || parent_no, 0) as parent, paid, settled, invalid
             from rollup_order_part where not alone) parts""";

    private static final String PART = "parent, paid, settled, invalid";

    // What is counted of a group, as one array: acts in the order of ACTS, people, orders in the order of ORDERS.
    private static final int PEOPLE_AT = 9;
    private static final int ORDERS_AT = 10;
    private static final int COUNTED = 16;

    /** A group with what is counted of it. */
    record Group(String key, String name, Counts counts) {}

    private record Spot(long id, String key, String name) {}

    private record Sums(String key, String name, long[] counted) {}

    /** What is counted of each group. Orders of unknown placement are nobody's here. */
    List<Group> byGroup(Grouping by, Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var groups = new LinkedHashMap<String, Sums>();
            var spots = new HashMap<Long, long[]>();
            selection
                    .bind(handle.createQuery("select p.id, %s, %s ".formatted(by.key, by.name) + SELECTED))
                    .map((row, context) -> new Spot(row.getLong(1), row.getString(2), row.getString(3)))
                    .forEach(spot -> spots.put(
                            spot.id(),
                            groups.computeIfAbsent(spot.key(), key -> new Sums(key, spot.name(), new long[COUNTED]))
                                    .counted()));
            add(handle, spots, selection, days);
            return groups.values().stream()
                    .map(sums -> new Group(sums.key(), sums.name(), counts(sums.counted())))
                    .toList();
        });
    }

    /**
     * Whole weeks where their sums hold, and single days around them. Over everything, most is in memory; of a selection
     * few rows are to be read.
     */
    private void add(Handle handle, Map<Long, long[]> spots, Selection selection, Days days) {
        var weeks = weekCounts.whole(handle, days.from(), days.until());
        var single =
                days.stream().filter(day -> !weeks.contains(Days.monday(day))).toList();
        var rows = selection.limits()
                ? new Rows(handle, spots.keySet(), weeks, single)
                : new Rows(handle, null, List.of(), single);
        if (!selection.limits()) {
            addWeeks(handle, spots, days);
        }
        add(spots, 0, rows.sums("act", ACTS));
        addPeople(spots, rows.sums("people", PEOPLE));
        add(spots, ORDERS_AT, rows.sums("order", ORDERS));
        countOnce(rows.parts(days), spots::get);
    }

    private void addWeeks(Handle handle, Map<Long, long[]> spots, Days days) {
        var orders = weekCounts.orders(handle, days.from(), days.until());
        weekCounts.touches(handle, days.from(), days.until()).forEach((week, touches) -> {
            add(spots, 0, touches.acts());
            addPeople(spots, touches.people());
            var ordered = orders.get(week);
            if (ordered != null) {
                add(spots, ORDERS_AT, ordered.certain());
                ordered.uncertain().forEach(one -> {
                    var counted = spots.get(one.placement());
                    for (var i = 0; counted != null && i < one.sums().length; i++) {
                        counted[ORDERS_AT + i] += one.sums()[i];
                    }
                });
            }
        });
    }

    private static void add(Map<Long, long[]> spots, int at, Columns columns) {
        var placements = columns.placements();
        for (var i = 0; i < placements.length; i++) {
            var counted = spots.get(placements[i]);
            for (var column = 0; counted != null && column < columns.values().length; column++) {
                counted[at + column] += columns.values()[column][i];
            }
        }
    }

    private static void addPeople(Map<Long, long[]> spots, Columns people) {
        add(spots, PEOPLE_AT, new Columns(people.placements(), people.values()[0]));
        add(spots, PEOPLE_AT, new Columns(people.placements(), people.values()[1]));
    }

    /** A parent order that lies in several parts of a group is one order; it is invalid if all of it is. */
    private static void countOnce(Columns parts, LongFunction<long[]> groupOf) {
        record Parent(long[] group, long number) {}
        var first = new HashMap<Parent, long[]>();
        var values = parts.values();
        for (var i = 0; i < parts.placements().length; i++) {
            var group = groupOf.apply(parts.placements()[i]);
            if (group != null) {
                var sums = first.computeIfAbsent(new Parent(group, values[0][i]), parent -> new long[4]);
                sums[0] += values[1][i];
                sums[1] += values[2][i];
                sums[2] += values[3][i];
                sums[3]++;
            }
        }
        first.forEach((parent, sums) -> {
            parent.group()[ORDERS_AT] -= Math.max(sums[0] - 1, 0);
            parent.group()[ORDERS_AT + 1] -= Math.max(sums[1] - 1, 0);
            parent.group()[ORDERS_AT + 2] -= sums[2] == sums[3] ? sums[2] - 1 : sums[2];
        });
    }

    /**
     * What is read by placement.
     *
     * @param own {@code null} for all placements: looking each up would only cost
     */
    private record Rows(Handle handle, Set<Long> own, Collection<LocalDate> weeks, List<LocalDate> days) {

        Columns sums(String what, String columns) {
            return read(
                    """
                    select %1$s from (
                        select placement_id, %2$s from (
                            select placement_id, %3$s from rollup_%4$s_week where week = any(:weeks) %5$s
                            union all
                            select placement_id, %3$s from rollup_%4$s_day where day = any(:days) %5$s
                        ) counted group by 1
                    ) summed
                    """.formatted(Columns.select(columns), PlacementCounts.sums(columns), columns, what, within()),
                    days);
        }

        Columns parts(Days days) {
            return read(
                    "select %s from %s where day = any(:days) %s".formatted(Columns.select(PART), PARTS, within()),
                    days.stream().toList());
        }

        private String within() {
            return own == null ? "" : "and placement_id = any(:own)";
        }

        private Columns read(String sql, List<LocalDate> days) {
            return handle.createQuery(sql)
                    .bindArray("weeks", LocalDate.class, weeks)
                    .bindArray("days", LocalDate.class, days)
                    .bindArray("own", Long.class, own == null ? Set.of() : own)
                    .map((row, context) -> Columns.of(row, 1))
                    .one();
        }
    }

    private static String sums(String columns) {
        return Arrays.stream(columns.split(", "))
                .map(column -> "sum(" + column + ")::bigint as " + column)
                .collect(Collectors.joining(", "));
    }

    /** What is counted of each day; days of which nothing is counted are missing. */
    Map<LocalDate, Counts> byDay(Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var byDay = new TreeMap<LocalDate, long[]>();
            var inside = "t.day >= :from and t.day < :until "
                    // Where everything is wanted, looking each placement up would only cost.
                    + (selection.limits() ? "and t.placement_id = any(array(select id from seen))" : "");
            query(handle, """
                        with %1$s,
                        acted as (select day, %2$s from rollup_act_day t where %4$s group by 1),
                        came as (select day, sum(clicks + pastes)::bigint from rollup_people_day t where %4$s group by 1),
                        sold as (
                            select day, %3$s from rollup_order_day t where t.placement_id <> 0 and %4$s group by 1)
                        select * from acted full join came using (day) full join sold using (day)
                        """.formatted(SEEN, sums(ACTS), sums(ORDERS), inside), selection, days)
                    .map((row, context) -> {
                        var counted = new long[COUNTED];
                        for (var i = 0; i < COUNTED; i++) {
                            counted[i] = row.getLong(2 + i);
                        }
                        return byDay.put(row.getObject("day", LocalDate.class), counted);
                    })
                    .list();
            query(handle, """
                        with %s select day, %s from %s
                        where day >= :from and day < :until and placement_id = any(array(select id from seen)) group by 1
                        """.formatted(SEEN, Columns.select(PART), PARTS), selection, days)
                    .map((row, context) -> {
                        var day = byDay.get(row.getObject("day", LocalDate.class));
                        countOnce(Columns.of(row, 2), placement -> day);
                        return day;
                    })
                    .list();
            var counts = new TreeMap<LocalDate, Counts>();
            byDay.forEach((day, counted) -> counts.put(day, counts(counted)));
            return counts;
        });
    }

    /** What the marketplaces report as commission of a selection's valid orders: settled, else expected. */
    Money cost(Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> query(handle, """
                        with %s
                        select coalesce(sum(coalesce(o.settled_fen, o.estimated_fen)), 0)::bigint
                        from attribution a join order_line o on o.id = a.order_line_id
                        where a.current and a.placement_id = any(array(select id from seen))
                          and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= :fromAt
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) < :untilAt
                        """.formatted(SEEN), selection, days)
                .mapTo(Long.class)
                .map(Money::ofFen)
                .one());
    }

    private static Query query(Handle handle, String sql, Selection selection, Days days) {
        return selection
                .bind(handle.createQuery(sql))
                .bind("from", days.from())
                .bind("until", days.until())
                .bind("fromAt", utc(BusinessTime.startOf(days.from())))
                .bind("untilAt", utc(BusinessTime.startOf(days.until())));
    }

    private static Counts counts(long[] counted) {
        return new Counts(
                counted[0],
                counted[PEOPLE_AT],
                counted[1],
                counted[2],
                counted[3],
                counted[4],
                counted[5],
                counted[6],
                counted[7],
                counted[8],
                counted[ORDERS_AT],
                counted[ORDERS_AT + 1],
                counted[ORDERS_AT + 2],
                counted[ORDERS_AT + 3],
                counted[ORDERS_AT + 4],
                counted[ORDERS_AT + 5]);
    }

    /** How long buyers took from the click to the order: upper bounds in seconds, the last bar being open. */
    static final List<Long> DELAY_BOUNDS =
            List.of(15L, 60L, 300L, 900L, 3_600L, 21_600L, 86_400L, 259_200L, 1_296_000L);

    /** Distinct parent orders by how long they took: one count more than there are bounds; last those of unknown time. */
    List<Long> delays(Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var bars = new Long[DELAY_BOUNDS.size() + 2];
            Arrays.fill(bars, 0L);
            query(handle, """
                            with %s, firsts as (
                                select o.marketplace, o.parent_no, min(extract(epoch from o.created_at - o.clicked_at)) delay
                                from attribution a join order_line o on o.id = a.order_line_id
                                where a.current and a.placement_id = any(array(select id from seen))
                                  and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                                  and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= :fromAt
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) < :untilAt
                                group by 1, 2
                            )
                            select case when delay is null then :bars + 1
                                else width_bucket(delay::float8, cast(:bounds as float8[])) end bar, count(*) n
                            from firsts group by 1
                            """.formatted(SEEN), selection, days)
                    .bindArray(
                            "bounds",
                            Double.class,
                            DELAY_BOUNDS.stream().map(Long::doubleValue).toList())
                    .bind("bars", DELAY_BOUNDS.size())
                    .map((row, context) -> bars[row.getInt("bar")] = row.getLong("n"))
                    .list();
            return List.of(bars);
        });
    }
}
