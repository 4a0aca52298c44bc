package dev.zhida.comparison;

/** Intervals for proportions and their difference. */
public final class Proportions {

    /** The 97.5 % quantile of the normal distribution. */
    static final double Z = 1.959963984540054;

    private Proportions() {}

    /**
     * The rate of {@code successes} in {@code n}, with Wilson's score interval (Wilson 1927).
     *
     * @param n at least 1
     * @param successes from 0 to {@code n}
     */
    public static Interval wilson(long successes, long n) {
        if (n < 1 || successes < 0 || successes > n) {
            throw new IllegalArgumentException(successes + " of " + n);
        }
        var p = (double) successes / n;
        var z2 = Z * Z;
        var centre = (p + z2 / (2 * n)) / (1 + z2 / n);
        var half = Z * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n)) / (1 + z2 / n);
        return new Interval(
                p, successes == 0 ? 0 : Math.max(0, centre - half), successes == n ? 1 : Math.min(1, centre + half));
    }

    /**
     * How much the first rate lies above the second, with Newcombe's hybrid score interval (Newcombe 1998, method 10).
     */
    public static Interval difference(long successes1, long n1, long successes0, long n0) {
        var one = wilson(successes1, n1);
        var zero = wilson(successes0, n0);
        var d = one.estimate() - zero.estimate();
        return new Interval(
                d,
                d - Math.hypot(one.estimate() - one.low(), zero.high() - zero.estimate()),
                d + Math.hypot(one.high() - one.estimate(), zero.estimate() - zero.low()));
    }
}
