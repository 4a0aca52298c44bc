package dev.zhida.attribution;

import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.attribution.Attribution.Window;
import dev.zhida.slot.Lease;
import dev.zhida.touch.PeoplesTouches.Seen;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Names the placement of an order whose slot was shared, by the last touch before the click. It chooses among the
 * placements that held the slot, which are one creator's and of one form, so it never moves money between creators.
 */
final class LastTouch {

    private LastTouch() {}

    /** The leases among those that shared the slot whose placements show the ordered item: only these can be named. */
    static List<Lease> candidates(Shared shared, UUID orderedOffer, Map<Long, UUID> offerByPlacement) {
        return orderedOffer == null
                ? List.of()
                : shared.holders().stream()
                        .filter(lease -> orderedOffer.equals(offerByPlacement.get(lease.placementId())))
                        .toList();
    }

    /** The earliest instant that a touch may have. */
    static Instant from(Instant clickedAt, Duration lookBack) {
        return clickedAt.truncatedTo(ChronoUnit.SECONDS).minus(lookBack);
    }

    /** The instant before which a touch has to be: a click that is reported as second s happened within [s, s + 1). */
    static Instant until(Instant clickedAt) {
        return clickedAt.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    /**
     * Names a candidate, if one was touched.
     *
     * @param touches by people, on whatever placements and whenever
     */
    static Attribution name(
            Shared shared, List<Lease> candidates, Instant clickedAt, Duration lookBack, Collection<Seen> touches) {
        var from = from(clickedAt, lookBack);
        var until = until(clickedAt);
        return touches.stream()
                .filter(touch -> !touch.at().isBefore(from) && touch.at().isBefore(until))
                .sorted(Comparator.comparing(Seen::at).thenComparing(Seen::id).reversed())
                .flatMap(touch -> candidates.stream()
                        .filter(lease -> lease.placementId() == touch.placementId())
                        .map(lease -> (Attribution) new Window(
                                lease, touch.id(), touch.at(), shared.holders().size())))
                .findFirst()
                .orElse(shared);
    }
}
