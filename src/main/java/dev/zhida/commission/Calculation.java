package dev.zhida.commission;

import dev.zhida.marketplace.Observation;
import dev.zhida.money.Money;
import java.math.RoundingMode;

/**
 * How a marketplace's commission divides into technical service fee, creator's share and platform's rest.
 *
 * @param gross commission and subsidy, as the marketplace reports them
 * @param fee the technical service fee
 * @param feeAssumed whether the fee was not reported
 * @param creator the creator's share
 * @param platform the rest; {@code fee + creator + platform = gross}
 */
record Calculation(Money gross, Money fee, boolean feeAssumed, Money creator, Money platform) {

    static final Calculation NOTHING = new Calculation(Money.ZERO, Money.ZERO, false, Money.ZERO, Money.ZERO);

    /**
     * Divides a gross amount. The fee is charged on the commission part only, that is without the subsidy: as
     * reported by amount, else by the reported rate, else by the assumed rate; rounded half-even to the fen.
     *
     * @param gross the estimated or the settled amount of {@code line}
     */
    static Calculation of(Money gross, Observation line, Terms terms) {
        var subsidy = line.subsidy() == null ? Money.ZERO : line.subsidy();
        var commissionPart = subsidy.compareTo(gross) > 0 ? Money.ZERO : gross.minus(subsidy);
        var assumed = line.fee() == null && line.feeRate() == null;
        var fee = line.fee() != null
                ? line.fee()
                : commissionPart.share(assumed ? terms.assumedFee() : line.feeRate(), RoundingMode.HALF_EVEN);
        if (fee.compareTo(gross) > 0) {
            // A marketplace never charges more than it pays; what it reports beyond is not ours to pass on.
            fee = gross;
        }
        var net = gross.minus(fee);
        var creator = net.share(terms.creatorShare(), RoundingMode.HALF_EVEN);
        return new Calculation(gross, fee, assumed && !commissionPart.isZero(), creator, net.minus(creator));
    }
}
