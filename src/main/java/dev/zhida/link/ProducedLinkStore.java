package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What marketplaces are asked to make, in the database. Whoever locks a row here and its placement locks this first. */
@ApplicationScoped
class ProducedLinkStore {

    private final Jdbi jdbi;

    ProducedLinkStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * A placement whose marketplace is to be asked, by whoever has the claim.
     *
     * @param failures in a row, before this time
     * @param over whether the placement has ended
     */
    record Asking(
            long placementId,
            UUID accountId,
            UUID claim,
            int failures,
            Medium medium,
            ItemReference item,
            boolean over) {}

    /** Wants links for placements that are new and hold slots, within the transaction that makes them. */
    void want(Collection<Long> placementIds, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into produced_link (placement_id, account_id, due_at)
                        select l.placement_id, s.account_id, :at
                        from slot_lease l join slot s on s.id = l.slot_id where l.placement_id = any(:placements)
                        """)
                .bind("at", utc(at))
                .bindArray("placements", Long.class, placementIds)
                .execute());
    }

    /** Has asked again what was refused or waits after failures, where nobody has asked since {@code notSince}. */
    void wantAgain(Collection<Long> placementIds, Instant at, Instant notSince) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update produced_link set due_at = :at, failures = 0
                        where placement_id in (
                            select placement_id from produced_link
                            where placement_id = any(:placements) and claim is null and (due_at is null or due_at > :at)
                              and (refusal is not null or failures > 0) and asked_at <= :notSince
                            order by placement_id for update skip locked)
                        """)
                .bind("at", utc(at))
                .bind("notSince", utc(notSince))
                .bindArray("placements", Long.class, placementIds)
                .execute());
    }

    /** Has asked again what was refused for accounts whose connections have changed since. */
    int wantReconnected(Instant at) {
        return jdbi.withHandle(
                handle -> handle.createUpdate("""
                        update produced_link set due_at = :at, failures = 0
                        where placement_id in (
                            select w.placement_id from marketplace_connection c
                            join produced_link w on w.account_id = c.account_id
                            where w.refusal is not null and w.claim is null and (w.due_at is null or w.due_at > :at)
                              and w.asked_at < c.changed_at
                            order by w.placement_id for update of w skip locked)
                        """).bind("at", utc(at)).execute());
    }

    /** Takes the next placement of an account that is due, or whose asker has died; nobody else gets the same. */
    Optional<Asking> claim(UUID accountId, UUID claim, Instant now, Duration lease) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with claimed as (
                            update produced_link set claim = :claim, due_at = :until, asked_at = :now
                            where placement_id = (
                                select placement_id from produced_link
                                where account_id = :account and due_at <= :now
                                order by due_at, placement_id limit 1 for update skip locked)
                            returning *)
                        select w.placement_id, w.account_id, w.claim, w.failures, p.medium, o.marketplace, o.item_id,
                            o.item_key, p.disabled_at is not null or coalesce(p.expires_at <= :now, false) is_over
                        from claimed w join placement p on p.id = w.placement_id join offer o on o.id = p.offer_id
                        """)
                .bind("account", accountId)
                .bind("claim", claim)
                .bind("until", utc(now.plus(lease)))
                .bind("now", utc(now))
                .map((row, context) -> new Asking(
                        row.getLong("placement_id"),
                        row.getObject("account_id", UUID.class),
                        row.getObject("claim", UUID.class),
                        row.getInt("failures"),
                        Medium.valueOf(row.getString("medium")),
                        new ItemReference(
                                Marketplace.valueOf(row.getString("marketplace")),
                                row.getString("item_id"),
                                row.getString("item_key")),
                        row.getBoolean("is_over")))
                .findOne());
    }

    /** Locks what is known of a placement's link, for whoever has the claim; empty if that is another by now. */
    Optional<LinkAnswer> lock(Asking asking) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select url, by_hand, refusal from produced_link
                        where placement_id = :placement and claim = :claim for update
                        """)
                .bind("placement", asking.placementId())
                .bind("claim", asking.claim())
                .map((row, context) -> answer(row))
                .findOne());
    }

    /**
     * Writes what came of asking, and lets go.
     *
     * @param dueAt when to ask again; {@code null} for never
     * @param words what the marketplace said; {@code null} if it is well
     */
    void answered(Asking asking, LinkAnswer answer, String words, Instant dueAt) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update produced_link set claim = null, failures = 0, url = :url, refusal = :refusal,
                            words = :words, due_at = :due
                        where placement_id = :placement and claim = :claim
                        """)
                .bind("placement", asking.placementId())
                .bind("claim", asking.claim())
                .bind("url", answer.url())
                .bind("refusal", answer.refusal())
                .bind("words", words)
                .bind("due", utc(dueAt))
                .execute());
    }

    /** Gives a placement back to be asked for later, or never for {@code null}; whoever lost the claim changes nothing. */
    void giveBack(Asking asking, int failures, String words, Instant dueAt) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update produced_link set claim = null, failures = :failures, words = :words, due_at = :due
                        where placement_id = :placement and claim = :claim
                        """)
                .bind("placement", asking.placementId())
                .bind("claim", asking.claim())
                .bind("failures", failures)
                .bind("words", words)
                .bind("due", utc(dueAt))
                .execute());
    }

    /** Refuses until {@code again} whatever else is due for an account that is not accepted; what earns goes on to. */
    void refuseDue(UUID accountId, String refusal, String words, Instant at, Instant again) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with refused as (
                            update produced_link set refusal = :refusal, words = :words, due_at = :again, asked_at = :at
                            where placement_id in (
                                select placement_id from produced_link
                                where account_id = :account and due_at <= :at and claim is null
                                order by placement_id for update skip locked)
                            returning placement_id)
                        update placement p set earns_not = :refusal from refused r
                        where p.id = r.placement_id and p.earns_not in ('no-connection', 'link-pending')
                        """)
                .bind("account", accountId)
                .bind("refusal", refusal)
                .bind("words", words)
                .bind("at", utc(at))
                .bind("again", utc(again))
                .execute());
    }

    /** Notes a link that an operator puts: nobody asks for another, but for the token that belongs to it. */
    void putByHand(long placementId, String url) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update produced_link w set url = :url, by_hand = true,
                            claim = case when p.medium = 'NATIVE_TOKEN' then claim end,
                            due_at = case when p.medium = 'NATIVE_TOKEN' then due_at end,
                            failures = case when p.medium = 'NATIVE_TOKEN' then failures else 0 end,
                            refusal = case when p.medium = 'NATIVE_TOKEN' then refusal end,
                            words = case when p.medium = 'NATIVE_TOKEN' then words end
                        from placement p where p.id = w.placement_id and w.placement_id = :placement
                        """)
                .bind("placement", placementId)
                .bind("url", url)
                .execute());
    }

    /** What came of asking for the links of placements, by placement. */
    Map<Long, LinkAnswer> answers(Collection<Long> placementIds) {
        if (placementIds.isEmpty()) {
            return Map.of();
        }
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select placement_id, url, by_hand, refusal from produced_link where placement_id = any(:placements)
                        """)
                .bindArray("placements", Long.class, placementIds)
                .map((row, context) -> Map.entry(row.getLong("placement_id"), answer(row)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /**
     * A placement whose link waits or was refused.
     *
     * @param dueAt when it is asked for; {@code null} if somebody has to change something first
     */
    record Open(
            long placementId,
            String code,
            Marketplace marketplace,
            UUID accountId,
            String refusal,
            String words,
            int failures,
            Instant askedAt,
            Instant dueAt) {}

    /**
     * What was refused, or was asked for in vain and waits, newest placement first.
     *
     * @param before only placements that are older than this one; {@code null} for all
     */
    List<Open> open(UUID accountId, Long before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select w.placement_id, p.code, a.marketplace, w.account_id, w.refusal, w.words, w.failures,
                            w.asked_at, w.due_at
                        from produced_link w join placement p on p.id = w.placement_id
                            join marketplace_account a on a.id = w.account_id
                        where (w.refusal is not null or w.failures > 0)
                          and (:account::uuid is null or w.account_id = :account)
                          and (:before::bigint is null or w.placement_id < :before)
                        order by w.placement_id desc limit :limit
                        """)
                .bind("account", accountId)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new Open(
                        row.getLong("placement_id"),
                        row.getString("code"),
                        Marketplace.valueOf(row.getString("marketplace")),
                        row.getObject("account_id", UUID.class),
                        row.getString("refusal"),
                        row.getString("words"),
                        row.getInt("failures"),
                        instant(row, "asked_at"),
                        instant(row, "due_at")))
                .list());
    }

    /** How many placements of a marketplace wait to be asked for, and for how many it was refused. */
    record Counts(Marketplace marketplace, long due, long refused) {}

    List<Counts> counts(Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select a.marketplace, coalesce(sum(d.n), 0) due, coalesce(sum(r.n), 0) refused
                        from marketplace_account a
                            cross join lateral (select count(*) n from produced_link w
                                where w.account_id = a.id and w.due_at <= :at) d
                            cross join lateral (select count(*) n from produced_link w
                                where w.account_id = a.id and w.refusal is not null) r
                        group by a.marketplace
                        """)
                .bind("at", utc(at))
                .map((row, context) -> new Counts(
                        Marketplace.valueOf(row.getString("marketplace")), row.getLong("due"), row.getLong("refused")))
                .list());
    }

    private static LinkAnswer answer(ResultSet row) throws SQLException {
        return new LinkAnswer(row.getString("url"), row.getBoolean("by_hand"), row.getString("refusal"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
