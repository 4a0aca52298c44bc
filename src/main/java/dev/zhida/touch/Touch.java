package dev.zhida.touch;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * One observed act on a placement. Absent values are {@code null}.
 *
 * @param id a UUIDv7 made where the act was seen; its milliseconds decide the day that the touch is stored under
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
 * @param clickId the click whose landing page this act happened on
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

    /** Whether this counts as a person's act. */
    public boolean human() {
        return flag == null;
    }
}
