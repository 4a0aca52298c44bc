package dev.zhida.marketplace;

import java.time.Duration;
import java.util.Objects;

/** A marketplace did not answer as asked. What to do about it is its kind's to say. */
public final class MarketplaceFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What to do about a failure. */
    public enum Kind {
        /** Asked too often: wait, then ask again. */
        THROTTLED,
        /** The window is longer than allowed: ask for a shorter one. */
        WINDOW_TOO_LONG,
        /** The window holds more rows than can be paged through: ask for a shorter one. */
        TOO_MANY_ROWS,
        /** The window lies further back than the marketplace remembers: it can never be asked for. */
        TOO_LATE,
        /** The key, the signature or the session is not accepted: a person has to act. */
        NOT_AUTHORISED,
        /** Our mistake: asking again changes nothing. */
        CALLER,
        /** The item is not known or not in the programme: asking again changes nothing until that changes. */
        ITEM,
        /** Theirs: asking again may help. */
        PLATFORM
    }

    private final Kind kind;
    private final transient Duration retryAfter;

    /**
     * A failure with the marketplace's own words, without secrets.
     *
     * @param retryAfter how long the marketplace asks to wait; {@code null} if it does not say
     */
    public MarketplaceFailure(Kind kind, String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
        this.retryAfter = retryAfter;
    }

    public MarketplaceFailure(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public Kind kind() {
        return kind;
    }

    /** How long the marketplace asks to wait; {@code null} if it does not say. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
