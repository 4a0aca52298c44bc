package dev.zhida.report;

import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.report.TrendResource.CountsView;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Beside {@link TrendResource}: paths that begin alike hide each other within one class. */
@Path("/api/v1/reports/trend.csv")
@Tag(name = "Reports")
class TrendCsvResource {

    private static final List<String> COUNTED = List.of(
            "人次 people",
            "点击 clicks",
            "显示 landings",
            "复制 copies",
            "打开 opens",
            "分享 shares",
            "粘贴 pastes",
            "订单 orders",
            "已结算订单 settledOrders",
            "付款金额 gmv",
            "付款金额(分) gmvFen",
            "博主预估 estimated",
            "博主预估(分) estimatedFen",
            "博主结算 settled",
            "博主结算(分) settledFen",
            "每百人预估 perHundredPeople",
            "每百人预估(分) perHundredPeopleFen");

    private static final List<String> HEADER = Stream.of(
                    List.of("日期 day"),
                    COUNTED,
                    List.of("对比日期 previousDay"),
                    COUNTED.stream()
                            .map(name -> "对比" + name.replace(" ", " previous."))
                            .toList(),
                    List.of("数据截至 dataTo", "此日之前已冻结 frozenBefore"))
            .flatMap(List::stream)
            .toList();

    private final TrendResource trend;

    TrendCsvResource(TrendResource trend) {
        this.trend = trend;
    }

    @GET
    @Blocking
    @Produces(FunnelCsvResource.CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportTrend",
            summary = "Day by day, beside as many days right before, as a CSV file",
            description =
                    "A record for each day. An order whose parts were clicked on two days stands on both, so that days "
                            + "may add up to more orders than there are. Ends with #END,rows,sumFen,sha256: the sum is that of gmvFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(
            @QueryParam("from") LocalDate from,
            @QueryParam("until") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") String code) {
        // Before the stream begins, so that a refusal is an answer of its own.
        var view = trend.trend(from, until, campaign, code);
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, HEADER, false);
            for (var day : view.days()) {
                write(csv, view, day);
            }
            csv.end();
        };
        return FunnelCsvResource.download(
                body, "trend-" + view.days().getFirst().day());
    }

    private static void write(FinanceCsv csv, TrendResource.TrendView view, TrendResource.DayView day)
            throws IOException {
        var row = csv.record(Money.ofFen(day.counts().money().gmvFen()))
                .plain(day.day().toString());
        cells(row, day.counts());
        row.plain(day.previousDay().toString());
        cells(row, day.previous());
        row.time(view.dataTo()).plain(view.frozenBefore().toString()).end();
    }

    private static void cells(FinanceCsv.Record row, CountsView counts) {
        Stream.of(
                        counts.people(),
                        counts.clicks(),
                        counts.landings(),
                        counts.copies(),
                        counts.opens(),
                        counts.shares(),
                        counts.pastes(),
                        counts.orders(),
                        counts.settledOrders())
                .forEach(count -> row.plain(Long.toString(count)));
        row.money(counts.money().gmvFen());
        FunnelReport.money(row, counts.money().estimatedFen());
        FunnelReport.money(row, counts.money().settledFen());
        FunnelReport.money(row, counts.money().perHundredPeopleFen());
    }
}
