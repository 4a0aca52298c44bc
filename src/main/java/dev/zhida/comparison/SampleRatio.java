package dev.zhida.comparison;

import java.util.Arrays;

/**
 * Whether a randomised split came out as it was configured. If it did not, something lost people of one side, and no
 * result of the experiment can be believed until that is understood (Fabijan et al. 2019).
 *
 * @param test chi-squared against the configured split
 * @param deviation the largest distance of a side's share from its configured share, relative to that share
 */
public record SampleRatio(Evidence test, double deviation) {

    private static final double ALARM_P = 0.001;
    private static final double ALARM_DEVIATION = 0.01;

    /**
     * @param counts people of each side
     * @param shares the configured share of each side; they sum to 1
     */
    public static SampleRatio of(long[] counts, double[] shares) {
        if (counts.length != shares.length || counts.length < 2) {
            throw new IllegalArgumentException("as many shares as sides, two at least");
        }
        var all = Arrays.stream(counts).sum();
        if (all == 0) {
            return new SampleRatio(new Evidence(0, 1), 0);
        }
        double chi = 0;
        double deviation = 0;
        for (var i = 0; i < counts.length; i++) {
            var expected = all * shares[i];
            chi += (counts[i] - expected) * (counts[i] - expected) / expected;
            deviation = Math.max(deviation, Math.abs(counts[i] - expected) / expected);
        }
        return new SampleRatio(new Evidence(chi, Tails.chiSquared(chi, counts.length - 1)), deviation);
    }

    /** While it alarms, results are hidden. */
    public boolean alarms() {
        return test.p() < ALARM_P && deviation >= ALARM_DEVIATION;
    }
}
