package dev.zhida.marketplace;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to leave a marketplace alone after a failure. */
public final class BackOff {

    private BackOff() {}

    /**
     * How long to wait: twice as long with every failure, between half and the whole of it by chance, so that many do
     * not come back at once; never shorter than the marketplace asks.
     *
     * @param failures in a row, from 1
     * @param retryAfter what the marketplace asks for; may be {@code null}
     * @param chance from 0 until 1
     */
    public static Duration wait(
            int failures, Duration first, Duration most, Duration retryAfter, DoubleSupplier chance) {
        var doubled = first.multipliedBy(1L << Math.clamp(failures - 1L, 0, 20));
        var longest = doubled.compareTo(most) < 0 ? doubled : most;
        var jittered = Duration.ofMillis((long) (longest.toMillis() * (0.5 + chance.getAsDouble() / 2)));
        return retryAfter == null || retryAfter.compareTo(jittered) <= 0
                ? jittered
                // All who were told the same do not come back at the same instant.
                : retryAfter.plusMillis((long) (first.toMillis() * chance.getAsDouble()));
    }
}
