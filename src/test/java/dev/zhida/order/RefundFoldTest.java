package dev.zhida.order;

import static dev.zhida.order.ObservationFixture.NOON;
import static dev.zhida.order.RefundFixture.aRefundOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RefundFoldTest {

    private static final RefundFixture ONE = aRefundOf("line");

    private static RefundFold.Hashed hashed(RefundFixture fixture) {
        return new RefundFold.Hashed(fixture.build(), fixture.toString());
    }

    private static List<Refund> fold(List<Decision> decisions, RefundFixture... reports) {
        return RefundFold.fold(Stream.of(reports).map(RefundFoldTest::hashed).toList(), decisions);
    }

    private static Decision choice(RefundFixture chosen, RefundStatus status, RefundFixture... among) {
        return new Decision(
                1,
                chosen.id(),
                chosen.toString(),
                Set.of(Stream.of(among).map(RefundFixture::toString).toArray(String[]::new)),
                status == null ? null : status.name(),
                NOON);
    }

    @Test
    void each_refund_of_a_line_stands_by_itself() {
        var other = ONE.id("other").commission(7).status(RefundStatus.FROM_SELLER);
        var refunds = fold(List.of(), ONE.status(RefundStatus.FROM_CREATOR), other, ONE);
        assertThat(refunds)
                .extracting(Refund::status)
                .containsExactly(RefundStatus.FROM_CREATOR, RefundStatus.FROM_SELLER);
        assertThat(refunds).extracting(Refund::takesBack).containsExactly(true, false);
    }

    @Test
    void the_later_report_holds_and_one_without_a_time_is_the_earliest() {
        assertThat(fold(
                                List.of(),
                                ONE.status(RefundStatus.SUCCEEDED),
                                ONE.status(RefundStatus.FAILED).asOf(NOON.plusSeconds(1)))
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.FAILED);
        assertThat(fold(List.of(), ONE, ONE.status(RefundStatus.FROM_CREATOR).asOf(null))
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.OPENED);
    }

    @Test
    void reports_of_one_time_that_differ_in_money_or_payer_move_nothing() {
        var paid = ONE.status(RefundStatus.FROM_CREATOR);
        assertThat(fold(List.of(), paid, paid.commission(99)).getFirst().status())
                .isEqualTo(RefundStatus.NEEDS_REVIEW);
        assertThat(fold(List.of(), paid, ONE.status(RefundStatus.FROM_SELLER))
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.NEEDS_REVIEW);
        assertThat(fold(List.of(), paid, paid.commission(99), paid.asOf(NOON.plusSeconds(1)))
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.FROM_CREATOR);
    }

    @Test
    void a_person_decides_between_reports_until_another_comes() {
        var left = ONE.status(RefundStatus.FROM_CREATOR);
        var right = left.commission(99);
        var decision = choice(right, null, left, right);
        assertThat(fold(List.of(decision), left, right)
                        .getFirst()
                        .latest()
                        .commission()
                        .fen())
                .isEqualTo(99);
        assertThat(fold(List.of(decision), left, right, left.commission(98))
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.NEEDS_REVIEW);
        assertThat(fold(List.of(decision), left, right, left.asOf(NOON.plusSeconds(1)))
                        .getFirst()
                        .latest()
                        .commission()
                        .fen())
                .isEqualTo(100);
    }

    @Test
    void a_person_may_say_what_an_unknown_status_means() {
        var unknown = ONE.status(RefundStatus.NEEDS_REVIEW);
        assertThat(fold(List.of(choice(unknown, RefundStatus.FAILED, unknown)), unknown)
                        .getFirst()
                        .status())
                .isEqualTo(RefundStatus.FAILED);
    }

    private static PunishmentObservation punishment(boolean frozen, String violation, Instant asOf) {
        return new PunishmentObservation(Marketplace.TAOBAO, "1", frozen, violation, asOf, Map.of());
    }

    @Test
    void an_order_is_frozen_while_any_violation_freezes_it() {
        assertThat(PunishmentFold.frozen(List.of())).isFalse();
        assertThat(PunishmentFold.frozen(List.of(punishment(true, "1", NOON)))).isTrue();
        assertThat(PunishmentFold.frozen(List.of(punishment(true, "1", NOON), punishment(false, "1", NOON))))
                .isFalse();
        assertThat(PunishmentFold.frozen(
                        List.of(punishment(true, "1", NOON.plusSeconds(1)), punishment(false, "1", NOON))))
                .isTrue();
        assertThat(PunishmentFold.frozen(List.of(punishment(true, "1", NOON), punishment(false, "2", NOON))))
                .isTrue();
        assertThat(PunishmentFold.frozen(List.of(punishment(false, null, NOON), punishment(true, null, null))))
                .isFalse();
    }
}
