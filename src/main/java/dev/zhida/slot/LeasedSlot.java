package dev.zhida.slot;

import dev.zhida.marketplace.SlotKind;

/**
 * A slot as its holder writes it into a link.
 *
 * @param value for Taobao the whole PID
 * @param accountPid the PID that links of the account carry where the slot is something else; may be {@code null}
 * @param authorised whether the marketplace counts it already; only PDD asks for more than an account
 * @param connected whether the marketplace can be asked for the account
 */
public record LeasedSlot(
        long placementId,
        SlotKind kind,
        String value,
        boolean exclusive,
        String accountPid,
        boolean authorised,
        boolean connected) {}
