package dev.zhida.link;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.zhida.database.Changes;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceHosts;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/**
 * Placements as fans meet them: by code, from memory. The newest live ones are read at the start; a change reaches
 * every node as soon as it is committed. While the database is away what is remembered is still served.
 */
@ApplicationScoped
public class LiveLinks {

    /** How long a code that is none is remembered, so that who scans codes does not reach the database each time. */
    private static final Duration MISS_REMEMBERED = Duration.ofMinutes(1);

    /** A card that is older is read anew beside the answer; an older one is better than none. */
    private static final Duration CARD_FRESH = Duration.ofSeconds(30);

    private static final int MISSES_REMEMBERED = 100_000;
    private static final int CARDS_REMEMBERED = 20_000;
    private static final int ROWS_AT_ONCE = 5_000;

    private static final String LINK = """
            select p.id, p.code, p.platform, p.scene, p.medium, p.destination, p.expires_at, p.disabled_at,
                   o.marketplace, o.topic
            from placement p join offer o on o.id = p.offer_id
            """;

    private final LinkKits kits;
    private final Jdbi jdbi;
    private final Changes changes;
    private final Clock clock;
    private final int bound;
    private final Cache<String, LiveLink> byCode;
    private final Cache<String, Boolean> misses = Caffeine.newBuilder()
            .maximumSize(MISSES_REMEMBERED)
            .expireAfterWrite(MISS_REMEMBERED)
            .build();
    private final LoadingCache<Long, Card> cards = Caffeine.newBuilder()
            .maximumSize(CARDS_REMEMBERED)
            .refreshAfterWrite(CARD_FRESH)
            .build(this::readCard);
    private volatile boolean warm;

    /**
     * Makes the memory.
     *
     * @param bound how many links are remembered: about 300 bytes each. Fewer: less memory; more: fewer look-ups
     */
    LiveLinks(
            LinkKits kits,
            Jdbi jdbi,
            Changes changes,
            Clock clock,
            @ConfigProperty(name = "zhida.edge.links-remembered") int bound) {
        this.kits = kits;
        this.jdbi = jdbi;
        this.changes = changes;
        this.clock = clock;
        this.bound = bound;
        this.byCode = Caffeine.newBuilder().maximumSize(bound).build();
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        changes.listen("link", this::readAgain, this::readAll);
        changes.listen("offer", this::readOfferAgain, () -> {});
    }

    /**
     * A placement as a fan meets it.
     *
     * @param topic what host apps have rules about; {@code null} for most offers
     * @param destinationHost where she is sent; {@code null} if that is no marketplace's, so that she is not
     * @param endsAt when it ended or ends; {@code null} while it does not
     */
    public record LiveLink(
            long placementId,
            String code,
            Platform platform,
            Scene scene,
            Medium medium,
            Marketplace marketplace,
            String topic,
            String destination,
            String destinationHost,
            Instant endsAt) {

        public boolean endedAt(Instant at) {
            return endsAt != null && !endsAt.isAfter(at);
        }
    }

    /**
     * What a landing page shows of an offer.
     *
     * @param title {@code null} if not known, and so are the price and the coupon, in fen
     * @param pictured whether there is a picture of it
     */
    public record Card(String title, Long priceFen, Long couponFen, String creator, UUID offerId, boolean pictured) {}

    /** Whether the newest links have been read since the start. */
    public boolean warm() {
        return warm;
    }

    /**
     * What is known of a code as a fan typed it, or {@code null} if it has to be looked up: the link behind it, or
     * nothing if there is none or the text cannot be a code of ours. Never blocks.
     */
    public Optional<LiveLink> remembered(String text) {
        // What is remembered needs no other check.
        var link = byCode.getIfPresent(text);
        if (link != null) {
            return Optional.of(link);
        }
        var code = kits.readCode(text);
        if (code.isEmpty()) {
            return Optional.empty();
        }
        link = byCode.getIfPresent(code.get());
        if (link != null) {
            return Optional.of(link);
        }
        return misses.getIfPresent(code.get()) == null ? null : Optional.empty();
    }

    /** Looks a code up, as a fan typed it; blocks. */
    public Optional<LiveLink> lookUp(String text) {
        return kits.readCode(text).flatMap(this::find);
    }

