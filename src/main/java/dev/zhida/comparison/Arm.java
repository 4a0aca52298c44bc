package dev.zhida.comparison;

/**
 * What was counted of one side of a comparison.
 *
 * @param n exposures: people who clicked or pasted, views, whatever both sides are counted by
 * @param orders how many of them ordered
 */
public record Arm(long n, long orders) {

    public static final Arm NOTHING = new Arm(0, 0);

    public Arm {
        if (n < 0 || orders < 0) {
            throw new IllegalArgumentException(orders + " of " + n);
        }
    }

    public Arm plus(Arm other) {
        return new Arm(n + other.n, orders + other.orders);
    }

    /** Whether orders can be a proportion of the exposures at all. */
    public boolean isProportion() {
        return orders <= n;
    }

    double rate() {
        return (double) orders / n;
    }

    /** The variance of the rate as a binomial proportion. */
    double variance() {
        return rate() * (1 - rate()) / n;
    }
}
