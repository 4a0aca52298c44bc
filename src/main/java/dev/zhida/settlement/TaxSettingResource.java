package dev.zhida.settlement;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/tax-settings")
@Blocking
@Tag(name = "Settlement")
class TaxSettingResource {

    private final TaxSettings settings;
    private final CurrentCaller caller;

    TaxSettingResource(TaxSettings settings, CurrentCaller caller) {
        this.settings = settings;
        this.caller = caller;
    }

    @Schema(name = "AddTaxSetting")
    record AddTaxSetting(
            @NotNull @Schema(required = true, description = "The first day in Shanghai; today or later.")
            LocalDate effectiveFrom,

            @NotNull
            @Schema(
                    required = true,
                    description =
                            "OFF; PER_PAYOUT: every payout is an income of its own; MONTHLY: all payouts of a month are "
                                    + "one income.")
            Withholding method) {}

    @Schema(name = "TaxSetting")
    record TaxSettingView(
            @Schema(required = true) LocalDate effectiveFrom,
            @Schema(required = true) Withholding method,
            @Schema(required = true) Instant setAt) {

        static TaxSettingView of(TaxSettings.Setting setting) {
            return new TaxSettingView(setting.effectiveFrom(), setting.method(), setting.setAt());
        }
    }

    @Schema(name = "TaxSettings")
    record TaxSettingsView(@Schema(required = true) List<TaxSettingView> items) {}

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listTaxSettings",
            summary = "How tax is withheld, newest first",
            description = "Before the first of them nothing is.")
    public TaxSettingsView list() {
        return new TaxSettingsView(
                settings.list().stream().map(TaxSettingView::of).toList());
    }

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(operationId = "addTaxSetting", summary = "Withhold tax in another way from a day on")
    public TaxSettingView add(@NotNull @Valid AddTaxSetting request) {
        return TaxSettingView.of(settings.add(request.effectiveFrom(), request.method(), caller.get()));
    }
}
