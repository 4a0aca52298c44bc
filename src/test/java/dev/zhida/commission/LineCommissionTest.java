package dev.zhida.commission;

import static dev.zhida.order.ObservationFixture.NOON;
import static dev.zhida.order.ObservationFixture.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.order.ObservationFixture;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Refund;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineCommissionTest {

    private static final UUID ANNA = new UUID(0, 1);
    private static final UUID AGENCY = new UUID(0, 2);
    private static final Rate FEE = Rate.of("0.1");

    private static Rule rule(Rule.Terms terms) {
        return new Rule(1, Ground.ANY, terms, NOON, null, false);
    }

    private static Rule.Terms share(String share) {
        return new Rule.Terms("七成", Rule.Kind.PERCENT, Rate.of(share), null, null, null, null, null);
    }

    private static LineCommission commission(ObservationFixture fixture) {
        return commission(fixture, share("0.7"), List.of(), false);
    }

    private static LineCommission commission(
            ObservationFixture fixture, Rule.Terms terms, List<Refund> refunds, boolean frozen) {
        var observation = fixture.build();
        var line =
                new OrderLine(new UUID(0, 9), new UUID(0, 8), observation, observation.status(), null, refunds, frozen);
        return LineCommission.of(line, ground(ANNA), 11L, rule(terms), FEE, NOON);
    }

    private static Ground ground(UUID creator) {
        return new Ground(creator, null, Medium.LINK, Platform.WECHAT, Marketplace.TAOBAO);
    }

    private static Refund refund(RefundStatus status, long commission, long fee) {
        return new Refund(
                new RefundObservation(
                        Marketplace.TAOBAO,
                        "r" + commission,
                        "k",
                        status,
                        status.name(),
                        Money.ofFen(commission * 10),
                        Money.ofFen(commission),
                        Money.ofFen(fee),
                        NOON,
                        NOON,
                        NOON,
                        Map.of()),
                status);
    }

    @Test
    void a_paid_line_is_estimated_after_the_fee() {
        var commission = commission(anObservation().estimated(1_000));
        var estimated = commission.estimated();
        assertThat(List.of(estimated.gross(), estimated.fee(), estimated.creator(), estimated.platform()))
                .isEqualTo(List.of(Money.ofFen(1_000), Money.ofFen(100), Money.ofFen(630), Money.ofFen(270)));
        assertThat(estimated.feeAssumed()).isTrue();
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
        var commission = LineCommission.of(line, ground(null), null, rule(share("0.7")), FEE, NOON);
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

    @Test
    void refunds_that_take_back_shrink_commission_and_fee_and_the_others_do_not() {
        var commission = commission(
                anObservation().settled(1_000),
                share("0.7"),
                List.of(
                        refund(RefundStatus.FROM_CREATOR, 200, 20),
                        refund(RefundStatus.SUCCEEDED, 300, 30),
                        refund(RefundStatus.FROM_SELLER, 100, 10),
                        refund(RefundStatus.OPENED, 100, 10),
                        refund(RefundStatus.FAILED, 100, 10)),
                false);
        var settled = commission.settled();
        assertThat(settled.gross()).isEqualTo(Money.ofFen(500));
        assertThat(settled.fee()).isEqualTo(Money.ofFen(50));
        assertThat(commission.amount()).isEqualTo(Money.ofFen(315));
        // Who pays the commission back is between the seller and the creator: the buyer has her money again.
        assertThat(commission.sold()).isEqualTo(Money.ofFen(10_000 - 6_000));
    }

    @Test
    void a_refund_before_the_settlement_leaves_the_estimate_to_the_marketplace() {
        var refunds = List.of(refund(RefundStatus.SUCCEEDED, 300, 30));
        assertThat(commission(anObservation().estimated(1_000), share("0.7"), refunds, false)
                        .amount())
                .isEqualTo(Money.ofFen(630));
    }

    @Test
    void refunds_beyond_what_was_settled_take_all_and_the_excess_is_told() {
        var commission = commission(
                anObservation().settled(1_000),
                share("0.7"),
                List.of(refund(RefundStatus.SUCCEEDED, 1_000, 100), refund(RefundStatus.FROM_CREATOR, 1, 0)),
                false);
        assertThat(commission.target().amountByFlow()).isEmpty();
        assertThat(commission.settled().overRefunded()).isEqualTo(Money.ofFen(1));
    }

    @Test
    void a_frozen_line_waits_in_the_held_account_with_the_share_of_the_agency() {
        var terms = new Rule.Terms("机构", Rule.Kind.PERCENT, Rate.of("0.7"), null, null, null, AGENCY, Rate.of("0.333"));
        var anna = ANNA.toString();
        assertThat(commission(anObservation().settled(1_000), terms, List.of(), true)
                        .target()
                        .amountByFlow())
                .containsEntry(flow(Kind.RECEIVABLE, new Account(Kind.CREATOR_HELD, anna)), Money.ofFen(630))
                .hasSize(3);
        assertThat(commission(anObservation().settled(1_000), terms, List.of(), false)
                        .target()
                        .amountByFlow())
                .containsEntry(flow(Kind.RECEIVABLE, new Account(Kind.CREATOR_CONFIRMED, anna)), Money.ofFen(420))
                .containsEntry(
                        flow(Kind.RECEIVABLE, new Account(Kind.AGENCY_CONFIRMED, AGENCY.toString())), Money.ofFen(210));
        assertThat(commission(anObservation(), terms, List.of(), true).target().amountByFlow())
                .containsEntry(
                        flow(Kind.RECEIVABLE_ESTIMATED, new Account(Kind.CREATOR_ESTIMATED, anna)), Money.ofFen(420));
    }

    @Test
    void floor_cap_and_fixed_amounts_bind_a_line_that_brings_anything() {
        assertThat(part(1_000, null, 631L, null)).isEqualTo(631);
        assertThat(part(1_000, null, 630L, null)).isEqualTo(630);
        assertThat(part(1_000, null, null, 629L)).isEqualTo(629);
        assertThat(part(1_000, null, 10L, 2_000L)).isEqualTo(630);
        assertThat(part(1_000, 555L, null, null)).isEqualTo(555);
        assertThat(part(1, 555L, null, null)).isEqualTo(555);
        assertThat(part(0, 555L, null, null)).isZero();
        assertThat(part(0, null, 100L, null)).isZero();
    }

    private static long part(long settled, Long fixed, Long floor, Long cap) {
        var terms = new Rule.Terms(
                "r",
                fixed == null ? Rule.Kind.PERCENT : Rule.Kind.FIXED,
                fixed == null ? Rate.of("0.7") : null,
                fixed == null ? null : Money.ofFen(fixed),
                floor == null ? null : Money.ofFen(floor),
                cap == null ? null : Money.ofFen(cap),
                null,
                null);
        return commission(anObservation().settled(settled), terms, List.of(), false)
                .amount()
                .fen();
    }

    @Test
    void shares_are_rounded_half_even() {
        assertThat(share("0.5").granted(Money.ofFen(5))).isEqualTo(Money.ofFen(2));
        assertThat(share("0.5").granted(Money.ofFen(7))).isEqualTo(Money.ofFen(4));
    }

    @Property
    void the_parts_sum_to_the_whole_whatever_the_rule_and_the_refunds(
            @ForAll @IntRange(min = -1_000, max = 1_000_000) int settled,
            @ForAll @IntRange(max = 500_000) int subsidy,
            @ForAll boolean fixed,
            @ForAll @IntRange(max = 10_000) int rate,
            @ForAll @IntRange(max = 3_000) int floor,
            @ForAll @IntRange(max = 10_000) int agencyRate,
            @ForAll @IntRange(max = 1_000) int feeRate,
            @ForAll @Size(max = 4) List<@IntRange(max = 400_000) Integer> refunds,
            @ForAll boolean frozen) {
        var terms = new Rule.Terms(
                "r",
                fixed ? Rule.Kind.FIXED : Rule.Kind.PERCENT,
                fixed ? null : Rate.ofTenThousandths(rate),
                fixed ? Money.ofFen(rate) : null,
                floor % 3 == 0 ? null : Money.ofFen(floor),
                floor % 2 == 0 ? null : Money.ofFen(floor + 5_000L),
                agencyRate == 0 ? null : AGENCY,
                agencyRate == 0 ? null : Rate.ofTenThousandths(agencyRate));
        var commission = commission(
                anObservation().settled(settled).subsidy(subsidy).feeRate(Rate.ofTenThousandths(feeRate)),
                terms,
                refunds.stream()
                        .map(fen -> refund(RefundStatus.SUCCEEDED, fen, fen / 10))
                        .toList(),
                frozen);
        var parts = commission.settled();
        assertThat(parts.fee().plus(parts.creator()).plus(parts.agency()).plus(parts.platform()))
                .isEqualTo(parts.gross());
        assertThat(parts.refunded().plus(parts.gross())).isEqualTo(Money.ofFen(settled));
        var asked = refunds.stream().mapToLong(Integer::longValue).sum();
        assertThat(parts.refunded().plus(parts.overRefunded())).isEqualTo(Money.ofFen(asked));
        assertThat(parts.fee().fen()).isBetween(0L, Math.max(0, parts.gross().fen()));
        if (settled >= 0) {
            assertThat(parts.gross().fen()).isNotNegative();
            assertThat(parts.creator().fen()).isNotNegative();
        }
        // What leaves the receivable is the whole, wherever it goes.
        var left = commission.target().amountByFlow().values().stream().reduce(Money.ZERO, Money::plus);
        assertThat(left).isEqualTo(parts.gross());
    }

    private static Flow flow(Kind receivable, Account to) {
        return new Flow(new Account(receivable, "TAOBAO"), to);
    }
}
