package dev.zhida.touch;

import dev.zhida.money.BusinessTime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;

/**
 * One observed act on a placement. Absent values are {@code null}.
 *
 * @param id a UUIDv7 made where the act was seen, or {@linkplain #derivedId derived}; its milliseconds decide the day
 *     that the touch is stored under
 * @param at when it was seen
 * @param placementId the placement acted on
 * @param outcome how a click was answered; other kinds have none
 * @param destinationHost where a click was sent
 * @param policyVersion the host-app policy that decided the answer
 * @param hostApp the detected app, by name
 * @param appMajor the detected app's major version
 * @param os the detected system, by name
 * @param flag why it is not a person's act; absent for a person's
 * @param visitor the fan's cookie, or a keyed hash that is worth one day
 * @param userAgent as received, cut to what is kept
 * @param clickId the click whose landing page this act happened on; for a click, that on whose page the link was
 *     shared: a friend's if she is another visitor, else the fan's own who loaded the page again
 * @param repaired what the reader of a pasted token had to repair
 */
public record Touch(
        UUID id,
        Instant at,
        long placementId,
        Kind kind,
        Outcome outcome,
        String destinationHost,
        Integer policyVersion,
        String hostApp,
        Integer appMajor,
        String os,
        String flag,
        UUID visitor,
        String userAgent,
        UUID clickId,
        String repaired) {

    /** What was done. */
    public enum Kind {
        /** One GET or HEAD of a placement's link. */
        CLICK,
        /** Our page was really shown. */
        LANDING,
        COPY,
        /** Tapped through from our page. */
        OPEN,
        /** A Zhida token was resolved. */
        PASTE,
        /** Our share button was pressed. */
        SHARE
    }

    /** How a click was answered. */
    public enum Outcome {
        REDIRECT,
        LANDING,
        PREVIEW
    }

    public Touch {
        Objects.requireNonNull(id);
        Objects.requireNonNull(at);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(hostApp);
        Objects.requireNonNull(os);
        Objects.requireNonNull(visitor);
        if ((kind == Kind.CLICK) != (outcome != null)) {
            throw new IllegalArgumentException("a click has an outcome, other kinds have none: " + kind);
        }
    }

    /**
     * The id of an act that happens once per visit: made from the visit's click and the kind, so that the act has the
     * same id however often it is told, and is stored once. It keeps the click's milliseconds, and with them its day.
     */
    public static UUID derivedId(UUID clickId, Kind kind) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(16)
                    .putLong(clickId.getMostSignificantBits())
                    .putLong(clickId.getLeastSignificantBits())
                    .flip());
            var hash = ByteBuffer.wrap(sha.digest(kind.name().getBytes(StandardCharsets.US_ASCII)));
            // Version 8 of RFC 9562: a layout of our own.
            var high = (clickId.getMostSignificantBits() & ~0xFFFFL) | 0x8000L | (hash.getLong() & 0x0FFFL);
            var low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same click, answered in another way. */
    public Touch answeredBy(Outcome other) {
        return new Touch(
                id,
                at,
                placementId,
                kind,
                other,
                destinationHost,
                policyVersion,
                hostApp,
                appMajor,
                os,
                flag,
                visitor,
                userAgent,
                clickId,
                repaired);
    }

    /** The business day that this is stored under: that of the id, whose first 48 bits are milliseconds. */
    LocalDate day() {
        return BusinessTime.dayOf(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16));
    }

    /** Whether this counts as a person's act. */
    public boolean human() {
        return flag == null;
    }
}
