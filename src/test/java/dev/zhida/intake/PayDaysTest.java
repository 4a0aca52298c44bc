package dev.zhida.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.TestDatabase;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.order.Orders;
import dev.zhida.slot.Slots;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lines whose settlement nobody tells of, with the clock beyond all sweeps. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PayDaysTest {

    private static final Instant RECEIVED = Instant.parse("2027-03-12T02:00:00Z");
    private static final Instant PAY_DAY = Instant.parse("2027-08-19T16:00:00Z");

    @Inject
    Intake intake;

    @Inject
    Connectors connectors;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    Jdbi jdbi;

    @Inject
    ObjectMapper json;

    private UUID account;
    private Connector connector;
    private String line;

    @BeforeEach
    void anOrderIsReceived() {
        account = slots.addAccount(Marketplace.JD, "pay days " + UUID.randomUUID());
        connector = connectors.of(new Connection(
                account, Marketplace.JD, URI.create("https://example.com"), "key", "secret", null, Map.of()));
        var number = ThreadLocalRandom.current().nextLong(1L << 50);
        line = number + "_1";
        take(
                Map.ofEntries(
                        Map.entry("id", line),
                        Map.entry("orderId", Long.toString(number)),
                        Map.entry("parentId", "0"),
                        Map.entry("skuId", "100012043978"),
                        Map.entry("skuName", "保温杯"),
                        Map.entry("skuNum", "1"),
                        Map.entry("estimateCosPrice", "119.10"),
                        Map.entry("estimateFee", "11.91"),
                        Map.entry("actualCosPrice", "100.00"),
                        Map.entry("actualFee", "10.00"),
                        Map.entry("validCode", "17"),
                        Map.entry("orderTime", "2027-03-01 11:10:00"),
                        Map.entry("modifyTime", "2027-03-12 09:00:00"),
                        Map.entry("payMonth", "20270820"),
                        Map.entry("subUnionId", "z_AbCdEfGh"),
                        Map.entry("balanceExt", "{20271020:10}"),
                        Map.entry("goodsInfo", "{\"shopName\":\"膳魔师\"}")),
                RECEIVED);
    }

    private void take(Map<String, String> row, Instant at) {
        intake.take(
                new Orders.Source(Marketplace.JD, account, null),
                new FeedPage(List.of(connector.again(row, at)), List.of(), List.of(), List.of(), 1, null));
    }

    private int settleAt(Instant at) {
        return new PayDays(intake, jdbi, json, Clock.fixed(at, ZoneOffset.UTC)).settle(connector);
    }

    private String line() {
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                        select concat_ws(' ', status, shop_name, settled_fen) from order_line
                        where marketplace = 'JD' and line_key = 'A:' || :line
                        """).bind("line", line).mapTo(String.class).one());
    }

    @Test
    void a_line_is_settled_on_its_day_and_once() {
        settleAt(PAY_DAY.minusSeconds(1));
        assertThat(line()).isEqualTo("RECEIVED 膳魔师");
        assertThat(settleAt(PAY_DAY)).isEqualTo(1);
        assertThat(line()).isEqualTo("SETTLED 膳魔师 1000");
        assertThat(settleAt(PAY_DAY.plusSeconds(3_600))).isZero();
    }

    @Test
    void what_the_marketplace_told_later_is_what_counts() {
        var refunded = Map.of(
                "id", line,
                "orderId", line.replace("_1", ""),
                "skuId", "100012043978",
                "estimateCosPrice", "0",
                "estimateFee", "0",
                "validCode", "3",
                "modifyTime", "2027-04-02 09:00:00",
                "payMonth", "20270820");
        take(refunded, RECEIVED);
        assertThat(settleAt(PAY_DAY)).isZero();
        assertThat(line()).startsWith("INVALID");
    }

    @Test
    void a_file_of_the_meantime_keeps_no_line_from_its_day_and_one_of_later_does_not_undo_it() {
        exported(Instant.parse("2027-06-10T02:00:00Z"));
        assertThat(line()).isEqualTo("RECEIVED 膳魔师");
        assertThat(settleAt(PAY_DAY)).isEqualTo(1);
        assertThat(line()).isEqualTo("SETTLED 膳魔师 1000");
        exported(PAY_DAY.plusSeconds(86_400));
        assertThat(line()).isEqualTo("SETTLED 膳魔师 1000");
    }

    /** JD's own file, where the line has the same status as in June still: there is none for settled. */
    private void exported(Instant at) {
        var operator = QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson("days-" + UUID.randomUUID(), "x", Role.OPERATOR, null, null));
        var report = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute(
                "insert into order_report (id, account_id, file_name, sha256, bytes, received_at, received_by)"
                        + " values (?, ?, 'x', sha256(''), 1, now(), ?)",
                report,
                account,
                operator.personId()));
        var number = line.replace("_1", "");
        var row = new Observation(
                Marketplace.JD,
                "F:" + number + ":100012043978:1",
                number,
                number,
                "100012043978",
                "100012043978",
                "保温杯",
                "膳魔师",
                1,
                OrderStatus.RECEIVED,
                "已完成",
                Money.ofFen(11_910),
                Money.ofFen(1_191),
                null,
                null,
                null,
                null,
                null,
                null,
                RECEIVED,
                null,
                null,
                at,
                new SlotKey(SlotKind.JD_SUB_UNION, "z_AbCdEfGh"),
                Map.of("订单编号", number, "payMonth", "20270820"));
        assertThat(intake.take(new Orders.Source(Marketplace.JD, account, report), List.of(row)))
                .containsExactly(Intake.Outcome.NEWS);
    }

    @Test
    void marketplaces_that_tell_of_settlements_are_left_alone() {
        assertThat(connectors.all().stream().filter(one -> one.ripensOn().isPresent()))
                .extracting(Connector::marketplace)
                .containsExactly(Marketplace.JD);
    }
}
