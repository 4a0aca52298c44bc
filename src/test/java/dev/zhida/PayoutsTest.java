package dev.zhida;

import static dev.zhida.SettlementWorld.account;
import static dev.zhida.SettlementWorld.as;
import static dev.zhida.SettlementWorld.earned;
import static dev.zhida.SettlementWorld.get;
import static dev.zhida.SettlementWorld.post;
import static dev.zhida.SettlementWorld.shared;
import static dev.zhida.SettlementWorld.unique;
import static dev.zhida.SettlementWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.money.BusinessTime;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payouts over HTTP against a real PostgreSQL: from what is payable to what was paid, tax, corrections by hand. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class PayoutsTest {

    private static final int THREADS = 8;

    @Inject
    SettlementWorld world;

    @Inject
    People people;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    /** Runs it on eight threads at once. */
    private static <T> List<T> together(Callable<T> work) throws Exception {
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var tasks = new ArrayList<Callable<T>>();
            for (var i = 0; i < THREADS; i++) {
                tasks.add(work);
            }
            var results = new ArrayList<T>();
            for (var future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Test
    void a_payout_is_made_approved_exported_and_settled_item_by_item() {
        var month = world.open();
        var anna = world.creator();
        var bea = world.creator();
        world.book(earned(unique(), anna, 10_000, month), earned(unique(), bea, 5_000, month));
        world.lock(month);
        world.payee(anna);
        world.payee(bea);
        var both = Map.of("channel", "ALIPAY", "creators", List.of(anna, bea));

        var id = post(World.FINANCE, "payouts", both)
                .statusCode(201)
                .body("payout.state", is("DRAFT"))
                .body("payout.netFen", is(15_000))
                .body("skipped", hasSize(0))
                .extract()
                .<String>path("payout.id");
        assertThat(world.balance(Kind.CREATOR_PAYABLE, anna)).isZero();
        assertThat(world.balance(Kind.CREATOR_PAID, anna)).isEqualTo(10_000);
        // What is in a draft cannot be paid by another.
        post(World.OTHER_FINANCE, "payouts", both).statusCode(409).body("code", is("nothing-to-pay"));

        post(World.FINANCE, "payouts/" + id + "/export").statusCode(409).body("code", is("payout-not-approved"));
        post(World.FINANCE, "payouts/" + id + "/approve").statusCode(409).body("code", is("same-person"));
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute(
                        "update payout set state = 'APPROVED', approved_by = made_by, approved_at = now() where id = ?::uuid",
                        id)))
                .hasMessageContaining("payout_two_people");
        post(World.OTHER_FINANCE, "payouts/" + id + "/approve").statusCode(200).body("state", is("APPROVED"));
        post(World.OTHER_FINANCE, "payouts/" + id + "/approve").statusCode(409).body("code", is("payout-not-draft"));
        post(
                        World.FINANCE,
                        "payouts/" + id + "/results",
                        Map.of("results", List.of(Map.of("itemId", anna, "paid", true))))
                .statusCode(409)
                .body("code", is("payout-not-exported"));

        var file = as(World.FINANCE).post("/api/v1/payouts/" + id + "/export");
        assertThat(new String(file.asByteArray(), Charset.forName("GB18030")))
                .startsWith("商家订单号（必填）,收款支付宝账号（必填）,收款方姓名（必填）,金额（必填，单位：元）,备注（选填）\r\n")
                .contains(",anna" + anna + "@example.com,安娜,100.00,");
        // Where she is paid changes; the file does not.
        as(World.FINANCE)
                .contentType(ContentType.JSON)
                .body(Map.of("channel", "BANK", "name", "别人", "account", "6222", "bank", "工商银行"))
                .put("/api/v1/payees/" + bea)
                .then()
                .statusCode(200);
        assertThat(as(World.OTHER_FINANCE)
                        .post("/api/v1/payouts/" + id + "/export")
                        .asByteArray())
                .isEqualTo(file.asByteArray());
        post(World.FINANCE, "payouts/" + id + "/cancel").statusCode(409).body("code", is("payout-exported"));

        var items = get(World.FINANCE, "payouts/" + id + "/items").extract().jsonPath();
        var annas = items.getString("items.find { it.creatorId == '" + anna + "' }.id");
        var beas = items.getString("items.find { it.creatorId == '" + bea + "' }.id");
        post(
                        World.FINANCE,
                        "payouts/" + id + "/results",
                        Map.of("results", List.of(Map.of("itemId", beas, "paid", false))))
                .statusCode(422)
                .body("code", is("results-refused"))
                .body("errors[0].field", is(beas));
        var results = Map.of(
                "results",
                List.of(
                        Map.of("itemId", annas, "paid", true, "reference", "20260101"),
                        Map.of("itemId", beas, "paid", false, "failure", "账号不存在")));
        for (var times = 0; times < 2; times++) {
            post(World.FINANCE, "payouts/" + id + "/results", results)
                    .statusCode(200)
                    .body("pending", is(0))
                    .body("failed", is(1));
        }
        assertThat(world.balance(Kind.CREATOR_PAID, anna)).isEqualTo(10_000);
        assertThat(world.balance(Kind.CREATOR_PAYABLE, bea)).isEqualTo(5_000);
        assertThat(world.balance(Kind.CREATOR_PAID, bea)).isZero();
        post(
                        World.FINANCE,
                        "payouts/" + id + "/results",
                        Map.of("results", List.of(Map.of("itemId", beas, "paid", true))))
                .statusCode(422)
                .body("errors[0].reason", containsString("has failed before"));
        assertThat(as(World.AUDITOR)
                        .get("/api/v1/payout-items.csv?payout=" + id)
                        .asString())
                .contains("账号不存在")
                .contains("\r\n#END,2,15000,");

        // It came back after all, and what is payable again goes out by the new way.
        post(
                        World.FINANCE,
                        "payouts/" + id + "/results",
                        Map.of("results", List.of(Map.of("itemId", annas, "paid", false, "failure", "退票"))))
                .statusCode(200)
                .body("failed", is(2));
        var next = post(World.FINANCE, "payouts", Map.of("channel", "BANK", "creators", List.of(anna, bea)))
                .statusCode(201)
                .body("payout.netFen", is(5_000))
                .body("skipped[0].creatorId", is(anna.toString()))
                .body("skipped[0].reason", is("OTHER_CHANNEL"))
                .extract()
                .<String>path("payout.id");
        post(World.FINANCE, "payouts/" + next + "/cancel").statusCode(200).body("state", is("CANCELLED"));
        post(World.FINANCE, "payouts/" + next + "/cancel").statusCode(200);
        assertThat(world.balance(Kind.CREATOR_PAYABLE, bea)).isEqualTo(5_000);
    }

    @Test
    void eight_who_pay_at_once_pay_once() throws Exception {
        var month = world.open();
        var creators = List.of(world.creator(), world.creator(), world.creator());
        for (var creator : creators) {
            world.book(earned(unique(), creator, 1_000, month));
            world.payee(creator);
        }
        var agencies = List.of(world.agency(), world.agency());
        for (var agency : agencies) {
            world.book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, agency), 2_000L), month));
            world.payee(agency);
        }
        world.lock(month);
        var statuses = together(() -> post(
                        World.FINANCE,
                        "payouts",
                        Map.of("channel", "ALIPAY", "creators", creators, "agencies", agencies))
                .extract()
                .statusCode());
        assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
        for (var agency : agencies) {
            assertThat(world.balance(Kind.AGENCY_PAYABLE, agency)).isZero();
            assertThat(world.balance(Kind.AGENCY_PAID, agency)).isEqualTo(2_000);
        }
        for (var creator : creators) {
            assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isZero();
            assertThat(world.balance(Kind.CREATOR_PAID, creator)).isEqualTo(1_000);
        }
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute("""
                        with another as (
                            insert into payout (id, state, channel, minimum_fen, hold_days, made_by, made_at)
                            select gen_random_uuid(), 'DRAFT', 'ALIPAY', 1, 0, made_by, now() from payout limit 1 returning id)
                        insert into payout_item (id, payout_id, creator_id, gross_fen, tax_fen, net_fen, tax_method, month,
                            payee_name, payee_account, state, changed_at)
                        select gen_random_uuid(), id, ?, 1, 0, 1, 'OFF', '2016-01-01', 'x', 'x', 'PENDING', now() from another
                        """, creators.getFirst())))
                .hasMessageContaining("payout_item_one_pending_key");
    }

    @Test
    void a_payout_says_why_somebody_is_not_in_it() {
        var month = world.open();
        var creator = world.creator();
        world.book(earned(unique(), creator, 1_000, month));
        world.lock(month);
        post(World.FINANCE, "payouts", wish(creator))
                .statusCode(409)
                .body("code", is("nothing-to-pay"))
                .body("errors[0].field", is(creator.toString()))
                .body("errors[0].reason", is("NO_PAYEE, available 10.00 yuan"));
        world.payee(creator);
        post(World.FINANCE, "payouts", Map.of("channel", "ALIPAY", "holdDays", 1, "creators", List.of(creator)))
                .statusCode(409)
                .body("errors[0].reason", is("BELOW_MINIMUM, available 0.00 yuan"));
        var draft = post(World.FINANCE, "payouts", wish(creator))
                .statusCode(201)
                .extract()
                .<String>path("payout.id");
        as(World.FINANCE)
                .contentType(ContentType.JSON)
                .body(Map.of("channel", "ALIPAY", "name", "安娜", "account", "a", "blockedReason", "涉嫌作弊"))
                .put("/api/v1/payees/" + creator)
                .then()
                .statusCode(200);
        post(World.OTHER_FINANCE, "payouts/" + draft + "/approve")
                .statusCode(409)
                .body("code", is("payee-blocked"))
                .body("errors[0].reason", is("涉嫌作弊"));
        post(World.FINANCE, "payouts/" + draft + "/cancel").statusCode(200);
        post(World.FINANCE, "payouts", wish(creator))
                .statusCode(409)
                .body("errors[0].reason", is("BLOCKED, available 10.00 yuan"));
        as(World.FINANCE)
                .contentType(ContentType.JSON)
                .body(Map.of("channel", "BANK", "name", "安娜", "account", "a"))
                .put("/api/v1/payees/" + creator)
                .then()
                .statusCode(422)
                .body("code", is("payee-bank"));
    }

    @Test
    void where_somebody_is_paid_changes_before_the_export_and_an_approver_looks_again() {
        var month = world.open();
        var anna = world.creator();
        var bea = world.creator();
        world.book(earned(unique(), anna, 1_000, month), earned(unique(), bea, 2_000, month));
        world.lock(month);
        world.payee(anna);
        world.payee(bea);
        var both = Map.of("channel", "ALIPAY", "creators", List.of(anna, bea));
        var payout =
                post(World.FINANCE, "payouts", both).statusCode(201).extract().<String>path("payout.id");
        // The same said again is no change.
        world.payee(bea);
        post(World.OTHER_FINANCE, "payouts/" + payout + "/approve").statusCode(200);
        world.payee(anna, Map.of("channel", "ALIPAY", "name", "安娜", "account", "thief@example.net"));
        var item = post(World.FINANCE, "payouts/" + payout + "/export")
                .statusCode(409)
                .body("code", is("payee-changed"))
                .body("errors", hasSize(1))
                .body("errors[0].reason", containsString("now it is ALIPAY 安娜 ….net"))
                .extract()
                .<String>path("errors[0].field");
        // The draft keeps what it showed.
        get(World.AUDITOR, "payouts/" + payout + "/items")
                .body("items.find { it.id == '" + item + "' }.creatorId", is(anna.toString()))
                .body("items.find { it.id == '" + item + "' }.payeeAccount", is("….com"))
                .body("items.find { it.id == '" + item + "' }.payeeNow.account", is("….net"))
                .body("items.find { it.id != '" + item + "' }.payeeNow", nullValue());
        var confirm = Map.of("items", List.of(item));
        post(World.FINANCE, "payouts/" + payout + "/confirm-payees", confirm)
                .statusCode(409)
                .body("code", is("same-person"));
        for (var times = 0; times < 2; times++) {
            post(World.OTHER_FINANCE, "payouts/" + payout + "/confirm-payees", confirm)
                    .statusCode(200)
                    .body("state", is("APPROVED"));
        }
        // Who looked has not seen what comes later, even if it is written by a node whose clock is late.
        jdbi.useHandle(handle -> handle.execute(
                "update payee set account = '6223', changed_at = changed_at - interval '1 hour' where creator_id = ?",
                anna));
        post(World.FINANCE, "payouts/" + payout + "/export").statusCode(409).body("code", is("payee-changed"));
        post(World.OTHER_FINANCE, "payouts/" + payout + "/confirm-payees", confirm)
                .statusCode(200);
        world.payee(anna, Map.of("channel", "BANK", "name", "安娜", "account", "6222", "bank", "工商银行"));
        post(World.FINANCE, "payouts/" + payout + "/export").statusCode(409).body("code", is("payee-changed"));
        post(World.OTHER_FINANCE, "payouts/" + payout + "/confirm-payees", confirm)
                .statusCode(200);
        assertThat(new String(
                        as(World.FINANCE)
                                .post("/api/v1/payouts/" + payout + "/export")
                                .then()
                                .statusCode(200)
                                .extract()
                                .asByteArray(),
                        Charset.forName("GB18030")))
                .contains("anna" + anna + "@example.com,安娜,10.00,")
                .doesNotContain("6222");
        post(World.OTHER_FINANCE, "payouts/" + payout + "/confirm-payees", confirm)
                .statusCode(409)
                .body("code", is("payout-over"));
        List<String> audited = jdbi.withHandle(handle -> handle.createQuery("""
                        select detail -> 'items' ->> 0 from audit_entry
                        where action = 'payees-confirmed' and subject = :subject order by id
                        """)
                .bind("subject", "payout/" + payout)
                .mapTo(String.class)
                .list());
        assertThat(audited).containsExactly(item, item, item);
        // A draft is not approved either before somebody has looked.
        var second = world.creator();
        world.book(earned(unique(), second, 1_000, month.plusMonths(1)));
        world.lock(month.plusMonths(1));
        world.payee(second);
        var draft = post(World.FINANCE, "payouts", wish(second))
                .statusCode(201)
                .extract()
                .<String>path("payout.id");
        world.payee(second, Map.of("channel", "ALIPAY", "name", "别人", "account", "other@example.com"));
        post(World.OTHER_FINANCE, "payouts/" + draft + "/approve")
                .statusCode(409)
                .body("code", is("payee-changed"));
        // What was changed and changed back is as it was.
        world.payee(second);
        post(World.OTHER_FINANCE, "payouts/" + draft + "/approve").statusCode(200);
    }

    @Test
    void who_says_where_somebody_is_paid_does_not_approve_it_unless_it_went_there_before() {
        var month = world.open();
        var anna = world.creator();
        world.book(earned(unique(), anna, 1_000, month), earned(unique(), anna, 500, month.plusMonths(1)));
        world.lock(month);
        as(World.OTHER_FINANCE)
                .contentType(ContentType.JSON)
                .body(Map.of("channel", "ALIPAY", "name", "安娜", "account", "anna" + anna + "@example.com"))
                .put("/api/v1/payees/" + anna)
                .then()
                .statusCode(200);
        var first = post(World.FINANCE, "payouts", wish(anna))
                .statusCode(201)
                .extract()
                .<String>path("payout.id");
        post(World.OTHER_FINANCE, "payouts/" + first + "/approve")
                .statusCode(409)
                .body("code", is("same-person"))
                .body("errors[0].field", is(anna.toString()));
        var third = "finance-" + anna;
        QuarkusTransaction.requiringNew()
                .run(() -> people.addKey(
                        people.addPerson(third, third, Role.FINANCE, null, null).personId(), third, "test"));
        post(third, "payouts/" + first + "/approve").statusCode(200);
        as(World.FINANCE).post("/api/v1/payouts/" + first + "/export").then().statusCode(200);
        var item = get(World.FINANCE, "payouts/" + first + "/items").extract().<String>path("items[0].id");
        post(
                        World.FINANCE,
                        "payouts/" + first + "/results",
                        Map.of("results", List.of(Map.of("itemId", item, "paid", true, "reference", "1"))))
                .statusCode(200);

        world.lock(month.plusMonths(1));
        var second = post(World.FINANCE, "payouts", wish(anna))
                .statusCode(201)
                .extract()
                .<String>path("payout.id");
        post(World.OTHER_FINANCE, "payouts/" + second + "/approve").statusCode(200);
    }

    @Test
    void the_same_request_makes_one_payout() {
        var month = world.open();
        var creator = world.creator();
        world.book(earned(unique(), creator, 1_000, month));
        world.lock(month);
        world.payee(creator);
        var key = UUID.randomUUID().toString();
        var ids = new ArrayList<String>();
        for (var times = 0; times < 2; times++) {
            ids.add(as(World.FINANCE)
                    .header("Idempotency-Key", key)
                    .contentType(ContentType.JSON)
                    .body(wish(creator))
                    .post("/api/v1/payouts")
                    .then()
                    .statusCode(201)
                    .extract()
                    .path("payout.id"));
        }
        assertThat(ids.getFirst()).isEqualTo(ids.getLast());
    }

    // Tax.

    @Test
    void tax_is_withheld_from_the_day_that_was_set_and_given_back_with_what_failed() {
        var today = BusinessTime.dayOf(Instant.now());
        post(
                        World.FINANCE,
                        "tax-settings",
                        Map.of("effectiveFrom", today.minusDays(1).toString(), "method", "MONTHLY"))
                .statusCode(422)
                .body("code", is("starts-in-past"));
        var month = world.open();
        var creator = world.creator();
        world.book(earned(unique(), creator, 3_000_00, month));
        world.lock(month);
        world.payee(creator);
        // Other tests pay too: the setting is taken back at the end.
        post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today.toString(), "method", "MONTHLY"))
                .statusCode(201)
                .body("agencies", is(false))
                .body("table.freeFen", is(800_00))
                .body("table.brackets.lessFen", is(List.of(0, 2_000_00, 7_000_00)));
        try {
            post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today.toString(), "method", "OFF"))
                    .statusCode(409)
                    .body("code", is("tax-setting-exists"));
            get(World.AUDITOR, "tax-settings").body("items[0].method", is("MONTHLY"));
            var first = post(World.FINANCE, "payouts", wish(creator))
                    .statusCode(201)
                    .body("payout.grossFen", is(3_000_00))
                    .body("payout.taxFen", is(440_00))
                    .body("payout.netFen", is(2_560_00))
                    .extract()
                    .<String>path("payout.id");
            assertThat(world.balance(Kind.TAX_WITHHELD, creator)).isEqualTo(440_00);
            post(World.OTHER_FINANCE, "payouts/" + first + "/approve").statusCode(200);
            post(World.OTHER_FINANCE, "payouts/" + first + "/export").statusCode(200);
            var item =
                    get(World.FINANCE, "payouts/" + first + "/items").extract().<String>path("items[0].id");
            post(
                            World.FINANCE,
                            "payouts/" + first + "/results",
                            Map.of("results", List.of(Map.of("itemId", item, "paid", true))))
                    .statusCode(200);
            // 6,000 in one month: 960 in all.
            world.book(earned(unique(), creator, 3_000_00, month.plusMonths(1)));
            world.lock(month.plusMonths(1));
            var second = post(World.FINANCE, "payouts", wish(creator))
                    .statusCode(201)
                    .body("payout.taxFen", is(520_00))
                    .extract()
                    .<String>path("payout.id");
            assertThat(world.balance(Kind.TAX_WITHHELD, creator)).isEqualTo(960_00);
            // Made before the end of a month and sent after it, it has the tax of the wrong month.
            post(World.OTHER_FINANCE, "payouts/" + second + "/approve").statusCode(200);
            jdbi.useHandle(handle -> handle.execute(
                    "update payout_item set month = (month - interval '1 month')::date where payout_id = ?::uuid",
                    second));
            post(World.FINANCE, "payouts/" + second + "/export")
                    .statusCode(409)
                    .body("code", is("payout-taxed-for-another-month"));
            post(World.FINANCE, "payouts/" + second + "/cancel").statusCode(200);
            assertThat(world.balance(Kind.TAX_WITHHELD, creator)).isEqualTo(440_00);
            assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(3_000_00);
        } finally {
            jdbi.useHandle(handle -> handle.execute("delete from tax_setting"));
        }
    }

    @Test
    void a_year_is_one_income_by_the_cumulative_method_whatever_fails_and_comes_back() {
        var today = BusinessTime.dayOf(Instant.now()).toString();
        var month = world.open();
        var creator = world.creator();
        var agency = world.agency();
        world.book(
                earned(unique(), creator, 60_000_00, month),
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, agency), 60_000_00L), month));
        world.lock(month);
        world.payee(creator);
        world.payee(agency);
        var bracket = Map.of("aboveFen", 0, "rate", "0.03", "lessFen", 0);
        var table = new HashMap<String, Object>(Map.of(
                "freeFen", 0, "freeUpToFen", 0, "expenses", "0.2", "freePerMonthFen", 6_000_00, "gapsRestart", false));
        table.put("brackets", List.of(bracket, Map.of("aboveFen", 36_000_00, "rate", "0.1", "lessFen", 2_519_00)));
        post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today, "method", "CUMULATIVE", "table", table))
                .statusCode(422)
                .body("code", is("tax-table"))
                .body("errors[0].field", is("table.brackets[1].lessFen"))
                .body("errors[0].reason", containsString("is 252000,"));
        post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today, "method", "OFF", "table", table))
                .statusCode(422)
                .body("code", is("tax-table"));
        post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today, "method", "CUMULATIVE", "table", Map.of()))
                .statusCode(422)
                .body("errors.field", hasItem("table.brackets"));
        post(World.FINANCE, "tax-settings", Map.of("effectiveFrom", today, "method", "CUMULATIVE"))
                .statusCode(201)
                .body("table.freePerMonthFen", is(5_000_00))
                .body("table.gapsRestart", is(true))
                .body("table.brackets", hasSize(7));
        try {
            // A year ago something was paid: it is of another year. So is what failed this year.
            for (var of : List.of(Map.of("months", 12, "state", "PAID"), Map.of("months", 0, "state", "FAILED"))) {
                jdbi.useHandle(handle -> handle.createUpdate("""
                                with batch as (
                                    insert into payout (id, state, channel, minimum_fen, hold_days, made_by, made_at, cancelled_at)
                                    select gen_random_uuid(), 'CANCELLED', 'ALIPAY', 1, 0, id, now(), now() from person limit 1
                                    returning id)
                                insert into payout_item (id, payout_id, creator_id, gross_fen, tax_fen, net_fen, tax_method,
                                    month, payee_name, payee_account, state, failure, changed_at)
                                select gen_random_uuid(), id, :creator, 9000000, 90000, 8910000, 'MONTHLY',
                                    date_trunc('month', now() at time zone 'Asia/Shanghai') - make_interval(months => :months),
                                    'x', 'x', :state, case when :state = 'FAILED' then 'x' end, now() from batch
                                """)
                        .bind("creator", creator)
                        .bindMap(of)
                        .execute());
            }
            // 60,000 × 0.8 - 5,000 = 43,000, at 10 % less 2,520; nothing of the company's.
            var first = paid(creator, 60_000_00, 1_780_00);
            post(World.FINANCE, "payouts", Map.of("channel", "ALIPAY", "agencies", List.of(agency)))
                    .statusCode(201)
                    .body("payout.taxFen", is(0))
                    .body("payout.netFen", is(60_000_00));
            // A second payout in the month: 67,000 in all, at 10 % less 2,520.
            world.book(earned(unique(), creator, 30_000_00, month.plusMonths(1)));
            world.lock(month.plusMonths(1));
            paid(creator, 30_000_00, 4_180_00 - 1_780_00);
            // The first one comes back after all, and is sent again: the year's tax is the same.
            result(first, false);
            assertThat(world.balance(Kind.TAX_WITHHELD, creator)).isEqualTo(2_400_00);
            assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(60_000_00);
            paid(creator, 60_000_00, 1_780_00);
            assertThat(world.balance(Kind.TAX_WITHHELD, creator)).isEqualTo(4_180_00);
        } finally {
            jdbi.useHandle(handle -> handle.execute("delete from tax_setting"));
        }
    }

    /** Pays her all that is payable; answers the payout and its item. */
    private Map.Entry<String, String> paid(UUID creator, int gross, int tax) {
        var payout = post(World.FINANCE, "payouts", wish(creator))
                .statusCode(201)
                .body("payout.grossFen", is(gross))
                .body("payout.taxFen", is(tax))
                .extract()
                .<String>path("payout.id");
        post(World.OTHER_FINANCE, "payouts/" + payout + "/approve").statusCode(200);
        post(World.FINANCE, "payouts/" + payout + "/export").statusCode(200);
        var item = get(World.FINANCE, "payouts/" + payout + "/items").extract().<String>path("items[0].id");
        result(Map.entry(payout, item), true);
        return Map.entry(payout, item);
    }

    private void result(Map.Entry<String, String> payoutAndItem, boolean paid) {
        post(
                        World.FINANCE,
                        "payouts/" + payoutAndItem.getKey() + "/results",
                        Map.of(
                                "results",
                                List.of(Map.of("itemId", payoutAndItem.getValue(), "paid", paid, "failure", "退票"))))
                .statusCode(200);
    }

    // Adjustments by hand.

    @Test
    void a_correction_by_hand_needs_two_people_and_is_on_the_next_statement() {
        var creator = world.creator();
        var request = Map.of("creatorId", creator, "amountFen", -150, "reason", "补发样品未归还");
        post(World.FINANCE, "adjustments", Map.of("creatorId", creator, "amountFen", 0, "reason", "x"))
                .statusCode(422)
                .body("code", is("adjustment-moves-nothing"));
        post(World.FINANCE, "adjustments", Map.of("creatorId", UUID.randomUUID(), "amountFen", 1, "reason", "x"))
                .statusCode(404);
        var id = post(World.FINANCE, "adjustments", request)
                .statusCode(201)
                .body("state", is("ASKED"))
                .extract()
                .<String>path("id");
        assertThat(world.balance(Kind.CREATOR_CONFIRMED, creator)).isZero();
        post(World.FINANCE, "adjustments/" + id + "/approve").statusCode(409).body("code", is("same-person"));
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute(
                        "update adjustment set state = 'APPROVED', decided_by = asked_by, decided_at = now() where id = ?::uuid",
                        id)))
                .hasMessageContaining("adjustment_two_people");
        post(World.OTHER_FINANCE, "adjustments/" + id + "/approve")
                .statusCode(200)
                .body("state", is("APPROVED"));
        post(World.OTHER_FINANCE, "adjustments/" + id + "/reject")
                .statusCode(409)
                .body("code", is("adjustment-decided"));
        assertThat(world.balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(-150);
        var taken = post(World.FINANCE, "adjustments", request).extract().<String>path("id");
        post(World.FINANCE, "adjustments/" + taken + "/reject").statusCode(200).body("state", equalTo("REJECTED"));
        assertThat(world.balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(-150);
        get(World.AUDITOR, "adjustments").body("items.id", hasItem(id));

        // The answer is lost with the process, and with it what was kept of the request.
        var key = UUID.randomUUID().toString();
        var asked = once(key, request).statusCode(201).extract().<String>path("id");
        jdbi.useHandle(handle -> handle.execute("delete from idempotency_key where key = ?", key));
        once(key, request).statusCode(201).body("id", is(asked));
        jdbi.useHandle(handle -> handle.execute("delete from idempotency_key where key = ?", key));
        once(key, Map.of("creatorId", creator, "amountFen", 7, "reason", "x"))
                .statusCode(422)
                .body("code", is("idempotency-key-reused"));
    }

    private static ValidatableResponse once(String key, Map<String, ?> request) {
        return as(World.FINANCE)
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(request)
                .post("/api/v1/adjustments")
                .then();
    }
}
