package dev.zhida.report;

import dev.zhida.identity.Scope;
import dev.zhida.money.BusinessTime;
import dev.zhida.report.Funnel.Counts;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
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

    PlacementCounts(Jdbi jdbi) {
        this.jdbi = jdbi;
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
        COUPON(PlacementCounts.COUPON_STRENGTH, PlacementCounts.COUPON_STRENGTH);

        private final String key;
        private final String name;

        Grouping(String key, String name) {
            this.key = key;
            this.name = name;
        }
    }

    private static final String COUPON_STRENGTH = """
            case when o.price_fen is null then 'UNKNOWN'
                when coalesce(o.coupon_fen, 0) = 0 then 'NONE'
                when o.coupon_fen * 20 < o.price_fen then 'BELOW_5_PERCENT'
                when o.coupon_fen * 10 < o.price_fen then '5_TO_10_PERCENT'
                when o.coupon_fen * 5 < o.price_fen then '10_TO_20_PERCENT'
                else '20_PERCENT_AND_MORE' end""";

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

    /** Orders by placement and day of the click; each parent once. */
    private static final String ORDERS = """
            parents as (
                select a.placement_id, (o.clicked_at at time zone 'Asia/Shanghai')::date as day, o.marketplace, o.parent_no,
                       bool_or(o.status in ('PAID', 'RECEIVED', 'SETTLED')) valid,
                       bool_or(o.status = 'SETTLED') settled,
                       bool_and(o.status = 'INVALID') invalid,
                       sum(o.paid_fen) filter (where o.status in ('PAID', 'RECEIVED', 'SETTLED')) gmv_fen,
                       sum(c.amount_fen) earned_fen,
                       sum(c.settled_fen) filter (where o.status = 'SETTLED') settled_fen,
                       sum(coalesce(o.settled_fen, o.estimated_fen)) filter (where o.status <> 'INVALID') cost_fen
                from attribution a
                join order_line o on o.id = a.order_line_id
                left join commission c on c.order_line_id = o.id
                where a.current and a.placement_id is not null and o.status <> 'CREATED'
                  and o.clicked_at >= :fromAt and o.clicked_at < :untilAt
                  %s
                group by 1, 2, 3, 4
            )""";

    private static final String ORDER_SUMS = """
            count(*) filter (where valid) orders, count(*) filter (where valid and settled) settled_orders,
            count(*) filter (where invalid) invalid_orders, coalesce(sum(gmv_fen), 0) gmv_fen,
            coalesce(sum(earned_fen), 0) earned_fen, coalesce(sum(settled_fen), 0) settled_fen,
            coalesce(sum(cost_fen), 0) cost_fen""";

    private static final String TOUCH_SUMS = """
            coalesce(sum(touches) filter (where kind = 'CLICK'), 0) clicks,
            coalesce(sum(people) filter (where kind in ('CLICK', 'PASTE')), 0) people,
            coalesce(sum(touches) filter (where kind = 'LANDING'), 0) landings,
            coalesce(sum(touches) filter (where kind = 'COPY'), 0) copies,
            coalesce(sum(touches) filter (where kind = 'OPEN'), 0) opens,
            coalesce(sum(touches) filter (where kind = 'SHARE'), 0) shares,
            coalesce(sum(touches) filter (where kind = 'PASTE'), 0) pastes""";

    private static final String CLICK_SUMS = """
            coalesce(sum(touches) filter (where outcome = 'REDIRECT'), 0) sent_on,
            coalesce(sum(touches) filter (where outcome = 'LANDING'), 0) pages,
            coalesce(sum(brought_back), 0) brought_back""";

    private static final String COUNTS = """
            clicks, people, sent_on, pages, landings, copies, opens, shares, brought_back, pastes, orders, settled_orders,
            invalid_orders, gmv_fen, earned_fen, settled_fen, cost_fen""";

    /** A group with what is counted of it. */
    record Group(String key, String name, Counts counts) {}

    /** What is counted of each group. */
    List<Group> byGroup(Grouping by, Selection selection, Days days) {
        var sums = List.of(COUNTS.split(",")).stream()
                .map(column -> "coalesce(sum(" + column.strip() + "), 0)::bigint as " + column.strip())
                .collect(java.util.stream.Collectors.joining(", "));
        return jdbi.withHandle(handle -> query(
                        handle,
                        """
                        with %s, %s, touched as (
                            select t.placement_id, %s from rollup_touch_day t
                            where t.day >= :from and t.day < :until and t.human %s group by 1
                        ), clicked as (
                            select t.placement_id, %s from rollup_click_day t
                            where t.day >= :from and t.day < :until %s group by 1
                        ), bought as (
                            select placement_id, %s from parents group by 1
                        )
                        select s.key, min(s.name) as name, %s
                        from seen s
                        left join touched t on t.placement_id = s.id
                        left join clicked k on k.placement_id = s.id
                        left join bought b on b.placement_id = s.id
                        group by s.key
                        """.formatted(
                                        SEEN.formatted(by.key, by.name),
                                        ORDERS.formatted(within(selection, "a")),
                                        TOUCH_SUMS,
                                        within(selection, "t"),
                                        CLICK_SUMS,
                                        within(selection, "t"),
                                        ORDER_SUMS,
                                        sums),
                        selection,
                        days)
                .map((row, context) -> new Group(row.getString("key"), row.getString("name"), counts(row)))
                .list());
    }

    /** What is counted of each day; days of which nothing is counted are missing. */
    Map<LocalDate, Counts> byDay(Selection selection, Days days) {
        var byDay = new TreeMap<LocalDate, Counts>();
        jdbi.useHandle(handle -> query(
                        handle,
                        """
                        with %s, %s, touched as (
                            select t.day, %s from rollup_touch_day t
                            where t.day >= :from and t.day < :until and t.human %s group by 1
                        ), clicked as (
                            select t.day, %s from rollup_click_day t
                            where t.day >= :from and t.day < :until %s group by 1
                        ), bought as (
                            select day, %s from parents group by 1
                        )
                        select day, %s from touched full join clicked using (day) full join bought using (day)
                        """.formatted(
                                        SEEN.formatted("''", "''"),
                                        ORDERS.formatted(within(selection, "a")),
                                        TOUCH_SUMS,
                                        within(selection, "t"),
                                        CLICK_SUMS,
                                        within(selection, "t"),
                                        ORDER_SUMS,
                                        COUNTS),
                        selection,
                        days)
                .map((row, context) -> byDay.put(row.getObject("day", LocalDate.class), counts(row)))
                .list());
        return byDay;
    }

    /** Where everything is wanted, looking each placement up would only cost. */
    private static String within(Selection selection, String alias) {
        return selection.limits() ? "and " + alias + ".placement_id = any(array(select id from seen))" : "";
    }

    private static Query query(Handle handle, String sql, Selection selection, Days days) {
        return selection
                .bind(handle.createQuery(sql))
                .bind("from", days.from())
                .bind("until", days.until())
                .bind("fromAt", utc(BusinessTime.startOf(days.from())))
                .bind("untilAt", utc(BusinessTime.startOf(days.until())));
    }

    private static Counts counts(ResultSet row) throws SQLException {
        return new Counts(
                row.getLong("clicks"),
                row.getLong("people"),
                row.getLong("sent_on"),
                row.getLong("pages"),
                row.getLong("landings"),
                row.getLong("copies"),
                row.getLong("opens"),
                row.getLong("shares"),
                row.getLong("brought_back"),
                row.getLong("pastes"),
                row.getLong("orders"),
                row.getLong("settled_orders"),
                row.getLong("invalid_orders"),
                row.getLong("gmv_fen"),
                row.getLong("earned_fen"),
                row.getLong("settled_fen"),
                row.getLong("cost_fen"));
    }

    /** How long buyers took from the click to the order: upper bounds in seconds, the last bar being open. */
    static final List<Long> DELAY_BOUNDS =
            List.of(15L, 60L, 300L, 900L, 3_600L, 21_600L, 86_400L, 259_200L, 1_296_000L);

    /** Distinct parent orders by how long they took: one count more than there are bounds; last those of unknown time. */
    List<Long> delays(Selection selection, Days days) {
        return jdbi.withHandle(handle -> {
            var bars = new Long[DELAY_BOUNDS.size() + 2];
            java.util.Arrays.fill(bars, 0L);
            query(handle, """
                            with %s, firsts as (
                                select o.marketplace, o.parent_no, min(extract(epoch from o.created_at - o.clicked_at)) delay
                                from attribution a join order_line o on o.id = a.order_line_id
                                where a.current and a.placement_id = any(array(select id from seen))
                                  and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                                  and o.clicked_at >= :fromAt and o.clicked_at < :untilAt
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

    /** Up to when touches are counted. */
    Instant dataTo(Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("select min(written_at) from touch_batch")
                .mapTo(OffsetDateTime.class)
                .findOne()
                .map(OffsetDateTime::toInstant)
                .filter(now::isAfter)
                .orElse(now));
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
