/**
 * What is read about what happened: commissions, orders, touches, the comparison of token and link, funnels, trends,
 * campaigns, experiments. The room may read every table and writes none.
 *
 * <p>Always true: every answer is cut to the caller's scope and says how fresh it is. A brand is not told what creators
 * earn. Only the report of a randomised experiment says that something causes something.
 */
package dev.zhida.report;
