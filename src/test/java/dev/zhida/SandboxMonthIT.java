package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.sandbox.Account;
import dev.zhida.sandbox.Faults;
import dev.zhida.sandbox.Sandbox;
import dev.zhida.sandbox.Sandbox.SlotShare;
import dev.zhida.sandbox.Vendor;
import io.restassured.RestAssured;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A month at a sandbox marketplace that has bad days, and the packaged application that pulls from it, is killed on the
 * way and sleeps for weeks. Orders are placed in September and settled in October and November; the application wakes
 * up on some of these days, with its clock set to them, and catches up. When the faults have ended, its books are those
 * of the sandbox's truth.
 */
class SandboxMonthIT {

    private static final int LINES = Integer.getInteger("zhida.month.lines", 20_000);
    private static final int KILLS = Integer.getInteger("zhida.month.kills", 2);
    private static final Duration WITHIN = Duration.ofSeconds(180 + LINES / 200);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The first of September in Asia/Shanghai. Orders are placed for thirty days from here. */
    private static final Instant SEPTEMBER = Instant.parse("2026-08-31T16:00:00Z");

    private static final Instant OCTOBER = SEPTEMBER.plus(Duration.ofDays(30));
    private static final Instant BEFORE = SEPTEMBER.minus(Duration.ofHours(1));
    private static final Instant IN_THE_MIDDLE = SEPTEMBER.plus(Duration.ofDays(12));
    private static final Instant AFTER_A_SETTLEMENT = Instant.parse("2026-10-21T02:00:00Z");
    /** All is settled, and the marketplaces still tell of the first of September. */
    private static final Instant AT_THE_END = SEPTEMBER.plus(Duration.ofDays(87));

    /** Each of them now and then: throttled, 500s, slow, twice, moved, late, out of order, of unknown status. */
    private static final Faults BAD = Faults.SOME;

