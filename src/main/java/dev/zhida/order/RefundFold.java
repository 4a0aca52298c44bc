package dev.zhida.order;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;

import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Folds what was reported of a line's refunds into the truth of today, each refund by itself and by the same order
 * as observations. Reports of one time contradict each other if they differ in money, or in who pays: then the refund
 * moves nothing until a person or a later report decides.
 */
final class RefundFold {

    private static final Comparator<Hashed> LATER = Comparator.comparing(
                    (Hashed hashed) -> hashed.observation().asOf(), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(hashed -> rank(hashed.observation().status()))
            .thenComparing(Hashed::hash);

    private RefundFold() {}

    /** @param hash SHA-256 of the content, in lower-case hex */
    record Hashed(RefundObservation observation, String hash) {}

    /** The refunds of one line, in the order of their ids. */
    static List<Refund> fold(Collection<Hashed> observations, Collection<Decision> decisions) {
        var numbered = observations.stream()
                .anyMatch(hashed -> !isUnnumbered(hashed.observation().refundId()));
        return observations.stream()
                // The feed of channels tells a refund again without its number; counted beside the other it would be
                // taken back twice.
                .filter(hashed ->
                        !numbered || !isUnnumbered(hashed.observation().refundId()))
                .collect(groupingBy(hashed -> hashed.observation().refundId(), TreeMap::new, toList()))
                .entrySet()
                .stream()
                .map(refund -> one(
                        refund.getValue(),
                        decisions.stream()
                                .filter(d -> refund.getKey().equals(d.refundId()))
                                .toList()))
                .toList();
    }

    private static boolean isUnnumbered(String refundId) {
        return refundId.startsWith("R:");
    }

    private static Refund one(List<Hashed> observations, List<Decision> decisions) {
        var equals = rivals(observations);
        var hashes = equals.stream().map(Hashed::hash).collect(toSet());
        var decision = decisions.stream()
                .filter(d -> d.isAbout(hashes))
                .max(Decision.LATER)
                .orElse(null);
        if (decision != null) {
            var chosen = equals.stream()
                    .filter(one -> one.hash().equals(decision.chosen()))
                    .findFirst()
                    .orElseThrow()
                    .observation();
            return new Refund(
                    chosen, decision.status() == null ? chosen.status() : RefundStatus.valueOf(decision.status()));
        }
        var last = equals.stream().max(LATER).orElseThrow().observation();
        return new Refund(last, contradict(equals) ? RefundStatus.NEEDS_REVIEW : last.status());
    }

    /** The reports of one refund that share time and progress with the last one, itself among them. */
    static List<Hashed> rivals(Collection<Hashed> observations) {
        var last = observations.stream().max(LATER).orElseThrow().observation();
        return observations.stream()
                .filter(other -> Objects.equals(other.observation().asOf(), last.asOf())
                        && rank(other.observation().status()) == rank(last.status()))
                .toList();
    }

    /** Whether a person has to decide between them. */
    static boolean contested(List<Hashed> rivals) {
        return contradict(rivals) || rivals.getFirst().observation().status() == RefundStatus.NEEDS_REVIEW;
    }

    private static boolean contradict(List<Hashed> rivals) {
        return rivals.stream().anyMatch(other -> !says(other).equals(says(rivals.getFirst())));
    }

    private static List<Object> says(Hashed hashed) {
        var o = hashed.observation();
        return List.of(o.status(), o.refunded(), o.commission(), o.fee());
    }

    /** How far along a refund is; who pays is told last, and either answer is as late as the other. */
    private static int rank(RefundStatus status) {
        return switch (status) {
            case OPENED -> 0;
            case FAILED -> 1;
            case SUCCEEDED -> 2;
            case FROM_CREATOR, FROM_SELLER -> 3;
            case NEEDS_REVIEW -> 4;
        };
    }
}
