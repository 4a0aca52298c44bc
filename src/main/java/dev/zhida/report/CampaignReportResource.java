package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.Caller;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.BusinessTime;
import dev.zhida.report.FunnelReport.GroupView;
import dev.zhida.report.FunnelReport.Rank;
import dev.zhida.report.PlacementCounts.Grouping;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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

@Path("/api/v1/reports/campaigns")
@Tag(name = "Reports")
class CampaignReportResource {

    private static final int MOST_DAYS = 400;
    private static final int RANKED = 200;

    private final CampaignReport report;
    private final FunnelReport funnels;
    private final PlacementCounts counts;
    private final CurrentCaller caller;
    private final Clock clock;

    CampaignReportResource(
            CampaignReport report, FunnelReport funnels, PlacementCounts counts, CurrentCaller caller, Clock clock) {
        this.report = report;
        this.funnels = funnels;
        this.counts = counts;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "SuspiciousPattern")
    record SuspicionView(
            @Schema(required = true) Suspicion.Kind kind,
            @Schema(required = true) String code,
            @Schema(required = true) UUID creatorId,
            @Schema(required = true) String creator,
            @Schema(required = true) String zh,
            @Schema(required = true) String en) {}

    @Schema(name = "CampaignReport")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record CampaignReportView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name,
            @Schema(required = true) String brand,
            @Schema(required = true) LocalDate from,
            @Schema(required = true) LocalDate until,

            @Schema(nullable = true, description = "The whole campaign; null while nothing is counted of it.")
            GroupView total,

            @Schema(
                    required = true,
                    description = "Commission that the marketplaces report of valid orders: settled, else expected.")
            long costFen,

            @Schema(
                    nullable = true,
                    description = "What buyers paid per yuan of commission, in hundredths, rounded down; null without "
                            + "commission.")
            Long returnPercent,

            @Schema(required = true, description = "Creators by orders, the best first.")
            List<GroupView> creators,

            @Schema(required = true) List<GroupView> platforms,
            @Schema(required = true) List<GroupView> media,
            @Schema(required = true) List<GroupView> coupons,
            @Schema(required = true) ClickToOrderResource.ClickToOrderView clickToOrder,

            @Schema(required = true, description = "What is worth a look; none of it proves anything.")
            List<SuspicionView> suspicions,

            @Schema(required = true, description = "What cannot be observed here.")
            List<String> notObserved,

            @Schema(required = true) Instant dataTo) {}

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "campaignReport",
            summary = "A campaign: funnel, cost, return, creators ranked, what stands out",
            description = "A brand sees its own. Days are the campaign's own if left out.")
    public CampaignReportView campaign(
            @PathParam("id") UUID id, @QueryParam("from") LocalDate from, @QueryParam("until") LocalDate until) {
        var at = clock.instant();
        var who = caller.get();
        var dataTo = funnels.dataTo();
        var head = report.head(id, who.scope());
        var days = days(head, from, until, at);
        var selection = new PlacementCounts.Selection(who.scope(), id, null);
        var total = groups(Grouping.CAMPAIGN, who, id, days);
        var cost = counts.cost(selection, days);
        return new CampaignReportView(
                head.id(),
                head.name(),
                head.brand(),
                days.from(),
                days.until(),
                total.isEmpty() ? null : total.getFirst(),
                cost.fen(),
                cost.isPositive() && !total.isEmpty()
                        ? Math.floorDiv(total.getFirst().money().gmvFen() * 100, cost.fen())
                        : null,
                groups(Grouping.CREATOR, who, id, days),
                groups(Grouping.PLATFORM, who, id, days),
                groups(Grouping.MEDIUM, who, id, days),
                groups(Grouping.COUPON, who, id, days),
                ClickToOrderResource.ClickToOrderView.of(counts.delays(selection, days), dataTo),
                report.suspicions(id, days).stream()
                        .map(found -> new SuspicionView(
                                found.pattern().kind(),
                                found.code(),
                                found.creatorId(),
                                found.creator(),
                                found.pattern().zh(),
                                found.pattern().en()))
                        .toList(),
                FunnelReport.notObserved(null),
                dataTo);
    }

    private static Days days(CampaignReport.Head head, LocalDate from, LocalDate until, Instant now) {
        var today = BusinessTime.dayOf(now);
        var last = until != null
                ? until
                : earlier(BusinessTime.dayOf(head.untilAt().minusMillis(1)), today)
                        .plusDays(1);
        var first = from != null ? from : BusinessTime.dayOf(head.fromAt());
        if (until == null && !first.isBefore(last)) {
            // It has not begun.
            last = first.plusDays(1);
        }
        if (from == null && first.isBefore(last.minusDays(MOST_DAYS))) {
            first = last.minusDays(MOST_DAYS);
        }
        return Days.asked(first, last, now);
    }

    private static LocalDate earlier(LocalDate one, LocalDate other) {
        return one.isBefore(other) ? one : other;
    }

    private List<GroupView> groups(Grouping by, Caller who, UUID id, Days days) {
        var groups = funnels.ranked(new FunnelReport.Asked(by, Rank.ORDERS, days), who, id, null)
                .groups();
        return IntStream.range(0, Math.min(RANKED, groups.size()))
                .mapToObj(i -> GroupView.of(i + 1, groups.get(i), who))
                .toList();
    }
}
