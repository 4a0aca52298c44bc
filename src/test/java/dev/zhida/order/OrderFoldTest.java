package dev.zhida.order;

import static dev.zhida.order.ObservationFixture.NOON;
import static dev.zhida.order.ObservationFixture.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.marketplace.OrderStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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
        return new OrderFold.Hashed(ACCOUNT, fixture.build(), ObservationContent.hash(fixture.toString()));
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

    @Property
    void neither_order_nor_repetition_matters(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 59) Integer> seeds, @ForAll long shuffle) {
        var one = anObservation();
        var observations = new ArrayList<>(seeds.stream()
                .map(seed -> one.asOf(seed % 4 == 0 ? null : NOON.plusSeconds(seed % 4))
                        .status(OrderStatus.values()[seed % 5])
                        .estimated(1_000 + seed % 3))
                .map(OrderFoldTest::hashed)
                .toList());
        var expected = OrderFold.fold(observations, List.of());

        observations.addAll(observations.subList(0, observations.size() / 2));
        Collections.shuffle(observations, new Random(shuffle));
        assertThat(OrderFold.fold(observations, List.of())).isEqualTo(expected);
    }
}
