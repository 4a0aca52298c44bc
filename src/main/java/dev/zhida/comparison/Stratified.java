package dev.zhida.comparison;

import static dev.zhida.comparison.Tails.Z;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Estimates that compare only like with like: token against link within strata. A stratum with more orders than
 * exposures (a buyer whose click was taken for a robot's) has no rates and is left out.
 */
public final class Stratified {

    /** A stratum with fewer exposures on a side has no rate of its own to speak of. */
    static final long LEAST_PER_ARM = 20;

    /** Fewer expected orders on a side, and the variance of a difference is not to be trusted as a weight. */
    private static final double LEAST_EXPECTED_ORDERS = 5;

    private Stratified() {}

    /**
     * The estimates of Mantel and Haenszel (1959).
     *
     * @param token the token's rate and {@code link} the link's, weighted alike, so that {@code difference} is theirs
     * @param tokenN the token's exposures in strata with both sides, and {@code linkN} the link's
     * @param difference with the variance of Greenland and Robins (1985)
     * @param ratio with the variance of Robins, Breslow and Greenland (1986); absent if a side has no order
     * @param test Cochran–Mantel–Haenszel, without continuity correction
     * @param strata how many had both sides
     */
    public record MantelHaenszel(
            double token,
            double link,
            long tokenN,
            long linkN,
            Interval difference,
            Interval ratio,
            Evidence test,
            int strata) {}

    /** Absent if no stratum has both sides. */
    public static Optional<MantelHaenszel> mantelHaenszel(List<Stratum> strata) {
        var both = both(strata);
        if (both.isEmpty()) {
            return Optional.empty();
        }
        var tokenVariance = variance(both, Stratum::token);
        var linkVariance = variance(both, Stratum::link);
        double weight = 0;
        double variance = 0;
        double r = 0;
        double s = 0;
        double ratioVariance = 0;
        double excess = 0;
        double excessVariance = 0;
        for (var stratum : both) {
            double x1 = stratum.token().orders();
            double n1 = stratum.token().n();
            double x0 = stratum.link().orders();
            double n0 = stratum.link().n();
            var n = n1 + n0;
            var m = x1 + x0;
            var w = n1 * n0 / n;
            weight += w;
            variance +=
                    w * w * (tokenVariance.applyAsDouble(stratum.token()) + linkVariance.applyAsDouble(stratum.link()));
            r += x1 * n0 / n;
            s += x0 * n1 / n;
            ratioVariance += (m * n1 * n0 - x1 * x0 * n) / (n * n);
            excess += x1 - n1 * m / n;
            excessVariance += n1 * n0 * m * (n - m) / (n * n * (n - 1));
        }
        var chi = excessVariance == 0 ? 0 : excess * excess / excessVariance;
        var counted = Stratum.pooled(both);
        return Optional.of(new MantelHaenszel(
                r / weight,
                s / weight,
                counted.token().n(),
                counted.link().n(),
                around((r - s) / weight, Math.sqrt(variance) / weight),
                r == 0 || s == 0 ? null : ratio(r / s, Math.sqrt(ratioVariance / (r * s))),
                new Evidence(chi, Tails.chiSquared(chi, 1)),
                both.size()));
    }

    private static List<Stratum> both(List<Stratum> strata) {
        return strata.stream().filter(s -> s.hasBoth() && s.isProportion()).toList();
    }

    /**
     * What the rates of a side vary by. Where nobody, or everybody, ordered, that would be nothing at all, and an interval
     * would be too narrow by a whole side: then as if one more had ordered and one more had not (Agresti and Caffo 2000).
     */
    private static ToDoubleFunction<Arm> variance(List<Stratum> strata, Function<Stratum, Arm> side) {
        var all = strata.stream().map(side).reduce(Arm.NOTHING, Arm::plus);
        if (all.orders() > 0 && all.orders() < all.n()) {
            return Arm::variance;
        }
        var rate = (all.orders() + 1.0) / (all.n() + 2.0);
        return arm -> rate * (1 - rate) / arm.n();
    }

    private static Interval around(double estimate, double error) {
        return new Interval(estimate, estimate - Z * error, estimate + Z * error);
    }

    private static Interval ratio(double estimate, double logError) {
        return new Interval(estimate, estimate * Math.exp(-Z * logError), estimate * Math.exp(Z * logError));
    }

    /**
     * What the rates would be if both sides had the same mix of strata: that of all exposures.
     *
     * @param tokenN the token's exposures that it speaks of, and {@code linkN} the link's
     * @param leftOut exposures in strata without both sides or with too few on a side: they are not spoken of
     */
    public record Standardised(
            Interval token, Interval link, long tokenN, long linkN, Interval difference, long leftOut) {}

    /** Absent if no stratum has enough on both sides. */
    public static Optional<Standardised> standardised(List<Stratum> strata) {
        var usable = both(strata).stream()
                .filter(stratum -> Math.min(stratum.token().n(), stratum.link().n()) >= LEAST_PER_ARM)
                .toList();
        if (usable.isEmpty()) {
            return Optional.empty();
        }
        var counted = Stratum.pooled(usable);
        var all = (double) counted.n();
        var tokenVariance = variance(usable, Stratum::token);
        var linkVariance = variance(usable, Stratum::link);
        return Optional.of(new Standardised(
                weighted(usable, all, s -> s.token().rate(), s -> tokenVariance.applyAsDouble(s.token())),
                weighted(usable, all, s -> s.link().rate(), s -> linkVariance.applyAsDouble(s.link())),
                counted.token().n(),
                counted.link().n(),
                weighted(
                        usable,
                        all,
                        Stratum::difference,
                        s -> tokenVariance.applyAsDouble(s.token()) + linkVariance.applyAsDouble(s.link())),
                strata.stream().mapToLong(Stratum::n).sum() - counted.n()));
    }

    private static Interval weighted(
            List<Stratum> strata, double all, ToDoubleFunction<Stratum> value, ToDoubleFunction<Stratum> variance) {
        var mean = strata.stream()
                .mapToDouble(s -> s.n() / all * value.applyAsDouble(s))
                .sum();
        var error = Math.sqrt(strata.stream()
                .mapToDouble(s -> s.n() / all * (s.n() / all) * variance.applyAsDouble(s))
                .sum());
        return around(mean, error);
    }

    /**
     * Whether the difference is another in every stratum (Cochran 1954; Higgins and Thompson 2002).
     *
     * @param q with p, over one degree less than strata
     * @param inconsistency I²: the share of the spread that chance does not explain
     */
    public record Heterogeneity(Evidence q, double inconsistency, int strata) {

        /** Whether one number for all strata would hide that they differ. */
        public boolean strong() {
            return q.p() < 0.05 || inconsistency > 0.5;
        }
    }

    /** Absent if fewer than two strata have enough orders to be weighed by their variance. */
    public static Optional<Heterogeneity> heterogeneity(List<Stratum> strata) {
        var usable = both(strata).stream().filter(Stratified::canBeWeighed).toList();
        if (usable.size() < 2) {
            return Optional.empty();
        }
        var weight = usable.stream().mapToDouble(s -> 1 / s.variance()).sum();
        var mean =
                usable.stream().mapToDouble(s -> s.difference() / s.variance()).sum() / weight;
        var q = usable.stream()
                .mapToDouble(s -> (s.difference() - mean) * (s.difference() - mean) / s.variance())
                .sum();
        var degrees = usable.size() - 1;
        return Optional.of(new Heterogeneity(
                new Evidence(q, Tails.chiSquared(q, degrees)),
                q == 0 ? 0 : Math.max(0, (q - degrees) / q),
                usable.size()));
    }

    private static boolean canBeWeighed(Stratum stratum) {
        if (stratum.variance() == 0) {
            return false;
        }
        var smaller = Math.min(stratum.token().n(), stratum.link().n());
        return smaller * stratum.token().plus(stratum.link()).rate() >= LEAST_EXPECTED_ORDERS;
    }

    /** Whether all together say the opposite of like with like (Simpson 1951). */
    public enum Simpson {
        NONE,
        /** They say the opposite, but like with like is not certain of its sign. */
        AMBER,
        /** They say the opposite, and like with like is certain of its sign. */
        RED;

        /**
         * @param p of no difference within strata: intervals trust the variance of small strata, this test does not
         */
        static Simpson of(double pooledDifference, Interval likeWithLike, double p) {
            if (Math.signum(pooledDifference) * Math.signum(likeWithLike.estimate()) >= 0) {
                return NONE;
            }
            return p < 0.05 && (likeWithLike.low() > 0 || likeWithLike.high() < 0) ? RED : AMBER;
        }
    }
}
