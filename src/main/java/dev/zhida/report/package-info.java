/**
 * What is read about what happened: commissions, orders, touches, the comparison of token and link. The room may
 * read every table and writes none.
 *
 * <p>Always true: every answer is cut to the caller's scope and says how fresh it is.
 */
package dev.zhida.report;
