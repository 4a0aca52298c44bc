package dev.zhida.comparison;

/**
 * The rates of somebody with few orders, drawn towards those of everybody: with a handful of orders her own rate says
 * little, and what is usual says something. Beta prior with the mean of all and a strength in exposures.
 *
 * @param token the mean of what the token's rate may be
 * @param link the mean of what the link's rate may be
 * @param tokenBetter the probability that the token's rate is the higher one
 * @param lossOfToken what choosing the token is expected to cost in rate, if the link is better after all
 * @param lossOfLink what choosing the link is expected to cost in rate
 */
public record Shrunken(double token, double link, double tokenBetter, double lossOfToken, double lossOfLink) {

    /** How many exposures the prior weighs as much as. Larger: slower to believe her own numbers. */
    public static final double STRENGTH = 100;

    private static final int POINTS = 800;
    private static final double SPREAD = 9;

    /**
     * @param own what she has; orders are not more than exposures
     * @param everybody whose pooled rates are the prior means
     */
    public static Shrunken of(Stratum own, Stratum everybody) {
        return of(beta(own.token(), everybody.token()), beta(own.link(), everybody.link()));
    }

    private record Beta(double a, double b) {
        double mean() {
            return a / (a + b);
        }

        double deviation() {
            return Math.sqrt(a * b / ((a + b) * (a + b) * (a + b + 1)));
        }
    }

    private static Beta beta(Arm own, Arm everybody) {
        // Never 0 or 1: a rate that nobody has had yet is not impossible.
        var mean = (everybody.orders() + 0.5) / (everybody.n() + 1.0);
        return new Beta(mean * STRENGTH + own.orders(), (1 - mean) * STRENGTH + own.n() - own.orders());
    }

    /**
     * By integration over the log-odds, always at the same points, so the same numbers give the same answer. There the
     * densities are smooth and fall off on both sides, which the rule of trapezoids likes best.
     */
    private static Shrunken of(Beta token, Beta link) {
        var low = Math.min(lowest(token), lowest(link));
        var high = Math.max(highest(token), highest(link));
        var step = (high - low) / POINTS;
        var dToken = density(token, low, step);
        var dLink = density(link, low, step);
        double below1 = 0;
        double below0 = 0;
        double better = 0;
        double lossOfToken = 0;
        double lossOfLink = 0;
        for (var i = 0; i <= POINTS; i++) {
            // Half of a point's mass lies below it.
            var up1 = below1 + dToken[i] / 2;
            var up0 = below0 + dLink[i] / 2;
            var rate = 1 / (1 + Math.exp(-(low + i * step)));
            var slope = rate * (1 - rate) * step;
            better += dToken[i] * up0;
            lossOfToken += up1 * (1 - up0) * slope;
            lossOfLink += up0 * (1 - up1) * slope;
            below1 += dToken[i];
            below0 += dLink[i];
        }
        return new Shrunken(token.mean(), link.mean(), better, lossOfToken, lossOfLink);
    }

    private static double lowest(Beta beta) {
        return logOdds(beta) - SPREAD * logOddsDeviation(beta);
    }

    private static double highest(Beta beta) {
        return logOdds(beta) + SPREAD * logOddsDeviation(beta);
    }

    private static double logOdds(Beta beta) {
        return Math.log(beta.a() / beta.b());
    }

    private static double logOddsDeviation(Beta beta) {
        return Math.sqrt(1 / beta.a() + 1 / beta.b());
    }

    /** The mass at each point; it sums to 1, so the constant of the distribution is not needed. */
    private static double[] density(Beta beta, double low, double step) {
        var mode = logOdds(beta);
        var peak = logDensity(beta, mode);
        var mass = new double[POINTS + 1];
        double sum = 0;
        for (var i = 0; i <= POINTS; i++) {
            mass[i] = Math.exp(logDensity(beta, low + i * step) - peak);
            sum += mass[i];
        }
        for (var i = 0; i <= POINTS; i++) {
            mass[i] /= sum;
        }
        return mass;
    }

    private static double logDensity(Beta beta, double logOdds) {
        // a·ln p + b·ln(1 − p), the change of variable included.
        return -beta.a() * Math.log1p(Math.exp(-logOdds)) - beta.b() * Math.log1p(Math.exp(logOdds));
    }
}
