package dev.zhida.report;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.attribution.TouchModels;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal;
import dev.zhida.touch.PeoplesTouches;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

@Path("/api/v1/attributions")
@Tag(name = "Attributions")
class AttributionResource {

    /** How far before the click touches are looked at, and how many at most. */
    private static final Duration WINDOW = Duration.ofDays(15);

    private static final int MOST_TOUCHES = 1_000;

    /** The marketplace's page tells the time of its click a moment after our answer to the fan. */
    private static final Duration SAME_CLICK = Duration.ofMinutes(1);

    private final Jdbi jdbi;
    private final PeoplesTouches touches;
    private final CurrentCaller caller;
    private final Clock clock;

    AttributionResource(Jdbi jdbi, PeoplesTouches touches, CurrentCaller caller, Clock clock) {
        this.jdbi = jdbi;
        this.touches = touches;
        this.caller = caller;
        this.clock = clock;
    }

    /** Where the review of an attribution stands. */
    enum State {
        OPEN,
        ACCEPTED,
        DISPUTED,
        UPHELD,
        REJECTED,
        LAPSED
    }

    @Schema(name = "Attribution")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AttributionView(
            @Schema(required = true) long id,
            @Schema(required = true) UUID orderLineId,
            @Schema(required = true) String orderNo,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) OrderStatus status,

            @Schema(nullable = true, description = "The item ordered.")
            String itemTitle,

            @Schema(required = true) UUID creatorId,
            @Schema(required = true) String creatorName,

            @Schema(nullable = true, description = "The placement, where it is known.")
            String code,

            @Schema(nullable = true) Platform platform,
            @Schema(nullable = true) Scene scene,
            @Schema(required = true) Medium medium,

            @Schema(required = true, description = "EXACT, WINDOW or SHARED.")
            String confidence,

            @Schema(nullable = true, description = "Whether another item was ordered than the placement shows.")
            Boolean otherItem,

            @Schema(required = true) long paidFen,
            @Schema(nullable = true) Instant clickedAt,
            @Schema(nullable = true) Instant paidAt,

            @Schema(required = true, description = "The ordered item's campaigns that it is in.")
            List<UUID> campaignIds,

            @Schema(required = true) State state,

            @Schema(nullable = true, description = "Why it was accepted, disputed or decided so.")
            String reason,

