package dev.zhida.attribution;

import dev.zhida.attribution.Attribution.Exact;
import dev.zhida.attribution.Attribution.None;
import dev.zhida.attribution.Attribution.Reason;
import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.slot.Lease;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Decides by the lease of the order's slot that was active when the buyer clicked. */
final class LeaseAtClick {

    private LeaseAtClick() {}

    /** Decides where the time of the order is not known; as the other. */
    static Attribution decide(boolean slotNamed, Instant clickedAt, List<Lease> leases) {
        return decide(slotNamed, clickedAt, null, leases);
    }

    /**
     * Decides who an order line belongs to.
     *
     * @param slotNamed whether the order names a slot at all
     * @param clickedAt the click, in whole seconds; {@code null} where the marketplace does not tell
     * @param orderedAt when the order was placed; may be {@code null}
     * @param leases every lease of that slot
     */
    static Attribution decide(boolean slotNamed, Instant clickedAt, Instant orderedAt, List<Lease> leases) {
        if (!slotNamed) {
            return new None(Reason.NO_SLOT);
        }
        if (leases.isEmpty()) {
            return new None(Reason.NO_LEASE);
        }
        if (clickedAt == null) {
            if (orderedAt == null) {
                return withoutClickTime(leases);
            }
            var ordered =
                    leases.stream().filter(lease -> holds(lease, orderedAt)).toList();
            // Nobody clicks for a lease that has not begun: who takes the slot later neither gets the order nor takes
            // it away.
            var begun = leases.stream().filter(lease -> begun(lease, orderedAt)).toList();
            return begun.isEmpty()
                    ? new None(Reason.NO_LEASE_AT_CLICK)
                    : withoutClickTime(ordered.isEmpty() ? begun : ordered);
        }
        var holding = leases.stream().filter(lease -> holds(lease, clickedAt)).toList();
        if (holding.isEmpty()) {
            return new None(Reason.NO_LEASE_AT_CLICK);
        }
        var first = holding.getFirst();
        if (holding.stream().anyMatch(l -> !l.creatorId().equals(first.creatorId()) || l.medium() != first.medium())) {
            return new None(Reason.AMBIGUOUS_SECOND);
        }
        return holding.size() == 1 ? new Exact(first) : new Shared(holding);
    }

    /**
     * JD and Douyin tell no click time. A slot that is made up for one placement is never given to another; one of a pool
     * (a JD position) is, but its lease outlives the placement by the attribution window, so whoever held it when the
     * order was placed held it at the click. Where all of them agree, no other time is needed.
     */
    private static Attribution withoutClickTime(List<Lease> leases) {
        var first = leases.getFirst();
        if (leases.stream().allMatch(l -> l.placementId() == first.placementId())) {
            return new Exact(first);
        }
        var agree =
                leases.stream().allMatch(l -> l.creatorId().equals(first.creatorId()) && l.medium() == first.medium());
        return agree ? new Shared(leases) : new None(Reason.NO_CLICK_TIME);
    }

    private static boolean begun(Lease lease, Instant at) {
        return lease.fromAt().isBefore(at.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1));
    }

    /** A click reported as second s happened within [s, s + 1): the lease holds if it held at any instant of it. */
    private static boolean holds(Lease lease, Instant clickedAt) {
        var second = clickedAt.truncatedTo(ChronoUnit.SECONDS);
        return begun(lease, clickedAt)
                && (lease.untilAt() == null || lease.untilAt().isAfter(second));
    }
}
