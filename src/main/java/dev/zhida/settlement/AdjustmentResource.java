package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/adjustments")
@Blocking
@Tag(name = "Settlement")
class AdjustmentResource {

    private final Adjustments adjustments;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    AdjustmentResource(Adjustments adjustments, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.adjustments = adjustments;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @Schema(name = "AskForAdjustment")
    record AskForAdjustment(
            @Schema(description = "Whose it is: a creator or an agency, one of them.")
            UUID creatorId,

            UUID agencyId,

            @NotNull @Schema(required = true, description = "What is given; negative if it is taken back.")
            Long amountFen,

            @NotBlank @Size(max = 500) @Schema(required = true, description = "It is read on the statement.")
            String reason) {}

    @Schema(name = "Adjustment")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AdjustmentView(
            @Schema(required = true) UUID id,
            @Schema(nullable = true) UUID creatorId,
            @Schema(nullable = true) UUID agencyId,
            @Schema(required = true) long amountFen,
            @Schema(required = true) String reason,
            @Schema(required = true) Adjustments.State state,
            @Schema(required = true) UUID askedBy,
            @Schema(required = true) Instant askedAt,
            @Schema(nullable = true) UUID decidedBy,
            @Schema(nullable = true) Instant decidedAt) {

        static AdjustmentView of(Adjustments.Adjustment a) {
            return new AdjustmentView(
                    a.id(),
                    a.holder().creatorId(),
                    a.holder().agencyId(),
                    a.amount().fen(),
                    a.reason(),
                    a.state(),
                    a.askedBy(),
                    a.askedAt(),
                    a.decidedBy(),
                    a.decidedAt());
        }
    }

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "askForAdjustment",
            summary = "Ask for a correction by hand",
            description = "It is posted in the open month once another person has approved it.")
    public AdjustmentView ask(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid AskForAdjustment request) {
        if ((request.creatorId() == null) == (request.agencyId() == null)) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "holder-needed", "say whose it is: `creatorId` or `agencyId`, one of them");
        }
        var holder =
                request.creatorId() != null ? Holder.creator(request.creatorId()) : Holder.agency(request.agencyId());
        return idempotency.once(
                caller.get().personId(),
                key,
                "askForAdjustment",
                request,
                AdjustmentView.class,
                () -> AdjustmentView.of(adjustments.ask(
                        holder, Money.ofFen(request.amountFen()), request.reason(), key, caller.get())));
    }

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listAdjustments", summary = "Corrections by hand, newest first")
    public Page<AdjustmentView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = adjustments.page(Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(AdjustmentView::of)
                .toList();
        return Page.of(rows, limit, AdjustmentView::id, at);
    }

    @POST
    @Path("/{id}/approve")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(operationId = "approveAdjustment", summary = "Post a correction for which somebody else has asked")
    public AdjustmentView approve(@PathParam("id") UUID id) {
        return AdjustmentView.of(adjustments.decide(id, true, caller.get()));
    }

    @POST
    @Path("/{id}/reject")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(operationId = "rejectAdjustment", summary = "Say no to a correction, or take it back")
    public AdjustmentView reject(@PathParam("id") UUID id) {
        return AdjustmentView.of(adjustments.decide(id, false, caller.get()));
    }
}
