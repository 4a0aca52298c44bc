package dev.zhida.experiment;

import java.time.LocalDate;
import java.util.UUID;

/**
 * How a running experiment splits people.
 *
 * @param entryCode the posted one, where those stay who are not enrolled
 * @param linkCode of the arm that is sent straight on
 * @param tokenCode of the arm that is shown the token's landing page
 * @param tokenPercent of every hundred people so many are in that arm
 */
public record Split(UUID experimentId, String entryCode, String linkCode, String tokenCode, int tokenPercent) {

    private static final int PARTS = 10_000;

    /** What a person of the experiment meets. */
    public enum Arm {
        LINK,
        TOKEN
    }

    /** The arm of whoever has this cookie: the same each time, and in another experiment independent of this one. */
    public Arm arm(UUID cookie) {
        var hash = mix(mix(mix(mix(experimentId.getMostSignificantBits()) ^ experimentId.getLeastSignificantBits())
                        ^ cookie.getMostSignificantBits())
                ^ cookie.getLeastSignificantBits());
        return Long.remainderUnsigned(hash, PARTS) < tokenPercent * (PARTS / 100L) ? Arm.TOKEN : Arm.LINK;
    }

    /**
     * Whether a visitor is in a sample: on one day the same each time, on another day somebody else.
     *
     * @param share of all visitors, from 0 to 1
     */
    public static boolean sampled(UUID visitor, LocalDate day, double share) {
        var hash =
                mix(mix(mix(day.toEpochDay()) ^ visitor.getMostSignificantBits()) ^ visitor.getLeastSignificantBits());
        return Long.remainderUnsigned(hash, PARTS) < share * PARTS;
    }

    public String code(Arm arm) {
        return switch (arm) {
            case LINK -> linkCode;
            case TOKEN -> tokenCode;
        };
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves half of the output. */
    private static long mix(long bits) {
        var mixed = bits + 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
