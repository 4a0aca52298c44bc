package dev.zhida;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.database.Retries;
import dev.zhida.identity.People;
import dev.zhida.intake.Intake;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.marketplace.taobao.TaobaoReportFixture;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ExtractableResponse;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the books to people, over HTTP against a real PostgreSQL; its months are locked one after the other. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class SettlementTest {

    private static final int HISTORIES = Integer.getInteger("zhida.property.stored", 50);
    private static final int THREADS = 8;
    private static final YearMonth BEFORE = YearMonth.of(2015, 12);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    Ledger ledger;

    @Inject
    Intake intake;

    @Inject
    Retries retries;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
        if (ledger.lastLocked().isEmpty()) {
            book(earned(unique(), creator(), 1, BEFORE));
            lock(BEFORE);
        }
    }

    private static io.restassured.specification.RequestSpecification as(String key) {
        return given().header("Authorization", "Bearer " + key);
    }

    private static ValidatableResponse post(String key, String path, Object body) {
        return as(key).contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/" + path)
                .then();
    }

    private static ValidatableResponse post(String key, String path) {
        return as(key).post("/api/v1/" + path).then();
    }

    private static ValidatableResponse get(String key, String path) {
        return as(key).get("/api/v1/" + path).then();
    }

    /** The month that is locked next. */
    private YearMonth open() {
        return ledger.lastLocked().orElseThrow().plusMonths(1);
    }

    private void lock(YearMonth month) {
        post(World.FINANCE, "periods/" + month + "/lock").statusCode(202).body("state", is("LOCK_ASKED"));
        post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(200)
                .body("state", is("LOCKED"));
    }

    private UUID creator() {
        return people.addCreator("creator");
    }

    private static Account account(Kind kind, UUID creator) {
        return new Account(kind, creator.toString());
    }

    /** What the source has earned for her in all. */
    private static Target earned(String source, UUID creator, long fen, YearMonth month) {
        return shared(source, Map.of(account(Kind.CREATOR_CONFIRMED, creator), fen), month);
    }

    /** What the source has earned for each of them in all. */
    private static Target shared(String source, Map<Account, Long> fenByAccount, YearMonth month) {
        var shop = new Account(Kind.RECEIVABLE, "TAOBAO");
        var flows = new HashMap<Flow, Money>();
        fenByAccount.forEach((account, fen) -> {
            if (fen > 0) {
                flows.put(new Flow(shop, account), Money.ofFen(fen));
            } else if (fen < 0) {
                flows.put(new Flow(account, shop), Money.ofFen(-fen));
            }
        });
        return new Target(source, flows, month, "test");
    }

    private void book(Target... targets) {
        QuarkusTransaction.requiringNew().run(() -> ledger.post(List.of(targets), Instant.now()));
    }

    private long balance(Kind kind, UUID creator) {
        return ledger.balances(List.of(kind))
                .getOrDefault(account(kind, creator), Money.ZERO)
                .fen();
    }

    private Map<String, Object> statement(UUID creator, YearMonth month) {
        return get(World.FINANCE, "statements?creator=" + creator + "&period=" + month)
                .statusCode(200)
                .body("items", hasSize(1))
                .extract()
                .jsonPath()
                .getMap("items[0]");
    }

    private static String unique() {
        return "test/" + UUID.randomUUID();
    }

    private void payee(UUID creator) {
        payee(creator, Map.of("channel", "ALIPAY", "name", "安娜", "account", "anna" + creator + "@example.com"));
    }

    private void payee(UUID holder, Map<String, String> payee) {
        as(World.FINANCE)
                .contentType(ContentType.JSON)
                .body(payee)
                .put("/api/v1/payees/" + holder)
                .then()
                .statusCode(200);
    }

    private static Map<String, Object> wish(UUID creator) {
        return Map.of("channel", "ALIPAY", "minimumFen", 1, "creators", List.of(creator));
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

    // Months.

    @Test
    void months_are_locked_in_their_order_by_two_people_and_every_no_says_why() {
        var month = open();
        book(earned(unique(), creator(), 100, month));
        var now = BusinessTime.monthOf(Instant.now());

        post(World.FINANCE, "periods/" + now + "/lock").statusCode(409).body("code", is("month-not-over"));
        post(World.FINANCE, "periods/" + month.plusMonths(1) + "/lock")
                .statusCode(409)
                .body("code", is("earlier-month-open"))
                .body("detail", containsString("lock " + month + " first"));
        post(World.FINANCE, "periods/" + month.minusMonths(1) + "/lock").statusCode(409);
        post(World.FINANCE, "periods/2026-13/lock").statusCode(422);
        post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(409)
                .body("code", is("lock-not-asked"));

        post(World.FINANCE, "periods/" + month + "/lock").statusCode(202).body("state", is("LOCK_ASKED"));
        post(World.FINANCE, "periods/" + month + "/lock").statusCode(202);
        post(World.FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(409)
                .body("code", is("same-person"));
        // The table says so too.
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute(
                        "update month_lock set approved_by = asked_by, approved_at = now() where month = ?",
                        month.atDay(1))))
                .hasMessageContaining("month_lock_two_people");

        post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(200)
                .body("state", is("LOCKED"))
                .body("statements", greaterThan(0));
        post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                .statusCode(409)
                .body("code", is("month-locked"));
        get(World.AUDITOR, "periods/" + month).statusCode(200).body("state", is("LOCKED"));
        get(World.AUDITOR, "periods")
                .statusCode(200)
                .body("items[0].period", is(now.toString()))
                .body("items.find { it.period == '" + month.plusMonths(1) + "' }.refusal", nullValue())
                .body("items.find { it.period == '" + month.plusMonths(2) + "' }.refusal", notNullValue());
        long entries = jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from audit_entry where action = 'month-locked' and subject = :subject")
                .bind("subject", "month/" + month)
                .mapTo(Long.class)
                .one());
        assertThat(entries).isEqualTo(1);
    }

    @Test
    void nothing_of_a_locked_month_is_ever_changed() {
        var month = open();
        var creator = creator();
        book(earned(unique(), creator, 100, month));
        lock(month);
        for (var statement : List.of(
                "update statement set closing_fen = closing_fen + 1",
                "delete from statement_line",
                "update statement_line set amount_fen = 1",
                "truncate statement_line, statement",
                "insert into statement (id, creator_id, agency_id, month, opening_fen, paid_fen, tax_fen, closing_fen, held_fen, "
                        + "locked_at, version) select gen_random_uuid(), creator_id, agency_id, month, 0, 0, 0, 0, 0, now(), 2 from statement",
                "insert into statement_line (statement_id, source, kind, amount_fen, reason) "
                        + "select id, 'x', 'OTHER', 1, 'x' from statement",
                "insert into closed_commission (month, order_line_id, order_no, parent_no, marketplace, status, paid_fen, "
                        + "estimated_fen, settled_fen, amount_fen, fee_fen, fee_assumed, confidence) "
                        + "values ('2016-01-01', gen_random_uuid(), '1', '1', 'JD', 'PAID', 1, 1, 1, 1, 1, false, 'NONE')",
                "delete from ledger_month_lock")) {
            assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute(statement)))
                    .as(statement)
                    .rootCause()
                    .message()
                    .matches("(?s).*(is locked|never).*");
        }
        // What belongs to it, or to a month before any that was ever locked, is posted in the open one.
        var late = unique();
        book(earned(late, creator, 7, month), earned(unique(), creator, 8, YearMonth.of(2001, 1)));
        List<String> months = jdbi.withHandle(handle -> handle.createQuery("""
                        select distinct to_char(month, 'YYYY-MM') from ledger_transfer t join ledger_account a on a.id = t.credit_id
                        where a.owner = :creator and t.amount_fen in (7, 8)
                        """)
                .bind("creator", creator.toString())
                .mapTo(String.class)
                .list());
        assertThat(months).containsExactly(open().toString());
    }

    @Test
    void while_eight_threads_post_a_month_is_locked_and_nothing_is_lost_or_late() throws Exception {
        var month = open();
        var creator = creator();
        book(earned(unique(), creator, 1, month));
        var posted = new AtomicInteger(1);
        var stop = new AtomicBoolean();
        var shared = unique();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<java.util.concurrent.Future<?>>();
            for (var t = 0; t < THREADS; t++) {
                running.add(threads.submit(() -> {
                    while (!stop.get()) {
                        // One source of its own, and one that all of them want to bring to the same target.
                        book(earned(unique(), creator, 1, month), earned(shared, creator, 1_000_000, month));
                        posted.incrementAndGet();
                    }
                    return null;
                }));
            }
            while (posted.get() < 40) {
                Thread.sleep(5);
            }
            lock(month);
            var atLock = posted.get();
            while (posted.get() < atLock + 40) {
                Thread.sleep(5);
            }
            stop.set(true);
            for (var future : running) {
                future.get();
            }
        }
        var closing = ((Number) statement(creator, month).get("closingFen")).longValue();
        assertThat(closing).isGreaterThan(1_000_000);
        assertThat(closing + balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(1_000_000 + posted.get());
        assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(closing);
        lock(month.plusMonths(1));
        assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(1_000_000 + posted.get());
    }

    @Test
    void who_loses_a_deadlock_does_it_again() throws Exception {
        var together = new CyclicBarrier(2);
        var tries = new AtomicInteger();
        var turn = new AtomicInteger();
        Callable<Integer> work = () -> {
            var mine = turn.getAndIncrement();
            return retries.inTransaction(Duration.ofSeconds(30), () -> {
                advisoryLock(618_000 + mine);
                if (tries.incrementAndGet() <= 2) {
                    await(together);
                }
                advisoryLock(618_001 - mine);
                return mine;
            });
        };
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var result : threads.invokeAll(List.of(work, work))) {
                result.get();
            }
        }
        assertThat(tries.get()).isEqualTo(3);
    }

    private void advisoryLock(int key) {
        jdbi.useHandle(handle -> handle.execute("select pg_advisory_xact_lock(?)", key));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    // Statements.

    private String orderNo() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE));
    }

    private void report(String orderNo, String item, String pid, String settled, YearMonth month, Instant exportedAt) {
        var parts = pid.split("_");
        var row = Map.of(
                "订单编号",
                orderNo,
                "商品ID",
                item,
                "商品信息",
                "=大衣",
                "点击时间",
                LOCAL.format(Instant.now()),
                "创建时间",
                month.atDay(3) + " 12:00:00",
                "订单状态",
                "订单结算",
                "效果预估",
                "20.00",
                "预估收入",
                settled,
                "结算金额",
                "100.00",
                "结算时间",
                month.atDay(15) + " 12:00:00");
        var whole = new HashMap<>(row);
        whole.put("来源媒体ID", parts[2]);
        whole.put("广告位ID", parts[3]);
        as(World.OPERATOR)
                .multiPart(
                        "file",
                        "订单明细.csv",
                        TaobaoReportFixture.aReport().row(whole).csv())
                .multiPart("marketplace", "TAOBAO")
                .multiPart("account", World.ACCOUNT)
                .multiPart("exportedAt", exportedAt.toString())
                .post("/api/v1/order-reports")
                .then()
                .statusCode(200)
                .body("accepted", is(1));
    }

    private String pid(String item) {
        return kit(World.CREATOR, item).path("placements[0].slot.value");
    }

    private static ExtractableResponse<Response> kit(String creator, String item) {
        return post(
                        creator,
                        "link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=" + item,
                                "channels",
                                List.of(Map.of("platform", "WEIBO", "scene", "NOTE")),
                                "media",
                                List.of("LINK")))
                .statusCode(201)
                .extract();
    }

    private static String item() {
        return Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L));
    }

    private UUID agency() {
        return UUID.fromString(post(World.OPERATOR, "agencies", Map.of("name", "mcn-" + UUID.randomUUID()))
                .statusCode(201)
                .extract()
                .path("id"));
    }

    @Test
    void a_statement_tells_what_a_month_brought_and_later_news_are_adjustments_of_it() {
        var month = open();
        var item = item();
        var pid = pid(item);
        var order = orderNo();
        var at = Instant.now().minusSeconds(3_600);
        report(order, item, pid, "20.00", month, at);
        UUID creator = people.personOf(World.CREATOR).orElseThrow().creatorId();
        var open = as(World.FINANCE).get("/api/v1/commissions.csv?period=" + month);
        assertThat(open.header("ETag")).isNull();
        lock(month);

        // 20.00, less a tenth, seven tenths of it.
        var first = statement(creator, month);
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
        report(order, item, pid, "10.00", month, at.plusSeconds(60));
        lock(month.plusMonths(1));
        var second = statement(creator, month.plusMonths(1));
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
        assertThat(statement(creator, month)).isEqualTo(first);

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
        report(late, item, pid, "5.00", month, at);
        var openMonth = open();
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
                lock(openMonth);
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
    void a_debt_is_carried_until_it_is_earned_back() {
        var month = open();
        var creator = creator();
        var source = unique();
        book(earned(source, creator, 500, month));
        lock(month);
        payee(creator);
        post(World.FINANCE, "payouts", wish(creator)).statusCode(201).body("payout.netFen", is(500));
        // All of it comes back after it was paid. The payout is of now, long after the months that are locked here.
        book(earned(source, creator, -200, month));
        lock(month.plusMonths(1));
        assertThat(statement(creator, month.plusMonths(1)))
                .containsEntry("openingFen", 500)
                .containsEntry("adjustmentsFen", -700)
                .containsEntry("closingFen", -200);
        assertThat(balance(Kind.CLAWBACK_DEBT, creator)).isEqualTo(-200);
        book(earned(unique(), creator, 1_000, month.plusMonths(2)));
        lock(month.plusMonths(2));
        assertThat(statement(creator, month.plusMonths(2)))
                .containsEntry("openingFen", -200)
                .containsEntry("closingFen", 800);
        assertThat(balance(Kind.CLAWBACK_DEBT, creator)).isZero();
        assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(300);
    }

    @Test
    void what_agencies_were_left_by_months_locked_without_their_statements_is_on_the_next() {
        var month = open();
        var owed = agency();
        var owing = agency();
        book(
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owed), 700L), month),
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owing), -300L), month));
        // As months were locked before agencies had statements.
        QuarkusTransaction.requiringNew().run(() -> ledger.lock(month, Instant.now()));
        var next = month.plusMonths(1);
        book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owed), -200L), next));
        lock(next);
        agencyStands(owed, next, 700, 500, 500, 0);
        // It earned nothing in that month, but it owes what it owed.
        agencyStands(owing, next, -300, -300, 0, -300);
        book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, owing), 1_000L), next.plusMonths(1)));
        lock(next.plusMonths(1));
        agencyStands(owing, next.plusMonths(1), -300, 700, 700, 0);
        agencyStands(owed, next.plusMonths(1), 500, 500, 500, 0);
    }

    private void agencyStands(UUID agency, YearMonth month, int opening, int closing, long payable, long debt) {
        get(World.FINANCE, "statements?agency=" + agency + "&period=" + month)
                .body("items.openingFen", is(List.of(opening)))
                .body("items.closingFen", is(List.of(closing)));
        assertThat(List.of(
                        balance(Kind.AGENCY_CONFIRMED, agency),
                        balance(Kind.AGENCY_PAYABLE, agency),
                        balance(Kind.AGENCY_DEBT, agency)))
                .containsExactly(0L, payable, debt);
    }

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
            pairs.add(new Pair(creator(), i % 3 == 2 ? pairs.get(i - 1).agency() : agency()));
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
                    book(shared(source, pair.parts(fen), open().plusMonths(random.nextInt(-2, 2))));
                }
            }
            if (round % 2 == 1) {
                var month = open();
                lock(month);
                frozen.put(month, contents(month));
                for (var i = 0; i < 3; i++) {
                    payOrNot("creators", pairs.get(random.nextInt(pairs.size())).creator(), random);
                    payOrNot("agencies", pairs.get(random.nextInt(pairs.size())).agency(), random);
                }
            }
        }
        frozen.forEach((month, contents) -> assertThat(contents(month)).isEqualTo(contents));
        var last = open().minusMonths(1);
        var all = 0L;
        for (var creator : pairs.stream().map(Pair::creator).toList()) {
            all += owed("creator", creator, last, Kind.CREATOR_CONFIRMED, Kind.CREATOR_PAYABLE, Kind.CLAWBACK_DEBT);
            all += balance(Kind.CREATOR_PAID, creator);
        }
        for (var agency : pairs.stream().map(Pair::agency).distinct().toList()) {
            all += owed("agency", agency, last, Kind.AGENCY_CONFIRMED, Kind.AGENCY_PAYABLE, Kind.AGENCY_DEBT);
            all += balance(Kind.AGENCY_PAID, agency);
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
            owed += balance(kind, id);
        }
        assertThat(owed).isEqualTo(carried + openMonths(id, last, kinds));
        return owed;
    }

    private static long fen(Map<String, Object> row, String field) {
        return ((Number) row.get(field)).longValue();
    }

    /** Pays what can be paid, if anything can, and thinks better of it half of the time. */
    private void payOrNot(String who, UUID holder, Random random) {
        payee(holder);
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

    // Agencies.

    @Test
    void an_agency_has_statements_of_its_creators_lines_and_is_paid_like_a_creator() {
        var month = open();
        var agency = agency();
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
        var kit = kit(World.OTHER_CREATOR, item);
        var order = orderNo();
        var at = Instant.now().minusSeconds(3_600);
        report(order, item, kit.path("placements[0].slot.value"), "20.00", month, at);
        // 20.00 less a tenth, seven tenths of it, and three tenths of that.
        assertThat(balance(Kind.AGENCY_CONFIRMED, agency)).isEqualTo(378);
        lock(month);
        assertThat(balance(Kind.AGENCY_CONFIRMED, agency)).isZero();
        get(World.AUDITOR, "balances")
                .body("items.find { it.owner == '" + agency + "' && it.kind == 'AGENCY_PAYABLE' }.fen", is(378))
                .body("agenciesFen", greaterThanOrEqualTo(378));
        assertThat(statement(creator, month)).containsEntry("ordersFen", 882);
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
        payee(agency, Map.of("channel", "BANK", "name", "某某传媒", "account", "622201", "bank", "工商银行"));
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
        assertThat(balance(Kind.AGENCY_PAID, agency)).isEqualTo(378);
        assertThat(as(World.FINANCE)
                        .get("/api/v1/payout-items.csv?columns=agency,net&payout=" + payout)
                        .asString())
                .contains(",3.78,378\r\n#END,1,378,");

        // The marketplace takes a half back, and finance a little more by hand: the agency owes it.
        report(order, item, kit.path("placements[0].slot.value"), "10.00", month, at.plusSeconds(60));
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
        assertThat(balance(Kind.AGENCY_CONFIRMED, agency)).isEqualTo(-189 - 11);
        lock(month.plusMonths(1));
        get(World.FINANCE, "statements?agency=" + agency + "&period=" + month.plusMonths(1))
                .body("items[0].openingFen", is(378))
                .body("items[0].adjustmentsFen", is(-189))
                .body("items[0].closingFen", is(189));
    }

    @Test
    void who_loses_a_line_is_told_what_her_own_statement_said_of_it_and_nothing_of_who_has_it_now() {
        var month = open();
        var item = item();
        var hers = kit(World.CREATOR, item);
        var others = kit(World.LONELY_CREATOR, item);
        UUID creator = people.personOf(World.CREATOR).orElseThrow().creatorId();
        UUID lonely = people.personOf(World.LONELY_CREATOR).orElseThrow().creatorId();
        var order = orderNo();
        report(order, item, hers.path("placements[0].slot.value"), "20.00", month, Instant.now());
        lock(month);
        var code = hers.<String>path("placements[0].code");
        var before = statement(creator, month);
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
        lock(month.plusMonths(1));
        var after = statement(creator, month.plusMonths(1));
        assertThat(after).containsEntry("adjustmentsFen", -1260);
        get(World.CREATOR, "statements/" + after.get("id") + "/lines")
                .body("items[0].kind", is("ADJUSTMENT"))
                .body("items[0].code", is(code))
                .body("items[0].feeFen", is(200));
        var received = statement(lonely, month.plusMonths(1));
        get(World.LONELY_CREATOR, "statements/" + received.get("id") + "/lines")
                .body("items[0].kind", is("ORDER"))
                .body("items[0].amountFen", is(1260))
                .body("items[0].code", is(others.<String>path("placements[0].code")));
    }

    // Months that lack something.

    private long window(String feed, String from, String until, String state) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        insert into pull_window (account_id, feed, kind, from_at, covers_from, until_at, state, next_attempt_at,
                            failure, created_at, finished_at)
                        select id, :feed, 'LIVE', :from::timestamptz, :from::timestamptz, :until::timestamptz, :state, now(),
                            case when :state in ('FAILED', 'TOO_LATE') then 'gone' end, now(),
                            case when :state <> 'PENDING' then now() end
                        from marketplace_account where name = :account and marketplace = 'TAOBAO'
                        returning id
                        """)
                .bind("feed", feed)
                .bind("from", from + "+08:00")
                .bind("until", until + "+08:00")
                .bind("state", state)
                .bind("account", World.ACCOUNT)
                .mapTo(Long.class)
                .one());
    }

    /** Whether the account has a connection; nothing is pulled in tests. */
    private void connected(boolean is) {
        jdbi.useHandle(handle -> {
            handle.execute("delete from marketplace_connection");
            if (is) {
                handle.execute("""
                        insert into marketplace_connection (account_id, key_id, nonce, content, changed_at, changed_by)
                        select a.id, repeat('0', 16), decode(repeat('00', 12), 'hex'), decode(repeat('00', 17), 'hex'), now(), p.id
                        from marketplace_account a, person p where a.name = ? and a.marketplace = 'TAOBAO' limit 1
                        """, World.ACCOUNT);
            }
        });
    }

    @Test
    void a_month_that_lacks_orders_is_locked_only_for_a_reason_that_stays_with_it() {
        var month = open();
        book(earned(unique(), creator(), 100, month));
        var next = month.plusMonths(1);
        try {
            // The first window ends where the month begins, and what was pulled begins in it: nothing is lacking there.
            window("REFUNDS_UPDATED", month.minusMonths(1) + "-20T00:00:00", month + "-01T00:00:00", "FAILED");
            window("REFUNDS_UPDATED", month + "-01T00:00:00", next + "-01T00:00:00", "COMPLETE");
            window("REFUNDS_UPDATED", next + "-01T00:00:00", next + "-02T00:00:00", "FAILED");
            window("PUNISHMENTS", month + "-05T00:00:00", next + "-03T00:00:00", "COMPLETE");
            // The last second of the month is in a window that waits for a person, and the one before is in none.
            var read = window("ORDERS_UPDATED", month + "-01T00:00:00", month.atEndOfMonth() + "T23:59:58", "COMPLETE");
            window("ORDERS_UPDATED", month.atEndOfMonth() + "T23:59:59", next + "-02T00:00:00", "FAILED");
            // What stopped before the month was given up, unless the account is connected still.
            window(
                    "ORDERS_CREATED",
                    month.minusMonths(1) + "-20T00:00:00",
                    month.minusMonths(1) + "-21T00:00:00",
                    "COMPLETE");
            get(World.FINANCE, "periods/" + month).body("refusal", containsString("1 in all"));
            connected(true);
            get(World.FINANCE, "periods/" + month).body("refusal", containsString("2 in all"));
            post(World.FINANCE, "periods/" + month + "/lock")
                    .body("errors.field", is(List.of("TAOBAO test ORDERS_CREATED", "TAOBAO test ORDERS_UPDATED")))
                    .body("errors[0].reason", containsString(month.atDay(1) + "T00:00 to " + next.atDay(1) + "T00:00"));
            connected(false);
            var item = item();
            var pid = pid(item);
            var order = orderNo();
            var at = Instant.now();
            report(order, item, pid, "20.00", month, at);
            report(order, item, pid, "21.00", month, at);

            var refused = post(World.FINANCE, "periods/" + month + "/lock")
                    .statusCode(409)
                    .body("code", is("month-incomplete"))
                    .body("errors", hasSize(2))
                    .body("errors[0].field", is("TAOBAO test ORDERS_UPDATED"))
                    .body("errors[0].reason", containsString(month.atEndOfMonth() + "T23:59:58 to " + next))
                    .body("errors[0].reason", containsString("(FAILED)"))
                    .body("errors[1].field", containsString(order))
                    .extract();
            get(World.FINANCE, "periods/" + month).body("refusal", is(refused.<String>path("detail")));
            var reason = Map.of("reason", "平台接口已永久关闭");
            post(World.FINANCE, "periods/" + month + "/lock/override", reason)
                    .statusCode(202)
                    .body("state", is("LOCK_ASKED"))
                    .body("overrideReason", is("平台接口已永久关闭"))
                    .body("overridden", hasSize(2))
                    .body("refusal", nullValue());
            // An hour more of the same feed is not overridden, and a second less is.
            readTo(read, month.atEndOfMonth() + "T23:00:00");
            post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                    .statusCode(409)
                    .body("code", is("month-incomplete"))
                    .body("errors.field", is(List.of("TAOBAO test ORDERS_UPDATED")))
                    .body("errors[0].reason", containsString("T23:00 to " + next.atDay(1) + "T00:00"));
            readTo(read, month.atEndOfMonth() + "T23:59:59");
            get(World.FINANCE, "periods/" + month).body("refusal", nullValue());
            readTo(read, month.atEndOfMonth() + "T23:59:58");
            // What was not known then is not overridden.
            var late = window("RELATION_REFUNDS_UPDATED", month + "-03T00:00:00", month + "-04T00:00:00", "COMPLETE");
            post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                    .statusCode(409)
                    .body("code", is("month-incomplete"))
                    .body("errors.field", is(List.of("TAOBAO test RELATION_REFUNDS_UPDATED")))
                    .body("errors[0].reason", containsString("(MISSING)"));
            post(World.OTHER_FINANCE, "periods/" + month + "/lock").statusCode(409);
            // Who overrides is who asks: then it is another one who approves.
            post(World.OTHER_FINANCE, "periods/" + month + "/lock/override", reason)
                    .statusCode(202)
                    .body("overridden", hasSize(3));
            post(World.OTHER_FINANCE, "periods/" + month + "/lock/approve")
                    .statusCode(409)
                    .body("code", is("same-person"));
            jdbi.useHandle(handle -> handle.execute("delete from pull_window where id = ?", late));
            post(World.FINANCE, "periods/" + month + "/lock/approve")
                    .statusCode(200)
                    .body("state", is("LOCKED"));
            var hours = "TAOBAO test ORDERS_UPDATED, " + month.atEndOfMonth() + "T23:59:58 to " + next.atDay(1)
                    + "T00:00 in Shanghai";
            get(World.AUDITOR, "periods/" + month)
                    .body("overrideReason", is("平台接口已永久关闭"))
                    .body("overridden", hasItem(hours));
            List<String> audited = jdbi.withHandle(handle -> handle.createQuery("""
                            select concat(detail ->> 'reason', jsonb_exists(detail -> 'overrides', :hours)) from audit_entry
                            where action = 'month-lock-asked' and subject = :subject order by id
                            """)
                    .bind("subject", "month/" + month)
                    .bind("hours", hours)
                    .mapTo(String.class)
                    .list());
            assertThat(audited).containsExactly("平台接口已永久关闭t", "平台接口已永久关闭t");
        } finally {
            connected(false);
            jdbi.useHandle(handle -> handle.execute("delete from pull_window"));
        }
        // The line that the month was locked without still waits, and was overridden once and for all.
        lock(next);
        get(World.AUDITOR, "periods/" + next)
                .body("overrideReason", nullValue())
                .body("overridden", hasSize(0));
    }

    private void readTo(long window, String until) {
        jdbi.useHandle(handle -> handle.execute(
                "update pull_window set until_at = ?::timestamptz where id = ?", until + "+08:00", window));
    }

    @Test
    void a_line_that_comes_to_wait_when_its_month_is_locked_is_lacking_in_the_open_one() {
        var month = open();
        book(earned(unique(), creator(), 100, month));
        lock(month);
        var item = item();
        var pid = pid(item);
        var order = orderNo();
        var at = Instant.now();
        report(order, item, pid, "20.00", month, at);
        get(World.FINANCE, "periods/" + open()).body("refusal", nullValue());
        report(order, item, pid, "21.00", month, at);
        var next = open();
        post(World.FINANCE, "periods/" + next + "/lock")
                .statusCode(409)
                .body("code", is("month-incomplete"))
                .body("errors", hasSize(1))
                .body("errors[0].field", containsString(order));
        post(World.FINANCE, "periods/" + next + "/lock/override", Map.of("reason", "平台无法核实"))
                .statusCode(202)
                .body("overridden", hasSize(1))
                .body("overridden[0]", containsString(order));
        post(World.OTHER_FINANCE, "periods/" + next + "/lock/approve").statusCode(200);
        lock(next.plusMonths(1));
    }

    // Payouts.

    @Test
    void a_payout_is_made_approved_exported_and_settled_item_by_item() {
        var month = open();
        var anna = creator();
        var bea = creator();
        book(earned(unique(), anna, 10_000, month), earned(unique(), bea, 5_000, month));
        lock(month);
        payee(anna);
        payee(bea);
        var both = Map.of("channel", "ALIPAY", "creators", List.of(anna, bea));

        var id = post(World.FINANCE, "payouts", both)
                .statusCode(201)
                .body("payout.state", is("DRAFT"))
                .body("payout.netFen", is(15_000))
                .body("skipped", hasSize(0))
                .extract()
                .<String>path("payout.id");
        assertThat(balance(Kind.CREATOR_PAYABLE, anna)).isZero();
        assertThat(balance(Kind.CREATOR_PAID, anna)).isEqualTo(10_000);
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
        assertThat(balance(Kind.CREATOR_PAID, anna)).isEqualTo(10_000);
        assertThat(balance(Kind.CREATOR_PAYABLE, bea)).isEqualTo(5_000);
        assertThat(balance(Kind.CREATOR_PAID, bea)).isZero();
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
        assertThat(balance(Kind.CREATOR_PAYABLE, bea)).isEqualTo(5_000);
    }

    @Test
    void eight_who_pay_at_once_pay_once() throws Exception {
        var month = open();
        var creators = List.of(creator(), creator(), creator());
        for (var creator : creators) {
            book(earned(unique(), creator, 1_000, month));
            payee(creator);
        }
        var agencies = List.of(agency(), agency());
        for (var agency : agencies) {
            book(shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, agency), 2_000L), month));
            payee(agency);
        }
        lock(month);
        var statuses = together(() -> post(
                        World.FINANCE,
                        "payouts",
                        Map.of("channel", "ALIPAY", "creators", creators, "agencies", agencies))
                .extract()
                .statusCode());
        assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
        for (var agency : agencies) {
            assertThat(balance(Kind.AGENCY_PAYABLE, agency)).isZero();
            assertThat(balance(Kind.AGENCY_PAID, agency)).isEqualTo(2_000);
        }
        for (var creator : creators) {
            assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isZero();
            assertThat(balance(Kind.CREATOR_PAID, creator)).isEqualTo(1_000);
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
        var month = open();
        var creator = creator();
        book(earned(unique(), creator, 1_000, month));
        lock(month);
        post(World.FINANCE, "payouts", wish(creator))
                .statusCode(409)
                .body("code", is("nothing-to-pay"))
                .body("errors[0].field", is(creator.toString()))
                .body("errors[0].reason", is("NO_PAYEE, available 10.00 yuan"));
        payee(creator);
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
        var month = open();
        var anna = creator();
        var bea = creator();
        book(earned(unique(), anna, 1_000, month), earned(unique(), bea, 2_000, month));
        lock(month);
        payee(anna);
        payee(bea);
        var both = Map.of("channel", "ALIPAY", "creators", List.of(anna, bea));
        var payout =
                post(World.FINANCE, "payouts", both).statusCode(201).extract().<String>path("payout.id");
        // The same said again is no change.
        payee(bea);
        post(World.OTHER_FINANCE, "payouts/" + payout + "/approve").statusCode(200);
        payee(anna, Map.of("channel", "ALIPAY", "name", "安娜", "account", "thief@example.net"));
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
        payee(anna, Map.of("channel", "BANK", "name", "安娜", "account", "6222", "bank", "工商银行"));
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
        var second = creator();
        book(earned(unique(), second, 1_000, month.plusMonths(1)));
        lock(month.plusMonths(1));
        payee(second);
        var draft = post(World.FINANCE, "payouts", wish(second))
                .statusCode(201)
                .extract()
                .<String>path("payout.id");
        payee(second, Map.of("channel", "ALIPAY", "name", "别人", "account", "other@example.com"));
        post(World.OTHER_FINANCE, "payouts/" + draft + "/approve")
                .statusCode(409)
                .body("code", is("payee-changed"));
        // What was changed and changed back is as it was.
        payee(second);
        post(World.OTHER_FINANCE, "payouts/" + draft + "/approve").statusCode(200);
    }

    @Test
    void the_same_request_makes_one_payout() {
        var month = open();
        var creator = creator();
        book(earned(unique(), creator, 1_000, month));
        lock(month);
        payee(creator);
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

    @Test
    void tax_is_withheld_from_the_day_that_was_set_and_given_back_with_what_failed() {
        var today = BusinessTime.dayOf(Instant.now());
        post(
                        World.FINANCE,
                        "tax-settings",
                        Map.of("effectiveFrom", today.minusDays(1).toString(), "method", "MONTHLY"))
                .statusCode(422)
                .body("code", is("starts-in-past"));
        var month = open();
        var creator = creator();
        book(earned(unique(), creator, 3_000_00, month));
        lock(month);
        payee(creator);
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
            assertThat(balance(Kind.TAX_WITHHELD, creator)).isEqualTo(440_00);
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
            book(earned(unique(), creator, 3_000_00, month.plusMonths(1)));
            lock(month.plusMonths(1));
            var second = post(World.FINANCE, "payouts", wish(creator))
                    .statusCode(201)
                    .body("payout.taxFen", is(520_00))
                    .extract()
                    .<String>path("payout.id");
            assertThat(balance(Kind.TAX_WITHHELD, creator)).isEqualTo(960_00);
            // Made before the end of a month and sent after it, it has the tax of the wrong month.
            post(World.OTHER_FINANCE, "payouts/" + second + "/approve").statusCode(200);
            jdbi.useHandle(handle -> handle.execute(
                    "update payout_item set month = (month - interval '1 month')::date where payout_id = ?::uuid",
                    second));
            post(World.FINANCE, "payouts/" + second + "/export")
                    .statusCode(409)
                    .body("code", is("payout-taxed-for-another-month"));
            post(World.FINANCE, "payouts/" + second + "/cancel").statusCode(200);
            assertThat(balance(Kind.TAX_WITHHELD, creator)).isEqualTo(440_00);
            assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(3_000_00);
        } finally {
            jdbi.useHandle(handle -> handle.execute("delete from tax_setting"));
        }
    }

    @Test
    void a_year_is_one_income_by_the_cumulative_method_whatever_fails_and_comes_back() {
        var today = BusinessTime.dayOf(Instant.now()).toString();
        var month = open();
        var creator = creator();
        var agency = agency();
        book(
                earned(unique(), creator, 60_000_00, month),
                shared(unique(), Map.of(account(Kind.AGENCY_CONFIRMED, agency), 60_000_00L), month));
        lock(month);
        payee(creator);
        payee(agency);
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
            book(earned(unique(), creator, 30_000_00, month.plusMonths(1)));
            lock(month.plusMonths(1));
            paid(creator, 30_000_00, 4_180_00 - 1_780_00);
            // The first one comes back after all, and is sent again: the year's tax is the same.
            result(first, false);
            assertThat(balance(Kind.TAX_WITHHELD, creator)).isEqualTo(2_400_00);
            assertThat(balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(60_000_00);
            paid(creator, 60_000_00, 1_780_00);
            assertThat(balance(Kind.TAX_WITHHELD, creator)).isEqualTo(4_180_00);
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
        var creator = creator();
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
        assertThat(balance(Kind.CREATOR_CONFIRMED, creator)).isZero();
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
        assertThat(balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(-150);
        var taken = post(World.FINANCE, "adjustments", request).extract().<String>path("id");
        post(World.FINANCE, "adjustments/" + taken + "/reject").statusCode(200).body("state", equalTo("REJECTED"));
        assertThat(balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(-150);
        get(World.AUDITOR, "adjustments").body("items.id", hasItem(id));
    }
}
