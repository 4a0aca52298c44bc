package dev.zhida.report;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Sums of whole weeks over all placements, kept in memory: old weeks hardly change, and reading them is most of the work
 * of a report over everything. What is kept is of one version of a week; the version that the reader's transaction sees
 * decides, so that an answer is never older than the roll-ups are.
 */
@ApplicationScoped
class WeekCounts {

    /** Numbers kept in memory, eight bytes each. */
    private static final long MOST_NUMBERS = 8_000_000;

    private record Version(LocalDate week, String version) {}

    private final Cache<Version, TouchWeek> touches = cache((version, week) -> week.numbers());
    private final Cache<Version, OrderWeek> orders = cache((version, week) -> week.numbers());

    private static <T> Cache<Version, T> cache(BiFunction<Version, T, Integer> numbers) {
        return Caffeine.newBuilder()
                .maximumWeight(MOST_NUMBERS)
                .weigher(numbers::apply)
                .build();
    }

    /**
     * What people did in a week.
     *
     * @param people different people a day, in the order of {@link PlacementCounts#PEOPLE}
     * @param acts in the order of {@link PlacementCounts#ACTS}
     */
    record TouchWeek(Columns people, Columns acts) {
        private int numbers() {
            return people.numbers() + acts.numbers();
        }
    }

    /**
     * Orders that are not certain to be of a placement.
     *
     * @param placement 0 if unknown
     * @param medium {@code null} if unknown
     * @param sums in the order of {@link OrderWeek#certain}
     */
    record Uncertain(long placement, UUID creator, Medium medium, long[] sums) {}

    /**
     * One of several parts that a paid parent order lies in.
     *
     * @param parent a number for the parent order
     * @param settled 1 if it is settled, else 0
     */
    record Part(long parent, LocalDate day, long placement, long settled) {}

    /**
     * The orders of clicks of a week.
     *
     * @param certain in the order of {@link PlacementCounts#ORDERS}
     */
    record OrderWeek(Columns certain, List<Uncertain> uncertain, List<Part> together) {
        private int numbers() {
            return certain.numbers() + 12 * uncertain.size() + 8 * together.size();
        }
    }

    /** The Mondays of the weeks between two days that are over and summed. */
    Set<LocalDate> whole(Handle handle, LocalDate from, LocalDate until) {
        return handle.createQuery("select week from rollup_week where week >= :from and week + 7 <= :until")
                .bind("from", from)
                .bind("until", until)
                .mapTo(LocalDate.class)
                .set();
    }

    /** What people did in the weeks between two days that are over and summed. */
    Map<LocalDate, TouchWeek> touches(Handle handle, LocalDate from, LocalDate until) {
        return weeks(handle, "rollup_week", from, until, touches, week -> touches(handle, week));
    }

    /** The orders of clicks of the weeks between two days; weeks without any are missing. */
    Map<LocalDate, OrderWeek> orders(Handle handle, LocalDate from, LocalDate until) {
        return weeks(handle, "rollup_order_week_version", from, until, orders, week -> orders(handle, week));
    }

    private static <T> Map<LocalDate, T> weeks(
            Handle handle,
            String versions,
            LocalDate from,
            LocalDate until,
            Cache<Version, T> cache,
            Function<LocalDate, T> read) {
        var weeks = new TreeMap<LocalDate, T>();
        handle.createQuery(
                        "select week, version::text from " + versions + " where week >= :from and week + 7 <= :until")
                .bind("from", from)
                .bind("until", until)
                .map((row, context) -> new Version(row.getObject(1, LocalDate.class), row.getString(2)))
                .list()
                // Two who miss the same week read it twice: nobody waits for another's transaction.
                .forEach(version -> {
                    var week = cache.getIfPresent(version);
                    if (week == null) {
                        week = read.apply(version.week());
                        cache.put(version, week);
                    }
                    weeks.put(version.week(), week);
                });
        return weeks;
    }

    private static TouchWeek touches(Handle handle, LocalDate week) {
        return new TouchWeek(
                columns(handle, PlacementCounts.PEOPLE, "rollup_people_week where week = :week", week),
                columns(handle, PlacementCounts.ACTS, "rollup_act_week where week = :week", week));
    }

    private static OrderWeek orders(Handle handle, LocalDate week) {
        return new OrderWeek(
                columns(
                        handle,
                        PlacementCounts.ORDERS,
                        "rollup_order_week where week = :week and confidence = 'EXACT' and paid + invalid > 0",
                        week),
                handle.createQuery("""
                                select placement_id, creator_id, medium, sum(paid)::bigint, sum(settled)::bigint,
                                    sum(invalid)::bigint, sum(gmv_fen)::bigint, sum(estimated_fen)::bigint,
                                    sum(settled_fen)::bigint
                                from rollup_order_week where week = :week and confidence <> 'EXACT'
                                group by 1, 2, 3
                                """)
                        .bind("week", week)
                        .map((row, context) -> uncertain(row))
                        .list(),
                handle.createQuery("""
                                select hashtextextended(marketplace || '/' || parent_no, 0), day, placement_id, settled
                                from rollup_order_part
                                where not alone and day between :week and :week + 6 and confidence = 'EXACT' and paid = 1
                                """)
                        .bind("week", week)
                        .map((row, context) -> new Part(
                                row.getLong(1), row.getObject(2, LocalDate.class), row.getLong(3), row.getLong(4)))
                        .list());
    }

    private static Uncertain uncertain(ResultSet row) throws SQLException {
        var medium = row.getString(3);
        var sums = new long[6];
        for (var i = 0; i < sums.length; i++) {
            sums[i] = row.getLong(4 + i);
        }
        return new Uncertain(
                row.getLong(1), row.getObject(2, UUID.class), medium.isEmpty() ? null : Medium.valueOf(medium), sums);
    }

    private static Columns columns(Handle handle, String columns, String rows, LocalDate week) {
        return handle.createQuery("select " + Columns.select(columns) + " from " + rows)
                .bind("week", week)
                .map((row, context) -> Columns.of(row, 1))
                .one();
    }
}
