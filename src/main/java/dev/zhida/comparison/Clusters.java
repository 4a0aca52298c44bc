package dev.zhida.comparison;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Intervals that know that a creator's fans are not independent of each other: whole creators are drawn anew, not their
 * orders (cluster bootstrap). The seed is fixed, so the same numbers give the same interval.
 */
public final class Clusters {

    /** With fewer creators the interval would be too narrow, so there is none. */
    public static final int LEAST = 20;

    private static final int ROUNDS = 1_000;
    private static final long SEED = 20_160_101;

    private Clusters() {}

    /**
     * One creator's sums.
     *
     * @param tokenSum what is compared per exposure: orders, or fen
     */
    public record Cluster(double tokenSum, long tokenN, double linkSum, long linkN) {}

    /**
     * How much more per exposure the token brings than the link, over all creators; absent with fewer than
     * {@value #LEAST} creators or without exposures on a side.
     */
    public static Optional<Interval> difference(List<Cluster> clusters) {
        var estimate = new Sums();
        clusters.forEach(estimate::add);
        if (clusters.size() < LEAST || estimate.linkN == 0 || estimate.tokenN == 0) {
            return Optional.empty();
        }
        var random = new SplittableRandom(SEED);
        var all = clusters.toArray(Cluster[]::new);
        var drawn = new double[ROUNDS];
        var kept = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var sums = new Sums();
            for (var i = 0; i < all.length; i++) {
                sums.add(all[random.nextInt(all.length)]);
            }
            if (sums.linkN > 0 && sums.tokenN > 0) {
                drawn[kept++] = sums.difference();
            }
        }
        var sorted = Arrays.copyOf(drawn, kept);
        Arrays.sort(sorted);
        // Wider by what few clusters understate: expanded percentiles (Hesterberg 2015).
        var k = all.length;
        var tail = Tails.below(Math.sqrt(k / (k - 1.0)) * Tails.studentQuantile(0.025, k - 1));
        return Optional.of(new Interval(estimate.difference(), quantile(sorted, tail), quantile(sorted, 1 - tail)));
    }

    private static final class Sums {
        private double tokenSum;
        private long tokenN;
        private double linkSum;
        private long linkN;

        void add(Cluster cluster) {
            tokenSum += cluster.tokenSum();
            tokenN += cluster.tokenN();
            linkSum += cluster.linkSum();
            linkN += cluster.linkN();
        }

        double difference() {
            return tokenSum / tokenN - linkSum / linkN;
        }
    }

    private static double quantile(double[] sorted, double probability) {
        var place = probability * (sorted.length - 1);
        var below = (int) Math.floor(place);
        var above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
