package dev.zhida.comparison;

/**
 * How far numbers lie from what chance alone would give.
 *
 * @param statistic of the test that made it
 * @param p two-sided
 */
public record Evidence(double statistic, double p) {}
