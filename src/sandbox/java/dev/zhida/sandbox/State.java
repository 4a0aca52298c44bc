package dev.zhida.sandbox;

/**
 * What a line is from one second on. Two states of a line never begin in the same second.
 *
 * @param at the second it begins, which is the modified time of the line's row
 * @param code the status in the vendor's own words
 * @param paidFen what the buyer paid, without freight
 * @param estimatedBaseFen what the estimate is computed from
 * @param settledBaseFen what the settled commission is computed from; {@link Money#NONE} before
 * @param refundedFen what the buyer got back
 * @param returned how many pieces came back
 * @param protectedFen what a price protection gave back
 * @param disputed whether there is or was a dispute
 */
record State(
        long at,
        Step step,
        String code,
        long paidFen,
        long estimatedBaseFen,
        long settledBaseFen,
        long refundedFen,
        int returned,
        long protectedFen,
        boolean disputed) {

    static State first(long at, Step step, String code, long paidFen) {
        return new State(at, step, code, paidFen, paidFen, Money.NONE, 0, 0, 0, false);
    }

    State to(long then, Step nextStep, String nextCode) {
        return new State(
                Math.max(then, at + 1),
                nextStep,
                nextCode,
                paidFen,
                estimatedBaseFen,
                settledBaseFen,
                refundedFen,
                returned,
                protectedFen,
                disputed);
    }

    /** The same, changed later without any difference. */
    State again(long then) {
        return to(then, step, code);
    }

    State paid(long fen) {
        return new State(at, step, code, fen, fen, settledBaseFen, refundedFen, returned, protectedFen, disputed);
    }

    State estimatedOn(long fen) {
        return new State(at, step, code, paidFen, fen, settledBaseFen, refundedFen, returned, protectedFen, disputed);
    }

    State settledOn(long fen) {
        return new State(at, step, code, paidFen, estimatedBaseFen, fen, refundedFen, returned, protectedFen, disputed);
    }

    State refunded(long fen, int pieces) {
        return new State(
                at,
                step,
                code,
                paidFen,
                estimatedBaseFen,
                settledBaseFen,
                refundedFen + fen,
                returned + pieces,
                protectedFen,
                true);
    }

    State withDispute() {
        return new State(
                at, step, code, paidFen, estimatedBaseFen, settledBaseFen, refundedFen, returned, protectedFen, true);
    }

    State withPriceProtection(long fen) {
        return new State(
                at, step, code, paidFen, estimatedBaseFen, settledBaseFen, refundedFen, returned, fen, disputed);
    }
}
