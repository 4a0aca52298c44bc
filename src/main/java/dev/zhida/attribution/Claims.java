package dev.zhida.attribution;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.identity.Scope;
import dev.zhida.link.LinkKits;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What creators say is theirs although no slot says so, and what operators decide of it. */
@ApplicationScoped
public class Claims {

    private final Jdbi jdbi;
    private final LinkKits kits;
    private final AuditTrail audit;

    Claims(Jdbi jdbi, LinkKits kits, AuditTrail audit) {
        this.jdbi = jdbi;
        this.kits = kits;
        this.audit = audit;
    }

    /**
     * A claim.
     *
     * @param accepted {@code null} while nobody has decided, like {@code reason} and {@code decidedAt}
     */
    public record Claim(
            long id,
            UUID lineId,
            String orderNo,
            UUID creatorId,
            String code,
            String text,
            Instant claimedAt,
            Boolean accepted,
            String reason,
            Instant decidedAt) {}

    private static final String SELECT = """
            select c.id, c.order_line_id, o.order_no, c.creator_id, p.code, c.text, c.claimed_at, c.accepted, c.reason,
                   c.decided_at
            from order_claim c join order_line o on o.id = c.order_line_id join placement p on p.id = c.placement_id
            where (:creator::uuid is null or c.creator_id = :creator)
            """;

    /**
     * Claims the lines of an order that belong to nobody. Whether the order is unknown or somebody else's, the answer is
     * the same.
     *
     * @param orderNo the number of the order or of its parent, as the buyer sees it
     * @param code of the creator's own placement that the buyer is said to have used
     * @throws Refusal {@code placement-not-found}, {@code order-not-claimable} or {@code claim-exists}
     */
    @Transactional
    public List<Claim> claim(Caller by, Marketplace marketplace, String orderNo, String code, String text, Instant at) {
        var placement = kits.placement(code, by.scope()).placement();
        if (kits.offerOf(placement).marketplace() != marketplace) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "placement-of-another-marketplace",
                    "the placement " + placement.code() + " is not of " + marketplace);
        }
        var lines = jdbi.withHandle(handle -> handle.createQuery("""
                        select o.id from order_line o join attribution a on a.order_line_id = o.id and a.current
                        where o.marketplace = :marketplace and (o.order_no = :number or o.parent_no = :number)
                          and a.confidence = 'NONE'
                        order by o.id
                        """)
                .bind("marketplace", marketplace.name())
                .bind("number", orderNo)
                .mapTo(UUID.class)
                .list());
        if (lines.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.NOT_FOUND,
                    "order-not-claimable",
                    "no order with this number waits for its creator; a new order may take an hour to be reported");
        }
        var made = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into order_claim
                            (order_line_id, creator_id, placement_id, medium, text, claimed_by, claimed_at)
                        select t.line, :creator, :placement, :medium, :text, :by, :at from unnest(:lines) as t (line)
                        on conflict (order_line_id, creator_id) where accepted is null do nothing
                        """)
                .bindArray("lines", UUID.class, lines)
                .bind("creator", by.creator())
                .bind("placement", placement.id())
                .bind("medium", placement.place().medium().name())
                .bind("text", text)
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        if (made == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "claim-exists",
                    "you have claimed this order already: wait for the decision");
        }
        lines.forEach(line ->
                audit.add(by.personId(), "order-claimed", "order-line/" + line, Map.of("code", placement.code()), at));
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT + " and c.order_line_id = any(:lines) and c.accepted is null order by c.id")
                .bind("creator", by.creator())
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> claim(row))
                .list());
    }

    /** A page, newest first, from before the claim {@code before}. */
    public List<Claim> page(Scope scope, boolean openOnly, Long before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + """
                          and (not :open or c.accepted is null) and (:before::bigint is null or c.id < :before)
                        order by c.id desc limit :limit
                        """)
                .bind("creator", scope.creatorOnly())
                .bind("open", openOnly)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> claim(row))
                .list());
    }

    /**
     * Accepts or refuses a claim; the line has to be attributed anew afterwards.
     *
     * @throws Refusal {@code claim-not-found}, {@code claim-decided}, {@code line-attributed} or {@code line-claimed}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Claim decide(long id, boolean accept, String reason, UUID by, Instant at) {
        var open = find(id);
        if (open.accepted() != null) {
            throw decided();
        }
        // The line first, as everywhere: two who accept different claims to one line come one after the other.
        jdbi.useHandle(handle -> handle.createQuery("select id from order_line where id = :line for no key update")
                .bind("line", open.lineId())
                .mapTo(UUID.class)
                .one());
        if (accept && attributed(open.lineId())) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "line-attributed",
                    "the order belongs to somebody by now: refuse this claim");
        }
        if (accept && !accepted(List.of(open.lineId())).isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "line-claimed", "another claim to this line was accepted: refuse this one");
        }
        var changed = jdbi.withHandle(handle -> handle.createUpdate("""
                        update order_claim set accepted = :accepted, reason = :reason, decided_by = :by, decided_at = :at
                        where id = :id and accepted is null
                        """)
                .bind("id", id)
                .bind("accepted", accept)
                .bind("reason", reason)
                .bind("by", by)
                .bind("at", utc(at))
                .execute());
        if (changed == 0) {
            throw decided();
        }
        audit.add(
                by,
                accept ? "order-claim-accepted" : "order-claim-refused",
                "order-line/" + open.lineId(),
                Map.of("claim", id, "reason", reason),
                at);
        return find(id);
    }

    private boolean attributed(UUID line) {
        return jdbi.withHandle(handle ->
                handle.createQuery("""
                        select exists (select from attribution
                            where order_line_id = :line and current and confidence <> 'NONE' and claim_id is null)
                        """).bind("line", line).mapTo(Boolean.class).one());
    }

    private static Refusal decided() {
        return new Refusal(Refusal.Kind.CONFLICT, "claim-decided", "somebody has decided this claim");
    }

    private Claim find(long id) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " and c.id = :id")
                        .bind("creator", (UUID) null)
                        .bind("id", id)
                        .map((row, context) -> claim(row))
                        .findOne())
                .orElseThrow(() ->
                        new Refusal(Refusal.Kind.NOT_FOUND, "claim-not-found", "there is no claim with the id " + id));
    }

    /** The accepted claims to lines. */
    Map<UUID, Attribution.Claimed> accepted(Collection<UUID> lines) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select id, order_line_id, creator_id, placement_id, medium from order_claim
                        where accepted and order_line_id = any(:lines)
                        """)
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> Map.entry(
                        row.getObject("order_line_id", UUID.class),
                        new Attribution.Claimed(
                                row.getLong("id"),
                                row.getObject("creator_id", UUID.class),
                                row.getLong("placement_id"),
                                Medium.valueOf(row.getString("medium")))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static Claim claim(ResultSet row) throws SQLException {
        var decidedAt = row.getObject("decided_at", OffsetDateTime.class);
        return new Claim(
                row.getLong("id"),
                row.getObject("order_line_id", UUID.class),
                row.getString("order_no"),
                row.getObject("creator_id", UUID.class),
                row.getString("code"),
                row.getString("text"),
                row.getObject("claimed_at", OffsetDateTime.class).toInstant(),
                row.getObject("accepted", Boolean.class),
                row.getString("reason"),
                decidedAt == null ? null : decidedAt.toInstant());
    }
}
