/**
 * The watch over what opens where: per host app with its major version, system, scene, marketplace and medium the rate
 * at which fans who are shown our page tap through, and where they are sent straight on, the rate at which they order.
 *
 * <p>Always true: counts are a function of the stored touches and orders, and alerts one of the counts: whoever counts
 * again gets the same. A cell in which nothing changes gives a false alarm with at most the configured probability per
 * test. An alert proposes; only an operator changes the rules.
 *
 * <p>Decisions: touches are counted by the ten minutes of their click, from the touches themselves by the time in their
 * ids, once these minutes and those in which fans open are over: nothing is added to the fan's way, and a count never
 * changes. Touches that reach the database later than that, from the spool of a node that was without it, are missing
 * from the kept counts; a run over the stored touches has them. Orders that a marketplace has not told when they are
 * counted, because an account could not be read, are no orders that did not come: these minutes have no count. Orders of marketplaces that tell no click count by their
 * own time beside the clicks of the same minutes; there the bound on false alarms is as good as orders keep pace with
 * clicks. The test is an e-process against "one constant, unknown rate": see {@link ChangeDetector}.
 */
package dev.zhida.openness;
