/**
 * From the books to people: month locks, statements, adjustments by hand, withholding, payouts, reconciliations.
 *
 * <p>Always true: what one person asks for another approves, and a constraint of the table says so too. Months are
 * locked in their order, and one that lacks orders (windows that were not read, lines that nobody has decided about) only
 * for a reason that stays with it. A statement and all that a locked month's files are made of are written in the
 * transaction that locks it and never change. {@code closing = opening + lines - paid - tax}, and an opening is the
 * closing before it; so what a holder has in the books (confirmed, payable, debt) is the last closing and the open month.
 * A holder is a creator, or an agency that shares in creators' income; both are settled in the same way, each on accounts
 * of its own. A closing below zero is carried as debt and met by what is earned next; nothing is clamped. Money that is in
 * a payout is out of what is payable from the draft on, under a lock on its holder, and a holder is in one undecided
 * payout at a time, so no two batches pay the same balance. A draft keeps where it pays to; if that changes elsewhere
 * meanwhile, somebody other than its maker looks again before it is exported.
 *
 * <p>A marketplace takes refunds back in a later settlement than the one that paid, and its rows tell the latest truth
 * only. So a reconciliation compares what was paid for a line so far, whatever the month, and tells apart what refunds
 * explain that are counted here and not taken back there yet; the remainder is what nothing explains.
 *
 * <p>Decided: the amounts of statements are sums of transfers and are made in SQL, where the transfers are; what a rule
 * has to say (what to carry, whom to pay, what to withhold) is in Java. Freezing a month copies what orders,
 * attributions and placements say of its lines, which makes this the one room beside {@code report} that reads their
 * tables.
 */
package dev.zhida.settlement;
