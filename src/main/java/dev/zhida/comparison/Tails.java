package dev.zhida.comparison;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** Quantiles and tail probabilities. */
final class Tails {

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    /** The 97.5 % quantile of the normal distribution. */
    static final double Z = quantile(0.975);

    private Tails() {}

    static double quantile(double probability) {
        return NORMAL.inverseCumulativeProbability(probability);
    }

    static double below(double z) {
        return NORMAL.cumulativeProbability(z);
    }

    static double twoSided(double z) {
        return 2 * NORMAL.survivalProbability(Math.abs(z));
    }

    static double chiSquared(double statistic, int degrees) {
        return ChiSquaredDistribution.of(degrees).survivalProbability(statistic);
    }

    static double studentQuantile(double probability, int degrees) {
        return TDistribution.of(degrees).inverseCumulativeProbability(probability);
    }
}