    private Optional<LiveLink> find(String code) {
        // One reading of a code at a time: an older one never takes the place of a newer.
        var link = byCode.asMap().computeIfAbsent(code, this::readLink);
        if (link == null) {
            misses.put(code, true);
        }
        return Optional.ofNullable(link);
    }

    /** What is remembered of the offer behind a placement, or {@code null} if it has to be looked up. Never blocks. */
    public Card rememberedCard(long placementId) {
        return cards.getIfPresent(placementId);
    }

    /** Looks up the offer behind a placement; blocks. */
    public Card card(long placementId) {
        return cards.get(placementId);
    }

    private LiveLink readLink(String code) {
        return jdbi.withHandle(handle -> handle.createQuery(LINK + "where p.code = :code")
                .bind("code", code)
                .map((row, context) -> link(row))
                .findOne()
                .orElse(null));
    }

    private Card readCard(long placementId) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select o.title, o.price_fen, o.coupon_fen, c.name, o.id,
                               exists (select from offer_picture q where q.offer_id = o.id) as pictured
                        from placement p join offer o on o.id = p.offer_id join creator c on c.id = p.creator_id
                        where p.id = :id
                        """)
                .bind("id", placementId)
                .map((row, context) -> new Card(
                        row.getString("title"),
                        row.getObject("price_fen", Long.class),
                        row.getObject("coupon_fen", Long.class),
                        row.getString("name"),
                        row.getObject("id", UUID.class),
                        row.getBoolean("pictured")))
                .one());
    }

    private void readAgain(String code) {
        byCode.asMap().compute(code, (same, old) -> readLink(code));
    }

    private void readOfferAgain(String offerId) {
        var offer = UUID.fromString(offerId);
        cards.asMap().values().removeIf(card -> offer.equals(card.offerId()));
        // In a transaction, without which the rows would come all at once; an offer may have very many.
        jdbi.useTransaction(handle -> handle.createQuery(LINK + "where p.offer_id = :offer")
                .bind("offer", offer)
                .setFetchSize(ROWS_AT_ONCE)
                .map((row, context) -> link(row))
                .forEach(link -> byCode.asMap().computeIfPresent(link.code(), (code, old) -> link)));
    }

    private void readAll() {
        cards.invalidateAll();
        misses.invalidateAll();
        var began = clock.instant();
        var before = new HashSet<>(byCode.asMap().keySet());
        // A cursor, which needs a transaction: a million rows are not to be held at once.
        var read = jdbi.inTransaction(handle -> {
            var count = 0;
            try (var links = handle
                    .createQuery(LINK + """
                            where p.disabled_at is null and (p.expires_at is null or p.expires_at > now())
                            order by p.id desc limit :bound
                            """)
                    .bind("bound", bound)
                    .setFetchSize(ROWS_AT_ONCE)
                    .map((row, context) -> link(row))
                    .stream()) {
                for (var iterator = links.iterator(); iterator.hasNext(); count++) {
                    var link = iterator.next();
                    byCode.put(link.code(), link);
                    before.remove(link.code());
                }
            }
            return count;
        });
        // What was remembered and is not among them may have changed while nobody listened.
        byCode.invalidateAll(before);
        warm = true;
        Log.infof(
                "%d links read in %d ms",
                read, Duration.between(began, clock.instant()).toMillis());
    }

    private static LiveLink link(ResultSet row) throws SQLException {
        var destination = row.getString("destination");
        var disabledAt = row.getObject("disabled_at", OffsetDateTime.class);
        var endsAt = disabledAt == null ? row.getObject("expires_at", OffsetDateTime.class) : disabledAt;
        var topic = row.getString("topic");
        // Checked when it was made; checked again, because a fan is never sent anywhere else.
        var host = MarketplaceHosts.isDestination(destination)
                ? URI.create(destination).getHost().intern()
                : null;
        if (host != null) {
            // A header takes nothing else.
            destination = URI.create(destination).toASCIIString();
        } else {
            Log.errorf("placement %s leads to no marketplace: %s", row.getString("code"), destination);
        }
        return new LiveLink(
                row.getLong("id"),
                row.getString("code"),
                Platform.valueOf(row.getString("platform")),
                Scene.valueOf(row.getString("scene")),
                Medium.valueOf(row.getString("medium")),
                Marketplace.valueOf(row.getString("marketplace")),
                topic == null ? null : topic.intern(),
                destination,
                host,
                endsAt == null ? null : endsAt.toInstant());
    }
}
