package dev.zhida.report;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.ledger.Ledger;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import dev.zhida.report.FinanceFile.Column;
import dev.zhida.report.FinanceFile.Kind;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1")
@Blocking
@Tag(name = "Files", description = "What finance downloads.")
class FinanceFileResource {

    private static final String CSV = "text/csv";
    private static final String WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private static final String MONTH = "\\d{4}-(0[1-9]|1[0-2])";
    private static final String IS_A_MONTH = "is a month like 2026-03";
    private static final String HOW =
            "Ends with #END,rows,sumFen,sha256: the hash is over all bytes before that record. A file "
                    + "without it is incomplete. The file of a closed month is the same bytes every time: it has a strong ETag "
                    + "and takes If-None-Match and Range. ";

    private final CommissionReport commissions;
    private final FinanceDownload download;
    private final Ledger ledger;
    private final CurrentCaller caller;
    private final Clock clock;

    FinanceFileResource(
            CommissionReport commissions, FinanceDownload download, Ledger ledger, CurrentCaller caller, Clock clock) {
        this.commissions = commissions;
        this.download = download;
        this.ledger = ledger;
        this.caller = caller;
        this.clock = clock;
    }

    /** How a CSV file is written. */
    static final class CsvParameters {
        @QueryParam("columns")
        @Schema(
                description =
                        "Which columns, in which order: their English names, separated by commas. All if it is left out.")
        String columns;

        @QueryParam("format")
        @Pattern(regexp = "raw", message = "is raw or absent")
        @Schema(description = "raw: ids without the TAB that spreadsheets need to keep their digits.")
        String format;

        @QueryParam("charset")
        @Pattern(regexp = "utf-8|gb18030", message = "is utf-8 or gb18030")
        @Schema(description = "utf-8 with a byte order mark, which is the default, or gb18030.")
        String charset;

        FinanceDownload.Options options() {
            return FinanceDownload.Options.of(format, charset);
        }
    }

