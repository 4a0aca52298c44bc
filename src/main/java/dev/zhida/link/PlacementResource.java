package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.slot.Slots;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1")
@Tag(name = "Links")
class PlacementResource {

    private final LinkKits kits;
    private final LinkKitResource views;
    private final CurrentCaller caller;

    PlacementResource(LinkKits kits, LinkKitResource views, CurrentCaller caller) {
        this.kits = kits;
        this.views = views;
        this.caller = caller;
    }

    record ProducedLink(
            @NotBlank @Size(max = 2_000) @Schema(description = "The long link, which shows its PID.")
            String url) {}

    record PddAuthority(
            @NotNull
            @Size(max = 64)
            @Pattern(regexp = "\\{\"uid\":\"[^\"]+\".*}", message = "has to be JSON that begins with uid")
            @Schema(
                    description = "The custom parameters of a placement, or only their uid.",
                    examples = "{\"uid\":\"0190f5a2b3c4d5e6f708192a3b4c5d6e\"}")
            String customParameters,

            @NotNull Slots.Authority state) {}

    @POST
    @Path("/placements/{code}/disable")
    @RolesAllowed({Role.CREATOR_ROLE, Role.OPERATOR_ROLE})
    @Operation(
            operationId = "disablePlacement",
            summary = "End a placement",
            description = "Fans are told that it ended. Its slot stays its own for the attribution window.")
    public LinkKitResource.PlacementView disable(@PathParam("code") String code) {
        return views.view(kits.disable(code, caller.get().scope()));
    }

    @PUT
    @Path("/placements/{code}/link")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "setPlacementLink",
            summary = "Send fans to a link that the marketplace made for the placement",
            description = "Refused with `pid-swapped` if the link carries somebody else's PID.")
    public LinkKitResource.PlacementView link(@PathParam("code") String code, @NotNull @Valid ProducedLink request) {
        return views.view(kits.takeLink(code, request.url().strip()));
    }

    @PUT
    @Path("/pdd-authorities/{id}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "setPddAuthority",
            summary = "Say whether a PDD account's PID is bound (备案) with custom parameters",
            description = "Placements whose links wait for it earn from then on.")
    public PddAuthority authority(
            @PathParam("id") @Parameter(description = "The marketplace account's.") UUID id,
            @NotNull @Valid PddAuthority request) {
        kits.noteAuthority(id, request.customParameters(), request.state());
        return request;
    }
}
