package dev.zhida.openness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out that a rate has changed, and when, looking at every count as it comes.
 *
 * <p>The hypothesis is that all trials succeed with one constant, unknown probability. For a change before count i the
 * evidence is KT(before i) · KT(from i on) / max over p of P(all), where KT is the Krichevsky–Trofimov mixture: the
 * Bernoulli likelihood averaged over a Beta(½, ½) rate. Whatever the true constant rate, the denominator is at least
 * its likelihood, so the evidence is at most a likelihood ratio with expectation 1 (universal inference: Wasserman,
 * Ramdas, Balakrishnan 2020). The test averages it over the change times of its horizon, each with the same weight, and
 * alarms when the average reaches 1/α. By Ville's inequality a test of a constant rate ever alarms with probability at
 * most α, however often one looks. Changes that are too small to act on are left out of the sum, which only lowers it.
 *
 * <p>A test ends at its horizon; the next one begins with the memory of the last. After an alarm the next test begins
 * at the change, so that a recovery is found as well.
 */
final class ChangeDetector {

    /** Tables of lnΓ up to here; longer ones are computed. */
    private static final int TABLE = 1 << 16;

    private static final double[] LN_GAMMA_HALF = new double[TABLE];
    private static final double[] LN_FACTORIAL = new double[TABLE];
    private static final double LN_PI = Math.log(Math.PI);

    static {
        LN_GAMMA_HALF[0] = LN_PI / 2;
        for (var i = 1; i < TABLE; i++) {
            LN_GAMMA_HALF[i] = LN_GAMMA_HALF[i - 1] + Math.log(i - 0.5);
            LN_FACTORIAL[i] = LN_FACTORIAL[i - 1] + Math.log(i);
        }
    }

    /**
     * How to test.
     *
     * @param falseAlarm the most that the probability of an alarm may be in a test of a rate that does not change
     * @param step length of a count
     * @param horizon after which a test ends
     * @param memory counts of the end of a test with which the next begins
     * @param leastRatio only changes by this factor or more matter: the lower rate is at most so much of the higher
     */
    record Settings(double falseAlarm, Duration step, Duration horizon, Duration memory, double leastRatio) {}

    /** What was counted from an instant on, for the length of a step. */
    record Count(Instant at, long shown, long opened) {}

    /** A rate with what it comes from. */
    record Rate(long shown, long opened) {
        double value() {
            return shown == 0 ? 0 : (double) opened / shown;
        }
    }

    /**
     * A change.
     *
     * @param at start of the first count after it
     * @param detectedAt end of the count that showed it
     * @param evidence natural logarithm of the evidence
     */
    record Change(Instant at, Instant detectedAt, Rate before, Rate after, double evidence) {
        boolean drop() {
            return after.value() < before.value();
        }
    }

    private final Settings settings;
    private final double threshold;
    private final List<Count> counts = new ArrayList<>();
    private Instant startedAt;
    /** Successes and trials before each count, and the logarithm of their mixture. */
    private long[] shownBefore = new long[64];

    private long[] openedBefore = new long[64];
    private double[] mixtureBefore = new double[64];
    private long shown;
    private long opened;

    ChangeDetector(Settings settings, Instant startedAt) {
        this.settings = settings;
        this.startedAt = startedAt;
        this.threshold = Math.log(1 / settings.falseAlarm())
                + Math.log((double) settings.horizon().dividedBy(settings.step()));
    }

    /** From when on the running test looks at counts. */
    Instant startedAt() {
        return startedAt;
    }

    /** Takes in a count that was looked at before and gave no alarm. */
    void remember(Count count) {
        append(count);
    }

    /** Takes in the next count and looks whether the rate has changed. */
    Optional<Change> add(Count count) {
        if (!count.at().isBefore(startedAt.plus(settings.horizon()))) {
            beginAt(count.at().minus(settings.memory()));
        }
        append(count);
        var change = look();
        change.ifPresent(found -> beginAt(found.at()));
        return change;
    }

    private void append(Count count) {
        var i = counts.size();
        if (i == shownBefore.length) {
            shownBefore = java.util.Arrays.copyOf(shownBefore, 2 * i);
            openedBefore = java.util.Arrays.copyOf(openedBefore, 2 * i);
            mixtureBefore = java.util.Arrays.copyOf(mixtureBefore, 2 * i);
        }
        counts.add(count);
        shownBefore[i] = shown;
        openedBefore[i] = opened;
        mixtureBefore[i] = mixture(opened, shown);
        shown += count.shown();
        opened += count.opened();
    }

    private void beginAt(Instant at) {
        var kept = counts.stream().filter(count -> !count.at().isBefore(at)).toList();
        counts.clear();
        shown = 0;
        opened = 0;
        startedAt = at;
        kept.forEach(this::append);
    }

    private Optional<Change> look() {
        var best = -1;
        var bestMixture = Double.NEGATIVE_INFINITY;
        var most = Double.NEGATIVE_INFINITY;
        var sum = 0.0;
        var likelihood = likelihood(opened, shown);
        for (var i = counts.size() - 1; i > 0; i--) {
            var shownAfter = shown - shownBefore[i];
            var openedAfter = opened - openedBefore[i];
            if (!matters(openedBefore[i], shownBefore[i], openedAfter, shownAfter)) {
                continue;
            }
            var evidence = mixtureBefore[i] + mixture(openedAfter, shownAfter) - likelihood;
            if (evidence > bestMixture) {
                bestMixture = evidence;
                best = i;
            }
            // A running sum of exponentials that cannot overflow.
            if (evidence > most) {
                sum = sum * Math.exp(most - evidence) + 1;
                most = evidence;
            } else if (evidence > most - 40) {
                sum += Math.exp(evidence - most);
            }
        }
        if (best < 0 || most + Math.log(sum) < threshold) {
            return Optional.empty();
        }
        return Optional.of(new Change(
                counts.get(best).at(),
                counts.getLast().at().plus(settings.step()),
                new Rate(shownBefore[best], openedBefore[best]),
                new Rate(shown - shownBefore[best], opened - openedBefore[best]),
                most + Math.log(sum) - Math.log((double) settings.horizon().dividedBy(settings.step()))));
    }

    private boolean matters(long openedBefore, long shownBefore, long openedAfter, long shownAfter) {
        var before = (openedBefore + 0.5) / (shownBefore + 1);
        var after = (openedAfter + 0.5) / (shownAfter + 1);
        return Math.min(before, after) <= settings.leastRatio() * Math.max(before, after);
    }

    /** Logarithm of the Krichevsky–Trofimov mixture: B(k + ½, n − k + ½) / B(½, ½). */
    static double mixture(long k, long n) {
        return lnGammaHalf(k) + lnGammaHalf(n - k) - lnFactorial(n) - LN_PI;
    }

    /** Logarithm of the likelihood at the best rate. */
    private static double likelihood(long k, long n) {
        return term(k, n) + term(n - k, n);
    }

    private static double term(long k, long n) {
        return k == 0 ? 0 : k * Math.log((double) k / n);
    }

    /** lnΓ(i + ½). */
    private static double lnGammaHalf(long i) {
        return i < TABLE ? LN_GAMMA_HALF[(int) i] : stirling(i + 0.5);
    }

    private static double lnFactorial(long i) {
        return i < TABLE ? LN_FACTORIAL[(int) i] : stirling(i + 1.0);
    }

    /** lnΓ(x) for large x; exact to the last digits from some hundred on. */
    private static double stirling(double x) {
        return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x);
    }
}
