package dev.zhida.openness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.zhida.openness.ChangeDetector.Change;
import dev.zhida.openness.ChangeDetector.Count;
import dev.zhida.openness.ChangeDetector.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The detector in worlds whose truth is known. */
class ChangeDetectorTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration STEP = Duration.ofMinutes(10);
    private static final int WORLDS = Integer.getInteger("zhida.worlds", 300);

    private static Settings settings(double falseAlarm) {
        return new Settings(falseAlarm, STEP, Duration.ofDays(14), Duration.ofDays(7), 0.6);
    }

    /** Counts of some days: fans come by day and hardly at night. */
    private static List<Count> world(long seed, int days, double fansAtNoon, DoubleUnaryOperator rateAtDay) {
        var dice = new SplittableRandom(seed);
        var counts = new ArrayList<Count>();
        for (var i = 0; i < days * 144; i++) {
            var hour = i % 144 / 6.0;
            var fans = poisson(dice, fansAtNoon * (1.05 - Math.cos(hour * Math.PI / 12)) / 2);
            var rate = rateAtDay.applyAsDouble(i / 144.0);
            var opened = 0;
            for (var fan = 0; fan < fans; fan++) {
                opened += dice.nextDouble() < rate ? 1 : 0;
            }
            if (fans > 0) {
                counts.add(new Count(START.plus(STEP.multipliedBy(i)), fans, opened));
            }
        }
        return counts;
    }

    private static int poisson(SplittableRandom dice, double mean) {
        var limit = Math.exp(-mean);
        var product = dice.nextDouble();
        var n = 0;
        while (product > limit) {
            product *= dice.nextDouble();
            n++;
        }
        return n;
    }

    private static List<Change> changes(List<Count> counts, double falseAlarm) {
        var detector = new ChangeDetector(settings(falseAlarm), START);
        return counts.stream().flatMap(count -> detector.add(count).stream()).toList();
    }

    /** At an α of 5 % per test, far above the one in use, so that the bound is put to the test. */
    @Test
    void in_worlds_where_nothing_changes_at_most_one_in_twenty_gives_an_alarm() {
        var alarms = 0;
        for (var world = 0; world < WORLDS; world++) {
            var dice = new SplittableRandom(world);
            // Rates from rare orders to nearly everybody, few fans and many.
            var rate = new double[] {0.02, 0.1, 0.38, 0.8}[world % 4];
            var fans = new double[] {0.3, 2, 8}[world % 3];
            alarms +=
                    changes(world(dice.nextLong(), 14, fans, day -> rate), 0.05).isEmpty() ? 0 : 1;
        }
        assertThat(alarms / (double) WORLDS).isLessThanOrEqualTo(0.05);
    }

    /** No rate is quite constant: a wave of every day is no change to act on. */
    @Test
    void a_rate_that_swings_a_little_with_the_hour_gives_no_alarm() {
        var alarms = 0;
        for (var world = 0; world < WORLDS / 3; world++) {
            var counts = world(world, 14, 8, day -> 0.38 * (1 + 0.15 * Math.sin(2 * Math.PI * day)));
            alarms += changes(counts, 0.0001).isEmpty() ? 0 : 1;
        }
        assertThat(alarms / (WORLDS / 3.0)).isLessThanOrEqualTo(0.05);
    }

    @Test
    void where_links_stop_opening_it_is_found_soon_and_the_time_is_right() {
        var changedAt =
                START.plus(Duration.ofDays(9)).plus(Duration.ofHours(14)).plus(Duration.ofMinutes(20));
        var found = 0;
        var early = 0;
        var delays = new ArrayList<Duration>();
        var worlds = WORLDS / 3;
        for (var world = 0; world < worlds; world++) {
            var changes = changes(
                    world(
                            world,
                            12,
                            20,
                            day -> START.plusSeconds(Math.round(day * 86_400)).isBefore(changedAt) ? 0.38 : 0.02),
                    0.0001);
            early += changes.stream().anyMatch(change -> change.detectedAt().isBefore(changedAt)) ? 1 : 0;
            var first = changes.stream()
                    .filter(change -> change.detectedAt().isAfter(changedAt))
                    .findFirst();
            if (first.isPresent()) {
                found++;
                delays.add(Duration.between(changedAt, first.get().detectedAt()));
                assertThat(Duration.between(changedAt, first.get().at()).abs())
                        .isLessThanOrEqualTo(Duration.ofMinutes(20));
                assertThat(first.get().before().value()).isCloseTo(0.38, within(0.05));
                assertThat(first.get().after().value()).isLessThan(0.12);
            }
        }
        assertThat(early).isZero();
        assertThat(found).isEqualTo(worlds);
        delays.sort(null);
        assertThat(delays.get(worlds / 2)).isLessThanOrEqualTo(Duration.ofMinutes(50));
        assertThat(delays.getLast()).isLessThanOrEqualTo(Duration.ofMinutes(90));
    }

    @Test
    void a_recovery_is_found_too() {
        var changes = changes(world(7, 12, 20, day -> day < 6 || day > 9 ? 0.38 : 0.02), 0.0001);
        assertThat(changes).hasSize(2);
        assertThat(changes.get(0).drop()).isTrue();
        assertThat(changes.get(1).drop()).isFalse();
        assertThat(changes.get(1).at())
                .isBetween(
                        START.plus(Duration.ofDays(9)).minus(Duration.ofHours(2)),
                        START.plus(Duration.ofDays(9)).plus(Duration.ofHours(2)));
    }

    @Test
    void a_test_that_is_taken_up_again_finds_the_same() {
        var counts = world(3, 20, 8, day -> day < 17 ? 0.38 : 0.05);
        var whole = changes(counts, 0.0001);
        assertThat(whole).hasSize(1);

        var taken = new ArrayList<Change>();
        var startedAt = START;
        // In portions, as if the process had ended after each.
        for (var from = 0; from < counts.size(); from += 97) {
            var detector = new ChangeDetector(settings(0.0001), startedAt);
            for (var i = 0; i < Math.min(from + 97, counts.size()); i++) {
                if (counts.get(i).at().isBefore(startedAt)) {
                    continue;
                }
                if (i < from) {
                    detector.remember(counts.get(i));
                } else {
                    detector.add(counts.get(i)).ifPresent(taken::add);
                }
            }
            startedAt = detector.startedAt();
        }
        assertThat(taken).isEqualTo(whole);
    }

    @Test
    void the_mixture_is_that_of_krichevsky_and_trofimov() {
        // One success: ½; two successes: ½ · ¾; one of each: ½ · ¼.
        assertThat(Math.exp(ChangeDetector.mixture(1, 1))).isCloseTo(0.5, within(1e-12));
        assertThat(Math.exp(ChangeDetector.mixture(2, 2))).isCloseTo(0.375, within(1e-12));
        assertThat(Math.exp(ChangeDetector.mixture(1, 2))).isCloseTo(0.125, within(1e-12));
        // Where the tables end, nothing jumps.
        var below = ChangeDetector.mixture(30_000, 65_535);
        var above = ChangeDetector.mixture(30_001, 65_537);
        assertThat(above - below).isBetween(-1.5, -1.2);
    }
}
