/**
 * What is told of orders: observations, refunds and punishments as marketplaces reported them, what people decided of
 * them, and the order lines that all of it folds into.
 *
 * <p>Always true: facts are only ever added; an order line is a pure function of the set of its facts, so neither their
 * order of arrival nor their repetition changes it. Whoever adds a fact to a line locks the line's row first, all lines
 * of a transaction in the order of marketplace and key, so two who bring the same lines wait for each other and never in
 * a circle.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Reports that contradict each other move no money: the line has no target in the books until a person or a later
 *       report decides. To leave what stands in the books would keep whichever of the reports came first, so the same
 *       reports would end in different balances; and what stood before both was said of another time.
 *   <li>A person's decision names the report believed and all that it was chosen from. It holds while no other report is
 *       as late as these; one that comes later goes before it, one that comes from the same time has to be decided anew,
 *       because who decided did not know it.
 *   <li>A refund that comes before its line makes the line: its row is the lock that both wait for. Until the line is
 *       observed it needs review, belongs to nobody and is on no list of orders.
 *   <li>A punishment names an order, not a line, and the order may come later; so who brings punishments waits for those
 *       who bring orders, by an advisory lock per marketplace that the latter share.
 *   <li>Of reports of one line from two accounts the latest holds, its account included: leases are looked up there.
 *   <li>On a line that the API tells of, its word goes before a file's, whatever their times: a file is as late as its
 *       export, so it would undo what the API told of the time before, like a day of payment or a decision. The price: while
 *       the API is down a file corrects only those lines that no API has told of.
 * </ul>
 */
package dev.zhida.order;
