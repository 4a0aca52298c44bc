package dev.zhida.order;

import static java.util.stream.Collectors.toSet;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Folds the observations of one order line into the truth of today.
 *
 * <p>The last observation holds: what the marketplace's API tells comes after all that files tell, because a file speaks
 * of the time of its export, which says nothing of when its rows changed. Of one source they are ordered by the time of
 * which they speak (those that tell none come first), then by how far along the status is, then by content hash, which
 * only makes the order total. Two observations of one source that share time and status but not money contradict each
 * other: a person has to decide, and what she decides holds for the reports that she chose from, until another one comes
 * as late or later.
 */
final class OrderFold {

    private static final Comparator<Hashed> LATER = Comparator.comparing((Hashed hashed) -> !hashed.ofFile())
            .thenComparing(hashed -> hashed.observation().asOf(), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(hashed -> hashed.observation().status().rank())
            .thenComparing(Hashed::hash)
            .thenComparing(Hashed::accountId);

    private OrderFold() {}

    /**
     * An observation with the hash of its content.
     *
     * @param accountId whose feed it came by
     * @param hash SHA-256, in lower-case hex
     * @param ofFile whether a report file told it
     */
    record Hashed(UUID accountId, Observation observation, String hash, boolean ofFile) {}

    /**
     * The truth that a line's observations tell.
     *
     * @param accountId whose feed the observation that holds came by
     * @param latest the observation that holds
     * @param status the line's status
     * @param review why a person must decide; {@code null} in every other status
     */
    record Folded(UUID accountId, Observation latest, OrderStatus status, String review) {}

    /** Folds; needs at least one observation. */
    static Folded fold(Collection<Hashed> observations, Collection<Decision> decisions) {
        var last = observations.stream().max(LATER).orElseThrow();
        var equals = rivals(observations);
        var hashes = equals.stream().map(Hashed::hash).collect(toSet());
        var decision = decisions.stream()
                .filter(d -> d.isAbout(hashes))
                .max(Decision.LATER)
                .orElse(null);
        if (decision != null) {
            var chosen = equals.stream()
                    .filter(one -> one.hash().equals(decision.chosen()))
                    .max(LATER)
                    .orElseThrow();
            var status =
                    decision.status() == null ? chosen.observation().status() : OrderStatus.valueOf(decision.status());
            return new Folded(chosen.accountId(), whole(chosen.observation(), observations), status, null);
        }
        var latest = whole(last.observation(), observations);
        if (contradict(equals)) {
            return new Folded(
                    last.accountId(),
                    latest,
                    OrderStatus.NEEDS_REVIEW,
                    "reports of the same time and status differ in money");
        }
        if (latest.status() == OrderStatus.NEEDS_REVIEW) {
            return new Folded(
                    last.accountId(), latest, OrderStatus.NEEDS_REVIEW, "unknown status: " + latest.statusText());
        }
        if (latest.status() == OrderStatus.SETTLED && latest.settled() == null) {
            return new Folded(last.accountId(), latest, OrderStatus.NEEDS_REVIEW, "settled, but nobody says how much");
        }
        return new Folded(last.accountId(), latest, latest.status(), null);
    }

    /**
     * A report with what it leaves out, as files leave columns out and APIs tell no fee, as the latest other report tells
     * it: the times of the order, what was settled if the other one calls it settled as well, and the fee if the other one
     * speaks of the same amounts. An amount that is told is never touched.
     */
    private static Observation whole(Observation o, Collection<Hashed> all) {
        if (o.clickedAt() != null
                && o.createdAt() != null
                && o.paidAt() != null
                && tellsFee(o)
                && (o.status() != OrderStatus.SETTLED || o.settled() != null && o.settledAt() != null)) {
            return o;
        }
        var whole = o;
        for (var other :
                all.stream().sorted(LATER.reversed()).map(Hashed::observation).toList()) {
            var settled = whole.status() == OrderStatus.SETTLED && other.status() == OrderStatus.SETTLED;
            var amounts = settled && whole.settled() == null ? other : whole;
            var charged = !tellsFee(amounts) && chargesTheSame(amounts, other) ? other : amounts;
            whole = new Observation(
                    o.marketplace(),
                    o.lineKey(),
                    o.orderNo(),
                    o.parentNo(),
                    o.itemId(),
                    o.itemKey(),
                    o.itemTitle(),
                    o.shopName(),
                    o.quantity(),
                    o.status(),
                    o.statusText(),
                    o.paid(),
                    o.estimated(),
                    amounts.settledBase(),
                    amounts.settled(),
                    charged.subsidy(),
                    charged.feeRate(),
                    charged.fee(),
                    first(whole.clickedAt(), other.clickedAt()),
                    first(whole.createdAt(), other.createdAt()),
                    first(whole.paidAt(), other.paidAt()),
                    settled ? first(whole.settledAt(), other.settledAt()) : whole.settledAt(),
                    o.asOf(),
                    o.slot(),
                    o.raw());
        }
        return whole;
    }

    private static boolean tellsFee(Observation o) {
        return o.fee() != null || o.feeRate() != null;
    }

    /** Whether the fee that one tells is charged on what the other one tells. */
    private static boolean chargesTheSame(Observation o, Observation other) {
        return tellsFee(other)
                && (o.subsidy() == null || o.subsidy().equals(other.subsidy()))
                && (o.status() == OrderStatus.SETTLED) == (other.status() == OrderStatus.SETTLED)
                && (o.status() == OrderStatus.SETTLED
                        ? Objects.equals(o.settled(), other.settled())
                        : o.estimated().equals(other.estimated()));
    }

    private static Instant first(Instant told, Instant other) {
        return told != null ? told : other;
    }

    /** The observations that share source, time and status with the last one, itself among them. */
    static List<Hashed> rivals(Collection<Hashed> observations) {
        var last = observations.stream().max(LATER).orElseThrow();
        return observations.stream()
                .filter(other -> other.ofFile() == last.ofFile()
                        && Objects.equals(
                                other.observation().asOf(), last.observation().asOf())
                        && other.observation().status() == last.observation().status())
                .toList();
    }

    /** Whether a person has to decide between them. */
    static boolean contested(List<Hashed> rivals) {
        return contradict(rivals) || rivals.getFirst().observation().status() == OrderStatus.NEEDS_REVIEW;
    }

    private static boolean contradict(List<Hashed> rivals) {
        var one = money(rivals.getFirst().observation());
        return rivals.stream().anyMatch(other -> !money(other.observation()).equals(one));
    }

    private static List<Object> money(Observation o) {
        return Arrays.asList(o.paid(), o.estimated(), o.settledBase(), o.settled(), o.subsidy(), o.feeRate(), o.fee());
    }
}
