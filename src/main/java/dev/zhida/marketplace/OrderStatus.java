package dev.zhida.marketplace;

/** The state of an order line, in the words that all marketplaces share. */
public enum OrderStatus {
    /** Placed, not paid. */
    CREATED(0),
    PAID(1),
    /** The buyer has the goods; the marketplace has not yet settled the commission. */
    RECEIVED(2),
    /** The marketplace has settled the commission. */
    SETTLED(3),
    /** Closed, refunded as a whole, or without commission. */
    INVALID(4),
    /** A status or a contradiction that only a person may decide; moves no money. */
    NEEDS_REVIEW(5);

    private final int rank;

    OrderStatus(int rank) {
        this.rank = rank;
    }

    /** How far along an order is; between two reports of the same instant the higher rank is later. */
    public int rank() {
        return rank;
    }
}
