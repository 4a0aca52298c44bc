package dev.zhida;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Reports over 90 days of touches and orders that a script makes in the database: how long they take from the roll-ups,
 * and that they count what the touches and orders say.
 */
final class Reports {

    private static final int DAYS = 90;
    static final long TOUCHES = Long.getLong("zhida.bench.touches", 10_000_000);
    static final long ORDERS = Long.getLong("zhida.bench.orders", 500_000);
    static final int PLACEMENTS = Integer.getInteger("zhida.bench.placements", 10_000);
    private static final int ASKED = Integer.getInteger("zhida.bench.asked", 100);
    private static final Duration COUNTED_WITHIN = Duration.ofMinutes(60);

    private final String url;
    private final String key;
    private final Connection connection;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    Reports(String url, String key, Connection connection) {
        this.url = url;
        this.key = key;
        this.connection = connection;
    }

    /** How long each report took. */
    record Times(String report, double median, double p99, int bytes) {}

    /** What came out: the times, how long raw data took, and how many of its counts differ from the report's. */
    record Result(Duration made, Duration counted, List<Times> times, Duration raw, int groups, List<String> different) {}

    Result measure() throws Exception {
        var began = Instant.now();
        make();
        var made = Duration.between(began, Instant.now());
        began = Instant.now();
        awaitCounted();
        var counted = Duration.between(began, Instant.now());
        execute("vacuum analyze");
        var from = Instant.now().minus(Duration.ofDays(DAYS));
        var times = new ArrayList<Times>();
        for (var report : List.of(
                "comparison?by=platform&from=" + from,
                "comparison?by=platform",
                "comparison?by=creator&from=" + from,
                "comparison?by=week&from=" + from,
                "funnel?by=placement",
                "funnel?by=platform",
                "trend")) {
            if (ask(report).statusCode() == 200) {
                times.add(time(report));
            }
        }
        began = Instant.now();
        var raw = raw();
        var rawTook = Duration.between(began, Instant.now());
        var told = told();
        var different = new ArrayList<String>();
        raw.forEach((cell, count) -> {
            if (!count.equals(told.get(cell))) {
                different.add(cell + ": " + count + " in the raw data, " + told.get(cell) + " in the report");
            }
        });
        return new Result(made, counted, times, rawTook, raw.size(), different);
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long one(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Nobody waits for these rows, so none waits for the disk; triggers are off, and the changes are told at the end. */
    private void make() throws SQLException {
        execute("set synchronous_commit = off");
        execute("set session_replication_role = replica");
        execute("""
                insert into creator select md5('creator' || i)::uuid, 'Creator ' || i, now() from generate_series(0, 499) i
                """);
        execute("""
                insert into offer (id, marketplace, item_id, item_key, title, price_fen, coupon_fen, created_at)
                select md5('offer' || i)::uuid, 'TAOBAO', i::text, i::text, 'Offer ' || i, 10000, (i % 5) * 600 + 1, now()
                from generate_series(0, 1999) i
                """);
        // A link and a token of each offer at each place.
        execute("""
                insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination, earns, created_at)
                select translate(lpad(to_oct(i), 8, '0'), '01234567', '23456789'), md5('creator' || pair %% 500)::uuid,
                    md5('offer' || pair %% 500 * 4 + pair / 500 %% 4)::uuid,
                    (array['WECHAT', 'WECOM', 'QQ', 'XIAOHONGSHU', 'WEIBO', 'DOUYIN', 'TOUTIAO', 'KUAISHOU', 'WEB'])
                        [1 + pair / 500 %% 9],
                    (array['CHAT', 'GROUP', 'NOTE'])[1 + pair %% 3], (array['LINK', 'TOKEN'])[1 + i %% 2], pair::text,
                    'https://uland.taobao.com/' || i, true, now()
                from (select i, i / 2 pair from generate_series(0, %d - 1) i) p
                """.formatted(PLACEMENTS));
        var first = one("select min(id) from placement where destination = 'https://uland.taobao.com/0'");
        for (var day = 1; day <= DAYS; day++) {
            execute("select make_touch_partition(current_date - " + day + ")");
            execute("""
                    insert into touch (day, id, at, click_id, placement_id, kind, outcome, host_app, os, human, flag, visitor)
                    select (at at time zone 'Asia/Shanghai')::date, uuidv7(at - clock_timestamp()), at,
                        case when k > 2 then uuidv7(at - interval '3 seconds' - clock_timestamp()) end, placement,
                        case when placement %% 2 = %3$d then (array['CLICK', 'CLICK', 'LANDING', 'OPEN'])[k]
                            else (array['PASTE', 'PASTE', 'LANDING', 'COPY'])[k] end,
                        null, (array['WECHAT', 'WEIBO', 'BROWSER'])[1 + placement %% 3], (array['IOS', 'ANDROID'])[1 + i %% 2],
                        i %% 12 > 0, case i %% 12 when 0 then 'BOT' end,
                        case when i %% 5 = 0 then md5('fan' || i %% 20000)::uuid else gen_random_uuid() end
                    from (
                        select i, 1 + (random() * 3.99)::int %% 4 k,
                            %2$d + floor(power(random(), 1.5) * %4$d)::bigint placement,
                            ((current_date - %1$d)::timestamp at time zone 'Asia/Shanghai') + random() * interval '86399 seconds' as at
                        from generate_series(1, %5$d) i offset 0) t
                    """.formatted(day, first, first % 2, PLACEMENTS, TOUCHES / DAYS));
        }
        execute("""
                insert into touch_day_changed select d::date, now()
                from generate_series(current_date - %d, current_date - 1, interval '1 day') d
                """.formatted(DAYS));
        orders(first);
        execute("set session_replication_role = origin");
    }

    private void orders(long first) throws SQLException {
        execute("insert into marketplace_account values (md5('bench')::uuid, 'TAOBAO', 'bench of reports', now())");
        // One order in ten has two lines, one in fifty on two placements.
        execute("""
                insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status, paid_fen,
                    estimated_fen, clicked_at, created_at, paid_at, first_observed_at, changed_at)
                select md5('line' || i)::uuid, 'TAOBAO', md5('bench')::uuid, i::text, i::text, (i - (i %% 10) / 9)::text, 1,
                    (array['PAID', 'RECEIVED', 'SETTLED', 'SETTLED', 'INVALID'])[1 + (random() * 4.99)::int %% 5],
                    5000 + i %% 9000, 500, at, at + (random() * 9) * interval '12 hours', at + interval '1 hour', now(), now()
                from (select i, now() - interval '1 day'
                        - (abs(hashtext('at' || i - (i %% 10) / 9)) / 2147483648.0) * interval '%d days' as at
                    from generate_series(1, %d) i offset 0) o
                """.formatted(DAYS - 2, ORDERS));
        execute("""
                insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                    rule_version, evidence, decided_at)
                select o.id, 1, true, case when o.line_key::bigint %% 20 = 7 then 'WINDOW' else 'EXACT' end, p.id, p.creator_id,
                    p.medium, 1, '{}', now()
                from (select id, line_key, %1$d + floor(power(abs(hashtext(parent_no
                            || case line_key::bigint %% 50 when 9 then 'elsewhere' else '' end)) / 2147483648.0, 1.5) * %2$d)::bigint
                        placement
                    from order_line where account_id = md5('bench')::uuid offset 0) o
                join placement p on p.id = o.placement
                """.formatted(first, PLACEMENTS));
        execute("""
                insert into commission (order_line_id, creator_id, placement_id, rule_version, estimated_fen, settled_fen,
                    amount_fen, gross_fen, fee_fen, fee_assumed, platform_fen, month, inputs, calculated_at)
                select order_line_id, creator_id, placement_id, 1, 315, 300, 315, 500, 50, true, 135, date_trunc('month', now()), '{}',
                    now()
                from attribution
                """);
        execute("""
                insert into order_change (marketplaces, parent_nos)
                select array_agg('TAOBAO'::text), array_agg(parent_no)
                from (select parent_no, row_number() over () / 1000 part from (select distinct parent_no from order_line) d) p
                group by part
                """);
    }

    private void awaitCounted() throws Exception {
        var deadline = Instant.now().plus(COUNTED_WITHIN);
        while (one("""
                        select (select count(*) from touch_day_changed) + (select count(*) from order_change)
                            + (select count(*) from (select distinct date_trunc('week', day)::date from rollup_people_day
                                where day < date_trunc('week', current_date) except select week from rollup_week) w)
                        """) > 0) {
            if (Instant.now().isAfter(deadline)) {
                throw new IOException("not counted within " + COUNTED_WITHIN);
            }
            Thread.sleep(500);
        }
    }

    private HttpResponse<String> ask(String report) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/reports/" + report))
                        .header("Authorization", "Bearer " + key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Times time(String report) throws Exception {
        for (var warm = 0; warm < 10; warm++) {
            ask(report);
        }
        var took = new double[ASKED];
        var bytes = 0;
        for (var i = 0; i < ASKED; i++) {
            var began = System.nanoTime();
            bytes = ask(report).body().length();
            took[i] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(took);
        return new Times(
                report.replaceAll("&from=.*", ", 90 days"),
                took[ASKED / 2],
                took[(int) Math.ceil(0.99 * ASKED) - 1],
                bytes);
    }

    /** By platform and medium, straight from touches and order lines. */
    private TreeMap<String, Long> raw() throws SQLException {
        var counts = new TreeMap<String, Long>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select p.platform || ' ' || p.medium || ' n' cell, count(distinct (t.day, t.placement_id, t.visitor)) n
                        from touch t join placement p on p.id = t.placement_id
                        where t.human and t.kind = case p.medium when 'LINK' then 'CLICK' else 'PASTE' end
                        group by 1
                        union all
                        select p.platform || ' ' || p.medium || ' orders', count(distinct (o.marketplace, o.parent_no))
                        from attribution a join order_line o on o.id = a.order_line_id join placement p on p.id = a.placement_id
                        where a.current and a.confidence = 'EXACT' and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                        group by 1
                        """)) {
            while (rows.next()) {
                counts.put(rows.getString("cell"), rows.getLong("n"));
            }
        }
        return counts;
    }

    private TreeMap<String, Long> told() throws Exception {
        var counts = new TreeMap<String, Long>();
        for (var group : json.readTree(ask("comparison?by=platform").body()).get("groups")) {
            for (var arm : group.get("arms").properties()) {
                var cell = group.get("key").asText() + " " + arm.getKey();
                JsonNode counted = arm.getValue();
                counts.put(cell + " n", counted.get("n").asLong());
                counts.put(cell + " orders", counted.get("orders").asLong());
            }
        }
        return counts;
    }
}
