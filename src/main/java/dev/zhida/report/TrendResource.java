package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.report.Funnel.Counts;
import dev.zhida.report.FunnelReport.MoneyView;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
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
    record TrendView(
            @Schema(required = true) List<DayView> days,

            @Schema(required = true, description = "All days.")
            CountsView total,

            @Schema(required = true, description = "All days of the period before.")
            CountsView previousTotal,

            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "trend",
            summary = "Day by day, beside as many days right before",
            description = "Orders stand on the day of the click that they came from; those of the last days are still "
                    + "coming in.")
    public TrendView trend(
            @QueryParam("from") @Schema(description = "First day; 90 days before `until` if left out.") LocalDate from,
            @QueryParam("until") @Schema(description = "Day after the last; tomorrow if left out.") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") @Schema(description = "One placement only.") String code) {
        var at = clock.instant();
        var dataTo = report.dataTo();
        var days = Days.asked(from, until, at);
        var selection = new PlacementCounts.Selection(caller.get().scope(), campaign, code);
        var both = counts.byDay(selection, new Days(days.before().from(), days.until()));
        var list = IntStream.range(0, (int) days.count())
                .mapToObj(i -> new DayView(
                        days.from().plusDays(i),
                        view(of(both, days.from().plusDays(i))),
                        days.before().from().plusDays(i),
                        view(of(both, days.before().from().plusDays(i)))))
                .toList();
        return new TrendView(list, view(sum(both, days)), view(sum(both, days.before())), dataTo);
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

    private static final Counts NOTHING = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static Counts of(Map<LocalDate, Counts> byDay, LocalDate day) {
        return byDay.getOrDefault(day, NOTHING);
    }

    private static Counts sum(Map<LocalDate, Counts> byDay, Days days) {
        var inside = byDay.entrySet().stream()
                .filter(day ->
                        !day.getKey().isBefore(days.from()) && day.getKey().isBefore(days.until()))
                .map(Map.Entry::getValue)
                .toList();
        return new Counts(
                sum(inside, Counts::clicks),
                sum(inside, Counts::people),
                sum(inside, Counts::sentOn),
                sum(inside, Counts::pages),
                sum(inside, Counts::landings),
                sum(inside, Counts::copies),
                sum(inside, Counts::opens),
                sum(inside, Counts::shares),
                sum(inside, Counts::broughtBack),
                sum(inside, Counts::pastes),
                sum(inside, Counts::orders),
                sum(inside, Counts::settledOrders),
                sum(inside, Counts::invalidOrders),
                sum(inside, Counts::gmvFen),
                sum(inside, Counts::estimatedFen),
                sum(inside, Counts::settledFen));
    }

    private static long sum(List<Counts> counts, ToLongFunction<Counts> part) {
        return counts.stream().mapToLong(part).sum();
    }
}
