package dev.zhida.link;

import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

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

    /** What places of an offer there should be. */
    record Wanted(UUID creatorId, UUID offerId, UUID campaignId, List<Placement.Place> places, String destination) {}

    /** Makes the places that are not there yet, without a slot; answers the new ones. */
    List<Placement> addMissing(Wanted wanted, Supplier<LinkCode> codes, Instant at) {
        try (var handle = jdbi.open()) {
            var added = new java.util.ArrayList<Placement>();
            // A code may be taken already: what is still missing is tried with another one.
            for (var missing = missing(handle, wanted); !missing.isEmpty(); missing = missing(handle, wanted)) {
                added.addAll(insert(handle, wanted, missing, codes, at));
            }
            return added;
        }
    }

    private static List<Placement.Place> missing(Handle handle, Wanted wanted) {
        var present = placesOf(handle, wanted).stream().map(Placement::place).collect(Collectors.toSet());
        return wanted.places().stream()
                .filter(place -> !present.contains(place))
                .toList();
    }

    private static List<Placement> insert(
            Handle handle, Wanted wanted, List<Placement.Place> places, Supplier<LinkCode> codes, Instant at) {
        return handle.createQuery("""
                        insert into placement as p (code, creator_id, offer_id, campaign_id, platform, scene, medium, label,
                            destination, earns, earns_not, created_at)
                        select t.code, :creator, :offer, :campaign, t.platform, t.scene, t.medium, t.label,
                            :destination, false, 'no-slot', :at
                        from unnest(:codes, :platforms, :scenes, :media, :labels)
                            as t (code, platform, scene, medium, label)
                        on conflict do nothing
                        returning
                        """ + COLUMNS)
                .bind("creator", wanted.creatorId())
                .bind("offer", wanted.offerId())
                .bind("campaign", wanted.campaignId())
                .bind("destination", wanted.destination())
                .bind("at", utc(at))
                .bindArray(
                        "codes",
                        String.class,
                        places.stream().map(p -> codes.get().text()).toList())
                .bindArray(
                        "platforms",
                        String.class,
                        places.stream().map(p -> p.platform().name()).toList())
                .bindArray(
                        "scenes",
                        String.class,
                        places.stream().map(p -> p.scene().name()).toList())
                .bindArray(
                        "media",
                        String.class,
                        places.stream().map(p -> p.medium().name()).toList())
                .bindArray(
                        "labels",
                        String.class,
                        places.stream().map(Placement.Place::label).toList())
                .map((row, context) -> placement(row))
                .list();
    }

    /** Gives placements the addresses that name their slots: from then on they earn. */
    void earn(Map<Long, String> destinationById) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update placement p set destination = t.destination, earns = true, earns_not = null
                        from unnest(:ids, :destinations) as t (id, destination) where p.id = t.id
                        """)
                .bindArray("ids", Long.class, destinationById.keySet())
                .bindArray("destinations", String.class, List.copyOf(destinationById.values()))
                .execute());
    }

    /** The wanted places as they are, in the order in which they were wanted. */
    List<Placement> inOrder(Wanted wanted) {
        var byPlace = jdbi.withHandle(handle -> placesOf(handle, wanted)).stream()
                .collect(Collectors.toMap(Placement::place, placement -> placement));
        return wanted.places().stream().map(byPlace::get).toList();
    }

    private static List<Placement> placesOf(Handle handle, Wanted wanted) {
        return handle.createQuery(
                        "select " + COLUMNS + " from placement p where p.creator_id = :creator and p.offer_id = :offer")
                .bind("creator", wanted.creatorId())
                .bind("offer", wanted.offerId())
                .map((row, context) -> placement(row))
                .list();
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

    void addKit(UUID id, UUID creatorId, UUID offerId, List<Placement> placements, Instant at) {
        jdbi.useHandle(handle -> {
            handle.createUpdate(
                            "insert into link_kit (id, creator_id, offer_id, created_at) values (:id, :creator, :offer, :at)")
                    .bind("id", id)
                    .bind("creator", creatorId)
                    .bind("offer", offerId)
                    .bind("at", utc(at))
                    .execute();
            handle.createUpdate("""
                            insert into link_kit_placement (link_kit_id, position, placement_id)
                            select :kit, t.position, t.placement
                            from unnest(:placements) with ordinality as t (placement, position)
                            """)
                    .bind("kit", id)
                    .bindArray(
                            "placements",
                            Long.class,
                            placements.stream().map(Placement::id).toList())
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

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
