package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/** Placements and kits in the database. */
@ApplicationScoped
class PlacementStore {

    static final String COLUMNS = """
            p.id, p.code, p.creator_id, p.offer_id, p.campaign_id, p.platform, p.scene, p.medium, p.label,
            p.destination, p.earns_not, p.created_at, p.expires_at, p.disabled_at
            """;

    private final Jdbi jdbi;

    PlacementStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** What a creator can have one live placement of for a campaign, or for none: an offer at a place. */
    record Spot(UUID offerId, Placement.Place place) {}

    /** Makes others who make placements for the creator wait until the transaction ends. */
    void lock(UUID creatorId) {
        jdbi.useHandle(handle -> handle.createQuery("select id from creator where id = :creator for no key update")
                .bind("creator", creatorId)
                .mapTo(UUID.class)
                .one());
    }

    /**
     * The live placements that a creator has of some offers for a campaign, or for none. One whose time is over is ended,
     * so that its place is free.
     */
    Map<Spot, Placement> live(UUID creatorId, UUID campaignId, Collection<UUID> offerIds, Instant at) {
        return jdbi.withHandle(handle -> {
            var found = handle.createQuery("select " + COLUMNS + """
                             from placement p
                            where p.creator_id = :creator and p.offer_id = any(:offers) and p.disabled_at is null
                              and p.campaign_id is not distinct from :campaign
                            """)
                    .bind("creator", creatorId)
                    .bind("campaign", campaignId)
                    .bindArray("offers", UUID.class, List.copyOf(offerIds))
                    .map((row, context) -> placement(row))
                    .list();
            var over = found.stream()
                    .filter(p -> p.expiresAt() != null && !p.expiresAt().isAfter(at))
                    .toList();
            if (!over.isEmpty()) {
                handle.createUpdate(
                                "update placement set disabled_at = expires_at where id = any(:ids) and disabled_at is null")
                        .bindArray(
                                "ids",
                                Long.class,
                                over.stream().map(Placement::id).toList())
                        .execute();
            }
            return found.stream()
                    .filter(p -> !over.contains(p))
                    .collect(Collectors.toMap(p -> new Spot(p.offerId(), p.place()), p -> p));
        });
    }

    Map<Long, UUID> offersOf(Collection<Long> ids) {
        return jdbi.withHandle(handle -> handle
                .createQuery("select id, offer_id from placement where id = any(:ids)")
                .bindArray("ids", Long.class, List.copyOf(ids))
                .map((row, context) -> Map.entry(row.getLong("id"), row.getObject("offer_id", UUID.class)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Ids for placements that are going to be added. */
    List<Long> nextIds(int count) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select nextval(pg_get_serial_sequence('placement', 'id')) from generate_series(1, :count)")
                .bind("count", count)
                .mapTo(Long.class)
                .list());
    }

    /** Those codes that some placement has. */
    Set<String> taken(Collection<String> codes) {
        return jdbi.withHandle(handle -> handle.createQuery("select code from placement where code = any(:codes)")
                .bindArray("codes", String.class, List.copyOf(codes))
                .mapTo(String.class)
                .set());
    }

    /**
     * Adds placements, complete as they are: an update would be told to every node.
     *
     * @return how many were added; one whose code or place somebody took in the meantime is not
     */
    int add(List<Placement> placements) {
        return jdbi.withHandle(handle -> {
            var update = handle.createUpdate("""
                            insert into placement (id, code, creator_id, offer_id, campaign_id, platform, scene, medium,
                                label, destination, earns, earns_not, created_at, expires_at, coupon_strength)
                            overriding system value
                            select t.id, t.code, t.creator, t.offer, t.campaign, t.platform, t.scene, t.medium, t.label,
                                t.destination, t.earns_not is null, t.earns_not, t.created_at, t.expires_at,
                                (select coupon_strength(o.price_fen, o.coupon_fen) from offer o
                                    where o.id = t.offer and o.price_fen is not null)
                            from unnest(:ids, :codes, :creators, :offers, :campaigns, :platforms, :scenes, :media,
                                :labels, :destinations, :reasons, :created, :expire)
                                as t (id, code, creator, offer, campaign, platform, scene, medium, label, destination,
                                    earns_not, created_at, expires_at)
                            on conflict do nothing
                            """);
            bind(update, "ids", Long.class, placements, Placement::id);
            bind(update, "codes", String.class, placements, Placement::code);
            bind(update, "creators", UUID.class, placements, Placement::creatorId);
            bind(update, "offers", UUID.class, placements, Placement::offerId);
            bind(update, "campaigns", UUID.class, placements, Placement::campaignId);
            bind(update, "platforms", String.class, placements, p -> p.place()
                    .platform()
                    .name());
            bind(update, "scenes", String.class, placements, p -> p.place()
                    .scene()
                    .name());
            bind(update, "media", String.class, placements, p -> p.place()
                    .medium()
                    .name());
            bind(update, "labels", String.class, placements, p -> p.place().label());
            bind(update, "destinations", String.class, placements, Placement::destination);
            bind(update, "reasons", String.class, placements, Placement::earnsNot);
            bind(update, "created", OffsetDateTime.class, placements, p -> utc(p.createdAt()));
            bind(update, "expire", OffsetDateTime.class, placements, p -> utc(p.expiresAt()));
            return update.execute();
        });
    }

    private static <T> void bind(
            Update update, String name, Class<T> type, List<Placement> placements, Function<Placement, T> value) {
        // Not `toList`, which takes no null.
        var values = new ArrayList<T>(placements.size());
        placements.forEach(placement -> values.add(value.apply(placement)));
        update.bindArray(name, type, values);
    }

    /** A placement that stays as it is until the transaction ends. */
    Placement lock(long id) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select " + COLUMNS + " from placement p where p.id = :id for no key update")
                .bind("id", id)
                .map((row, context) -> placement(row))
                .one());
    }

