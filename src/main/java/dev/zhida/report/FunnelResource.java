package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.report.FunnelReport.GroupView;
import dev.zhida.report.FunnelReport.WithoutPlacementView;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/reports/funnel")
@Tag(name = "Reports", description = "What works where.")
class FunnelResource {

    static final String BY = "placement, creator, campaign, platform, scene, medium, offer or coupon (how much it took "
            + "off the price when the placement was made).";
    static final String FROZEN = "Counts of earlier days are frozen: their touches are gone.";
    static final String WITHOUT_PLACEMENT =
            "Orders by slots that several placements share, which stand in none of the groups, days and totals; null where "
                    + "it cannot be told whether they belong here: of a campaign, a brand or one placement.";
    static final String RANK = "orders, clicks, gmv, earned, epc (earned per person) or shares.";

    private final FunnelReport report;
    private final CurrentCaller caller;

    FunnelResource(FunnelReport report, CurrentCaller caller) {
        this.report = report;
        this.caller = caller;
    }

    @Schema(name = "Funnels")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record FunnelsView(
            @Schema(required = true) LocalDate from,
            @Schema(required = true) LocalDate until,

            @Schema(required = true, description = "Groups with anything to count.")
            int total,

            @Schema(required = true, description = "The best groups.")
            List<GroupView> groups,

            @Schema(nullable = true, description = WITHOUT_PLACEMENT)
            WithoutPlacementView ordersWithoutPlacement,

            @Schema(required = true, description = "What cannot be observed here.")
            List<String> notObserved,

            @Schema(required = true, description = "Up to when touches are counted.")
            Instant dataTo,

            @Schema(required = true, description = FROZEN) LocalDate frozenBefore) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "funnel",
            summary = "The way from click to settled money by group, the best first",
            description = "Each step says how it is known and what is lost at it. Touches count on their day, orders "
                    + "on the day of the click that they came from. Orders by marketplaces' own tokens enter no rate: "
                    + "nobody here sees their buyers arrive.")
    public FunnelsView funnel(
            @QueryParam("by") @DefaultValue("placement") @Schema(description = BY) String by,
            @QueryParam("rank") @DefaultValue("orders") @Schema(description = RANK) String rank,
            @QueryParam("from") @Schema(description = "First day; 90 days before `until` if left out.") LocalDate from,
            @QueryParam("until") @Schema(description = "Day after the last; tomorrow if left out.") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") @Schema(description = "One placement only.") String code,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        var asOf = report.asOf();
        var asked = report.asked(by, rank, from, until);
        var groups = report.ranked(asked, caller.get(), campaign, code);
        var best = groups.groups();
        return new FunnelsView(
                asked.days().from(),
                asked.days().until(),
                best.size(),
                IntStream.range(0, Math.min(limit, best.size()))
                        .mapToObj(i -> GroupView.of(i + 1, best.get(i), caller.get()))
                        .toList(),
                WithoutPlacementView.of(groups.withoutPlacement()),
                FunnelReport.notObserved(asked.by() == PlacementCounts.Grouping.COUPON, groups.withoutPlacement()),
                asOf.dataTo(),
                asOf.frozenBefore());
    }
}
