package dev.zhida.attribution;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/evidence")
@Tag(name = "Attributions")
class EvidenceResource {

    private final Evidence evidence;
    private final CurrentCaller caller;
    private final Clock clock;

    EvidenceResource(Evidence evidence, CurrentCaller caller, Clock clock) {
        this.evidence = evidence;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "Evidence")
    record ChainView(
            @Schema(required = true) long id,

            @Schema(required = true, description = "The locked month, like 2026-03.")
            String period,

            @Schema(required = true) Evidence.Kind kind,

            @Schema(required = true, description = "The id of the creator, the agency or the brand.")
            UUID ownerId,

            @Schema(required = true, description = "How many attributions.")
            int lines,

            @Schema(required = true, description = "SHA-256 over all of them, as printed on the statement.")
            String head,

            @Schema(required = true) Instant frozenAt) {

        static ChainView of(Evidence.Chain chain) {
            return new ChainView(
                    chain.id(),
                    chain.month().toString(),
                    chain.kind(),
                    chain.owner(),
                    chain.lines(),
                    chain.head(),
                    chain.frozenAt());
        }
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listEvidence", summary = "What locked months rest on, newest first")
    public Page<ChainView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var scope = caller.get().scope();
        var rows =
                evidence
                        .page(scope.creatorOnly(), scope.brandOnly(), Page.position(cursor, Long::valueOf), limit + 1)
                        .stream()
                        .map(ChainView::of)
                        .toList();
        return Page.of(rows, limit, ChainView::id, at);
    }

    @GET
    @Path("/{number}/file")
    @Blocking
    @Produces("text/plain; charset=utf-8")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "downloadEvidence",
            summary = "The attributions of a locked month, each chained to the one before it",
            description = "Can be checked against the head without us; ids are pseudonyms.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content =
                    @Content(
                            mediaType = "text/plain",
                            schema =
                                    @Schema(
                                            type =
                                                    org.eclipse.microprofile.openapi.annotations.enums.SchemaType
                                                            .STRING)))
    public Response file(@PathParam("number") long id) {
        var scope = caller.get().scope();
        var chain = evidence.find(scope.creatorOnly(), scope.brandOnly(), id)
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "evidence-not-found", "you have no evidence with the id " + id));
        StreamingOutput body = out -> {
            var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            evidence.each(chain, line -> {
                try {
                    writer.write(line);
                    writer.write('\n');
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            writer.flush();
        };
        return Response.ok(body)
                .header(
                        "Content-Disposition",
                        "attachment; filename=\"evidence-%s-%s-%d.txt\"".formatted(chain.month(), chain.kind(), id))
                .build();
    }
}
