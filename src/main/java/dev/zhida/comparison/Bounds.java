package dev.zhida.comparison;

/**
 * Between what the difference lies, wherever the orders that are not certain came from.
 *
 * @param low the difference if all of them that can be the link's are the link's
 * @param high the difference if all of them that can be the token's are the token's
 */
public record Bounds(double low, double high) {

    /**
     * @param token those that can only be the token's, like orders of a shared slot of tokens
     * @param link those that can only be the link's
     * @param either those that can be either's
     */
    public record Uncertain(long token, long link, long either) {}

    /** Both sides have exposures. */
    static Bounds of(Stratum certain, Uncertain uncertain) {
        return new Bounds(
                certain.token().rate() - withMore(certain.link(), uncertain.link() + uncertain.either()),
                withMore(certain.token(), uncertain.token() + uncertain.either())
                        - certain.link().rate());
    }

    boolean keepsSignOf(double difference) {
        return low * difference > 0 && high * difference > 0;
    }

    private static double withMore(Arm arm, long orders) {
        return Math.min(1, (double) (arm.orders() + orders) / arm.n());
    }
}
