package dev.zhida.attribution;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.attribution.Attribution.Claimed;
import dev.zhida.attribution.Attribution.Exact;
import dev.zhida.attribution.Attribution.None;
import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.attribution.Attribution.Window;
import dev.zhida.campaign.Offers;
import dev.zhida.link.LinkKits;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.order.OrderLine;
import dev.zhida.slot.Lease;
import dev.zhida.slot.SlotLeases;
import dev.zhida.touch.PeoplesTouches;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Decides and keeps which placement order lines came from. The caller has locked the lines. */
@ApplicationScoped
public class Attributions {

    private final Jdbi jdbi;
    private final SlotLeases leases;
    private final LinkKits kits;
    private final Offers offers;
    private final PeoplesTouches touches;
    private final Claims claims;
    private final ObjectMapper json;
    private final Duration lookBack;

    Attributions(
            Jdbi jdbi,
            SlotLeases leases,
            LinkKits kits,
            Offers offers,
            PeoplesTouches touches,
            Claims claims,
            ObjectMapper json,
            // How far before the click a touch may name the placement of a shared slot. Longer: fewer orders without a
            // placement; shorter: fewer that are named by a touch of somebody else.
            @ConfigProperty(name = "zhida.attribution.look-back", defaultValue = "1d") Duration lookBack) {
        this.jdbi = jdbi;
        this.leases = leases;
        this.kits = kits;
        this.offers = offers;
        this.touches = touches;
        this.claims = claims;
        this.json = json;
        this.lookBack = lookBack;
    }

    /**
     * Decides every line anew; a decision that differs from the current one becomes its next version.
     *
     * @return the decision by line
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<UUID, Attribution> attribute(List<OrderLine> lines, Instant at) {
        if (lines.isEmpty()) {
            return Map.of();
        }
        var offerByItem = offers.ids(
                lines.stream().map(Attributions::item).flatMap(Optional::stream).toList(), at);
        var ordered = new HashMap<UUID, UUID>();
        lines.forEach(line -> item(line).ifPresent(item -> ordered.put(line.id(), offerByItem.get(item))));

        var decisions = bySlot(lines);
        var offerByPlacement = kits.offersOf(decisions.values().stream()
                .flatMap(decision -> placements(decision).stream())
                .distinct()
                .toList());
        nameShared(lines, decisions, ordered, offerByPlacement);
        takeClaims(decisions, offerByPlacement);
        keep(lines, decisions, ordered, offerByPlacement, at);
        return decisions;
    }

    private static Optional<ItemReference> item(OrderLine line) {
        var latest = line.latest();
        return Optional.ofNullable(latest.itemKey())
                .filter(key -> !key.isBlank())
                .map(key ->
                        new ItemReference(latest.marketplace(), latest.itemId() == null ? key : latest.itemId(), key));
    }

    private static List<Long> placements(Attribution attribution) {
        return switch (attribution) {
            case Exact(var lease) -> List.of(lease.placementId());
            case Shared(var holders) -> holders.stream().map(Lease::placementId).toList();
            case Window window -> List.of(window.placement());
            case Claimed claimed -> List.of(claimed.placement());
            case None none -> List.of();
        };
    }

    private Map<UUID, Attribution> bySlot(List<OrderLine> lines) {
        var decisions = new HashMap<UUID, Attribution>();
        lines.stream().collect(groupingBy(OrderLine::accountId)).forEach((account, ofAccount) -> {
            var keys = ofAccount.stream()
                    .map(line -> line.latest().slot())
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList();
            var leasesBySlot = leases.leases(account, keys);
            for (var line : ofAccount) {
                var slot = line.latest().slot();
                decisions.put(
                        line.id(),
                        LeaseAtClick.decide(
                                slot != null,
                                line.latest().clickedAt(),
                                line.latest().createdAt() != null
                                        ? line.latest().createdAt()
                                        : line.latest().paidAt(),
                                leasesBySlot.getOrDefault(slot, List.of())));
            }
        });
        return decisions;
    }

    private record Open(OrderLine line, Shared shared, List<Lease> candidates) {}

    /** Asks the touch log about the lines whose slot was shared, all in one query. */
    private void nameShared(
            List<OrderLine> lines,
            Map<UUID, Attribution> decisions,
            Map<UUID, UUID> ordered,
            Map<Long, UUID> offerByPlacement) {
        var open = new ArrayList<Open>();
        for (var line : lines) {
            // A touch comes before the click; without its time none does.
            if (decisions.get(line.id()) instanceof Shared shared
                    && line.latest().clickedAt() != null) {
                var candidates = LastTouch.candidates(shared, ordered.get(line.id()), offerByPlacement);
                if (!candidates.isEmpty()) {
                    open.add(new Open(line, shared, candidates));
                }
            }
        }
        if (open.isEmpty()) {
            return;
        }
        var seen = touches.last(open.stream()
                .flatMap(one -> one.candidates().stream()
                        .map(lease -> new PeoplesTouches.Asked(
                                lease.placementId(),
                                LastTouch.from(one.line().latest().clickedAt(), lookBack),
                                LastTouch.until(one.line().latest().clickedAt()))))
                .distinct()
                .toList());
        open.forEach(one -> decisions.put(
                one.line().id(),
                LastTouch.name(
                        one.shared(), one.candidates(), one.line().latest().clickedAt(), lookBack, seen)));
    }

