/**
 * The statistics of token against link. Pure functions over counts.
 *
 * <p>Always true: a rate comes with its interval; what the numbers do not allow is not said.
 */
package dev.zhida.comparison;
