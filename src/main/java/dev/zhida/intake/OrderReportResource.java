package dev.zhida.intake;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.problem.Refusal;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

@Path("/api/v1/order-reports")
@Tag(name = "Orders", description = "What marketplaces report, and what became of it.")
class OrderReportResource {

    private final OrderReports reports;
    private final CurrentCaller caller;

    OrderReportResource(OrderReports reports, CurrentCaller caller) {
        this.reports = reports;
        this.caller = caller;
    }

    record RefusedRowView(
            @Schema(required = true, description = "As a person counts in the file, from 1.")
            int row,

            @Schema(required = true, description = "The column's name in the file.")
            String column,

            @Schema(required = true) String reason) {}

    @Schema(name = "OrderReportOutcome")
    record OutcomeView(
            @Schema(required = true, description = "Rows that were news.")
            int accepted,

            @Schema(required = true, description = "Rows that said nothing new.")
            int unchanged,

            @Schema(required = true) List<RefusedRowView> refused) {}

    @POST
    @Blocking
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "readOrderReport",
            summary = "Read a marketplace's order report",
            description =
                    "An xls, xlsx or csv file of at most 20 MB and 200,000 rows. The same file twice changes nothing.")
    public OutcomeView read(
            @RestForm("file") @Schema(description = "The file as the marketplace exported it.") FileUpload file,
            @RestForm @Schema(implementation = Marketplace.class) String marketplace,
            @RestForm @Schema(description = "The account's name; needed where there are several.") String account,
            @RestForm
                    @Schema(
                            description = "When it was exported, with its offset: the time of which it speaks.",
                            format = "date-time")
                    String exportedAt) {
        if (file == null) {
            throw missing("file", "send the report as the part `file` of a multipart form");
        }
        var outcome = reports.read(
                new OrderReports.Upload(
                        file.uploadedFile(), file.fileName(), marketplace(marketplace), account, instant(exportedAt)),
                caller.get());
        return new OutcomeView(
                outcome.accepted(),
                outcome.unchanged(),
                outcome.refused().stream()
                        .map(r -> new RefusedRowView(r.row(), r.column(), r.reason()))
                        .toList());
    }

    private static Marketplace marketplace(String text) {
        return Arrays.stream(Marketplace.values())
                .filter(known -> known.name().equals(text))
                .findFirst()
                .orElseThrow(() -> missing("marketplace", "one of " + Arrays.toString(Marketplace.values())));
    }

    private static Instant instant(String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw missing("exportedAt", "a time with its offset, like 2026-03-01T12:00:00+08:00");
        }
    }

    private static Refusal missing(String field, String reason) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "invalid-request",
                "some fields are not as they should be: see errors",
                List.of(new Refusal.FieldError(field, reason)));
    }
}
