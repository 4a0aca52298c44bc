package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/statements")
@Blocking
@Tag(name = "Settlement")
class StatementResource {

    private final StatementStore statements;
    private final CurrentCaller caller;
    private final Clock clock;

    StatementResource(StatementStore statements, CurrentCaller caller, Clock clock) {
        this.statements = statements;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(
            name = "Statement",
            description =
                    "A creator's or an agency's month; it never changes. closingFen = openingFen + ordersFen + adjustmentsFen + "
                            + "tiersFen + bonusesFen + manualFen - paidFen - taxFen; openingFen is the closing before.")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record StatementView(
            @Schema(required = true) UUID id,
            @Schema(nullable = true) UUID creatorId,
            @Schema(nullable = true) String creatorName,

            @Schema(nullable = true, description = "Whose it is if it is no creator's.")
            UUID agencyId,

            @Schema(nullable = true) String agencyName,
            @Schema(required = true) String period,
            @Schema(required = true) int version,
            @Schema(required = true) long openingFen,

            @Schema(required = true, description = "Lines that are on a statement for the first time.")
            long ordersFen,

            @Schema(required = true, description = "What changed on lines of earlier, locked months.")
            long adjustmentsFen,

            @Schema(required = true) long tiersFen,
            @Schema(required = true) long bonusesFen,

            @Schema(required = true, description = "What people adjusted by hand.")
            long manualFen,

            @Schema(required = true, description = "What went into payouts, less what came back.")
            long paidFen,

            @Schema(required = true, description = "The tax that was withheld of it.")
            long taxFen,

            @Schema(required = true, description = "Below zero it is carried as a debt.")
            long closingFen,

            @Schema(required = true, description = "Held at the end of the month; in none of the sums.")
            long heldFen,

            @Schema(
                    required = true,
                    description = "The technical service fees that her lines bore; taken before her share.")
            long feeFen,

            @Schema(required = true) long lines,

            @Schema(nullable = true, description = "The head of the hash chain over the attributions behind it.")
            String evidenceHead,

            @Schema(required = true) Instant lockedAt) {

        static StatementView of(StatementStore.Statement s) {
            return new StatementView(
                    s.id(),
                    s.holder().creatorId(),
                    s.holder().creatorId() == null ? null : s.holderName(),
                    s.holder().agencyId(),
                    s.holder().agencyId() == null ? null : s.holderName(),
                    s.month().toString(),
                    s.version(),
                    s.openingFen(),
                    s.ordersFen(),
                    s.adjustmentsFen(),
                    s.tiersFen(),
                    s.bonusesFen(),
                    s.manualFen(),
                    s.paidFen(),
                    s.taxFen(),
                    s.closingFen(),
                    s.heldFen(),
                    s.feeFen(),
                    s.lines(),
                    s.evidenceHead(),
                    s.lockedAt());
        }
    }

    @Schema(name = "StatementLine")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LineView(
            @Schema(required = true, description = "The source in the books.")
            String source,

            @Schema(required = true, description = "ORDER, ADJUSTMENT, TIER, BONUS, MANUAL or OTHER.")
            String kind,

            @Schema(required = true) long amountFen,

            @Schema(description = "Of an adjustment: the month that the line was first settled in.")
            String originalPeriod,

            @Schema(description = "Of an adjustment: the statement that the line was first on.")
            UUID originalStatement,

            UUID orderLineId,
            String orderNo,
            String marketplace,
            String itemTitle,
            String code,
            String platform,
            String medium,
            Long paidFen,
            Long feeFen,
            Boolean feeAssumed,

            @Schema(description = "On an agency's statement: the creator of whose line it is a share.")
            UUID creatorId,

            String creatorName,
            @Schema(required = true) String reason) {

        static LineView of(StatementStore.Line line) {
            return new LineView(
                    line.source(),
                    line.kind(),
                    line.amountFen(),
                    line.originalMonth() == null ? null : line.originalMonth().toString(),
                    line.originalStatement(),
                    line.orderLineId(),
                    line.orderNo(),
                    line.marketplace(),
                    line.itemTitle(),
                    line.code(),
                    line.platform(),
                    line.medium(),
                    line.paidFen(),
                    line.feeFen(),
                    line.feeAssumed(),
                    line.creatorId(),
                    line.creatorName(),
                    line.reason());
        }
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listStatements",
            summary = "Statements, newest first",
            description = "A creator sees her own; finance all, those of agencies too.")
    public Page<StatementView> list(
            @QueryParam("period")
                    @Pattern(regexp = PeriodResource.MONTH, message = PeriodResource.IS_A_MONTH)
                    @Schema(description = "A month like 2026-03.")
                    String period,
            @QueryParam("creator") @Schema(description = "A creator's id.") UUID creator,
            @QueryParam("agency") @Schema(description = "An agency's id.") UUID agency,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = statements
                .page(
                        period == null ? null : YearMonth.parse(period),
                        creator,
                        agency,
                        caller.get().scope(),
                        Page.position(cursor, UUID::fromString),
                        limit + 1)
                .stream()
                .map(StatementView::of)
                .toList();
        return Page.of(rows, limit, StatementView::id, at);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getStatement", summary = "A statement")
    public StatementView get(@PathParam("id") UUID id) {
        return StatementView.of(statement(id));
    }

    @GET
    @Path("/{id}/lines")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listStatementLines",
            summary = "The lines of a statement",
            description = "One for every source that moved something, in a fixed order.")
    public Page<LineView> lines(
            @PathParam("id") UUID id,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var statement = statement(id);
        var rows = statements.lines(id, Page.position(cursor, Long::valueOf), limit + 1);
        var page = Page.of(rows, limit, StatementStore.Line::id, statement.lockedAt());
        return new Page<>(page.items().stream().map(LineView::of).toList(), page.next(), page.dataTo());
    }

    private StatementStore.Statement statement(UUID id) {
        return statements
                .find(id, caller.get().scope())
                .orElseThrow(() ->
                        new Refusal(Refusal.Kind.NOT_FOUND, "statement-not-found", "no statement has the id " + id));
    }
}