    private static final Faults VANISHED = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, true);

    /** Granted, and from the promoter, will be or was: her share is taken back. */
    private static final Set<Integer> TAKEN_BACK = Set.of(2, 12, 13);

    private static final List<Account> ACCOUNTS =
            List.of(Account.TAOBAO, Account.JD, Account.PDD, Account.PANGOLIN, Account.BUYIN);

    /** What keeps up with the present. */
    private static final List<String> FEEDS = List.of(
            "TAOBAO ORDERS_UPDATED",
            "TAOBAO REFUNDS_UPDATED",
            "TAOBAO RELATION_REFUNDS_UPDATED",
            "TAOBAO PUNISHMENTS",
            "JD ORDERS_UPDATED",
            "PDD ORDERS_UPDATED",
            "PANGOLIN ORDERS_UPDATED",
            "BUYIN ORDERS_UPDATED");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, UUID> creators = new HashMap<>();
    private final Map<String, UUID> creatorBySlot = new HashMap<>();
    private final Map<Vendor, UUID> accounts = new EnumMap<>(Vendor.class);
    private Sandbox sandbox;
    private PackagedApp app;
    private String operator;

    @Test
    void a_month_with_faults_and_kills_ends_as_the_truth() throws Exception {
        try (var marketplace = Sandbox.start(Sandbox.Options.now().at(BEFORE, 1));
                var application = new PackagedApp(folder, settings(marketplace.url()))) {
            sandbox = marketplace;
            app = application;
            var began = Instant.now();
            wakeUp(BEFORE);
            operator = Files.readString(folder.resolve("data/operator-key")).strip();
            addPeople();
            var slots = addAccountsAndLinks();
            for (var vendor : Vendor.values()) {
                sandbox.populate(Sandbox.World.of(
                        vendor,
                        SEPTEMBER,
                        OCTOBER,
                        LINES / Vendor.values().length,
                        slots.get(vendor).toArray(SlotShare[]::new)));
            }
            awaitCovered(BEFORE);
            say(began, "prepared");

            faults(BAD);
            sandbox.faults(Vendor.PDD, VANISHED);
            wakeUp(IN_THE_MIDDLE);
            await("PDD does not know its account", () -> count("""
                    select count(*) from pull_window where state = 'FAILED' and failure_kind = 'NOT_AUTHORISED'
                    """) > 0);
            kill(KILLS / 2);
            sandbox.faults(Vendor.PDD, BAD);
            // The operator enters the account anew: what had failed is read by itself.
            connect(Account.PDD);
            awaitCovered(IN_THE_MIDDLE);
            say(began, "in the middle");

            wakeUp(AFTER_A_SETTLEMENT);
            kill(KILLS - KILLS / 2);
            awaitCovered(AFTER_A_SETTLEMENT);
            say(began, "after a settlement");

            sandbox.clock().set(AT_THE_END, 1);
            // Rows that were shown with a status that nobody knows are told anew here.
            faults(Faults.NONE);
            sandbox.clock().set(AT_THE_END.plusSeconds(1), 0);
            wakeUp(AT_THE_END.plusSeconds(5));
            backfill();
            awaitCovered(AT_THE_END.plusSeconds(2));
            await("all windows are read", () -> count("""
                    select count(*) from pull_window where state in ('PENDING', 'RUNNING') and kind <> 'LIVE'
                    """) == 0);
            say(began, "at the end");
            rows(
                    """
                    select kind || ' ' || state, count(*), sum(pages), sum(rows), sum(news), sum(attempts)
                    from pull_window group by 1 order by 1
                    """,
                    row -> System.out.printf(
                            "%s: %d windows, %d pages, %d rows, %d news, %d attempts%n",
                            row.getString(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6)));

            assertCovered();
            var truth = truth();
            assertTold(truth);
            assertBooks(truth);
            say(began, "compared");
            assertStatements();
            assertReconciled();
            say(began, "locked and reconciled");
        }
    }

    private static String[] settings(String sandbox) {
        return new String[] {
            "-Dzhida.marketplace.sandbox=" + sandbox,
            "-Dzhida.marketplace.taobao.calls-per-second=1000",
            "-Dzhida.marketplace.taobao.window=3h",
            "-Dzhida.marketplace.jd.calls-per-second=1000",
            "-Dzhida.marketplace.pdd.calls-per-second=1000",
            "-Dzhida.marketplace.douyin.calls-per-second=1000",
            "-Dzhida.marketplace.breaker.open=1s",
            "-Dzhida.pull.look=1s",
            "-Dzhida.pull.every=30s",
            "-Dzhida.pull.behind=2s",
            // Who was killed is taken over soon.
            "-Dzhida.pull.lease=5s",
            "-Dzhida.pull.back-off-first=200ms",
            "-Dzhida.pull.back-off-most=2s",
            "-Dzhida.pull.promotions=11-11",
            "-Dzhida.pull.promotion-width=20m"
        };
    }

    /** Starts the application on a day, and lets the sandbox be there as well. */
    private void wakeUp(Instant day) throws Exception {
        app.stop();
        var offset = Duration.between(Instant.now(), day);
        if (sandbox.clock().speed() > 0) {
            sandbox.clock().set(day, 1);
        }
        app.alsoWith("-Dzhida.clock.offset=" + offset);
        app.start();
    }

    private void faults(Faults faults) {
        for (var vendor : Vendor.values()) {
            sandbox.faults(vendor, faults);
        }
    }

    /** {@code kill -9} as soon as rows come in, and again. */
    private void kill(int times) throws Exception {
        for (var i = 0; i < times; i++) {
            var before = count("select count(*) from order_observation");
            await("rows come in", () -> count("select count(*) from order_observation") > before + 50);
            app.kill();
            System.out.printf("killed with %d windows half read%n", count("""
                    select count(*) from pull_window where state = 'RUNNING'
                    """));
            app.start();
        }
    }

    private void addPeople() throws Exception {
        try (var database = app.database();
                var statement = database.createStatement()) {
            for (var name : List.of("creator-1", "creator-2")) {
                var creator = UUID.randomUUID();
                creators.put(name, creator);
                statement.execute("insert into creator (id, name, created_at) values ('%s', '%s', '%s')"
                        .formatted(creator, name, BEFORE));
                statement.execute(person(name, "CREATOR", "'" + creator + "'"));
                statement.execute(key(name));
            }
            for (var name : List.of("finance-1", "finance-2")) {
                statement.execute(person(name, "FINANCE", "null"));
                statement.execute(key(name));
            }
        }
    }

    private static String person(String login, String role, String creator) {
        return """
                insert into person (id, login, display_name, role, creator_id, created_at)
                values (uuidv7(), '%s', '%s', '%s', %s, '%s')
                """.formatted(login, login, role, creator, BEFORE);
    }

    private static String key(String login) {
        return """
                insert into api_key (id, person_id, hash, label, created_at)
                select uuidv7(), id, sha256('%s'), 'test', created_at from person where login = '%s'
                """.formatted(login, login);
    }

    /** Five accounts, each with its connection, and links through them; answers the slots that orders come through. */
    private Map<Vendor, List<SlotShare>> addAccountsAndLinks() throws Exception {
        var slots = new EnumMap<Vendor, List<SlotShare>>(Vendor.class);
        for (var account : ACCOUNTS) {
            var made = call(
                    "POST",
                    "/api/v1/marketplace-accounts",
                    operator,
                    Map.of(
                            "marketplace",
                            account.vendor().marketplace(),
                            "name",
                            account.vendor().name(),
                            "pid",
                            account.pid()));
            accounts.put(account.vendor(), UUID.fromString(made.get("id").asText()));
            var shares = new ArrayList<SlotShare>();
            if (account == Account.TAOBAO) {
                var pids = IntStream.range(0, 100)
                        .mapToObj(i -> "mm_100200300_2000000_" + (110_000_000_001L + i))
                        .toList();
                call(
                        "POST",
                        "/api/v1/marketplace-accounts/" + made.get("id").asText() + "/slots",
                        operator,
                        Map.of("pids", pids));
                sandbox("/pids", Map.of("pids", pids));
            }
            connect(account);
            if (account != Account.BUYIN) {
                shares.addAll(links(account));
            }
            // Some buy through a slot that nobody holds.
            shares.add(new SlotShare(
                    switch (account.vendor()) {
                        case TAOBAO -> "mm_100200300_2000000_990000000001";
                        case JD, PANGOLIN, BUYIN -> "nobody";
                        case PDD -> "{\"uid\":\"nobody\"}";
                    },
                    1));
            slots.put(account.vendor(), shares);
        }
        return slots;
    }

    private List<SlotShare> links(Account account) throws Exception {
        var shares = new ArrayList<SlotShare>();
        for (var creator : List.of("creator-1", "creator-2")) {
            var kit = call(
                    "POST",
                    "/api/v1/link-kits",
                    creator,
                    Map.of(
                            "product",
                            switch (account.vendor()) {
                                case TAOBAO -> "AbC-680011223347";
                                case JD -> "100012345678";
                                case PDD -> "c9X2abcDEF_demo";
                                case PANGOLIN, BUYIN -> "3600000000000000001";
                            },
                            "marketplace",
                            account.vendor().marketplace(),
                            "channels",
                            List.of(
                                    Map.of("platform", "WECHAT", "scene", "GROUP"),
                                    Map.of("platform", "QQ", "scene", "GROUP"),
                                    Map.of("platform", "XIAOHONGSHU", "scene", "NOTE"))));
            kit.get("placements").forEach(placement -> {
                var slot = placement.get("slot").get("value").asText();
                shares.add(new SlotShare(slot, 3));
                creatorBySlot.put(slot, creators.get(creator));
            });
        }
        return shares;
    }

    private void connect(Account account) throws Exception {
        var body = new HashMap<String, Object>(Map.of("appKey", account.appKey(), "secret", account.secret()));
        if (account.session() != null) {
            body.put("session", account.session());
        }
        switch (account.vendor()) {
            case JD -> body.put("settings", Map.of("siteId", "4100000001"));
            case BUYIN -> body.put("settings", Map.of("interface", "buyin"));
            default -> {}
        }
        call("PUT", "/api/v1/connections/" + accounts.get(account.vendor()), operator, body);
    }

    /** What may have shown up too late for every sweep. */
    private void backfill() throws Exception {
        for (var account : accounts.values()) {
            call(
                    "POST",
                    "/api/v1/pull-backfills",
                    operator,
                    Map.of("accountId", account.toString(), "from", SEPTEMBER.toString(), "until", OCTOBER.toString()));
        }
    }

    // What has to be true.

    private JsonNode coverage() throws Exception {
        return call("GET", "/api/v1/pull-windows/coverage", operator, null).get("items");
    }

    private void awaitCovered(Instant until) {
        await("all is covered until " + until, () -> {
            try {
                var items = coverage();
                return items.size() == FEEDS.size()
                        && items.valueStream().allMatch(item -> !Instant.parse(
                                        item.get("coveredTo").asText())
                                .isBefore(until));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Every feed of every account from before the first order to the end, without a gap. */
    private void assertCovered() throws Exception {
        var items = coverage();
        assertThat(items.valueStream()
                        .map(item -> item.get("account").asText() + " "
                                + item.get("feed").asText()))
                .containsExactlyInAnyOrderElementsOf(FEEDS);
        assertThat(items).allSatisfy(item -> {
            assertThat(Instant.parse(item.get("from").asText())).isBefore(SEPTEMBER);
            assertThat(Instant.parse(item.get("coveredTo").asText())).isAfterOrEqualTo(AT_THE_END);
            assertThat(item.get("gaps"))
                    .allSatisfy(gap ->
                            assertThat(Instant.parse(gap.get("from").asText())).isAfterOrEqualTo(AT_THE_END));
        });
        assertThat(count("select count(*) from pull_window where kind <> 'SWEEP' and state = 'FAILED'"))
                .isZero();
        assertThat(count("select count(*) from pull_unreadable")).isZero();
    }

    /** Every line is there, with its status, its fen, its slot and its refunds; nothing else is. */
    private void assertTold(Map<String, JsonNode> truth) {
        var missing = new HashMap<>(truth);
        var differences = new ArrayList<String>();
        rows("""
                select o.line_key, a.name, o.status, o.paid_fen, o.estimated_fen, o.settled_fen, o.fee_fen, o.slot_key,
                    o.frozen,
                    (select string_agg(r.refund, ' ' order by r.refund) from (
                        select distinct on (refund_id) split_part(refund_id, ':', 1) || ':' || (content ->> 'statusText') || ':'
                            || (content ->> 'refundedFen') || ':' || (content ->> 'commissionFen') || ':'
                            || (content ->> 'feeFen') refund
                        from order_refund_observation x
                        where x.marketplace = o.marketplace and x.line_key = o.line_key
                        order by refund_id, as_of desc nulls last, id desc) r) refunds
                from order_line o join marketplace_account a on a.id = o.account_id
                """, row -> {
            var line = missing.remove(row.getString("line_key"));
            var settled = "SETTLED".equals(row.getString("status"));
            var withFee = settled && row.getString("fee_fen") != null;
            var told = String.join(
                    " ",
                    row.getString("name"),
                    row.getString("status"),
                    row.getString("paid_fen"),
                    row.getString("estimated_fen"),
                    settled ? row.getString("settled_fen") : "-",
                    withFee ? row.getString("fee_fen") : "-",
                    row.getString("slot_key"),
                    row.getBoolean("frozen") ? "frozen" : "-",
                    String.valueOf(row.getString("refunds")));
            var expected = line == null ? "nothing" : words(line, withFee);
            if (!told.equals(expected)) {
                differences.add(row.getString("line_key") + ": " + told + " instead of " + expected);
            }
        });
        System.out.printf(
                "%d lines of the truth, %d missing, %d different%n", truth.size(), missing.size(), differences.size());
        assertThat(truth).hasSize(LINES);
        assertThat(missing).isEmpty();
        assertThat(differences.stream().limit(20)).isEmpty();
        assertThat(count("select count(*) from order_refund_observation")).isPositive();
        assertThat(count("select count(*) from order_line where frozen")).isPositive();
    }

    private static String words(JsonNode line, boolean withFee) {
        var vendor = Vendor.valueOf(line.get("vendor").asText());
        var slot = line.get("slot").asText();
        var settled = line.get("status").asText().equals("SETTLED");
        var refunds = refunds(line)
                .map(refund -> Stream.of("id", "status", "refundedFen", "commissionFen", "feeFen")
                        .map(name -> refund.get(name).asText())
                        .reduce((one, other) -> one + ":" + other)
                        .orElseThrow())
                .sorted()
                .reduce((one, other) -> one + " " + other);
        return String.join(
                " ",
                line.get("vendor").asText(),
                line.get("status").asText(),
                // JD tells what a commission is of, which refunds make smaller.
                line.get(vendor == Vendor.JD ? "estimatedBaseFen" : "paidFen").asText(),
                line.get("estimatedGrossFen").asText(),
                settled ? line.get("settledGrossFen").asText() : "-",
                withFee ? line.get("feeFen").asText() : "-",
                vendor == Vendor.TAOBAO ? slot.split("_", 3)[2] : slot,
                line.get("frozen").asBoolean() ? "frozen" : "-",
                refunds.orElse("null"));
    }

    /** The books hold to the fen what follows from the truth by the default rule, seven tenths after the fee. */
    private void assertBooks(Map<String, JsonNode> truth) {
        var expected = new TreeMap<String, Long>();
        truth.values().stream()
                .filter(line -> line.get("status").asText().equals("SETTLED"))
                .forEach(line -> {
                    var taken = refunds(line)
                            .filter(refund ->
                                    TAKEN_BACK.contains(refund.get("status").asInt()))
                            .toList();
                    var gross = line.get("settledGrossFen").asLong() - sum(taken, "commissionFen");
                    var fee = Math.min(gross, line.get("feeFen").asLong() - sum(taken, "feeFen"));
                    var creator = new BigDecimal(gross - fee)
                            .multiply(new BigDecimal("0.7"))
                            .setScale(0, RoundingMode.HALF_EVEN)
                            .longValueExact();
                    var owner = creatorBySlot.get(line.get("slot").asText());
                    expected.merge("RECEIVABLE " + line.get("marketplace").asText(), -gross, Long::sum);
                    expected.merge("TECHNICAL_SERVICE_FEE ", fee, Long::sum);
                    expected.merge("PLATFORM_REVENUE ", gross - fee - creator, Long::sum);
                    expected.merge(
                            owner == null
                                    ? "UNATTRIBUTED "
                                    : (line.get("frozen").asBoolean() ? "CREATOR_HELD " : "CREATOR_CONFIRMED ") + owner,
                            creator,
                            Long::sum);
                });
        expected.values().removeIf(fen -> fen == 0);
        assertThat(balances()).isEqualTo(expected);
        assertThat(count("select count(*) from attribution where current and confidence = 'EXACT'"))
                .isGreaterThan(LINES / 2);
    }

    private static Stream<JsonNode> refunds(JsonNode line) {
        return line.get("refunds").valueStream();
    }

    private static long sum(List<JsonNode> some, String name) {
        return some.stream().mapToLong(one -> one.get(name).asLong()).sum();
    }

    /** Every account that holds something, by kind and owner; credits less debits. */
    private Map<String, Long> balances() {
        var balances = new TreeMap<String, Long>();
        rows("""
                select a.kind || ' ' || a.owner, sum(fen) from (
                    select credit_id account_id, amount_fen fen from ledger_transfer
                    union all select debit_id, -amount_fen from ledger_transfer) t
                join ledger_account a on a.id = t.account_id
                group by 1 having sum(fen) <> 0
                """, row -> balances.put(row.getString(1), row.getLong(2)));
        return balances;
    }

    /** The two months are locked by two people; what a creator has is her last statement and the open month. */
    private void assertStatements() throws Exception {
        var before = balances();
        for (var month : List.of("2026-09", "2026-10")) {
            call("POST", "/api/v1/periods/" + month + "/lock", "finance-1", null);
            assertThat(call("POST", "/api/v1/periods/" + month + "/lock/approve", "finance-2", null)
                            .get("state")
                            .asText())
                    .isEqualTo("LOCKED");
        }
        var after = balances();
        var closings = new TreeMap<String, Long>();
        call("GET", "/api/v1/statements?period=2026-10", "finance-1", null)
                .get("items")
                .forEach(statement -> closings.put(
                        statement.get("creatorId").asText(),
                        statement.get("closingFen").asLong()));
        assertThat(closings).hasSize(2).allSatisfy((creator, closing) -> {
            var open = after.getOrDefault("CREATOR_CONFIRMED " + creator, 0L);
            assertThat(closing).isPositive().isEqualTo(after.get("CREATOR_PAYABLE " + creator));
            assertThat(closing + open).isEqualTo(before.get("CREATOR_CONFIRMED " + creator));
        });
    }

    /** Held against all that each marketplace has settled so far, nothing is left that nothing explains. */
    private void assertReconciled() throws Exception {
        for (var marketplace : List.of("TAOBAO", "JD", "PDD", "DOUYIN")) {
            var file = new StringBuilder();
            for (var month : List.of("2026-10", "2026-11", "2026-12")) {
                var statement = http.send(
                                HttpRequest.newBuilder(URI.create(sandbox.url() + "/control/settlement?month=" + month
                                                + "&marketplace=" + marketplace))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
                file.append(file.isEmpty() ? statement : statement.substring(statement.indexOf('\n') + 1));
            }
            var answer = RestAssured.given()
                    .header("Authorization", "Bearer finance-1")
                    .multiPart("file", "settlement.csv", file.toString().getBytes(StandardCharsets.UTF_8))
                    .multiPart("marketplace", marketplace)
                    .multiPart("period", "2026-10")
                    .post(app.url() + "/api/v1/reconciliations");
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(201);
            var made = JSON.readTree(answer.asString());
            System.out.println(made);
            assertThat(made.get("remainderFen").asLong()).isZero();
            assertThat(made.get("different").asInt()).isZero();
            assertThat(made.get("onlyHere").asInt()).isZero();
            assertThat(made.get("matched").asInt()).isGreaterThan(LINES / 10);
        }
    }

    private Map<String, JsonNode> truth() throws Exception {
        var byKey = new HashMap<String, JsonNode>();
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(sandbox.url() + "/control/truth"))
                        .build(),
                HttpResponse.BodyHandlers.ofLines());
        for (var line : (Iterable<String>) answer.body()::iterator) {
            var node = JSON.readTree(line);
            byKey.put("A:" + node.get("key").asText(), node);
        }
        return byKey;
    }

    // How it is asked.

    private void await(String what, BooleanSupplier condition) {
        var deadline = Instant.now().plus(WITHIN);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as(what).isBefore(deadline);
            try {
                Thread.sleep(1_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void rows(String sql, Row reader) {
        try (var database = app.database();
                var statement = database.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String sql) {
        var counted = new AtomicLong();
        rows(sql, row -> counted.set(row.getLong(1)));
        return counted.get();
    }

    private JsonNode call(String method, String path, String key, Object body) throws Exception {
        return send(app.url() + path, method, key, body);
    }

    private void sandbox(String path, Object body) throws Exception {
        send(sandbox.url() + "/control" + path, "POST", "", body);
    }

    private JsonNode send(String url, String method, String key, Object body) throws Exception {
        var publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, url, answer.body())
                .isBetween(200, 299);
        return JSON.readTree(answer.body());
    }

    private static void say(Instant began, String what) {
        System.out.printf(
                "%s after %d s%n", what, Duration.between(began, Instant.now()).toSeconds());
    }
}
