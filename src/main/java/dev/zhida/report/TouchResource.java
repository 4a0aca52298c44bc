package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.link.LinkKits;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchInbox;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Jdbi;

@Path("/api/v1/placements/{code}/touches")
@Tag(name = "Links")
class TouchResource {

    private final Jdbi jdbi;
    private final LinkKits kits;
    private final CurrentCaller caller;
    private final TouchInbox inbox;

    TouchResource(Jdbi jdbi, LinkKits kits, CurrentCaller caller, TouchInbox inbox) {
        this.jdbi = jdbi;
        this.kits = kits;
        this.caller = caller;
        this.inbox = inbox;
    }

    @Schema(name = "Touch")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record TouchView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Instant at,
            @Schema(required = true) Touch.Kind kind,

            @Schema(nullable = true, description = "How a click was answered.")
            Touch.Outcome outcome,

            @Schema(required = true, description = "The app the fan was in.")
            String hostApp,

            @Schema(required = true) String os,

            @Schema(required = true, description = "Whether it counts as a person's act.")
            boolean human,

            @Schema(nullable = true, description = "Why it does not count as one.")
            String flag,

            @Schema(required = true, description = "Whether the visitor did the same before on that day.")
            boolean repeat) {}

    @Schema(name = "Touches")
    record TouchesView(
            @Schema(required = true) List<TouchView> items,
            @Schema(nullable = true) String next,
            @Schema(required = true) Instant dataTo,

            @Schema(required = true, description = "All touches of the placement.")
            long total) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listTouches", summary = "What fans did with a placement, newest first")
    public TouchesView list(
            @PathParam("code") String code,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var placement = kits.placement(code, caller.get().scope()).placement().id();
        var at = inbox.awaitTaken();
        var rows = touches(placement, Page.position(cursor, UUID::fromString), limit + 1);
        var page = Page.of(rows, limit, TouchView::id, at);
        return new TouchesView(page.items(), page.next(), at, total(placement));
    }

    private List<TouchView> touches(long placement, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select t.id, t.at, t.kind, t.outcome, t.host_app, t.os, t.human, t.flag,
                               exists (select from touch e
                                   where e.placement_id = t.placement_id and e.day = t.day and e.kind = t.kind
                                     and e.visitor = t.visitor and e.human and e.id < t.id) repeat
                        from touch t
                        where t.placement_id = :placement and (:before::uuid is null or t.id < :before)
                        order by t.id desc limit :limit
                        """)
                .bind("placement", placement)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new TouchView(
                        row.getObject("id", UUID.class),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        Touch.Kind.valueOf(row.getString("kind")),
                        row.getString("outcome") == null ? null : Touch.Outcome.valueOf(row.getString("outcome")),
                        row.getString("host_app"),
                        row.getString("os"),
                        row.getBoolean("human"),
                        row.getString("flag"),
                        row.getBoolean("repeat")))
                .list());
    }

    private long total(long placement) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select count(*) from touch where placement_id = :placement")
                        .bind("placement", placement)
                        .mapTo(Long.class)
                        .one());
    }
}
