package dev.zhida.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.order.Decisions;
import dev.zhida.web.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/orders/{id}/decisions")
@Tag(name = "Orders")
class DecisionResource {

    private final Intake intake;
    private final Decisions decisions;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    DecisionResource(Intake intake, Decisions decisions, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.intake = intake;
        this.decisions = decisions;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @Schema(name = "OrderReportSaid")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ReportView(
            @Schema(required = true, description = "What to choose it by.")
            String id,

            @Schema(nullable = true, description = "The time of which it speaks.")
            Instant asOf,

            @Schema(required = true) String status,

            @Schema(nullable = true, description = "In the marketplace's own words.")
            String statusText,

            @Schema(required = true, description = "Whether who chooses it has to say what its status means.")
            boolean needsStatus,

            @Schema(nullable = true) Long paidFen,
            @Schema(nullable = true) Long estimatedFen,
            @Schema(nullable = true) Long settledFen,
            @Schema(nullable = true) Long refundedFen,
            @Schema(nullable = true) Long commissionFen,
            @Schema(nullable = true) Long feeFen) {

        static ReportView of(Decisions.Report report) {
            return new ReportView(
                    report.id(),
                    report.asOf(),
                    report.status(),
                    report.statusText(),
                    report.needsStatus(),
                    fen(report.paid()),
                    fen(report.estimated()),
                    fen(report.settled()),
                    fen(report.refunded()),
                    fen(report.commission()),
                    fen(report.fee()));
        }

        private static Long fen(Money money) {
            return money == null ? null : money.fen();
        }
    }

    @Schema(name = "OrderQuestion")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record QuestionView(
            @Schema(nullable = true, description = "The refund that the reports are about; null for the line itself.")
            String refundId,

            @Schema(required = true) List<ReportView> reports) {}

    @Schema(name = "OrderQuestions")
    record QuestionsView(
            @Schema(required = true) List<QuestionView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listOrderQuestions",
            summary = "What a person has to decide of an order line",
            description = "Reports of one time and status that contradict each other, and statuses that nobody knows.")
    public QuestionsView questions(@PathParam("id") UUID id) {
        var at = clock.instant();
        return new QuestionsView(
                decisions.questions(id).stream()
                        .map(question -> new QuestionView(
                                question.refundId(),
                                question.reports().stream().map(ReportView::of).toList()))
                        .toList(),
                at);
    }

    @Schema(name = "OrderDecision")
    record DecisionRequest(
            @NotBlank @Schema(description = "The id of the report that is right.")
            String report,

            @Schema(description = "What its status means; only where that is unknown.")
            String status,

            @NotBlank @Size(max = 2_000) @Schema(description = "Why; kept for ever.")
            String reason) {}

    @Schema(name = "OrderDecided")
    record DecidedView(
            @Schema(required = true) String report,
            @Schema(required = true) Instant at) {}

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "decideOrder",
            summary = "Decide which of contradicting reports is right",
            description = "Holds until another report comes that is as late or later.")
    public DecidedView decide(
            @PathParam("id") UUID id,
            @HeaderParam(Idempotency.HEADER) @Parameter(description = "Makes a repeated request one.") String key,
            @Valid @NotNull DecisionRequest request) {
        var by = caller.get();
        record Asked(UUID id, DecisionRequest request) {}
        return idempotency.once(
                by.personId(),
                key,
                "decideOrder",
                new Asked(id, request),
                DecidedView.class,
                () -> new DecidedView(
                        request.report(),
                        intake.decide(
                                id, new Decisions.Choice(request.report(), request.status(), request.reason()), by)));
    }
}
