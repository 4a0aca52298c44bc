package dev.zhida.settlement;

import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Whose statement, payout item or correction it is: a creator's, or that of an agency (MCN) which has a share of its
 * creators' income. Both are settled in the same way; ids are unique among both.
 */
record Holder(Type type, UUID id) {

    enum Type {
        CREATOR(Kind.CREATOR_CONFIRMED, Kind.CREATOR_PAYABLE, Kind.CREATOR_PAID, Kind.CLAWBACK_DEBT),
        AGENCY(Kind.AGENCY_CONFIRMED, Kind.AGENCY_PAYABLE, Kind.AGENCY_PAID, Kind.AGENCY_DEBT);

        private final Kind confirmed;
        private final Kind payable;
        private final Kind paid;
        private final Kind debt;

        Type(Kind confirmed, Kind payable, Kind paid, Kind debt) {
            this.confirmed = confirmed;
            this.payable = payable;
            this.paid = paid;
            this.debt = debt;
        }
    }

    static Holder creator(UUID id) {
        return new Holder(Type.CREATOR, id);
    }

    static Holder agency(UUID id) {
        return new Holder(Type.AGENCY, id);
    }

    /** Of a row that has the columns {@code creator_id} and {@code agency_id}, one of which is null. */
    static Holder of(ResultSet row) throws SQLException {
        var creator = row.getObject("creator_id", UUID.class);
        return creator != null ? creator(creator) : agency(row.getObject("agency_id", UUID.class));
    }

    /** Settled, and on no statement yet. */
    Account confirmed() {
        return account(type.confirmed);
    }

    /** On a statement, to be paid out. */
    Account payable() {
        return account(type.payable);
    }

    /** In a payout batch, or sent. */
    Account paid() {
        return account(type.paid);
    }

    /** What is owed after statements have gone below zero. */
    Account debt() {
        return account(type.debt);
    }

    Account withheld() {
        return account(Kind.TAX_WITHHELD);
    }

    private Account account(Kind kind) {
        return new Account(kind, id.toString());
    }

    /** {@code null} for an agency. */
    UUID creatorId() {
        return type == Type.CREATOR ? id : null;
    }

    /** {@code null} for a creator. */
    UUID agencyId() {
        return type == Type.AGENCY ? id : null;
    }
}
