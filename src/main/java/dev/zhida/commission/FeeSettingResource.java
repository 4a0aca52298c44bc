package dev.zhida.commission;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Rate;
import dev.zhida.web.Idempotency;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/fee-settings")
@Tag(name = "Rules", description = "What order lines earn whom.")
class FeeSettingResource {

    private final Fees fees;
    private final Idempotency idempotency;
    private final CurrentCaller caller;
    private final Clock clock;

    FeeSettingResource(Fees fees, Idempotency idempotency, CurrentCaller caller, Clock clock) {
        this.fees = fees;
        this.idempotency = idempotency;
        this.caller = caller;
        this.clock = clock;
    }

    record CreateFeeSetting(
            @NotNull Marketplace marketplace,

            @NotNull
            @Pattern(regexp = "0(\\.\\d{1,6})?|1", message = "is a share of the whole from 0 to 1, like 0.1")
            @Schema(description = "The share of the commission part, that is without the subsidy.")
            String rate,

            @Schema(description = "From when on; now if left out.")
            Instant effectiveFrom) {}

    @Schema(name = "FeeSetting")
    record FeeSettingView(
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String rate,
            @Schema(required = true) Instant effectiveFrom) {

        static FeeSettingView of(Fees.Setting setting) {
            return new FeeSettingView(
                    setting.marketplace(), setting.rate().fraction().toPlainString(), setting.fromAt());
        }
    }

    @Schema(name = "FeeSettings")
    record FeeSettingsView(
            @Schema(required = true) List<FeeSettingView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listFeeSettings",
            summary = "The technical service fees that are assumed where none is reported, latest start first")
    public FeeSettingsView list() {
        var at = clock.instant();
        return new FeeSettingsView(
                fees.settings().stream().map(FeeSettingView::of).toList(), at);
    }

    @POST
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE})
    @ResponseStatus(201)
    @Operation(
            operationId = "createFeeSetting",
            summary = "Assume another fee from some time on",
            description = "Counts for orders paid from then on. What a marketplace reports always takes its place.")
    public FeeSettingView create(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid CreateFeeSetting request) {
        var person = caller.get().personId();
        return idempotency.once(
                person,
                key,
                "createFeeSetting",
                request,
                FeeSettingView.class,
                () -> FeeSettingView.of(
                        fees.add(request.marketplace(), Rate.of(request.rate()), request.effectiveFrom(), person)));
    }
}