    @GET
    @Path("/commissions.csv")
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportCommissions",
            summary = "What order lines earn, as a CSV file",
            description = HOW + "The sum is that of amountFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response commissions(
            @Valid @BeanParam CommissionResource.FilterParameters filter,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        return download.csv(
                commissions(filter).only(how.columns),
                how.options(),
                commissions.isClosed(filter.filter()) ? filter.period : null,
                request);
    }

    @GET
    @Path("/commissions.xlsx")
    @Produces(WORKBOOK)
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportCommissionsWorkbook",
            summary = "What order lines earn, as a workbook",
            description = "The same rows as commissions.csv; the last row is #END, their number and their sum in fen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = WORKBOOK, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response workbook(
            @Valid @BeanParam CommissionResource.FilterParameters filter,
            @QueryParam("columns")
                    @Schema(description = "Which columns, in which order: their English names, separated by commas.")
                    String columns) {
        return download.workbook(commissions(filter).only(columns));
    }

    private FinanceFile commissions(CommissionResource.FilterParameters filter) {
        var name = "commissions-" + (filter.period == null ? BusinessTime.dayOf(clock.instant()) : filter.period);
        return commissions.file(name, filter.filter(), caller.get().scope());
    }

    @GET
    @Path("/statements.csv")
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportStatements",
            summary = "Statements, as a CSV file",
            description = HOW + "The sum is that of closingFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response statements(
            @QueryParam("period")
                    @Pattern(regexp = MONTH, message = IS_A_MONTH)
                    @Schema(description = "A month like 2026-03; all if it is left out.")
                    String period,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        var file = new FinanceFile(
                "statements-" + (period == null ? BusinessTime.dayOf(clock.instant()) : period),
                STATEMENT_COLUMNS,
                "s.closing_fen",
                "statement s" + HOLDER.formatted("s") + " where " + scoped("s.holder_id")
                        + (period == null ? "" : " and s.month = " + CommissionReport.literal(YearMonth.parse(period))),
                "s.month, s.holder_id");
        return download.csv(file.only(how.columns), how.options(), closed(period), request);
    }

    private static final List<Column> STATEMENT_COLUMNS = List.of(
            new Column("id", "结算单", Kind.WORD, "s.id"),
            new Column("period", "月份", Kind.WORD, "to_char(s.month, 'YYYY-MM')"),
            new Column("version", "版本", Kind.WORD, "s.version"),
            new Column("creatorId", "博主编号", Kind.WORD, "s.creator_id"),
            new Column("creator", "博主", Kind.TEXT, "r.name"),
            new Column("opening", "期初余额", Kind.MONEY, "s.opening_fen"),
            new Column("orders", "本月订单", Kind.MONEY, "s.orders_fen"),
            new Column("adjustments", "往月调整", Kind.MONEY, "s.adjustments_fen"),
            new Column("tiers", "阶梯奖励", Kind.MONEY, "s.tiers_fen"),
            new Column("bonuses", "品牌奖励", Kind.MONEY, "s.bonuses_fen"),
            new Column("manual", "人工调整", Kind.MONEY, "s.manual_fen"),
            new Column("paid", "已付款", Kind.MONEY, "s.paid_fen"),
            new Column("tax", "代扣个税", Kind.MONEY, "s.tax_fen"),
            new Column("closing", "期末余额", Kind.MONEY, "s.closing_fen"),
            new Column("held", "冻结中", Kind.MONEY, "s.held_fen"),
            new Column("fee", "技术服务费", Kind.MONEY, "s.fee_fen"),
            new Column("lines", "行数", Kind.WORD, "s.lines"),
            new Column("evidenceHead", "凭证链", Kind.WORD, "s.evidence_head"),
            new Column("lockedAt", "锁定时间", Kind.TIME, "s.locked_at"),
            new Column("agencyId", "机构编号", Kind.WORD, "s.agency_id"),
            new Column("agency", "机构", Kind.TEXT, "g.name"));

    /** Whose the row is: a creator {@code r}, or an agency {@code g}. */
    private static final String HOLDER =
            " left join creator r on r.id = %1$s.creator_id left join agency g on g.id = %1$s.agency_id";

    @GET
    @Path("/statement-lines.csv")
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportStatementLines",
            summary = "The lines of a statement, or of all statements of a month, as a CSV file",
            description = HOW + "The sum is that of amountFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response statementLines(
            @QueryParam("statement") @Schema(description = "A statement's id.") UUID statement,
            @QueryParam("period")
                    @Pattern(regexp = MONTH, message = IS_A_MONTH)
                    @Schema(description = "A month like 2026-03; needed without a statement.")
                    String period,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        if (statement == null && period == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "statement-or-period-needed",
                    "say which: `statement` or `period`, like 2026-03");
        }
        var file = new FinanceFile(
                "statement-lines-"
                        + (statement == null ? period : statement.toString().substring(24)),
                LINE_COLUMNS,
                "l.amount_fen",
                "statement_line l join statement s on s.id = l.statement_id" + HOLDER.formatted("s") + " where "
                        + scoped("s.holder_id")
                        + (statement == null ? "" : " and s.id = '" + statement + "'")
                        + (period == null ? "" : " and s.month = " + CommissionReport.literal(YearMonth.parse(period))),
                "l.id");
        // A statement is written when its month is locked, and never again.
        var since = statement == null ? closed(period) : statement.toString();
        return download.csv(file.only(how.columns), how.options(), since, request);
    }

    private static final List<Column> LINE_COLUMNS = List.of(
            new Column("period", "月份", Kind.WORD, "to_char(s.month, 'YYYY-MM')"),
            // On an agency's statement: the creator of whose line it is a share.
            new Column("creatorId", "博主编号", Kind.WORD, "coalesce(s.creator_id, l.creator_id)"),
            new Column("creator", "博主", Kind.TEXT, "coalesce(r.name, l.creator_name)"),
            new Column("kind", "类别", Kind.WORD, "l.kind"),
            new Column("source", "来源", Kind.WORD, "l.source"),
            new Column("originalPeriod", "原月份", Kind.WORD, "to_char(l.original_month, 'YYYY-MM')"),
            new Column("orderNo", "订单编号", Kind.ID, "l.order_no"),
            new Column("marketplace", "电商平台", Kind.WORD, "l.marketplace"),
            new Column("item", "商品", Kind.TEXT, "l.item_title"),
            new Column("code", "编码", Kind.WORD, "l.code"),
            new Column("platform", "渠道", Kind.WORD, "l.platform"),
            new Column("medium", "形式", Kind.WORD, "l.medium"),
            new Column("paid", "付款金额", Kind.MONEY, "l.paid_fen"),
            new Column("fee", "技术服务费", Kind.MONEY, "l.fee_fen"),
            new Column("feeAssumed", "服务费为假定", Kind.WORD, "case when l.fee_assumed then '是' else '否' end"),
            new Column("amount", "金额", Kind.MONEY, "l.amount_fen"),
            new Column("reason", "原因", Kind.TEXT, "l.reason"),
            new Column("agencyId", "机构编号", Kind.WORD, "s.agency_id"),
            new Column("agency", "机构", Kind.TEXT, "g.name"));

    @GET
    @Path("/orders.csv")
    @Produces(CSV)
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportOrders",
            summary = "Order lines as marketplaces report them, as a CSV file",
            description = HOW
                    + "Orders change as long as marketplaces report on them, so this file has no ETag. The sum is that "
                    + "of paidFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response orders(
            @QueryParam("period")
                    @Pattern(regexp = MONTH, message = IS_A_MONTH)
                    @Schema(description = "The month in which buyers paid, like 2026-03; all if it is left out.")
                    String period,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        var month = period == null ? null : YearMonth.parse(period);
        var file = new FinanceFile(
                "orders-" + (period == null ? BusinessTime.dayOf(clock.instant()) : period),
                ORDER_COLUMNS,
                "o.paid_fen",
                "order_line o left join attribution a on a.order_line_id = o.id and a.current left join placement p on "
                        + "p.id = a.placement_id"
                        + (month == null
                                ? ""
                                : " where o.paid_at >= '%s' and o.paid_at < '%s'"
                                        .formatted(
                                                BusinessTime.startOf(month.atDay(1)),
                                                BusinessTime.startOf(
                                                        month.plusMonths(1).atDay(1)))),
                "o.id");
        return download.csv(file.only(how.columns), how.options(), null, request);
    }

    private static final List<Column> ORDER_COLUMNS = List.of(
            new Column("id", "订单行", Kind.WORD, "o.id"),
            new Column("marketplace", "电商平台", Kind.WORD, "o.marketplace"),
            new Column("lineKey", "子订单", Kind.ID, "o.line_key"),
            new Column("orderNo", "订单编号", Kind.ID, "o.order_no"),
            new Column("parentNo", "父订单编号", Kind.ID, "o.parent_no"),
            new Column("status", "状态", Kind.WORD, "o.status"),
            new Column("itemId", "商品编号", Kind.ID, "o.item_id"),
            new Column("item", "商品", Kind.TEXT, "o.item_title"),
            new Column("shop", "店铺", Kind.TEXT, "o.shop_name"),
            new Column("quantity", "数量", Kind.WORD, "o.quantity"),
            new Column("paid", "付款金额", Kind.MONEY, "o.paid_fen"),
            new Column("estimated", "预估佣金", Kind.MONEY, "o.estimated_fen"),
            new Column("settled", "结算佣金", Kind.MONEY, "o.settled_fen"),
            new Column("fee", "技术服务费", Kind.MONEY, "o.fee_fen"),
            new Column("creatorId", "博主编号", Kind.WORD, "a.creator_id"),
            new Column("code", "编码", Kind.WORD, "p.code"),
            new Column("confidence", "归因", Kind.WORD, "a.confidence"),
            new Column("clickedAt", "点击时间", Kind.TIME, "o.clicked_at"),
            new Column("createdAt", "创建时间", Kind.TIME, "o.created_at"),
            new Column("paidAt", "付款时间", Kind.TIME, "o.paid_at"),
            new Column("settledAt", "结算时间", Kind.TIME, "o.settled_at"));

    @GET
    @Path("/payout-items.csv")
    @Produces(CSV)
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportPayoutItems",
            summary = "The items of a payout with what became of them, as a CSV file",
            description =
                    HOW + "Items change as their results come, so this file has no ETag. The sum is that of netFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response payoutItems(
            @QueryParam("payout") @Schema(description = "A payout's id; all if it is left out.") UUID payout,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        var file = new FinanceFile(
                "payout-items-"
                        + (payout == null
                                ? BusinessTime.dayOf(clock.instant())
                                : payout.toString().substring(24)),
                PAYOUT_COLUMNS,
                "i.net_fen",
                "payout_item i join payout p on p.id = i.payout_id" + HOLDER.formatted("i")
                        + (payout == null ? "" : " where p.id = '" + payout + "'"),
                "i.id");
        return download.csv(file.only(how.columns), how.options(), null, request);
    }

    private static final List<Column> PAYOUT_COLUMNS = List.of(
            new Column("payoutId", "付款批次", Kind.WORD, "p.id"),
            new Column("itemId", "付款明细", Kind.WORD, "i.id"),
            new Column("channel", "方式", Kind.WORD, "p.channel"),
            new Column("creatorId", "博主编号", Kind.WORD, "i.creator_id"),
            new Column("creator", "博主", Kind.TEXT, "r.name"),
            new Column("period", "所得月份", Kind.WORD, "to_char(i.month, 'YYYY-MM')"),
            new Column("gross", "税前", Kind.MONEY, "i.gross_fen"),
            new Column("tax", "代扣个税", Kind.MONEY, "i.tax_fen"),
            new Column("taxMethod", "扣税方式", Kind.WORD, "i.tax_method"),
            new Column("net", "实付", Kind.MONEY, "i.net_fen"),
            new Column("state", "状态", Kind.WORD, "i.state"),
            new Column("failure", "失败原因", Kind.TEXT, "i.failure"),
            new Column("reference", "流水号", Kind.TEXT, "i.reference"),
            new Column("changedAt", "变更时间", Kind.TIME, "i.changed_at"),
            new Column("agencyId", "机构编号", Kind.WORD, "i.agency_id"),
            new Column("agency", "机构", Kind.TEXT, "g.name"));

    @GET
    @Path("/reconciliation-rows.csv")
    @Produces(CSV)
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportReconciliationRows",
            summary = "The rows of a reconciliation, as a CSV file",
            description = HOW + "The sum is that of differenceFen: the remainder.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public Response reconciliationRows(
            @QueryParam("reconciliation") @NotNull @Schema(description = "A reconciliation's id.") UUID reconciliation,
            @Valid @BeanParam CsvParameters how,
            @Context HttpHeaders request) {
        var file = new FinanceFile(
                "reconciliation-" + reconciliation.toString().substring(24),
                RECONCILIATION_COLUMNS,
                "r.difference_fen",
                "reconciliation_row r where r.reconciliation_id = '" + reconciliation + "'",
                "r.position");
        // Written once.
        return download.csv(file.only(how.columns), how.options(), reconciliation.toString(), request);
    }

    private static final List<Column> RECONCILIATION_COLUMNS = List.of(
            new Column("key", "订单", Kind.ID, "r.key"),
            new Column("kind", "结果", Kind.WORD, "r.kind"),
            new Column("oursCommission", "我方佣金", Kind.MONEY, "r.ours_commission_fen"),
            new Column("oursFee", "我方服务费", Kind.MONEY, "r.ours_fee_fen"),
            new Column("theirsCommission", "平台佣金", Kind.MONEY, "r.theirs_commission_fen"),
            new Column("theirsFee", "平台服务费", Kind.MONEY, "r.theirs_fee_fen"),
            new Column("difference", "差额", Kind.MONEY, "r.difference_fen"));

    private String scoped(String column) {
        var only = caller.get().scope() instanceof Scope.OfCreator(var creator) ? creator : null;
        return only == null ? "true" : column + " = '" + only + "'";
    }

    /** The period, if it is closed. */
    private String closed(String period) {
        return period != null
                        && ledger.lastLocked()
                                .filter(last -> !YearMonth.parse(period).isAfter(last))
                                .isPresent()
                ? period
                : null;
    }
}
