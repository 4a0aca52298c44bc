package dev.zhida.comparison;

/** Sums per exposure: yuan per person, orders per post. Here amounts are samples, not money: doubles are right. */
public final class PerExposure {

    private PerExposure() {}

    /**
     * A ratio of two sums over independent units, with the variance of the delta method: units are what was
     * randomised, like people or posts, not the events in them.
     *
     * @param numerators one for each unit
     * @param denominators one for each unit; their sum is positive
     */
    public static Interval ratio(double[] numerators, double[] denominators) {
        var m = mean(numerators);
        var d = mean(denominators);
        var n = numerators.length;
        var variance = (covariance(numerators, numerators) / (d * d)
                        + m * m * covariance(denominators, denominators) / (d * d * d * d)
                        - 2 * m * covariance(numerators, denominators) / (d * d * d))
                / n;
        var half = Tails.Z * Math.sqrt(Math.max(0, variance));
        return new Interval(m / d, m / d - half, m / d + half);
    }

    /**
     * How much the first side's mean lies above the second's, freed of what was known before (CUPED, Deng et al. 2013):
     * θ = Cov(Y, X) / Var(X) over both sides, mean Y − θ (mean X of the side − mean X of all).
     *
     * @param y1 what was measured of each unit of the first side
     * @param x1 what was known of it before the experiment
     */
    public static Interval cuped(double[] y1, double[] x1, double[] y0, double[] x0) {
        var y = concat(y1, y0);
        var x = concat(x1, x0);
        var spread = covariance(x, x);
        var theta = spread == 0 ? 0 : covariance(y, x) / spread;
        var all = mean(x);
        var one = adjusted(y1, x1, theta, all);
        var zero = adjusted(y0, x0, theta, all);
        var estimate = mean(one) - mean(zero);
        var half = Tails.Z * Math.sqrt(covariance(one, one) / one.length + covariance(zero, zero) / zero.length);
        return new Interval(estimate, estimate - half, estimate + half);
    }

    private static double[] adjusted(double[] y, double[] x, double theta, double all) {
        var adjusted = new double[y.length];
        for (var i = 0; i < y.length; i++) {
            adjusted[i] = y[i] - theta * (x[i] - all);
        }
        return adjusted;
    }

    private static double[] concat(double[] a, double[] b) {
        var both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static double mean(double[] values) {
        return java.util.Arrays.stream(values).average().orElseThrow();
    }

    private static double covariance(double[] a, double[] b) {
        if (a.length != b.length || a.length < 2) {
            throw new IllegalArgumentException("two units at least, with as many values of both");
        }
        var meanA = mean(a);
        var meanB = mean(b);
        double sum = 0;
        for (var i = 0; i < a.length; i++) {
            sum += (a[i] - meanA) * (b[i] - meanB);
        }
        return sum / (a.length - 1);
    }
}
