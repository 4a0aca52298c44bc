package dev.zhida.rollup;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import dev.zhida.rollup.Exposures.Exposure;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

@Path("/api/v1/exposures")
@Tag(name = "Exposures", description = "Views of posts: the denominator that link and token share.")
class ExposureResource {

    private static final int MOST_ITEMS = 1_000;

    /** More than anybody has seen; what is larger is a slip of the fingers. */
    private static final long MOST_VIEWS = 10_000_000_000L;

    private final Exposures exposures;
    private final CurrentCaller caller;
    private final Clock clock;

    ExposureResource(Exposures exposures, CurrentCaller caller, Clock clock) {
        this.exposures = exposures;
        this.caller = caller;
        this.clock = clock;
    }

    record EnterExposures(
            @NotEmpty @Size(max = MOST_ITEMS) @Schema(required = true)
            List<@NotNull @Valid EnteredExposure> items) {}

    record EnteredExposure(
            @NotNull @Schema(required = true, description = "The placement's code.")
            String code,

            @NotNull @Schema(required = true, description = "A business day, not in the future.")
            LocalDate day,

            @Min(0) @Max(MOST_VIEWS) @Schema(required = true)
            long views) {}

    @Schema(name = "EnteredExposures")
    record EnteredView(
            @Schema(required = true) int accepted,
            @Schema(required = true) List<RefusedExposureView> refused) {}

    @Schema(name = "RefusedExposure")
    record RefusedExposureView(
            @Schema(required = true, description = "In the file, from 1; in a list, from 1.")
            int row,

            @Schema(required = true) String column,
            @Schema(required = true) String reason) {}

    @POST
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "enterExposures",
            summary = "Enter how often posts were seen",
            description = "One number for a placement and a day; entering it again replaces it, so repeating is safe.")
    public EnteredView enter(@NotNull @Valid EnterExposures request) {
        var rows = new TreeMap<Integer, Exposure>();
        var refused = new ArrayList<RefusedExposureView>();
        for (var item : request.items()) {
            rows.put(rows.size() + 1, new Exposure(item.code().toUpperCase(Locale.ROOT), item.day(), item.views()));
        }
        return keep(rows, refused);
    }

    @POST
    @Path("/csv")
    @Blocking
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "importExposures",
            summary = "Enter how often posts were seen, from a table",
            description = "A csv, xls or xlsx file with the columns `code`, `day` and `views`.")
    public EnteredView importFile(@RestForm("file") @Schema(description = "The table.") FileUpload file) {
        if (file == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "invalid-request",
                    "some fields are not as they should be: see errors",
                    List.of(new Refusal.FieldError("file", "send the table as the part `file` of a multipart form")));
        }
        var rows = new TreeMap<Integer, Exposure>();
        var refused = new ArrayList<RefusedExposureView>();
        var columns = new ArrayList<Integer>();
        ReportTable.read(file.uploadedFile(), (number, cells) -> {
            if (columns.isEmpty()) {
                var header = cells.stream()
                        .map(cell -> cell.strip().toLowerCase(Locale.ROOT))
                        .toList();
                for (var name : List.of("code", "day", "views")) {
                    if (!header.contains(name)) {
                        throw new Refusal(
                                Refusal.Kind.INVALID,
                                "column-missing",
                                "the first row must name the columns code, day and views; there is no " + name);
                    }
                    columns.add(header.indexOf(name));
                }
            } else if (!cells.isEmpty()) {
                read(
                        number,
                        columns.stream()
                                .map(c -> c < cells.size() ? cells.get(c).strip() : "")
                                .toList(),
                        rows,
                        refused);
            }
        });
        return keep(rows, refused);
    }

    private static void read(
            int number, List<String> cells, TreeMap<Integer, Exposure> rows, List<RefusedExposureView> refused) {
        LocalDate day;
        try {
            day = LocalDate.parse(cells.get(1));
        } catch (DateTimeParseException e) {
            refused.add(new RefusedExposureView(number, "day", "is a day like 2026-03-01"));
            return;
        }
        if (!cells.get(2).matches("\\d{1,11}") || Long.parseLong(cells.get(2)) > MOST_VIEWS) {
            refused.add(new RefusedExposureView(number, "views", "is a number from 0 to " + MOST_VIEWS));
            return;
        }
        rows.put(number, new Exposure(cells.get(0).toUpperCase(Locale.ROOT), day, Long.parseLong(cells.get(2))));
    }

    private EnteredView keep(TreeMap<Integer, Exposure> rows, List<RefusedExposureView> refused) {
        var at = clock.instant();
        var today = BusinessTime.dayOf(at);
        rows.entrySet().removeIf(row -> {
            var future = row.getValue().day().isAfter(today);
            if (future) {
                refused.add(new RefusedExposureView(row.getKey(), "day", "is in the future"));
            }
            return future;
        });
        // The last one of the same placement and day holds, as if they had come one after the other.
        var distinct = new LinkedHashMap<String, Exposure>();
        rows.values().forEach(e -> distinct.put(e.code() + e.day(), e));
        var foreign = exposures.enter(List.copyOf(distinct.values()), caller.get(), at);
        rows.forEach((number, exposure) -> {
            if (foreign.contains(exposure.code())) {
                refused.add(new RefusedExposureView(number, "code", "is the code of none of your placements"));
            }
        });
        var accepted =
                rows.values().stream().filter(e -> !foreign.contains(e.code())).count();
        return new EnteredView((int) accepted, refused);
    }
}
