package dev.zhida.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.TestDatabase;
import dev.zhida.commission.Commissions;
import dev.zhida.identity.Caller;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.intake.Intake.Outcome;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.order.Decisions;
import dev.zhida.order.Orders;
import dev.zhida.slot.Slots;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file and the API tell of the same orders, in whatever order they come. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OneOrderTwoSourcesTest {

    private static final Instant NOON = Instant.parse("2026-03-02T04:00:00Z");
    private static final AtomicInteger TRADES =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 28));

    @Inject
    Intake intake;

    @Inject
    Decisions decisions;

    @Inject
    Commissions commissions;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    MeterRegistry metrics;

    @Inject
    Jdbi jdbi;

    private Caller operator;
    private Orders.Source source;
    private Orders.Source files;
    private String parent;

    @BeforeEach
    void begin() {
        operator = QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson("sources-" + UUID.randomUUID(), "x", Role.OPERATOR, null, null));
        ordersOf(Marketplace.TAOBAO);
    }

    private void ordersOf(Marketplace marketplace) {
        var account = slots.addAccount(marketplace, "sources " + UUID.randomUUID());
        var report = UUID.randomUUID();
        jdbi.useHandle(h -> h.execute(
                "insert into order_report (id, account_id, file_name, sha256, bytes, received_at, received_by)"
                        + " values (?, ?, 'x', sha256(''), 1, now(), ?)",
                report,
                account,
                operator.personId()));
        source = new Orders.Source(marketplace, account, null);
        files = new Orders.Source(marketplace, account, report);
        parent = newParent();
    }

    private static String newParent() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000_000_000_000_000L, Long.MAX_VALUE));
    }

    private Observation row(
            String key, String orderNo, String parentNo, String item, long paidFen, OrderStatus status, Instant asOf) {
        var kind = source.marketplace() == Marketplace.JD ? SlotKind.JD_SUB_UNION : SlotKind.TAOBAO_PID;
        return new Observation(
                source.marketplace(),
                key,
                orderNo,
                parentNo,
                item,
                item,
                "大衣",
                "店",
                1,
                status,
                status.name(),
                Money.ofFen(paidFen),
                Money.ofFen(paidFen / 10),
                null,
                status == OrderStatus.SETTLED ? Money.ofFen(paidFen / 10) : null,
                null,
                null,
                null,
                NOON,
                NOON,
                NOON,
                status == OrderStatus.SETTLED ? NOON : null,
                asOf,
                new SlotKey(kind, "2_3"),
                Map.of("订单编号", orderNo));
    }

    private Observation file(String item, int ordinal, long paidFen) {
        return file(item, ordinal, paidFen, OrderStatus.PAID, null);
    }

    private Observation file(String item, int ordinal, long paidFen, OrderStatus status, Instant exportedAt) {
        return row("F:" + parent + ":" + item + ":" + ordinal, parent, parent, item, paidFen, status, exportedAt);
    }

    private Observation api(int trade, String item, long paidFen, OrderStatus status, int minute) {
        return row("T:" + trade + ":2", Integer.toString(trade), parent, item, paidFen, status, minute(minute));
    }

    private static Instant minute(int minute) {
        return NOON.plusSeconds(minute * 60L);
    }

    private static FeedPage page(List<Observation> orders) {
        return new FeedPage(orders, List.of(), List.of(), List.of(), orders.size(), null);
    }

    private void pull(Observation... rows) {
        intake.take(source, page(List.of(rows)));
    }

    private List<Outcome> read(Observation... rows) {
        return intake.take(files, List.of(rows));
    }

    /** Decides of all that is open: one source is right, and the lines of the other are none. */
    private void decide(boolean fileIsRight) {
        for (var line : lines()) {
            if (line.status().equals("NEEDS_REVIEW")) {
                for (var question : decisions.questions(line.id())) {
                    var report = question.reports().getFirst();
                    var status = line.key().startsWith("F:") == fileIsRight ? "PAID" : "INVALID";
                    var choice = new Decisions.Choice(report.id(), report.needsStatus() ? status : null, "it is so");
                    intake.decide(line.id(), choice, operator);
                }
            }
        }
    }

    private record Line(UUID id, String key, String status, long paidFen, int observations) {}

    /** Of the parent, and of the parts that it was split into. */
    private List<Line> lines() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select o.id, o.line_key, o.status, o.paid_fen, (select count(*) from order_observation b
                            where b.marketplace = o.marketplace and b.line_key = o.line_key) observations
                        from order_line o where starts_with(o.parent_no, :parent) order by o.line_key
                        """)
                .bind("parent", parent)
                .map((row, context) -> new Line(
                        row.getObject("id", UUID.class),
                        row.getString("line_key"),
                        row.getString("status"),
                        row.getLong("paid_fen"),
                        row.getInt("observations")))
                .list());
    }

    /** What the books hold of the parent's lines, of whatever account. */
    private long postedFen() {
        return jdbi.withHandle(
                h -> h.createQuery("""
                        select coalesce(sum(o.estimated_fen) filter (where o.status not in ('NEEDS_REVIEW', 'INVALID')), 0)
                        from order_line o join commission c on c.order_line_id = o.id
                        where starts_with(o.parent_no, :parent)
                        """).bind("parent", parent).mapTo(Long.class).one());
    }

    @Test
    void a_row_of_a_file_that_is_exactly_one_line_of_the_api_becomes_an_observation_of_it() {
        var trade = TRADES.incrementAndGet();
        pull(
                api(trade, "7", 10_000, OrderStatus.PAID, 1),
                api(TRADES.incrementAndGet(), "8", 500, OrderStatus.PAID, 1));
        assertThat(read(file("7", 1, 10_000))).containsExactly(Outcome.NEWS);
        assertThat(read(file("7", 1, 10_000))).containsExactly(Outcome.UNCHANGED);
        assertThat(lines()).hasSize(2);
        assertThat(lines().stream().mapToInt(Line::observations).sum()).isEqualTo(3);
        assertThat(postedFen()).isEqualTo(1_050);
    }

    @Test
    void a_row_of_a_file_that_is_none_or_several_lines_of_the_api_is_refused() {
        pull(api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.PAID, 1));
        assertThat(read(file("7", 1, 9_999))).containsExactly(Outcome.KNOWN_FROM_API);
        assertThat(read(file("8", 1, 10_000))).containsExactly(Outcome.KNOWN_FROM_API);
        pull(api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.PAID, 1));
        assertThat(read(file("7", 1, 10_000))).containsExactly(Outcome.KNOWN_FROM_API);
        assertThat(postedFen()).isEqualTo(2_000);
        // Two rows of a file are never one line.
        parent = newParent();
        pull(api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.PAID, 1));
        assertThat(read(file("7", 1, 10_000), file("7", 2, 10_000)))
                .containsExactly(Outcome.NEWS, Outcome.KNOWN_FROM_API);
        assertThat(postedFen()).isEqualTo(1_000);
    }

    @Test
    void a_line_that_comes_by_the_api_later_adopts_the_line_of_the_file() {
        read(file("7", 1, 10_000));
        var before = lines().getFirst();
        var trade = TRADES.incrementAndGet();
        pull(api(trade, "7", 10_000, OrderStatus.PAID, 1));
        pull(api(trade, "7", 10_000, OrderStatus.SETTLED, 2));
        assertThat(lines()).singleElement().satisfies(line -> {
            assertThat(line.id()).isEqualTo(before.id());
            assertThat(line.status()).isEqualTo("SETTLED");
            assertThat(line.observations()).isEqualTo(3);
        });
        // The same file again says nothing new, and another row of it is refused: the API tells of the order now.
        assertThat(read(file("7", 1, 10_000), file("7", 2, 10_000)))
                .containsExactly(Outcome.UNCHANGED, Outcome.KNOWN_FROM_API);
        assertThat(postedFen()).isEqualTo(1_000);
    }

    @Test
    void what_is_not_clearly_one_line_is_held_on_both_sides() {
        // Paid another amount, as far as the API says.
        read(file("7", 1, 10_000));
        var trade = TRADES.incrementAndGet();
        pull(api(trade, "7", 9_000, OrderStatus.PAID, 1));
        assertThat(lines()).hasSize(2).allSatisfy(line -> assertThat(line.status())
                .isEqualTo("NEEDS_REVIEW"));
        pull(api(trade, "7", 9_000, OrderStatus.SETTLED, 2));
        assertThat(lines()).hasSize(2).allSatisfy(line -> assertThat(line.status())
                .isEqualTo("NEEDS_REVIEW"));
        assertThat(postedFen()).isZero();
        // Two lines that are alike.
        parent = newParent();
        read(file("7", 1, 10_000), file("7", 2, 10_000), file("8", 1, 300));
        pull(
                api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.PAID, 1),
                api(TRADES.incrementAndGet(), "8", 300, OrderStatus.PAID, 1));
        assertThat(postedFen()).isEqualTo(30);
    }

    @Test
    void the_next_export_undoes_no_decision_and_lets_nothing_go_that_is_held() {
        var trade = TRADES.incrementAndGet();
        read(file("7", 1, 10_000, OrderStatus.PAID, minute(10)));
        pull(api(trade, "7", 9_000, OrderStatus.PAID, 1));
        read(file("7", 1, 10_000, OrderStatus.RECEIVED, minute(20)));
        assertThat(lines()).hasSize(2).allSatisfy(line -> assertThat(line.status())
                .isEqualTo("NEEDS_REVIEW"));
        decide(false);
        assertThat(postedFen()).isEqualTo(900);
        assertThat(read(file("7", 1, 10_000, OrderStatus.SETTLED, minute(30)))).containsExactly(Outcome.KNOWN_FROM_API);
        assertThat(postedFen()).isEqualTo(900);
        // What was cancelled as far as the file says is sold as far as the API says, and by now the file says so as
        // well.
        parent = newParent();
        read(file("7", 1, 10_000, OrderStatus.INVALID, minute(10)));
        pull(api(trade + 1_000_000, "7", 9_000, OrderStatus.PAID, 1));
        assertThat(postedFen()).isEqualTo(900);
        assertThat(read(file("7", 1, 10_000, OrderStatus.PAID, minute(20)))).containsExactly(Outcome.KNOWN_FROM_API);
        assertThat(postedFen()).isEqualTo(900);
    }

    @Test
    void what_the_api_tells_goes_before_a_file_that_was_exported_later() {
        var trade = TRADES.incrementAndGet();
        read(file("7", 1, 10_000, OrderStatus.PAID, minute(10)));
        pull(api(trade, "7", 10_000, OrderStatus.SETTLED, 1));
        read(file("7", 1, 10_000, OrderStatus.RECEIVED, minute(20)));
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line.status())
                .isEqualTo("SETTLED"));
        pull(api(trade, "7", 10_000, OrderStatus.INVALID, 2));
        assertThat(postedFen()).isZero();
        // Where only files tell of a line they correct it.
        parent = newParent();
        read(file("7", 1, 10_000, OrderStatus.PAID, minute(10)));
        read(file("7", 1, 10_000, OrderStatus.INVALID, minute(20)));
        assertThat(postedFen()).isZero();
    }

    @Test
    void what_is_frozen_stays_frozen_whatever_a_file_tells_of_it() {
        read(file("7", 1, 10_000, OrderStatus.PAID, minute(10)));
        var order = api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.SETTLED, 1);
        pull(order);
        var frozen = new PunishmentObservation(Marketplace.TAOBAO, order.orderNo(), true, "2", null, Map.of());
        intake.take(source, new FeedPage(List.of(), List.of(), List.of(frozen), List.of(), 1, null));
        read(file("7", 1, 10_000, OrderStatus.SETTLED, minute(20)));
        boolean stays = jdbi.withHandle(h -> h.createQuery("select frozen from order_line where parent_no = :parent")
                .bind("parent", parent)
                .mapTo(Boolean.class)
                .one());
        assertThat(stays).isTrue();
    }

    @Test
    void a_part_of_a_split_order_is_known_to_files_that_tell_no_parent() {
        ordersOf(Marketplace.JD);
        var orderNo = parent + "01";
        var ofApi = row("A:" + orderNo, orderNo, parent, "7", 10_000, OrderStatus.PAID, minute(1));
        var other = row("A:" + parent + "02", parent + "02", parent, "7", 10_000, OrderStatus.PAID, minute(1));
        var ofFile = row("F:" + orderNo + ":7:1", orderNo, orderNo, "7", 10_000, OrderStatus.PAID, null);
        pull(ofApi, other);
        assertThat(read(ofFile)).containsExactly(Outcome.NEWS);
        assertThat(lines()).hasSize(2);
        // The other way round, and with an amount that the API does not tell.
        ordersOf(Marketplace.JD);
        var no = parent + "01";
        read(row("F:" + no + ":7:1", no, no, "7", 10_000, OrderStatus.PAID, null));
        pull(row("A:" + no, no, parent, "7", 10_000, OrderStatus.PAID, minute(1)));
        assertThat(lines()).hasSize(1);
        ordersOf(Marketplace.JD);
        var otherNo = parent + "01";
        read(row("F:" + otherNo + ":7:1", otherNo, otherNo, "7", 10_000, OrderStatus.PAID, null));
        pull(row("A:" + otherNo, otherNo, parent, "7", 9_000, OrderStatus.PAID, minute(1)));
        assertThat(postedFen()).isZero();
    }

    private RefundObservation refund(Observation order, RefundStatus status) {
        return new RefundObservation(
                Marketplace.TAOBAO,
                "R" + order.lineKey(),
                order.lineKey(),
                parent,
                status,
                status.name(),
                Money.ofFen(4_000),
                Money.ofFen(400),
                Money.ZERO,
                NOON,
                NOON,
                NOON,
                Map.of());
    }

    private double waitingRefunds() {
        return metrics.counter("zhida.refunds.waiting").count();
    }

    private boolean isLackingInMarch() {
        return commissions.undecided(YearMonth.of(2026, 3)).keySet().stream()
                .anyMatch(line -> line.startsWith("TAOBAO " + parent + " "));
    }

    @Test
    void a_refund_of_an_order_that_only_a_file_tells_of_is_an_alarm_and_lacks_in_its_month() {
        read(file("7", 1, 10_000, OrderStatus.PAID, minute(10)));
        var order = api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.SETTLED, 1);
        var before = waitingRefunds();
        for (var status : List.of(RefundStatus.OPENED, RefundStatus.FROM_CREATOR)) {
            assertThat(waitingRefunds()).isEqualTo(before);
            assertThat(isLackingInMarch()).isFalse();
            intake.take(source, new FeedPage(List.of(), List.of(refund(order, status)), List.of(), List.of(), 1, null));
        }
        assertThat(waitingRefunds()).isEqualTo(before + 1);
        assertThat(isLackingInMarch()).isTrue();
        assertThat(commissions.undecided(YearMonth.of(2026, 2)).keySet())
                .noneMatch(line -> line.startsWith("TAOBAO " + parent + " "));
        // It is no line of the API: the file goes on telling of its own, and the API's row still adopts that.
        assertThat(read(file("7", 1, 10_000, OrderStatus.RECEIVED, minute(20)))).containsExactly(Outcome.NEWS);
        pull(order);
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line.key())
                .startsWith("F:"));
        assertThat(isLackingInMarch()).isFalse();
        intake.take(
                source,
                new FeedPage(List.of(), List.of(refund(order, RefundStatus.SUCCEEDED)), List.of(), List.of(), 1, null));
        assertThat(waitingRefunds()).isEqualTo(before + 1);
    }

    @Test
    void a_refund_that_came_before_its_line_follows_it_to_the_line_of_the_file() {
        read(file("7", 1, 10_000));
        var trade = TRADES.incrementAndGet();
        var order = api(trade, "7", 10_000, OrderStatus.SETTLED, 1);
        var refund = refund(order, RefundStatus.SUCCEEDED);
        var refundPage = new FeedPage(List.of(), List.of(refund), List.of(), List.of(), 1, null);
        intake.take(source, refundPage);
        pull(order);
        intake.take(source, refundPage);
        assertThat(lines()).singleElement().satisfies(line -> assertThat(line.status())
                .isEqualTo("SETTLED"));
        var refunds = jdbi.withHandle(
                h -> h.createQuery("select distinct line_key from order_refund_observation where refund_id = :id")
                        .bind("id", refund.refundId())
                        .mapTo(String.class)
                        .list());
        assertThat(refunds).containsExactly(lines().getFirst().key());
    }

    @Test
    void whatever_comes_first_and_however_often_no_line_is_paid_twice() {
        for (var seed = 0; seed < Integer.getInteger("zhida.sources.histories", 60); seed++) {
            var random = new Random(seed);
            parent = newParent();
            var steps = new ArrayList<Runnable>();
            var rows = new ArrayList<Observation>();
            long most = 0;
            for (var i = 0; i < 1 + random.nextInt(3); i++) {
                var item = random.nextBoolean() ? "7" : "8";
                var paid = random.nextBoolean() ? 10_000L : 20_000L;
                var trade = TRADES.incrementAndGet();
                steps.add(() -> pull(api(trade, item, paid, OrderStatus.PAID, 1)));
                steps.add(() -> pull(api(trade, item, paid, OrderStatus.RECEIVED, 2)));
                if (random.nextInt(3) > 0) {
                    var told = random.nextInt(4) > 0 ? paid : paid - 1_000;
                    var status = random.nextInt(4) > 0 ? OrderStatus.PAID : OrderStatus.INVALID;
                    var ordinal = 1
                            + (int) rows.stream()
                                    .filter(r -> r.itemKey().equals(item))
                                    .count();
                    rows.add(file(item, ordinal, told, status, null));
                }
                most += paid / 10;
            }
            if (!rows.isEmpty()) {
                steps.add(() -> intake.take(files, rows));
                steps.add(() -> intake.take(files, rows.subList(0, 1)));
                for (var minute : List.of(0, 1, 9)) {
                    var status = OrderStatus.values()[1 + random.nextInt(2)];
                    steps.add(() -> intake.take(
                            files,
                            rows.stream()
                                    .map(row -> row(
                                            row.lineKey(),
                                            parent,
                                            parent,
                                            row.itemKey(),
                                            row.paid().fen(),
                                            status,
                                            minute(minute)))
                                    .toList()));
                }
            }
            var fileIsRight = random.nextBoolean();
            steps.add(() -> decide(fileIsRight));
            steps.addAll(List.copyOf(steps));
            Collections.shuffle(steps, random);
            for (var step : steps) {
                step.run();
                assertThat(postedFen()).as("seed " + seed).isLessThanOrEqualTo(most);
            }
        }
    }

    @Test
    void a_file_and_the_api_at_once_never_make_two_lines_of_one() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var round = 0; round < 20; round++) {
                parent = newParent();
                var ofApi = api(TRADES.incrementAndGet(), "7", 10_000, OrderStatus.PAID, 1);
                var ofFile = file("7", 1, 10_000);
                var one = threads.submit(() -> pull(ofApi));
                var other = threads.submit(() -> read(ofFile));
                one.get();
                other.get();
                assertThat(lines()).hasSize(1);
                assertThat(postedFen()).isEqualTo(1_000);
            }
        }
    }
}
