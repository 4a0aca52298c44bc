package dev.zhida.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.zhida.comparison.Comparison.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static final Bounds.Uncertain NONE = new Bounds.Uncertain(0, 0, 0);

    private static final Sentence.Words WORDS =
            new Sentence.Words(new Sentence("微信", "WeChat"), new Sentence("口令", "token"), new Sentence("人", "people"));

    private static Comparison one(long x1, long n1, long x0, long n0) {
        return Comparison.of(List.of(new Stratum(new Arm(n1, x1), new Arm(n0, x0))), NONE);
    }

    @ParameterizedTest
    @CsvSource({
        // 5 expected orders a side at 100 exposures is 5 %.
        "5,100,5,100,READY",
        "5,99,5,100,COLLECTING",
        "5,100,4,100,COLLECTING",
        "0,0,5,100,COLLECTING",
        "0,0,0,0,COLLECTING",
        "101,100,5,100,INVALID_DENOMINATOR",
        "100,100,5,100,READY",
        "5,100,1,0,INVALID_DENOMINATOR"
    })
    void what_the_numbers_allow(long x1, long n1, long x0, long n0, State state) {
        var comparison = one(x1, n1, x0, n0);
        assertThat(comparison.state()).isEqualTo(state);
        assertThat(comparison.difference().isPresent())
                .isEqualTo(state != State.INVALID_DENOMINATOR && n1 > 0 && n0 > 0);
        assertThat(comparison.neededPerArm()).isPositive();
    }

    @Test
    void a_claim_says_associated_with_its_numbers_and_no_more() {
        var comparison = one(120, 2_000, 40, 2_000);
        var sentence = Sentence.of(comparison, comparison.evidence().p(), WORDS);
        assertThat(sentence.en())
                .isEqualTo(
                        "WeChat: the token is associated with more orders than the link; 6.00% against 2.00% (of 2,000 "
                                + "and 2,000), a difference of +4.00 points, 95% interval +2.79 to +5.21. This was observed, not "
                                + "randomised.");
        assertThat(sentence.zh())
                .isEqualTo("微信：口令与更高的下单率相关联，6.00% 对 2.00%（共 2,000 与 2,000），相差 +4.00 个百分点，"
                        + "95% 区间 +2.79 至 +5.21。这是观察，不是随机试验。");
        var fewer = one(40, 2_000, 120, 2_000);
        assertThat(Sentence.of(fewer, fewer.evidence().p(), WORDS).en()).contains("associated with fewer orders");
    }

    @Test
    void per_landing_the_numbers_are_told_and_why_nothing_is_claimed() {
        var comparison = one(120, 2_000, 40, 2_000);
        var sentence = Sentence.perLanding(comparison, WORDS);
        assertThat(sentence.en())
                .startsWith(
                        "WeChat: per landing nothing is claimed, because the orders of people who saw no landing page")
                .contains("6.00% against 2.00%")
                .doesNotContain("associated", "no difference");
        assertThat(sentence.zh()).contains("不作结论").doesNotContain("关联", "看不出");
        assertThat(Sentence.perLanding(one(5, 99, 0, 100), WORDS).en()).contains("still collecting");
        assertThat(Sentence.perLanding(one(101, 100, 5, 100), WORDS).en()).contains("more orders than people");
    }

    @Test
    void what_does_not_stand_after_the_correction_is_not_claimed() {
        var comparison = one(60, 2_000, 40, 2_000);
        assertThat(comparison.allowsClaim(comparison.evidence().p())).isTrue();
        assertThat(comparison.allowsClaim(0.05)).isFalse();
        assertThat(Sentence.of(comparison, 0.05, WORDS).en())
                .contains("no difference")
                .doesNotContain("associated");
    }

    @Test
    void collecting_says_how_many_are_missing_and_nothing_else() {
        var comparison = one(5, 99, 0, 100);
        var sentence = Sentence.of(comparison, 0, WORDS);
        assertThat(sentence.en())
                .contains("still collecting")
                .contains("about " + String.format("%,d", comparison.stillNeededPerArm()) + " more people")
                .doesNotContain("associated");
        assertThat(sentence.zh()).contains("暂无结论").doesNotContain("关联");
        assertThat(comparison.stillNeededPerArm()).isEqualTo(comparison.neededPerArm() - 99);
    }

    @Test
    void the_paradox_and_strata_that_differ_are_said_instead_of_a_claim() {
        var paradox = Comparison.of(VectorsTest.SIMPSON, NONE);
        assertThat(Sentence.of(paradox, 0, WORDS).en()).contains("opposite").contains("-1.17 points");
        var differing = Comparison.of(
                List.of(
                        new Stratum(new Arm(2_000, 200), new Arm(2_000, 100)),
                        new Stratum(new Arm(2_000, 100), new Arm(2_000, 90))),
                NONE);
        assertThat(differing.heterogeneity().orElseThrow().strong()).isTrue();
        assertThat(Sentence.of(differing, 0, WORDS).en()).contains("depends on creator, offer or week");
        var invalid = one(101, 100, 5, 100);
        assertThat(Sentence.of(invalid, 0, WORDS).zh()).contains("订单比人还多");
    }

    @Test
    void orders_that_are_not_certain_widen_the_difference_and_the_sentence_says_so() {
        var strata = List.of(new Stratum(new Arm(2_000, 120), new Arm(2_000, 40)));
        var bounds =
                Comparison.of(strata, new Bounds.Uncertain(20, 40, 60)).bounds().orElseThrow();
        assertThat(bounds.low()).isEqualTo(0.06 - 140 / 2_000.0, within(1e-12));
        assertThat(bounds.high()).isEqualTo(200 / 2_000.0 - 0.02, within(1e-12));
        assertThat(Sentence.of(Comparison.of(strata, new Bounds.Uncertain(20, 40, 60)), 0, WORDS)
                        .en())
                .contains("could turn it: the difference lies between -1.00 and +8.00 points");
        assertThat(Sentence.of(Comparison.of(strata, new Bounds.Uncertain(0, 0, 10)), 0, WORDS)
                        .en())
                .doesNotContain("could turn it");
        assertThat(Comparison.of(strata, new Bounds.Uncertain(0, 0, 5_000))
                        .bounds()
                        .orElseThrow()
                        .low())
                .as("no more orders than exposures")
                .isEqualTo(0.06 - 1, within(1e-12));
    }

    @Test
    void what_orders_that_are_not_certain_could_turn_is_not_claimed() {
        // Tokens share a slot, links have one each: none of the token's orders is certain.
        var strata = List.of(new Stratum(new Arm(1_000, 0), new Arm(1_000, 20)));
        assertThat(Comparison.of(strata, NONE).allowsClaim(0.001)).isTrue();
        // 20 more would make them equal, which is not fewer any more.
        assertThat(Comparison.of(strata, new Bounds.Uncertain(19, 0, 0)).allowsClaim(0.001))
                .isTrue();
        assertThat(Comparison.of(strata, new Bounds.Uncertain(20, 0, 0)).allowsClaim(0.001))
                .isFalse();
        var turned = Comparison.of(strata, new Bounds.Uncertain(40, 0, 0));
        assertThat(turned.allowsClaim(0.001)).isFalse();
        assertThat(Sentence.of(turned, 0.001, WORDS).en())
                .contains("no difference between token and link can be told")
                .contains("could turn it: the difference lies between -2.00 and +2.00 points")
                .doesNotContain("associated");
        // On the side that is ahead already they make it more so.
        assertThat(Comparison.of(strata, new Bounds.Uncertain(0, 500, 0)).allowsClaim(0.001))
                .isTrue();
        var otherWay = List.of(new Stratum(new Arm(1_000, 60), new Arm(1_000, 20)));
        assertThat(Comparison.of(otherWay, new Bounds.Uncertain(0, 0, 39)).allowsClaim(0.001))
                .isTrue();
        assertThat(Comparison.of(otherWay, new Bounds.Uncertain(0, 0, 40)).allowsClaim(0.001))
                .isFalse();
    }

    @Test
    void like_with_like_must_not_be_turned_either_where_all_together_say_more() {
        // All together +6 points, like with like +2: a shift of 3 turns only the latter.
        var strata = List.of(
                new Stratum(new Arm(3_000, 360), new Arm(1_000, 100)),
                new Stratum(new Arm(1_000, 40), new Arm(3_000, 60)));
        var certain = Comparison.of(strata, NONE);
        assertThat(certain.allowsClaim(0.001)).isTrue();
        assertThat(certain.likeWithLike().orElseThrow().estimate()).isEqualTo(0.02, within(1e-12));
        var moved = Comparison.of(strata, new Bounds.Uncertain(0, 120, 0));
        assertThat(moved.bounds().orElseThrow().low()).isEqualTo(0.06 - 0.03, within(1e-12));
        assertThat(moved.allowsClaim(0.001)).isFalse();
        assertThat(Sentence.of(moved, 0.001, WORDS).en()).contains("lies between -1.00 and +6.00 points");
        assertThat(Comparison.of(strata, new Bounds.Uncertain(0, 60, 0)).allowsClaim(0.001))
                .isTrue();
    }

    @Test
    void the_rates_of_a_sentence_are_those_that_its_difference_is_one_of() {
        // Nowhere 20 on both sides: 9 of 10 tokens where many order, 9 of 10 links where few do.
        var small = new ArrayList<Stratum>();
        for (var i = 0; i < 20; i++) {
            small.add(new Stratum(new Arm(18, 4), new Arm(2, 1)));
            small.add(new Stratum(new Arm(2, 0), new Arm(18, 2)));
        }
        var comparison = Comparison.of(small, NONE);
        assertThat(comparison.standardised()).isEmpty();
        var mh = comparison.mantelHaenszel().orElseThrow();
        assertThat(mh.token() - mh.link())
                .isEqualTo(mh.difference().estimate(), within(1e-12))
                .isEqualTo((4 / 18.0 - 0.5 + 0 - 2 / 18.0) / 2, within(1e-12));
        assertThat(Sentence.of(comparison, 0.5, WORDS).en())
                .contains("11.11% against 30.56% (of 400 and 400), a difference of -19.44 points")
                .doesNotContain("20.00%", "15.00%");
    }

    @Test
    void a_side_without_orders_makes_no_difference_certain() {
        // Tokens without their like: together they are ahead, 20 of 150 against 5 %; the 25 that compare say nothing.
        var strata =
                List.of(new Stratum(new Arm(25, 0), new Arm(2_000, 100)), new Stratum(new Arm(125, 20), Arm.NOTHING));
        var comparison = Comparison.of(strata, NONE);
        assertThat(comparison.evidence().p()).isGreaterThan(0.2);
        assertThat(comparison.simpson()).isEqualTo(Stratified.Simpson.AMBER);
        for (var interval : List.of(
                comparison.standardised().orElseThrow().difference(),
                comparison.mantelHaenszel().orElseThrow().difference())) {
            assertThat(interval.estimate()).isEqualTo(-0.05, within(1e-12));
            assertThat(interval.high()).as("like Agresti and Caffo's").isBetween(0.01, 0.04);
        }
        var sentence = Sentence.of(comparison, comparison.evidence().p(), WORDS);
        assertThat(sentence.en())
                .contains("0.00% against 5.00% (of 25 and 2,000; 125 more people have too few alike on the other side")
                .contains("-5.00 points");
        assertThat(sentence.zh()).contains("共 25 与 2,000；另有 125 人缺少足够的可比对象，未计入");
    }

    @Test
    void an_interval_without_zero_is_no_red_flag_as_long_as_the_test_says_chance() {
        var strata =
                List.of(new Stratum(new Arm(100, 1), new Arm(2_000, 100)), new Stratum(new Arm(300, 50), Arm.NOTHING));
        var comparison = Comparison.of(strata, NONE);
        assertThat(comparison.likeWithLike().orElseThrow().high()).isNegative();
        assertThat(comparison.evidence().p()).isBetween(0.05, 0.08);
        assertThat(comparison.simpson()).isEqualTo(Stratified.Simpson.AMBER);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "0,1", "1,1"})
    void where_nobody_or_everybody_orders_the_interval_is_not_a_point(int token, int link) {
        var strata = List.of(
                new Stratum(new Arm(50, 50L * token), new Arm(50, 50L * link)),
                new Stratum(new Arm(30, 30L * token), new Arm(40, 40L * link)));
        for (var interval : List.of(
                Stratified.standardised(strata).orElseThrow().difference(),
                Stratified.mantelHaenszel(strata).orElseThrow().difference())) {
            assertThat(interval.estimate()).isEqualTo(token - link, within(1e-12));
            assertThat(interval.high() - interval.low()).isBetween(0.05, 0.2);
        }
    }

    @Test
    void strata_that_are_too_small_are_left_out_of_the_standard_and_told() {
        var strata = List.of(
                new Stratum(new Arm(1_000, 50), new Arm(1_000, 40)),
                new Stratum(new Arm(20, 1), new Arm(20, 1)),
                new Stratum(new Arm(19, 1), new Arm(500, 10)),
                new Stratum(new Arm(300, 3), Arm.NOTHING));
        assertThat(Stratified.standardised(strata).orElseThrow().leftOut()).isEqualTo(519 + 300);
        assertThat(Stratified.mantelHaenszel(strata).orElseThrow().strata()).isEqualTo(3);
        assertThat(Stratified.mantelHaenszel(strata.subList(3, 4))).isEmpty();
        assertThat(Stratified.standardised(strata.subList(2, 4))).isEmpty();
        assertThat(Stratified.heterogeneity(strata.subList(0, 1))).isEmpty();
    }

    @Test
    void shrinking_draws_few_orders_towards_everybody() {
        var everybody = new Stratum(new Arm(100_000, 3_000), new Arm(100_000, 2_000));
        var none = Shrunken.of(new Stratum(Arm.NOTHING, Arm.NOTHING), everybody);
        assertThat(none.token()).isEqualTo(0.03, within(0.0001));
        var lucky = Shrunken.of(new Stratum(new Arm(10, 0), new Arm(10, 2)), everybody);
        assertThat(lucky.link()).isBetween(0.02, 0.05);
        var many = Shrunken.of(new Stratum(new Arm(100_000, 5_000), new Arm(100_000, 1_000)), everybody);
        assertThat(many.token()).isEqualTo(0.05, within(0.0001));
        assertThat(many.tokenBetter()).isEqualTo(1, within(1e-9));
        assertThat(many.lossOfToken()).isEqualTo(0, within(1e-9));
        assertThat(many.lossOfLink()).isEqualTo(many.token() - many.link(), within(1e-6));
    }

    @Test
    void shrinking_agrees_with_what_is_known_of_beta_distributions() {
        // Both sides alike: either is better half of the time, and the losses are the same.
        var alike = Shrunken.of(
                new Stratum(new Arm(50, 2), new Arm(50, 2)), new Stratum(new Arm(999, 49), new Arm(999, 49)));
        assertThat(alike.tokenBetter()).isEqualTo(0.5, within(1e-9));
        assertThat(alike.lossOfToken()).isEqualTo(alike.lossOfLink(), within(1e-9));
        // The difference of the losses is the difference of the means, whatever the distributions.
        var other = Shrunken.of(
                new Stratum(new Arm(300, 12), new Arm(40, 3)), new Stratum(new Arm(9_999, 300), new Arm(9_999, 200)));
        assertThat(other.lossOfLink() - other.lossOfToken()).isEqualTo(other.token() - other.link(), within(1e-6));
        // Against a plain sum over a fine grid of rates.
        assertThat(other.tokenBetter())
                .isEqualTo(betterByGrid(3.005 + 12, 96.995 + 288, 2.005 + 3, 97.995 + 37), within(1e-3));
    }

    private static double betterByGrid(double a1, double b1, double a0, double b0) {
        var points = 200_000;
        double[] f1 = new double[points];
        double[] f0 = new double[points];
        double sum1 = 0;
        double sum0 = 0;
        for (var i = 0; i < points; i++) {
            var p = (i + 0.5) / points;
            f1[i] = Math.exp((a1 - 1) * Math.log(p) + (b1 - 1) * Math.log1p(-p));
            f0[i] = Math.exp((a0 - 1) * Math.log(p) + (b0 - 1) * Math.log1p(-p));
            sum1 += f1[i];
            sum0 += f0[i];
        }
        double better = 0;
        double below = 0;
        for (var i = 0; i < points; i++) {
            better += f1[i] / sum1 * (below + f0[i] / sum0 / 2);
            below += f0[i] / sum0;
        }
        return better;
    }

    @Test
    void holm_and_benjamini_hochberg_meet_values_worked_by_hand() {
        assertThat(ManyTests.holm(new double[] {0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(ManyTests.benjaminiHochberg(new double[] {0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[] {0.02, 0.04, 0.04, 0.02}, within(1e-12));
        assertThat(ManyTests.holm(new double[] {0.9, 0.8})).containsExactly(1, 1);
        assertThat(ManyTests.holm(new double[0])).isEmpty();
    }

    private static List<Clusters.Cluster> clusters(int count, long linkN) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Clusters.Cluster(
                        new double[] {i % 7, 100 * (i % 7)}, 100, new double[] {i % 5, 100 * (i % 5)}, linkN))
                .toList();
    }

    @Test
    void creators_are_drawn_whole_and_always_in_the_same_way() {
        var intervals = Clusters.differences(clusters(40, 100)).orElseThrow();
        assertThat(Clusters.differences(clusters(40, 100))).contains(intervals);
        var orders = intervals.getFirst();
        assertThat(orders.estimate()).isBetween(orders.low(), orders.high());
        assertThat(intervals.getLast().low()).as("of the same draws").isEqualTo(100 * orders.low(), within(1e-9));
        assertThat(Clusters.differences(clusters(19, 100))).isEmpty();
        assertThat(Clusters.differences(clusters(20, 100))).isPresent();
        assertThat(Clusters.differences(clusters(30, 0))).isEmpty();
    }

    @Test
    void what_was_known_before_is_taken_out_of_a_difference() {
        var random = new Random(5);
        var y = new ArrayList<double[]>();
        for (var side = 0; side < 2; side++) {
            var before = random.doubles(2_000, 0, 100).toArray();
            var after = before.clone();
            for (var i = 0; i < after.length; i++) {
                after[i] += random.nextGaussian() + side;
            }
            y.add(before);
            y.add(after);
        }
        var cuped = PerExposure.cuped(y.get(3), y.get(2), y.get(1), y.get(0));
        assertThat(cuped.low()).isLessThan(1).isGreaterThan(0.85);
        assertThat(cuped.high()).isGreaterThan(1).isLessThan(1.15);
        assertThat(PerExposure.cuped(new double[] {3, 5}, new double[] {1, 1}, new double[] {1, 3}, new double[] {1, 1})
                        .estimate())
                .as("nothing known before")
                .isEqualTo(2, within(1e-12));
    }

    @Test
    void the_variance_of_a_ratio_by_hand() {
        // Means 3 and 2, variances 2 and 2, covariance 2: (2/4 + 9·2/16 − 2·3·2/8) / 2 = 0.0625.
        var ratio = PerExposure.ratio(new double[] {2, 4}, new double[] {1, 3});
        assertThat(ratio.estimate()).isEqualTo(1.5, within(1e-12));
        assertThat(ratio.high() - ratio.estimate()).isEqualTo(1.959963984540054 * 0.25, within(1e-9));
        assertThatIllegalArgumentException().isThrownBy(() -> PerExposure.ratio(new double[] {1}, new double[] {1}));
    }
}
