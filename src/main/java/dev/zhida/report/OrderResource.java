package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Jdbi;

@Path("/api/v1/orders")
@Tag(name = "Orders")
class OrderResource {

    private final Jdbi jdbi;
    private final WhyReport why;
    private final CurrentCaller caller;
    private final Clock clock;

    OrderResource(Jdbi jdbi, WhyReport why, CurrentCaller caller, Clock clock) {
        this.jdbi = jdbi;
        this.why = why;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "Order")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record OrderView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String orderNo,
            @Schema(required = true) String parentNo,
            @Schema(required = true) OrderStatus status,

            @Schema(nullable = true, description = "Why a person has to decide.")
            String review,

            @Schema(nullable = true) String itemTitle,
            @Schema(required = true) int quantity,

            @Schema(nullable = true, description = "The placement, where it is known.")
            String code,

            @Schema(required = true, description = "EXACT, WINDOW, SHARED or NONE.")
            String confidence,

            @Schema(nullable = true, description = "Whether another item was ordered than the placement shows.")
            Boolean otherItem,

            @Schema(required = true, description = "Whether the marketplace has frozen it for a violation.")
            boolean frozen,

            @Schema(required = true, description = "Whether an operator holds its commission back.")
            boolean held,

            @Schema(required = true) long paidFen,

            @Schema(required = true, description = "The creator's share of what is expected.")
            long estimatedFen,

            @Schema(required = true, description = "The creator's share of what was settled.")
            long settledFen,

