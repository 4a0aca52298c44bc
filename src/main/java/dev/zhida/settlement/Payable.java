package dev.zhida.settlement;

import dev.zhida.money.Money;
import java.util.UUID;

/**
 * What stands for a creator when a payout is made.
 *
 * @param payable what statements have made payable, less debts and what is in payouts
 * @param confirmed what the open months hold for her; may be negative
 * @param recent what statements that are younger than the hold time added
 * @param payee where she is paid; {@code null} if nobody has said
 * @param pending whether she is in a payout that is not decided yet
 * @param earlier what was paid to her in the same month, before tax
 * @param withheld the tax that was withheld of that
 */
record Payable(
        UUID creatorId,
        Money payable,
        Money confirmed,
        Money recent,
        Payee payee,
        boolean pending,
        Money earlier,
        Money withheld) {

    /** Whether she is paid, and how much; a reason if she is not. */
    sealed interface Decision {
        record Pay(Money gross, Money tax) implements Decision {
            Money net() {
                return gross.minus(tax);
            }
        }

        record Skip(Reason reason, Money available) implements Decision {}
    }

    /** Why a creator with a balance is in no item of a payout. */
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
        IN_ANOTHER_PAYOUT
    }

    /**
     * What can be sent: what is payable, without what is held back for its age, and without what the open months will take
     * back. It may be negative.
     */
    Money available() {
        var takenBack = confirmed.compareTo(Money.ZERO) < 0 ? confirmed : Money.ZERO;
        return payable.minus(recent).plus(takenBack);
    }

    Decision decide(PayeeChannel channel, Money minimum, Withholding withholding) {
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
        return new Decision.Pay(available, withholding.of(available, earlier, withheld));
    }
}
