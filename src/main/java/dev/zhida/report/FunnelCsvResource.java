package dev.zhida.report;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.report.PlacementCounts.Group;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.LocalDate;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Beside {@link FunnelResource}: paths that begin alike hide each other within one class. */
@Path("/api/v1/reports/funnel.csv")
@Tag(name = "Reports")
class FunnelCsvResource {

    static final String CSV = "text/csv; charset=utf-8";

    private final FunnelReport report;
    private final CurrentCaller caller;

    FunnelCsvResource(FunnelReport report, CurrentCaller caller) {
        this.report = report;
        this.caller = caller;
    }

    @GET
    @Blocking
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportFunnel",
            summary = "What is counted by group, the best first, as a CSV file",
            description =
                    "Orders by slots that several placements share stand in a last record without rank and key, if "
                            + "there are any that no group holds. Ends with #END,rows,sumFen,sha256: the sum is that of gmvFen.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(
            @QueryParam("by") @DefaultValue("placement") @Schema(description = FunnelResource.BY) String by,
            @QueryParam("rank") @DefaultValue("orders") @Schema(description = FunnelResource.RANK) String rank,
            @QueryParam("from") LocalDate from,
            @QueryParam("until") LocalDate until,
            @QueryParam("campaign") UUID campaign,
            @QueryParam("code") String code) {
        var asOf = report.asOf();
        var asked = report.asked(by, rank, from, until);
        var who = caller.get();
        var groups = report.ranked(asked, who, campaign, code);
        var without = groups.withoutPlacement();
        StreamingOutput body = out -> {
            var csv = new FinanceCsv(out, FunnelReport.HEADER, false);
            for (var i = 0; i < groups.groups().size(); i++) {
                FunnelReport.write(csv, Integer.toString(i + 1), groups.groups().get(i), who, asOf);
            }
            if (without != null && without.orders() + without.invalidOrders() > 0) {
                FunnelReport.write(csv, "", new Group("", "不知投放 without placement", without), who, asOf);
            }
            csv.end();
        };
        return download(body, "funnel-" + asked.days().from());
    }

    /** Answers a file. */
    static Response download(StreamingOutput body, String name) {
        return Response.ok(body, CSV)
                .header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"")
                .build();
    }
}
