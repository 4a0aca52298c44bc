/**
 * Counts by hour and day, made from events as they come: the cost of a report grows with placements and days, not with
 * events.
 *
 * <p>Always true: every touch that was stored is counted once, by whichever node and whichever way it came; every count
 * of a day that still has its touches can be made anew from them, and is then the same.
 *
 * <p>Decisions: touches are taken by their batch, whose row is removed in the transaction that stores and counts them, so there is
 * no position to lose and any number of nodes may count. A visitor is one of a day's people where her first act of that
 * kind on the placement was; an earlier act that comes late moves her. Counts of days older than the touches are frozen.
 */
package dev.zhida.rollup;
