package dev.zhida.report;

import dev.zhida.comparison.Arm;
import dev.zhida.comparison.Bounds;
import dev.zhida.comparison.Clusters.Cluster;
import dev.zhida.comparison.Stratum;
import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Reads what a comparison is made of from the roll-ups. Rows come as one array for each placement, weeks within: that is
 * a tenth of the rows, and of the time that they take from the database.
 */
@ApplicationScoped
class ComparisonReport {

    /** A Monday that weeks are counted from. */
    private static final LocalDate FIRST_MONDAY = LocalDate.of(2000, 1, 3);

    private static final int MEDIA = Medium.values().length;

    private final Jdbi jdbi;

    ComparisonReport(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** What makes a group: a column of the placement, or what its touches and orders tell. */
    enum Grouping {
        PLATFORM("p.platform", "p.platform"),
        SCENE("p.scene", "p.scene"),
        OS("''", "''"),
        LABEL("p.label", "p.label"),
        CREATOR("p.creator_id::text", "c.name"),
        CAMPAIGN("coalesce(p.campaign_id::text, '')", "coalesce(m.name, '')"),
        OFFER("p.offer_id::text", "coalesce(o.title, o.item_id)"),
        COUPON(COUPON_STRENGTH, COUPON_STRENGTH),
        WEEK("''", "''");

        private final String key;
        private final String name;

        Grouping(String key, String name) {
            this.key = key;
            this.name = name;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the coupon takes off the price. */
    private static final String COUPON_STRENGTH = """
            case when o.coupon_fen is null then 'none' when o.price_fen is null then 'unknown'
                 when o.coupon_fen * 20 < o.price_fen then 'under-5%' when o.coupon_fen * 10 < o.price_fen then '5-10%'
                 when o.coupon_fen * 5 < o.price_fen then '10-20%' else '20%-and-more' end
            """;

    /** What both sides are counted by. */
    enum Denominator {
        HUMAN_CLICKS(
                "case p.medium when 'LINK' then x.clicks when 'TOKEN' then x.pastes when 'IMAGE' then x.clicks + x.pastes "
                        + "else 0 end"),
        LANDING("x.landings"),
        REPORTED("0"),
        EXPOSURES("x.views");

        private final String people;

        Denominator(String people) {
            this.people = people;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What is asked.
     *
     * @param from first day; {@code null} for all there is
     * @param until last day
     * @param cohortDays count orders up to this age only; {@code null} for all
     */
    record Question(
            Grouping by, Denominator denominator, LocalDate from, LocalDate until, Integer cohortDays, Scope scope) {}

    /** What was counted of one medium in one group; amounts in fen. */
    static final class Sums {
        long n;
        long orders;
        long settledOrders;
        long gmvFen;
        long commissionFen;

        Arm arm() {
            return new Arm(n, orders);
        }
    }

    /** What was counted in one group. */
    static final class Group {
        final String key;
        final String name;
        final Map<Medium, Sums> arms = new EnumMap<>(Medium.class);
        /** Exposures and orders of each medium in turn, by series of placements and week. */
        private final Map<Long, long[]> strata = new HashMap<>();

        private final Map<UUID, Map<Medium, Sums>> creators = new HashMap<>();
        /** Orders that are not certain, by the medium that they can only be of; {@code null}: of any. */
        private final Map<Medium, Long> uncertain = new HashMap<>();

        private Group(String key, String name) {
            this.key = key;
            this.name = name;
        }

        private Sums arm(Medium medium) {
            return arms.computeIfAbsent(medium, m -> new Sums());
        }

        private Sums creator(UUID id, Medium medium) {
            return creators.computeIfAbsent(id, c -> new EnumMap<>(Medium.class))
                    .computeIfAbsent(medium, m -> new Sums());
        }

        private long[] stratum(int series, int week) {
            return strata.computeIfAbsent((long) series << 32 | week & 0xFFFFFFFFL, key -> new long[2 * MEDIA]);
        }

        /** The side against the link, under the same conditions. */
        List<Stratum> strata(Medium side) {
            return strata.values().stream()
                    .map(counts -> new Stratum(arm(counts, side), arm(counts, Medium.LINK)))
                    .filter(s -> s.token().n()
                                    + s.link().n()
                                    + s.token().orders()
                                    + s.link().orders()
                            > 0)
                    .toList();
        }

        private static Arm arm(long[] counts, Medium medium) {
            return new Arm(counts[2 * medium.ordinal()], Math.max(0, counts[2 * medium.ordinal() + 1]));
        }

        /** Creators who have either side. */
        List<Cluster> clusters(Medium side, ToDoubleFunction<Sums> sum) {
            var none = new Sums();
            return creators.values().stream()
                    .map(media -> {
                        var token = media.getOrDefault(side, none);
                        var link = media.getOrDefault(Medium.LINK, none);
                        return new Cluster(sum.applyAsDouble(token), token.n, sum.applyAsDouble(link), link.n);
                    })
                    .filter(cluster -> cluster.tokenN() + cluster.linkN() > 0)
                    .toList();
        }

        Bounds.Uncertain uncertain(Medium side) {
            return new Bounds.Uncertain(
                    uncertain.getOrDefault(side, 0L),
                    uncertain.getOrDefault(Medium.LINK, 0L),
                    uncertain.getOrDefault(null, 0L));
        }
    }

    /** The groups in the order of their keys. */
    List<Group> read(Question question) {
        // One transaction, so that all parts of the answer are of one moment.
        return jdbi.inTransaction(
                org.jdbi.v3.core.transaction.TransactionIsolationLevel.REPEATABLE_READ,
                handle -> new Reading(handle, question).groups());
    }

    private record Spot(UUID creator, Medium medium, int series, String key, String name) {}

    private record Series(UUID creator, UUID offer, String platform) {}

    /** One reading, with what it gathers on the way. */
    private static final class Reading {
        private final Handle handle;
        private final Question question;
        private final Map<Long, Spot> spots = new HashMap<>();
        private final Map<String, Group> groups = new TreeMap<>();
        private final LocalDate from;
        /** Whole weeks lie between; what is before and after is read by days. */
        private final LocalDate wholeFrom;

        private final LocalDate wholeUntil;

        Reading(Handle handle, Question question) {
            this.handle = handle;
            this.question = question;
            this.from = question.from() == null ? firstDay() : question.from();
            var until = question.until().plusDays(1);
            var begin = monday(from).equals(from) ? from : monday(from).plusDays(7);
            var end = monday(until);
            this.wholeFrom = begin.isBefore(end) ? begin : until;
            this.wholeUntil = begin.isBefore(end) ? end : until;
        }

        private static LocalDate monday(LocalDate day) {
            return day.minusDays(day.getDayOfWeek().getValue() - 1L);
        }

        private LocalDate firstDay() {
            return handle.createQuery("""
                            select least((select min(day) from rollup_people_day), (select min(day) from rollup_order_day),
                                (select min(day) from exposure)) first
                            """)
                    .map((row, context) -> row.getObject("first", LocalDate.class))
                    .findOne()
                    .filter(first -> first.isBefore(question.until()))
                    .orElse(question.until());
        }

        List<Group> groups() {
            readSpots();
            var byOs = question.by() == Grouping.OS;
            switch (question.denominator()) {
                case REPORTED -> {}
                case EXPOSURES -> people("""
                        select placement_id, day, views, '' os from exposure where day between :from and :until
                        """);
                case HUMAN_CLICKS, LANDING -> people(byOs ? PEOPLE_BY_OS : PEOPLE);
            }
            orders();
            countDistinct();
            return List.copyOf(groups.values());
        }

        private void readSpots() {
            var seriesByConditions = new HashMap<Series, Integer>();
            handle.createQuery("""
                            select p.id, p.creator_id, p.offer_id, p.platform, p.medium, %s key, %s name
                            from placement p
                            join creator c on c.id = p.creator_id
                            join offer o on o.id = p.offer_id
                            left join campaign m on m.id = p.campaign_id
                            where (:creator::uuid is null or p.creator_id = :creator)
                              and (:brand::uuid is null or m.brand_id = :brand)
                            """.formatted(question.by().key, question.by().name))
                    .bind("creator", question.scope().creatorOnly())
                    .bind("brand", question.scope().brandOnly())
                    .map((row, context) -> {
                        var creator = row.getObject("creator_id", UUID.class);
                        var medium = Medium.valueOf(row.getString("medium"));
                        var series =
                                new Series(creator, row.getObject("offer_id", UUID.class), row.getString("platform"));
                        var key = row.getString("key");
                        var name = row.getString("name");
                        if (question.by() != Grouping.OS && question.by() != Grouping.WEEK) {
                            groups.computeIfAbsent(key, k -> new Group(k, name)).arm(medium);
                        }
                        return spots.put(
                                row.getLong("id"),
                                new Spot(
                                        creator,
                                        medium,
                                        seriesByConditions.computeIfAbsent(series, s -> seriesByConditions.size()),
                                        key,
                                        name));
                    })
                    .list();
        }

        private static final String PEOPLE = """
                select w.placement_id, w.week "day", w.clicks, w.pastes, w.landings, '' os
                from rollup_people_week w join rollup_week using (week)
                where w.week >= :wholeFrom and w.week < :wholeUntil
                union all
                select d.placement_id, d.day, d.clicks, d.pastes, d.landings, '' from rollup_people_day d
                where d.day >= :from and d.day < :wholeFrom or d.day >= :wholeUntil and d.day <= :until
                union all
                select d.placement_id, d.day, d.clicks, d.pastes, d.landings, ''
                from (select g::date week from generate_series(:wholeFrom::date, :wholeUntil::date - 1, interval '7 days') g
                    except select week from rollup_week) u
                join rollup_people_day d on d.day between u.week and u.week + 6
                """;

        private static final String PEOPLE_BY_OS = """
                select placement_id, day, os, case kind when 'CLICK' then people else 0 end clicks,
                    case kind when 'PASTE' then people else 0 end pastes,
                    case kind when 'LANDING' then people else 0 end landings
                from rollup_touch_day
                where day between :from and :until and human and people > 0 and kind in ('CLICK', 'PASTE', 'LANDING')
                """;

        private Query ask(String sql) {
            return handle.createQuery(sql)
                    .bind("from", from)
                    .bind("until", question.until())
                    .bind("wholeFrom", wholeFrom)
                    .bind("wholeUntil", wholeUntil)
                    .bind("firstMonday", FIRST_MONDAY);
        }

        private void people(String days) {
            ask("""
                            select x.placement_id, x.os, array_agg((x.day - :firstMonday::date) / 7) weeks, array_agg(%s) counts
                            from (%s) x join placement p on p.id = x.placement_id
                            where (:creator::uuid is null or p.creator_id = :creator)
                            group by 1, 2
                            """.formatted(question.denominator().people, days))
                    .bind("creator", question.scope().creatorOnly())
                    .map((row, context) -> {
                        var spot = spots.get(row.getLong("placement_id"));
                        if (spot != null) {
                            var weeks = ints(row, "weeks");
                            var counts = longs(row, "counts");
                            for (var i = 0; i < weeks.length; i++) {
                                people(spot, row.getString("os"), weeks[i], counts[i]);
                            }
                        }
                        return spot;
                    })
                    .list();
        }

        private void people(Spot spot, String os, int week, long count) {
            if (count == 0) {
                return;
            }
            var group = group(spot, os, week);
            group.arm(spot.medium()).n += count;
            group.creator(spot.creator(), spot.medium()).n += count;
            group.stratum(spot.series(), week)[2 * spot.medium().ordinal()] += count;
        }

        private Group group(Spot spot, String os, int week) {
            return switch (question.by()) {
                case OS -> groups.computeIfAbsent(os, key -> new Group(key, key));
                case WEEK -> weekGroup(week);
                case PLATFORM, SCENE, LABEL, CREATOR, CAMPAIGN, OFFER, COUPON ->
                    groups.computeIfAbsent(spot.key(), key -> new Group(key, spot.name()));
            };
        }

        private Group weekGroup(int week) {
            var monday = FIRST_MONDAY.plus(week, ChronoUnit.WEEKS).toString();
            return groups.computeIfAbsent(monday, key -> new Group(key, key));
        }

        private void orders() {
            ask("""
                            select placement_id, creator_id, medium, confidence, %s os,
                                array_agg((day - :firstMonday::date) / 7) weeks, array_agg(paid) paid,
                                array_agg(settled) settled, array_agg(gmv_fen) gmv, array_agg(estimated_fen) commission
                            from (
                                select week "day", placement_id, creator_id, medium, confidence, os, age, paid, settled, gmv_fen,
                                    estimated_fen
                                from rollup_order_week where week >= :wholeFrom and week < :wholeUntil
                                union all
                                select day, placement_id, creator_id, medium, confidence, os, age, paid, settled, gmv_fen,
                                    estimated_fen
                                from rollup_order_day
                                where day >= :from and day < :wholeFrom or day >= :wholeUntil and day <= :until
                            ) x
                            where paid > 0 and (:age::int is null or age < :age)
                              and (:creator::uuid is null or creator_id = :creator)
                            group by 1, 2, 3, 4, 5
                            """.formatted(question.by() == Grouping.OS ? "os" : "''"))
                    .bind("age", question.cohortDays())
                    .bind("creator", question.scope().creatorOnly())
                    .map((row, context) -> {
                        var weeks = ints(row, "weeks");
                        var paid = longs(row, "paid");
                        var spot = spots.get(row.getLong("placement_id"));
                        if ("EXACT".equals(row.getString("confidence"))) {
                            if (spot != null) {
                                certain(spot, row, weeks, paid);
                            }
                        } else {
                            uncertain(spot, row, weeks, paid);
                        }
                        return weeks;
                    })
                    .list();
        }

        private void certain(Spot spot, ResultSet row, int[] weeks, long[] paid) throws SQLException {
            var os = row.getString("os");
            var settled = longs(row, "settled");
            var gmv = longs(row, "gmv");
            var commission = longs(row, "commission");
            for (var i = 0; i < weeks.length; i++) {
                var group = group(spot, os, weeks[i]);
                for (var sums : List.of(group.arm(spot.medium()), group.creator(spot.creator(), spot.medium()))) {
                    sums.orders += paid[i];
                    sums.settledOrders += settled[i];
                    sums.gmvFen += gmv[i];
                    sums.commissionFen += commission[i];
                }
                group.stratum(spot.series(), weeks[i])[2 * spot.medium().ordinal() + 1] += paid[i];
            }
        }

        /** What names no placement may be of any group, unless the group is what it does name. */
        private void uncertain(Spot spot, ResultSet row, int[] weeks, long[] paid) throws SQLException {
            var named = row.getString("medium");
            var medium = named.isEmpty() ? null : Medium.valueOf(named);
            var creator = row.getObject("creator_id", UUID.class).toString();
            if (spot == null
                    && (row.getLong("placement_id") != 0 || question.scope().brandOnly() != null)) {
                return;
            }
            for (var i = 0; i < weeks.length; i++) {
                if (spot != null) {
                    group(spot, row.getString("os"), weeks[i]).uncertain.merge(medium, paid[i], Long::sum);
                } else if (question.by() == Grouping.WEEK) {
                    weekGroup(weeks[i]).uncertain.merge(medium, paid[i], Long::sum);
                } else if (question.by() == Grouping.CREATOR && medium != null) {
                    if (groups.containsKey(creator)) {
                        groups.get(creator).uncertain.merge(medium, paid[i], Long::sum);
                    }
                } else {
                    for (var group : groups.values()) {
                        group.uncertain.merge(medium, paid[i], Long::sum);
                    }
                }
            }
        }

        /** A parent order whose lines lie in several cells of one arm is one order: the first cell has it. */
        private void countDistinct() {
            var seen = new HashSet<String>();
            var settledSeen = new HashSet<String>();
            ask("""
                            select marketplace || '/' || parent_no parent, placement_id, os, (day - :firstMonday::date) / 7 week,
                                settled
                            from rollup_order_part
                            where not alone and day between :from and :until and confidence = 'EXACT' and paid = 1
                              and (:age::int is null or age < :age) and (:creator::uuid is null or creator_id = :creator)
                            order by 1, day, placement_id
                            """)
                    .bind("age", question.cohortDays())
                    .bind("creator", question.scope().creatorOnly())
                    .map((row, context) -> {
                        var spot = spots.get(row.getLong("placement_id"));
                        if (spot != null) {
                            var week = row.getInt("week");
                            var group = group(spot, row.getString("os"), week);
                            var arm = group.key + '\n' + spot.medium() + '\n' + row.getString("parent");
                            var again = seen.add(arm) ? 0 : 1;
                            var settledAgain = row.getInt("settled") == 0 || settledSeen.add(arm) ? 0 : 1;
                            for (var sums :
                                    List.of(group.arm(spot.medium()), group.creator(spot.creator(), spot.medium()))) {
                                sums.orders -= again;
                                sums.settledOrders -= settledAgain;
                            }
                            group.stratum(spot.series(), week)[2 * spot.medium().ordinal() + 1] -= again;
                        }
                        return spot;
                    })
                    .list();
        }
    }

    private static int[] ints(ResultSet row, String column) throws SQLException {
        return Arrays.stream((Integer[]) row.getArray(column).getArray())
                .mapToInt(i -> i)
                .toArray();
    }

    private static long[] longs(ResultSet row, String column) throws SQLException {
        return Arrays.stream((Number[]) row.getArray(column).getArray())
                .mapToLong(Number::longValue)
                .toArray();
    }

    /** Words for a key in Chinese, where it is a word of ours. */
    static String chinese(String key) {
        return CHINESE.getOrDefault(key, key);
    }

    private static final Map<String, String> CHINESE = Map.ofEntries(
            Map.entry("WECHAT", "微信"),
            Map.entry("WECOM", "企业微信"),
            Map.entry("QQ", "QQ"),
            Map.entry("XIAOHONGSHU", "小红书"),
            Map.entry("WEIBO", "微博"),
            Map.entry("DOUYIN", "抖音"),
            Map.entry("TOUTIAO", "头条"),
            Map.entry("KUAISHOU", "快手"),
            Map.entry("WEB", "网页"),
            Map.entry("CHAT", "私聊"),
            Map.entry("GROUP", "群"),
            Map.entry("MOMENTS", "朋友圈"),
            Map.entry("NOTE", "笔记"),
            Map.entry("COMMENT", "评论"),
            Map.entry("VIDEO", "视频"),
            Map.entry("LIVE", "直播"),
            Map.entry("PROFILE", "主页"),
            Map.entry("none", "无券"),
            Map.entry("unknown", "券力度未知"),
            Map.entry("under-5%", "券不到 5%"),
            Map.entry("5-10%", "券 5% 到 10%"),
            Map.entry("10-20%", "券 10% 到 20%"),
            Map.entry("20%-and-more", "券 20% 以上"),
            Map.entry("UNKNOWN", "系统未知"));

    /** The media that are compared with the link. */
    static final Set<Medium> SIDES = java.util.EnumSet.of(Medium.TOKEN, Medium.NATIVE_TOKEN);
}
