package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1")
@Tag(name = "Commissions", description = "What order lines earn.")
class CommissionResource {

    private final CommissionReport report;
    private final CurrentCaller caller;
    private final Clock clock;

    CommissionResource(CommissionReport report, CurrentCaller caller, Clock clock) {
        this.report = report;
        this.caller = caller;
        this.clock = clock;
    }

    /** Which commissions. */
    static final class FilterParameters {
        @QueryParam("period")
        @Pattern(regexp = "\\d{4}-(0[1-9]|1[0-2])", message = "is a month like 2026-03")
        @Schema(description = "The posting month, like 2026-03.")
        String period;

        @QueryParam("creator")
        @Schema(description = "A creator's id; a creator sees her own in any case.")
        UUID creator;

        @QueryParam("status")
        @Schema(implementation = OrderStatus.class)
        String status;

        @QueryParam("marketplace")
        @Schema(implementation = Marketplace.class)
        String marketplace;

        @QueryParam("platform")
        @Schema(implementation = Platform.class)
        String platform;

        @QueryParam("medium")
        @Schema(implementation = Medium.class)
        String medium;

        CommissionReport.Filter filter() {
            return new CommissionReport.Filter(
                    period == null ? null : YearMonth.parse(period),
                    creator,
                    known(OrderStatus.class, "status", status),
                    known(Marketplace.class, "marketplace", marketplace),
                    known(Platform.class, "platform", platform),
                    known(Medium.class, "medium", medium));
        }

        private static <E extends Enum<E>> E known(Class<E> type, String field, String text) {
            if (text == null) {
                return null;
            }
            return Arrays.stream(type.getEnumConstants())
                    .filter(value -> value.name().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID,
                            "invalid-request",
                            "some parameters are not as they should be: see errors",
                            List.of(new Refusal.FieldError(
                                    field, "is one of " + Arrays.toString(type.getEnumConstants())))));
        }
    }

    @Schema(name = "Commission")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record CommissionView(
            @Schema(required = true) UUID orderLineId,
            @Schema(required = true) String orderNo,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) OrderStatus status,
            @Schema(nullable = true) String itemTitle,

            @Schema(nullable = true, description = "Null while the line belongs to nobody.")
            UUID creatorId,

            @Schema(nullable = true, description = "The placement, where it is known.")
            String code,

            @Schema(nullable = true) Platform platform,
            @Schema(nullable = true) Medium medium,

            @Schema(required = true, description = "What the buyer paid.")
            long paidFen,

            @Schema(required = true, description = "The creator's share of what is expected.")
            long estimatedFen,

            @Schema(required = true, description = "The creator's share of what was settled.")
            long settledFen,

            @Schema(required = true, description = "What stands in the books for the creator now.")
            long amountFen,

            @Schema(required = true, description = "The technical service fee.")
            long feeFen,

            @Schema(required = true, description = "Whether the fee was not reported but assumed.")
            boolean feeAssumed,

            @Schema(required = true, description = "EXACT, WINDOW, SHARED or NONE.")
            String confidence,

            @Schema(required = true, description = "The posting month.")
            String period,

            @Schema(nullable = true) Instant paidAt,
            @Schema(nullable = true) Instant settledAt) {

        static CommissionView of(CommissionReport.Row row) {
            return new CommissionView(
                    row.orderLineId(),
                    row.orderNo(),
                    Marketplace.valueOf(row.marketplace()),
                    OrderStatus.valueOf(row.status()),
                    row.itemTitle(),
                    row.creatorId(),
                    row.code(),
                    row.platform() == null ? null : Platform.valueOf(row.platform()),
                    row.medium() == null ? null : Medium.valueOf(row.medium()),
                    row.paidFen(),
                    row.estimatedFen(),
                    row.settledFen(),
                    row.amountFen(),
                    row.feeFen(),
                    row.feeAssumed(),
                    row.confidence(),
                    row.period(),
                    row.paidAt(),
                    row.settledAt());
        }
    }

    @GET
    @Path("/commissions")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listCommissions",
            summary = "What order lines earn, newest first",
            description = "A creator sees her own, finance all.")
    public Page<CommissionView> list(
            @Valid @BeanParam FilterParameters filter,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = report
                .page(filter.filter(), caller.get().scope(), Page.position(cursor, UUID::fromString), limit + 1)
                .stream()
                .map(CommissionView::of)
                .toList();
        return Page.of(rows, limit, CommissionView::orderLineId, at);
    }
}
