package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.Role;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Ledger;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/balances")
@Tag(name = "Commissions")
class BalanceResource {

    private final Ledger ledger;
    private final Clock clock;

    BalanceResource(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    @Schema(name = "Balance")
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record BalanceView(
            @Schema(required = true) Account.Kind kind,

            @Schema(
                    description =
                            "The id of a creator, an agency or a brand, or a marketplace; absent where there is one of its kind.")
            String owner,

            @Schema(required = true, description = "Credits less debits.")
            long fen) {}

    @Schema(name = "Balances")
    record BalancesView(
            @Schema(required = true) List<BalanceView> items,

            @Schema(required = true, description = "What belongs to creators, or to nobody known yet.")
            long creatorsFen,

            @Schema(required = true, description = "What belongs to agencies.")
            long agenciesFen,

            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listBalances",
            summary = "The balances of the books",
            description = "All of them sum to zero.")
    public BalancesView list() {
        var at = clock.instant();
        var items = ledger.balances(List.of(Account.Kind.values())).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new BalanceView(
                        entry.getKey().kind(),
                        entry.getKey().owner(),
                        entry.getValue().fen()))
                .toList();
        return new BalancesView(items, sum(items, Whose.CREATORS), sum(items, Whose.AGENCIES), at);
    }

    private enum Whose {
        CREATORS,
        AGENCIES,
        OTHERS
    }

    private static long sum(List<BalanceView> items, Whose whose) {
        return items.stream()
                .filter(item -> whose(item.kind()) == whose)
                .mapToLong(BalanceView::fen)
                .sum();
    }

    /** Whom what stands there belongs to; what was sent belongs to nobody here any more. */
    private static Whose whose(Account.Kind kind) {
        return switch (kind) {
            case CREATOR_ESTIMATED,
                    CREATOR_CONFIRMED,
                    CREATOR_HELD,
                    CREATOR_PAYABLE,
                    CLAWBACK_DEBT,
                    UNATTRIBUTED_ESTIMATED,
                    UNATTRIBUTED -> Whose.CREATORS;
            case AGENCY_ESTIMATED, AGENCY_CONFIRMED, AGENCY_PAYABLE, AGENCY_DEBT -> Whose.AGENCIES;
            case RECEIVABLE_ESTIMATED,
                    RECEIVABLE,
                    FEE_ESTIMATED,
                    TECHNICAL_SERVICE_FEE,
                    CREATOR_PAID,
                    AGENCY_PAID,
                    PLATFORM_ESTIMATED,
                    PLATFORM_REVENUE,
                    BRAND_BONUS_ESTIMATED,
                    BRAND_BONUS,
                    TAX_WITHHELD,
                    ADJUSTMENT -> Whose.OTHERS;
        };
    }
}
