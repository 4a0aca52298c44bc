/**
 * The books: accounts, transfers, balances, month locks. A leaf: it knows no orders, only the names of the
 * sources that transfers come from.
 *
 * <p>Always true: a transfer has one positive amount and two accounts, so the books balance by construction;
 * posted transfers are never changed or deleted; a locked month takes no more of them, nor does any before it: what is
 * late goes to the month after. Postings share one lock that the lock of a month takes alone, so none is half in. A
 * source says what its transfers should add up to, and only the difference to what stands is posted: saying the same
 * again posts nothing, and the balances do not depend on the way by which the latest truth was reached.
 */
package dev.zhida.ledger;
