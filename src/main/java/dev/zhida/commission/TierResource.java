package dev.zhida.commission;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/tiers")
@Tag(name = "Rules", description = "What order lines earn whom.")
class TierResource {

    private final Tiers tiers;
    private final CurrentCaller caller;
    private final Clock clock;

    TierResource(Tiers tiers, CurrentCaller caller, Clock clock) {
        this.tiers = tiers;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "TierStep")
    record StepView(
            @PositiveOrZero @Schema(required = true, description = "The volume above which the rate is given.")
            long fromFen,

            @NotNull
            @Pattern(regexp = "0(\\.\\d{1,6})?|1", message = "is a share of the whole from 0 to 1, like 0.05")
            @Schema(required = true)
            String rate) {}

    record CreateTier(
            @NotBlank @Size(max = 100) String name,

            @Schema(description = "For her alone; for whoever has none of her own if left out.")
            UUID creatorId,

            @NotNull
            @Pattern(regexp = "\\d{4}-(0[1-9]|1[0-2])", message = "is a month like 2026-10")
            @Schema(description = "From this month on, which has not begun.", examples = "2026-10")
            String month,

            @NotNull @Size(max = 20) @Schema(description = "None at all: nothing from that month on.")
            List<@NotNull @Valid StepView> steps) {}

    @Schema(name = "Tier")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TierView(
            @Schema(required = true) int version,
            @Schema(required = true) String name,
            UUID creatorId,
            @Schema(required = true) String month,
            @Schema(required = true) List<StepView> steps) {

        static TierView of(Tier tier) {
            return new TierView(
                    tier.version(),
                    tier.name(),
                    tier.creatorId(),
                    tier.month().toString(),
                    tier.steps().stream()
                            .map(step -> new StepView(
                                    step.from().fen(), step.rate().fraction().toPlainString()))
                            .toList());
        }
    }

    @Schema(name = "Tiers")
    record TiersView(
            @Schema(required = true) List<TierView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listTiers", summary = "Every version of the volume tiers, newest first")
    public TiersView list() {
        var at = clock.instant();
        return new TiersView(tiers.list().stream().map(TierView::of).toList(), at);
    }

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createTier",
            summary = "Add volume tiers",
            description =
                    "Of the part of a month's volume between two steps the lower step's rate. The volume is what a "
                            + "creator's settled lines leave after the fee. Decided when the month is locked.")
    public TierView create(@NotNull @Valid CreateTier request) {
        return TierView.of(tiers.add(
                request.name().strip(),
                request.creatorId(),
                YearMonth.parse(request.month()),
                request.steps().stream()
                        .map(step -> new Tier.Step(Money.ofFen(step.fromFen()), Rate.of(step.rate())))
                        .toList(),
                caller.get().personId()));
    }
}
