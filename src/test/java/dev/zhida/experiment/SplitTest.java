package dev.zhida.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.comparison.SampleRatio;
import dev.zhida.experiment.Split.Arm;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

    private static Split split(long seed, int tokenPercent) {
        return new Split(new UUID(seed, ~seed), "ENTRYAAA", "LINKAAAA", "TKENAAAA", tokenPercent);
    }

    @Test
    void people_are_split_as_configured_whatever_their_cookies_look_like() {
        for (var percent : new int[] {10, 50, 80}) {
            var split = split(percent, percent);
            var counts = new long[2];
            // Cookies made in a row differ in few bits.
            IntStream.range(0, 100_000)
                    .mapToObj(i -> UuidCreator.getTimeOrderedEpochFast())
                    .forEach(cookie -> counts[split.arm(cookie) == Arm.TOKEN ? 1 : 0]++);
            assertThat(SampleRatio.of(counts, new double[] {1 - percent / 100.0, percent / 100.0})
                            .test()
                            .p())
                    .isGreaterThan(0.0001);
        }
    }

    @Test
    void who_is_where_in_one_experiment_says_nothing_of_another() {
        var one = split(1, 50);
        var other = split(2, 50);
        var counts = new long[4];
        IntStream.range(0, 100_000)
                .mapToObj(i -> new UUID(0, i))
                .forEach(cookie ->
                        counts[one.arm(cookie).ordinal() * 2 + other.arm(cookie).ordinal()]++);
        assertThat(SampleRatio.of(counts, new double[] {0.25, 0.25, 0.25, 0.25})
                        .test()
                        .p())
                .isGreaterThan(0.0001);
    }

    @Test
    void a_person_stays_in_her_arm() {
        var cookie = UUID.randomUUID();
        assertThat(split(3, 50).arm(cookie)).isEqualTo(split(3, 50).arm(cookie));
    }
}
