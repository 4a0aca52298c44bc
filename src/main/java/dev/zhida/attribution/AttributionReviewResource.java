package dev.zhida.attribution;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.web.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/attributions/{number}/reviews")
@Tag(name = "Attributions", description = "Which placement an order came from, and what brands say of it.")
class AttributionReviewResource {

    private final Reviews reviews;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    AttributionReviewResource(Reviews reviews, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.reviews = reviews;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @Schema(name = "AttributionReview")
    record ReviewRequest(
            @NotNull @Schema(description = "A brand says ACCEPTED or DISPUTED; an operator UPHELD or REJECTED.")
            Reviews.Verdict verdict,

            @NotBlank @Size(max = 2_000) @Schema(description = "Why; kept for ever.")
            String reason) {}

    @Schema(name = "AttributionReviewed")
    record ReviewView(
            @Schema(required = true) long attributionId,
            @Schema(required = true) Reviews.Verdict verdict,
            @Schema(required = true) String reason,
            @Schema(required = true) Instant at) {}

    @POST
    @ResponseStatus(201)
    @RolesAllowed({Role.BRAND_ROLE, Role.OPERATOR_ROLE})
    @Operation(
            operationId = "reviewAttribution",
            summary = "Accept or dispute an attribution, or decide a dispute",
            description =
                    "A dispute holds the bonus that the brand pays, at the latest until 7 days after the settlement.")
    public ReviewView review(
            @PathParam("number") long id,
            @HeaderParam(Idempotency.HEADER) @Parameter(description = "Makes a repeated request one.") String key,
            @Valid @NotNull ReviewRequest request) {
        var by = caller.get();
        record Asked(long id, ReviewRequest request) {}
        return idempotency.once(
                by.personId(), key, "reviewAttribution", new Asked(id, request), ReviewView.class, () -> {
                    var at = clock.instant();
                    reviews.review(id, request.verdict(), request.reason(), by, at);
                    return new ReviewView(id, request.verdict(), request.reason(), at);
                });
    }
}
