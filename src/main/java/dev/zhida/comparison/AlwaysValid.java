package dev.zhida.comparison;

/**
 * An interval and a p-value that may be looked at every day: however often and whenever one stops, at most 5 % of worlds
 * without a difference ever show one. The price is a wider interval (asymptotic confidence sequence, Waudby-Smith et al.
 * 2024).
 *
 * @param ratio how many times the rate of the second side that of the first is
 * @param p of "the rates are the same"
 */
public record AlwaysValid(Interval ratio, double p) {

    private static final double ALPHA = 0.05;

    /** At about how many exposures in all the interval is narrowest. */
    public static final long PLANNED = 5_000;

    /** Token against link as counted so far, at its best when {@value #PLANNED} are reached. */
    public static AlwaysValid of(Arm one, Arm zero) {
        return of(one, zero, PLANNED);
    }

    /**
     * @param planned at how many exposures in all the interval is to be narrowest; it must be chosen before the first
     *     look, not by what was seen
     */
    public static AlwaysValid of(Arm one, Arm zero, long planned) {
        var log = Proportions.logRatio(one, zero);
        var n = (double) one.n() + zero.n();
        var rho = rho(planned);
        var a = n * rho * rho + 1;
        var half = log.error() * Math.sqrt(n) * Math.sqrt(2 * a * Math.log(Math.sqrt(a) / ALPHA)) / (n * rho);
        var s = n * (log.value() / log.error()) * (log.value() / log.error());
        var e = Math.exp(rho * rho * s / (2 * a)) / Math.sqrt(a);
        return new AlwaysValid(
                new Interval(Math.exp(log.value()), Math.exp(log.value() - half), Math.exp(log.value() + half)),
                Math.min(1, 1 / e));
    }

    static double rho(long planned) {
        var l = -2 * Math.log(ALPHA);
        return Math.sqrt((l + Math.log(l + 1)) / planned);
    }
}
