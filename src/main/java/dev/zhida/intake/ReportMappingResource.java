package dev.zhida.intake;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.ReportMapping;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/report-mappings")
@Tag(name = "Orders")
class ReportMappingResource {

    private final ReportMappings mappings;
    private final CurrentCaller caller;

    ReportMappingResource(ReportMappings mappings, CurrentCaller caller) {
        this.mappings = mappings;
        this.caller = caller;
    }

    @Schema(name = "MapReport")
    record MapReport(
            @NotNull
            @Size(max = 30)
            @Schema(
                    description = "The header of each column that means something, by its meaning: ORDER_NO, STATUS,"
                            + " PAID and ESTIMATED are needed.")
            Map<ReportMapping.Column, @NotBlank @Size(max = 100) String> columns,

            @Schema(description = "YUAN if absent.") ReportMapping.MoneyUnit money,
            @Schema(description = "PERCENT if absent.") ReportMapping.RateUnit rate,

            @Size(max = 10) @Schema(description = "Like yyyy-MM-dd HH:mm:ss, which is taken if absent; Asia/Shanghai.")
            List<@NotBlank @Size(max = 50) String> timeFormats,

            @NotNull
            @Size(max = 50)
            @Schema(description = "What each status word means; a word that is not here needs review.")
            Map<@NotBlank @Size(max = 50) String, @NotNull OrderStatus> statuses,

            @Schema(description = "Which identifier the slot column holds.")
            SlotKind slotKind) {

        ReportMapping mapping() {
            return new ReportMapping(
                    columns,
                    money == null ? ReportMapping.MoneyUnit.YUAN : money,
                    rate == null ? ReportMapping.RateUnit.PERCENT : rate,
                    timeFormats == null ? List.of("yyyy-MM-dd HH:mm:ss") : timeFormats,
                    statuses,
                    slotKind);
        }
    }

    @Schema(name = "ReportMapping")
    record MappingView(
            @Schema(required = true) Marketplace marketplace,

            @Schema(required = true, description = "Earlier versions stay known: files were read by them.")
            int version,

            @Schema(required = true) Map<ReportMapping.Column, String> columns,
            @Schema(required = true) ReportMapping.MoneyUnit money,
            @Schema(required = true) ReportMapping.RateUnit rate,
            @Schema(required = true) List<String> timeFormats,
            @Schema(required = true) Map<String, OrderStatus> statuses,
            SlotKind slotKind,
            @Schema(required = true) Instant madeAt) {

        static MappingView of(Marketplace marketplace, ReportMappings.Versioned v) {
            var m = v.mapping();
            return new MappingView(
                    marketplace,
                    v.version(),
                    m.columns(),
                    m.money(),
                    m.rate(),
                    m.timeFormats(),
                    m.statuses(),
                    m.slotKind(),
                    v.madeAt());
        }
    }

    @PUT
    @Path("{marketplace}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "mapReport",
            summary = "Say what the columns of a marketplace's report files mean",
            description = "A file that lacks a column named here is refused with the names that are missing.")
    public MappingView put(
            @PathParam("marketplace") @Schema(implementation = Marketplace.class) String marketplace,
            @NotNull @Valid MapReport request) {
        var known = marketplace(marketplace);
        return MappingView.of(known, mappings.put(known, request.mapping(), caller.get()));
    }

    @GET
    @Path("{marketplace}")
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getReportMapping", summary = "What the columns of a marketplace's report files mean")
    public MappingView get(@PathParam("marketplace") @Schema(implementation = Marketplace.class) String marketplace) {
        var known = marketplace(marketplace);
        return mappings.of(known)
                .map(mapping -> MappingView.of(known, mapping))
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "mapping-missing", "nobody has mapped " + known + " reports yet"));
    }

    private static Marketplace marketplace(String text) {
        return Arrays.stream(Marketplace.values())
                .filter(known -> known.name().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new Refusal(Refusal.Kind.NOT_FOUND, "marketplace-unknown", "there is no marketplace " + text));
    }
}
