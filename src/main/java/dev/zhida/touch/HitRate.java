package dev.zhida.touch;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a visitor hits a placement within a minute of the clock, in 2 MB for any number of visitors. For the hot
 * path: no lock, nothing allocated.
 *
 * <p>An entry is a fingerprint of visitor and placement, the minute, and the count. Where a place is crowded the entry
 * that counted least gives way, so a count may be too low, in a person's favour, and is never too high except where two
 * fingerprints of 36 bits are the same. A run of the rules over stored touches counts exactly.
 */
public final class HitRate {

    private static final int SLOTS = 1 << 18;
    private static final int NEIGHBOURS = 4;

    private static final int COUNT_BITS = 8;
    private static final int MINUTE_BITS = 20;
    private static final long MOST = (1L << COUNT_BITS) - 1;
    private static final long MINUTE_MASK = ((1L << MINUTE_BITS) - 1) << COUNT_BITS;

    private final AtomicLongArray entries = new AtomicLongArray(SLOTS);

    /** Counts a hit; answers how many there were in this minute, with this one, up to 255. */
    public int hit(long placementId, UUID visitor, Instant at) {
        var hash = mix(mix(visitor.getMostSignificantBits() ^ placementId * 0x9E37_79B9_7F4A_7C15L)
                ^ visitor.getLeastSignificantBits());
        var slot = (int) hash & (SLOTS - 1) & -NEIGHBOURS;
        var minute = (at.getEpochSecond() / 60 << COUNT_BITS) & MINUTE_MASK;
        // The low bits chose the slot; the high ones tell the entries in it apart.
        var key = (hash & -1L << COUNT_BITS + MINUTE_BITS) | minute;
        while (true) {
            var place = placeOf(slot, key, minute);
            var old = entries.get(place);
            var count = (old & ~MOST) == key ? Math.min(MOST, (old & MOST) + 1) : 1;
            if (entries.compareAndSet(place, old, key | count)) {
                return (int) count;
            }
        }
    }

    /** Where the key is, else where it may be put: at an entry of another minute, else at the one that counted least. */
    private int placeOf(int slot, long key, long minute) {
        var best = slot;
        var bestCount = Long.MAX_VALUE;
        for (var i = slot; i < slot + NEIGHBOURS; i++) {
            var entry = entries.get(i);
            if ((entry & ~MOST) == key) {
                return i;
            }
            var count = (entry & MINUTE_MASK) == minute ? entry & MOST : 0;
            if (count < bestCount) {
                best = i;
                bestCount = count;
            }
        }
        return best;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        var a = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        var b = (a ^ a >>> 27) * 0x94D0_49BB_1331_11EBL;
        return b ^ b >>> 31;
    }
}
