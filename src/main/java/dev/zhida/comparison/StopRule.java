package dev.zhida.comparison;

import java.util.Optional;

/**
 * When an experiment ends by itself, said before it starts. It may be asked as often as one likes: it decides by an
 * interval that holds at all times together, so at most 5 % of worlds without a difference are ever decided for a side,
 * and at most 5 % of worlds in which the difference does matter are ever told that it does not.
 *
 * @param margin the smallest difference that matters, relative to the other rate: 0.2 is a fifth more, or as much less
 *     that the other is a fifth more
 * @param mostPeople at how many people of both sides together it ends
 * @param mostDays after how many days it ends
 */
public record StopRule(double margin, long mostPeople, int mostDays) {

    /** Fewer orders in all, and nothing is said. */
    public static final long LEAST_ORDERS = 10;

    /** Why it ends. */
    public enum Stop {
        FOR_TOKEN,
        FOR_LINK,
        /** Whatever difference there is, it is smaller than the margin. */
        NO_DIFFERENCE_THAT_MATTERS,
        /** As many people, days or posts as were planned. */
        AT_MAXIMUM
    }

    /** What the numbers show so far; absent while they are too few, or no proportion. */
    public Optional<AlwaysValid> evidence(Arm token, Arm link) {
        return token.n() > 0
                        && link.n() > 0
                        && token.isProportion()
                        && link.isProportion()
                        && token.orders() + link.orders() >= LEAST_ORDERS
                ? Optional.of(AlwaysValid.of(token, link, mostPeople))
                : Optional.empty();
    }

    /**
     * Whether it ends now.
     *
     * @param sound whether the split came out as planned; if not, only the plan's end ends it
     * @param days since it started
     */
    public Optional<Stop> of(Arm token, Arm link, boolean sound, long days) {
        var shown = sound ? evidence(token, link).map(this::decide).orElse(null) : null;
        if (shown != null) {
            return Optional.of(shown);
        }
        return token.n() + link.n() >= mostPeople || days >= mostDays ? Optional.of(Stop.AT_MAXIMUM) : Optional.empty();
    }

    private Stop decide(AlwaysValid valid) {
        var ratio = valid.ratio();
        if (ratio.low() > 1 / (1 + margin) && ratio.high() < 1 + margin) {
            return Stop.NO_DIFFERENCE_THAT_MATTERS;
        }
        if (ratio.low() > 1) {
            return Stop.FOR_TOKEN;
        }
        return ratio.high() < 1 ? Stop.FOR_LINK : null;
    }

    /**
     * What a finished experiment by post shows: everything was counted once, so it may be asked once.
     *
     * @param linkMean orders per post of the link
     */
    public Stop ofPosts(Interval difference, double linkMean) {
        var matters = margin * linkMean;
        if (difference.low() > -matters && difference.high() < matters) {
            return Stop.NO_DIFFERENCE_THAT_MATTERS;
        }
        if (difference.low() > 0) {
            return Stop.FOR_TOKEN;
        }
        return difference.high() < 0 ? Stop.FOR_LINK : Stop.AT_MAXIMUM;
    }
}
