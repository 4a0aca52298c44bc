package dev.zhida.commission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.campaign.Bonus;
import dev.zhida.commission.BonusBudget.Line;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BonusBudgetTest {

    private static final YearMonth MARCH = YearMonth.of(2026, 3);
    private static final Instant NOON = Instant.parse("2026-03-01T04:00:00Z");

    private static NavigableMap<Instant, Bonus> perOrder(long fen) {
        return new TreeMap<>(
                java.util.Map.of(Instant.MIN, new Bonus(1, Bonus.Kind.PER_ORDER, Money.ofFen(fen), null, Instant.MIN)));
    }

    private static NavigableMap<Instant, Bonus> percent(String rate) {
        return new TreeMap<>(
                java.util.Map.of(Instant.MIN, new Bonus(1, Bonus.Kind.PERCENT, null, Rate.of(rate), Instant.MIN)));
    }

    private static Line line(YearMonth month, long second, String key, String orderNo, long sold) {
        return new Line(
                UUID.nameUUIDFromBytes(key.getBytes()),
                new UUID(0, 1),
                month,
                NOON.plusSeconds(second),
                key,
                orderNo,
                Money.ofFen(sold),
                false);
    }

    private static List<Long> given(List<Line> lines, NavigableMap<Instant, Bonus> bonuses, long budget) {
        return BonusBudget.allot(lines, bonuses, Money.ofFen(budget)).stream()
                .map(allotment -> allotment.given().fen())
                .toList();
    }

    @Test
    void first_come_by_paid_time_then_key_and_the_last_gets_the_rest() {
        var lines =
                List.of(line(MARCH, 5, "c", "3", 100), line(MARCH, 0, "b", "2", 100), line(MARCH, 0, "a", "1", 100));
        var allotments = BonusBudget.allot(lines, perOrder(50), Money.ofFen(120));
        assertThat(allotments).extracting(a -> a.line().lineKey()).containsExactly("a", "b", "c");
        assertThat(given(lines, perOrder(50), 120)).containsExactly(50L, 50L, 20L);
        assertThat(given(lines, perOrder(50), 150)).containsExactly(50L, 50L, 50L);
        assertThat(given(lines, perOrder(50), 100)).containsExactly(50L, 50L, 0L);
    }

    @Test
    void an_order_of_several_lines_gets_one_bonus() {
        var lines = List.of(line(MARCH, 0, "a", "1", 0), line(MARCH, 0, "b", "1", 100), line(MARCH, 0, "c", "1", 100));
        assertThat(given(lines, perOrder(50), 1_000)).containsExactly(50L);
        assertThat(given(lines, percent("0.1"), 1_000)).containsExactly(10L, 10L);
    }

    @Test
    void an_earlier_month_takes_before_a_later_one_whatever_was_paid_first() {
        var lines = List.of(line(MARCH.plusMonths(1), 0, "a", "1", 100), line(MARCH, 9, "b", "2", 100));
        assertThat(BonusBudget.allot(lines, perOrder(50), Money.ofFen(60)))
                .extracting(a -> a.line().lineKey() + a.given().fen())
                .containsExactly("b50", "a10");
    }

    @Test
    void the_bonus_that_held_when_the_buyer_paid_counts() {
        var bonuses = perOrder(50);
        var change = NOON.plusSeconds(10);
        bonuses.put(change, new Bonus(2, Bonus.Kind.PER_ORDER, Money.ofFen(70), null, change));
        bonuses.put(change.plusSeconds(10), new Bonus(3, Bonus.Kind.NONE, null, null, change.plusSeconds(10)));
        var lines =
                List.of(line(MARCH, 9, "a", "1", 100), line(MARCH, 10, "b", "2", 100), line(MARCH, 20, "c", "3", 100));
        assertThat(given(lines, bonuses, 1_000)).containsExactly(50L, 70L);
    }

    @Property
    void the_budget_is_never_overspent_and_the_order_of_arrival_does_not_matter(
            @ForAll long seed, @ForAll @IntRange(max = 3_000) int budget) {
        var dice = new Random(seed);
        var lines = new ArrayList<Line>();
        for (var i = 0; i < 30; i++) {
            lines.add(line(
                    MARCH.plusMonths(dice.nextInt(3)),
                    dice.nextInt(20),
                    "k" + i,
                    "o" + dice.nextInt(20),
                    dice.nextInt(3_000)));
        }
        var bonuses = dice.nextBoolean() ? perOrder(1 + dice.nextInt(400)) : percent("0.05");
        var allotted = BonusBudget.allot(lines, bonuses, Money.ofFen(budget));
        var sum = allotted.stream().mapToLong(a -> a.given().fen()).sum();
        var wanted = allotted.stream().mapToLong(a -> a.wanted().fen()).sum();
        assertThat(sum).isEqualTo(Math.min(budget, wanted));
        Collections.shuffle(lines, dice);
        assertThat(BonusBudget.allot(lines, bonuses, Money.ofFen(budget))).isEqualTo(allotted);
    }

    @Test
    void terms_of_a_bonus_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new Bonus.Terms(Bonus.Kind.PER_ORDER, null, null))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> new Bonus.Terms(Bonus.Kind.PERCENT, Money.ofFen(1), Rate.of("0.1")))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> new Bonus.Terms(Bonus.Kind.PERCENT, null, Rate.ZERO))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> new Bonus.Terms(Bonus.Kind.NONE, Money.ofFen(1), null))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void a_tier_gives_each_part_of_the_volume_the_rate_of_its_step() {
        var tier = new Tier(
                1,
                "t",
                null,
                MARCH,
                List.of(
                        new Tier.Step(Money.ofFen(1_000), Rate.of("0.1")),
                        new Tier.Step(Money.ofFen(2_000), Rate.of("0.2"))));
        assertThat(tier.amount(Money.ofFen(-5))).isEqualTo(Money.ZERO);
        assertThat(tier.amount(Money.ofFen(1_000))).isEqualTo(Money.ZERO);
        assertThat(tier.amount(Money.ofFen(1_010))).isEqualTo(Money.ofFen(1));
        assertThat(tier.amount(Money.ofFen(2_000))).isEqualTo(Money.ofFen(100));
        assertThat(tier.amount(Money.ofFen(2_005))).isEqualTo(Money.ofFen(101));
        assertThatThrownBy(() -> new Tier(
                        1,
                        "t",
                        null,
                        MARCH,
                        List.of(
                                new Tier.Step(Money.ofFen(10), Rate.of("0.1")),
                                new Tier.Step(Money.ofFen(10), Rate.of("0.2")))))
                .isInstanceOf(Refusal.class);
    }
}
