package dev.zhida;

import static dev.zhida.SettlementWorld.earned;
import static dev.zhida.SettlementWorld.get;
import static dev.zhida.SettlementWorld.item;
import static dev.zhida.SettlementWorld.orderNo;
import static dev.zhida.SettlementWorld.post;
import static dev.zhida.SettlementWorld.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.zhida.database.Retries;
import dev.zhida.intake.Intake;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.BusinessTime;
import dev.zhida.order.Orders;
import dev.zhida.order.RefundFixture;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Months over HTTP against a real PostgreSQL: who locks them, what is kept out of them then, what they may lack. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class MonthLocksTest {

    private static final int THREADS = 8;

    @Inject
    SettlementWorld world;

    @Inject
    Intake intake;

    @Inject
    Retries retries;

    @Inject
    Jdbi jdbi;

    @BeforeEach
    void prepare() {
        world.prepare();
    }

    @Test
    void months_are_locked_in_their_order_by_two_people_and_every_no_says_why() {
        var month = world.open();
        world.book(earned(unique(), world.creator(), 100, month));
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
        var month = world.open();
        var creator = world.creator();
        world.book(earned(unique(), creator, 100, month));
        world.lock(month);
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
        world.book(earned(late, creator, 7, month), earned(unique(), creator, 8, YearMonth.of(2001, 1)));
        List<String> months = jdbi.withHandle(handle -> handle.createQuery("""
                        select distinct to_char(month, 'YYYY-MM') from ledger_transfer t join ledger_account a on a.id = t.credit_id
                        where a.owner = :creator and t.amount_fen in (7, 8)
                        """)
                .bind("creator", creator.toString())
                .mapTo(String.class)
                .list());
        assertThat(months).containsExactly(world.open().toString());
    }

    @Test
    void while_eight_threads_post_a_month_is_locked_and_nothing_is_lost_or_late() throws Exception {
        var month = world.open();
        var creator = world.creator();
        world.book(earned(unique(), creator, 1, month));
        var posted = new AtomicInteger(1);
        var stop = new AtomicBoolean();
        var shared = unique();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<java.util.concurrent.Future<?>>();
            for (var t = 0; t < THREADS; t++) {
                running.add(threads.submit(() -> {
                    while (!stop.get()) {
                        // One source of its own, and one that all of them want to bring to the same target.
                        world.book(earned(unique(), creator, 1, month), earned(shared, creator, 1_000_000, month));
                        posted.incrementAndGet();
                    }
                    return null;
                }));
            }
            while (posted.get() < 40) {
                Thread.sleep(5);
            }
            world.lock(month);
            var atLock = posted.get();
            while (posted.get() < atLock + 40) {
                Thread.sleep(5);
            }
            stop.set(true);
            for (var future : running) {
                future.get();
            }
        }
        var closing = ((Number) world.statement(creator, month).get("closingFen")).longValue();
        assertThat(closing).isGreaterThan(1_000_000);
        assertThat(closing + world.balance(Kind.CREATOR_CONFIRMED, creator)).isEqualTo(1_000_000 + posted.get());
        assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(closing);
        world.lock(month.plusMonths(1));
        assertThat(world.balance(Kind.CREATOR_PAYABLE, creator)).isEqualTo(1_000_000 + posted.get());
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
        var month = world.open();
        world.book(earned(unique(), world.creator(), 100, month));
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
            var pid = world.pid(item);
            var order = orderNo();
            var at = Instant.now();
            world.report(order, item, pid, "20.00", month, at);
            world.report(order, item, pid, "21.00", month, at);

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
        world.lock(next);
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
        var month = world.open();
        world.book(earned(unique(), world.creator(), 100, month));
        world.lock(month);
        var item = item();
        var pid = world.pid(item);
        var order = orderNo();
        var at = Instant.now();
        world.report(order, item, pid, "20.00", month, at);
        get(World.FINANCE, "periods/" + world.open()).body("refusal", nullValue());
        world.report(order, item, pid, "21.00", month, at);
        var next = world.open();
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
        world.lock(next.plusMonths(1));
    }

    @Test
    void a_refund_that_waits_for_a_decision_is_lacking() {
        var month = world.open();
        var item = item();
        var order = orderNo();
        world.report(order, item, world.pid(item), "20.00", month, Instant.now());
        refunded(order, RefundStatus.NEEDS_REVIEW, 1);
        post(World.FINANCE, "periods/" + month + "/lock")
                .statusCode(409)
                .body("code", is("month-incomplete"))
                .body("errors", hasSize(1))
                .body("errors[0].field", containsString(order));
        refunded(order, RefundStatus.FROM_SELLER, 2);
        world.lock(month);
    }

    private void refunded(String order, RefundStatus status, int second) {
        var source = jdbi.withHandle(handle -> handle.createQuery(
                        "select account_id, line_key from order_line where order_no = :order or parent_no = :order")
                .bind("order", order)
                .map((row, context) -> Map.entry(row.getObject("account_id", UUID.class), row.getString("line_key")))
                .one());
        var refund = RefundFixture.aRefundOf(source.getValue())
                .status(status)
                .asOf(Instant.now().plusSeconds(second))
                .build();
        intake.take(
                new Orders.Source(Marketplace.TAOBAO, source.getKey(), null),
                new FeedPage(List.of(), List.of(refund), List.of(), List.of(), 1, null));
    }
}
