package dev.zhida.comparison;

import java.util.ArrayList;
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
     * One creator's sums: several measures, each compared per exposure.
     *
     * @param token orders, fen, whatever is asked, of the token
     * @param link the same measures of the link
     */
    public record Cluster(double[] token, long tokenN, double[] link, long linkN) {

        public Cluster {
            if (token.length != link.length) {
                throw new IllegalArgumentException("the same measures of both sides");
            }
        }
    }

    /**
     * How much more per exposure the token brings than the link, by each measure, over all creators; absent with fewer
     * than {@value #LEAST} creators or without exposures on a side. All measures are of the same draws.
     */
    public static Optional<List<Interval>> differences(List<Cluster> clusters) {
        var k = clusters.size();
        if (k < LEAST) {
            return Optional.empty();
        }
        var measures = clusters.getFirst().token().length;
        var width = 2 * measures + 2;
        // One row after the other: what is drawn lies together.
        var table = new double[k * width];
        var all = new double[width];
        for (var i = 0; i < k; i++) {
            var cluster = clusters.get(i);
            System.arraycopy(cluster.token(), 0, table, i * width, measures);
            System.arraycopy(cluster.link(), 0, table, i * width + measures, measures);
            table[i * width + 2 * measures] = cluster.tokenN();
            table[i * width + 2 * measures + 1] = cluster.linkN();
            add(all, table, i);
        }
        if (all[width - 2] == 0 || all[width - 1] == 0) {
            return Optional.empty();
        }
        var random = new SplittableRandom(SEED);
        var drawn = new double[measures][ROUNDS];
        var kept = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var sums = new double[width];
            for (var i = 0; i < k; i++) {
                add(sums, table, random.nextInt(k));
            }
            if (sums[width - 2] > 0 && sums[width - 1] > 0) {
                for (var measure = 0; measure < measures; measure++) {
                    drawn[measure][kept] = difference(sums, measure, measures);
                }
                kept++;
            }
        }
        // Wider by what few clusters understate: expanded percentiles (Hesterberg 2015).
        var tail = Tails.below(Math.sqrt(k / (k - 1.0)) * Tails.studentQuantile(0.025, k - 1));
        var intervals = new ArrayList<Interval>();
        for (var measure = 0; measure < measures; measure++) {
            var sorted = Arrays.copyOf(drawn[measure], kept);
            Arrays.sort(sorted);
            intervals.add(new Interval(
                    difference(all, measure, measures), quantile(sorted, tail), quantile(sorted, 1 - tail)));
        }
        return Optional.of(List.copyOf(intervals));
    }

    private static void add(double[] sums, double[] table, int row) {
        for (var column = 0; column < sums.length; column++) {
            sums[column] += table[row * sums.length + column];
        }
    }

    private static double difference(double[] sums, int measure, int measures) {
        return sums[measure] / sums[2 * measures] - sums[measures + measure] / sums[2 * measures + 1];
    }

    private static double quantile(double[] sorted, double probability) {
        var place = probability * (sorted.length - 1);
        var below = (int) Math.floor(place);
        var above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
