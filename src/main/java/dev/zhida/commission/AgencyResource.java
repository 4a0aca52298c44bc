package dev.zhida.commission;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
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
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jdbi.v3.core.Jdbi;

@Path("/api/v1/agencies")
@Tag(name = "Rules", description = "What order lines earn whom.")
class AgencyResource {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final CurrentCaller caller;
    private final Clock clock;

    AgencyResource(Jdbi jdbi, AuditTrail audit, CurrentCaller caller, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
    }

    record CreateAgency(@NotBlank @Size(max = 100) String name) {}

    @Schema(name = "Agency")
    record AgencyView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name) {}

    @POST
    @Transactional
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createAgency",
            summary = "Add an agency (MCN) that rules may give a share to",
            description = "Its name is its own: adding it twice is refused with `agency-exists`.")
    public AgencyView create(@NotNull @Valid CreateAgency request) {
        var at = clock.instant();
        var agency =
                new AgencyView(UuidCreator.getTimeOrderedEpoch(), request.name().strip());
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into agency (id, name, created_at) values (:id, :name, :at)
                        on conflict on constraint agency_name_key do nothing
                        """)
                .bind("id", agency.id())
                .bind("name", agency.name())
                .bind("at", utc(at))
                .execute());
        if (added == 0) {
            throw new Refusal(Refusal.Kind.CONFLICT, "agency-exists", "there is an agency of that name: use it");
        }
        audit.add(caller.get().personId(), "agency-added", "agency/" + agency.id(), Map.of("name", agency.name()), at);
        return agency;
    }

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listAgencies", summary = "Agencies, newest first")
    public Page<AgencyView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = jdbi.withHandle(handle -> handle.createQuery("""
                        select id, name from agency where (:before::uuid is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bind("before", Page.position(cursor, UUID::fromString))
                .bind("limit", limit + 1)
                .map((row, context) -> new AgencyView(row.getObject("id", UUID.class), row.getString("name")))
                .list());
        return Page.of(rows, limit, AgencyView::id, at);
    }
}
