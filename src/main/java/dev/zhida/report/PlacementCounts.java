package dev.zhida.report;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.Scope;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.report.Funnel.Counts;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
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
        CREATOR("p.creator_id::text", "(select c.name from creator c where c.id = p.creator_id)"),
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

    /** The placements of a selection, as {@code seen}. */
    static final String SEEN = """
            seen as materialized (
                select p.id, %s as key, %s as name
                from placement p join offer o on o.id = p.offer_id left join campaign m on m.id = p.campaign_id
                where (:creator::uuid is null or p.creator_id = :creator)
                  and (:brand::uuid is null or m.brand_id = :brand)
                  and (:campaign::uuid is null or p.campaign_id = :campaign)
                  and (:code::text is null or p.code = :code)
            )""";

    /**
     * What is counted by placement: whole weeks where their sums hold, unless they are in memory, and single days around
     * them. Orders of unknown placement are nobody's here.
     */
    private static final String SUMS = """
            whole as materialized (
                select week from rollup_week where week >= :from and week + 7 <= :until
            ), single as materialized (
                select d::date as day from generate_series(:from::date, :until::date - 1, interval '1 day') d
                where date_trunc('week', d)::date not in (select week from whole)
            ), acts as (
                select t.placement_id, %1$s from rollup_act_week t
                where t.week = any(array(select week from whole where not :kept)) %2$s
                union all
                select t.placement_id, %1$s from rollup_act_day t
                where t.day = any(array(select day from single)) %2$s
            ), people as (
                select t.placement_id, clicks + pastes as people from rollup_people_week t
                where t.week = any(array(select week from whole where not :kept)) %2$s
                union all
                select t.placement_id, clicks + pastes from rollup_people_day t
                where t.day = any(array(select day from single)) %2$s
            ), bought as (
                select t.placement_id, %3$s from rollup_order_week t
                where t.week = any(array(select week from whole where not :kept)) and t.placement_id <> 0 %2$s
                union all
                select t.placement_id, %3$s from rollup_order_day t
                where t.day = any(array(select day from single)) and t.placement_id <> 0 %2$s
            )""";

    static final String ACTS = "clicks, sent_on, pages, landings, copies, opens, shares, brought_back, pastes";

    private static final String ORDERS = """
            paid as orders, settled as settled_orders, invalid as invalid_orders, gmv_fen, estimated_fen, settled_fen""";

    private static final String COUNTS = """
            clicks, people, sent_on, pages, landings, copies, opens, shares, brought_back, pastes, orders, settled_orders,
            invalid_orders, gmv_fen, estimated_fen, settled_fen""";

    private static final String AGAIN = "again_orders, again_settled, again_invalid";

    /** A parent order that lies in several parts is one order; it is invalid if all of it is. */
    private static final String AGAIN_OF_A_PARENT = """
            greatest(sum(p.paid) - 1, 0) as again_orders, greatest(sum(p.settled) - 1, 0) as again_settled,
            sum(p.invalid) - bool_and(p.invalid = 1)::int as again_invalid""";

    private static final int PEOPLE = 1;
    private static final int FIRST_OF_ORDERS = 10;

    /** A group with what is counted of it. */
    record Group(String key, String name, Counts counts) {}

    /** A group as it is summed up: numbers in the order of {@link #COUNTS}, and orders that were counted again. */
    private record Sums(String key, String name, long[] numbers, long[] again) {

        static Sums of(ResultSet row) throws SQLException {
            return new Sums(row.getString("key"), row.getString("name"), longs(row, COUNTS), longs(row, AGAIN));
        }

        private static long[] longs(ResultSet row, String columns) throws SQLException {
            var names = columns.split(",\\s*");
            var numbers = new long[names.length];
            for (var i = 0; i < numbers.length; i++) {
                numbers[i] = row.getLong(names[i]);
            }
            return numbers;
        }

        Group group() {
            return new Group(key, name, counts(numbers, again));
        }
    }

    /** What is counted of each group. */
    List<Group> byGroup(Grouping by, Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var sums = query(
                            handle,
                            """
                        with %s, %s,
                        acted as (select placement_id, %s from acts group by 1),
                        came as (select placement_id, %s from people group by 1),
                        sold as (select placement_id, %s from bought group by 1),
                        grouped as (
                            select s.key, min(s.name) as name, %s
                            from seen s
                            left join acted on acted.placement_id = s.id
                            left join came on came.placement_id = s.id
                            left join sold on sold.placement_id = s.id
                            group by s.key
                        ), again as (select part.key, %s from (
                            select s.key, %s from rollup_order_part p join seen s on s.id = p.placement_id
                            where not p.alone and p.day >= :from and p.day < :until
                            group by s.key, p.marketplace, p.parent_no) part group by 1)
                        select g.*, a.again_orders, a.again_settled, a.again_invalid
                        from grouped g left join again a using (key)
                        """.formatted(
                                    SEEN.formatted(by.key, by.name),
                                    SUMS.formatted(ACTS, within(selection), ORDERS),
                                    sums(ACTS),
                                    sums("people"),
                                    sums("orders, settled_orders, invalid_orders, gmv_fen, estimated_fen, settled_fen"),
                                    sums(COUNTS),
                                    sums(AGAIN),
                                    AGAIN_OF_A_PARENT),
                            selection,
                            days)
                    .bind("kept", !selection.limits())
                    .map((row, context) -> Sums.of(row))
                    .list();
            if (!selection.limits()) {
                addWeeks(handle, by, selection, days, sums);
            }
            return sums.stream().map(Sums::group).toList();
        });
    }

    /** Over everything, most is in memory; of a selection few rows are to be read. */
    private void addWeeks(Handle handle, Grouping by, Selection selection, Days days, List<Sums> sums) {
        var byKey = sums.stream().collect(Collectors.toMap(Sums::key, Sums::numbers));
        var byPlacement = new HashMap<Long, long[]>();
        query(handle, "with %s select id, key from seen".formatted(SEEN.formatted(by.key, by.name)), selection, days)
                .map((row, context) -> byPlacement.put(row.getLong("id"), byKey.get(row.getString("key"))))
                .list();
        var orders = weekCounts.orders(handle, days.from(), days.until());
        weekCounts.touches(handle, days.from(), days.until()).forEach((week, touches) -> {
            var acts = touches.acts().values();
            add(byPlacement, touches.acts().placements(), (numbers, i) -> {
                numbers[0] += acts[0][i];
                for (var act = 1; act < acts.length; act++) {
                    numbers[PEOPLE + act] += acts[act][i];
                }
            });
            var people = touches.people().values();
            add(
                    byPlacement,
                    touches.people().placements(),
                    (numbers, i) -> numbers[PEOPLE] += people[0][i] + people[1][i]);
            var counted = orders.get(week);
            if (counted != null) {
                var certain = counted.certain().values();
                add(byPlacement, counted.certain().placements(), (numbers, i) -> {
                    for (var order = 0; order < certain.length; order++) {
                        numbers[FIRST_OF_ORDERS + order] += certain[order][i];
                    }
                });
                for (var uncertain : counted.uncertain()) {
                    var numbers = byPlacement.get(uncertain.placement());
                    for (var order = 0; numbers != null && order < uncertain.sums().length; order++) {
                        numbers[FIRST_OF_ORDERS + order] += uncertain.sums()[order];
                    }
                }
            }
        });
    }

    private static void add(Map<Long, long[]> byPlacement, long[] placements, ObjIntConsumer<long[]> adding) {
        for (var i = 0; i < placements.length; i++) {
            var numbers = byPlacement.get(placements[i]);
            if (numbers != null) {
                adding.accept(numbers, i);
            }
        }
    }

    private static String sums(String columns) {
        return Arrays.stream(columns.split(","))
                .map(String::strip)
                .map(column -> "coalesce(sum(" + column + "), 0)::bigint as " + column)
                .collect(Collectors.joining(", "));
    }

    /** What is counted of each day; days of which nothing is counted are missing. */
    Map<LocalDate, Counts> byDay(Selection selection, Days days) {
        var byDay = new TreeMap<LocalDate, Counts>();
        var inside = "t.day >= :from and t.day < :until " + within(selection);
        OneMoment.read(jdbi, handle -> query(
                        handle,
                        """
                        with %s,
                        acted as (select day, %s from rollup_act_day t where %s group by 1),
                        came as (
                            select day, sum(clicks + pastes)::bigint as people from rollup_people_day t where %s group by 1),
                        sold as (
                            select day, %s from (select day, %s from rollup_order_day t
                                where t.placement_id <> 0 and %s) orders group by 1)
                        , again as (select part.day, %s from (
                            select p.day, %s from rollup_order_part p
                            where not p.alone and p.placement_id = any(array(select id from seen))
                              and p.day >= :from and p.day < :until
                            group by p.day, p.marketplace, p.parent_no) part group by 1)
                        select day, %s, again_orders, again_settled, again_invalid
                        from acted full join came using (day) full join sold using (day) left join again using (day)
                        """.formatted(
                                SEEN.formatted("''", "''"),
                                sums(ACTS),
                                inside,
                                inside,
                                sums("orders, settled_orders, invalid_orders, gmv_fen, estimated_fen, settled_fen"),
                                ORDERS,
                                inside,
                                sums(AGAIN),
                                AGAIN_OF_A_PARENT,
                                COUNTS),
                        selection,
                        days)
                .map((row, context) -> byDay.put(
                        row.getObject("day", LocalDate.class), counts(Sums.longs(row, COUNTS), Sums.longs(row, AGAIN))))
                .list());
        return byDay;
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
                        """.formatted(SEEN.formatted("''", "''")), selection, days)
                .mapTo(Long.class)
                .map(Money::ofFen)
                .one());
    }

    /** Where everything is wanted, looking each placement up would only cost. */
    private static String within(Selection selection) {
        return selection.limits() ? "and t.placement_id = any(array(select id from seen))" : "";
    }

    private static Query query(Handle handle, String sql, Selection selection, Days days) {
        return selection
                .bind(handle.createQuery(sql))
                .bind("from", days.from())
                .bind("until", days.until())
                .bind("fromAt", utc(BusinessTime.startOf(days.from())))
                .bind("untilAt", utc(BusinessTime.startOf(days.until())));
    }

    private static Counts counts(long[] numbers, long[] again) {
        return new Counts(
                numbers[0],
                numbers[PEOPLE],
                numbers[2],
                numbers[3],
                numbers[4],
                numbers[5],
                numbers[6],
                numbers[7],
                numbers[8],
                numbers[9],
                numbers[FIRST_OF_ORDERS] - again[0],
                numbers[11] - again[1],
                numbers[12] - again[2],
                numbers[13],
                numbers[14],
                numbers[15]);
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
                            """.formatted(SEEN.formatted("''", "''")), selection, days)
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
