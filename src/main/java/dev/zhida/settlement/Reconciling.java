package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Holds a marketplace's settlement against ours, key by key. Pure: the same two sides give the same rows. */
final class Reconciling {

    private Reconciling() {}

    /**
     * What one side says of a key.
     *
     * @param commission what was settled, before the fee
     * @param fee the technical service fee; {@code null} where the file tells none, then only commissions are compared
     */
    record Amounts(Money commission, Money fee) {

        Amounts plus(Amounts other) {
            return new Amounts(
                    commission.plus(other.commission), fee == null || other.fee == null ? null : fee.plus(other.fee));
        }

        private boolean same(Amounts other, boolean withFee) {
            return commission.equals(other.commission) && (!withFee || fee.equals(other.fee));
        }

        /** What is left of it, or the whole where the other side tells no fee. */
        private Money net(boolean withFee) {
            return withFee ? commission.minus(fee) : commission;
        }
    }

    /**
     * What we have of a key.
     *
     * @param amounts what was settled, less the refunds
     * @param refunds what is given back, each with its part of the fee; a marketplace may take it back months later
     */
    record Ours(Amounts amounts, List<Amounts> refunds) {

        /** Whether the other side says what we do, but for refunds that it has yet to take back. */
        private boolean awaits(Amounts theirs, boolean withFee) {
            // What they may say, whichever of the refunds they have yet to take back.
            var possible = new HashSet<>(Set.of(amounts));
            for (var refund : refunds) {
                possible.addAll(
                        possible.stream().map(before -> before.plus(refund)).toList());
            }
            return possible.stream().anyMatch(one -> one.same(theirs, withFee));
        }
    }

    /** How the two sides of a key stand to each other. */
    enum Kind {
        MATCHED,
        /** They differ by refunds that the marketplace has yet to take back, and by nothing else. */
        AWAITED,
        DIFFERENT,
        ONLY_HERE,
        ONLY_THERE
    }

    /**
     * One key.
     *
     * @param difference theirs less ours, after fees where the file tells them
     */
    record Row(String key, Kind kind, Amounts ours, Amounts theirs, Money difference) {}

    /**
     * The outcome.
     *
     * @param ours the sum of our side
     * @param theirs the sum of their side
     */
    record Outcome(List<Row> rows, Money ours, Money theirs) {

        /** What refunds explain that the marketplace has yet to take back. */
        Money awaited() {
            return rows.stream()
                    .filter(row -> row.kind() == Kind.AWAITED)
                    .map(Row::difference)
                    .reduce(Money.ZERO, Money::plus);
        }

        /** What nothing explains: theirs less ours, less what is awaited. */
        Money remainder() {
            return theirs.minus(ours).minus(awaited());
        }

        int count(Kind kind) {
            return (int) rows.stream().filter(row -> row.kind() == kind).count();
        }
    }

    /**
     * Compares.
     *
     * @param withFees whether their side tells fees
     */
    static Outcome compare(Map<String, Ours> ours, Map<String, Amounts> theirs, boolean withFees) {
        var keys = new TreeSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        var rows = keys.stream()
                .map(key -> row(key, ours.get(key), theirs.get(key), withFees))
                .toList();
        return new Outcome(
                rows,
                sum(ours.values().stream().map(Ours::amounts), withFees),
                sum(theirs.values().stream(), withFees));
    }

    private static Row row(String key, Ours known, Amounts theirs, boolean withFees) {
        if (known == null) {
            return new Row(key, Kind.ONLY_THERE, null, theirs, theirs.net(withFees));
        }
        var ours = known.amounts();
        if (theirs == null) {
            return new Row(key, Kind.ONLY_HERE, ours, null, ours.net(withFees).negated());
        }
        var kind = ours.same(theirs, withFees)
                ? Kind.MATCHED
                : known.awaits(theirs, withFees) ? Kind.AWAITED : Kind.DIFFERENT;
        return new Row(key, kind, ours, theirs, theirs.net(withFees).minus(ours.net(withFees)));
    }

    private static Money sum(Stream<Amounts> side, boolean withFees) {
        return side.map(a -> a.net(withFees)).reduce(Money.ZERO, Money::plus);
    }
}
