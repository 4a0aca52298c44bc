package dev.zhida.slot;

import dev.zhida.marketplace.SlotKey;
import dev.zhida.platform.Medium;
import java.time.Instant;
import java.util.UUID;

/**
 * Who held a slot from when to when.
 *
 * @param slot the slot as orders name it
 * @param exclusive whether nobody else may hold the slot in that time
 * @param untilAt the end, not included; {@code null} while there is none
 */
public record Lease(
        long id,
        SlotKey slot,
        boolean exclusive,
        long placementId,
        UUID creatorId,
        Medium medium,
        Instant fromAt,
        Instant untilAt) {}
