package dev.zhida.report;

import dev.zhida.comparison.Arm;
import dev.zhida.comparison.Bounds;
import dev.zhida.comparison.Clusters.Cluster;
import dev.zhida.comparison.Stratum;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Reads what a comparison is made of from the roll-ups. Placements come in arrays, one row for each week or day: there
 * are a hundred thousand of them, and single rows would take most of the time.
 */
@ApplicationScoped
class ComparisonReport {

    /** A Monday that weeks are counted from. */
    private static final LocalDate FIRST_MONDAY = LocalDate.of(2000, 1, 3);

    /** What an OS is told as that is not known. */
    private static final String UNKNOWN = "UNKNOWN";

    private static final int MEDIA = Medium.values().length;

    private final Jdbi jdbi;
    private final WeekCounts weekCounts;

    ComparisonReport(Jdbi jdbi, WeekCounts weekCounts) {
        this.jdbi = jdbi;
        this.weekCounts = weekCounts;
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
        COUPON(CouponStrength.SQL, CouponStrength.SQL),
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

    /** What both sides are counted by. */
    enum Denominator {
        HUMAN_CLICKS,
        LANDING,
        REPORTED,
        EXPOSURES;

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

        private double[] measures() {
            return new double[] {orders, gmvFen, commissionFen};
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

        private long[] stratum(long number) {
            // Numbers lie in runs, which would meet in a table of hashes: they are spread (Knuth's multiplicative
            // hash).
            return strata.computeIfAbsent(number * 0x9E3779B97F4A7C15L, key -> new long[2 * MEDIA]);
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

        /** Creators who have either side: their orders, what their buyers paid, and their commission. */
        List<Cluster> clusters(Medium side) {
            var none = new Sums();
            return creators.values().stream()
                    .map(media -> {
                        var token = media.getOrDefault(side, none);
                        var link = media.getOrDefault(Medium.LINK, none);
                        return new Cluster(token.measures(), token.n, link.measures(), link.n);
                    })
                    .filter(cluster -> cluster.tokenN() + cluster.linkN() > 0)
                    .toList();
        }

        /** Takes what was counted of a creator's medium. */
        interface EachCreator {
            void take(UUID creator, Medium medium, Arm arm);
        }

        /** Tells of each creator with any exposures. */
        void eachCreator(EachCreator each) {
            creators.forEach((creator, media) -> media.forEach((medium, sums) -> {
                if (sums.n > 0) {
                    each.take(creator, medium, sums.arm());
                }
            }));
        }

        private void addUncertain(Map<Medium, Long> orders) {
            orders.forEach((medium, count) -> uncertain.merge(medium, count, Long::sum));
        }

        Bounds.Uncertain uncertain(Medium side) {
            return new Bounds.Uncertain(
                    uncertain.getOrDefault(side, 0L),
                    uncertain.getOrDefault(Medium.LINK, 0L),
                    uncertain.getOrDefault(null, 0L));
        }
    }

    /**
     * What was read.
     *
     * @param groups in the order of their keys
     * @param clicks of people on links; only read where sides are counted by landing
     * @param sentOn those of them that were sent straight on
     * @param ordersByCreation orders that tell no click, so that they count on the day of the order
     */
    record Answer(List<Group> groups, long clicks, long sentOn, long ordersByCreation) {}

    Answer read(Question question) {
        return OneMoment.read(jdbi, handle -> new Reading(handle, question, weekCounts).answer());
    }

    /**
     * A placement.
     *
     * @param series which of the conditions under which link and token are compared
     * @param fixed where its counts go; {@code null} if that depends on week or OS
     */
    private record Spot(UUID creator, Medium medium, boolean tellsClicks, int series, Cells fixed) {}

    /** Where counts of a placement go. */
    private record Cells(Group group, Sums arm, Sums creator) {
        static Cells of(Group group, UUID creator, Medium medium) {
            return new Cells(group, group.arm(medium), group.creator(creator, medium));
        }
    }

    private record Series(UUID creator, UUID offer, String platform) {}

    /** One reading, with what it gathers on the way. */
    private static final class Reading {
        private final Handle handle;
        private final Question question;
        private final WeekCounts weekCounts;
        private final Map<Long, Spot> spots = new HashMap<>();
        private final Map<String, Group> groups = new TreeMap<>();
        private long clicks;
        private long sentOn;
        private long ordersByCreation;
        /** Orders that may be of any group, by the medium that they can only be of. */
        private final Map<Medium, Long> ofAnyGroup = new HashMap<>();
        /** Orders whose OS is not known: they count where it is unknown, and may be of any other. */
        private final Map<Medium, Long> ofUnknownOs = new HashMap<>();
        /** Placements with anything of the denominator. */
        private final Set<Long> seen = new HashSet<>();

        private final LocalDate from;
        /** Whole weeks lie between; what is before and after is read by days. */
        private final LocalDate wholeFrom;

        private final LocalDate wholeUntil;
        private final int firstWeek;
        private final int lastWeek;

        Reading(Handle handle, Question question, WeekCounts weekCounts) {
            this.handle = handle;
            this.question = question;
            this.weekCounts = weekCounts;
            this.from = question.from() == null ? firstDay() : question.from();
            var until = question.until().plusDays(1);
            var begin =
                    Days.monday(from).equals(from) ? from : Days.monday(from).plusDays(7);
            var end = Days.monday(until);
            this.wholeFrom = begin.isBefore(end) ? begin : until;
            this.wholeUntil = begin.isBefore(end) ? end : until;
            this.firstWeek = week(from);
            this.lastWeek = week(until);
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

        Answer answer() {
            readSpots();
            var byOs = question.by() == Grouping.OS;
            switch (question.denominator()) {
                case REPORTED -> people(REPORTED);
                case EXPOSURES -> people(VIEWS);
                case HUMAN_CLICKS, LANDING -> {
                    if (byOs) {
                        people(PEOPLE_BY_OS);
                    } else {
                        peopleOfWeeks();
                        people(PEOPLE_OF_DAYS);
                    }
                }
            }
            var together = new ArrayList<Together>();
            if (byOs || question.cohortDays() != null) {
                orders(ORDERS_BY_OS_AND_AGE);
                together.addAll(together("day between :from and :until"));
            } else {
                together.addAll(ordersOfWeeks());
                orders(ORDERS_AROUND);
                together.addAll(together(AROUND));
            }
            countDistinct(together);
            if (question.scope().brandOnly() != null) {
                ordersOfNoPlacementInCampaigns();
            }
            // At last, because orders make groups too.
            for (var group : groups.values()) {
                group.addUncertain(ofAnyGroup);
                if (!group.key.equals(UNKNOWN)) {
                    group.addUncertain(ofUnknownOs);
                }
            }
            if (question.denominator() == Denominator.LANDING) {
                answers();
            }
            return new Answer(List.copyOf(groups.values()), clicks, sentOn, ordersByCreation);
        }

        /** How clicks on links were answered. */
        private void answers() {
            if (everything()) {
                weekCounts.touches(handle, wholeFrom, wholeUntil).values().forEach(week -> {
                    var placements = week.acts().placements();
                    for (var i = 0; i < placements.length; i++) {
                        answered(
                                placements[i],
                                week.acts().values()[0][i],
                                week.acts().values()[1][i]);
                    }
                });
            }
            ask("""
                            select placement_id, sum(clicks)::bigint clicks, sum(sent_on)::bigint sent_on from rollup_act_day
                            where %s group by 1
                            """.formatted(
                            everything() ? OTHER_DAYS : "day between :from and :until and placement_id = any(:spots)"))
                    .map((row, context) -> {
                        answered(row.getLong("placement_id"), row.getLong("clicks"), row.getLong("sent_on"));
                        return row;
                    })
                    .list();
        }

        private void answered(long placement, long clicked, long sent) {
            var spot = spots.get(placement);
            if (spot != null && spot.medium() == Medium.LINK) {
                clicks += clicked;
                sentOn += sent;
            }
        }

        private void readSpots() {
            var seriesByConditions = new HashMap<Series, Integer>();
            handle.createQuery("""
                            select p.id, p.creator_id, p.offer_id, p.platform, p.medium, o.marketplace, %s key, %s name
                            from placement p
                            join creator c on c.id = p.creator_id
                            join offer o on o.id = p.offer_id
                            left join campaign m on m.id = p.campaign_id
                            where (:creator::uuid is null or p.creator_id = :creator)
                              and (:brand::uuid is null or m.brand_id = :brand)
                              -- Arms are clicked, not pasted, and drawn, not chosen: they have a report of their own.
                              and not exists (select from experiment_placement e join experiment x on x.id = e.experiment_id
                                  where e.placement_id = p.id and e.role <> 'ENTRY' and x.state <> 'DRAFT')
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
                        var moving = question.by() == Grouping.OS || question.by() == Grouping.WEEK;
                        var fixed = moving
                                ? null
                                : Cells.of(groups.computeIfAbsent(key, k -> new Group(k, name)), creator, medium);
                        return spots.put(
                                row.getLong("id"),
                                new Spot(
                                        creator,
                                        medium,
                                        Marketplace.valueOf(row.getString("marketplace"))
                                                .tellsClicks(),
                                        seriesByConditions.computeIfAbsent(series, s -> seriesByConditions.size()),
                                        fixed));
                    })
                    .list();
        }

        private static final String PEOPLE_OF_WEEKS = """
                select w.placement_id, w.week "day", w.clicks, w.pastes, w.landings, '' os
                from rollup_people_week w join rollup_week using (week)
                where w.week >= :wholeFrom and w.week < :wholeUntil
                """;

        /** The days around whole weeks, and those of weeks whose sums are not made yet. */
        private static final String OTHER_DAYS = """
                day = any(array(
                    select d::date from generate_series(:from::date, :until::date, interval '1 day') d
                    where d < :wholeFrom or d >= :wholeUntil
                        or date_trunc('week', d)::date not in (select week from rollup_week)))
                """;

        private static final String PEOPLE_OF_DAYS = """
                select placement_id, day, clicks, pastes, landings, '' os from rollup_people_day where %s
                """.formatted(OTHER_DAYS);

        private static final String PEOPLE_BY_OS = """
                select placement_id, day, os, case kind when 'CLICK' then people else 0 end clicks,
                    case kind when 'PASTE' then people else 0 end pastes,
                    case kind when 'LANDING' then people else 0 end landings
                from rollup_touch_day
                where day between :from and :until and human and people > 0 and kind in ('CLICK', 'PASTE', 'LANDING')
                """;

        private static final String VIEWS = """
                select placement_id, day, '' os, views clicks, views pastes, views landings from exposure
                where day between :from and :until
                """;

        /** Of the hour before each. */
        private static final String REPORTED = """
                select n.placement_id, ((c.hour - interval '1 hour') at time zone 'Asia/Shanghai')::date "day", '' os,
                    c.hour_views clicks, 0 pastes, 0 landings
                from native_token_count c join native_token n on n.id = c.native_token_id
                where c.hour_views > 0
                  and ((c.hour - interval '1 hour') at time zone 'Asia/Shanghai')::date between :from and :until
                """;

        private Query ask(String sql) {
            return handle.createQuery(sql)
                    .bind("from", from)
                    .bind("until", question.until())
                    .bind("wholeFrom", wholeFrom)
                    .bind("wholeUntil", wholeUntil)
                    .bindArray("spots", Long.class, everything() ? List.of() : List.copyOf(spots.keySet()));
        }

        private static int week(ResultSet row) throws SQLException {
            return week(row.getObject("day", LocalDate.class));
        }

        private static int week(LocalDate day) {
            return Math.toIntExact(ChronoUnit.WEEKS.between(FIRST_MONDAY, day));
        }

        /** Numbers of strata lie close together: hashes of keys with gaps would meet. */
        private long stratum(Spot spot, int week) {
            return spot.series() * (long) (lastWeek - firstWeek + 1) + week - firstWeek;
        }

        /** Over everything, most is in memory; of a creator's or a brand's placements few rows are to be read. */
        private boolean everything() {
            return question.scope() instanceof Scope.Everything;
        }

        private void peopleOfWeeks() {
            if (everything()) {
                weekCounts
                        .touches(handle, wholeFrom, wholeUntil)
                        .forEach((week, touches) -> people(week(week), "", touches.people()));
            } else {
                people(PEOPLE_OF_WEEKS);
            }
        }

        private void people(String source) {
            ask("""
                            select day, os, %s from (%s) x %s group by day, os
                            """.formatted(
                                    Columns.select(PlacementCounts.PEOPLE),
                                    source,
                                    everything() ? "" : "where placement_id = any(:spots)"))
                    .map((row, context) -> {
                        people(week(row), row.getString("os"), Columns.of(row, 3));
                        return row;
                    })
                    .list();
        }

        private void people(int week, String os, Columns people) {
            var placements = people.placements();
            var values = people.values();
            for (var i = 0; i < placements.length; i++) {
                var spot = spots.get(placements[i]);
                if (spot != null) {
                    var n = people(spot.medium(), values[0][i], values[1][i], values[2][i]);
                    if (n > 0) {
                        seen.add(placements[i]);
                    }
                    people(spot, os, week, n);
                }
            }
        }

        private long people(Medium medium, long clicks, long pastes, long landings) {
            return switch (question.denominator()) {
                case HUMAN_CLICKS ->
                    switch (medium) {
                        case LINK -> clicks;
                        case TOKEN -> pastes;
                        // It carries both.
                        case IMAGE -> clicks + pastes;
                        case NATIVE_TOKEN -> 0;
                    };
                case LANDING, EXPOSURES -> landings;
                case REPORTED -> medium == Medium.NATIVE_TOKEN ? clicks : 0;
            };
        }

        private void people(Spot spot, String os, int week, long count) {
            if (count == 0) {
                return;
            }
            var cells = cells(spot, os, week);
            cells.arm().n += count;
            cells.creator().n += count;
            cells.group().stratum(stratum(spot, week))[2 * spot.medium().ordinal()] += count;
        }

        private Cells cells(Spot spot, String os, int week) {
            if (spot.fixed() != null) {
                return spot.fixed();
            }
            var group = question.by() == Grouping.WEEK
                    ? weekGroup(week)
                    : groups.computeIfAbsent(os, key -> new Group(key, key));
            return Cells.of(group, spot.creator(), spot.medium());
        }

        private Group weekGroup(int week) {
            var monday = FIRST_MONDAY.plus(week, ChronoUnit.WEEKS).toString();
            return groups.computeIfAbsent(monday, key -> new Group(key, key));
        }

        /** Only days tell OS and age. */
        private static final String ORDERS_BY_OS_AND_AGE = """
                select day, placement_id, creator_id, medium, confidence, os, paid, settled, gmv_fen, estimated_fen
                from rollup_order_day
                where day between :from and :until and paid > 0 and (:age::int is null or age < :age)
                """;

        private static final String AROUND =
                "(day >= :from and day < :wholeFrom or day >= :wholeUntil and day <= :until)";

        private static final String ORDERS_AROUND = """
                select day, placement_id, creator_id, medium, confidence, '' os, paid, settled, gmv_fen, estimated_fen
                from rollup_order_day where %s and paid > 0
                """.formatted(AROUND);

        private static final String ORDERS_OF_WEEKS = """
                select week "day", placement_id, creator_id, medium, confidence, '' os, paid, settled, gmv_fen, estimated_fen
                from rollup_order_week where week >= :wholeFrom and week < :wholeUntil and paid > 0
                """;

        /** Counts the orders of whole weeks; answers the parts of parent orders that have several. */
        private List<Together> ordersOfWeeks() {
            if (!everything()) {
                orders(ORDERS_OF_WEEKS);
                return together("day >= :wholeFrom and day < :wholeUntil");
            }
            var together = new ArrayList<Together>();
            weekCounts.orders(handle, wholeFrom, wholeUntil).forEach((monday, orders) -> {
                var week = week(monday);
                var values = orders.certain().values();
                certain(week, "", orders.certain().placements(), values[0], values[1], values[3], values[4]);
                orders.uncertain().stream()
                        .filter(one -> one.sums()[0] > 0)
                        .forEach(one ->
                                uncertain(week, "", one.placement(), one.creator(), one.medium(), one.sums()[0]));
                orders.together()
                        .forEach(part -> together.add(
                                new Together(part.parent(), part.day(), part.placement(), "", part.settled())));
            });
            return together;
        }

        private void orders(String source) {
            var own = everything() ? "" : "and placement_id = any(:spots)";
            ask("""
                            select day, os, %s from (%s) x where confidence = 'EXACT' %s group by day, os
                            """.formatted(Columns.select("paid, settled, gmv_fen, estimated_fen"), source, own))
                    .bind("age", question.cohortDays())
                    .map((row, context) -> {
                        var sums = Columns.of(row, 3);
                        var values = sums.values();
                        certain(
                                week(row),
                                row.getString("os"),
                                sums.placements(),
                                values[0],
                                values[1],
                                values[2],
                                values[3]);
                        return row;
                    })
                    .list();
            ask("""
                            select %s "day", os, placement_id, creator_id, medium, sum(paid)::bigint paid
                            from (%s) x
                            where confidence <> 'EXACT' and (:creator::uuid is null or creator_id = :creator)
                            group by 1, 2, 3, 4, 5
                            """.formatted(weekOf(), source))
                    .bind("age", question.cohortDays())
                    .bind("creator", question.scope().creatorOnly())
                    .map((row, context) -> {
                        uncertain(
                                week(row),
                                row.getString("os"),
                                row.getLong("placement_id"),
                                row.getObject("creator_id", UUID.class),
                                medium(row),
                                row.getLong("paid"));
                        return row;
                    })
                    .list();
        }

        private void certain(
                int week, String os, long[] placements, long[] paid, long[] settled, long[] gmv, long[] commission) {
            for (var i = 0; i < placements.length; i++) {
                var spot = spots.get(placements[i]);
                if (spot == null || paid[i] == 0 || isUncounted(placements[i])) {
                    continue;
                }
                if (!spot.tellsClicks()) {
                    ordersByCreation += paid[i];
                }
                if (hasUnknownOs(os)) {
                    ofUnknownOs.merge(spot.medium(), paid[i], Long::sum);
                }
                var cells = cells(spot, os, week);
                for (var sums : List.of(cells.arm(), cells.creator())) {
                    sums.orders += paid[i];
                    sums.settledOrders += settled[i];
                    sums.gmvFen += gmv[i];
                    sums.commissionFen += commission[i];
                }
                cells.group().stratum(stratum(spot, week))[2 * spot.medium().ordinal() + 1] += paid[i];
            }
        }

        /** Whose views nobody entered: its orders have nothing to be divided by. */
        private boolean isUncounted(long placement) {
            return question.denominator() == Denominator.EXPOSURES && !seen.contains(placement);
        }

        /** What names no placement may be of any group, unless the group is what it does name. */
        private void uncertain(int week, String os, long placement, UUID creator, Medium medium, long paid) {
            var spot = spots.get(placement);
            if (spot != null) {
                cells(spot, os, week).group().uncertain.merge(medium, paid, Long::sum);
                if (hasUnknownOs(os)) {
                    ofUnknownOs.merge(medium, paid, Long::sum);
                }
            } else if (placement == 0 && question.scope().brandOnly() == null) {
                ofNoPlacement(week, creator, medium, paid);
            }
        }

        private void ofNoPlacement(int week, UUID creator, Medium medium, long paid) {
            if (question.by() == Grouping.WEEK) {
                weekGroup(week).uncertain.merge(medium, paid, Long::sum);
            } else if (question.by() == Grouping.CREATOR && medium != null) {
                var group = groups.get(creator.toString());
                if (group != null) {
                    group.uncertain.merge(medium, paid, Long::sum);
                }
            } else {
                ofAnyGroup.merge(medium, paid, Long::sum);
            }
        }

        /** A brand is told of the orders that name no placement, as far as they are of its campaigns. */
        private void ordersOfNoPlacementInCampaigns() {
            handle.createQuery("""
                            select %s "day", creator_id, medium, count(distinct (marketplace, parent_no)) paid
                            from rollup_order_part p
                            where placement_id = 0 and paid = 1 and day between :from and :until
                              and (:age::int is null or age < :age)
                              and creator_id in (select i.creator_id from campaign_creator i
                                join campaign m on m.id = i.campaign_id where m.brand_id = :brand)
                              and exists (
                                select from order_line o
                                join attribution a on a.order_line_id = o.id and a.current and a.placement_id is null
                                -- Limited, so that it is asked line by line: of all lines the brand's are many more.
                                cross join lateral (select from attribution_campaign v
                                    where v.attribution_id = a.id and v.brand_id = :brand limit 1) its
                                where o.marketplace = p.marketplace and o.parent_no = p.parent_no
                                  and o.status in ('PAID', 'RECEIVED', 'SETTLED'))
                            group by 1, 2, 3
                            """.formatted(weekOf()))
                    .bind("from", from)
                    .bind("until", question.until())
                    .bind("age", question.cohortDays())
                    .bind("brand", question.scope().brandOnly())
                    .map((row, context) -> {
                        ofNoPlacement(
                                week(row), row.getObject("creator_id", UUID.class), medium(row), row.getLong("paid"));
                        return row;
                    })
                    .list();
        }

        /** Orders that are not certain are told apart by week only if weeks are asked for. */
        private String weekOf() {
            return question.by() == Grouping.WEEK ? "day" : "date '2000-01-03'";
        }

        private static Medium medium(ResultSet row) throws SQLException {
            var medium = row.getString("medium");
            return medium.isEmpty() ? null : Medium.valueOf(medium);
        }

        private boolean hasUnknownOs(String os) {
            return question.by() == Grouping.OS && os.equals(UNKNOWN);
        }

        /** A part of a paid parent order that lies in several. */
        private record Together(long parent, LocalDate day, long placement, String os, long settled) {}

        private List<Together> together(String days) {
            return ask("""
                            select hashtextextended(marketplace || '/' || parent_no, 0) parent, day, placement_id, os, settled
                            from rollup_order_part
                            where not alone and %s and confidence = 'EXACT' and paid = 1
                              and (:age::int is null or age < :age) and (:creator::uuid is null or creator_id = :creator)
                            """.formatted(days))
                    .bind("age", question.cohortDays())
                    .bind("creator", question.scope().creatorOnly())
                    .map((row, context) -> new Together(
                            row.getLong("parent"),
                            row.getObject("day", LocalDate.class),
                            row.getLong("placement_id"),
                            row.getString("os"),
                            row.getLong("settled")))
                    .list();
        }

        /** A parent order whose lines lie in several cells of one arm is one order: the first cell has it. */
        private void countDistinct(List<Together> parts) {
            parts.sort(Comparator.comparingLong(Together::parent)
                    .thenComparing(Together::day)
                    .thenComparingLong(Together::placement));
            var seen = new HashSet<Sums>();
            var settledSeen = new HashSet<Sums>();
            Together last = null;
            for (var part : parts) {
                if (last == null || part.parent() != last.parent()) {
                    seen.clear();
                    settledSeen.clear();
                }
                last = part;
                var spot = spots.get(part.placement());
                if (spot == null || isUncounted(part.placement())) {
                    continue;
                }
                var week = week(part.day());
                var cells = cells(spot, part.os(), week);
                var arm = cells.arm();
                var again = seen.add(arm) ? 0 : 1;
                if (again > 0 && hasUnknownOs(part.os())) {
                    ofUnknownOs.merge(spot.medium(), -1L, Long::sum);
                }
                arm.orders -= again;
                cells.creator().orders -= again;
                cells.group().stratum(stratum(spot, week))[2 * spot.medium().ordinal() + 1] -= again;
                if (part.settled() == 1 && !settledSeen.add(arm)) {
                    arm.settledOrders--;
                    cells.creator().settledOrders--;
                }
            }
        }
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
