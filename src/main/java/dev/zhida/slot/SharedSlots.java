package dev.zhida.slot;

import dev.zhida.platform.Medium;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The slots to be shared of one marketplace while they are given out: each belongs to one creator and one medium. */
final class SharedSlots {

    /** Whose a slot is. */
    record Holder(UUID creatorId, Medium medium) {}

    /**
     * A slot with those who hold it.
     *
     * @param holder {@code null} while nobody holds it
     */
    record Slot(long id, Holder holder, int placements) {}

    private final List<Slot> slots;

    SharedSlots(List<Slot> slots) {
        this.slots = new ArrayList<>(slots);
    }

    /** The slot with the fewest placements that this holder may take; from now on one more holds it. */
    Optional<Slot> take(Holder holder) {
        var chosen = slots.stream()
                .filter(slot -> slot.holder() == null || slot.holder().equals(holder))
                .min(Comparator.comparingInt(Slot::placements).thenComparingLong(Slot::id));
        chosen.ifPresent(slot -> slots.set(slots.indexOf(slot), new Slot(slot.id(), holder, slot.placements() + 1)));
        return chosen;
    }
}
