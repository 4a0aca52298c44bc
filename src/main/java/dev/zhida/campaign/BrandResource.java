package dev.zhida.campaign;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/brands")
@Tag(name = "Campaigns", description = "Brands and their campaigns.")
class BrandResource {

    private final Campaigns campaigns;
    private final CurrentCaller caller;
    private final Clock clock;

    BrandResource(Campaigns campaigns, CurrentCaller caller, Clock clock) {
        this.campaigns = campaigns;
        this.caller = caller;
        this.clock = clock;
    }

    record CreateBrand(@NotBlank @Size(max = 100) String name) {}

    @Schema(name = "Brand")
    record BrandView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name) {}

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createBrand",
            summary = "Add a brand",
            description = "Its name is its own: adding it twice is refused with `brand-exists`.")
    public BrandView create(@NotNull @Valid CreateBrand request) {
        var name = request.name().strip();
        return new BrandView(campaigns.addBrand(name, caller.get().personId()), name);
    }

    @GET
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listBrands", summary = "Brands, newest first; a brand sees itself")
    public Page<BrandView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        Instant at = clock.instant();
        var rows = campaigns.brands(caller.get().scope(), Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(brand -> new BrandView(brand.id(), brand.name()))
                .toList();
        return Page.of(rows, limit, BrandView::id, at);
    }
}
