package dev.zhida.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionsTest {

    private static final double SIX_DIGITS = 0.0000005;

    @ParameterizedTest
    @CsvSource({"12,400,0.017243,0.051699", "0,50,0,0.071348"})
    void wilson_meets_published_values(long successes, long n, double low, double high) {
        var rate = Proportions.wilson(successes, n);
        assertThat(rate.low()).isEqualTo(low, within(SIX_DIGITS));
        assertThat(rate.high()).isEqualTo(high, within(SIX_DIGITS));
    }

    @ParameterizedTest
    @CsvSource({"56,70,48,80,0.2,0.052431,0.333873", "60,2000,40,2000,0.01,0.000277,0.019941"})
    void newcombe_meets_published_values(long x1, long n1, long x0, long n0, double estimate, double low, double high) {
        var difference = Proportions.difference(x1, n1, x0, n0);
        assertThat(difference.estimate()).isEqualTo(estimate, within(SIX_DIGITS));
        assertThat(difference.low()).isEqualTo(low, within(SIX_DIGITS));
        assertThat(difference.high()).isEqualTo(high, within(SIX_DIGITS));
    }

    @Test
    void a_rate_needs_a_denominator() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proportions.wilson(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Proportions.wilson(2, 1));
    }

    @Property
    void an_estimate_lies_within_its_interval_and_arms_can_be_swapped(
            @ForAll @IntRange(min = 1, max = 5_000) int n1,
            @ForAll @IntRange(min = 1, max = 5_000) int n0,
            @ForAll @IntRange(max = 100) int percent1,
            @ForAll @IntRange(max = 100) int percent0) {
        var one = Proportions.difference(n1 * (long) percent1 / 100, n1, n0 * (long) percent0 / 100, n0);
        var other = Proportions.difference(n0 * (long) percent0 / 100, n0, n1 * (long) percent1 / 100, n1);
        assertThat(one.estimate()).isBetween(one.low() - 1e-12, one.high() + 1e-12);
        assertThat(one.low()).isEqualTo(-other.high(), within(1e-12));
    }
}
