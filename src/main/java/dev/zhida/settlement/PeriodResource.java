package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/periods")
@Blocking
@Tag(name = "Settlement", description = "Months, statements, payouts, and what finance holds against each other.")
class PeriodResource {

    static final String MONTH = "\\d{4}-(0[1-9]|1[0-2])";
    static final String IS_A_MONTH = "is a month like 2026-03";

    private final Periods periods;
    private final CurrentCaller caller;
    private final Clock clock;

    PeriodResource(Periods periods, CurrentCaller caller, Clock clock) {
        this.periods = periods;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "Period")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PeriodView(
            @Schema(required = true, description = "Like 2026-03.")
            String period,

            @Schema(required = true) Periods.State state,

            @Schema(nullable = true, description = "The person who asked for its lock.")
            UUID askedBy,

            @Schema(nullable = true) Instant askedAt,

            @Schema(nullable = true, description = "The other person, who approved it.")
            UUID approvedBy,

            @Schema(nullable = true) Instant approvedAt,

            @Schema(nullable = true, description = "Why it is locked although something was lacking.")
            String overrideReason,

            @Schema(
                    required = true,
                    description = "What was lacking then: feeds with the times that were not read, undecided lines.")
            List<String> overridden,

            @Schema(nullable = true, description = "Why it cannot be locked now; null if it can be or is.")
            String refusal,

            @Schema(required = true, description = "How many statements of creators and agencies it has.")
            long statements) {

        static PeriodView of(Periods.Period period) {
            return new PeriodView(
                    period.month().toString(),
                    period.state(),
                    period.askedBy(),
                    period.askedAt(),
                    period.approvedBy(),
                    period.approvedAt(),
                    period.overrideReason(),
                    period.overridden(),
                    period.refusal(),
                    period.statements());
        }
    }

    @Schema(name = "OverrideLock")
    record OverrideLock(
            @NotBlank @Size(max = 500) @Schema(required = true)
            String reason) {}

    @Schema(name = "Periods")
    record PeriodsView(
            @Schema(required = true) List<PeriodView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listPeriods", summary = "The months of the books, newest first")
    public PeriodsView list() {
        var at = clock.instant();
        return new PeriodsView(periods.list().stream().map(PeriodView::of).toList(), at);
    }

    @GET
    @Path("/{month}")
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPeriod", summary = "A month: open, asked to be locked, or locked")
    public PeriodView get(@PathParam("month") @Pattern(regexp = MONTH, message = IS_A_MONTH) String month) {
        return PeriodView.of(periods.period(YearMonth.parse(month)));
    }

    @POST
    @Path("/{month}/lock")
    @ResponseStatus(202)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "askForLock",
            summary = "Ask for a month's lock",
            description =
                    "Another person of finance has to approve it. Months are locked in their order, once they are "
                            + "over. Asking again changes nothing. A month of which pull windows were not read or lines"
                            + " need a decision is refused with `month-incomplete`.")
    public PeriodView ask(@PathParam("month") @Pattern(regexp = MONTH, message = IS_A_MONTH) String month) {
        return PeriodView.of(periods.ask(YearMonth.parse(month), null, caller.get()));
    }

    @POST
    @Path("/{month}/lock/override")
    @ResponseStatus(202)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "overrideLock",
            summary = "Ask for the lock of a month although something of it is lacking",
            description =
                    "For when a marketplace is gone for good. The reason and what is lacking now stay with the month and"
                            + " in the audit trail; who gives it is the one who asks, and another person approves. What is found"
                            + " lacking later is not overridden.")
    public PeriodView override(
            @PathParam("month") @Pattern(regexp = MONTH, message = IS_A_MONTH) String month,
            @NotNull @Valid OverrideLock body) {
        return PeriodView.of(periods.ask(YearMonth.parse(month), body.reason().strip(), caller.get()));
    }

    @POST
    @Path("/{month}/lock/approve")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "approveLock",
            summary = "Lock a month for which somebody else has asked",
            description = "Writes the statements. What changes later is posted in the earliest open month.")
    public PeriodView approve(@PathParam("month") @Pattern(regexp = MONTH, message = IS_A_MONTH) String month) {
        return PeriodView.of(periods.approve(YearMonth.parse(month), caller.get()));
    }
}