            @Schema(nullable = true, description = "When an open dispute of a settled line ends by itself.")
            Instant lapsesAt) {}

    @Schema(name = "AttributionShare")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ShareView(
            @Schema(required = true) String code,
            @Schema(required = true) UUID creatorId,
            @Schema(required = true) Platform platform,
            @Schema(required = true) Medium medium,

            @Schema(required = true, description = "How many touches the shares rest on.")
            int touches,

            @Schema(required = true, description = "Of one, by model; each model's shares sum to one.")
            Map<TouchModels.Model, BigDecimal> shares) {}

    @Schema(name = "AttributionModels")
    record ModelsView(
            @Schema(
                    required = true,
                    description =
                            "VISITOR: touches of the one visitor who was at the placement within the minute before the "
                                    + "buyer's click. OFFER: touches of all people on the item's placements, because "
                                    + "nobody can say who of them bought. NONE: there were no touches.")
            String basis,

            @Schema(required = true, description = "What the shares mean, in words for the brand.")
            String means,

            @Schema(required = true) List<ShareView> items) {}

    @Schema(name = "AttributionEvidence")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record EvidenceView(
            @Schema(required = true) int version,
            @Schema(required = true) int ruleVersion,
            @Schema(required = true) Instant decidedAt,

            @Schema(nullable = true, description = "The lease of the slot that the order names.")
            Long leaseId,

            @Schema(nullable = true, description = "When that lease began.")
            Instant leaseFrom,

            @Schema(nullable = true, description = "How many placements shared the slot.")
            Integer holders,

            @Schema(nullable = true, description = "The touch that names the placement.")
            UUID touchId,

            @Schema(nullable = true) Instant touchedAt,

            @Schema(nullable = true, description = "The accepted claim that it rests on.")
            Long claimId) {}

    @Schema(name = "AttributionDetail")
    record DetailView(
            @Schema(required = true) AttributionView attribution,
            @Schema(required = true) EvidenceView evidence,

            @Schema(required = true, description = "Side by side, for the review; money follows none of them.")
            ModelsView models,

            @Schema(required = true) Instant dataTo) {}

    private static final String SELECT = """
            select * from (
                select a.id, a.order_line_id, o.order_no, o.marketplace, o.status, o.item_title, a.creator_id,
                       r.name creator_name, p.code, p.platform, p.scene, a.medium, a.confidence, a.other_item, o.paid_fen,
                       o.clicked_at, coalesce(o.paid_at, o.created_at) paid_at, a.ordered_offer_id, a.placement_id,
                       array(select c.campaign_id from attribution_campaign c
                           where c.attribution_id = a.id and (:brand::uuid is null or c.brand_id = :brand) order by 1)
                           campaign_ids,
                       case when s.verdict is null then 'OPEN' when s.lapses_at <= :at then 'LAPSED' else s.verdict end state,
                       case when not exists (select from commission c join campaign m on m.id = c.campaign_id
                           where c.order_line_id = a.order_line_id and m.brand_id <> :brand) then s.reason end reason,
                       s.lapses_at, a.version, a.rule_version, a.decided_at, a.lease_id, a.touch_id, a.claim_id,
                       (a.evidence ->> 'leaseFrom')::timestamptz lease_from, (a.evidence ->> 'holders')::int holders,
                       (a.evidence ->> 'touchedAt')::timestamptz touched_at
                from attribution a
                join order_line o on o.id = a.order_line_id
                join creator r on r.id = a.creator_id
                left join placement p on p.id = a.placement_id
                left join attribution_review_state s on s.attribution_id = a.id
                where a.current
                  and exists (select from attribution_campaign c where c.attribution_id = a.id
                      and (:brand::uuid is null or c.brand_id = :brand)
                      and (:campaign::uuid is null or c.campaign_id = :campaign))
            ) t where true
            """;

    @GET
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listAttributions",
            summary = "Attributions in campaigns, newest first",
            description = "A line belongs to the campaigns of the item that was ordered, whatever its placement shows.")
    public Page<AttributionView> list(
            @QueryParam("campaign") UUID campaign,
            @QueryParam("state")
                    @Pattern(
                            regexp = "OPEN|ACCEPTED|DISPUTED|UPHELD|REJECTED|LAPSED",
                            message = "is one of OPEN, ACCEPTED, DISPUTED, UPHELD, REJECTED, LAPSED")
                    String state,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var scope = caller.get().scope();
        Long before = Page.position(cursor, Long::valueOf);
        var rows = jdbi.withHandle(handle -> bind(handle.createQuery(SELECT + """
                                  and (:state::text is null or state = :state) and (:before::bigint is null or id < :before)
                                order by id desc limit :limit
                                """), scope, campaign, at)
                .bind("state", state)
                .bind("before", before)
                .bind("limit", limit + 1)
                .map((row, context) -> view(row))
                .list());
        return Page.of(rows, limit, AttributionView::id, at);
    }

    private static Query bind(Query query, Scope scope, UUID campaign, Instant at) {
        return query.bind("brand", scope.brandOnly()).bind("campaign", campaign).bind("at", utc(at));
    }

    private record Found(AttributionView view, EvidenceView evidence, UUID orderedOffer, Long placement) {}

    @GET
    @Path("/{number}")
    @RolesAllowed({Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "getAttribution",
            summary = "One attribution, its evidence, and how other models would share it")
    public DetailView get(@PathParam("number") long id) {
        var at = clock.instant();
        var found = jdbi.withHandle(handle -> bind(
                                handle.createQuery(SELECT + " and id = :id"),
                                caller.get().scope(),
                                null,
                                at)
                        .bind("id", id)
                        .map((row, context) -> new Found(
                                view(row),
                                evidence(row),
                                row.getObject("ordered_offer_id", UUID.class),
                                row.getObject("placement_id", Long.class)))
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND,
                        "attribution-not-found",
                        "you have no current attribution with the id " + id));
        return new DetailView(found.view(), found.evidence(), models(found), at);
    }

    private record Shown(String code, UUID creatorId, Platform platform, Medium medium) {}

    private ModelsView models(Found found) {
        var clickedAt = found.view().clickedAt();
        if (clickedAt == null) {
            return new ModelsView("NONE", "订单没有点击时间，无法与触点比较。 The order tells no click time.", List.of());
        }
        var placements = placements(found.orderedOffer(), caller.get().scope().brandOnly());
        var until = clickedAt.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        var seen = touches.on(placements.keySet(), until.minus(WINDOW), until, MOST_TOUCHES);
        var visitors = seen.stream()
                .filter(touch -> found.placement() != null
                        && touch.placementId() == found.placement()
                        && !touch.at().isBefore(until.minus(SAME_CLICK)))
                .map(PeoplesTouches.Seen::visitor)
                .distinct()
                .toList();
        var one = visitors.size() == 1;
        var path = one
                ? seen.stream()
                        .filter(touch -> touch.visitor().equals(visitors.getFirst()))
                        .toList()
                : seen;
        if (path.isEmpty()) {
            return new ModelsView("NONE", "点击前没有记录到触点。 No touch was seen before the click.", List.of());
        }
        return new ModelsView(
                one ? "VISITOR" : "OFFER",
                one
                        ? "点击前一分钟内该投放位只有一位访客，份额按这位访客的触点计算；佣金不随之变动。 "
                                + "One visitor was there within the minute before the click; the shares are of her touches. "
                                + "No money follows them."
                        : "无法确定买家是哪位访客，份额按点击前该商品所有投放位的触点计算，只说明关注度；佣金不随之变动。 "
                                + "Nobody can say which visitor bought; the shares are of all people's touches on the item "
                                + "and show attention only. No money follows them.",
                shares(path, clickedAt, placements));
    }

    private static List<ShareView> shares(
            List<PeoplesTouches.Seen> path, Instant clickedAt, Map<Long, Shown> placements) {
        var shares = TouchModels.shares(
                path.stream()
                        .map(touch -> new TouchModels.Point(touch.id(), touch.at(), touch.placementId()))
                        .toList(),
                clickedAt);
        var items = new ArrayList<ShareView>();
        path.stream().map(PeoplesTouches.Seen::placementId).distinct().sorted().forEach(placement -> {
            var ofPlacement = new HashMap<TouchModels.Model, BigDecimal>();
            shares.forEach((model, byPlacement) -> ofPlacement.put(model, byPlacement.get(placement)));
            var shown = placements.get(placement);
            items.add(new ShareView(
                    shown.code(),
                    shown.creatorId(),
                    shown.platform(),
                    shown.medium(),
                    (int) path.stream()
                            .filter(touch -> touch.placementId() == placement)
                            .count(),
                    ofPlacement));
        });
        return items;
    }

    /** A brand sees those of the creators whom it has invited. */
    private Map<Long, Shown> placements(UUID offer, UUID brand) {
        var shown = new HashMap<Long, Shown>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select id, code, creator_id, platform, medium from placement p
                        where offer_id = :offer and (:brand::uuid is null or exists (
                            select from campaign_creator i join campaign m on m.id = i.campaign_id
                            where m.brand_id = :brand and i.creator_id = p.creator_id))
                        """)
                .bind("offer", offer)
                .bind("brand", brand)
                .map((row, context) -> shown.put(
                        row.getLong("id"),
                        new Shown(
                                row.getString("code"),
                                row.getObject("creator_id", UUID.class),
                                Platform.valueOf(row.getString("platform")),
                                Medium.valueOf(row.getString("medium")))))
                .list());
        return shown;
    }

    private static AttributionView view(ResultSet row) throws SQLException {
        return new AttributionView(
                row.getLong("id"),
                row.getObject("order_line_id", UUID.class),
                row.getString("order_no"),
                Marketplace.valueOf(row.getString("marketplace")),
                OrderStatus.valueOf(row.getString("status")),
                row.getString("item_title"),
                row.getObject("creator_id", UUID.class),
                row.getString("creator_name"),
                row.getString("code"),
                row.getString("platform") == null ? null : Platform.valueOf(row.getString("platform")),
                row.getString("scene") == null ? null : Scene.valueOf(row.getString("scene")),
                Medium.valueOf(row.getString("medium")),
                row.getString("confidence"),
                row.getObject("other_item", Boolean.class),
                row.getLong("paid_fen"),
                instant(row, "clicked_at"),
                instant(row, "paid_at"),
                List.of((UUID[]) row.getArray("campaign_ids").getArray()),
                State.valueOf(row.getString("state")),
                row.getString("reason"),
                instant(row, "lapses_at"));
    }

    private static EvidenceView evidence(ResultSet row) throws SQLException {
        return new EvidenceView(
                row.getInt("version"),
                row.getInt("rule_version"),
                instant(row, "decided_at"),
                row.getObject("lease_id", Long.class),
                instant(row, "lease_from"),
                row.getObject("holders", Integer.class),
                row.getObject("touch_id", UUID.class),
                instant(row, "touched_at"),
                row.getObject("claim_id", Long.class));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
