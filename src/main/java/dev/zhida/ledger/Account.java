package dev.zhida.ledger;

import java.util.Objects;

/**
 * An account of the books.
 *
 * @param owner whose it is: a creator's id, a marketplace's name; empty where there is one of its kind
 */
public record Account(Kind kind, String owner) implements Comparable<Account> {

    /**
     * What an account is for; the estimated ones hold what is expected but not yet settled. What belongs to somebody
     * has a credit balance; what is owed to us a debit balance.
     */
    public enum Kind {
        /** What a marketplace is expected to pay; owner: the marketplace. */
        RECEIVABLE_ESTIMATED,
        /** What a marketplace has settled; owner: the marketplace. */
        RECEIVABLE,
        FEE_ESTIMATED,
        /** What the marketplace keeps for itself. */
        TECHNICAL_SERVICE_FEE,
        /** Owner: the creator, here and below. */
        CREATOR_ESTIMATED,
        /** Settled, and on no statement yet. */
        CREATOR_CONFIRMED,
        /** Settled, but held until somebody has decided. */
        CREATOR_HELD,
        /** On a statement, to be paid out. */
        CREATOR_PAYABLE,
        /** In a payout batch, or sent. */
        CREATOR_PAID,
        /** What a creator owes after her statements have gone below zero; carried, never forgotten. */
        CLAWBACK_DEBT,
        /** Owner: the agency (MCN) that has a share of its creators' income, here and below. */
        AGENCY_ESTIMATED,
        /** As of a creator, here and below. */
        AGENCY_CONFIRMED,
        AGENCY_PAYABLE,
        AGENCY_PAID,
        AGENCY_DEBT,
        UNATTRIBUTED_ESTIMATED,
        UNATTRIBUTED,
        PLATFORM_ESTIMATED,
        PLATFORM_REVENUE,
        /** What a brand owes for bonuses that it funds; owner: the brand. */
        BRAND_BONUS_ESTIMATED,
        BRAND_BONUS,
        /** Withheld for the tax office; owner: the creator or the agency. */
        TAX_WITHHELD,
        /** The other side of what a person adjusts by hand. */
        ADJUSTMENT
    }

    public Account {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(owner);
    }

    public static Account of(Kind kind) {
        return new Account(kind, "");
    }

    @Override
    public int compareTo(Account other) {
        var byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : owner.compareTo(other.owner);
    }
}
