package dev.zhida.comparison;

import static dev.zhida.comparison.Tails.Z;

/** Intervals and tests for proportions that are not split into strata. */
public final class Proportions {

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

    /**
     * How many times the second rate the first is, with the interval of its logarithm (Katz 1978); a half is added to
     * every cell if either side has no order (Walter 1975), because no order has no logarithm.
     */
    public static Interval riskRatio(Arm one, Arm zero) {
        var log = logRatio(one, zero);
        return new Interval(
                Math.exp(log.value()),
                Math.exp(log.value() - Z * log.error()),
                Math.exp(log.value() + Z * log.error()));
    }

    /** A logarithm and its standard error. */
    record Log(double value, double error) {}

    static Log logRatio(Arm one, Arm zero) {
        var half = one.orders() == 0 || zero.orders() == 0 ? 0.5 : 0;
        var x1 = one.orders() + half;
        var n1 = one.n() + half;
        var x0 = zero.orders() + half;
        var n0 = zero.n() + half;
        return new Log(Math.log(x1 / n1 / (x0 / n0)), Math.sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0));
    }

    /** The z test with the pooled rate; no evidence at all where nobody or everybody ordered. */
    public static Evidence pooledTest(Arm one, Arm zero) {
        var pooled = one.plus(zero).rate();
        var error = Math.sqrt(pooled * (1 - pooled) * (1.0 / one.n() + 1.0 / zero.n()));
        if (error == 0) {
            return new Evidence(0, 1);
        }
        var z = (one.rate() - zero.rate()) / error;
        return new Evidence(z, Tails.twoSided(z));
    }

    /**
     * How many exposures each side needs so that a difference from {@code base} to {@code other} is found with a
     * probability of {@code power} at a level of 5 % (Fleiss 1981, without continuity correction).
     */
    public static long neededPerArm(double base, double other, double power) {
        if (base == other || base < 0 || base > 1 || other < 0 || other > 1) {
            throw new IllegalArgumentException("from " + base + " to " + other);
        }
        var mean = (base + other) / 2;
        var root = Z * Math.sqrt(2 * mean * (1 - mean))
                + Tails.quantile(power) * Math.sqrt(base * (1 - base) + other * (1 - other));
        return (long) Math.ceil(root * root / ((other - base) * (other - base)));
    }
}
