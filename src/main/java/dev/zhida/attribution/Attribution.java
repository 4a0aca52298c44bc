package dev.zhida.attribution;

import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import java.util.UUID;

/** The outcome of asking which placement an order line came from. Every caller has to handle all answers. */
public sealed interface Attribution {

    /** The version of the rules in {@link LeaseAtClick}; kept with every decision. */
    int RULE_VERSION = 1;

    /** One placement held the slot when the buyer clicked. */
    record Exact(Lease lease) implements Attribution {}

    /** Several placements of one creator and medium held the slot; which of them is not known. */
    record Shared(UUID creatorId, Medium medium, Lease oneOfThem, int holders) implements Attribution {}

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
            case Shared(var creatorId, var medium, var oneOfThem, var holders) -> creatorId;
            case None(var reason) -> null;
        };
    }

    /** The placement that the line belongs to, or {@code null}. */
    default Long placement() {
        return this instanceof Exact(var lease) ? lease.placementId() : null;
    }

    /** The form that the buyer used, or {@code null}. */
    default Medium medium() {
        return switch (this) {
            case Exact(var lease) -> lease.medium();
            case Shared(var creatorId, var medium, var oneOfThem, var holders) -> medium;
            case None(var reason) -> null;
        };
    }
}
