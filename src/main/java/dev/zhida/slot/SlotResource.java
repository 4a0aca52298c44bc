package dev.zhida.slot;

import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/marketplace-accounts")
@Tag(name = "Marketplace accounts", description = "Accounts and their slot pools.")
class SlotResource {

    private final Slots slots;

    SlotResource(Slots slots) {
        this.slots = slots;
    }

    record CreateAccount(
            @NotNull Marketplace marketplace,
            @NotBlank @Size(max = 100) String name) {}

    record AccountView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String name) {}

    record AddSlots(
            @NotEmpty @Size(max = 100_000) @Schema(description = "PIDs like mm_1_2_3.")
            List<@NotBlank @Size(max = 64) String> pids) {}

    record AddedSlotsView(
            @Schema(required = true, description = "Those that were new.")
            int added,

            @Schema(required = true, description = "Those that were there already.")
            int unchanged) {}

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(operationId = "createMarketplaceAccount", summary = "Add a marketplace account")
    public AccountView create(@NotNull @Valid CreateAccount request) {
        if (request.marketplace() == Marketplace.XIANYU) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "no-affiliate-programme", "XIANYU has no affiliate programme: links only");
        }
        var name = request.name().strip();
        return new AccountView(slots.addAccount(request.marketplace(), name), request.marketplace(), name);
    }

    @POST
    @Path("/{id}/slots")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "addSlots", summary = "Add Taobao PIDs to an account's pool")
    public AddedSlotsView add(@PathParam("id") UUID id, @NotNull @Valid AddSlots request) {
        slots.requireTaobao(id);
        var pids = request.pids().stream().map(String::strip).distinct().toList();
        var added = slots.addTaobaoPids(id, pids);
        return new AddedSlotsView(added, pids.size() - added);
    }
}