            @Schema(nullable = true) Instant clickedAt,
            @Schema(nullable = true) Instant createdAt,
            @Schema(nullable = true) Instant settledAt) {}

    private static final String SELECT = """
            select o.id, o.marketplace, o.order_no, o.parent_no, o.status, o.review, o.item_title, o.quantity, p.code,
                   a.confidence, a.other_item, o.frozen, o.held, o.paid_fen, c.estimated_fen, c.settled_fen, o.clicked_at, o.created_at, o.settled_at
            from order_line o
            join attribution a on a.order_line_id = o.id and a.current
            join commission c on c.order_line_id = o.id
            left join placement p on p.id = a.placement_id
            where (:scopeCreator::uuid is null or a.creator_id = :scopeCreator)
              and (:scopeBrand::uuid is null or exists (select from attribution_campaign m
                  where m.attribution_id = a.id and m.brand_id = :scopeBrand))
            """;

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listOrders", summary = "Order lines, newest first")
    public Page<OrderView> list(
            @QueryParam("code") String code,
            @QueryParam("marketplace") String marketplace,
            @QueryParam("status") String status,
            @QueryParam("creator") UUID creator,
            @QueryParam("from") @Schema(description = "Created then or later.") Instant from,
            @QueryParam("until") @Schema(description = "Created before then.") Instant until,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var scope = caller.get().scope();
        var rows = jdbi.withHandle(handle -> bind(handle.createQuery(SELECT + """
                          and (:code::text is null or p.code = upper(:code))
                          and (:marketplace::text is null or o.marketplace = :marketplace)
                          and (:status::text is null or o.status = :status)
                          and (:creator::uuid is null or a.creator_id = :creator)
                          and (:from::timestamptz is null or o.created_at >= :from)
                          and (:until::timestamptz is null or o.created_at < :until)
                          and (:before::uuid is null or o.id < :before)
                        order by o.id desc limit :limit
                        """), scope)
                .bind("code", code)
                .bind("marketplace", marketplace)
                .bind("status", status)
                .bind("creator", creator)
                .bind("from", from)
                .bind("until", until)
                .bind("before", Page.position(cursor, UUID::fromString))
                .bind("limit", limit + 1)
                .map((row, context) -> view(row))
                .list());
        return Page.of(rows, limit, OrderView::id, at);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getOrder", summary = "One order line")
    public OrderView get(@PathParam("id") UUID id) {
        return find(id, caller.get().scope());
    }

    @Schema(name = "OrderEvent")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record EventView(
            @Schema(required = true) Instant at,

            @Schema(
                    required = true,
                    description =
                            "OBSERVED, REFUNDED, PUNISHED, DECIDED, HELD, CLAIMED, ATTRIBUTED, REVIEWED or POSTED.")
            String kind,

            @Schema(required = true, description = "In one line.")
            String what,

            @Schema(nullable = true, description = "What was moved.")
            Long amountFen) {}

    @Schema(name = "OrderEvents")
    record EventsView(
            @Schema(required = true) List<EventView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @Path("/{id}/events")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listOrderEvents",
            summary = "What happened to an order line, oldest first",
            description =
                    "What was observed, refunded, punished, decided, held and claimed, how it was attributed and reviewed, "
                            + "and what was posted.")
    public EventsView events(@PathParam("id") UUID id) {
        var at = clock.instant();
        var order = find(id, caller.get().scope());
        return new EventsView(
                jdbi.withHandle(handle -> handle.createQuery(EVENTS)
                        .bind("id", order.id())
                        .bind("creator", caller.get().scope().creatorOnly())
                        .map((row, context) -> new EventView(
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                row.getString("kind"),
                                row.getString("what"),
                                row.getObject("fen", Long.class)))
                        .list()),
                at);
    }

    /** A creator sees what became of her own claims, not those of others. */
    private static final String EVENTS = """
            select b.observed_at at, 'OBSERVED' kind, b.content ->> 'status' what, null::bigint fen, 1 rank, b.id
            from order_observation b join order_line o using (marketplace, line_key) where o.id = :id
            union all
            select f.observed_at, 'REFUNDED', (f.content ->> 'status') || ', ' || f.refund_id,
                   (f.content ->> 'commissionFen')::bigint, 2, f.id
            from order_refund_observation f join order_line o using (marketplace, line_key) where o.id = :id
            union all
            select u.observed_at, 'PUNISHED', case when u.frozen then 'frozen' else 'freed' end
                   || coalesce(', violation ' || u.violation, ''), null, 3, u.id
            from order_punishment_observation u join order_line o using (marketplace, order_no) where o.id = :id
            union all
            select d.decided_at, 'DECIDED', coalesce(d.status || ', ', '') || d.reason, null, 4, d.id
            from order_decision d where d.order_line_id = :id
            union all
            select h.decided_at, 'HELD', case when h.held then 'held, ' else 'released, ' end || h.reason, null, 5, h.id
            from order_hold h where h.order_line_id = :id
            union all
            select c.claimed_at, 'CLAIMED', 'claimed with ' || p.code, null, 6, c.id
            from order_claim c join placement p on p.id = c.placement_id
            where c.order_line_id = :id and (:creator::uuid is null or c.creator_id = :creator)
            union all
            select c.decided_at, 'CLAIMED', case when c.accepted then 'accepted, ' else 'refused, ' end || c.reason, null, 7, c.id
            from order_claim c
            where c.order_line_id = :id and c.accepted is not null and (:creator::uuid is null or c.creator_id = :creator)
            union all
            select a.decided_at, 'ATTRIBUTED', a.confidence || coalesce(' ' || (a.evidence ->> 'reason'), '')
                   || coalesce(', touch ' || a.touch_id, '') || coalesce(', claim ' || a.claim_id, ''), null, 8, a.id
            from attribution a where a.order_line_id = :id
            union all
            select r.reviewed_at, 'REVIEWED', r.verdict || ', ' || r.reason, null, 9, r.id
            from attribution_review r join attribution a on a.id = r.attribution_id where a.order_line_id = :id
            union all
            select t.posted_at, 'POSTED', d.kind || ' → ' || c.kind || ', ' || t.reason, t.amount_fen, 10, t.id
            from ledger_source s join ledger_transfer t on t.source_id = s.id
            join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
            where s.name = 'order-line/' || :id
            order by 1, rank, id
            """;

    @Schema(name = "WhyStep")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WhyStepView(
            @Schema(required = true, description = "A stable name, like FEE or SHARE.")
            String code,

            @Schema(description = "The step's result.") Long fen,

            @Schema(
                    description = "In yuan; a product is rounded half-even to the fen.",
                    examples = "16.20 × 0.7 = 11.34")
            String formula,

            @Schema(required = true) String zh,
            @Schema(required = true) String en) {}

    @Schema(name = "WhyTransfer")
    record WhyTransferView(
            @Schema(required = true) Instant at,

            @Schema(required = true, description = "The posting month.")
            String month,

            @Schema(required = true) String debit,
            @Schema(required = true) String credit,
            @Schema(required = true) long amountFen,
            @Schema(required = true) String reason) {}

    @Schema(name = "Why")
    record WhyView(
            @Schema(required = true) UUID orderId,

            @Schema(required = true, description = "What the creator has of it now.")
            long amountFen,

            @Schema(required = true) List<WhyStepView> steps,
            @Schema(required = true) List<WhyTransferView> transfers,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @Path("/{id}/why")
    @RolesAllowed({Role.CREATOR_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "explainOrder",
            summary = "Why an order line earns what it earns",
            description = "The arithmetic step by step, in Chinese and English, and the transfers in the books.")
    public WhyView why(@PathParam("id") UUID id) {
        var at = clock.instant();
        var order = find(id, caller.get().scope());
        var answer = why.of(order.id());
        return new WhyView(
                order.id(),
                answer.amountFen(),
                answer.steps().stream()
                        .map(step -> new WhyStepView(step.code(), step.fen(), step.formula(), step.zh(), step.en()))
                        .toList(),
                answer.transfers().stream()
                        .map(transfer -> new WhyTransferView(
                                transfer.at(),
                                transfer.month(),
                                transfer.debit(),
                                transfer.credit(),
                                transfer.amountFen(),
                                transfer.reason()))
                        .toList(),
                at);
    }

    private OrderView find(UUID id, Scope scope) {
        return jdbi.withHandle(handle -> bind(handle.createQuery(SELECT + " and o.id = :id"), scope)
                        .bind("id", id)
                        .map((row, context) -> view(row))
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "order-not-found", "you have no order line with the id " + id));
    }

    private static org.jdbi.v3.core.statement.Query bind(org.jdbi.v3.core.statement.Query query, Scope scope) {
        return query.bind("scopeCreator", scope.creatorOnly()).bind("scopeBrand", scope.brandOnly());
    }

    private static OrderView view(ResultSet row) throws SQLException {
        return new OrderView(
                row.getObject("id", UUID.class),
                Marketplace.valueOf(row.getString("marketplace")),
                row.getString("order_no"),
                row.getString("parent_no"),
                OrderStatus.valueOf(row.getString("status")),
                row.getString("review"),
                row.getString("item_title"),
                row.getInt("quantity"),
                row.getString("code"),
                row.getString("confidence"),
                row.getObject("other_item", Boolean.class),
                row.getBoolean("frozen"),
                row.getBoolean("held"),
                row.getLong("paid_fen"),
                row.getLong("estimated_fen"),
                row.getLong("settled_fen"),
                instant(row, "clicked_at"),
                instant(row, "created_at"),
                instant(row, "settled_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
