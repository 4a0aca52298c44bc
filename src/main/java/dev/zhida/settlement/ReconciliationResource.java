package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

@Path("/api/v1/reconciliations")
@Blocking
@Tag(name = "Settlement")
class ReconciliationResource {

    private final Reconciliations reconciliations;
    private final CurrentCaller caller;
    private final Clock clock;

    ReconciliationResource(Reconciliations reconciliations, CurrentCaller caller, Clock clock) {
        this.reconciliations = reconciliations;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "Reconciliation")
    record ReconciliationView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String period,
            @Schema(required = true) String fileName,
            @Schema(required = true) UUID madeBy,
            @Schema(required = true) Instant madeAt,

            @Schema(required = true, description = "What we have as settled, after fees where the file tells them.")
            long oursFen,

            @Schema(required = true) long theirsFen,

            @Schema(
                    required = true,
                    description = "What refunds explain that we have counted and the marketplace has yet to take back.")
            long awaitedFen,

            @Schema(required = true, description = "theirsFen - oursFen - awaitedFen: what nothing explains.")
            long remainderFen,

            @Schema(required = true) int matched,

            @Schema(required = true, description = "Keys that differ by such refunds alone.")
            int awaited,

            @Schema(required = true) int different,
            @Schema(required = true) int onlyHere,
            @Schema(required = true) int onlyThere) {

        static ReconciliationView of(Reconciliations.Reconciliation r) {
            return new ReconciliationView(
                    r.id(),
                    r.marketplace(),
                    r.month().toString(),
                    r.fileName(),
                    r.madeBy(),
                    r.madeAt(),
                    r.oursFen(),
                    r.theirsFen(),
                    r.awaitedFen(),
                    r.remainderFen(),
                    r.matched(),
                    r.awaited(),
                    r.different(),
                    r.onlyHere(),
                    r.onlyThere());
        }
    }

    @Schema(name = "ReconciliationRow")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record RowView(
            @Schema(required = true, description = "A line key, or an order number where the file has no line keys.")
            String key,

            @Schema(required = true) Reconciling.Kind kind,
            @Schema(nullable = true) Long oursCommissionFen,
            @Schema(nullable = true) Long oursFeeFen,
            @Schema(nullable = true) Long theirsCommissionFen,
            @Schema(nullable = true) Long theirsFeeFen,

            @Schema(required = true, description = "Theirs less ours.")
            long differenceFen) {

        static RowView of(Reconciliations.Placed placed) {
            var row = placed.row();
            return new RowView(
                    row.key(),
                    row.kind(),
                    row.ours() == null ? null : row.ours().commission().fen(),
                    row.ours() == null || row.ours().fee() == null
                            ? null
                            : row.ours().fee().fen(),
                    row.theirs() == null ? null : row.theirs().commission().fen(),
                    row.theirs() == null || row.theirs().fee() == null
                            ? null
                            : row.theirs().fee().fen(),
                    row.difference().fen());
        }
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @ResponseStatus(201)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "reconcile",
            summary = "Hold a marketplace's settlement against ours",
            description =
                    "A csv, xls or xlsx file whose first row names its columns, in any order: 子订单编号, 行号 or lineKey, else "
                            + "订单编号 or orderNo; 结算佣金 or commission in yuan, or commissionFen; if it tells fees, 技术服务费 or fee "
                            + "in yuan, or feeFen; and, if it tells what is taken back, 维权扣回 or back, 扣回技术服务费 or feeBack (or "
                            + "backFen, feeBackFen). Rows of one key are added up: the files of several months may be one.")
    public ReconciliationView make(
            @RestForm("file") @Schema(description = "The settlement.") FileUpload file,
            @RestForm @Schema(implementation = Marketplace.class) String marketplace,
            @RestForm @Schema(description = "The month that was settled, like 2026-03.") String period) {
        if (file == null) {
            throw wrong("file", "send the settlement as the part `file` of a multipart form");
        }
        if (period == null || !period.matches(PeriodResource.MONTH)) {
            throw wrong("period", PeriodResource.IS_A_MONTH);
        }
        return ReconciliationView.of(reconciliations.make(
                file.uploadedFile(), file.fileName(), marketplace(marketplace), YearMonth.parse(period), caller.get()));
    }

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listReconciliations", summary = "Reconciliations, newest first")
    public Page<ReconciliationView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = reconciliations.page(Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(ReconciliationView::of)
                .toList();
        return Page.of(rows, limit, ReconciliationView::id, at);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getReconciliation", summary = "A reconciliation")
    public ReconciliationView get(@PathParam("id") UUID id) {
        return reconciliations
                .find(id)
                .map(ReconciliationView::of)
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "reconciliation-not-found", "no reconciliation has the id " + id));
    }

    @GET
    @Path("/{id}/rows")
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listReconciliationRows",
            summary = "The rows of a reconciliation, in the order of their keys")
    public Page<RowView> rows(
            @PathParam("id") UUID id,
            @QueryParam("kind") @Schema(description = "Of this kind only.") Reconciling.Kind kind,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var made = get(id);
        var rows = reconciliations.rows(id, kind, Page.position(cursor, Integer::valueOf), limit + 1);
        var page = Page.of(rows, limit, Reconciliations.Placed::position, made.madeAt());
        return new Page<>(page.items().stream().map(RowView::of).toList(), page.next(), page.dataTo());
    }

    private static Marketplace marketplace(String text) {
        return Arrays.stream(Marketplace.values())
                .filter(known -> known.name().equals(text) && known != Marketplace.XIANYU)
                .findFirst()
                .orElseThrow(() -> wrong("marketplace", "is TAOBAO, JD, PDD or DOUYIN"));
    }

    private static Refusal wrong(String field, String reason) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "invalid-request",
                "some fields are not as they should be: see errors",
                List.of(new Refusal.FieldError(field, reason)));
    }
}
