package dev.zhida.marketplace;

/** How a refund stands, in the words that all marketplaces share. */
public enum RefundStatus {
    /** Asked for, not decided; moves no money. */
    OPENED,
    /** Refused or withdrawn; moves no money. */
    FAILED,
    /** Granted; who pays the commission back is not told yet, so the creator's share is taken back. */
    SUCCEEDED,
    /** The commission is taken back, or will be, from who promoted. */
    FROM_CREATOR,
    /** The seller pays the commission back, or will; the creator keeps hers. */
    FROM_SELLER,
    /** A status that only a person may decide; moves no money. */
    NEEDS_REVIEW
}
