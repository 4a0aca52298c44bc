package dev.zhida.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.attribution.Claims;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/order-claims")
@Tag(name = "Orders")
class ClaimResource {

    private final Intake intake;
    private final Claims claims;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    ClaimResource(Intake intake, Claims claims, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.intake = intake;
        this.claims = claims;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @Schema(name = "OrderClaimRequest")
    record ClaimRequest(
            @NotNull Marketplace marketplace,

            @NotBlank @Size(max = 64) @Schema(description = "The order's number as the buyer sees it.")
            String orderNo,

            @NotBlank @Size(max = 32) @Schema(description = "The creator's own placement that the buyer used.")
            String code,

            @NotBlank @Size(max = 2_000) @Schema(description = "What shows it.")
            String text) {}

    @Schema(name = "OrderClaim")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ClaimView(
            @Schema(required = true) long id,
            @Schema(required = true) UUID orderLineId,
            @Schema(required = true) String orderNo,
            @Schema(required = true) UUID creatorId,
            @Schema(required = true) String code,
            @Schema(required = true) String text,
            @Schema(required = true) Instant claimedAt,

            @Schema(nullable = true, description = "Null while nobody has decided.")
            Boolean accepted,

            @Schema(nullable = true, description = "Why it was accepted or refused.")
            String reason,

            @Schema(nullable = true) Instant decidedAt) {

        static ClaimView of(Claims.Claim claim) {
            return new ClaimView(
                    claim.id(),
                    claim.lineId(),
                    claim.orderNo(),
                    claim.creatorId(),
                    claim.code(),
                    claim.text(),
                    claim.claimedAt(),
                    claim.accepted(),
                    claim.reason(),
                    claim.decidedAt());
        }
    }

    @Schema(name = "OrderClaimed")
    record ClaimedView(
            @Schema(required = true, description = "One per line of the order.")
            List<ClaimView> items) {}

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "claimOrder",
            summary = "Claim an order that belongs to nobody",
            description = "By its number, with what shows that it came from a placement of the caller's. "
                    + "An operator decides; a slot that names somebody else goes before any claim.")
    public ClaimedView claim(
            @HeaderParam(Idempotency.HEADER) @Parameter(description = "Makes a repeated request one.") String key,
            @Valid @NotNull ClaimRequest request) {
        var by = caller.get();
        return idempotency.once(
                by.personId(),
                key,
                "claimOrder",
                request,
                ClaimedView.class,
                () -> new ClaimedView(claims
                        .claim(
                                by,
                                request.marketplace(),
                                request.orderNo(),
                                request.code(),
                                request.text(),
                                clock.instant())
                        .stream()
                        .map(ClaimView::of)
                        .toList()));
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listOrderClaims", summary = "Claims, newest first")
    public Page<ClaimView> list(
            @QueryParam("open") @DefaultValue("false") @Schema(description = "Only those that nobody has decided.")
                    boolean open,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = claims.page(caller.get().scope(), open, Page.position(cursor, Long::valueOf), limit + 1).stream()
                .map(ClaimView::of)
                .toList();
        return Page.of(rows, limit, ClaimView::id, at);
    }

    @Schema(name = "OrderClaimDecision")
    record DecisionRequest(
            @NotNull Boolean accept,

            @NotBlank @Size(max = 2_000) @Schema(description = "Why, in words for the creator.")
            String reason) {}

    @POST
    @Path("/{number}/decision")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "decideOrderClaim", summary = "Accept or refuse a claim")
    public ClaimView decide(@PathParam("number") long id, @Valid @NotNull DecisionRequest request) {
        return ClaimView.of(intake.decideClaim(id, request.accept(), request.reason(), caller.get()));
    }
}
