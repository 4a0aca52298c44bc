package dev.zhida.report;

import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.platform.Medium;
import dev.zhida.report.ComparisonView.ArmView;
import dev.zhida.report.ComparisonView.GroupView;
import dev.zhida.report.ComparisonView.SideView;
import dev.zhida.report.ComparisonView.WarningView;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/reports/comparison.csv")
@Tag(name = "Reports", description = "What works where.")
class ComparisonCsvResource {

    private static final String CSV = "text/csv; charset=utf-8";

    private static final List<String> HEADER = List.of(
            "分组 key",
            "名称 name",
            "形式 medium",
            "分母 denominator",
            "数量 n",
            "订单 orders",
            "下单率 rate",
            "下限 low",
            "上限 high",
            "已结算订单 settledOrders",
            "成交额 gmv",
            "成交额(分) gmvFen",
            "佣金预估 commission",
            "佣金预估(分) commissionFen",
            "与链接之差 difference",
            "差下限 differenceLow",
            "差上限 differenceHigh",
            "分层差 mantelHaenszel",
            "分层差下限 mantelHaenszelLow",
            "分层差上限 mantelHaenszelHigh",
            "标准化差 standardised",
            "标准化差下限 standardisedLow",
            "标准化差上限 standardisedHigh",
            "辛普森 simpson",
            "校正后 p pHolm",
            "状态 state",
            "每边所需 neededPerArm",
            "结论 sentence",
            "conclusion",
            "数据截至 dataTo",
            "提示 warnings",
            "率比 riskRatio",
            "率比下限 riskRatioLow",
            "率比上限 riskRatioHigh",
            "差的范围下限 boundsLow",
            "差的范围上限 boundsHigh",
            "不确定订单 uncertainOrders",
            "异质性 p heterogeneityP",
            "异质性 inconsistency",
            "收缩下单率 shrunkenRate",
            "收缩链接下单率 shrunkenLinkRate",
            "优于链接的概率 probabilityBetter",
            "p",
            "未计入标准化 leftOut",
            "更好 better");

    /** Columns that only a side against the link has, before and after those of the whole file. */
    private static final int OF_SIDE = 15;

    private static final int MORE_OF_SIDE = 14;

    private final ComparisonResource comparison;

    ComparisonCsvResource(ComparisonResource comparison) {
        this.comparison = comparison;
    }

    @GET
    @Blocking
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportComparison",
            summary = "Token against link, as a CSV file",
            description =
                    "A record for each medium of each group. Ends with #END,rows,sumFen,sha256: the sum is that of "
                            + "commissionFen, the hash is over all bytes before that record.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(
            @BeanParam ComparisonResource.Parameters parameters,
            @QueryParam("format")
                    @Pattern(regexp = "raw", message = "is raw or absent")
                    @Schema(description = "raw: ids without the TAB that spreadsheets need.")
                    String format) {
        // Before the stream begins, so that a refusal is an answer of its own.
        var view = comparison.compare(parameters);
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, HEADER, "raw".equals(format));
            for (var group : view.groups()) {
                for (var arm : group.arms().entrySet()) {
                    write(csv, view, group, arm.getKey(), arm.getValue());
                }
            }
            csv.end();
        };
        return Response.ok(body, CSV)
                .header("Content-Disposition", "attachment; filename=\"comparison-" + view.lastDay() + ".csv\"")
                .build();
    }

    private static void write(FinanceCsv csv, ComparisonView view, GroupView group, Medium medium, ArmView arm)
            throws IOException {
        var record = csv.record(Money.ofFen(arm.commissionFen() == null ? 0 : arm.commissionFen()))
                .text(group.key())
                .text(group.name())
                .plain(medium.name())
                .plain(view.denominator())
                .plain(Long.toString(arm.n()))
                .plain(Long.toString(arm.orders()))
                .number(arm.rate())
                .number(arm.low())
                .number(arm.high())
                .plain(Long.toString(arm.settledOrders()))
                .money(arm.gmvFen());
        if (arm.commissionFen() == null) {
            record.empty(2);
        } else {
            record.money(arm.commissionFen());
        }
        var side = side(group, medium);
        if (side == null) {
            record.empty(OF_SIDE);
        } else {
            side(record, side);
        }
        record.time(view.dataTo())
                .plain(view.warnings().stream().map(WarningView::code).collect(Collectors.joining(" ")));
        if (side == null) {
            record.empty(MORE_OF_SIDE);
        } else {
            moreOfSide(record, side);
        }
        record.end();
    }

    private static SideView side(GroupView group, Medium medium) {
        return switch (medium) {
            case TOKEN -> group.token();
            case NATIVE_TOKEN -> group.nativeToken();
            case LINK, IMAGE -> null;
        };
    }

    private static void side(FinanceCsv.Record record, SideView side) {
        var mantelHaenszel = side.mantelHaenszel();
        var standardised = side.standardised();
        record.interval(side.difference())
                .interval(mantelHaenszel == null ? null : mantelHaenszel.difference())
                .interval(standardised == null ? null : standardised.difference())
                .plain(side.simpson().name())
                .number(side.pHolm())
                .plain(side.state().name())
                .plain(Long.toString(side.neededPerArm()))
                .text(side.sentence().zh())
                .text(side.sentence().en());
    }

    private static void moreOfSide(FinanceCsv.Record record, SideView side) {
        record.interval(side.riskRatio());
        var bounds = side.bounds();
        if (bounds == null) {
            record.empty(3);
        } else {
            record.number(bounds.low()).number(bounds.high()).plain(Long.toString(bounds.uncertainOrders()));
        }
        var heterogeneity = side.heterogeneity();
        if (heterogeneity == null) {
            record.empty(2);
        } else {
            record.number(heterogeneity.p()).number(heterogeneity.inconsistency());
        }
        var shrunken = side.shrunken();
        if (shrunken == null) {
            record.empty(3);
        } else {
            record.number(shrunken.token()).number(shrunken.link()).number(shrunken.tokenBetter());
        }
        record.number(side.p())
                .plain(
                        side.standardised() == null
                                ? ""
                                : Long.toString(side.standardised().leftOut()))
                .plain(side.better() == null ? "" : side.better().name());
    }
}
