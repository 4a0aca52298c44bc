package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.time.YearMonth;

/**
 * What stands for a creator or an agency when a payout is made.
 *
 * @param payable what statements have made payable, less debts and what is in payouts
 * @param confirmed what the open months hold; may be negative
 * @param recent what statements that are younger than the hold time added
 * @param payee where to pay; {@code null} if nobody has said
 * @param pending whether there is a payout that is not decided yet
 * @param earlier what was paid before in the time that is one income for the tax office
 */
record Payable(
        Holder holder,
        Money payable,
        Money confirmed,
        Money recent,
        Payee payee,
        boolean pending,
        Withholding.Earlier earlier) {

    /** Whether it is paid, and how much; a reason if it is not. */
    sealed interface Decision {
        record Pay(Money gross, Money tax) implements Decision {
            Money net() {
                return gross.minus(tax);
            }
        }

        record Skip(Reason reason, Money available) implements Decision {}
    }

    /** Why somebody with a balance is in no item of a payout. */
    enum Reason {
        /** What is left after debts, the hold time and open claims against her is less than the minimum. */
        BELOW_MINIMUM,
        /** She owes more than she is owed; it is carried. */
        NEGATIVE,
        BLOCKED,
        NO_PAYEE,
        /** She is paid by another channel. */
        OTHER_CHANNEL,
        /** She is in a payout that is not decided yet. */
        IN_ANOTHER_PAYOUT,
        /** The tax, with what is due on what was paid before, leaves less than the minimum: it waits until there is more. */
        TAX_LEAVES_TOO_LITTLE
    }

    /**
     * What can be sent: what is payable, without what is held back for its age, and without what the open months will take
     * back. It may be negative.
     */
    Money available() {
        var takenBack = confirmed.compareTo(Money.ZERO) < 0 ? confirmed : Money.ZERO;
        return payable.minus(recent).plus(takenBack);
    }

    Decision decide(PayeeChannel channel, Money minimum, TaxSettings.Setting setting, YearMonth month) {
        var available = available();
        if (pending) {
            return new Decision.Skip(Reason.IN_ANOTHER_PAYOUT, available);
        }
        if (available.compareTo(Money.ZERO) < 0) {
            return new Decision.Skip(Reason.NEGATIVE, available);
        }
        if (available.compareTo(minimum) < 0) {
            return new Decision.Skip(Reason.BELOW_MINIMUM, available);
        }
        if (payee == null) {
            return new Decision.Skip(Reason.NO_PAYEE, available);
        }
        if (payee.blockedReason() != null) {
            return new Decision.Skip(Reason.BLOCKED, available);
        }
        if (payee.channel() != channel) {
            return new Decision.Skip(Reason.OTHER_CHANNEL, available);
        }
        var tax = setting.method(holder.type()).of(available, earlier, month, setting.table());
        var net = available.minus(tax);
        return net.isPositive() && net.compareTo(minimum) >= 0
                ? new Decision.Pay(available, tax)
                : new Decision.Skip(Reason.TAX_LEAVES_TOO_LITTLE, available);
    }
}
