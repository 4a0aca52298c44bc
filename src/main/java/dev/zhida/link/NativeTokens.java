package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Marketplaces' own tokens: which one a placement has, which ones it had, and which have to be made anew. */
@ApplicationScoped
public class NativeTokens {

    private static final String COLUMNS = """
            n.id, n.placement_id, o.marketplace, n.text, n.long_text, n.made_at, n.expires_at, n.ended_at
            """;

    /** Live posts with their tokens and what is to be said of these; null while all is well. */
    private static final String LIVE = "select " + PlacementStore.COLUMNS + """
            , o.marketplace, n.id as token_id, n.text, n.long_text, n.made_at, n.expires_at as token_expires_at,
              case when n.id is null then 'MISSING'
                   when n.expires_at <= :now then 'EXPIRED'
                   when n.expires_at <= :soon then 'EXPIRING' end as state
            from placement p
                 join offer o on o.id = p.offer_id
                 left join native_token n on n.placement_id = p.id and n.ended_at is null
            where p.medium = 'NATIVE_TOKEN' and p.disabled_at is null and (p.expires_at is null or p.expires_at > :now)
              and o.marketplace = any(:marketplaces)
            """;

    private final Jdbi jdbi;
    private final Clock clock;
    private final Duration renewBefore;

    NativeTokens(
            Jdbi jdbi, Clock clock, @ConfigProperty(name = "zhida.native-token.renew-before") Duration renewBefore) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.renewBefore = renewBefore;
    }

    /** Why the token of a live post needs somebody's attention. */
    @Schema(name = "NativeTokenState")
    public enum State {
        /** None was ever made. */
        MISSING,
        EXPIRED,
        /** It has to be made anew soon. */
        EXPIRING
    }

    /**
     * A live post whose token needs attention.
     *
     * @param token {@code null} if it has none
     */
    public record Post(State state, Placement placement, Marketplace marketplace, NativeToken token) {}

    /**
     * Gives a placement a token, in the place of the one that it has. The same one again, or an older one, changes
     * nothing.
     *
     * @param longText may be {@code null}
     * @param expiresAt as the marketplace said; {@code null} if it did not. It never lives longer than such tokens do
     * @param enteredBy the person who entered it by hand; {@code null} for a connector
     * @return the one that the placement has from now on
     * @throws Refusal {@code not-a-native-token-placement}, {@code no-native-tokens}, {@code made-in-the-future}
     */
    @Transactional
    public NativeToken put(
            long placementId, String text, String longText, Instant madeAt, Instant expiresAt, UUID enteredBy) {
        if (madeAt.isAfter(clock.instant())) {
            throw new Refusal(Refusal.Kind.INVALID, "made-in-the-future", "say when it was made, not when it expires");
        }
        return jdbi.withHandle(handle -> {
            var marketplace = lock(handle, placementId);
            var life = NativeToken.life(marketplace)
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID, "no-native-tokens", marketplace + " has no tokens of its own"));
            var current = current(handle, List.of(placementId)).get(placementId);
            if (current != null && !madeAt.isAfter(current.madeAt())) {
                return current;
            }
            handle.createUpdate(
                            "update native_token set ended_at = :at where placement_id = :placement and ended_at is null")
                    .bind("placement", placementId)
                    .bind("at", utc(madeAt))
                    .execute();
            handle.createUpdate("""
                            insert into native_token (placement_id, text, long_text, made_at, expires_at, entered_by)
                            values (:placement, :text, :longText, :madeAt, :expiresAt, :by)
                            """)
                    .bind("placement", placementId)
                    .bind("text", text)
                    .bind("longText", longText)
                    .bind("madeAt", utc(madeAt))
                    .bind("expiresAt", utc(expiry(madeAt, expiresAt, madeAt.plus(life))))
                    .bind("by", enteredBy)
                    .execute();
            return current(handle, List.of(placementId)).get(placementId);
        });
    }

    private static Instant expiry(Instant madeAt, Instant told, Instant usual) {
        return told != null && told.isAfter(madeAt) && told.isBefore(usual) ? told : usual;
    }

    /** The marketplace of a placement that takes native tokens, which is locked: two who renew go one after another. */
    private static Marketplace lock(Handle handle, long placementId) {
        return handle.createQuery("""
                        select o.marketplace from placement p join offer o on o.id = p.offer_id
                        where p.id = :id and p.medium = :medium for no key update of p
                        """)
                .bind("id", placementId)
                .bind("medium", Medium.NATIVE_TOKEN)
                .mapTo(Marketplace.class)
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.INVALID,
                        "not-a-native-token-placement",
                        "only placements of the medium NATIVE_TOKEN have such tokens: make one for the same place"));
    }

    /** The tokens of placements, by placement; those without one are left out, expired ones are not. */
    public Map<Long, NativeToken> current(Collection<Long> placementIds) {
        return placementIds.isEmpty() ? Map.of() : jdbi.withHandle(handle -> current(handle, placementIds));
    }

    private static Map<Long, NativeToken> current(Handle handle, Collection<Long> placementIds) {
        return handle
                .createQuery("select " + COLUMNS + """
                         from native_token n join placement p on p.id = n.placement_id join offer o on o.id = p.offer_id
                        where n.placement_id = any(:placements) and n.ended_at is null
                        """)
                .bindArray("placements", Long.class, placementIds)
                .map((row, context) -> token(row))
                .stream()
                .collect(Collectors.toMap(NativeToken::placementId, token -> token));
    }

    /** The tokens that a placement has and had, newest first. */
    public List<NativeToken> history(long placementId) {
        return jdbi.withHandle(handle -> handle.createQuery("select " + COLUMNS + """
                         from native_token n join placement p on p.id = n.placement_id join offer o on o.id = p.offer_id
                        where n.placement_id = :placement order by n.id desc
                        """)
                .bind("placement", placementId)
                .map((row, context) -> token(row))
                .list());
    }

    /**
     * Live posts whose token is in one of the states, newest placement first: what a connector has to make, and what
     * creators and operators have to know.
     *
     * @param before only placements that are older than this one; {@code null} for all
     */
    public List<Post> posts(Collection<State> states, Scope scope, Long before, int limit) {
        var now = clock.instant();
        return jdbi.withHandle(handle -> handle.createQuery("select * from (" + LIVE + """
                        ) as post
                        where state = any(:states) and (:creator::uuid is null or creator_id = :creator)
                          and (:before::bigint is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bind("now", utc(now))
                .bind("soon", utc(now.plus(renewBefore)))
                .bindArray("marketplaces", String.class, withTokens())
                .bindArray(
                        "states", String.class, states.stream().map(State::name).toList())
                .bind("creator", scope.creatorOnly())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> post(row))
                .list());
    }

    /** How many live posts are in each state. */
    public Map<State, Long> counts() {
        var now = clock.instant();
        var counts = new EnumMap<State, Long>(State.class);
        jdbi.useHandle(handle -> handle.createQuery("select state, count(*) as count from (" + LIVE
                        + ") as post where state is not null group by state")
                .bind("now", utc(now))
                .bind("soon", utc(now.plus(renewBefore)))
                .bindArray("marketplaces", String.class, withTokens())
                .map((row, context) -> counts.put(State.valueOf(row.getString("state")), row.getLong("count")))
                .list());
        return counts;
    }

    private static List<String> withTokens() {
        return Stream.of(Marketplace.values())
                .filter(marketplace -> NativeToken.life(marketplace).isPresent())
                .map(Marketplace::name)
                .toList();
    }

    private static Post post(ResultSet row) throws SQLException {
        var placement = PlacementStore.placement(row);
        var marketplace = Marketplace.valueOf(row.getString("marketplace"));
        var tokenId = row.getLong("token_id");
        return new Post(
                State.valueOf(row.getString("state")),
                placement,
                marketplace,
                row.wasNull()
                        ? null
                        : new NativeToken(
                                tokenId,
                                placement.id(),
                                marketplace,
                                row.getString("text"),
                                row.getString("long_text"),
                                instant(row, "made_at"),
                                instant(row, "token_expires_at"),
                                null));
    }

    private static NativeToken token(ResultSet row) throws SQLException {
        return new NativeToken(
                row.getLong("id"),
                row.getLong("placement_id"),
                Marketplace.valueOf(row.getString("marketplace")),
                row.getString("text"),
                row.getString("long_text"),
                instant(row, "made_at"),
                instant(row, "expires_at"),
                instant(row, "ended_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
