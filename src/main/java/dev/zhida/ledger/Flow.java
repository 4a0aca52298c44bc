package dev.zhida.ledger;

/**
 * The way money goes: from whom it is owed to whom it belongs.
 *
 * @param debit the account that is charged
 * @param credit the account that is credited
 */
public record Flow(Account debit, Account credit) implements Comparable<Flow> {

    public Flow {
        if (debit.equals(credit)) {
            throw new IllegalArgumentException("a flow has two accounts: " + debit);
        }
    }

    Flow reversed() {
        return new Flow(credit, debit);
    }

    @Override
    public int compareTo(Flow other) {
        var byDebit = debit.compareTo(other.debit);
        return byDebit != 0 ? byDebit : credit.compareTo(other.credit);
    }
}
