package dev.zhida.commission;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.math.RoundingMode;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;

/**
 * What volume brings beside the lines: of the part of a month's volume between two steps the lower step's rate. The
 * volume is what the creator's settled lines of the month leave after the fee; the platform pays.
 *
 * @param creatorId {@code null} for whoever has none of her own
 * @param month from this month on, until the next version for the same creators starts
 * @param steps none at all: nothing from that month on
 */
record Tier(int version, String name, UUID creatorId, YearMonth month, List<Step> steps) {

    /**
     * A step.
     *
     * @param from the volume above which {@code rate} is given
     */
    record Step(Money from, Rate rate) {}

    Tier {
        steps = List.copyOf(steps);
        for (var i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            if (step.from().compareTo(Money.ZERO) < 0
                    || step.rate().compareTo(Rate.WHOLE) > 0
                    || i > 0 && steps.get(i - 1).from().compareTo(step.from()) >= 0) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "tier-steps",
                        "steps start at 0 fen or more, each above the one before, with rates from 0 to 1");
            }
        }
    }

    /** What a volume brings; each step's part is rounded half-even to the fen. Nothing for a volume below zero. */
    Money amount(Money volume) {
        var sum = Money.ZERO;
        for (var i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            var until = i + 1 < steps.size() && steps.get(i + 1).from().compareTo(volume) < 0
                    ? steps.get(i + 1).from()
                    : volume;
            if (until.compareTo(step.from()) > 0) {
                sum = sum.plus(until.minus(step.from()).share(step.rate(), RoundingMode.HALF_EVEN));
            }
        }
        return sum;
    }

    /**
     * The tier of a creator in a month: her own, else everybody's.
     *
     * @param versionsByCreator under {@code null} everybody's
     * @return {@code null} if there is none
     */
    static Tier of(Map<UUID, NavigableMap<YearMonth, Tier>> versionsByCreator, UUID creatorId, YearMonth month) {
        var own = versionsByCreator.get(creatorId);
        var entry = own == null ? null : own.floorEntry(month);
        if (entry == null && versionsByCreator.containsKey(null)) {
            entry = versionsByCreator.get(null).floorEntry(month);
        }
        return entry == null ? null : entry.getValue();
    }
}
