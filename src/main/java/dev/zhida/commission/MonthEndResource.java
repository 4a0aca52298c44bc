package dev.zhida.commission;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/month-ends/{month}")
@Tag(name = "Rules", description = "What order lines earn whom.")
class MonthEndResource {

    private final MonthEnd monthEnd;
    private final CurrentCaller caller;
    private final Clock clock;

    MonthEndResource(MonthEnd monthEnd, CurrentCaller caller, Clock clock) {
        this.monthEnd = monthEnd;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "TierResult")
    record TierResultView(
            @Schema(required = true) UUID creatorId,
            @Schema(required = true) int tierVersion,

            @Schema(required = true, description = "What her settled lines of the month leave after the fee.")
            long volumeFen,

            @Schema(required = true) long amountFen) {}

    @Schema(name = "BonusResult")
    record BonusResultView(
            @Schema(required = true) UUID campaignId,
            @Schema(required = true) UUID creatorId,

            @Schema(required = true, description = "Lines that asked for it.")
            long lines,

            @Schema(required = true, description = "What they asked for.")
            long wantedFen,

            @Schema(required = true, description = "What the budget gave.")
            long amountFen,

            @Schema(required = true, description = "What of it waits until somebody has decided.")
            long heldFen) {}

    @Schema(name = "MonthEnd")
    record MonthEndView(
            @Schema(required = true) String month,

            @Schema(
                    required = true,
                    description = "Else it is how the month would be decided now, by the lines settled so far.")
            boolean decided,

            @Schema(required = true) List<TierResultView> tiers,
            @Schema(required = true) List<BonusResultView> bonuses,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "getMonthEnd",
            summary = "Volume tiers and campaign bonuses of a month, provisional until it is locked",
            description = "A creator sees her own.")
    public MonthEndView get(@PathParam("month") @Schema(examples = "2026-10") String month) {
        var at = clock.instant();
        var results = monthEnd.results(parse(month), caller.get().scope().creatorOnly(), at);
        return new MonthEndView(
                results.month().toString(),
                results.decided(),
                results.tiers().stream()
                        .map(tier -> new TierResultView(
                                tier.creatorId(),
                                tier.tierVersion(),
                                tier.volume().fen(),
                                tier.amount().fen()))
                        .toList(),
                results.bonuses().stream()
                        .map(bonus -> new BonusResultView(
                                bonus.campaignId(),
                                bonus.creatorId(),
                                bonus.lines(),
                                bonus.wanted().fen(),
                                bonus.amount().fen(),
                                bonus.held().fen()))
                        .toList(),
                at);
    }

    private static YearMonth parse(String month) {
        try {
            return YearMonth.parse(month);
        } catch (DateTimeException e) {
            throw new Refusal(Refusal.Kind.INVALID, "month-malformed", "a month is written like 2026-10");
        }
    }
}
