package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
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

@Path("/api/v1/reports/click-to-order")
@Tag(name = "Reports")
class ClickToOrderResource {

    private final PlacementCounts counts;
    private final CurrentCaller caller;
    private final Clock clock;

    ClickToOrderResource(PlacementCounts counts, CurrentCaller caller, Clock clock) {
        this.counts = counts;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "DelayBar")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record BarView(
            @Schema(required = true, description = "Seconds from the click to the order, this many or more.")
            long fromSeconds,

            @Schema(nullable = true, description = "And fewer than this many; null for the last bar.")
            Long untilSeconds,

            @Schema(required = true, description = "Distinct valid parent orders.")
            long orders) {}

    @Schema(name = "ClickToOrder")
    record ClickToOrderView(
            @Schema(required = true) List<BarView> bars,

            @Schema(required = true, description = "Orders of which a marketplace told no time.")
            long unknown,

            @Schema(required = true) Instant dataTo) {

        static ClickToOrderView of(List<Long> delays, Instant dataTo) {
            var bounds = PlacementCounts.DELAY_BOUNDS;
            return new ClickToOrderView(
                    IntStream.rangeClosed(0, bounds.size())
                            .mapToObj(i -> new BarView(
                                    i == 0 ? 0 : bounds.get(i - 1),
                                    i == bounds.size() ? null : bounds.get(i),
                                    delays.get(i)))
                            .toList(),
                    delays.getLast(),
                    dataTo);
        }
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "clickToOrder",
            summary = "How long buyers took from the click to the order",
            description =
                    "Both times are the marketplaces' own. Below 15 seconds few people manage to buy. Orders by slots "
                            + "that several placements share are among them, but not of a campaign, a brand or one placement.")
    public ClickToOrderView delays(
            @QueryParam("from") @Schema(description = "First day; 90 days before `until` if left out.") LocalDate from,
            @QueryParam("until") @Schema(description = "Day after the last; tomorrow if left out.") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") @Schema(description = "One placement only.") String code) {
        var at = clock.instant();
        var selection = new PlacementCounts.Selection(caller.get().scope(), campaign, code);
        return ClickToOrderView.of(counts.delays(selection, Days.asked(from, until, at)), at);
    }
}