    /** Sends the fans of a placement elsewhere. */
    void lead(long id, String destination, String earnsNot) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update placement set destination = :destination, earns = :reason::text is null, earns_not = :reason
                        where id = :id
                        """)
                .bind("id", id)
                .bind("destination", destination)
                .bind("reason", earnsNot)
                .execute());
    }

    /** Ends a placement that has not been ended. */
    void disable(long id, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "update placement set disabled_at = :at where id = :id and disabled_at is null")
                .bind("id", id)
                .bind("at", utc(at))
                .execute());
    }

    /** The placements that hold slots of an account whose value begins like this. */
    List<Placement> holding(UUID accountId, String slotPrefix, Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery("select " + COLUMNS + """
                         from placement p join slot_lease l on l.placement_id = p.id join slot s on s.id = l.slot_id
                        where s.account_id = :account and starts_with(s.value, :prefix)
                          and (l.until_at is null or l.until_at > :at)
                        order by p.id
                        """)
                .bind("account", accountId)
                .bind("prefix", slotPrefix)
                .bind("at", utc(at))
                .map((row, context) -> placement(row))
                .list());
    }

    /** A placement as far as the scope reaches. */
    Optional<Placement> find(String code, Scope scope) {
        return jdbi.withHandle(handle -> handle.createQuery("select " + COLUMNS + """
                         from placement p left join campaign c on c.id = p.campaign_id
                        where p.code = :code
                          and (:creator::uuid is null or p.creator_id = :creator)
                          and (:brand::uuid is null or c.brand_id = :brand)
                        """)
                .bind("code", code)
                .bind("creator", scope.creatorOnly())
                .bind("brand", scope.brandOnly())
                .map((row, context) -> placement(row))
                .findOne());
    }

    /** A kit with the ids of its placements in their order. */
    record NewKit(UUID id, UUID offerId, List<Long> placementIds) {}

    void addKits(UUID creatorId, List<NewKit> kits, Instant at) {
        var kitOfPlacement = new ArrayList<UUID>();
        var positions = new ArrayList<Integer>();
        var placements = new ArrayList<Long>();
        for (var kit : kits) {
            for (var position = 0; position < kit.placementIds().size(); position++) {
                kitOfPlacement.add(kit.id());
                positions.add(position + 1);
                placements.add(kit.placementIds().get(position));
            }
        }
        jdbi.useHandle(handle -> {
            handle.createUpdate("""
                            insert into link_kit (id, creator_id, offer_id, created_at)
                            select t.id, :creator, t.offer, :at from unnest(:ids, :offers) as t (id, offer)
                            """)
                    .bind("creator", creatorId)
                    .bind("at", utc(at))
                    .bindArray("ids", UUID.class, kits.stream().map(NewKit::id).toList())
                    .bindArray(
                            "offers",
                            UUID.class,
                            kits.stream().map(NewKit::offerId).toList())
                    .execute();
            handle.createUpdate("""
                            insert into link_kit_placement (link_kit_id, position, placement_id)
                            select t.kit, t.position, t.placement
                            from unnest(:kits, :positions, :placements) as t (kit, position, placement)
                            """)
                    .bindArray("kits", UUID.class, kitOfPlacement)
                    .bindArray("positions", Integer.class, positions)
                    .bindArray("placements", Long.class, placements)
                    .execute();
        });
    }

    /** A kit without its placements. */
    record KitRow(UUID id, UUID offerId, Instant createdAt) {}

    /** A creator's kits, newest first, from before {@code before}. */
    List<KitRow> kits(UUID creatorId, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, offer_id, created_at from link_kit
                        where creator_id = :creator and (:before::uuid is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bind("creator", creatorId)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new KitRow(
                        row.getObject("id", UUID.class),
                        row.getObject("offer_id", UUID.class),
                        instant(row, "created_at")))
                .list());
    }

    /** The placements of kits, in their order. */
    Map<UUID, List<Placement>> placementsByKit(Collection<UUID> kitIds) {
        return jdbi.withHandle(handle -> handle
                .createQuery("select k.link_kit_id, " + COLUMNS + """
                         from link_kit_placement k join placement p on p.id = k.placement_id
                        where k.link_kit_id = any(:kits) order by k.link_kit_id, k.position
                        """)
                .bindArray("kits", UUID.class, kitIds)
                .map((row, context) -> Map.entry(row.getObject("link_kit_id", UUID.class), placement(row)))
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList()))));
    }

    static Placement placement(ResultSet row) throws SQLException {
        return new Placement(
                row.getLong("id"),
                row.getString("code"),
                row.getObject("creator_id", UUID.class),
                row.getObject("offer_id", UUID.class),
                row.getObject("campaign_id", UUID.class),
                new Placement.Place(
                        Platform.valueOf(row.getString("platform")),
                        Scene.valueOf(row.getString("scene")),
                        Medium.valueOf(row.getString("medium")),
                        row.getString("label")),
                row.getString("destination"),
                row.getString("earns_not"),
                instant(row, "created_at"),
                instant(row, "expires_at"),
                instant(row, "disabled_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
