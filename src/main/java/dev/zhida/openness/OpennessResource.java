package dev.zhida.openness;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.comparison.Interval;
import dev.zhida.comparison.Proportions;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.openness.ChangeDetector.Change;
import dev.zhida.openness.ChangeDetector.Rate;
import dev.zhida.openness.OpennessStore.Alert;
import dev.zhida.openness.OpennessWatch.Found;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Scene;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/openness")
@Tag(name = "Openness", description = "Whether links open today, where, and since when not.")
class OpennessResource {

    private static final int MOST_POINTS = 2_016;

    private final OpennessStore store;
    private final OpennessWatch watch;
    private final CurrentCaller caller;
    private final Clock clock;

    OpennessResource(OpennessStore store, OpennessWatch watch, CurrentCaller caller, Clock clock) {
        this.store = store;
        this.watch = watch;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "OpennessCell")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record CellView(
            @Schema(
                    required = true,
                    description =
                            "OPEN: pages shown that were opened within minutes. ORDER: orders that followed within "
                                    + "hours where fans are sent straight on.")
            Measure measure,

            @Schema(required = true) HostApp hostApp,
            @Schema(nullable = true) Integer appMajor,
            @Schema(nullable = true) Os os,
            @Schema(nullable = true) Scene scene,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) Medium medium,

