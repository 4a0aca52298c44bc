package dev.zhida.intake;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.Slots;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
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

@Path("/api/v1/pull-backfills")
@Tag(name = "Pulls")
class PullBackfillResource {

    private final PullStore store;
    private final Pulls pulls;
    private final Connections connections;
    private final Connectors connectors;
    private final Slots slots;
    private final Idempotency idempotency;
    private final CurrentCaller caller;
    private final Clock clock;

    PullBackfillResource(
            PullStore store,
            Pulls pulls,
            Connections connections,
            Connectors connectors,
            Slots slots,
            Idempotency idempotency,
            CurrentCaller caller,
            Clock clock) {
        this.store = store;
        this.pulls = pulls;
        this.connections = connections;
        this.connectors = connectors;
        this.slots = slots;
        this.idempotency = idempotency;
        this.caller = caller;
        this.clock = clock;
    }

    record CreateBackfill(
            @NotNull UUID accountId,
            @NotNull Instant from,

            @NotNull @Schema(description = "Not included; at most 400 days after `from`.")
            Instant until,

            @Schema(description = "Absent: orders as they were created, and refunds.")
            List<@NotNull Feed> feeds) {}

    @Schema(name = "PullBackfill")
    record BackfillView(
            @Schema(required = true) UUID id,
            @Schema(required = true) UUID accountId,
            @Schema(required = true) List<Feed> feeds,
            @Schema(required = true) Instant from,
            @Schema(required = true) Instant until,
            @Schema(required = true) Instant createdAt,

            @Schema(required = true, description = "RUNNING, COMPLETE, or INCOMPLETE where windows failed.")
            String state,

            @Schema(required = true) long windows,
            @Schema(required = true) long complete,

            @Schema(required = true, description = "Windows that wait for a person.")
            long failed,

            @Schema(required = true, description = "Windows that the marketplace no longer has.")
            long tooLate,

            @Schema(required = true) long pages,
            @Schema(required = true) long rows,

            @Schema(required = true, description = "Rows that were news.")
            long news) {

        static BackfillView of(PullRun.Progress p) {
            var ended = p.complete() + p.failed() + p.tooLate();
            return new BackfillView(
                    p.run().id(),
                    p.run().accountId(),
                    p.run().feeds(),
                    p.run().from(),
                    p.run().until(),
                    p.createdAt(),
                    ended < p.windows() ? "RUNNING" : p.complete() == p.windows() ? "COMPLETE" : "INCOMPLETE",
                    p.windows(),
                    p.complete(),
                    p.failed(),
                    p.tooLate(),
                    p.pages(),
                    p.rows(),
                    p.news());
        }
    }

    @POST
    @ResponseStatus(202)
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "createPullBackfill",
            summary = "Ask a marketplace for a range of time once more",
            description =
                    "It is read window by window beside what keeps up with the present; a restart goes on where it was.")
    public BackfillView create(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid CreateBackfill request) {
        var by = caller.get();
        slots.account(request.accountId());
        return idempotency.once(by.personId(), key, "createPullBackfill", request, BackfillView.class, () -> {
            var connection = connections
                    .of(request.accountId())
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID,
                            "connection-missing",
                            "say first how this account is reached: it has no connection"));
            var feeds = request.feeds() == null ? List.<Feed>of() : request.feeds();
            var run = pulls.backfill(connection, connectors.of(connection), request.from(), request.until(), feeds, by);
            return get(run.id());
        });
    }

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listPullBackfills", summary = "Back-fills, newest first")
    public Page<BackfillView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = store.backfills(Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(BackfillView::of)
                .toList();
        return Page.of(rows, limit, BackfillView::id, at);
    }

    @GET
    @Path("{id}")
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPullBackfill", summary = "How far a back-fill has come")
    public BackfillView get(@PathParam("id") UUID id) {
        return store.backfill(id)
                .map(BackfillView::of)
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "backfill-unknown", "there is no back-fill with the id " + id));
    }
}
