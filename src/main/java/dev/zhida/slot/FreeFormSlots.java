package dev.zhida.slot;

import dev.zhida.marketplace.SlotKind;
import java.util.UUID;

/** The identifiers that we make up ourselves, one per placement, within what each marketplace takes. */
final class FreeFormSlots {

    private FreeFormSlots() {}

    /**
     * The slot of a placement. JD takes 80 letters, digits, {@code _} and {@code -}; Douyin 20 letters, digits and
     * {@code _}; PDD 64 bytes of JSON, whose {@code uid} stays the same for a person because a person has to bind it.
     */
    static String value(SlotKind kind, UUID creatorId, String code) {
        return switch (kind) {
            case JD_SUB_UNION, DOUYIN_EXTERNAL_INFO -> "z_" + code;
            case PDD_CUSTOM_PARAMETERS -> "{\"uid\":\"" + uid(creatorId) + "\",\"sid\":\"" + code + "\"}";
            case TAOBAO_PID, TAOBAO_RELATION, JD_POSITION ->
                throw new IllegalArgumentException(kind + " comes from a pool");
        };
    }

    private static String uid(UUID creatorId) {
        return creatorId.toString().replace("-", "");
    }
}
