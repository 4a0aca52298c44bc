package dev.zhida.settlement;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
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
                                    + "one income; CUMULATIVE: all payouts of a year are (累计预扣法).")
            Withholding method,

            @Schema(
                    description =
                            "What it counts with; the law's numbers if it is left out: of remuneration for services"
                                    + " (劳务报酬), or of comprehensive income for CUMULATIVE.")
            @Valid
            TableBody table,

            @Schema(
                    description = "Whether agencies, which are companies, are withheld from too.",
                    defaultValue = "false")
            Boolean agencies) {}

    @Schema(
            name = "TaxTable",
            description =
                    "Of an income up to freeUpToFen, freeFen is free; of a larger one the part `expenses`; besides,"
                            + " freePerMonthFen for every month that counts. What is left is taxed at the rate of its bracket,"
                            + " less lessFen.")
    record TableBody(
            @NotNull @Schema(required = true) Long freeFen,
            @NotNull @Schema(required = true) Long freeUpToFen,

            @NotNull @Schema(required = true, description = "A fraction, like 0.2.")
            String expenses,

            @NotNull @Schema(required = true) Long freePerMonthFen,

            @NotNull
            @Schema(
                    required = true,
                    description = "Whether a month without income ends the months that count; else all with income do.")
            Boolean gapsRestart,

            @NotEmpty @Size(max = 20) @Schema(required = true, description = "From below; the first begins above 0.")
            List<@NotNull @Valid BracketBody> brackets) {

        TaxTable table() {
            return new TaxTable(
                    freeFen,
                    freeUpToFen,
                    expenses,
                    freePerMonthFen,
                    gapsRestart,
                    brackets.stream()
                            .map(b -> new TaxTable.Bracket(b.aboveFen(), b.rate(), b.lessFen()))
                            .toList());
        }

        static TableBody of(TaxTable table) {
            return new TableBody(
                    table.freeFen(),
                    table.freeUpToFen(),
                    table.expenses(),
                    table.freePerMonthFen(),
                    table.gapsRestart(),
                    table.brackets().stream()
                            .map(b -> new BracketBody(b.aboveFen(), b.rate(), b.lessFen()))
                            .toList());
        }
    }

    @Schema(name = "TaxBracket")
    record BracketBody(
            @NotNull @Schema(required = true) Long aboveFen,

            @NotNull @Schema(required = true, description = "A fraction, like 0.03.")
            String rate,

            @NotNull @Schema(required = true, description = "The quick deduction (速算扣除数).")
            Long lessFen) {}

    @Schema(name = "TaxSetting")
    record TaxSettingView(
            @Schema(required = true) LocalDate effectiveFrom,
            @Schema(required = true) Withholding method,

            @Schema(nullable = true, description = "Null if nothing is withheld.")
            TableBody table,

            @Schema(required = true) boolean agencies,
            @Schema(required = true) Instant setAt) {

        static TaxSettingView of(TaxSettings.Setting setting) {
            return new TaxSettingView(
                    setting.effectiveFrom(),
                    setting.method(),
                    setting.table() == null ? null : TableBody.of(setting.table()),
                    setting.agencies(),
                    setting.setAt());
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
        return TaxSettingView.of(settings.add(
                request.effectiveFrom(),
                request.method(),
                request.table() == null ? null : request.table().table(),
                Boolean.TRUE.equals(request.agencies()),
                caller.get()));
    }
}