            @Schema(
                    nullable = true,
                    description =
                            "By what time orders count; null for OPEN. CREATED where the marketplace tells no click: "
                                    + "orders stand beside the clicks of the minutes in which they were made, so a change shows "
                                    + "later, and late orders after a rush look like a better rate.")
            Cell.TimeOfOrders timeOfOrders) {

        static CellView of(Cell cell) {
            return new CellView(
                    cell.measure(),
                    cell.hostApp(),
                    cell.appMajor() == 0 ? null : cell.appMajor(),
                    cell.os(),
                    cell.scene(),
                    cell.marketplace(),
                    cell.medium(),
                    cell.timeOfOrders());
        }
    }

    @Schema(name = "OpennessRate")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RateView(
            @Schema(required = true, description = "Pages shown, or fans sent on.")
            long shown,

            @Schema(required = true, description = "Opened, or ordered.")
            long opened,

            @Schema(description = "Opened per shown; absent without any.")
            Double rate,

            @Schema(description = "Wilson's 95 % interval.") Double low,
            Double high) {

        static RateView of(long shown, long opened) {
            if (shown == 0) {
                return new RateView(0, 0, null, null, null);
            }
            Interval rate = Proportions.wilson(opened, shown);
            return new RateView(shown, opened, rate.estimate(), rate.low(), rate.high());
        }

        static RateView of(Rate rate) {
            return of(rate.shown(), rate.opened());
        }
    }

    @Schema(name = "OpennessNow")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record NowView(
            @Schema(required = true) CellView cell,

            @Schema(required = true, description = "The last 24 hours.")
            RateView lastDay,

            @Schema(required = true, description = "The seven days before these.")
            RateView weekBefore,

            @Schema(nullable = true, description = "When it was last found to have changed.")
            Instant changedAt) {}

    @Schema(name = "OpennessNowList")
    record NowsView(
            @Schema(required = true) List<NowView> items,
            @Schema(required = true) Instant dataTo) {}

    @Schema(name = "OpennessAlert")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AlertView(
            @Schema(required = true) UUID id,
            @Schema(required = true) CellView cell,

            @Schema(required = true, description = "The most likely start of the ten minutes in which it changed.")
            Instant changedAt,

            @Schema(required = true) Instant detectedAt,
            @Schema(required = true) RateView before,
            @Schema(required = true) RateView after,
            @Schema(required = true) String zh,
            @Schema(required = true) String en,

            @Schema(
                    nullable = true,
                    description = "How clicks should be answered there; null if the rules say so already.")
            Delivery proposedDelivery,

            @Schema(nullable = true) Posting proposedPosting,

            @Schema(
                    required = true,
                    enumeration = {"OPEN", "ACCEPTED", "DISMISSED"})
            String state,

            @Schema(nullable = true, description = "The host-app rule that was made of it.")
            Integer ruleVersion) {

        static AlertView of(Alert alert) {
            var change = alert.change();
            return new AlertView(
                    alert.id(),
                    CellView.of(alert.cell()),
                    change.at(),
                    change.detectedAt(),
                    RateView.of(change.before()),
                    RateView.of(change.after()),
                    AlertWords.zh(alert.cell(), change),
                    AlertWords.en(alert.cell(), change),
                    alert.proposal() == null ? null : alert.proposal().delivery(),
                    alert.proposal() == null ? null : alert.proposal().posting(),
                    alert.decision().state(),
                    alert.decision().rule());
        }
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "openness",
            summary = "What opens where: the last day beside the week before",
            description = "All creators' fans together.")
    public NowsView now(@QueryParam("at") @Schema(description = "As of another time.") Instant at) {
        var asOf = at == null ? clock.instant() : at;
        var items = store.now(asOf).stream()
                .filter(now -> seen().contains(now.cell().measure()))
                .map(now -> new NowView(
                        CellView.of(now.cell()), RateView.of(now.latest()), RateView.of(now.before()), now.changedAt()))
                .toList();
        return new NowsView(items, dataTo(asOf, Measure.OPEN));
    }

    /** Creators and brands are not told how many orders others have. */
    private List<Measure> seen() {
        return caller.get().scope() instanceof Scope.Everything ? List.of(Measure.values()) : List.of(Measure.OPEN);
    }

    @GET
    @Path("/alerts")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listOpennessAlerts", summary = "What stopped or began to open, newest first")
    public Page<AlertView> alerts(
            @QueryParam("state")
                    @Pattern(regexp = "OPEN|ACCEPTED|DISMISSED", message = "is OPEN, ACCEPTED or DISMISSED")
                    String state,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var dataTo = dataTo(clock.instant(), Measure.OPEN);
        var rows = store.alerts(seen(), state, Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(AlertView::of)
                .toList();
        return Page.of(rows, limit, AlertView::id, dataTo);
    }

    @Schema(name = "OpennessDecision")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record DecisionView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String state,
            @Schema(nullable = true) Integer ruleVersion) {}

    @POST
    @Path("/alerts/{id}/accept")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "acceptOpennessAlert",
            summary = "Make the proposed host-app rule",
            description = "From now on clicks there are answered by it.")
    public DecisionView accept(@PathParam("id") UUID id) {
        return new DecisionView(id, "ACCEPTED", watch.accept(id, caller.get().personId()));
    }

    @POST
    @Path("/alerts/{id}/dismiss")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(operationId = "dismissOpennessAlert", summary = "Leave the rules as they are")
    public DecisionView dismiss(@PathParam("id") UUID id) {
        watch.dismiss(id, caller.get().personId());
        return new DecisionView(id, "DISMISSED", null);
    }

    @Schema(name = "OpennessPoint")
    record PointView(
            @Schema(required = true) Instant at,
            @Schema(required = true) RateView rate) {}

    @Schema(name = "OpennessTimeline")
    record TimelineView(
            @Schema(required = true) CellView cell,
            @Schema(required = true) List<PointView> points,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @Path("/timeline")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "opennessTimeline", summary = "A cell over time; points without fans are left out")
    public TimelineView timeline(
            @QueryParam("measure") @DefaultValue("OPEN") Measure measure,
            @QueryParam("hostApp") @NotNull @Schema(required = true) HostApp hostApp,
            @QueryParam("appMajor") @Schema(description = "All versions together if left out.") Integer appMajor,
            @QueryParam("os") @Parameter(description = "All systems together if left out.") Os os,
            @QueryParam("scene") @Parameter(description = "All scenes together if left out.") Scene scene,
            @QueryParam("marketplace") @NotNull @Schema(required = true) Marketplace marketplace,
            @QueryParam("medium") @NotNull @Schema(required = true) Medium medium,
            @QueryParam("from") @Schema(description = "A week before `until` if left out.") Instant from,
            @QueryParam("until") @Schema(description = "Now if left out.") Instant until,
            @QueryParam("minutes")
                    @DefaultValue("60")
                    @Min(10)
                    @Max(1_440)
                    @Schema(description = "Length of a point, a multiple of ten.")
                    int minutes) {
        var end = until == null ? clock.instant() : until;
        var begin = from == null ? end.minus(Duration.ofDays(7)) : from;
        var step = Duration.ofMinutes(minutes);
        if (minutes % 10 != 0
                || !begin.isBefore(end)
                || Duration.between(begin, end).dividedBy(step) > MOST_POINTS) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "period-out-of-range",
                    "`from` is before `until`, `minutes` a multiple of ten, and there are at most " + MOST_POINTS
                            + " points");
        }
        if (!seen().contains(measure)) {
            throw new Refusal(
                    Refusal.Kind.FORBIDDEN,
                    "orders-of-others",
                    "how many orders others have is not told: ask for OPEN");
        }
        var cell = new Cell(measure, hostApp, appMajor == null ? 0 : appMajor, os, scene, marketplace, medium);
        var points = store.timeline(cell, appMajor == null, begin, end, step).stream()
                .map(count -> new PointView(count.at(), RateView.of(count.shown(), count.opened())))
                .toList();
        return new TimelineView(CellView.of(cell), points, dataTo(end, measure));
    }

    @Schema(name = "OpennessReplay")
    record ReplayRequest(
            @Schema(description = "OPEN if left out.") Measure measure,
            @NotNull Instant from,
            @NotNull Instant until) {}

    @Schema(name = "OpennessChange")
    record ChangeView(
            @Schema(required = true) CellView cell,
            @Schema(required = true) Instant changedAt,
            @Schema(required = true) Instant detectedAt,
            @Schema(required = true) RateView before,
            @Schema(required = true) RateView after,
            @Schema(required = true) String zh,
            @Schema(required = true) String en) {

        static ChangeView of(Found found) {
            Change change = found.change();
            return new ChangeView(
                    CellView.of(found.cell()),
                    change.at(),
                    change.detectedAt(),
                    RateView.of(change.before()),
                    RateView.of(change.after()),
                    AlertWords.zh(found.cell(), change),
                    AlertWords.en(found.cell(), change));
        }
    }

    @Schema(name = "OpennessReplayed")
    record ReplayedView(
            @Schema(required = true, description = "Counts of ten minutes that were looked at.")
            int counts,

            @Schema(required = true) List<ChangeView> changes) {}

    @POST
    @Blocking
    @Path("/replays")
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "replayOpenness",
            summary = "Run the watch over stored touches",
            description = "Keeps nothing. The same touches and orders give the same answer.")
    public ReplayedView replay(@NotNull @Valid ReplayRequest request) {
        var replayed = watch.replay(
                request.measure() == null ? Measure.OPEN : request.measure(), request.from(), request.until());
        return new ReplayedView(
                replayed.counts(), replayed.found().stream().map(ChangeView::of).toList());
    }

    /** Nothing is counted yet of a new installation. */
    private Instant dataTo(Instant asOf, Measure measure) {
        var until = store.countedUntil().getOrDefault(measure, asOf.minus(watch.settles(measure)));
        return until.isBefore(asOf) ? until : asOf;
    }
}
