package dev.zhida.intake;

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
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/orders/{id}/holds")
@Tag(name = "Orders")
class HoldResource {

    private final Intake intake;
    private final CurrentCaller caller;
    private final Idempotency idempotency;

    HoldResource(Intake intake, CurrentCaller caller, Idempotency idempotency) {
        this.intake = intake;
        this.caller = caller;
        this.idempotency = idempotency;
    }

    @Schema(name = "OrderHold")
    record HoldRequest(
            @NotNull @Schema(description = "Whether the line's commission is held back from now on, or let go.")
            Boolean held,

            @NotBlank @Size(max = 2_000) @Schema(description = "Why; kept for ever.")
            String reason) {}

    @Schema(name = "OrderHeld")
    record HoldView(
            @Schema(required = true) boolean held,
            @Schema(required = true) Instant at) {}

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "holdOrder",
            summary = "Hold an order line's commission back, or let it go",
            description = "What is settled meanwhile is shown as held, and is paid on no statement.")
    public HoldView hold(
            @PathParam("id") UUID id,
            @HeaderParam(Idempotency.HEADER) @Parameter(description = "Makes a repeated request one.") String key,
            @Valid @NotNull HoldRequest request) {
        var by = caller.get();
        record Asked(UUID id, HoldRequest request) {}
        return idempotency.once(
                by.personId(),
                key,
                "holdOrder",
                new Asked(id, request),
                HoldView.class,
                () -> new HoldView(request.held(), intake.hold(id, request.held(), request.reason(), by)));
    }
}
