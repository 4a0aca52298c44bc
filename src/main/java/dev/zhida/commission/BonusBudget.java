package dev.zhida.commission;

import dev.zhida.campaign.Bonus;
import dev.zhida.money.Money;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;

/** Hands out the budget of a campaign: first come by the order of the lines, and the last one gets the rest. */
final class BonusBudget {

    private BonusBudget() {}

    /**
     * A settled line of a campaign.
     *
     * @param orderNo the order that the buyer sees, within its marketplace; lines of one order share it
     * @param sold what the buyer paid and keeps
     * @param held whether the bonus waits until somebody has decided
     */
    record Line(
            UUID id,
            UUID creatorId,
            YearMonth month,
            Instant paidAt,
            String lineKey,
            String orderNo,
            Money sold,
            boolean held) {

        /** The same, waiting until somebody has decided. */
        Line asHeld() {
            return new Line(id, creatorId, month, paidAt, lineKey, orderNo, sold, true);
        }
    }

    /** What a line gets of what it asks for. */
    record Allotment(Line line, Bonus bonus, Money wanted, Money given) {}

    /**
     * Months first, so that a month which is over takes before the next one; in a month by (paid time, line key).
     */
    static final Comparator<Line> ORDER = Comparator.comparing(Line::month)
            .thenComparing(Line::paidAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Line::lineKey)
            .thenComparing(Line::id);

    /**
     * Decides what each line gets. A function of its lines alone: in whatever order they come, whatever was given before.
     *
     * @param bonuses the versions of the bonus by their start
     */
    static List<Allotment> allot(List<Line> lines, NavigableMap<Instant, Bonus> bonuses, Money budget) {
        var left = budget;
        var orders = new HashSet<String>();
        var allotments = new ArrayList<Allotment>();
        for (var line : lines.stream().sorted(ORDER).toList()) {
            var entry = line.paidAt() == null ? bonuses.firstEntry() : bonuses.floorEntry(line.paidAt());
            if (entry == null) {
                continue;
            }
            var wanted = entry.getValue().wanted(line.sold(), !orders.contains(line.orderNo()));
            if (!wanted.isPositive()) {
                continue;
            }
            orders.add(line.orderNo());
            var given = wanted.compareTo(left) <= 0 ? wanted : left;
            left = left.minus(given);
            allotments.add(new Allotment(line, entry.getValue(), wanted, given));
        }
        return allotments;
    }
}
