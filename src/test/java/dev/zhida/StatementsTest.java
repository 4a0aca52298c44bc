package dev.zhida;

import static dev.zhida.SettlementWorld.account;
import static dev.zhida.SettlementWorld.as;
import static dev.zhida.SettlementWorld.earned;
import static dev.zhida.SettlementWorld.get;
import static dev.zhida.SettlementWorld.item;
import static dev.zhida.SettlementWorld.orderNo;
import static dev.zhida.SettlementWorld.post;
import static dev.zhida.SettlementWorld.shared;
import static dev.zhida.SettlementWorld.unique;
import static dev.zhida.SettlementWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.identity.People;
import dev.zhida.intake.Intake;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Ledger;
import dev.zhida.money.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements over HTTP against a real PostgreSQL: what a month brought, later news of it, debts, agencies, files. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class StatementsTest {

    private static final int HISTORIES = Integer.getInteger("zhida.property.stored", 50);

    @Inject
    SettlementWorld world;

    @Inject
    People people;

    @Inject
    Ledger ledger;

    @Inject
    Intake intake;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    @Test
    void a_statement_tells_what_a_month_brought_and_later_news_are_adjustments_of_it() {
        var month = world.open();
        var item = item();
        var pid = world.pid(item);
        var order = orderNo();
        var at = Instant.now().minusSeconds(3_600);
        world.report(order, item, pid, "20.00", month, at);
        UUID creator = people.personOf(World.CREATOR).orElseThrow().creatorId();
        var open = as(World.FINANCE).get("/api/v1/commissions.csv?period=" + month);
        assertThat(open.header("ETag")).isNull();
        world.lock(month);

        // 20.00, less a tenth, seven tenths of it.
        var first = world.statement(creator, month);
        assertThat(first)
                .containsEntry("openingFen", 0)
                .containsEntry("ordersFen", 1260)
                .containsEntry("adjustmentsFen", 0)
                .containsEntry("closingFen", 1260)
                .containsEntry("feeFen", 200)
                .containsEntry("lines", 1)
                .containsEntry("version", 1);
        assertThat((String) first.get("evidenceHead")).matches("[0-9a-f]{64}");
        get(World.CREATOR, "evidence").body("items.head", hasItem(first.get("evidenceHead")));
        get(World.CREATOR, "statements/" + first.get("id") + "/lines")
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].kind", is("ORDER"))
                .body("items[0].orderNo", is(order))
                .body("items[0].amountFen", is(1260))
                .body("items[0].platform", is("WEIBO"))
                .body("items[0].medium", is("LINK"))
                .body("items[0].code", notNullValue());
        get(World.OTHER_CREATOR, "statements/" + first.get("id"))
                .statusCode(404)
                .body("code", is("statement-not-found"));
        get(World.OTHER_CREATOR, "statements/" + first.get("id") + "/lines").statusCode(404);
        get(World.OTHER_CREATOR, "statements?creator=" + creator).body("items", hasSize(0));

        var files = List.of(
                "commissions.csv?period=" + month,
                "statements.csv?period=" + month,
                "statement-lines.csv?period=" + month,
                "statement-lines.csv?statement=" + first.get("id"));
        var before = files.stream()
                .map(file -> as(World.FINANCE).get("/api/v1/" + file))
                .toList();

        // The marketplace takes a half of it back.
        world.report(order, item, pid, "10.00", month, at.plusSeconds(60));
        world.lock(month.plusMonths(1));
        var second = world.statement(creator, month.plusMonths(1));
        assertThat(second)
                .containsEntry("openingFen", 1260)
                .containsEntry("ordersFen", 0)
                .containsEntry("adjustmentsFen", -630)
                .containsEntry("closingFen", 630);
        get(World.FINANCE, "statements/" + second.get("id") + "/lines")
                .body("items[0].kind", is("ADJUSTMENT"))
                .body("items[0].originalPeriod", is(month.toString()))
                .body("items[0].originalStatement", is(first.get("id")))
                .body("items[0].orderNo", is(order));
        assertThat(world.statement(creator, month)).isEqualTo(first);

        for (var i = 0; i < files.size(); i++) {
            var again = as(World.FINANCE).get("/api/v1/" + files.get(i));
            assertThat(again.asByteArray())
                    .as(files.get(i))
                    .isEqualTo(before.get(i).asByteArray());
            assertThat(again.header("ETag"))
                    .startsWith("\"")
                    .isEqualTo(before.get(i).header("ETag"));
            // Everybody who ever had a balance has a statement; the order is one line of the rest.
            assertThat(again.asString()).contains(i == 1 ? "\r\n#END," : "\r\n#END,1,");
        }
        assertThat(before.getFirst().asString())
                .contains(order + "\t,")
                .contains(",'=大衣,")
                .contains(",12.60,1260,");
        // Whoever sees less gets another file.
        var hers = as(World.OTHER_CREATOR).get("/api/v1/" + files.getFirst());
        assertThat(hers.asString()).contains("\r\n#END,0,0,");
        assertThat(hers.header("ETag")).isNotEqualTo(before.getFirst().header("ETag"));
        get(World.FINANCE, "commissions?period=" + month)
                .body("items.find { it.orderNo == '" + order + "' }.amountFen", is(1260));
        get(World.FINANCE, "commissions").body("items.find { it.orderNo == '" + order + "' }.amountFen", is(630));
        // One that comes when its month is closed belongs to the open one, and to the file of that when it is closed.
        var late = orderNo();
        world.report(late, item, pid, "5.00", month, at);
        var openMonth = world.open();
        for (var closed = 0; closed < 2; closed++) {
            get(World.FINANCE, "commissions?period=" + openMonth)
                    .body("items.orderNo", is(List.of(late)))
                    .body("items.period", is(List.of(openMonth.toString())));
            assertThat(as(World.FINANCE)
                            .get("/api/v1/commissions.csv?period=" + openMonth)
                            .asString())
                    .contains("\r\n#END,1,315,");
            if (closed == 0) {
                get(World.FINANCE, "commissions")
                        .body("items.find { it.orderNo == '" + late + "' }.period", is(openMonth.toString()));
                world.lock(openMonth);
            }
        }
        get(World.FINANCE, "commissions?period=" + month).body("items.orderNo", is(List.of(order)));
        parts(files.getFirst(), before.getFirst());
        formats(files.getFirst(), before.getFirst());
        reconcile(order, month);
    }

    private void parts(String file, Response whole) {
        var tag = whole.header("ETag");
        var bytes = whole.asByteArray();
        as(World.FINANCE)
                .header("If-None-Match", tag)
                .get("/api/v1/" + file)
                .then()
                .statusCode(304)
                .header("ETag", tag);
        var head = as(World.FINANCE).header("Range", "bytes=0-99").get("/api/v1/" + file);
        var middle = as(World.FINANCE)
                .header("Range", "bytes=100-" + (bytes.length - 11))
                .header("If-Range", tag)
                .get("/api/v1/" + file);
        var tail = as(World.FINANCE).header("Range", "bytes=-10").get("/api/v1/" + file);
        assertThat(head.statusCode()).isEqualTo(206);
        assertThat(head.header("Content-Range")).isEqualTo("bytes 0-99/" + bytes.length);
        var joined = new ByteArrayOutputStream();
        for (var part : List.of(head, middle, tail)) {
            joined.writeBytes(part.asByteArray());
        }
        assertThat(joined.toByteArray()).isEqualTo(bytes);
        as(World.FINANCE)
                .header("Range", "bytes=" + bytes.length + "-")
                .get("/api/v1/" + file)
                .then()
                .statusCode(416)
                .header("Content-Range", "bytes */" + bytes.length);
        var changed = as(World.FINANCE)
                .header("Range", "bytes=0-9")
                .header("If-Range", "\"another\"")
                .get("/api/v1/" + file);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.asByteArray()).isEqualTo(bytes);
    }

    private void formats(String file, Response whole) {
        var gb = as(World.FINANCE).get("/api/v1/" + file + "&charset=gb18030");
        assertThat(new String(gb.asByteArray(), Charset.forName("GB18030"))).startsWith("订单行 orderLineId,");
        assertThat(gb.header("ETag")).isNotEqualTo(whole.header("ETag"));
        var chosen = as(World.FINANCE).get("/api/v1/" + file + "&columns=amount,orderNo&format=raw");
        assertThat(new String(chosen.asByteArray(), StandardCharsets.UTF_8))
                .startsWith("\uFEFF应计 amount,应计(分) amountFen,订单编号 orderNo\r\n12.60,1260,");
        get(World.FINANCE, file + "&columns=amount,salary").statusCode(422).body("code", is("column-unknown"));
        get(World.FINANCE, file + "&charset=latin1").statusCode(422);
        get(World.FINANCE, "commissions.csv?period=soon").statusCode(422).body("errors[0].field", is("period"));
        get(World.FINANCE, "commissions?period=soon").statusCode(422).body("errors[0].field", is("period"));
        get(World.FINANCE, "statement-lines.csv").statusCode(422).body("code", is("statement-or-period-needed"));
        var sheet = as(World.FINANCE).get("/api/v1/" + file.replace(".csv", ".xlsx") + "&columns=item,amount");
        try (var book = new ReadableWorkbook(new ByteArrayInputStream(sheet.asByteArray()))) {
            var rows = book.getFirstSheet().read();
            assertThat(rows.get(1).getCellText(0)).isEqualTo("=大衣");
            assertThat(rows.get(1).getCellAsNumber(1)).contains(new java.math.BigDecimal("12.60"));
            assertThat(rows.get(2).getCellText(0)).isEqualTo("#END");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void reconcile(String order, YearMonth month) {
        var file = "订单编号,结算佣金,技术服务费\n" + order + ",10.00,1.00\n999,6.00,0.60\n";
        String id = as(World.FINANCE)
                .multiPart("file", "结算.csv", file.getBytes(StandardCharsets.UTF_8))
                .multiPart("marketplace", "TAOBAO")
                .multiPart("period", month.toString())
                .post("/api/v1/reconciliations")
                .then()
                .statusCode(201)
                .body("matched", is(1))
                .body("onlyThere", is(1))
                .body("onlyHere", is(1))
                .body("different", is(0))
                .body("remainderFen", is(90))
                .extract()
                .path("id");
        get(World.AUDITOR, "reconciliations/" + id + "/rows?kind=ONLY_THERE")
                .body("items", hasSize(1))
                .body("items[0].key", is("999"))
                .body("items[0].differenceFen", is(540));
        get(World.AUDITOR, "reconciliations").body("items.id", hasItem(id));
        assertThat(as(World.FINANCE)
                        .get("/api/v1/reconciliation-rows.csv?reconciliation=" + id)
                        .asString())
                .contains("999\t,ONLY_THERE,,,,,6.00,600,0.60,60,5.40,540\r\n#END,3,90,");
        as(World.FINANCE)
                .multiPart("file", "结算.csv", "x,y\n".getBytes(StandardCharsets.UTF_8))
                .multiPart("marketplace", "TAOBAO")
                .multiPart("period", month.toString())
                .post("/api/v1/reconciliations")
                .then()
                .statusCode(422)
                .body("code", is("columns-missing"));
    }

    @Test
    void who_loses_a_line_is_told_what_her_own_statement_said_of_it_and_nothing_of_who_has_it_now() {
        var month = world.open();
        var item = item();
        var hers = world.kit(World.CREATOR, item);
        var others = world.kit(World.LONELY_CREATOR, item);
        UUID creator = people.personOf(World.CREATOR).orElseThrow().creatorId();
        UUID lonely = people.personOf(World.LONELY_CREATOR).orElseThrow().creatorId();
        var order = orderNo();
        world.report(order, item, hers.path("placements[0].slot.value"), "20.00", month, Instant.now());
        world.lock(month);
        var code = hers.<String>path("placements[0].code");
        var before = world.statement(creator, month);
        get(World.CREATOR, "statements/" + before.get("id") + "/lines").body("items[0].code", is(code));
        UUID line = jdbi.withHandle(handle -> handle.createQuery("select id from order_line where order_no = :order")
                .bind("order", order)
                .mapTo(UUID.class)
                .one());
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update slot_lease l set placement_id = p.id, creator_id = p.creator_id
                        from placement p, attribution a
                        where p.code = :code and a.order_line_id = :line and a.current and l.id = a.lease_id
                        """)
                .bind("code", others.<String>path("placements[0].code"))
                .bind("line", line)
                .execute());
        intake.redo(List.of(line));
        world.lock(month.plusMonths(1));
        var after = world.statement(creator, month.plusMonths(1));
        assertThat(after).containsEntry("adjustmentsFen", -1260);
        get(World.CREATOR, "statements/" + after.get("id") + "/lines")
                .body("items[0].kind", is("ADJUSTMENT"))
                .body("items[0].code", is(code))
                .body("items[0].feeFen", is(200));
        var received = world.statement(lonely, month.plusMonths(1));
        get(World.LONELY_CREATOR, "statements/" + received.get("id") + "/lines")
                .body("items[0].kind", is("ORDER"))
                .body("items[0].amountFen", is(1260))
                .body("items[0].code", is(others.<String>path("placements[0].code")));
    }

    @Test
    void what_is_taken_back_is_taken_out_of_the_month_that_it_came_into() {
        var creator = world.creator();
        var source = unique();
        var month = world.open();
        world.book(earned(source, creator, 1_000, month.plusMonths(1)));
        // It is invalid after all, and the marketplace tells only when the buyer paid.
        world.book(earned(source, creator, 0, month));
        world.book(earned(unique(), creator, 300, month));
        world.lock(month);
        assertThat(world.statement(creator, month)).containsEntry("closingFen", 300);
        world.lock(month.plusMonths(1));
        assertThat(world.statement(creator, month.plusMonths(1)))
                .containsEntry("openingFen", 300)
                .containsEntry("closingFen", 300);
    }

    @Test
    void a_debt_is_carried_until_it_is_earned_back() {
        var month = world.open();
        var creator = world.creator();
        var source = unique();
        world.book(earned(source, creator, 500, month));
        world.lock(month);
        world.payee(creator);
        post(World.FINANCE, "payouts", wish(creator)).statusCode(201).body("payout.netFen", is(500));
        // All of it comes back after it was paid. The payout is of now, long after the months that are locked here.
        world.book(earned(source, creator, -200, month));
        world.lock(month.plusMonths(1));
        assertThat(world.statement(creator, month.plusMonths(1)))
                .containsEntry("openingFen", 500)
                .containsEntry("adjustmentsFen", -700)
                .containsEntry("closingFen", -200);
        assertThat(world.balance(Kind.CLAWBACK_DEBT, creator)).isEqualTo(-200);
        world.book(earned(unique(), creator, 1_000, month.plusMonths(2)));
        world.lock(month.plusMonths(2));
        assertThat(world.statement(creator, month.plusMonths(2)))
                .containsEntry("openingFen", -200)
                .containsEntry("closingFen", 800);
        assertThat(world.balance(Kind.CLAWBACK_DEBT, creator)).isZero();
        assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(300);
    }

    // Agencies.

    @Test
    void what_agencies_were_left_by_months_locked_without_their_statements_is_on_the_next() {
        var month = world.open();
        var owed = world.agency();
        var owing = world.agency();
        world.book(
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owed), 700L), month),
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owing), -300L), month));
        // As months were locked before agencies had statements.
        QuarkusTransaction.requiringNew().run(() -> ledger.lock(month, Instant.now()));
        var next = month.plusMonths(1);
        world.book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owed), -200L), next));
        world.lock(next);
        agencyStands(owed, next, 700, 500, 500, 0);
        // It earned nothing in that month, but it owes what it owed.
        agencyStands(owing, next, -300, -300, 0, -300);
        world.book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owing), 1_000L), next.plusMonths(1)));
        world.lock(next.plusMonths(1));
        agencyStands(owing, next.plusMonths(1), -300, 700, 700, 0);
        agencyStands(owed, next.plusMonths(1), 500, 500, 500, 0);
    }

    private void agencyStands(UUID agency, YearMonth month, int opening, int closing, long payable, long debt) {
        get(World.FINANCE, "statements?agency=" + agency + "&period=" + month)
                .body("items.openingFen", is(List.of(opening)))
                .body("items.closingFen", is(List.of(closing)));
        assertThat(List.of(
                        world.balance(Kind.AGENCY_CONFIRMED, agency),
                        world.balance(Kind.AGENCY_PAYABLE, agency),
                        world.balance(Kind.AGENCY_DEBT, agency)))
                .containsExactly(0L, payable, debt);
    }

    @Test
    void an_agency_has_statements_of_its_creators_lines_and_is_paid_like_a_creator() {
        var month = world.open();
        var agency = world.agency();
        UUID creator = people.personOf(World.OTHER_CREATOR).orElseThrow().creatorId();
        // Older than a rule can be made over the API, because the lines are.
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into commission_rule (name, creator_id, kind, creator_share, agency_id, agency_share, effective_from)
                        values ('机构', :creator, 'PERCENT', 0.7, :agency, 0.3, '2010-01-01')
                        """)
                .bind("creator", creator)
                .bind("agency", agency)
                .execute());
        var item = item();
        var kit = world.kit(World.OTHER_CREATOR, item);
        var order = orderNo();
        var at = Instant.now().minusSeconds(3_600);
        world.report(order, item, kit.path("placements[0].slot.value"), "20.00", month, at);
        // 20.00 less a tenth, seven tenths of it, and three tenths of that.
        assertThat(world.balance(Kind.AGENCY_CONFIRMED, agency)).isEqualTo(378);
        world.lock(month);
        assertThat(world.balance(Kind.AGENCY_CONFIRMED, agency)).isZero();
        get(World.AUDITOR, "balances")
                .body("items.find { it.owner == '" + agency + "' && it.kind == 'AGENCY_PAYABLE' }.fen", is(378))
                .body("agenciesFen", greaterThanOrEqualTo(378));
        assertThat(world.statement(creator, month)).containsEntry("ordersFen", 882);
        var statement = get(World.FINANCE, "statements?agency=" + agency)
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].creatorId", nullValue())
                .body("items[0].agencyId", is(agency.toString()))
                .body("items[0].ordersFen", is(378))
                .body("items[0].closingFen", is(378))
                .extract();
        var id = statement.<String>path("items[0].id");
        get(World.AUDITOR, "evidence?limit=200")
                .body("items.find { it.ownerId == '" + agency + "' }.kind", is("AGENCY"))
                .body(
                        "items.find { it.ownerId == '" + agency + "' }.head",
                        is(statement.<String>path("items[0].evidenceHead")));
        get(World.FINANCE, "statements/" + id + "/lines")
                .body("items", hasSize(1))
                .body("items[0].orderNo", is(order))
                .body("items[0].creatorId", is(creator.toString()))
                .body("items[0].creatorName", is(World.OTHER_CREATOR))
                .body("items[0].code", is(kit.<String>path("placements[0].code")));
        assertThat(as(World.FINANCE)
                        .get("/api/v1/statement-lines.csv?columns=agencyId,creator,orderNo,amount&statement=" + id)
                        .asString())
                .contains("\r\n" + agency + "," + World.OTHER_CREATOR + "," + order + "\t,3.78,378\r\n#END,1,378,");
        assertThat(as(World.FINANCE)
                        .get("/api/v1/statements.csv?columns=agencyId,closing&period=" + month)
                        .asString())
                .contains("\r\n" + agency + ",3.78,378\r\n");
        // It is nobody else's.
        get(World.OTHER_CREATOR, "statements/" + id).statusCode(404);
        get(World.OTHER_CREATOR, "statements?agency=" + agency).body("items", hasSize(0));
        assertThat(as(World.OTHER_CREATOR)
                        .get("/api/v1/statement-lines.csv?statement=" + id)
                        .asString())
                .contains("#END,0,0,");
        // The parts of the line are the whole that the marketplace has settled.
        as(World.FINANCE)
                .multiPart(
                        "file",
                        "结算.csv",
                        ("订单编号,结算佣金,技术服务费\n" + order + ",20.00,2.00\n").getBytes(StandardCharsets.UTF_8))
                .multiPart("marketplace", "TAOBAO")
                .multiPart("period", month.toString())
                .post("/api/v1/reconciliations")
                .then()
                .statusCode(201)
                .body("matched", is(1))
                .body("remainderFen", is(0));

        var wish = Map.of("channel", "BANK", "agencies", List.of(agency), "minimumFen", 378);
        post(World.FINANCE, "payouts", Map.of("channel", "BANK", "agencies", List.of(agency), "minimumFen", 379))
                .statusCode(409)
                .body("errors[0].field", is(agency.toString()))
                .body("errors[0].reason", is("BELOW_MINIMUM, available 3.78 yuan"));
        post(World.FINANCE, "payouts", wish).body("errors[0].reason", is("NO_PAYEE, available 3.78 yuan"));
        world.payee(agency, Map.of("channel", "BANK", "name", "某某传媒", "account", "622201", "bank", "工商银行"));
        get(World.FINANCE, "payees/" + agency).statusCode(200).body("name", is("某某传媒"));
        var payout = post(World.FINANCE, "payouts", wish)
                .statusCode(201)
                .body("payout.netFen", is(378))
                .extract()
                .<String>path("payout.id");
        post(World.OTHER_FINANCE, "payouts/" + payout + "/approve").statusCode(200);
        assertThat(new String(
                        as(World.FINANCE)
                                .post("/api/v1/payouts/" + payout + "/export")
                                .asByteArray(),
                        Charset.forName("GB18030")))
                .contains(",622201,某某传媒,工商银行,3.78,");
        var items = get(World.FINANCE, "payouts/" + payout + "/items")
                .body("items[0].agencyId", is(agency.toString()))
                .body("items[0].creatorId", nullValue())
                .extract();
        post(
                        World.FINANCE,
                        "payouts/" + payout + "/results",
                        Map.of("results", List.of(Map.of("itemId", items.<String>path("items[0].id"), "paid", true))))
                .statusCode(200);
        assertThat(world.balance(Kind.AGENCY_PAID, agency)).isEqualTo(378);
        assertThat(as(World.FINANCE)
                        .get("/api/v1/payout-items.csv?columns=agency,net&payout=" + payout)
                        .asString())
                .contains(",3.78,378\r\n#END,1,378,");

        // The marketplace takes a half back, and finance a little more by hand: the agency owes it.
        world.report(order, item, kit.path("placements[0].slot.value"), "10.00", month, at.plusSeconds(60));
        post(
                        World.FINANCE,
                        "adjustments",
                        Map.of("creatorId", creator, "agencyId", agency, "amountFen", -11, "reason", "x"))
                .statusCode(422)
                .body("code", is("holder-needed"));
        post(World.FINANCE, "adjustments", Map.of("agencyId", creator, "amountFen", -11, "reason", "x"))
                .statusCode(404)
                .body("code", is("agency-not-found"));
        var adjustment = post(
                        World.FINANCE, "adjustments", Map.of("agencyId", agency, "amountFen", -11, "reason", "样品费"))
                .statusCode(201)
                .body("agencyId", is(agency.toString()))
                .extract()
                .<String>path("id");
        post(World.OTHER_FINANCE, "adjustments/" + adjustment + "/approve").statusCode(200);
        assertThat(world.balance(Kind.AGENCY_CONFIRMED, agency)).isEqualTo(-189 - 11);
        world.lock(month.plusMonths(1));
        get(World.FINANCE, "statements?agency=" + agency + "&period=" + month.plusMonths(1))
                .body("items[0].openingFen", is(378))
                .body("items[0].adjustmentsFen", is(-189))
                .body("items[0].closingFen", is(189));
    }

    // Generated histories.

    /** A creator and the agency that has three tenths of what she brings. */
    private record Pair(UUID creator, UUID agency) {

        Map<Account, Long> parts(long fen) {
            var creators =
                    Money.ofFen(Math.abs(fen)).split(List.of(7L, 3L)).getFirst().fen() * Long.signum(fen);
            return Map.of(
                    account(Kind.CREATOR_CONFIRMED, creator),
                    creators,
                    account(Kind.AGENCY_CONFIRMED, agency),
                    fen - creators);
        }
    }

    @Test
    void in_any_history_a_balance_is_the_last_statement_and_the_open_month_and_parts_sum_to_the_whole() {
        var random = new Random(20_260_618);
        var pairs = new ArrayList<Pair>();
        for (var i = 0; i < HISTORIES; i++) {
            // Some agencies have two creators, who come and go.
            pairs.add(new Pair(world.creator(), i % 3 == 2 ? pairs.get(i - 1).agency() : world.agency()));
        }
        var sources = new HashMap<Pair, List<String>>();
        var whole = new HashMap<String, Long>();
        var frozen = new HashMap<YearMonth, String>();
        for (var round = 0; round < 12; round++) {
            for (var pair : pairs) {
                var own = sources.computeIfAbsent(pair, c -> new ArrayList<>());
                for (var i = random.nextInt(3); i > 0; i--) {
                    var again = !own.isEmpty() && random.nextBoolean();
                    var source = again ? own.get(random.nextInt(own.size())) : unique();
                    own.add(source);
                    var fen = random.nextInt(-300, 700);
                    whole.put(source, (long) fen);
                    world.book(shared(source, pair.parts(fen), world.open().plusMonths(random.nextInt(-2, 2))));
                }
            }
            if (round % 2 == 1) {
                var month = world.open();
                world.lock(month);
                frozen.put(month, contents(month));
                for (var i = 0; i < 3; i++) {
                    payOrNot("creators", pairs.get(random.nextInt(pairs.size())).creator(), random);
                    payOrNot("agencies", pairs.get(random.nextInt(pairs.size())).agency(), random);
                }
            }
        }
        frozen.forEach((month, contents) -> assertThat(contents(month)).isEqualTo(contents));
        var last = world.open().minusMonths(1);
        var all = 0L;
        for (var creator : pairs.stream().map(Pair::creator).toList()) {
            all += owed("creator", creator, last, Kind.CREATOR_CONFIRMED, Kind.CREATOR_PAYABLE, Kind.CLAWBACK_DEBT);
            all += world.balance(Kind.CREATOR_PAID, creator);
        }
        for (var agency : pairs.stream().map(Pair::agency).distinct().toList()) {
            all += owed("agency", agency, last, Kind.AGENCY_CONFIRMED, Kind.AGENCY_PAYABLE, Kind.AGENCY_DEBT);
            all += world.balance(Kind.AGENCY_PAID, agency);
        }
        assertThat(all)
                .isEqualTo(whole.values().stream().mapToLong(Long::longValue).sum());
    }

    /** What the books have for somebody: the last statement, which carries on all before it, and the open months. */
    private long owed(String who, UUID id, YearMonth last, Kind... kinds) {
        var rows = get(World.FINANCE, "statements?" + who + "=" + id)
                .extract()
                .jsonPath()
                .<Map<String, Object>>getList("items");
        var carried = 0L;
        for (var row : rows.reversed()) {
            assertThat(row).containsEntry(who + "Id", id.toString());
            assertThat(fen(row, "openingFen")).isEqualTo(carried);
            carried = fen(row, "closingFen");
        }
        var owed = 0L;
        for (var kind : kinds) {
            owed += world.balance(kind, id);
        }
        assertThat(owed).isEqualTo(carried + openMonths(id, last, kinds));
        return owed;
    }

    private static long fen(Map<String, Object> row, String field) {
        return ((Number) row.get(field)).longValue();
    }

    /** Pays what can be paid, if anything can, and thinks better of it half of the time. */
    private void payOrNot(String who, UUID holder, Random random) {
        world.payee(holder);
        var made = post(World.FINANCE, "payouts", Map.of("channel", "ALIPAY", "minimumFen", 1, who, List.of(holder)))
                .extract();
        if (made.statusCode() == 201 && random.nextBoolean()) {
            post(World.FINANCE, "payouts/" + made.path("payout.id") + "/cancel").statusCode(200);
        } else {
            assertThat(made.statusCode()).isIn(201, 409);
        }
    }

    /** What moved on the accounts since the last statement. */
    private long openMonths(UUID owner, YearMonth lastLocked, Kind... kinds) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select coalesce(sum(case when a.id = t.credit_id then t.amount_fen else -t.amount_fen end), 0)
                        from ledger_transfer t join ledger_account a on a.id in (t.debit_id, t.credit_id)
                        where a.kind = any(:kinds) and a.owner = :owner and t.month > :last
                        """)
                .bindArray(
                        "kinds", String.class, Stream.of(kinds).map(Enum::name).toList())
                .bind("owner", owner.toString())
                .bind("last", lastLocked.atDay(1))
                .mapTo(Long.class)
                .one());
    }

    /** Everything that a month is made of. */
    private String contents(YearMonth month) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select md5(string_agg(text, '|' order by text)) from (
                            select t::text text from ledger_transfer t where month = :month
                            union all select s::text from statement s where month = :month
                            union all select l::text from statement_line l join statement s on s.id = l.statement_id
                                where s.month = :month) all_of_it
                        """)
                .bind("month", month.atDay(1))
                .mapTo(String.class)
                .one());
    }
}
