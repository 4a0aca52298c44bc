/**
 * What is read about what happened: commissions, orders, touches, the comparison of token and link, funnels, trends,
 * campaigns, experiments, and the files that finance downloads. The room may read every table and writes none; where an
 * experiment has come to its planned end, it says so to the room that keeps experiments.
 *
 * <p>Always true: every answer is cut to the caller's scope and says how fresh it is; what is usual, which few orders are
 * drawn towards, is of at least twenty others. A brand is not told what creators
 * earn. Only the report of a randomised experiment says that something causes something. A file is one {@code COPY}: of one
 * moment, never held, and without its last record if it broke. Of a closed month it is made of what was frozen at the
 * lock, the same bytes for ever.
 */
package dev.zhida.report;
