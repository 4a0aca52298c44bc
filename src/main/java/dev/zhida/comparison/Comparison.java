package dev.zhida.comparison;

import dev.zhida.comparison.Stratified.Heterogeneity;
import dev.zhida.comparison.Stratified.MantelHaenszel;
import dev.zhida.comparison.Stratified.Simpson;
import dev.zhida.comparison.Stratified.Standardised;
import java.util.List;
import java.util.Optional;

/**
 * Token against link in one group: what was counted, and as much as can be said of it. What cannot be said is absent.
 *
 * @param pooled all strata together
 * @param difference of the pooled rates, Newcombe
 * @param riskRatio of the pooled rates
 * @param evidence Cochran–Mantel–Haenszel where some stratum has both sides, else the pooled test; {@code null} without
 *     a proportion
 * @param bounds of the difference, wherever the orders that are not certain came from
 * @param neededPerArm exposures on each side that find a difference of a fifth four times of five
 */
public record Comparison(
        Stratum pooled,
        State state,
        Optional<Interval> difference,
        Optional<Interval> riskRatio,
        Optional<MantelHaenszel> mantelHaenszel,
        Optional<Standardised> standardised,
        Optional<Heterogeneity> heterogeneity,
        Simpson simpson,
        Evidence evidence,
        Optional<Bounds> bounds,
        long neededPerArm) {

    /** Fewer exposures on a side than this, or fewer expected orders, and nothing is claimed. */
    static final long LEAST_EXPOSURES = 100;

    static final double LEAST_EXPECTED_ORDERS = 5;

    /** The difference that is worth knowing, relative to the rate of both; and how often it is to be found. */
    private static final double WORTH_KNOWING = 0.2;

    private static final double POWER = 0.8;

    /** The rate that is assumed as long as nobody was counted. */
    private static final double USUAL_RATE = 0.01;

    /** Whether the numbers of a group allow a claim. */
    public enum State {
        READY,
        COLLECTING,
        /** More orders than exposures on a side: whatever was counted, it is not what the orders came from. */
        INVALID_DENOMINATOR
    }

    /** Compares the sides of all strata; {@code uncertain} orders enter the bounds only. */
    public static Comparison of(List<Stratum> strata, Bounds.Uncertain uncertain) {
        var pooled = Stratum.pooled(strata);
        if (!pooled.isProportion()) {
            return nothing(pooled, State.INVALID_DENOMINATOR);
        }
        if (!pooled.hasBoth()) {
            return nothing(pooled, State.COLLECTING);
        }
        var token = pooled.token();
        var link = pooled.link();
        var mantelHaenszel = Stratified.mantelHaenszel(strata);
        var standardised = Stratified.standardised(strata);
        var likeWithLike =
                standardised.map(Standardised::difference).or(() -> mantelHaenszel.map(MantelHaenszel::difference));
        var evidence = mantelHaenszel.map(MantelHaenszel::test).orElseGet(() -> Proportions.pooledTest(token, link));
        return new Comparison(
                pooled,
                enough(pooled) ? State.READY : State.COLLECTING,
                Optional.of(Proportions.difference(token.orders(), token.n(), link.orders(), link.n())),
                Optional.of(Proportions.riskRatio(token, link)),
                mantelHaenszel,
                standardised,
                Stratified.heterogeneity(strata),
                likeWithLike
                        .map(like -> Simpson.of(pooled.difference(), like, evidence.p()))
                        .orElse(Simpson.NONE),
                evidence,
                Optional.of(Bounds.of(pooled, uncertain)),
                needed(pooled));
    }

    private static Comparison nothing(Stratum pooled, State state) {
        return new Comparison(
                pooled,
                state,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Simpson.NONE,
                null,
                Optional.empty(),
                needed(pooled));
    }

    private static boolean enough(Stratum pooled) {
        var smaller = Math.min(pooled.token().n(), pooled.link().n());
        var rate = pooled.token().plus(pooled.link()).rate();
        return smaller >= LEAST_EXPOSURES && smaller * rate >= LEAST_EXPECTED_ORDERS;
    }

    private static long needed(Stratum pooled) {
        var both = pooled.token().plus(pooled.link());
        // Far from 0 and 1, where a difference of a fifth would mean nothing.
        var rate = both.n() == 0 || !both.isProportion()
                ? USUAL_RATE
                : Math.clamp((both.orders() + 0.5) / (both.n() + 1.0), 0.0001, 0.5);
        return Proportions.neededPerArm(rate, rate * (1 + WORTH_KNOWING), POWER);
    }

    /** How many more exposures the smaller side needs until a difference worth knowing is likely found. */
    public long stillNeededPerArm() {
        return Math.max(
                0, neededPerArm - Math.min(pooled.token().n(), pooled.link().n()));
    }

    /**
     * The rates of both sides, how many exposures they speak of, and the difference that is theirs.
     */
    record Rates(double token, long tokenN, double link, long linkN, Interval difference) {}

    /** Of like and like, as far as there is any; else of all together. */
    Optional<Rates> rates() {
        return standardised
                .map(s -> new Rates(s.token().estimate(), s.tokenN(), s.link().estimate(), s.linkN(), s.difference()))
                .or(() -> mantelHaenszel.map(
                        mh -> new Rates(mh.token(), mh.tokenN(), mh.link(), mh.linkN(), mh.difference())))
                .or(() -> difference.map(d -> new Rates(
                        pooled.token().rate(),
                        pooled.token().n(),
                        pooled.link().rate(),
                        pooled.link().n(),
                        d)));
    }

    /** The difference between like and like, as far as there is any; else that of all together. */
    public Optional<Interval> likeWithLike() {
        return rates().map(Rates::difference);
    }

    /**
     * Whether it may be said that one side goes with more orders.
     *
     * @param p of {@link #evidence}, after it was adjusted for how many groups were asked
     */
    public boolean allowsClaim(double p) {
        return state == State.READY
                && mantelHaenszel.isPresent()
                && simpson == Simpson.NONE
                && heterogeneity.map(h -> !h.strong()).orElse(true)
                && p < 0.05
                && likeWithLike().map(d -> d.low() > 0 || d.high() < 0).orElse(false)
                && turned().isEmpty();
    }

    /**
     * Between what the difference lies, all together and like with like, if the orders that are not certain can turn its
     * sign in either; absent if the sign stays wherever they came from.
     */
    public Optional<Bounds> turned() {
        var certain = pooled.difference();
        return bounds.filter(all -> all.low() < all.high()).flatMap(all -> {
            var like = likeWithLike().orElseThrow().estimate();
            // Nobody knows of which strata they are: as they would move it if they lay where the exposures lie.
            var moved = new Bounds(like + all.low() - certain, like + all.high() - certain);
            return all.keepsSignOf(certain) && moved.keepsSignOf(like)
                    ? Optional.empty()
                    : Optional.of(new Bounds(Math.min(all.low(), moved.low()), Math.max(all.high(), moved.high())));
        });
    }
}
