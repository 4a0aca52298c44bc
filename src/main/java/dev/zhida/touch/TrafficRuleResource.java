package dev.zhida.touch;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/touch-rules/runs")
@Tag(name = "Traffic rules", description = "What tells people's acts from the rest.")
class TrafficRuleResource {

    private final TrafficRuleRuns runs;
    private final CurrentCaller caller;

    TrafficRuleResource(TrafficRuleRuns runs, CurrentCaller caller) {
        this.runs = runs;
        this.caller = caller;
    }

    @Schema(name = "RunTrafficRules")
    record RunRules(
            @NotNull @Schema(required = true, description = "The first business day (Asia/Shanghai).")
            LocalDate from,

            @NotNull @Schema(required = true, description = "The day after the last one; at most 31 days later.")
            LocalDate until,

            @Schema(description = "Whether to tell only what would change.")
            boolean dryRun) {}

    @Schema(name = "FlagTotal")
    record FlagView(
            @Schema(required = true, description = "Why touches are no person's; PERSON for those that are.")
            String flag,

            @Schema(required = true) long before,
            @Schema(required = true) long after) {}

    @Schema(name = "TrafficRulesRun")
    record RunView(
            @Schema(required = true) UUID id,

            @Schema(required = true, description = "The version of the rules.")
            int version,

            @Schema(required = true) boolean dryRun,

            @Schema(required = true, description = "Touches of these days by flag.")
            List<FlagView> totals) {}

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "runTrafficRules",
            summary = "Run the traffic rules again over stored touches",
            description =
                    "Flags by user agent and by rate are worked out anew; how a request was made is not stored, so "
                            + "HEAD and PREFETCH stay. The counts of changed days are made anew within seconds.")
    public RunView run(@NotNull @Valid RunRules request) {
        var run = runs.run(
                request.from(), request.until(), request.dryRun(), caller.get().personId());
        return new RunView(
                run.id(),
                run.version(),
                request.dryRun(),
                run.totals().entrySet().stream()
                        .map(e -> new FlagView(
                                e.getKey(), e.getValue().before(), e.getValue().after()))
                        .toList());
    }
}
