package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1")
@Tag(name = "Commissions", description = "What order lines earn.")
class CommissionResource {

    private static final String CSV = "text/csv; charset=utf-8";

    private static final List<String> HEADER = List.of(
            "订单行 orderLineId",
            "订单编号 orderNo",
            "父订单编号 parentNo",
            "电商平台 marketplace",
            "状态 status",
            "商品 item",
            "博主编号 creatorId",
            "博主 creator",
            "编码 code",
            "渠道 platform",
            "场景 scene",
            "形式 medium",
            "备注 label",
            "付款金额 paid",
            "付款金额(分) paidFen",
            "付款预估 estimated",
            "付款预估(分) estimatedFen",
            "结算 settled",
            "结算(分) settledFen",
            "应计 amount",
            "应计(分) amountFen",
            "技术服务费 fee",
            "技术服务费(分) feeFen",
            "服务费为假定 feeAssumed",
            "归因 confidence",
            "入账月 period",
            "付款时间 paidAt",
            "结算时间 settledAt");

    private final CommissionReport report;
    private final CurrentCaller caller;
    private final Clock clock;

    CommissionResource(CommissionReport report, CurrentCaller caller, Clock clock) {
        this.report = report;
        this.caller = caller;
        this.clock = clock;
    }

    /** Which commissions. */
    static final class FilterParameters {
        @QueryParam("period")
        @Pattern(regexp = "\\d{4}-(0[1-9]|1[0-2])", message = "is a month like 2026-03")
        @Schema(description = "The posting month, like 2026-03.")
        String period;

        @QueryParam("creator")
        @Schema(description = "A creator's id; a creator sees her own in any case.")
        UUID creator;

        @QueryParam("status")
        @Schema(implementation = OrderStatus.class)
        String status;

        @QueryParam("marketplace")
        @Schema(implementation = Marketplace.class)
        String marketplace;

        @QueryParam("platform")
        @Schema(implementation = Platform.class)
        String platform;

        @QueryParam("medium")
        @Schema(implementation = Medium.class)
        String medium;

        CommissionReport.Filter filter() {
            return new CommissionReport.Filter(
                    period == null ? null : YearMonth.parse(period),
                    creator,
                    known(OrderStatus.class, "status", status),
                    known(Marketplace.class, "marketplace", marketplace),
                    known(Platform.class, "platform", platform),
                    known(Medium.class, "medium", medium));
        }

        private static <E extends Enum<E>> E known(Class<E> type, String field, String text) {
            if (text == null) {
                return null;
            }
            return Arrays.stream(type.getEnumConstants())
                    .filter(value -> value.name().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID,
                            "invalid-request",
                            "some parameters are not as they should be: see errors",
                            List.of(new Refusal.FieldError(
                                    field, "is one of " + Arrays.toString(type.getEnumConstants())))));
        }
    }

    @Schema(name = "Commission")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record CommissionView(
            @Schema(required = true) UUID orderLineId,
            @Schema(required = true) String orderNo,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) OrderStatus status,
            @Schema(nullable = true) String itemTitle,

            @Schema(nullable = true, description = "Null while the line belongs to nobody.")
            UUID creatorId,

            @Schema(nullable = true, description = "The placement, where it is known.")
            String code,

            @Schema(nullable = true) Platform platform,
            @Schema(nullable = true) Medium medium,

            @Schema(required = true, description = "What the buyer paid.")
            long paidFen,

            @Schema(required = true, description = "The creator's share of what is expected.")
            long estimatedFen,

            @Schema(required = true, description = "The creator's share of what was settled.")
            long settledFen,

            @Schema(required = true, description = "What stands in the books for the creator now.")
            long amountFen,

            @Schema(required = true, description = "The technical service fee.")
            long feeFen,

            @Schema(required = true, description = "Whether the fee was not reported but assumed.")
            boolean feeAssumed,

            @Schema(required = true, description = "EXACT, WINDOW, SHARED or NONE.")
            String confidence,

            @Schema(required = true, description = "The posting month.")
            String period,

            @Schema(nullable = true) Instant paidAt,
            @Schema(nullable = true) Instant settledAt) {

        static CommissionView of(CommissionReport.Row row) {
            return new CommissionView(
                    row.orderLineId(),
                    row.orderNo(),
                    Marketplace.valueOf(row.marketplace()),
                    OrderStatus.valueOf(row.status()),
                    row.itemTitle(),
                    row.creatorId(),
                    row.code(),
                    row.platform() == null ? null : Platform.valueOf(row.platform()),
                    row.medium() == null ? null : Medium.valueOf(row.medium()),
                    row.paidFen(),
                    row.estimatedFen(),
                    row.settledFen(),
                    row.amountFen(),
                    row.feeFen(),
                    row.feeAssumed(),
                    row.confidence(),
                    row.period(),
                    row.paidAt(),
                    row.settledAt());
        }
    }

    @GET
    @Path("/commissions")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listCommissions",
            summary = "What order lines earn, newest first",
            description = "A creator sees her own, finance all.")
    public Page<CommissionView> list(
            @BeanParam FilterParameters filter,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = report
                .page(filter.filter(), caller.get().scope(), Page.position(cursor, UUID::fromString), limit + 1)
                .stream()
                .map(CommissionView::of)
                .toList();
        return Page.of(rows, limit, CommissionView::orderLineId, at);
    }

    @GET
    @Blocking
    @Path("/commissions.csv")
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportCommissions",
            summary = "What order lines earn, as a CSV file",
            description = "Ends with #END,rows,sumFen,sha256: the sum is that of amountFen, the hash is over all bytes "
                    + "before that record. A file without it is incomplete.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content =
                    @Content(
                            mediaType = "text/csv",
                            schema =
                                    @Schema(
                                            type =
                                                    org.eclipse.microprofile.openapi.annotations.enums.SchemaType
                                                            .STRING)))
    public Response export(
            @BeanParam FilterParameters parameters,
            @QueryParam("format")
                    @Pattern(regexp = "raw", message = "is raw or absent")
                    @Schema(description = "raw: ids without the TAB that spreadsheets need.")
                    String format) {
        var filter = parameters.filter();
        var scope = caller.get().scope();
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, "raw".equals(format), HEADER);
            report.each(filter, scope, row -> write(csv, row));
            csv.end();
        };
        var name =
                "commissions-" + (parameters.period == null ? BusinessTime.dayOf(clock.instant()) : parameters.period);
        return Response.ok(body, CSV)
                .header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"")
                .build();
    }

    private static void write(FinanceCsv csv, CommissionReport.Row row) {
        csv.record(Money.ofFen(row.amountFen()))
                .plain(row.orderLineId().toString())
                .id(row.orderNo())
                .id(row.parentNo())
                .plain(row.marketplace())
                .plain(row.status())
                .text(row.itemTitle())
                .plain(row.creatorId() == null ? "" : row.creatorId().toString())
                .text(row.creatorName())
                .plain(row.code())
                .plain(row.platform())
                .plain(row.scene())
                .plain(row.medium())
                .text(row.label())
                .money(row.paidFen())
                .money(row.estimatedFen())
                .money(row.settledFen())
                .money(row.amountFen())
                .money(row.feeFen())
                .plain(row.feeAssumed() ? "是" : "否")
                .plain(row.confidence())
                .plain(row.period())
                .time(row.paidAt())
                .time(row.settledAt())
                .end();
    }
}
