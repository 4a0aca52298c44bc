package dev.zhida.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Plan;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/experiments")
@Tag(name = "Experiments", description = "Randomised splits: what may say \"causes\".")
class ExperimentResource {

    private final Experiments experiments;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    ExperimentResource(Experiments experiments, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.experiments = experiments;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    record CreateExperiment(
            @NotBlank @Size(max = 100) String name,

            @NotBlank @Schema(description = "The code that is posted: a LINK placement.")
            String code,

            @NotBlank @Schema(description = "The arm that is sent straight on: another LINK placement.")
            String linkCode,

            @NotBlank @Schema(description = "The arm that is shown the landing page: a TOKEN placement.")
            String tokenCode,

            @Min(10)
            @Max(90)
            @Schema(description = "Of every hundred people so many are shown the page; 50 if left out.")
            Integer tokenPercent,

            @Min(200) @Max(10_000_000) @Schema(description = "At how many people in all it ends; 5,000 if left out.")
            Long planned) {

        Plan plan() {
            return new Plan(
                    name.strip(),
                    code,
                    linkCode,
                    tokenCode,
                    tokenPercent == null ? 50 : tokenPercent,
                    planned == null ? 5_000 : planned);
        }
    }

    record StopExperiment(@NotBlank @Size(max = 500) String reason) {}

    @Schema(name = "Experiment")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ExperimentView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name,
            @Schema(required = true) UUID creatorId,
            @Schema(required = true) String code,
            @Schema(required = true) String linkCode,
            @Schema(required = true) String tokenCode,
            @Schema(required = true) int tokenPercent,
            @Schema(required = true) long planned,
            @Schema(required = true) Experiments.State state,
            @Schema(required = true) Instant createdAt,
            @Schema(nullable = true) Instant startedAt,
            @Schema(nullable = true) Instant stoppedAt,

            @Schema(nullable = true, description = "Why it was stopped.")
            String reason) {

        static ExperimentView of(Experiment e) {
            return new ExperimentView(
                    e.id(),
                    e.name(),
                    e.creatorId(),
                    e.entryCode(),
                    e.linkCode(),
                    e.tokenCode(),
                    e.tokenPercent(),
                    e.planned(),
                    e.state(),
                    e.createdAt(),
                    e.startedAt(),
                    e.stoppedAt(),
                    e.reason());
        }
    }

    @POST
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @ResponseStatus(201)
    @Operation(
            operationId = "createExperiment",
            summary = "Plan a randomised split of one posted code",
            description =
                    "All three placements are of one creator, offer, platform and scene, each with a slot of its own.")
    public ExperimentView create(
            @HeaderParam(Idempotency.HEADER) String key, @NotNull @Valid CreateExperiment request) {
        var who = caller.get();
        return idempotency.once(
                who.personId(),
                key,
                "createExperiment",
                request,
                ExperimentView.class,
                () -> ExperimentView.of(experiments.create(request.plan(), who)));
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listExperiments", summary = "Experiments, newest first")
    public Page<ExperimentView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = experiments.list(caller.get().scope(), Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(ExperimentView::of)
                .toList();
        return Page.of(rows, limit, ExperimentView::id, at);
    }

    @POST
    @Path("/{id}/start")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @Operation(operationId = "startExperiment", summary = "Split people from now on")
    public ExperimentView start(@PathParam("id") UUID id) {
        return ExperimentView.of(experiments.start(id, caller.get()));
    }

    @POST
    @Path("/{id}/stop")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE})
    @Operation(operationId = "stopExperiment", summary = "Split nobody any more")
    public ExperimentView stop(@PathParam("id") UUID id, @NotNull @Valid StopExperiment request) {
        return ExperimentView.of(experiments.stop(id, request.reason().strip(), caller.get()));
    }
}
