package dev.zhida.order;

import static dev.zhida.order.ObservationFixture.NOON;
import static dev.zhida.order.ObservationFixture.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.marketplace.OrderStatus;
import dev.zhida.money.Money;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OrderFoldTest {

    private static final UUID ACCOUNT = new UUID(0, 1);

    private static OrderFold.Folded fold(ObservationFixture... observations) {
        return OrderFold.fold(Stream.of(observations).map(OrderFoldTest::hashed).toList(), List.of());
    }

    private static OrderFold.Hashed hashed(ObservationFixture fixture) {
        return new OrderFold.Hashed(ACCOUNT, fixture.build(), ObservationContent.hash(fixture.toString()), false);
    }

    private static OrderFold.Hashed ofFile(ObservationFixture fixture) {
        return new OrderFold.Hashed(ACCOUNT, fixture.build(), ObservationContent.hash(fixture.toString()), true);
    }

    @Test
    void the_later_report_holds_even_if_it_says_less() {
        var settled = anObservation().asOf(NOON).status(OrderStatus.SETTLED);
        assertThat(fold(settled, settled.asOf(NOON.plusSeconds(1)).status(OrderStatus.PAID))
                        .status())
                .isEqualTo(OrderStatus.PAID);
    }

    @Test
    void a_report_without_a_time_comes_before_all_others() {
        var paid = anObservation().asOf(NOON);
        assertThat(fold(paid, paid.asOf(null).status(OrderStatus.SETTLED)).status())
                .isEqualTo(OrderStatus.PAID);
    }

    @Test
    void what_the_api_tells_comes_after_all_that_files_tell() {
        var received = anObservation().status(OrderStatus.RECEIVED).asOf(NOON);
        var settled = received.status(OrderStatus.SETTLED);
        var later = ofFile(received.asOf(NOON.plusSeconds(9)));
        assertThat(OrderFold.fold(List.of(hashed(settled), later), List.of()).status())
                .isEqualTo(OrderStatus.SETTLED);
        assertThat(OrderFold.fold(List.of(hashed(settled.asOf(null)), later), List.of())
                        .status())
                .isEqualTo(OrderStatus.SETTLED);
        assertThat(OrderFold.fold(List.of(ofFile(settled), later), List.of()).status())
                .isEqualTo(OrderStatus.RECEIVED);
        // A file that says otherwise of the same time and status contradicts nobody.
        assertThat(OrderFold.fold(List.of(hashed(settled), ofFile(settled.settled(999))), List.of())
                        .status())
                .isEqualTo(OrderStatus.SETTLED);
    }

    @Test
    void a_fee_that_only_a_file_tells_is_taken_from_it_if_it_speaks_of_the_same_amounts() {
        var settled = anObservation().asOf(NOON).settled(1_000);
        var paid = settled.status(OrderStatus.PAID);
        assertThat(OrderFold.fold(List.of(hashed(settled), ofFile(settled.fee(70))), List.of())
                        .latest()
                        .fee())
                .isEqualTo(Money.ofFen(70));
        for (var other : List.of(
                settled.settled(999).fee(70), paid.fee(70), settled.subsidy(5).fee(70))) {
            var folded = OrderFold.fold(List.of(hashed(settled.subsidy(6)), ofFile(other)), List.of());
            assertThat(folded.latest().fee()).isNull();
            assertThat(folded.latest().settled()).isEqualTo(Money.ofFen(1_000));
        }
        assertThat(OrderFold.fold(List.of(hashed(settled.fee(60)), ofFile(settled.fee(70))), List.of())
                        .latest()
                        .fee())
                .isEqualTo(Money.ofFen(60));
    }

    @Test
    void of_two_reports_of_one_time_the_further_status_holds() {
        var paid = anObservation();
        assertThat(fold(paid.status(OrderStatus.INVALID), paid).status()).isEqualTo(OrderStatus.INVALID);
    }

    @Test
    void reports_of_one_time_and_status_with_different_money_need_a_person() {
        var paid = anObservation();
        var folded = fold(paid, paid.estimated(999));
        assertThat(folded.status()).isEqualTo(OrderStatus.NEEDS_REVIEW);
        assertThat(folded.review()).contains("differ in money");
    }

    @Test
    void a_later_report_settles_a_contradiction() {
        var paid = anObservation();
        assertThat(fold(paid, paid.estimated(999), paid.asOf(NOON)).status()).isEqualTo(OrderStatus.PAID);
    }

    @Test
    void an_unknown_status_needs_a_person() {
        assertThat(fold(anObservation().status(OrderStatus.NEEDS_REVIEW)).review())
                .contains("unknown status");
    }

    private static OrderFold.Folded decided(
            ObservationFixture chosen, ObservationFixture other, ObservationFixture... reports) {
        var decision = new Decision(
                1,
                null,
                hashed(chosen).hash(),
                Set.of(hashed(chosen).hash(), hashed(other).hash()),
                null,
                NOON);
        return OrderFold.fold(Stream.of(reports).map(OrderFoldTest::hashed).toList(), List.of(decision));
    }

    @Test
    void a_person_decides_between_contradicting_reports_until_another_comes() {
        var left = anObservation();
        var right = left.estimated(999);
        assertThat(decided(right, left, left, right).latest().estimated().fen()).isEqualTo(999);
        assertThat(decided(right, left, left, right).status()).isEqualTo(OrderStatus.PAID);
        assertThat(decided(right, left, left, right, left.estimated(998)).status())
                .isEqualTo(OrderStatus.NEEDS_REVIEW);
        assertThat(decided(right, left, left, right, left.asOf(NOON))
                        .latest()
                        .estimated()
                        .fen())
                .isEqualTo(1_000);
        assertThat(decided(right, left, left, left.estimated(998)).status()).isEqualTo(OrderStatus.NEEDS_REVIEW);
    }

    @Property
    void neither_order_nor_repetition_matters(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 59) Integer> seeds, @ForAll long shuffle) {
        var one = anObservation();
        var observations = new ArrayList<>(seeds.stream()
                .map(seed -> one.asOf(seed % 4 == 0 ? null : NOON.plusSeconds(seed % 4))
                        .status(OrderStatus.values()[seed % 5])
                        .estimated(1_000 + seed % 3))
                .map(fixture -> fixture.estimatedFen() % 2 == 0 ? ofFile(fixture) : hashed(fixture))
                .toList());
        var expected = OrderFold.fold(observations, List.of());

        observations.addAll(observations.subList(0, observations.size() / 2));
        Collections.shuffle(observations, new Random(shuffle));
        assertThat(OrderFold.fold(observations, List.of())).isEqualTo(expected);
    }
}
