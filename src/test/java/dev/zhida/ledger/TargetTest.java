package dev.zhida.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Target.Difference;
import dev.zhida.money.Money;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TargetTest {

    private static final Account SHOP = new Account(Kind.RECEIVABLE, "TAOBAO");
    private static final Account CREATOR = new Account(Kind.CREATOR_CONFIRMED, "c");
    private static final Account US = Account.of(Kind.PLATFORM_REVENUE);
    private static final Flow TO_CREATOR = new Flow(SHOP, CREATOR);
    private static final Flow TO_US = new Flow(SHOP, US);

    private static Target target(Map<Flow, Money> amounts) {
        return new Target("source", amounts, YearMonth.of(2026, 3), "test");
    }

    @Test
    void what_is_missing_is_posted() {
        assertThat(target(Map.of(TO_CREATOR, Money.ofFen(70))).differenceFrom(Map.of(TO_CREATOR, Money.ofFen(50))))
                .containsExactly(new Difference(TO_CREATOR, Money.ofFen(20)));
    }

    @Test
    void what_is_too_much_goes_back() {
        assertThat(target(Map.of()).differenceFrom(Map.of(TO_CREATOR, Money.ofFen(50))))
                .containsExactly(new Difference(TO_CREATOR.reversed(), Money.ofFen(50)));
    }

    @Test
    void what_stands_is_not_posted_again() {
        assertThat(target(Map.of(TO_CREATOR, Money.ofFen(50))).differenceFrom(Map.of(TO_CREATOR, Money.ofFen(50))))
                .isEmpty();
    }

    @Test
    void what_went_there_and_back_counts_as_nothing() {
        assertThat(target(Map.of(TO_CREATOR, Money.ofFen(50)))
                        .differenceFrom(Map.of(TO_CREATOR, Money.ofFen(80), TO_CREATOR.reversed(), Money.ofFen(30))))
                .isEmpty();
    }

    @Property
    void any_way_to_the_last_target_ends_in_the_same_balances(
            @ForAll @Size(min = 1, max = 8) List<@Size(2) List<@IntRange(max = 1_000) Integer>> path) {
        var standing = new HashMap<Flow, Money>();
        for (var step : path) {
            target(amounts(step)).differenceFrom(standing).forEach(difference -> {
                assertThat(difference.amount().isPositive()).isTrue();
                standing.merge(difference.flow(), difference.amount(), Money::plus);
            });
        }
        assertThat(net(standing)).isEqualTo(net(amounts(path.getLast())));
    }

    private static Map<Flow, Money> amounts(List<Integer> step) {
        return Map.of(TO_CREATOR, Money.ofFen(step.get(0)), TO_US, Money.ofFen(step.get(1)));
    }

    private static Map<Account, Long> net(Map<Flow, Money> flows) {
        var net = new HashMap<Account, Long>();
        flows.forEach((flow, amount) -> {
            net.merge(flow.credit(), amount.fen(), Long::sum);
            net.merge(flow.debit(), -amount.fen(), Long::sum);
        });
        net.values().removeIf(fen -> fen == 0);
        return net;
    }
}
