package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.report.Funnel.Counts;
import dev.zhida.report.FunnelReport.MoneyView;
import dev.zhida.report.FunnelReport.WithoutPlacementView;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/reports/trend")
@Tag(name = "Reports")
class TrendResource {

    private final PlacementCounts counts;
    private final FunnelReport report;
    private final CurrentCaller caller;
    private final Clock clock;

    TrendResource(PlacementCounts counts, FunnelReport report, CurrentCaller caller, Clock clock) {
        this.counts = counts;
        this.report = report;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "TrendCounts")
    record CountsView(
            @Schema(required = true) long people,
            @Schema(required = true) long clicks,
            @Schema(required = true) long landings,
            @Schema(required = true) long copies,
            @Schema(required = true) long opens,
            @Schema(required = true) long shares,
            @Schema(required = true) long pastes,
            @Schema(required = true) long orders,
            @Schema(required = true) long settledOrders,
            @Schema(required = true) MoneyView money) {}

    @Schema(name = "TrendDay")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record DayView(
            @Schema(required = true) LocalDate day,
            @Schema(required = true) CountsView counts,

            @Schema(required = true, description = "The day of the period before that stands for this one.")
            LocalDate previousDay,

            @Schema(required = true) CountsView previous) {}

    @Schema(name = "Trend")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record TrendView(
            @Schema(required = true) List<DayView> days,

            @Schema(required = true, description = "All days; an order that stands on several counts once.")
            CountsView total,

            @Schema(required = true, description = "All days of the period before.")
            CountsView previousTotal,

            @Schema(nullable = true, description = FunnelResource.WITHOUT_PLACEMENT)
            WithoutPlacementView ordersWithoutPlacement,

            @Schema(required = true, description = "What cannot be observed here.")
            List<String> notObserved,

            @Schema(required = true) Instant dataTo,

            @Schema(required = true, description = FunnelResource.FROZEN)
            LocalDate frozenBefore) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "trend",
            summary = "Day by day, beside as many days right before",
            description = "Orders stand on the day of the click that they came from; those of the last days are still "
                    + "coming in. An order whose parts were clicked on two days stands on both, and once in the total.")
    public TrendView trend(
            @QueryParam("from") @Schema(description = "First day; 90 days before `until` if left out.") LocalDate from,
            @QueryParam("until") @Schema(description = "Day after the last; tomorrow if left out.") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") @Schema(description = "One placement only.") String code) {
        var at = clock.instant();
        var asOf = report.asOf();
        var days = Days.asked(from, until, at);
        var selection = new PlacementCounts.Selection(caller.get().scope(), campaign, code);
        var trend = counts.trend(selection, days);
        var list = IntStream.range(0, (int) days.count())
                .mapToObj(i -> new DayView(
                        days.from().plusDays(i),
                        view(of(trend, days.from().plusDays(i))),
                        days.before().from().plusDays(i),
                        view(of(trend, days.before().from().plusDays(i)))))
                .toList();
        return new TrendView(
                list,
                view(trend.total()),
                view(trend.previous()),
                WithoutPlacementView.of(trend.withoutPlacement()),
                FunnelReport.withoutPlacementInWords(trend.withoutPlacement()),
                asOf.dataTo(),
                asOf.frozenBefore());
    }

    private CountsView view(Counts c) {
        return new CountsView(
                c.people(),
                c.clicks(),
                c.landings(),
                c.copies(),
                c.opens(),
                c.shares(),
                c.pastes(),
                c.orders(),
                c.settledOrders(),
                MoneyView.of(c, caller.get()));
    }

    private static final Counts NOTHING = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static Counts of(PlacementCounts.Trend trend, LocalDate day) {
        return trend.byDay().getOrDefault(day, NOTHING);
    }
}
