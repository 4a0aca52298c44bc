package dev.zhida.slot;

/** The outcome of asking for a slot. */
public sealed interface Leasing {

    record Leased(LeasedSlot slot) implements Leasing {}

    record None(Reason reason) implements Leasing {}

    enum Reason {
        /** The marketplace pays no commission. */
        NO_AFFILIATE_PROGRAMME,
        /** None of our accounts is with the marketplace. */
        NO_ACCOUNT,
        /** The pools are used up, those to be shared too. */
        NO_SLOT
    }
}
