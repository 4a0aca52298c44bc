package dev.zhida.commission;

import static dev.zhida.order.ObservationFixture.NOON;
import static dev.zhida.order.ObservationFixture.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.attribution.Attribution;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.order.ObservationFixture;
import dev.zhida.order.OrderLine;
import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import java.time.YearMonth;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineCommissionTest {

    private static final Terms TERMS = new Terms(1, Rate.of("0.7"), Rate.of("0.1"));
    private static final UUID ANNA = new UUID(0, 1);

    private static LineCommission commission(ObservationFixture fixture) {
        var observation = fixture.build();
        var lease = new Lease(1, observation.slot(), true, 11, ANNA, Medium.LINK, NOON, null);
        var line = new OrderLine(new UUID(0, 9), new UUID(0, 8), observation, observation.status(), null);
        return LineCommission.of(line, new Attribution.Exact(lease), TERMS, NOON);
    }

    @Test
    void a_paid_line_is_estimated_after_the_fee() {
        var commission = commission(anObservation().estimated(1_000));
        assertThat(commission.estimated())
                .isEqualTo(new Calculation(
                        Money.ofFen(1_000), Money.ofFen(100), true, Money.ofFen(630), Money.ofFen(270)));
        assertThat(commission.settled()).isEqualTo(Calculation.NOTHING);
        assertThat(commission.amount()).isEqualTo(Money.ofFen(630));
    }

    @Test
    void no_fee_is_assumed_on_the_subsidy() {
        assertThat(commission(anObservation().estimated(1_000).subsidy(400))
                        .estimated()
                        .fee())
                .isEqualTo(Money.ofFen(60));
    }

    @Test
    void a_reported_fee_is_taken_as_reported() {
        var byRate = commission(anObservation().estimated(1_000).feeRate(Rate.of("0.05")))
                .estimated();
        assertThat(byRate.fee()).isEqualTo(Money.ofFen(50));
        assertThat(byRate.feeAssumed()).isFalse();
        assertThat(commission(anObservation().estimated(1_000).fee(7).feeRate(Rate.of("0.05")))
                        .estimated()
                        .fee())
                .isEqualTo(Money.ofFen(7));
    }

    @Test
    void a_settled_line_counts_what_was_settled() {
        var commission = commission(anObservation().estimated(1_000).settled(900));
        assertThat(commission.amount()).isEqualTo(Money.ofFen(567));
        assertThat(commission.target().amountByFlow())
                .isEqualTo(Map.of(
                        flow(Kind.RECEIVABLE, Account.of(Kind.TECHNICAL_SERVICE_FEE)), Money.ofFen(90),
                        flow(Kind.RECEIVABLE, new Account(Kind.CREATOR_CONFIRMED, ANNA.toString())), Money.ofFen(567),
                        flow(Kind.RECEIVABLE, Account.of(Kind.PLATFORM_REVENUE)), Money.ofFen(243)));
    }

    @Test
    void the_month_is_that_of_the_settlement_once_it_is_settled() {
        assertThat(commission(anObservation()).month()).isEqualTo(YearMonth.of(2026, 3));
    }

    @Test
    void lines_that_are_invalid_or_in_doubt_move_nothing() {
        for (var status : new OrderStatus[] {OrderStatus.CREATED, OrderStatus.INVALID, OrderStatus.NEEDS_REVIEW}) {
            var commission = commission(anObservation().status(status));
            assertThat(commission.target().amountByFlow()).as(status.name()).isEmpty();
            assertThat(commission.amount()).isEqualTo(Money.ZERO);
        }
    }

    @Test
    void a_line_of_nobody_is_kept_apart() {
        var observation = anObservation().build();
        var line = new OrderLine(new UUID(0, 9), new UUID(0, 8), observation, observation.status(), null);
        var commission = LineCommission.of(line, new Attribution.None(Attribution.Reason.NO_LEASE), TERMS, NOON);
        assertThat(commission.target().amountByFlow())
                .containsEntry(
                        flow(Kind.RECEIVABLE_ESTIMATED, Account.of(Kind.UNATTRIBUTED_ESTIMATED)), Money.ofFen(630));
    }

    @Property
    void fee_share_and_rest_sum_to_the_whole(
            @ForAll @IntRange(max = 100_000_000) int gross,
            @ForAll @IntRange(max = 100_000_000) int subsidy,
            @ForAll @IntRange(max = 10_000) int feeRate) {
        var calculation = commission(
                        anObservation().estimated(gross).subsidy(subsidy).feeRate(Rate.ofTenThousandths(feeRate)))
                .estimated();
        assertThat(calculation.fee().plus(calculation.creator()).plus(calculation.platform()))
                .isEqualTo(Money.ofFen(gross));
        assertThat(calculation.creator().fen()).isNotNegative();
        assertThat(calculation.platform().fen()).isNotNegative();
    }

    private static Flow flow(Kind receivable, Account to) {
        return new Flow(new Account(receivable, "TAOBAO"), to);
    }
}
