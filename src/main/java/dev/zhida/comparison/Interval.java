package dev.zhida.comparison;

/** An estimate with the bounds of its 95 % interval. */
public record Interval(double estimate, double low, double high) {}
