package dev.zhida.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.zhida.comparison.Stratified.Simpson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that were computed elsewhere, to all of their digits. */
class VectorsTest {

    private static final double SIX_DIGITS = 0.0000005;
    private static final double FIVE_DIGITS = 0.000005;

    private static final Arm TOKEN = new Arm(2_000, 60);
    private static final Arm LINK = new Arm(2_000, 40);

    /** WeChat and Weibo: within each the link is better, together the token is. */
    static final List<Stratum> SIMPSON = List.of(
            new Stratum(new Arm(3_000, 270), new Arm(1_000, 110)), new Stratum(new Arm(1_000, 10), new Arm(4_000, 60)));

    private static void is(Interval interval, double estimate, double low, double high, double digits) {
        assertThat(interval.estimate()).isEqualTo(estimate, within(digits));
        assertThat(interval.low()).isEqualTo(low, within(digits));
        assertThat(interval.high()).isEqualTo(high, within(digits));
    }

    @Test
    void the_pooled_test() {
        var test = Proportions.pooledTest(TOKEN, LINK);
        assertThat(test.statistic()).isEqualTo(2.02548, within(FIVE_DIGITS));
        assertThat(test.p()).isEqualTo(0.042818, within(SIX_DIGITS));
    }

    @Test
    void the_risk_ratio() {
        // The published upper bound is that of the rounded lower one: 2.25 / 1.01027; unrounded it is 2.227124.
        is(Proportions.riskRatio(TOKEN, LINK), 1.5, 1.01027, 2.227124, FIVE_DIGITS);
        assertThat(2.25 / 1.01027).isEqualTo(2.22713, within(FIVE_DIGITS));
        assertThat(Proportions.riskRatio(new Arm(100, 3), new Arm(100, 0)).low())
                .as("a side without orders has a ratio all the same")
                .isPositive();
    }

    @Test
    void the_always_valid_interval() {
        var sequential = AlwaysValid.of(TOKEN, LINK);
        assertThat(AlwaysValid.rho(5_000)).isEqualTo(0.0398401, within(0.00000005));
        is(sequential.ratio(), 1.5, 0.81249, 2.76928, FIVE_DIGITS);
        assertThat(sequential.p()).isEqualTo(0.472836, within(SIX_DIGITS));
    }

    @Test
    void the_stratified_estimates() {
        var mh = Stratified.mantelHaenszel(SIMPSON).orElseThrow();
        is(mh.difference(), -0.012258, -0.023506, -0.001010, SIX_DIGITS);
        is(mh.ratio(), 0.798942, 0.653580, 0.976633, SIX_DIGITS);
        assertThat(mh.token() - mh.link()).isEqualTo(-0.012258, within(SIX_DIGITS));
        assertThat(mh.test().statistic()).isEqualTo(4.778749, within(SIX_DIGITS));
        assertThat(mh.test().p()).isEqualTo(0.028813, within(SIX_DIGITS));

        var standardised = Stratified.standardised(SIMPSON).orElseThrow();
        is(standardised.difference(), -0.011667, -0.022208, -0.001125, SIX_DIGITS);
        assertThat(standardised.leftOut()).isZero();

        var heterogeneity = Stratified.heterogeneity(SIMPSON).orElseThrow();
        assertThat(heterogeneity.q().statistic()).isEqualTo(1.621110, within(SIX_DIGITS));
        assertThat(heterogeneity.q().p()).isEqualTo(0.202937, within(SIX_DIGITS));
        assertThat(heterogeneity.inconsistency()).isEqualTo(1 - 1 / 1.621110, within(0.000001));
        assertThat(heterogeneity.strong()).isFalse();
    }

    @Test
    void simpsons_paradox_is_flagged_red() {
        var comparison = Comparison.of(SIMPSON, new Bounds.Uncertain(0, 0, 0));
        assertThat(comparison.difference().orElseThrow().estimate()).isEqualTo(0.07 - 0.034, within(1e-12));
        assertThat(comparison.simpson()).isEqualTo(Simpson.RED);
        assertThat(comparison.allowsClaim(0)).isFalse();
        var few =
                List.of(new Stratum(new Arm(300, 27), new Arm(100, 11)), new Stratum(new Arm(100, 1), new Arm(400, 6)));
        assertThat(Comparison.of(few, new Bounds.Uncertain(0, 0, 0)).simpson()).isEqualTo(Simpson.AMBER);
    }

    @ParameterizedTest
    @CsvSource({"5100,4900,0.0455,0.00005,false", "5170,4830,0.000674,0.0000005,true", "5200,4800,6.33e-5,0.005e-5,true"
    })
    void the_sample_ratio(long one, long other, double p, double digits, boolean alarms) {
        var ratio = SampleRatio.of(new long[] {one, other}, new double[] {0.5, 0.5});
        assertThat(ratio.test().p()).isEqualTo(p, within(digits));
        assertThat(ratio.alarms()).isEqualTo(alarms);
    }

    @Test
    void a_sample_ratio_that_is_certain_but_too_small_to_matter_does_not_alarm() {
        var ratio = SampleRatio.of(new long[] {5_040_000, 4_960_000}, new double[] {0.5, 0.5});
        assertThat(ratio.test().p()).isLessThan(0.001);
        assertThat(ratio.alarms()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.005,327922,85862,39885,15599",
        "0.01,163095,42693,19827,7750",
        "0.02,80682,21109,9798,3826",
        "0.05,31234,8158,3780,1471"
    })
    void the_sample_size(double base, long tenth, long fifth, long third, long half) {
        assertThat(Proportions.neededPerArm(base, base * 1.1, 0.8)).isEqualTo(tenth);
        assertThat(Proportions.neededPerArm(base, base * 1.2, 0.8)).isEqualTo(fifth);
        assertThat(Proportions.neededPerArm(base, base * 1.3, 0.8)).isEqualTo(third);
        assertThat(Proportions.neededPerArm(base, base * 1.5, 0.8)).isEqualTo(half);
    }
}
