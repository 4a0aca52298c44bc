package dev.zhida.slot;

import dev.zhida.marketplace.SlotKind;

/**
 * A slot as its holder writes it into a link.
 *
 * @param value for Taobao the whole PID
 */
public record LeasedSlot(long placementId, SlotKind kind, String value, boolean exclusive) {}
