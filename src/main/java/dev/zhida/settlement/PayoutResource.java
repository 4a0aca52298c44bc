package dev.zhida.settlement;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.money.Money;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/payouts")
@Blocking
@Tag(name = "Settlement")
class PayoutResource {

    private final Payouts payouts;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    PayoutResource(Payouts payouts, CurrentCaller caller, Idempotency idempotency, Clock clock) {
        this.payouts = payouts;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    @Schema(name = "MakePayout")
    record MakePayout(
            @NotNull @Schema(required = true, description = "ALIPAY or BANK: one batch goes one way.")
            PayeeChannel channel,

            @Min(1) @Schema(description = "Nobody is sent less; 1 yuan if it is left out.", defaultValue = "100")
            Long minimumFen,

            @Min(0)
            @Max(366)
            @Schema(
                    description =
                            "What statements younger than so many days added is not sent yet; 0 if it is left out.")
            Integer holdDays,

            @Size(max = 10_000)
            @Schema(description = "The creators to whom it is limited; everybody if both lists are left out.")
            List<@NotNull UUID> creators,

            @Size(max = 10_000) @Schema(description = "The agencies to whom it is limited.")
            List<@NotNull UUID> agencies) {

        Payouts.Wish wish() {
            return new Payouts.Wish(
                    channel,
                    Money.ofFen(minimumFen == null ? 100 : minimumFen),
                    holdDays == null ? 0 : holdDays,
                    Stream.of(creators, agencies)
                            .filter(Objects::nonNull)
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Schema(name = "Payout")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PayoutView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Payouts.State state,
            @Schema(required = true) PayeeChannel channel,
            @Schema(required = true) long minimumFen,
            @Schema(required = true) int holdDays,
            @Schema(required = true) UUID madeBy,
            @Schema(required = true) Instant madeAt,
            @Schema(nullable = true) UUID approvedBy,
            @Schema(nullable = true) Instant approvedAt,
            @Schema(nullable = true) Instant exportedAt,
            @Schema(required = true) long items,

            @Schema(required = true, description = "Items of which it is not known yet what became.")
            long pending,

            @Schema(required = true) long failed,
            @Schema(required = true) long grossFen,
            @Schema(required = true) long taxFen,

            @Schema(required = true, description = "What is sent: gross less tax.")
            long netFen) {

        static PayoutView of(Payouts.Payout p) {
            return new PayoutView(
                    p.id(),
                    p.state(),
                    p.channel(),
                    p.minimumFen(),
                    p.holdDays(),
                    p.madeBy(),
                    p.madeAt(),
                    p.approvedBy(),
                    p.approvedAt(),
                    p.exportedAt(),
                    p.items(),
                    p.pending(),
                    p.failed(),
                    p.grossFen(),
                    p.taxFen(),
                    p.netFen());
        }
    }

    @Schema(name = "Skipped", description = "A creator or an agency with a balance and not in the payout.")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SkippedView(
            UUID creatorId,
            UUID agencyId,
            @Schema(required = true) Payable.Reason reason,
            @Schema(required = true) long availableFen) {}

    @Schema(name = "PayoutDraft")
    record DraftView(
            @Schema(required = true) PayoutView payout,
            @Schema(required = true) List<SkippedView> skipped) {}

    @Schema(name = "PayoutItem")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ItemView(
            @Schema(required = true) UUID id,
            UUID creatorId,
            UUID agencyId,
            @Schema(required = true) Payouts.ItemState state,
            @Schema(required = true) long grossFen,
            @Schema(required = true) long taxFen,
            @Schema(required = true) long netFen,

            @Schema(required = true, description = "OFF, PER_PAYOUT, MONTHLY or CUMULATIVE.")
            String taxMethod,

            @Schema(required = true) String payeeName,

            @Schema(required = true, description = "Its last four characters.")
            String payeeAccount,

            @Schema(
                    description = "Where the holder is paid now, if that was changed after the payout was made and no"
                            + " approver has looked again: the payout is not exported before one has.")
            PayeeNow payeeNow,

            String failure,
            String reference,
            @Schema(required = true) Instant changedAt) {

        static ItemView of(Payouts.Item item) {
            return new ItemView(
                    item.id(),
                    item.holder().creatorId(),
                    item.holder().agencyId(),
                    item.state(),
                    item.gross().fen(),
                    item.tax().fen(),
                    item.net().fen(),
                    item.taxMethod(),
                    item.payee().name(),
                    item.payee().accountEnd(),
                    item.payeeNow() == null
                            ? null
                            : new PayeeNow(
                                    item.payeeNow().channel(),
                                    item.payeeNow().name(),
                                    item.payeeNow().accountEnd()),
                    item.failure(),
                    item.reference(),
                    item.changedAt());
        }
    }

    @Schema(name = "ChangedPayee")
    record PayeeNow(
            @Schema(required = true) PayeeChannel channel,
            @Schema(required = true) String name,

            @Schema(required = true, description = "Its last four characters.")
            String account) {}

    @Schema(name = "ConfirmPayees")
    record ConfirmBody(
            @NotEmpty @Size(max = 10_000) @Schema(required = true)
            List<@NotNull UUID> items) {}

    @Schema(name = "PayoutResult")
    record ResultBody(
            @NotNull @Schema(required = true) UUID itemId,
            @NotNull @Schema(required = true) Boolean paid,

            @Size(max = 200) @Schema(description = "What the bank calls it.")
            String reference,

            @Size(max = 500) @Schema(description = "Why it failed; needed if it did.")
            String failure) {}

    @Schema(name = "PayoutResults")
    record ResultsBody(@NotEmpty @Size(max = 10_000) List<@NotNull @Valid ResultBody> results) {}

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "makePayout",
            summary = "Make a draft of everything that can be paid now",
            description =
                    "What is in the draft is out of what is payable from then on. Debts and what open months will take "
                            + "back are kept back. Another person has to approve it.")
    public DraftView make(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid MakePayout request) {
        return idempotency.once(caller.get().personId(), key, "makePayout", request, DraftView.class, () -> {
            var draft = payouts.make(request.wish(), caller.get());
            return new DraftView(
                    PayoutView.of(draft.payout()),
                    draft.skipped().stream()
                            .map(s -> new SkippedView(
                                    s.holder().creatorId(),
                                    s.holder().agencyId(),
                                    s.reason(),
                                    s.available().fen()))
                            .toList());
        });
    }

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listPayouts", summary = "Payouts, newest first")
    public Page<PayoutView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = payouts.page(Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(PayoutView::of)
                .toList();
        return Page.of(rows, limit, PayoutView::id, at);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPayout", summary = "A payout")
    public PayoutView get(@PathParam("id") UUID id) {
        return payouts.find(id).map(PayoutView::of).orElseThrow(() -> Payouts.notFound(id));
    }

    @GET
    @Path("/{id}/items")
    @RolesAllowed({Role.FINANCE_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listPayoutItems", summary = "The items of a payout", description = "In a fixed order.")
    public Page<ItemView> items(
            @PathParam("id") UUID id,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        get(id);
        var rows = payouts.items(id, Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(ItemView::of)
                .toList();
        return Page.of(rows, limit, ItemView::id, at);
    }

    @POST
    @Path("/{id}/approve")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "approvePayout",
            summary = "Approve a payout that somebody else has made",
            description =
                    "Refused with `payee-changed` and the items if somebody has changed since where they are paid.")
    public PayoutView approve(@PathParam("id") UUID id) {
        return PayoutView.of(payouts.approve(id, caller.get()));
    }

    @POST
    @Path("/{id}/confirm-payees")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "confirmPayees",
            summary = "Look again at items whose payees have changed since the payout was made",
            description =
                    "They are sent where the payout says, not where its payees are paid now. Who made the payout cannot"
                            + " say so. To send them elsewhere, cancel the payout and make it again.")
    public PayoutView confirmPayees(@PathParam("id") UUID id, @NotNull @Valid ConfirmBody body) {
        return PayoutView.of(payouts.confirmPayees(id, body.items(), caller.get()));
    }

    @POST
    @Path("/{id}/cancel")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "cancelPayout",
            summary = "Give up a payout that was not exported",
            description = "All of it is payable again.")
    public PayoutView cancel(@PathParam("id") UUID id) {
        return PayoutView.of(payouts.cancel(id, caller.get()));
    }

    @POST
    @Path("/{id}/export")
    @Produces("text/csv; charset=gb18030")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "exportPayout",
            summary = "The file to upload to Alipay or the bank",
            description =
                    "In GB18030, with the columns that its channel reads, and with whole account numbers. The same bytes "
                            + "however often it is asked for.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(@PathParam("id") UUID id) {
        return Response.ok(payouts.export(id, caller.get()))
                .header("Content-Disposition", "attachment; filename=\"payout-" + id + ".csv\"")
                .build();
    }

    @POST
    @Path("/{id}/results")
    @RolesAllowed(Role.FINANCE_ROLE)
    @Operation(
            operationId = "reportPayoutResults",
            summary = "Say what became of a payout's items",
            description =
                    "What failed is payable again. All results are taken, or none. The same again changes nothing.")
    public PayoutView results(@PathParam("id") UUID id, @NotNull @Valid ResultsBody body) {
        return PayoutView.of(payouts.results(
                id,
                body.results().stream()
                        .map(r -> new Payouts.Result(r.itemId(), r.paid(), r.reference(), r.failure()))
                        .toList(),
                caller.get()));
    }
}
