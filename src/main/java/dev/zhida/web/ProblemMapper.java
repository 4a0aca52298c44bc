package dev.zhida.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.zhida.problem.Refusal;
import io.quarkus.logging.Log;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The one place where a no becomes a problem document. What is not a no of ours is a fault: 500 with an id. */
final class ProblemMapper {

    private static final String NOT_POSSIBLE = "has a value that is not possible here";

    @ServerExceptionMapper
    Response refused(Refusal refusal) {
        return Problem.of(refusal.kind().status(), refusal.code(), refusal.getMessage(), refusal.errors())
                .response();
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException violations) {
        var errors = violations.getConstraintViolations().stream()
                .map(violation -> new Refusal.FieldError(field(violation), violation.getMessage()))
                .sorted((a, b) -> a.field().compareTo(b.field()))
                .toList();
        return Problem.of(422, "invalid-request", "some fields are not as they should be: see errors", errors)
                .response();
    }

    /** The path below the method and its parameter, whose Java names are nobody's business. */
    private static String field(ConstraintViolation<?> violation) {
        var nodes = StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .toList();
        var fields = nodes.stream()
                .skip(nodes.size() > 2 ? 2 : 1)
                .map(Path.Node::toString)
                .collect(Collectors.joining("."));
        return fields.isEmpty() ? "body" : fields;
    }

    @ServerExceptionMapper
    Response unreadable(JsonProcessingException malformed) {
        return unreadableJson(malformed);
    }

    /** More specific than the framework's own mapper of this one, which would take it otherwise. */
    @ServerExceptionMapper
    Response unreadable(MismatchedInputException mismatched) {
        return unreadableJson(mismatched);
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException forbidden) {
        return Problem.of(403, "forbidden", "your role does not allow this", List.of())
                .response();
    }

    @ServerExceptionMapper
    Response unauthenticated(UnauthorizedException unauthenticated) {
        return Problem.of(401, "unauthenticated", "send a valid API key as Authorization: Bearer <api key>", List.of())
                .response();
    }

    @ServerExceptionMapper
    Response http(WebApplicationException thrown, UriInfo uri) {
        if (thrown.getCause() instanceof JsonProcessingException malformed) {
            return unreadableJson(malformed);
        }
        var status = thrown.getResponse().getStatus();
        if (status >= 500) {
            return fault(thrown);
        }
        if (status < 400) {
            return thrown.getResponse();
        }
        if (thrown instanceof NotFoundException && thrown.getCause() != null) {
            return unreadableParameter(thrown.getCause(), uri);
        }
        return switch (status) {
            case 404 -> notFound();
            case 405 ->
                Problem.of(405, "method-not-allowed", "this address does not take that method", List.of())
                        .response();
            case 415 ->
                Problem.of(415, "unsupported-media-type", "this address takes another content type", List.of())
                        .response();
            default ->
                Problem.of(status, "http-" + status, message(thrown), List.of()).response();
        };
    }

    private static Response notFound() {
        return Problem.of(404, "not-found", "there is nothing at this address", List.of())
                .response();
    }

    /** To the framework, an address with a parameter that cannot be read is one that nothing is at. */
    private static Response unreadableParameter(Throwable thrown, UriInfo uri) {
        var cause = thrown;
        while (!(cause instanceof DateTimeParseException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        var unread = cause;
        var errors = uri.getQueryParameters().entrySet().stream()
                .filter(parameter -> parameter.getValue().stream().anyMatch(value -> tells(unread, value)))
                .map(parameter -> new Refusal.FieldError(parameter.getKey(), NOT_POSSIBLE))
                .sorted((a, b) -> a.field().compareTo(b.field()))
                .toList();
        if (errors.isEmpty()
                && (uri.getQueryParameters().isEmpty()
                        || uri.getPathParameters().values().stream()
                                .anyMatch(values -> values.stream().anyMatch(value -> tells(unread, value))))) {
            return notFound();
        }
        return Problem.of(422, "invalid-request", "some parameters are not as they should be: see errors", errors)
                .response();
    }

    /** Whether a failure to read a value is one to read this value; nothing but the failure's words says so. */
    private static boolean tells(Throwable unread, String value) {
        if (unread instanceof DateTimeParseException date) {
            return date.getParsedString().equals(value);
        }
        var message = String.valueOf(unread.getMessage());
        return message.contains('"' + value + '"') || message.endsWith(" " + value) || message.endsWith("." + value);
    }

    @ServerExceptionMapper
    Response fault(Throwable fault) {
        var id = UUID.randomUUID();
        Log.errorf(fault, "fault %s", id);
        return Problem.of(500, "fault", "this is our fault and it is in our log as " + id, List.of())
                .response();
    }

    private static Response unreadableJson(JsonProcessingException malformed) {
        var where = malformed instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(reference -> reference.getFieldName() == null
                                ? "[" + reference.getIndex() + "]"
                                : reference.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        var errors =
                where.isEmpty() ? List.<Refusal.FieldError>of() : List.of(new Refusal.FieldError(where, NOT_POSSIBLE));
        return Problem.of(400, "malformed-json", "the body is not the JSON that this operation takes", errors)
                .response();
    }

    private static String message(WebApplicationException thrown) {
        return thrown.getMessage() == null ? "the request could not be fulfilled" : thrown.getMessage();
    }
}
