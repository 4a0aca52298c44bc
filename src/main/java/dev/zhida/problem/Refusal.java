package dev.zhida.problem;

import java.util.List;
import java.util.Objects;

/** A no that the caller can act on; becomes a problem document (RFC 9457) at the edge of the API. */
public class Refusal extends RuntimeException {

    /** What kind of no this is; decides the HTTP status. */
    public enum Kind {
        INVALID(422),
        MALFORMED(400),
        NOT_FOUND(404),
        GONE(410),
        CONFLICT(409),
        FORBIDDEN(403),
        TOO_LARGE(413),
        TOO_MANY(429),
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /**
     * One part of the input that was not accepted.
     *
     * @param field where, in the caller's own words (a JSON field, a column)
     * @param reason why, and what to do
     */
    public record FieldError(String field, String reason) {}

    private final Kind kind;
    private final String code;
    private final transient List<FieldError> errors;

    public Refusal(Kind kind, String code, String detail) {
        this(kind, code, detail, List.of());
    }

    public Refusal(Kind kind, String code, String detail, List<FieldError> errors) {
        // No stack trace: a refusal is an answer, not a fault, and may be frequent.
        super(Objects.requireNonNull(detail), null, false, false);
        this.kind = Objects.requireNonNull(kind);
        this.code = Objects.requireNonNull(code);
        this.errors = List.copyOf(errors);
    }

    public Kind kind() {
        return kind;
    }

    /** The stable name of this refusal, in kebab case; part of the API. */
    public String code() {
        return code;
    }

    public List<FieldError> errors() {
        return errors;
    }
}
