package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

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

        /** What is left of it, or the whole where the other side tells no fee. */
        private Money net(boolean withFee) {
            return withFee ? commission.minus(fee) : commission;
        }
    }

    /** How the two sides of a key stand to each other. */
    enum Kind {
        MATCHED,
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

        /** What no row explains away: theirs less ours. */
        Money remainder() {
            return theirs.minus(ours);
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
    static Outcome compare(Map<String, Amounts> ours, Map<String, Amounts> theirs, boolean withFees) {
        var keys = new TreeSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        var rows = keys.stream()
                .map(key -> row(key, ours.get(key), theirs.get(key), withFees))
                .toList();
        return new Outcome(rows, sum(ours, withFees), sum(theirs, withFees));
    }

    private static Row row(String key, Amounts ours, Amounts theirs, boolean withFees) {
        if (theirs == null) {
            return new Row(key, Kind.ONLY_HERE, ours, null, ours.net(withFees).negated());
        }
        if (ours == null) {
            return new Row(key, Kind.ONLY_THERE, null, theirs, theirs.net(withFees));
        }
        var same = ours.commission().equals(theirs.commission())
                && (!withFees || ours.fee().equals(theirs.fee()));
        return new Row(
                key,
                same ? Kind.MATCHED : Kind.DIFFERENT,
                ours,
                theirs,
                theirs.net(withFees).minus(ours.net(withFees)));
    }

    private static Money sum(Map<String, Amounts> side, boolean withFees) {
        return side.values().stream().map(a -> a.net(withFees)).reduce(Money.ZERO, Money::plus);
    }
}
