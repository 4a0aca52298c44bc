/**
 * Counts by hour, day and week, made from events as they come: the cost of a report grows with placements and days, not
 * with events. And the views of posts, which creators enter.
 *
 * <p>Always true: every touch that was stored is counted once, by whichever node and whichever way it came; every parent
 * order is counted as its lines are now; every count of a day that still has its touches can be made anew from them, and
 * every count of orders from their lines, and is then the same.
 *
 * <p>Decisions: touches are taken by their batch, whose row is removed in the transaction that stores and counts them, so there is
 * no position to lose and any number of nodes may count. A visitor is one of a day's people where her first act of that
 * kind on the placement was; an earlier act that comes late moves her. Counts of days older than the touches are frozen.
 * Statements that change orders tell of their parents (triggers, so that no writer can forget it); what a parent was
 * counted as is kept, is taken out and put in anew, so late news corrects the past and costs as much as it is. One node
 * at a time counts orders. A parent counts once in a cell; of one that lies in several cells a report finds the parts and
 * counts it once. Weeks of people are summed when they are over, and again after one of their days changed; weeks of
 * orders, which change for a month, are kept with their days. An order tells no OS: that of the last person's act before
 * its click stands for it.
 */
package dev.zhida.rollup;