    /** A claim stands only where no slot says anything: money follows slots. */
    private void takeClaims(Map<UUID, Attribution> decisions, Map<Long, UUID> offerByPlacement) {
        var unknown = decisions.entrySet().stream()
                .filter(decision -> decision.getValue() instanceof None)
                .map(Map.Entry::getKey)
                .toList();
        if (!unknown.isEmpty()) {
            var accepted = claims.accepted(unknown);
            decisions.putAll(accepted);
            offerByPlacement.putAll(kits.offersOf(
                    accepted.values().stream().map(Attribution::placement).toList()));
        }
    }

    private record Current(int version, Row row) {}

    /** What makes two versions differ. */
    private record Row(
            String confidence,
            Long placementId,
            UUID creatorId,
            String medium,
            Long leaseId,
            String reason,
            UUID touchId,
            Long claimId,
            UUID orderedOfferId,
            Boolean otherItem) {

        static Row of(Attribution attribution, UUID orderedOffer, Map<Long, UUID> offerByPlacement) {
            var placement = attribution.placement();
            var shown = placement == null ? null : offerByPlacement.get(placement);
            return new Row(
                    attribution.confidence(),
                    placement,
                    attribution.creator(),
                    attribution.medium() == null ? null : attribution.medium().name(),
                    switch (attribution) {
                        case Exact(var lease) -> (Long) lease.id();
                        case Window window -> (Long) window.lease().id();
                        case Shared shared -> null;
                        case Claimed claimed -> null;
                        case None none -> null;
                    },
                    attribution instanceof None(var reason) ? reason.name() : null,
                    attribution instanceof Window window ? window.touchId() : null,
                    attribution instanceof Claimed claimed ? (Long) claimed.claimId() : null,
                    orderedOffer,
                    shown == null || orderedOffer == null ? null : (Boolean) !shown.equals(orderedOffer));
        }

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getString("confidence"),
                    row.getObject("placement_id", Long.class),
                    row.getObject("creator_id", UUID.class),
                    row.getString("medium"),
                    row.getObject("lease_id", Long.class),
                    row.getString("reason"),
                    row.getObject("touch_id", UUID.class),
                    row.getObject("claim_id", Long.class),
                    row.getObject("ordered_offer_id", UUID.class),
                    row.getObject("other_item", Boolean.class));
        }
    }

    private record Change(OrderLine line, Attribution decision, Row row, int version) {}

    private void keep(
            List<OrderLine> lines,
            Map<UUID, Attribution> decisions,
            Map<UUID, UUID> ordered,
            Map<Long, UUID> offerByPlacement,
            Instant at) {
        try (var handle = jdbi.open()) {
            var current = current(handle, lines);
            var changes = new ArrayList<Change>();
            for (var line : lines) {
                var decision = decisions.get(line.id());
                var row = Row.of(decision, ordered.get(line.id()), offerByPlacement);
                var was = current.get(line.id());
                if (was == null || !was.row().equals(row)) {
                    changes.add(new Change(line, decision, row, was == null ? 1 : was.version() + 1));
                }
            }
            if (!changes.isEmpty()) {
                supersede(handle, changes);
                insert(handle, changes, at);
            }
        }
    }

    private static void supersede(Handle handle, List<Change> changes) {
        var older = changes.stream()
                .filter(change -> change.version() > 1)
                .map(change -> change.line().id())
                .toList();
        if (!older.isEmpty()) {
            handle.createUpdate("update attribution set current = false where order_line_id = any(:lines) and current")
                    .bindArray("lines", UUID.class, older)
                    .execute();
        }
    }

    private void insert(Handle handle, List<Change> changes, Instant at) {
        var insert =
                handle.createUpdate("""
                        insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id,
                            medium, lease_id, touch_id, claim_id, ordered_offer_id, other_item, rule_version, evidence,
                            decided_at)
                        select t.line, t.version, true, t.confidence, t.placement, t.creator, t.medium, t.lease, t.touch,
                            t.claim, t.ordered, t.other, :rule, t.evidence::jsonb, :at
                        from unnest(:lines, :versions, :confidences, :placements, :creators, :media, :leases, :touches,
                            :claims, :ordereds, :others, :evidences)
                            as t (line, version, confidence, placement, creator, medium, lease, touch, claim, ordered,
                                other, evidence)
                        """).bind("rule", Attribution.RULE_VERSION).bind("at", utc(at));
        array(insert, "lines", UUID.class, changes, change -> change.line().id());
        array(insert, "versions", Integer.class, changes, Change::version);
        array(insert, "confidences", String.class, changes, change -> change.row()
                .confidence());
        array(insert, "placements", Long.class, changes, change -> change.row().placementId());
        array(insert, "creators", UUID.class, changes, change -> change.row().creatorId());
        array(insert, "media", String.class, changes, change -> change.row().medium());
        array(insert, "leases", Long.class, changes, change -> change.row().leaseId());
        array(insert, "touches", UUID.class, changes, change -> change.row().touchId());
        array(insert, "claims", Long.class, changes, change -> change.row().claimId());
        array(insert, "ordereds", UUID.class, changes, change -> change.row().orderedOfferId());
        array(insert, "others", Boolean.class, changes, change -> change.row().otherItem());
        array(insert, "evidences", String.class, changes, change -> evidence(change.line(), change.decision()));
        insert.execute();
    }

    private String evidence(OrderLine line, Attribution attribution) {
        var evidence = new LinkedHashMap<String, Object>();
        var slot = line.latest().slot();
        evidence.put("slot", slot == null ? null : slot.value());
        evidence.put("clickedAt", Objects.toString(line.latest().clickedAt(), null));
        switch (attribution) {
            case Exact(Lease lease) -> evidence.put("leaseFrom", lease.fromAt().toString());
            case Window window -> {
                evidence.put("leaseFrom", window.lease().fromAt().toString());
                evidence.put("touchedAt", window.touchedAt().toString());
                evidence.put("holders", window.holders());
            }
            case Shared(var holders) -> evidence.put("holders", holders.size());
            case Claimed claimed -> evidence.put("claim", claimed.claimId());
            case None(var reason) -> evidence.put("reason", reason.name());
        }
        try {
            return json.writeValueAsString(evidence);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<UUID, Current> current(Handle handle, List<OrderLine> lines) {
        return handle
                .createQuery("""
                        select order_line_id, version, confidence, placement_id, creator_id, medium, lease_id, touch_id,
                               claim_id, ordered_offer_id, other_item, evidence ->> 'reason' reason
                        from attribution where order_line_id = any(:lines) and current
                        """)
                .bindArray(
                        "lines", UUID.class, lines.stream().map(OrderLine::id).toList())
                .map((row, context) -> Map.entry(
                        row.getObject("order_line_id", UUID.class), new Current(row.getInt("version"), Row.of(row))))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * The lines without a certain placement whose buyers clicked since then: a touch that came late, or was taken for a
     * person's later, and a lease that was written later can still change what is known of them.
     *
     * @param after the last line of the portion before; {@code null} for the first
     */
    public List<UUID> uncertain(Instant since, UUID after, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select o.id from attribution a join order_line o on o.id = a.order_line_id
                        where a.current and a.confidence <> 'EXACT'
                          and coalesce(o.clicked_at, o.created_at, o.paid_at) >= :since
                          and (:after::uuid is null or o.id > :after)
                        order by a.order_line_id limit :limit
                        """)
                .bind("since", utc(since))
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(UUID.class)
                .list());
    }
}
