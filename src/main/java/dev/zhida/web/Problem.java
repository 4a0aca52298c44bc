package dev.zhida.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.problem.Refusal;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A problem document (RFC 9457). */
@Schema(name = "Problem", description = "Why a request was not fulfilled (RFC 9457).")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
        @Schema(required = true, examples = "about:blank") String type,
        @Schema(required = true, examples = "Not Found") String title,
        @Schema(required = true, examples = "404") int status,

        @Schema(required = true, description = "What went wrong, and what to do.")
        String detail,

        @Schema(required = true, description = "The stable name of this problem.", examples = "placement-not-found")
        String code,

        @Schema(description = "The parts of the input that were not accepted.")
        List<Refusal.FieldError> errors) {

    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String code, String detail, List<Refusal.FieldError> errors) {
        var known = Response.Status.fromStatusCode(status);
        var title = known == null ? "Unprocessable Content" : known.getReasonPhrase();
        return new Problem("about:blank", title, status, detail, code, errors.isEmpty() ? null : errors);
    }

    Response response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this).build();
    }
}
