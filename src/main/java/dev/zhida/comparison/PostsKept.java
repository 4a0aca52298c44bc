package dev.zhida.comparison;

import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/**
 * Whether the posts that count are still those that were drawn: posts that are left out more often on one side, or too
 * often at all, undo the draw.
 *
 * @param p Fisher's exact test of "a post was left out whichever side it was drawn for"
 * @param share of the side of which fewer count
 */
public record PostsKept(double p, double share) {

    private static final double ALARM_P = 0.05;
    private static final double ALARM_SHARE = 0.8;

    /**
     * @param link posts that count
     * @param linkDrawn of how many
     */
    public static PostsKept of(int link, int linkDrawn, int token, int tokenDrawn) {
        if (linkDrawn == 0 || tokenDrawn == 0) {
            return new PostsKept(1, 1);
        }
        var kept = HypergeometricDistribution.of(linkDrawn + tokenDrawn, linkDrawn, link + token);
        var observed = kept.probability(link);
        double p = 0;
        for (var i = kept.getSupportLowerBound(); i <= kept.getSupportUpperBound(); i++) {
            var probability = kept.probability(i);
            // As unlikely or more; the same probability computed another way differs in the last digits.
            p += probability <= observed * (1 + 1e-7) ? probability : 0;
        }
        return new PostsKept(Math.min(1, p), Math.min((double) link / linkDrawn, (double) token / tokenDrawn));
    }

    /** While it alarms, results are hidden. */
    public boolean alarms() {
        return p < ALARM_P || share < ALARM_SHARE;
    }
}
