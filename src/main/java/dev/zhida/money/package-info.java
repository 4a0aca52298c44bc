/**
 * Amounts, rates and business time: whole fen, exact fractions, the civil days of Asia/Shanghai.
 *
 * <p>Always true: an amount never passes through a binary floating-point number, an overflow is an
 * error rather than a wrong sum, and whoever rounds says how. The room is pure: it uses the JDK only.
 */
package dev.zhida.money;
