package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.Caller;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.report.FunnelReport.GroupView;
import dev.zhida.report.FunnelReport.Rank;
import dev.zhida.report.PlacementCounts.Group;
import dev.zhida.report.PlacementCounts.Grouping;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
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

            @Schema(required = true) Instant dataTo,

            @Schema(required = true, description = FunnelResource.FROZEN)
            LocalDate frozenBefore) {}

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "campaignReport",
            summary = "A campaign: funnel, cost, return, creators ranked, what stands out",
            description = "A brand sees its own. Days are the campaign's own if left out.")
    public CampaignReportView campaign(
            @PathParam("id") UUID id, @QueryParam("from") LocalDate from, @QueryParam("until") LocalDate until) {
        var who = caller.get();
        var whole = report(id, who, from, until);
        return new CampaignReportView(
                id,
                whole.head().name(),
                whole.head().brand(),
                whole.days().from(),
                whole.days().until(),
                whole.total().isEmpty() ? null : GroupView.of(1, whole.total().getFirst(), who),
                whole.cost().fen(),
                whole.returnPercent(),
                views(whole.creators(), who),
                views(whole.platforms(), who),
                views(whole.media(), who),
                views(whole.coupons(), who),
                ClickToOrderResource.ClickToOrderView.of(
                        counts.delays(whole.selection(), whole.days()),
                        whole.asOf().dataTo()),
                whole.suspicions().stream()
                        .map(found -> new SuspicionView(
                                found.pattern().kind(),
                                found.code(),
                                found.creatorId(),
                                found.creator(),
                                found.pattern().zh(),
                                found.pattern().en()))
                        .toList(),
                FunnelReport.notObserved(true, null),
                whole.asOf().dataTo(),
                whole.asOf().frozenBefore());
    }

    private static final List<String> HEADER = Stream.of(
                    List.of("部分 section"),
                    FunnelReport.HEADER,
                    List.of("成本 cost", "成本(分) costFen", "每元成本成交(百分之一) returnPercent", "说明 zh", "note en"))
            .flatMap(List::stream)
            .toList();

    @GET
    @Path("/{id}.csv")
    @Blocking
    @Produces(FunnelCsvResource.CSV)
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportCampaignReport",
            summary = "A campaign as a CSV file: in total, by creator, platform, medium and coupon, what stands out",
            description =
                    "A record for each group of each section, and for what stands out, with its placement as key. Ends "
                            + "with #END,rows,sumFen,sha256: the sum is gmvFen of the section total.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(
            @PathParam("id") UUID id, @QueryParam("from") LocalDate from, @QueryParam("until") LocalDate until) {
        var who = caller.get();
        var whole = report(id, who, from, until);
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, HEADER, false);
            for (var total : whole.total()) {
                var row = csv.record(Money.ofFen(total.counts().gmvFen())).plain("total");
                FunnelReport.cells(row, "1", total, who, whole.asOf())
                        .money(whole.cost().fen())
                        .plain(Objects.toString(whole.returnPercent(), ""))
                        .plain("")
                        .plain("")
                        .end();
            }
            write(csv, "creator", whole.creators(), who, whole.asOf());
            write(csv, "platform", whole.platforms(), who, whole.asOf());
            write(csv, "medium", whole.media(), who, whole.asOf());
            write(csv, "coupon", whole.coupons(), who, whole.asOf());
            for (var found : whole.suspicions()) {
                var row = csv.record(Money.ZERO)
                        .plain("suspicion")
                        .plain("")
                        .plain(found.code())
                        .text(found.creator());
                // Of the header the section, rank, key and name are there, and the words come last.
                for (var empty = 0; empty < HEADER.size() - 6; empty++) {
                    row.plain("");
                }
                row.text(found.pattern().zh()).text(found.pattern().en()).end();
            }
            csv.end();
        };
        return FunnelCsvResource.download(body, "campaign-" + whole.days().from());
    }

    private static void write(FinanceCsv csv, String section, List<Group> groups, Caller who, FunnelReport.AsOf asOf)
            throws IOException {
        for (var i = 0; i < groups.size(); i++) {
            var row = csv.record(Money.ZERO).plain(section);
            FunnelReport.cells(row, Integer.toString(i + 1), groups.get(i), who, asOf);
            for (var empty = 0; empty < 5; empty++) {
                row.plain("");
            }
            row.end();
        }
    }

    /** What both forms of the report say. */
    private record Whole(
            CampaignReport.Head head,
            Days days,
            PlacementCounts.Selection selection,
            List<Group> total,
            Money cost,
            List<Group> creators,
            List<Group> platforms,
            List<Group> media,
            List<Group> coupons,
            List<CampaignReport.Found> suspicions,
            FunnelReport.AsOf asOf) {

        Long returnPercent() {
            return cost.isPositive() && !total.isEmpty()
                    ? Long.valueOf(Math.floorDiv(total.getFirst().counts().gmvFen() * 100, cost.fen()))
                    : null;
        }
    }

    private Whole report(UUID id, Caller who, LocalDate from, LocalDate until) {
        var asOf = funnels.asOf();
        var head = report.head(id, who.scope());
        var days = days(head, from, until, clock.instant());
        var selection = new PlacementCounts.Selection(who.scope(), id, null);
        return new Whole(
                head,
                days,
                selection,
                groups(Grouping.CAMPAIGN, who, id, days),
                counts.cost(selection, days),
                groups(Grouping.CREATOR, who, id, days),
                groups(Grouping.PLATFORM, who, id, days),
                groups(Grouping.MEDIUM, who, id, days),
                groups(Grouping.COUPON, who, id, days),
                report.suspicions(id, days),
                asOf);
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

    private List<Group> groups(Grouping by, Caller who, UUID id, Days days) {
        var groups = funnels.ranked(new FunnelReport.Asked(by, Rank.ORDERS, days), who, id, null)
                .groups();
        return groups.subList(0, Math.min(RANKED, groups.size()));
    }

    private static List<GroupView> views(List<Group> groups, Caller who) {
        return IntStream.range(0, groups.size())
                .mapToObj(i -> GroupView.of(i + 1, groups.get(i), who))
                .toList();
    }
}
