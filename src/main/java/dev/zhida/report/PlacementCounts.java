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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
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
        CREATOR("p.creator_id::text", "c.name", "creator_id::text"),
        CAMPAIGN("coalesce(p.campaign_id::text, '')", "coalesce(m.name, '')"),
        PLATFORM("p.platform", "p.platform"),
        SCENE("p.scene", "p.scene"),
        MEDIUM("p.medium", "p.medium", "medium"),
        OFFER("p.offer_id::text", "coalesce(o.title, o.item_id)"),
        /** How much a coupon took off the price. */
        COUPON(CouponStrength.SQL, CouponStrength.SQL);

        private final String key;
        private final String name;
        /** The key of orders of which the creator and the medium are known, but not the placement. */
        private final String keyWithoutPlacement;

        Grouping(String key, String name) {
            this(key, name, "null::text");
        }

        Grouping(String key, String name, String keyWithoutPlacement) {
            this.key = key;
            this.name = name;
            this.keyWithoutPlacement = keyWithoutPlacement;
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

        /** Whether orders of unknown placement can be told to belong to it: they name a creator, and no campaign. */
        boolean tellsWithoutPlacement() {
            return scope.brandOnly() == null && campaignId == null && code == null;
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
            (select day, placement_id, creator_id, medium, hashtextextended(marketplace || '/' || parent_no, 0) as parent,
                    paid, settled, invalid, (medium = 'NATIVE_TOKEN')::int as by_native_token
             from rollup_order_part where not alone) parts""";

    private static final String PART = "parent, paid, settled, invalid, by_native_token";

    /** Orders that several placements with one slot brought: their creator and medium are known. */
    private static final String WITHOUT_PLACEMENT = """
            placement_id = 0 and creator_id <> '00000000-0000-0000-0000-000000000000'
            and (:creator::uuid is null or creator_id = :creator)
            """;

    // What is counted of a group, as one array: acts in the order of ACTS, people, orders in the order of ORDERS; of
    // these paid and estimated_fen by native tokens alone; how often marketplaces say that native tokens were opened.
    private static final int PEOPLE_AT = 9;
    private static final int ORDERS_AT = 10;
    private static final int BY_NATIVE_TOKEN_AT = 16;
    private static final int NATIVE_VIEWS_AT = 18;
    private static final int COUNTED = 19;
    // Places in ORDERS.
    private static final int PAID = 0;
    private static final int ESTIMATED = 4;

    /** A group with what is counted of it. */
    record Group(String key, String name, Counts counts) {}

    /**
     * What is counted of groups.
     *
     * @param withoutPlacement orders that are in no group, because only their creator and medium are known; {@code null}
     *     where it cannot be told whether they belong to the selection
     */
    record Groups(List<Group> groups, Counts withoutPlacement) {}

    private record Spot(long id, String key, String name, boolean nativeToken) {}

    private record Sums(String key, String name, long[] counted) {}

    /** What is counted of each group. Orders of which nobody is known are nobody's here. */
    Groups byGroup(Grouping by, Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var groups = new LinkedHashMap<String, Sums>();
            var spots = new Spots(new HashMap<>(), new HashSet<>());
            selection
                    .bind(handle.createQuery(
                            "select p.id, %s, %s, p.medium = 'NATIVE_TOKEN' ".formatted(by.key, by.name) + SELECTED))
                    .map((row, context) ->
                            new Spot(row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4)))
                    .forEach(spot -> spots.put(
                            spot,
                            groups.computeIfAbsent(spot.key(), key -> new Sums(key, spot.name(), new long[COUNTED]))
                                    .counted()));
            var once = new Once();
            var weeks = weekCounts.whole(handle, days.from(), days.until());
            add(handle, spots, selection, days, weeks, once);
            var withoutPlacement = withoutPlacement(handle, by, selection, days, weeks, groups, once);
            once.takeOut();
            return new Groups(
                    groups.values().stream()
                            .map(sums -> new Group(sums.key(), sums.name(), counts(sums.counted())))
                            .toList(),
                    withoutPlacement == null ? null : counts(withoutPlacement));
        });
    }

    /**
     * Where things counted of placements go.
     *
     * @param counted what is counted of the group of each
     * @param nativeTokens those that are posted as a marketplace's own token
     */
    private record Spots(Map<Long, long[]> counted, Set<Long> nativeTokens) {

        void put(Spot spot, long[] group) {
            counted.put(spot.id(), group);
            if (spot.nativeToken()) {
                nativeTokens.add(spot.id());
            }
        }

        void add(int at, Columns columns) {
            var placements = columns.placements();
            for (var i = 0; i < placements.length; i++) {
                var group = counted.get(placements[i]);
                for (var column = 0; group != null && column < columns.values().length; column++) {
                    group[at + column] += columns.values()[column][i];
                }
            }
        }

        void addPeople(Columns people) {
            add(PEOPLE_AT, new Columns(people.placements(), people.values()[0]));
            add(PEOPLE_AT, new Columns(people.placements(), people.values()[1]));
        }

        void addOrders(Columns orders) {
            add(ORDERS_AT, orders);
            for (var i = 0; !nativeTokens.isEmpty() && i < orders.placements().length; i++) {
                var placement = orders.placements()[i];
                if (nativeTokens.contains(placement)) {
                    addByNativeToken(counted.get(placement), orders.values()[PAID][i], orders.values()[ESTIMATED][i]);
                }
            }
        }

        void addOrders(WeekCounts.Uncertain orders) {
            var group = counted.get(orders.placement());
            if (group != null) {
                PlacementCounts.addOrders(group, orders.sums(), nativeTokens.contains(orders.placement()));
            }
        }
    }

    private static void addOrders(long[] group, long[] sums, boolean byNativeToken) {
        for (var i = 0; i < sums.length; i++) {
            group[ORDERS_AT + i] += sums[i];
        }
        if (byNativeToken) {
            addByNativeToken(group, sums[PAID], sums[ESTIMATED]);
        }
    }

    private static void addByNativeToken(long[] group, long paid, long estimatedFen) {
        group[BY_NATIVE_TOKEN_AT] += paid;
        group[BY_NATIVE_TOKEN_AT + 1] += estimatedFen;
    }

    /**
     * Whole weeks where their sums hold, and single days around them. Over everything, most is in memory; of a selection
     * few rows are to be read.
     */
    private void add(Handle handle, Spots spots, Selection selection, Days days, Set<LocalDate> weeks, Once once) {
        var single = single(days, weeks);
        var rows = selection.limits()
                ? new Rows(handle, spots.counted().keySet(), weeks, single)
                : new Rows(handle, null, List.of(), single);
        if (!selection.limits()) {
            addWeeks(handle, spots, days);
        }
        spots.add(0, rows.sums("act", ACTS));
        spots.addPeople(rows.sums("people", PEOPLE));
        spots.addOrders(rows.sums("order", ORDERS));
        if (!spots.nativeTokens().isEmpty()) {
            spots.add(NATIVE_VIEWS_AT, nativeViews(handle, spots.nativeTokens(), days));
        }
        once.add(rows.parts(days), spots.counted()::get);
    }

    private static List<LocalDate> single(Days days, Set<LocalDate> weeks) {
        return days.stream().filter(day -> !weeks.contains(Days.monday(day))).toList();
    }

    private void addWeeks(Handle handle, Spots spots, Days days) {
        var orders = weekCounts.orders(handle, days.from(), days.until());
        weekCounts.touches(handle, days.from(), days.until()).forEach((week, touches) -> {
            spots.add(0, touches.acts());
            spots.addPeople(touches.people());
            var ordered = orders.get(week);
            if (ordered != null) {
                spots.addOrders(ordered.certain());
                ordered.uncertain().forEach(spots::addOrders);
            }
        });
    }

    /** How often marketplaces say that their tokens were opened; each count is of the hour before it. */
    private static Columns nativeViews(Handle handle, Set<Long> placements, Days days) {
        return handle.createQuery("select " + Columns.select("views") + """
                         from (
                            select n.placement_id, sum(c.hour_views)::bigint as views
                            from native_token_count c join native_token n on n.id = c.native_token_id
                            where c.hour_views > 0
                              and c.hour >= :from::timestamptz + interval '1 hour'
                              and c.hour < :until::timestamptz + interval '1 hour'
                              and n.placement_id = any(:placements)
                            group by 1) counted
                        """)
                .bind("from", utc(BusinessTime.startOf(days.from())))
                .bind("until", utc(BusinessTime.startOf(days.until())))
                .bindArray("placements", Long.class, placements)
                .map((row, context) -> Columns.of(row, 1))
                .one();
    }

    /**
     * Adds orders of unknown placement to the groups that they belong to all the same, and answers the others; {@code null}
     * where nothing can be told of any.
     */
    private static long[] withoutPlacement(
            Handle handle,
            Grouping by,
            Selection selection,
            Days days,
            Set<LocalDate> weeks,
            Map<String, Sums> groups,
            Once once) {
        if (!selection.tellsWithoutPlacement()) {
            return null;
        }
        var others = new long[COUNTED];
        Function<String, long[]> groupOf =
                key -> key != null && groups.containsKey(key) ? groups.get(key).counted() : others;
        query(handle, """
                        select %1$s, medium = 'NATIVE_TOKEN', %2$s from (
                            select creator_id, medium, %3$s from rollup_order_week where week = any(:weeks) and %4$s
                            union all
                            select creator_id, medium, %3$s from rollup_order_day where day = any(:days) and %4$s
                        ) counted group by 1, 2
                        """.formatted(by.keyWithoutPlacement, sums(ORDERS), ORDERS, WITHOUT_PLACEMENT), selection, days)
                .bindArray("weeks", LocalDate.class, weeks)
                .bindArray("days", LocalDate.class, single(days, weeks))
                .map((row, context) -> {
                    var sums = new long[BY_NATIVE_TOKEN_AT - ORDERS_AT];
                    for (var i = 0; i < sums.length; i++) {
                        sums[i] = row.getLong(3 + i);
                    }
                    var group = groupOf.apply(row.getString(1));
                    addOrders(group, sums, row.getBoolean(2));
                    return group;
                })
                .list();
        query(
                        handle,
                        """
                        select %s, %s from %s where day >= :from and day < :until and %s group by 1
                        """.formatted(by.keyWithoutPlacement, Columns.select(PART), PARTS, WITHOUT_PLACEMENT),
                        selection,
                        days)
                .map((row, context) -> {
                    var group = groupOf.apply(row.getString(1));
                    once.add(Columns.of(row, 2), placement -> group);
                    return group;
                })
                .list();
        return others;
    }

    /**
     * Parts of parent orders that lie in several: within a group, a parent order is one order, it is invalid if all of it
     * is, and it came by a native token if none of it came by anything else.
     */
    private static final class Once {

        /** Arrays are equal if they are the same: that of a group stands for it. */
        private record Parent(long[] group, long number) {}

        // What is counted of the parts of one, after paid, settled and invalid as in ORDERS.
        private static final int NUMBER = 3;
        private static final int PAID_BY_OTHERS = 4;

        private final Map<Parent, long[]> parts = new HashMap<>();

        /** Adds parts in the order of {@link #PART}. */
        void add(Columns columns, LongFunction<long[]> groupOf) {
            var values = columns.values();
            for (var i = 0; i < columns.placements().length; i++) {
                var group = groupOf.apply(columns.placements()[i]);
                if (group != null) {
                    var sums = parts.computeIfAbsent(new Parent(group, values[0][i]), parent -> new long[5]);
                    sums[0] += values[1][i];
                    sums[1] += values[2][i];
                    sums[2] += values[3][i];
                    sums[NUMBER]++;
                    sums[PAID_BY_OTHERS] += values[4][i] == 0 ? values[1][i] : 0;
                }
            }
        }

        /** Takes what was counted more than once out of the groups. */
        void takeOut() {
            parts.forEach((parent, sums) -> {
                var group = parent.group();
                group[ORDERS_AT] -= repeats(sums[0]);
                group[ORDERS_AT + 1] -= repeats(sums[1]);
                group[ORDERS_AT + 2] -= sums[2] == sums[NUMBER] ? sums[2] - 1 : sums[2];
                group[BY_NATIVE_TOKEN_AT] -= repeats(sums[0]) - repeats(sums[PAID_BY_OTHERS]);
            });
        }

        private static long repeats(long parts) {
            return Math.max(parts - 1, 0);
        }
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

    /**
     * What is counted of days. An order whose parts were clicked on two days stands on both, and once in a total.
     *
     * @param byDay days of which nothing is counted are missing
     * @param total of the days that were asked for
     * @param previous of as many days right before
     * @param withoutPlacement as that of {@link Groups}, of the days that were asked for
     */
    record Trend(Map<LocalDate, Counts> byDay, Counts total, Counts previous, Counts withoutPlacement) {}

    /** What is counted of each day, and of as many right before. */
    Trend trend(Selection selection, Days days) {
        var both = new Days(days.before().from(), days.until());
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
                            select day, %3$s, sum(paid) filter (where medium = 'NATIVE_TOKEN') as native_paid,
                                sum(estimated_fen) filter (where medium = 'NATIVE_TOKEN') as native_estimated_fen
                            from rollup_order_day t where t.placement_id <> 0 and %4$s group by 1)
                        select * from acted full join came using (day) full join sold using (day)
                        """.formatted(SEEN, sums(ACTS), sums(ORDERS), inside), selection, both)
                    .map((row, context) -> {
                        var counted = new long[COUNTED];
                        for (var i = 0; i < NATIVE_VIEWS_AT; i++) {
                            counted[i] = row.getLong(2 + i);
                        }
                        return byDay.put(row.getObject("day", LocalDate.class), counted);
                    })
                    .list();
            var total = new long[COUNTED];
            var previous = new long[COUNTED];
            byDay.forEach((day, counted) -> {
                var period = day.isBefore(days.from()) ? previous : total;
                Arrays.setAll(period, i -> period[i] + counted[i]);
            });
            var once = new Once();
            query(handle, """
                        with %s select day, %s from %s
                        where day >= :from and day < :until and placement_id = any(array(select id from seen)) group by 1
                        """.formatted(SEEN, Columns.select(PART), PARTS), selection, both)
                    .map((row, context) -> {
                        var day = row.getObject("day", LocalDate.class);
                        var parts = Columns.of(row, 2);
                        once.add(parts, placement -> byDay.get(day));
                        once.add(parts, placement -> day.isBefore(days.from()) ? previous : total);
                        return day;
                    })
                    .list();
            var withoutPlacement =
                    withoutPlacement(handle, Grouping.PLACEMENT, selection, days, Set.of(), Map.of(), once);
            once.takeOut();
            var counts = new TreeMap<LocalDate, Counts>();
            byDay.forEach((day, counted) -> counts.put(day, counts(counted)));
            return new Trend(
                    counts,
                    counts(total),
                    counts(previous),
                    withoutPlacement == null ? null : counts(withoutPlacement));
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
                counted[ORDERS_AT + 5],
                counted[BY_NATIVE_TOKEN_AT],
                counted[BY_NATIVE_TOKEN_AT + 1],
                counted[NATIVE_VIEWS_AT]);
    }

    /** How long buyers took from the click to the order: upper bounds in seconds, the last bar being open. */
    static final List<Long> DELAY_BOUNDS =
            List.of(15L, 60L, 300L, 900L, 3_600L, 21_600L, 86_400L, 259_200L, 1_296_000L);

    /**
     * Distinct parent orders by how long they took: one count more than there are bounds; last those of unknown time.
     * Orders of unknown placement are among them where they can be told to belong to the selection.
     */
    List<Long> delays(Selection selection, Days days) {
        return OneMoment.read(jdbi, handle -> {
            var bars = new Long[DELAY_BOUNDS.size() + 2];
            Arrays.fill(bars, 0L);
            query(handle, """
                            with %s, firsts as (
                                select o.marketplace, o.parent_no, min(extract(epoch from o.created_at - o.clicked_at)) delay
                                from attribution a join order_line o on o.id = a.order_line_id
                                where a.current
                                  and (a.placement_id = any(array(select id from seen))
                                    or :withoutPlacement and a.placement_id is null and a.creator_id is not null
                                        and (:creator::uuid is null or a.creator_id = :creator))
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
                    .bind("withoutPlacement", selection.tellsWithoutPlacement())
                    .map((row, context) -> bars[row.getInt("bar")] = row.getLong("n"))
                    .list();
            return List.of(bars);
        });
    }
}
