package dev.zhida.link;

import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/open-links")
@Tag(name = "Links")
class ProducedLinkResource {

    private final ProducedLinkStore store;
    private final Clock clock;

    ProducedLinkResource(ProducedLinkStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Schema(name = "OpenLink", description = "A placement whose marketplace made no link or token yet.")
    record OpenLinkView(
            @Schema(required = true) String code,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) UUID accountId,

            @Schema(description = "Why there is no link or no token; absent while nothing but time is missing.")
            String refusal,

            @Schema(description = "What the marketplace said, or why it was not reached.")
            String words,

            @Schema(required = true, description = "In a row.")
            int failures,

            @Schema(required = true) Instant askedAt,

            @Schema(description = "When it is asked again; absent if it is not.")
            Instant nextAt) {

        static OpenLinkView of(ProducedLinkStore.Open open) {
            return new OpenLinkView(
                    open.code(),
                    open.marketplace(),
                    open.accountId(),
                    open.refusal(),
                    open.words(),
                    open.failures(),
                    open.askedAt(),
                    open.dueAt());
        }
    }

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listOpenLinks",
            summary = "Links and tokens that marketplaces were asked for in vain, newest placement first",
            description =
                    "What was refused is asked again when the account's connection changes, or its creator asks for"
                            + " the kit again; where the account was not accepted, after some hours as well.")
    public Page<OpenLinkView> list(
            @QueryParam("account") UUID account,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = store.open(account, Page.position(cursor, Long::valueOf), limit + 1);
        var page = Page.of(rows, limit, ProducedLinkStore.Open::placementId, at);
        return new Page<>(page.items().stream().map(OpenLinkView::of).toList(), page.next(), page.dataTo());
    }
}
