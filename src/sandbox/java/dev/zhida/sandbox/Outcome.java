package dev.zhida.sandbox;

/** What becomes of an order. */
public enum Outcome {
    /** Paid, received, settled. */
    NORMAL(600),
    /** Never paid. */
    UNPAID(30),
    /** Given back as a whole before it arrived. */
    CANCELLED(70),
    /** Earns nothing, or breaks a rule of the alliance. */
    NO_COMMISSION(30),
    /** A deposit first, the rest later. */
    PRESALE(40),
    /** A part is given back after it arrived, before it is settled. */
    PARTIAL_REFUND(80),
    /** One or two disputes after the settlement: granted, refused, paid by the one or the other. */
    REFUND_AFTER_SETTLEMENT(90),
    /** Frozen for a violation, perhaps freed; or punished, where a marketplace has only that. */
    PUNISHED(20),
    /** Refused when the marketplace looked at it. */
    REJECTED(15),
    /** JD sends it in parts: the order ends, its parts go on. */
    SPLIT(15),
    /** JD gives back the difference to a lower price. */
    PRICE_PROTECTED(10);

    /** Of a thousand orders. */
    private final int frequency;

    Outcome(int frequency) {
        this.frequency = frequency;
    }

    /** The outcome of a throw from 0 to 999. */
    static Outcome of(int thrown) {
        var left = thrown;
        for (var outcome : values()) {
            left -= outcome.frequency;
            if (left < 0) {
                return outcome;
            }
        }
        return NORMAL;
    }

    /** Whether it happens to all lines of an order alike. */
    boolean ofTheWholeOrder() {
        return this == UNPAID || this == PRESALE || this == SPLIT;
    }
}
