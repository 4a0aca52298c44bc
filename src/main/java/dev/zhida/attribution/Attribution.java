package dev.zhida.attribution;

import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The outcome of asking which placement an order line came from. Every caller has to handle all answers. */
public sealed interface Attribution {

    /** The version of the rules in {@link LeaseAtClick} and {@link LastTouch}; kept with every decision. */
    int RULE_VERSION = 3;

    /** One placement held the slot when the buyer clicked. */
    record Exact(Lease lease) implements Attribution {}

    /**
     * Several placements of one creator and medium held the slot; a touch before the click names one of them.
     *
     * @param lease of the placement named
     * @param holders how many held the slot
     */
    record Window(Lease lease, UUID touchId, Instant touchedAt, int holders) implements Attribution {}

    /** Several placements of one creator and medium held the slot; which of them is not known. */
    record Shared(List<Lease> holders) implements Attribution {
        public Shared {
            holders = List.copyOf(holders);
        }
    }

    /** No slot says so, but a creator claimed the line and an operator accepted her evidence. */
    record Claimed(long claimId, UUID creatorId, long placementId, Medium medium) implements Attribution {}

    /** Nobody is known. */
    record None(Reason reason) implements Attribution {}

    /** Why nobody is known. */
    enum Reason {
        /** The order names no slot. */
        NO_SLOT,
        /** The order does not say when the buyer clicked. */
        NO_CLICK_TIME,
        /** Nobody ever held the slot that the order names. */
        NO_LEASE,
        /** Somebody held the slot, but not when the buyer clicked. */
        NO_LEASE_AT_CLICK,
        /** Different creators or media held the slot within that second. */
        AMBIGUOUS_SECOND
    }

    /** The creator that the line belongs to, or {@code null}. */
    default UUID creator() {
        return switch (this) {
            case Exact(var lease) -> lease.creatorId();
            case Window(var lease, var touch, var touchedAt, var holders) -> lease.creatorId();
            case Shared(var holders) -> holders.getFirst().creatorId();
            case Claimed(var claim, var creator, var placement, var medium) -> creator;
            case None(var reason) -> null;
        };
    }

    /** The placement that the line belongs to, or {@code null}. */
    default Long placement() {
        return switch (this) {
            case Exact(var lease) -> (Long) lease.placementId();
            case Window(var lease, var touch, var touchedAt, var holders) -> (Long) lease.placementId();
            case Claimed(var claim, var creator, var placement, var medium) -> (Long) placement;
            case Shared(var holders) -> null;
            case None(var reason) -> null;
        };
    }

    /** The form that the buyer used, or {@code null}. */
    default Medium medium() {
        return switch (this) {
            case Exact(var lease) -> lease.medium();
            case Window(var lease, var touch, var touchedAt, var holders) -> lease.medium();
            case Shared(var holders) -> holders.getFirst().medium();
            case Claimed(var claim, var creator, var placement, var medium) -> medium;
            case None(var reason) -> null;
        };
    }

    /** How sure it is. A claim names a placement with less than a slot behind it, as a touch does. */
    default String confidence() {
        return switch (this) {
            case Exact exact -> "EXACT";
            case Window window -> "WINDOW";
            case Claimed claimed -> "WINDOW";
            case Shared shared -> "SHARED";
            case None none -> "NONE";
        };
    }
}
