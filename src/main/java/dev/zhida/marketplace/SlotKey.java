package dev.zhida.marketplace;

import java.util.Objects;

/**
 * The slot as an order row names it: what a lease is found by.
 *
 * @param kind which identifier it is
 * @param value as the order carries it; for a Taobao PID {@code <site>_<adzone>}
 */
public record SlotKey(SlotKind kind, String value) {
    public SlotKey {
        Objects.requireNonNull(kind);
        if (value.isBlank()) {
            throw new IllegalArgumentException("a slot key is not blank");
        }
    }
}
