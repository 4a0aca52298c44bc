package dev.zhida.order;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Folds the observations of one order line into the truth of today.
 *
 * <p>The last observation holds: ordered by the time of which it speaks (those that tell none come first), then
 * by how far along its status is, then by content hash, which only makes the order total. Two observations that
 * share time and status but not money contradict each other: a person has to decide.
 */
final class OrderFold {

    private static final Comparator<Hashed> LATER = Comparator.comparing(
                    (Hashed hashed) -> hashed.observation().asOf(), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(hashed -> hashed.observation().status().rank())
            .thenComparing(Hashed::hash);

    private OrderFold() {}

    /**
     * An observation with the hash of its content.
     *
     * @param hash SHA-256, in lower-case hex
     */
    record Hashed(Observation observation, String hash) {}

    /**
     * The truth that a line's observations tell.
     *
     * @param latest the observation that holds
     * @param status the line's status
     * @param review why a person must decide; {@code null} in every other status
     */
    record Folded(Observation latest, OrderStatus status, String review) {}

    /** Folds; needs at least one observation. */
    static Folded fold(Collection<Hashed> observations) {
        var last = observations.stream().max(LATER).orElseThrow().observation();
        var contradicted = observations.stream()
                .map(Hashed::observation)
                .anyMatch(other -> Objects.equals(other.asOf(), last.asOf())
                        && other.status() == last.status()
                        && !money(other).equals(money(last)));
        if (contradicted) {
            return new Folded(last, OrderStatus.NEEDS_REVIEW, "reports of the same time and status differ in money");
        }
        if (last.status() == OrderStatus.NEEDS_REVIEW) {
            return new Folded(last, OrderStatus.NEEDS_REVIEW, "unknown status: " + last.statusText());
        }
        return new Folded(last, last.status(), null);
    }

    private static List<Object> money(Observation o) {
        return java.util.Arrays.asList(
                o.paid(), o.estimated(), o.settledBase(), o.settled(), o.subsidy(), o.feeRate(), o.fee());
    }
}
