package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.attribution.Attribution;
import dev.zhida.commission.Commissions;
import dev.zhida.commission.MonthEnd;
import dev.zhida.database.Retries;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Ledger;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.marketplace.taobao.TaobaoReportFixture;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.order.ObservationFixture;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Refund;
import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Campaigns, rules, fees, tiers, bonuses and the answer to why, over HTTP against a real PostgreSQL. Rules, budgets and
 * locked months are everybody's: no other test shall meet those of this one.
 */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class RulesTest {

    private static final int HISTORIES = Integer.getInteger("zhida.property.stored", 50);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    /** The month that lines are settled in. */
    private static final YearMonth MARCH = YearMonth.of(2031, 3);

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    Ledger ledger;

    @Inject
    Retries retries;

    @Inject
    Commissions commissions;

    @Inject
    MonthEnd monthEnd;

    @Inject
    Jdbi jdbi;

    @Inject
    Clock clock;

    private String creator;
    private UUID creatorId;
    private String item;

    @BeforeEach
    void aCreatorOfHerOwn() {
        world.prepare();
        creator = name("creator");
        creatorId = people.addCreator(creator);
        people.addKey(
                people.addPerson(creator, creator, Role.CREATOR, creatorId, null)
                        .personId(),
                creator,
                "test");
        item = Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    @AfterEach
    void noTestSeesWhatAnotherDecided() {
        jdbi.useHandle(handle -> {
            // Without the triggers that keep a locked month locked.
            handle.execute("set session_replication_role = replica");
            handle.execute("delete from ledger_month_lock where month >= '2031-01-01'");
            handle.execute("delete from month_end where month >= '2031-01-01'");
            handle.execute("delete from bonus_line");
            handle.execute("delete from tier_result");
            handle.execute("delete from tier_rule");
            handle.execute("update campaign_bonus set kind = 'NONE', per_order_fen = null, rate = null");
            handle.execute("set session_replication_role = origin");
        });
    }

    private static String name(String what) {
        return "t-" + what + "-" + UUID.randomUUID().toString().substring(0, 13);
    }

    private static RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key).contentType(ContentType.JSON);
    }

    private static ValidatableResponse post(String key, String path, Map<String, ?> body) {
        return as(key).body(body).post("/api/v1/" + path).then();
    }

    private static ValidatableResponse put(String key, String path, Map<String, ?> body) {
        return as(key).body(body).put("/api/v1/" + path).then();
    }

    private Map<String, Object> rule(Object... more) {
        var rule = new HashMap<String, Object>(Map.of("name", "规则", "kind", "PERCENT", "share", "0.8"));
        rule.put("creatorId", creatorId);
        for (var i = 0; i < more.length; i += 2) {
            rule.put((String) more[i], more[i + 1]);
        }
        return rule;
    }

    private static String id(ValidatableResponse response) {
        return response.statusCode(201).extract().jsonPath().getString("id");
    }

    private JsonPath kit(String campaign) {
        var body = new HashMap<String, Object>(Map.of(
                "product",
                item,
                "marketplace",
                "TAOBAO",
                "media",
                List.of("LINK"),
                "channels",
                List.of(Map.of("platform", "WECHAT", "scene", "CHAT"))));
        if (campaign != null) {
            body.put("campaignId", campaign);
        }
        return post(creator, "link-kits", body).statusCode(201).extract().jsonPath();
    }

    private static String orderNo() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE));
    }

    /** A settled line of a month, paid {@code second} seconds after now, of 100.00 yuan unless {@code more} says else. */
    private Map<String, String> line(String orderNo, String pid, YearMonth month, int second, String settled) {
        var parts = pid.split("_");
        var row = new HashMap<>(Map.of(
                "订单编号",
                orderNo,
                "商品ID",
                item,
                "点击时间",
                LOCAL.format(Instant.now()),
                "创建时间",
                LOCAL.format(Instant.now().plusSeconds(60L + second)),
                "订单状态",
                "订单结算",
                "效果预估",
                settled,
                "预估收入",
                settled,
                "来源媒体ID",
                parts[2],
                "广告位ID",
                parts[3]));
        row.put("结算金额", "100.00");
        row.put("结算时间", month + "-10 12:00:00");
        return row;
    }

    private void upload(List<Map<String, String>> rows) {
        var header = new ArrayList<>(TaobaoReportFixture.HEADER);
        header.add("技术服务费");
        var report = TaobaoReportFixture.aReportWith(header);
        rows.forEach(report::row);
        given().header("Authorization", "Bearer " + World.OPERATOR)
                .multiPart("file", "订单明细.csv", report.csv())
                .multiPart("marketplace", "TAOBAO")
                .multiPart("account", World.ACCOUNT)
                .post("/api/v1/order-reports")
                .then()
                .statusCode(200)
                .body("refused", hasSize(0));
    }

    private UUID lineId(String orderNo) {
        return jdbi.withHandle(handle -> handle.createQuery("select id from order_line where order_no = :no")
                .bind("no", orderNo)
                .mapTo(UUID.class)
                .one());
    }

    private JsonPath why(String orderNo) {
        return as(creator)
                .get("/api/v1/orders/" + lineId(orderNo) + "/why")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void decide(YearMonth month) {
        QuarkusTransaction.requiringNew().run(() -> monthEnd.decide(month, clock.instant()));
    }

    private Money balance(Account.Kind kind, Object owner) {
        return ledger.balances(List.of(kind)).getOrDefault(new Account(kind, owner.toString()), Money.ZERO);
    }

    // Rules.

    @Test
    void the_most_specific_rule_that_holds_when_the_buyer_pays_counts_the_line_and_stays_with_it() {
        var pid = kit(null).getString("placements[0].slot.value");
        var first = orderNo();
        post(World.OPERATOR, "rules", rule("share", "0.8")).statusCode(201).body("weight", is(16));
        post(World.OPERATOR, "rules", rule("share", "0.9", "medium", "TOKEN")).statusCode(201);
        var later = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);
        var version = post(World.OPERATOR, "rules", rule("share", "0.5", "effectiveFrom", later.toString()))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getInt("version");
        upload(List.of(line(first, pid, MARCH, 0, "10.00")));
        assertThat(why(first).getLong("amountFen")).isEqualTo(720);
        var second = orderNo();
        upload(List.of(line(second, pid, MARCH, 600, "10.00"), line(first, pid, MARCH, 0, "10.00")));
        assertThat(why(second).getLong("amountFen")).isEqualTo(450);
        assertThat(why(second).getString("steps.find { it.code == 'RULE' }.en"))
                .contains("version " + version)
                .contains("about the creator");
        assertThat(why(first).getLong("amountFen")).isEqualTo(720);
    }

    @Test
    void a_refused_rule_says_why() {
        var past = Instant.now().minusSeconds(5).toString();
        var soon =
                Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
        post(World.OPERATOR, "rules", rule("effectiveFrom", past))
                .statusCode(422)
                .body("code", equalTo("rule-starts-in-the-past"));
        post(World.OPERATOR, "rules", rule("effectiveFrom", soon, "effectiveUntil", soon))
                .statusCode(422)
                .body("code", equalTo("rule-period"));
        post(World.OPERATOR, "rules", rule("creatorId", null, "withdrawn", true))
                .statusCode(422)
                .body("code", equalTo("rule-needed"));
        post(
                        World.OPERATOR,
                        "rules",
                        rule("campaignId", UUID.randomUUID(), "agencyId", UUID.randomUUID(), "agencyShare", "0.1"))
                .statusCode(422)
                .body("code", equalTo("rule-names-unknown"))
                .body("errors.field", equalTo(List.of("campaignId", "agencyId")));
        post(World.OPERATOR, "rules", rule("share", "1.2")).statusCode(422).body("errors[0].field", equalTo("share"));
        post(World.OPERATOR, "rules", rule("fixedFen", 5)).statusCode(422).body("code", equalTo("rule-incomplete"));
        post(World.OPERATOR, "rules", rule("floorFen", 5, "capFen", 4))
                .statusCode(422)
                .body("code", equalTo("rule-floor-above-cap"));
        post(World.OPERATOR, "rules/preview", Map.of("rules", List.of(rule(), rule())))
                .statusCode(422)
                .body("code", equalTo("rule-tie"));
    }

    @Test
    void of_eight_who_save_a_tie_at_once_one_does() throws Exception {
        var soon =
                Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
        assertThat(atOnce(i -> post(World.OPERATOR, "rules", rule("effectiveFrom", soon, "share", "0." + (i + 1)))
                        .extract()
                        .statusCode()))
                .containsExactlyInAnyOrder(201, 409, 409, 409, 409, 409, 409, 409);
        as(World.FINANCE)
                .get("/api/v1/rules?at=" + soon + "&limit=200")
                .then()
                .statusCode(200)
                .body("items.findAll { it.creatorId == '" + creatorId + "' }", hasSize(1));
    }

    @Test
    void a_rule_sent_twice_with_one_key_is_saved_once() {
        var rule = rule();
        var versions = IntStream.range(0, 2)
                .map(i -> as(World.OPERATOR)
                        .header("Idempotency-Key", creator)
                        .body(rule)
                        .post("/api/v1/rules")
                        .then()
                        .statusCode(201)
                        .extract()
                        .jsonPath()
                        .getInt("version"))
                .distinct();
        assertThat(versions.count()).isEqualTo(1);
    }

    private static <T> List<T> atOnce(java.util.function.IntFunction<T> work) throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var results = new ArrayList<T>();
            for (var future : threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<T>>mapToObj(i -> () -> work.apply(i))
                    .toList())) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Test
    void a_preview_tells_what_other_rules_would_have_paid_and_moves_nothing() {
        var pid = kit(null).getString("placements[0].slot.value");
        upload(List.of(line(orderNo(), pid, MARCH, 0, "10.00"), line(orderNo(), pid, MARCH, 1, "20.00")));
        var before = ledger.balances(List.of(Account.Kind.values()));
        var find = "creators.find { it.creatorId == '" + creatorId + "' }";
        post(World.FINANCE, "rules/preview", Map.of("month", MARCH.toString(), "rules", List.of(rule("share", "0.9"))))
                .statusCode(200)
                .body(find + ".lines", is(2))
                .body(find + ".changedLines", is(2))
                .body(find + ".paidFen", is(630 + 1_260))
                .body(find + ".wouldFen", is(810 + 1_620))
                .body(find + ".differenceFen", is(540));
        post(
                        World.FINANCE,
                        "rules/preview",
                        Map.of("month", MARCH.toString(), "rules", List.of(rule("medium", "TOKEN"))))
                .body(find + ".changedLines", is(0))
                .body(find + ".differenceFen", is(0));
        assertThat(ledger.balances(List.of(Account.Kind.values()))).isEqualTo(before);
    }

    @Test
    void a_fee_is_assumed_from_its_start_on_and_trued_up_when_it_is_reported() {
        post(
                        World.FINANCE,
                        "fee-settings",
                        Map.of("marketplace", "JD", "rate", "0.1", "effectiveFrom", "2020-01-01T00:00:00Z"))
                .statusCode(422)
                .body("code", equalTo("fee-starts-in-the-past"));
        post(World.FINANCE, "fee-settings", Map.of("marketplace", "XIANYU", "rate", "0.1"))
                .statusCode(422)
                .body("code", equalTo("fee-marketplace"));
        var from = Instant.now()
                .plusSeconds(900_000)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        var setting = Map.of("marketplace", "JD", "rate", "0.05", "effectiveFrom", from);
        post(World.FINANCE, "fee-settings", setting).statusCode(201);
        post(World.FINANCE, "fee-settings", setting).statusCode(409).body("code", equalTo("fee-exists"));
        as(World.FINANCE)
                .get("/api/v1/fee-settings")
                .then()
                .body("items.findAll { it.effectiveFrom == '" + from + "' }.rate", equalTo(List.of("0.05")));

        var pid = kit(null).getString("placements[0].slot.value");
        var no = orderNo();
        var row = line(no, pid, MARCH, 0, "10.00");
        row.put("订单状态", "订单付款");
        upload(List.of(row));
        assertThat(why(no).getString("steps.find { it.code == 'FEE' }.en")).contains("assumed");
        assertThat(balance(Account.Kind.CREATOR_ESTIMATED, creatorId)).isEqualTo(Money.ofFen(630));
        row.put("订单状态", "订单结算");
        row.put("技术服务费", "0.50");
        upload(List.of(row));
        assertThat(why(no).getString("steps.find { it.code == 'FEE' }.en")).contains("as reported");
        assertThat(balance(Account.Kind.CREATOR_ESTIMATED, creatorId)).isEqualTo(Money.ZERO);
        assertThat(balance(Account.Kind.CREATOR_CONFIRMED, creatorId)).isEqualTo(Money.ofFen(665));
    }

    // Why.

    @Test
    void every_number_of_the_answer_to_why_adds_up() {
        var agency = id(post(World.OPERATOR, "agencies", Map.of("name", name("mcn"))));
        // Older than a rule can be made over the API, because the lines of the fixture are.
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into commission_rule (name, creator_id, kind, creator_share, agency_id, agency_share, effective_from)
                        values ('机构', :creator, 'PERCENT', 0.777, cast(:agency as uuid), 0.333, '2020-01-01')
                        """)
                .bind("creator", creatorId)
                .bind("agency", agency)
                .execute());
        var pid = kit(null).getString("placements[0].slot.value");
        var no = orderNo();
        var row = line(no, pid, MARCH, 0, "18.37");
        row.put("补贴金额", "2.11");
        upload(List.of(row));
        var id = lineId(no);
        addsUp(why(no), 2);
        // (18.37 - 2.11) × 0.1 = 1.63; 16.74 × 0.777 = 13.01; × 0.333 = 4.33.
        assertThat(why(no).getLong("amountFen")).isEqualTo(1_301 - 433);

        var lease = aLease();
        var observation =
                observation(no, OrderStatus.SETTLED, 1_837).subsidy(211).build();
        var refunds = List.of(
                refund("r1", RefundStatus.FROM_CREATOR, 500, 50), refund("r2", RefundStatus.FROM_SELLER, 100, 10));
        settle(new OrderLine(id, account(), observation, OrderStatus.SETTLED, null, refunds, true), lease);
        addsUp(why(no), 6);
        assertThat(why(no).getList("steps.code", String.class))
                .contains("REFUND", "GROSS", "FEE_LEFT", "AGENCY", "HELD", "POSTED", "SUM");
        assertThat(balance(Account.Kind.CREATOR_CONFIRMED, creatorId)).isEqualTo(Money.ZERO);
        assertThat(balance(Account.Kind.AGENCY_CONFIRMED, agency)).isEqualTo(Money.ZERO);

        var all = List.of(refund("r1", RefundStatus.SUCCEEDED, 1_900, 0));
        settle(new OrderLine(id, account(), observation, OrderStatus.SETTLED, null, all, false), lease);
        assertThat(why(no).getString("steps.find { it.code == 'OVER_REFUNDED' }.zh"))
                .contains("0.63");
        assertThat(why(no).getLong("amountFen")).isZero();
        addsUp(why(no), 4);
        as(World.OTHER_CREATOR).get("/api/v1/orders/" + id + "/why").then().statusCode(404);
    }

    /** Every formula holds, and the books hold what creator and agency get. */
    private static void addsUp(JsonPath why, int formulas) {
        var checked = 0;
        for (Map<String, Object> step : why.<Map<String, Object>>getList("steps")) {
            assertThat((String) step.get("zh")).isNotBlank();
            assertThat((String) step.get("en")).isNotBlank();
            if (step.get("formula") instanceof String formula) {
                var sides = formula.split(" = ");
                assertThat(evaluate(sides[0])).as(formula).isEqualByComparingTo(sides[1]);
                assertThat(new BigDecimal(sides[1]).movePointRight(2).longValueExact())
                        .as(formula)
                        .isEqualTo(((Number) step.get("fen")).longValue());
                checked++;
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(formulas);
        assertThat(why.getLong("steps.find { it.code == 'POSTED' }.fen"))
                .isEqualTo(why.getLong("amountFen")
                        + (why.getString("steps.find { it.code == 'AGENCY' }") == null
                                ? 0
                                : why.getLong("steps.find { it.code == 'AGENCY' }.fen")));
    }

    private static BigDecimal evaluate(String formula) {
        var tokens = formula.replace("(", "").replace(")", "").split(" ");
        var value = new BigDecimal(tokens[0]);
        for (var i = 1; i < tokens.length; i += 2) {
            var operand = new BigDecimal(tokens[i + 1]);
            value = switch (tokens[i]) {
                case "+" -> value.add(operand);
                case "-" -> value.subtract(operand);
                case "×" -> value.multiply(operand).setScale(2, RoundingMode.HALF_EVEN);
                default -> throw new AssertionError(formula);
            };
        }
        return value;
    }

    private UUID account() {
        return jdbi.withHandle(handle -> handle.createQuery("select id from marketplace_account where name = :name")
                .bind("name", World.ACCOUNT)
                .mapTo(UUID.class)
                .one());
    }

    private Attribution aLease() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select l.id, l.placement_id from slot_lease l join placement p on p.id = l.placement_id
                        where p.creator_id = :creator limit 1
                        """)
                .bind("creator", creatorId)
                .map((row, context) -> (Attribution) new Attribution.Exact(new Lease(
                        row.getLong("id"),
                        null,
                        true,
                        row.getLong("placement_id"),
                        creatorId,
                        Medium.LINK,
                        Instant.EPOCH,
                        null)))
                .one());
    }

    private static ObservationFixture observation(String orderNo, OrderStatus status, long fen) {
        return new ObservationFixture(
                "F:" + orderNo + ":1:1",
                status,
                10_000,
                fen,
                status == OrderStatus.SETTLED ? fen : null,
                null,
                null,
                null,
                ObservationFixture.NOON,
                null,
                null,
                "1");
    }

    private static Refund refund(String id, RefundStatus status, long commission, long fee) {
        return new Refund(
                new RefundObservation(
                        Marketplace.TAOBAO,
                        id,
                        "k",
                        status,
                        status.name(),
                        Money.ofFen(commission),
                        Money.ofFen(commission),
                        Money.ofFen(fee),
                        null,
                        null,
                        null,
                        Map.of()),
                status);
    }

    private void settle(OrderLine line, Attribution attribution) {
        QuarkusTransaction.requiringNew()
                .run(() -> commissions.settle(List.of(line), Map.of(line.id(), attribution), clock.instant()));
    }

    @Test
    void whatever_the_way_to_its_latest_truth_a_line_ends_in_the_same_balances() {
        var pid = kit(null).getString("placements[0].slot.value");
        var lease = aLease();
        var numbers = IntStream.range(0, 2 * HISTORIES).mapToObj(i -> orderNo()).toList();
        upload(numbers.stream().map(no -> line(no, pid, MARCH, 0, "1.00")).toList());
        var dice = new Random(20310301);
        for (var history = 0; history < HISTORIES; history++) {
            var winding = lineId(numbers.get(2 * history));
            var straight = lineId(numbers.get(2 * history + 1));
            for (var step = dice.nextInt(5); step >= 0; step--) {
                var truth = truth(winding, dice);
                for (var again = dice.nextInt(2); again >= 0; again--) {
                    settle(truth, dice.nextInt(4) == 0 ? new Attribution.None(Attribution.Reason.NO_LEASE) : lease);
                }
            }
            var end = truth(winding, dice);
            settle(end, lease);
            settle(
                    new OrderLine(
                            straight,
                            end.accountId(),
                            end.latest(),
                            end.status(),
                            end.review(),
                            end.refunds(),
                            end.frozen()),
                    lease);
            assertThat(balances(winding)).as("history " + history).isEqualTo(balances(straight));
        }
    }

    private OrderLine truth(UUID id, Random dice) {
        var status = OrderStatus.values()[dice.nextInt(OrderStatus.values().length)];
        var refunds = IntStream.range(0, dice.nextInt(3))
                .mapToObj(i -> refund(
                        "r" + i,
                        RefundStatus.values()[dice.nextInt(RefundStatus.values().length)],
                        dice.nextInt(600),
                        dice.nextInt(60)))
                .toList();
        return new OrderLine(
                id,
                new UUID(0, 1),
                observation("1", status, 1 + dice.nextInt(2_000)).build(),
                status,
                status == OrderStatus.NEEDS_REVIEW ? "test" : null,
                refunds,
                dice.nextInt(3) == 0);
    }

    private Map<String, Long> balances(UUID line) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select a.kind || a.owner account, sum(case when t.credit_id = a.id then 1 else -1 end * t.amount_fen) fen
                        from ledger_source s join ledger_transfer t on t.source_id = s.id
                        join ledger_account a on a.id in (t.debit_id, t.credit_id)
                        where s.name = 'order-line/' || :line group by 1 having
                            sum(case when t.credit_id = a.id then 1 else -1 end * t.amount_fen) <> 0
                        """)
                .bind("line", line)
                .map((row, context) -> Map.entry(row.getString("account"), row.getLong("fen")))
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    // Campaigns.

    private Map<String, Object> campaign(String brand, Object... more) {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var campaign = new HashMap<String, Object>(Map.of(
                "brandId",
                brand,
                "name",
                name("campaign"),
                "fromAt",
                now.minusSeconds(3_600).toString(),
                "untilAt",
                now.plusSeconds(86_400L * 5_000).toString(),
                "budgetFen",
                120,
                "bonus",
                Map.of("kind", "PER_ORDER", "perOrderFen", 50)));
        for (var i = 0; i < more.length; i += 2) {
            campaign.put((String) more[i], more[i + 1]);
        }
        return campaign;
    }

    private String brand() {
        return id(post(World.OPERATOR, "brands", Map.of("name", name("brand"))));
    }

    @Test
    void a_campaign_is_seen_by_its_brand_and_by_those_who_are_invited() {
        var campaign = id(post(World.OPERATOR, "campaigns", campaign(brand())));
        var path = "/api/v1/campaigns/" + campaign;
        as(World.BRAND).get(path).then().statusCode(404).body("code", equalTo("campaign-not-found"));
        as(creator).get(path).then().statusCode(404);
        put(World.OPERATOR, "campaigns/" + campaign + "/creators", Map.of("creatorIds", List.of(creatorId)))
                .statusCode(200)
                .body("creatorIds", equalTo(List.of(creatorId.toString())));
        put(
                        World.OPERATOR,
                        "campaigns/" + campaign + "/offers",
                        Map.of("items", List.of(Map.of("marketplace", "TAOBAO", "itemId", item))))
                .statusCode(200)
                .body("offers.itemId", equalTo(List.of(item)));
        as(creator)
                .get(path)
                .then()
                .statusCode(200)
                .body("budgetFen", nullValue())
                .body("creatorIds", nullValue())
                .body("bonus.perOrderFen", is(50));
        as(creator).get("/api/v1/campaigns").then().body("items.id", hasItem(campaign));
        as(World.OTHER_CREATOR).get("/api/v1/campaigns?limit=200").then().body("items.id", not(hasItem(campaign)));
        put(World.OPERATOR, "campaigns/" + campaign + "/creators", Map.of("creatorIds", List.of()))
                .statusCode(200);
        as(creator).get(path).then().statusCode(404);
        long audited = jdbi.withHandle(
                handle -> handle.createQuery("select count(*) from audit_entry where subject = 'campaign/' || :id")
                        .bind("id", campaign)
                        .mapTo(Long.class)
                        .one());
        assertThat(audited).isEqualTo(4);
    }

    @Test
    void a_refused_campaign_says_why() {
        var brand = brand();
        var terms = campaign(brand);
        var id = id(post(World.OPERATOR, "campaigns", terms));
        post(World.OPERATOR, "campaigns", terms).statusCode(409).body("code", equalTo("campaign-exists"));
        post(World.OPERATOR, "campaigns", campaign(UUID.randomUUID().toString()))
                .statusCode(404)
                .body("code", equalTo("brand-not-found"));
        post(World.OPERATOR, "campaigns", campaign(brand, "untilAt", terms.get("fromAt")))
                .statusCode(422)
                .body("code", equalTo("campaign-period"));
        post(World.OPERATOR, "campaigns", campaign(brand, "budgetFen", 0))
                .statusCode(422)
                .body("code", equalTo("budget-missing"));
        post(World.OPERATOR, "campaigns", campaign(brand, "bonus", Map.of("kind", "PERCENT")))
                .statusCode(422)
                .body("code", equalTo("bonus-incomplete"));
        var change = new HashMap<>(terms);
        change.put("fromAt", Instant.now().plusSeconds(60).toString());
        put(World.OPERATOR, "campaigns/" + id, change).statusCode(409).body("code", equalTo("campaign-has-begun"));
        change.put("fromAt", terms.get("fromAt"));
        change.put("untilAt", Instant.now().minusSeconds(60).toString());
        put(World.OPERATOR, "campaigns/" + id, change).statusCode(422).body("code", equalTo("campaign-period"));
        var over = campaign(brand, "untilAt", Instant.now().minusSeconds(1).toString());
        var ended = id(post(World.OPERATOR, "campaigns", over));
        put(World.OPERATOR, "campaigns/" + ended, over).statusCode(409).body("code", equalTo("campaign-has-ended"));
        put(World.OPERATOR, "campaigns/" + ended + "/creators", Map.of("creatorIds", List.of()))
                .statusCode(409)
                .body("code", equalTo("campaign-has-ended"));
        put(World.OPERATOR, "campaigns/" + id + "/creators", Map.of("creatorIds", List.of(UUID.randomUUID())))
                .statusCode(422)
                .body("code", equalTo("creator-unknown"));
    }

    // The end of a month.

    private String invitedCampaign(String brand, Object... more) {
        var campaign = id(post(World.OPERATOR, "campaigns", campaign(brand, more)));
        put(World.OPERATOR, "campaigns/" + campaign + "/creators", Map.of("creatorIds", List.of(creatorId)))
                .statusCode(200);
        return campaign;
    }

    @Test
    void a_bonus_is_provisional_until_the_month_is_decided_and_follows_the_ordered_item() {
        var brand = brand();
        var campaign = invitedCampaign(brand);
        var pid = kit(campaign).getString("placements[0].slot.value");
        var other = line(orderNo(), pid, MARCH, 0, "10.00");
        other.put("商品ID", "1" + item);
        var first = orderNo();
        upload(List.of(
                line(orderNo(), pid, MARCH, 3, "10.00"),
                line(first, pid, MARCH, 1, "10.00"),
                line(orderNo(), pid, MARCH, 2, "10.00"),
                other));
        as(creator)
                .get("/api/v1/month-ends/" + MARCH)
                .then()
                .statusCode(200)
                .body("decided", is(false))
                .body("bonuses.amountFen", equalTo(List.of(120)))
                .body("bonuses.wantedFen", equalTo(List.of(150)));
        assertThat(balance(Account.Kind.BRAND_BONUS, brand)).isEqualTo(Money.ZERO);
        decide(MARCH);
        decide(MARCH);
        as(creator)
                .get("/api/v1/month-ends/" + MARCH)
                .then()
                .body("decided", is(true))
                .body("bonuses.lines", equalTo(List.of(3)));
        assertThat(balance(Account.Kind.BRAND_BONUS, brand)).isEqualTo(Money.ofFen(-120));
        assertThat(balance(Account.Kind.CREATOR_CONFIRMED, creatorId)).isEqualTo(Money.ofFen(4 * 630 + 120));
        assertThat(why(first).getLong("steps.find { it.code == 'BONUS' }.fen")).isEqualTo(50);
        as(World.OPERATOR).get("/api/v1/campaigns/" + campaign).then().body("spentFen", is(120));
        put(World.OPERATOR, "campaigns/" + campaign, lowered(campaign, 119))
                .statusCode(409)
                .body("code", equalTo("budget-spent"));
        put(World.OPERATOR, "campaigns/" + campaign, lowered(campaign, 120)).statusCode(200);
    }

    private Map<String, Object> lowered(String campaign, long budget) {
        var now = as(World.OPERATOR).get("/api/v1/campaigns/" + campaign).jsonPath();
        return Map.of(
                "name",
                now.getString("name"),
                "fromAt",
                now.getString("fromAt"),
                "untilAt",
                now.getString("untilAt"),
                "budgetFen",
                budget,
                "bonus",
                now.getMap("bonus"));
    }

    @Test
    void a_late_line_changes_a_locked_month_only_by_a_difference_in_the_open_one() {
        var brand = brand();
        var campaign = invitedCampaign(brand, "budgetFen", 1_000);
        jdbi.useHandle(
                handle -> handle.createUpdate("""
                        insert into tier_rule (name, creator_id, month, steps, created_at)
                        values ('t', :creator, '2031-01-01', '[{"fromFen": 1000, "rate": "0.1"}]', now())
                        """).bind("creator", creatorId).execute());
        var pid = kit(campaign).getString("placements[0].slot.value");
        upload(List.of(line(orderNo(), pid, MARCH, 0, "20.00")));
        QuarkusTransaction.requiringNew().run(() -> {
            monthEnd.decide(MARCH, clock.instant());
            jdbi.useHandle(handle ->
                    handle.execute("insert into ledger_month_lock (month, locked_at) values ('2031-03-01', now())"));
        });
        // 20.00 less a tenth is 18.00; above 10.00 a tenth: 0.80.
        assertThat(posted("tier/" + creatorId + "/" + MARCH)).isEqualTo(Map.of("2031-03", 80L));
        assertThat(posted("bonus/" + campaign + "/" + MARCH)).isEqualTo(Map.of("2031-03", 50L));

        upload(List.of(line(orderNo(), pid, MARCH, 1, "10.00")));
        decide(MARCH.plusMonths(1));
        assertThat(posted("tier/" + creatorId + "/" + MARCH)).isEqualTo(Map.of("2031-03", 80L, "2031-04", 90L));
        assertThat(posted("bonus/" + campaign + "/" + MARCH)).isEqualTo(Map.of("2031-03", 50L, "2031-04", 50L));
        as(World.FINANCE)
                .get("/api/v1/month-ends/" + MARCH)
                .then()
                .body("tiers.find { it.creatorId == '" + creatorId + "' }.amountFen", is(170));
    }

    private Map<String, Long> posted(String source) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select to_char(t.month, 'YYYY-MM') period, sum(t.amount_fen) fen
                        from ledger_source s join ledger_transfer t on t.source_id = s.id where s.name = :source group by 1
                        """)
                .bind("source", source)
                .map((row, context) -> Map.entry(row.getString("period"), row.getLong("fen")))
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** A settled line of a campaign; answers its attribution's id. */
    private long attributed(String pid, int second) {
        var no = orderNo();
        upload(List.of(line(no, pid, MARCH, second, "10.00")));
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                        select a.id from attribution a join order_line o on o.id = a.order_line_id
                        where o.order_no = :no and a.current
                        """).bind("no", no).mapTo(Long.class).one());
    }

    /** The same in a later version; answers its id. */
    private long attributedAgain(long attribution) {
        return jdbi.inTransaction(handle -> {
            handle.execute("update attribution set current = false where id = ?", attribution);
            return handle.createQuery("""
                            insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id,
                                medium, lease_id, touch_id, claim_id, ordered_offer_id, other_item, rule_version, evidence,
                                decided_at)
                            select order_line_id, version + 1, true, confidence, placement_id, creator_id, medium, lease_id,
                                touch_id, claim_id, ordered_offer_id, other_item, rule_version, evidence, decided_at
                            from attribution where id = :id
                            returning id
                            """)
                    .bind("id", attribution)
                    .mapTo(Long.class)
                    .one();
        });
    }

    private void review(String key, long attribution, String verdict) {
        post(key, "attributions/" + attribution + "/reviews", Map.of("verdict", verdict, "reason", "x"))
                .statusCode(201);
    }

    private boolean decideDisputes(Instant at) {
        return QuarkusTransaction.requiringNew().call(() -> monthEnd.decideDisputes(at));
    }

    @Test
    void a_dispute_holds_and_frees_a_decided_bonus_on_the_day() {
        var brand = brand();
        var login = name("brand");
        people.addKey(
                people.addPerson(login, login, Role.BRAND, null, UUID.fromString(brand))
                        .personId(),
                login,
                "test");
        var pid = kit(invitedCampaign(brand, "budgetFen", 1_000)).getString("placements[0].slot.value");
        var first = attributed(pid, 0);
        var second = attributed(pid, 1);
        review(login, first, "DISPUTED");
        decide(MARCH);
        assertThat(heldAndConfirmed()).isEqualTo(List.of(50L, 2 * 630L + 50));
        var lapses = MARCH.atDay(17).atTime(12, 0).atZone(BusinessTime.ZONE).toInstant();
        assertThat(decideDisputes(lapses.minusMillis(1))).isFalse();
        // A line whose month is decided is disputed after that: it is held before anybody is paid.
        review(login, second, "DISPUTED");
        // Attributed anew before anybody looks, it is hers still, and the dispute holds.
        var again = attributedAgain(second);
        assertThat(decideDisputes(lapses.minusMillis(1))).isTrue();
        assertThat(decideDisputes(lapses.minusMillis(1))).isFalse();
        assertThat(heldAndConfirmed()).isEqualTo(List.of(100L, 2 * 630L));
        // The first is rejected, which frees it; the second is upheld, and there is no bonus.
        review(World.OPERATOR, first, "REJECTED");
        assertThat(decideDisputes(lapses.minusMillis(1))).isTrue();
        assertThat(heldAndConfirmed()).isEqualTo(List.of(50L, 2 * 630L + 50));
        review(World.OPERATOR, again, "UPHELD");
        assertThat(decideDisputes(lapses.minusMillis(1))).isTrue();
        assertThat(decideDisputes(lapses.minusMillis(1))).isFalse();
        assertThat(heldAndConfirmed()).isEqualTo(List.of(0L, 2 * 630L + 50));
        assertThat(balance(Account.Kind.BRAND_BONUS, brand)).isEqualTo(Money.ofFen(-50));
        // A third one that nobody decides lapses to the instant.
        var third = attributed(pid, 2);
        review(login, third, "DISPUTED");
        decide(MARCH);
        assertThat(heldAndConfirmed()).isEqualTo(List.of(50L, 3 * 630L + 50));
        assertThat(decideDisputes(lapses.minusMillis(1))).isFalse();
        assertThat(decideDisputes(lapses)).isTrue();
        assertThat(decideDisputes(lapses)).isFalse();
        assertThat(heldAndConfirmed()).isEqualTo(List.of(0L, 3 * 630L + 100));
    }

    private List<Long> heldAndConfirmed() {
        return List.of(
                balance(Account.Kind.CREATOR_HELD, creatorId).fen(),
                balance(Account.Kind.CREATOR_CONFIRMED, creatorId).fen());
    }

    @Test
    void eight_who_settle_and_decide_at_once_never_overspend_a_budget() throws Exception {
        var brand = brand();
        var campaign = invitedCampaign(brand, "budgetFen", 330);
        var pid = kit(campaign).getString("placements[0].slot.value");
        var numbers = IntStream.range(0, 16).mapToObj(i -> orderNo()).toList();
        var seen = atOnce(i -> {
            var most = Money.ZERO;
            for (var round = 0; round < 3; round++) {
                var row = line(numbers.get(2 * i), pid, MARCH.plusMonths(i % 2), i, "10.00");
                row.put("订单状态", round == 1 ? "订单失效" : "订单结算");
                row.put("付款金额", (100 + round) + ".00");
                row.put("创建时间", LOCAL.format(Instant.now().plusSeconds(60L + round)));
                upload(List.of(row, line(numbers.get(2 * i + 1), pid, MARCH, 20 + i, "10.00")));
                if (i % 2 == 0) {
                    decide(MARCH);
                } else {
                    // As the lock of a month does, and the hourly look at disputes.
                    retries.inTransaction(Duration.ofSeconds(60), () -> {
                        monthEnd.decide(MARCH.plusMonths(1), clock.instant());
                        return monthEnd.decideDisputes(clock.instant());
                    });
                }
                var spent = balance(Account.Kind.BRAND_BONUS, brand).negated();
                most = spent.compareTo(most) > 0 ? spent : most;
            }
            return most;
        });
        assertThat(seen).allMatch(spent -> spent.compareTo(Money.ofFen(330)) <= 0);
        decide(MARCH.plusMonths(1));
        assertThat(balance(Account.Kind.BRAND_BONUS, brand)).isEqualTo(Money.ofFen(-330));
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.createUpdate(
                                "update campaign set spent_fen = 331 where id = cast(:id as uuid)")
                        .bind("id", campaign)
                        .execute()))
                .hasMessageContaining("campaign_budget_never_overspent");
    }

    @Test
    void tiers_begin_with_a_month_that_has_not_begun() {
        var steps = List.of(Map.of("fromFen", 0, "rate", "0.01"));
        var thisMonth = YearMonth.now(ZoneId.of("Asia/Shanghai"));
        var tier = Map.of("name", "t", "creatorId", creatorId, "month", thisMonth.toString(), "steps", steps);
        post(World.OPERATOR, "tiers", tier).statusCode(422).body("code", equalTo("tier-starts-in-the-past"));
        var next = new HashMap<String, Object>(tier);
        next.put("month", thisMonth.plusMonths(1).toString());
        post(World.OPERATOR, "tiers", next).statusCode(201);
        post(World.OPERATOR, "tiers", next).statusCode(409).body("code", equalTo("tier-tie"));
        as(World.FINANCE).get("/api/v1/tiers").then().body("items.creatorId", hasItem(creatorId.toString()));
        as(World.FINANCE)
                .get("/api/v1/month-ends/2031-13")
                .then()
                .statusCode(422)
                .body("code", equalTo("month-malformed"));
    }
}
