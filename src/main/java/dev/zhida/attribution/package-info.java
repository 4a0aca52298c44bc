/**
 * Which placement an order line came from: a pure decision over the leases of the slot that the order names, people's
 * touches and accepted claims; the versions of that decision with their evidence; what brands say of them; and what is
 * frozen of them when a month is locked.
 *
 * <p>Always true: money follows slots. Marketplace times are whole seconds, so a lease is compared at that resolution.
 * A touch chooses among the placements that shared a slot, which are one creator's; a claim counts only where no slot
 * says anything. Every version of a decision is kept; one of them is current. Frozen evidence is never changed.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>An ordered item that nobody promotes becomes an offer too, without brand or terms. So which offer was ordered
 *       never depends on what came first, the order or the first link kit for its item.
 *   <li>The view {@code attribution_campaign} tells the campaigns of a line: by the item ordered, the time it was paid
 *       and who is invited. A brand sees the lines in it, whatever their placements were made for.
 *   <li>Uncertain lines are looked at again every night: touches come late from the spool or are classified anew.
 *   <li>Other models than the last touch are shown beside it in shares, never in yuan, so that nobody takes them for
 *       money.
 *   <li>A review belongs to a version of an attribution. It touches the brand's bonus only; that a dispute lapses a week
 *       after the settlement is decided by who asks, at the time that she asks for.
 *   <li>Evidence is chained line by line by SHA-256, and its ids are keyed hashes, so that a file can be handed on and
 *       checked by {@link dev.zhida.attribution.VerifyEvidence} without the application.
 * </ul>
 */
package dev.zhida.attribution;
