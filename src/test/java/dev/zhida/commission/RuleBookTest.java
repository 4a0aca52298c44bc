package dev.zhida.commission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.problem.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RuleBookTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final UUID ANNA = new UUID(0, 1);
    private static final UUID AUTUMN = new UUID(0, 2);
    private static final Ground LINE = new Ground(ANNA, AUTUMN, Medium.TOKEN, Platform.WECHAT, Marketplace.TAOBAO);

    private static final Rule GENERAL = rule(1, Ground.ANY, START.minusSeconds(100), null, false);

    private static Rule rule(int version, Ground ground, Instant from, Instant until, boolean withdrawn) {
        var terms = new Rule.Terms("r", Rule.Kind.PERCENT, Rate.of("0.5"), null, null, null, null, null);
        return new Rule(version, ground, terms, from, until, withdrawn);
    }

    private static int winner(Ground line, Instant at, Rule... rules) {
        var all = new ArrayList<>(Arrays.asList(rules));
        all.add(GENERAL);
        return new RuleBook(all).decide(line, at).version();
    }

    @Test
    void a_rule_about_a_creator_beats_one_about_all_the_rest() {
        var creator = rule(2, new Ground(ANNA, null, null, null, null), START, null, false);
        var rest = rule(
                3, new Ground(null, AUTUMN, Medium.TOKEN, Platform.WECHAT, Marketplace.TAOBAO), START, null, false);
        assertThat(winner(LINE, START, creator, rest)).isEqualTo(2);
        assertThat(winner(LINE, START, rest)).isEqualTo(3);
    }

    @Test
    void a_rule_holds_from_its_start_until_its_end_or_the_next_version() {
        var ground = new Ground(null, null, Medium.TOKEN, null, null);
        var first = rule(2, ground, START, START.plusSeconds(20), false);
        var second = rule(3, ground, START.plusSeconds(10), START.plusSeconds(15), false);
        assertThat(winner(LINE, START.minusNanos(1), first, second)).isEqualTo(1);
        assertThat(winner(LINE, START, first, second)).isEqualTo(2);
        assertThat(winner(LINE, START.plusSeconds(10).minusNanos(1), first, second))
                .isEqualTo(2);
        assertThat(winner(LINE, START.plusSeconds(10), first, second)).isEqualTo(3);
        assertThat(winner(LINE, START.plusSeconds(15).minusNanos(1), first, second))
                .isEqualTo(3);
        assertThat(winner(LINE, START.plusSeconds(15), first, second)).isEqualTo(1);
    }

    @Test
    void a_withdrawn_rule_leaves_its_ground_to_the_others() {
        var ground = new Ground(ANNA, null, null, null, null);
        var given = rule(2, ground, START, null, false);
        var taken = rule(3, ground, START.plusSeconds(10), null, true);
        assertThat(winner(LINE, START.plusSeconds(9), given, taken)).isEqualTo(2);
        assertThat(winner(LINE, START.plusSeconds(10), given, taken)).isEqualTo(1);
    }

    @Test
    void a_line_older_than_all_rules_or_without_a_time_is_counted_by_the_first() {
        var later = rule(2, Ground.ANY, START, null, false);
        assertThat(winner(LINE, Instant.EPOCH, later)).isEqualTo(1);
        assertThat(winner(LINE, null, later)).isEqualTo(1);
    }

    @Test
    void terms_that_make_no_sense_are_refused_with_what_to_do() {
        assertThatThrownBy(() -> new Rule.Terms("r", Rule.Kind.PERCENT, null, null, null, null, null, null))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("rule-incomplete"));
        assertThatThrownBy(() ->
                        new Rule.Terms("r", Rule.Kind.FIXED, Rate.of("0.1"), Money.ofFen(1), null, null, null, null))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("rule-incomplete"));
        assertThatThrownBy(() -> new Rule.Terms("r", Rule.Kind.PERCENT, Rate.of("1.01"), null, null, null, null, null))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("rule-incomplete"));
        assertThatThrownBy(() -> new Rule.Terms("r", Rule.Kind.PERCENT, Rate.WHOLE, null, null, null, ANNA, null))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("rule-incomplete"));
        assertThatThrownBy(() -> new Rule.Terms(
                        "r", Rule.Kind.PERCENT, Rate.WHOLE, null, Money.ofFen(2), Money.ofFen(1), null, null))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.code()).isEqualTo("rule-floor-above-cap"));
        assertThat(new Rule.Terms("r", Rule.Kind.PERCENT, Rate.WHOLE, null, Money.ofFen(1), Money.ofFen(1), null, null))
                .isNotNull();
    }

    /** Against the plain reading: of those that cover and hold, the one that compares highest name by name. */
    @Property
    void the_book_finds_what_the_plain_reading_finds(@ForAll long seed) {
        var dice = new Random(seed);
        var rules = new ArrayList<Rule>(List.of(GENERAL));
        for (var version = 2; version < 30; version++) {
            var ground = randomGround(dice, true);
            var from = START.plusSeconds(dice.nextInt(40));
            var until =
                    dice.nextInt(3) == 0 && !ground.equals(Ground.ANY) ? from.plusSeconds(1 + dice.nextInt(20)) : null;
            var rule = rule(version, ground, from, until, dice.nextInt(5) == 0 && !ground.equals(Ground.ANY));
            // Ties are refused when they are saved.
            if (rules.stream()
                    .noneMatch(r -> r.ground().equals(ground) && r.fromAt().equals(from))) {
                rules.add(rule);
            }
        }
        var book = new RuleBook(rules);
        for (var i = 0; i < 10; i++) {
            var line = randomGround(dice, false);
            var at = START.plusSeconds(dice.nextInt(60) - 5);
            assertThat(book.decide(line, at)).isEqualTo(plainReading(rules, line, at));
        }
    }

    private static Ground randomGround(Random dice, boolean wild) {
        return new Ground(
                one(dice, wild, ANNA, new UUID(0, 7)),
                one(dice, true, AUTUMN, new UUID(0, 8)),
                one(dice, wild, Medium.LINK, Medium.TOKEN),
                one(dice, true, Platform.WECHAT, Platform.QQ),
                one(dice, wild, Marketplace.TAOBAO, Marketplace.JD));
    }

    private static <T> T one(Random dice, boolean orNone, T a, T b) {
        return orNone && dice.nextInt(2) == 0 ? null : dice.nextBoolean() ? a : b;
    }

    private static Rule plainReading(List<Rule> rules, Ground line, Instant at) {
        Rule best = null;
        for (var rule : rules) {
            var superseded = rules.stream()
                    .anyMatch(other -> other.ground().equals(rule.ground())
                            && other.fromAt().isAfter(rule.fromAt())
                            && !other.fromAt().isAfter(at));
            var holds = !rule.fromAt().isAfter(at)
                    && !superseded
                    && !rule.withdrawn()
                    && (rule.untilAt() == null || at.isBefore(rule.untilAt()));
            if (holds && covers(rule.ground(), line) && (best == null || beats(rule.ground(), best.ground()))) {
                best = rule;
            }
        }
        return best == null ? GENERAL : best;
    }

    private static List<Object> names(Ground ground) {
        return Arrays.asList(
                ground.creatorId(), ground.campaignId(), ground.medium(), ground.platform(), ground.marketplace());
    }

    private static boolean covers(Ground rule, Ground line) {
        for (var i = 0; i < 5; i++) {
            if (names(rule).get(i) != null
                    && !names(rule).get(i).equals(names(line).get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean beats(Ground a, Ground b) {
        for (var i = 0; i < 5; i++) {
            var named = names(a).get(i) != null;
            if (named != (names(b).get(i) != null)) {
                return named;
            }
        }
        throw new AssertionError("a tie between " + a + " and " + b);
    }
}
