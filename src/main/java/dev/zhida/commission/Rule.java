package dev.zhida.commission;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;

/**
 * One version of a commission rule; immutable. It holds from {@code fromAt} until {@code untilAt} or until the next
 * version about the same ground starts, whichever is first.
 *
 * @param version 0 for one that is only tried
 * @param untilAt {@code null} if no end is set
 * @param withdrawn whether it says nothing from its start on, so that less specific rules hold
 */
public record Rule(int version, Ground ground, Terms terms, Instant fromAt, Instant untilAt, boolean withdrawn) {

    /** How the creator's part of a line is counted. */
    public enum Kind {
        /** A share of what is left after the technical service fee. */
        PERCENT,
        /** An amount per line. */
        FIXED
    }

    /**
     * What a rule grants.
     *
     * @param name what people call it
     * @param share of what is left after the fee; {@code null} unless {@link Kind#PERCENT}
     * @param fixed per line; {@code null} unless {@link Kind#FIXED}
     * @param floor the least that a line brings that brings anything at all; {@code null} for none. The floor and a fixed
     *     amount hold even beyond what the marketplace pays: the platform adds the rest
     * @param cap the most that a line brings; {@code null} for none
     * @param agencyId the agency that has a share of the creator's part; {@code null} for none
     * @param agencyShare of the creator's part; {@code null} exactly if there is no agency
     */
    public record Terms(
            String name, Kind kind, Rate share, Money fixed, Money floor, Money cap, UUID agencyId, Rate agencyShare) {

        /**
         * Takes terms.
         *
         * @throws Refusal {@code rule-incomplete}, {@code rule-floor-above-cap}
         */
        public Terms {
            var whole =
                    switch (kind) {
                        case PERCENT -> share != null && share.compareTo(Rate.WHOLE) <= 0 && fixed == null;
                        case FIXED -> fixed != null && fixed.compareTo(Money.ZERO) >= 0 && share == null;
                    };
            if (!whole) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "rule-incomplete",
                        "a PERCENT rule has a share from 0 to 1 and no fixedFen; a FIXED rule has fixedFen and no share");
            }
            if ((agencyId == null) != (agencyShare == null)
                    || agencyShare != null
                            && (agencyShare.equals(Rate.ZERO) || agencyShare.compareTo(Rate.WHOLE) > 0)) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "rule-incomplete",
                        "an agency has an agencyShare above 0 and up to 1, and nobody else has one");
            }
            if (floor != null && cap != null && floor.compareTo(cap) > 0) {
                throw new Refusal(
                        Refusal.Kind.INVALID, "rule-floor-above-cap", "the floor is at most as high as the cap");
            }
        }

        /** What this grants of {@code net} before floor and cap; rounded half-even to the fen. */
        Money granted(Money net) {
            return switch (kind) {
                case PERCENT -> net.share(share, RoundingMode.HALF_EVEN);
                case FIXED -> fixed;
            };
        }

        /** The amount within floor and cap. */
        Money bounded(Money amount) {
            if (floor != null && amount.compareTo(floor) < 0) {
                return floor;
            }
            return cap != null && amount.compareTo(cap) > 0 ? cap : amount;
        }
    }

    /** Whether it says anything at {@code at}, if no later version about its ground has started. */
    boolean speaksAt(Instant at) {
        return !withdrawn && (untilAt == null || at.isBefore(untilAt));
    }
}
