package dev.zhida.commission;

import dev.zhida.money.Money;
import java.math.RoundingMode;

/** How a rule divides what is left of a line after the fee; what {@link Calculation} says of each part holds. */
record Division(Money granted, Money part, Money creator, Money agency, Money platform) {

    /**
     * Divides {@code gross - fee}. A line that brings nothing grants nothing, whatever its floor; one that takes back
     * takes back by its share.
     *
     * @param known whether the creator is known: an agency has no share of nobody's income
     */
    static Division of(Money gross, Money fee, Rule.Terms rule, boolean known) {
        var net = gross.minus(fee);
        var granted = gross.isPositive() || rule.kind() == Rule.Kind.PERCENT ? rule.granted(net) : Money.ZERO;
        var part = gross.isPositive() ? rule.bounded(granted) : granted;
        var agency =
                known && rule.agencyId() != null ? part.share(rule.agencyShare(), RoundingMode.HALF_EVEN) : Money.ZERO;
        return new Division(granted, part, part.minus(agency), agency, net.minus(part));
    }
}
