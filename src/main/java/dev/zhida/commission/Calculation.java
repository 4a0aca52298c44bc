package dev.zhida.commission;

import dev.zhida.marketplace.Observation;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.order.Refund;
import java.math.RoundingMode;
import java.util.List;

/**
 * How what a marketplace pays for a line is divided. Parts sum exactly to the whole: {@code gross = fee + creator +
 * agency + platform}; a rounding is done once per part, and what is left is the platform's (of the gross) and the
 * creator's (of what she shares with an agency).
 *
 * @param reported commission and subsidy, as the marketplace reports them
 * @param refunded what of it was given back; never more than was reported
 * @param overRefunded what refunds asked back beyond that: nobody has it, so somebody has to look
 * @param gross {@code reported - refunded}
 * @param fee the technical service fee that stays, after refunds
 * @param feeRefunded what the marketplace gave back of its fee
 * @param feeAssumed whether the fee was not reported
 * @param granted what the rule grants before floor and cap
 * @param part what floor and cap leave of that: {@code creator + agency}
 * @param creator the creator's own
 * @param agency the agency's share of the part
 * @param platform the rest; below zero where a floor or a fixed amount is more than is left after the fee
 */
record Calculation(
        Money reported,
        Money refunded,
        Money overRefunded,
        Money gross,
        Money fee,
        Money feeRefunded,
        boolean feeAssumed,
        Money granted,
        Money part,
        Money creator,
        Money agency,
        Money platform) {

    static final Calculation NOTHING = new Calculation(
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            false,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO);

    /**
     * Divides what is reported. The fee is charged on the commission part only, that is without the subsidy: as reported
     * by amount, else by the reported rate, else by the assumed rate; rounded half-even to the fen. Refunds take back
     * what the marketplace says, commission and fee apart; never below nothing.
     *
     * @param reported the estimated or the settled amount of {@code line}
     * @param refunds those that take back from this amount
     * @param assumedFee the fee to assume where none is reported
     * @param known whether the creator is known: an agency has no share of nobody's income
     */
    static Calculation of(
            Money reported, Observation line, List<Refund> refunds, Rule.Terms rule, Rate assumedFee, boolean known) {
        var subsidy = line.subsidy() == null ? Money.ZERO : line.subsidy();
        var commissionPart = max(reported.minus(subsidy), Money.ZERO);
        var assumed = line.fee() == null && line.feeRate() == null;
        var charged = line.fee() != null
                ? line.fee()
                : commissionPart.share(assumed ? assumedFee : line.feeRate(), RoundingMode.HALF_EVEN);

        var asked = sum(refunds.stream().map(refund -> refund.latest().commission()));
        var refunded = min(asked, max(reported, Money.ZERO));
        var gross = reported.minus(refunded);
        var feeAsked = sum(refunds.stream().map(refund -> refund.latest().fee()));
        // A marketplace never charges more than it pays; what it reports beyond is not ours to pass on.
        var before = min(charged, max(reported, Money.ZERO));
        var fee = min(max(before.minus(feeAsked), Money.ZERO), max(gross, Money.ZERO));

        var division = Division.of(gross, fee, rule, known);
        return new Calculation(
                reported,
                refunded,
                asked.minus(refunded),
                gross,
                fee,
                before.minus(fee),
                assumed && !commissionPart.isZero(),
                division.granted(),
                division.part(),
                division.creator(),
                division.agency(),
                division.platform());
    }

    private static Money sum(java.util.stream.Stream<Money> amounts) {
        return amounts.reduce(Money.ZERO, Money::plus);
    }

    private static Money min(Money a, Money b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Money max(Money a, Money b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
