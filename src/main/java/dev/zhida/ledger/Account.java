package dev.zhida.ledger;

import java.util.Objects;

/**
 * An account of the books.
 *
 * @param owner whose it is: a creator's id, a marketplace's name; empty where there is one of its kind
 */
public record Account(Kind kind, String owner) implements Comparable<Account> {

    /** What an account is for; the estimated ones hold what is expected but not yet settled. */
    public enum Kind {
        RECEIVABLE_ESTIMATED,
        RECEIVABLE,
        FEE_ESTIMATED,
        TECHNICAL_SERVICE_FEE,
        CREATOR_ESTIMATED,
        CREATOR_CONFIRMED,
        UNATTRIBUTED_ESTIMATED,
        UNATTRIBUTED,
        PLATFORM_ESTIMATED,
        PLATFORM_REVENUE
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
