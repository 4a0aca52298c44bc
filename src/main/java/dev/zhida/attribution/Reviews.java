package dev.zhida.attribution;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.identity.Role;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * What brands say of the attributions in their campaigns. A review belongs to one version: where a line is attributed
 * anew, nothing has been said yet. It touches the bonus that the brand pays, and nothing else.
 */
@ApplicationScoped
public class Reviews {

    private final Jdbi jdbi;
    private final AuditTrail audit;

    Reviews(Jdbi jdbi, AuditTrail audit) {
        this.jdbi = jdbi;
        this.audit = audit;
    }

    /** What is said of an attribution; the last word holds. */
    public enum Verdict {
        /** The brand agrees. */
        ACCEPTED,
        /** The brand disagrees: its bonus is held until an operator decides, or the dispute lapses. */
        DISPUTED,
        /** An operator says that the brand is right: no bonus. */
        UPHELD,
        /** An operator says that the brand is wrong. */
        REJECTED
    }

    private record Reviewed(UUID lineId, Verdict last, boolean lapsed, boolean settledTooLong, boolean anotherPays) {}

    /**
     * Reviews the current attribution of a line.
     *
     * @throws Refusal {@code attribution-not-found}, {@code verdict-of-another-role}, {@code review-decided},
     *     {@code review-too-late}, {@code not-yours-to-review} or {@code nothing-disputed}
     */
    @Transactional
    public void review(long attributionId, Verdict verdict, String reason, Caller by, Instant at) {
        var reviewed = lock(attributionId, by.brandId(), at);
        var brand = by.role() == Role.BRAND;
        if (brand != (verdict == Verdict.ACCEPTED || verdict == Verdict.DISPUTED)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "verdict-of-another-role",
                    "a brand says ACCEPTED or DISPUTED, an operator decides a dispute by UPHELD or REJECTED");
        }
        if (brand) {
            if (reviewed.anotherPays()) {
                throw new Refusal(Refusal.Kind.CONFLICT, "not-yours-to-review", "no bonus of yours rests on this line");
            }
            if (reviewed.last() == Verdict.UPHELD || reviewed.last() == Verdict.REJECTED) {
                throw new Refusal(Refusal.Kind.CONFLICT, "review-decided", "an operator has decided this dispute");
            }
            if (verdict == Verdict.DISPUTED && reviewed.settledTooLong()) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT,
                        "review-too-late",
                        "a line can be disputed until 7 days after its settlement");
            }
        } else if (reviewed.last() == null || reviewed.last() == Verdict.ACCEPTED || reviewed.lapsed()) {
            throw new Refusal(Refusal.Kind.CONFLICT, "nothing-disputed", "nobody disputes this attribution now");
        }
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into attribution_review (attribution_id, verdict, reason, person_id, reviewed_at)
                        values (:attribution, :verdict, :reason, :by, :at)
                        """)
                .bind("attribution", attributionId)
                .bind("verdict", verdict.name())
                .bind("reason", reason)
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        audit.add(
                by.personId(),
                "attribution-" + verdict.name().toLowerCase(java.util.Locale.ROOT),
                "order-line/" + reviewed.lineId(),
                Map.of("attribution", attributionId, "reason", reason),
                at);
    }

    private Reviewed lock(long attributionId, UUID brandOnly, Instant at) {
        return jdbi.withHandle(handle -> {
            // First the row, then what was said: so two who review at once come one after the other.
            handle.createQuery("select id from attribution where id = :id for no key update")
                    .bind("id", attributionId)
                    .mapTo(Long.class)
                    .findOne();
            return handle.createQuery("""
                            select a.order_line_id, r.verdict, coalesce(r.lapses_at <= :at, false) lapsed,
                                   o.status = 'SETTLED' and coalesce(o.settled_at + interval '7 days' <= :at, false) too_late,
                                   exists (select from commission c join campaign m on m.id = c.campaign_id
                                       where c.order_line_id = a.order_line_id and m.brand_id <> :brand) another_pays
                            from attribution a
                            join order_line o on o.id = a.order_line_id
                            left join attribution_review_state r on r.attribution_id = a.id
                            where a.id = :id and a.current and a.creator_id is not null
                              and (:brand::uuid is null or exists (select from attribution_campaign c
                                  where c.attribution_id = a.id and c.brand_id = :brand))
                            """)
                    .bind("id", attributionId)
                    .bind("brand", brandOnly)
                    .bind("at", utc(at))
                    .map((row, context) -> new Reviewed(
                            row.getObject("order_line_id", UUID.class),
                            row.getString("verdict") == null ? null : Verdict.valueOf(row.getString("verdict")),
                            row.getBoolean("lapsed"),
                            row.getBoolean("too_late"),
                            row.getBoolean("another_pays")))
                    .findOne()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.NOT_FOUND,
                            "attribution-not-found",
                            "you have no current attribution with the id " + attributionId));
        });
    }

    /** All lines of which a brand ever disputed an attribution, whatever became of it: the last word holds for later versions. */
    public Set<UUID> everDisputed() {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select distinct a.order_line_id
                        from attribution_review r join attribution a on a.id = r.attribution_id
                        where r.verdict = 'DISPUTED'
                        """).mapTo(UUID.class).set());
    }

    /** Of these lines, those whose bonus is held by a dispute. */
    public Set<UUID> heldBonusLines(Collection<UUID> lines, Instant at) {
        return lines(lines, "verdict = 'DISPUTED' and coalesce(lapses_at > :at, true)", at);
    }

    /** Of these lines, those that bring no bonus because an operator upheld a dispute. */
    public Set<UUID> refusedBonusLines(Collection<UUID> lines, Instant at) {
        return lines(lines, "verdict = 'UPHELD' and :at::timestamptz is not null", at);
    }

    private Set<UUID> lines(Collection<UUID> lines, String condition, Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select order_line_id from attribution_review_state where current and order_line_id = any(:lines) and "
                                + condition)
                .bindArray("lines", UUID.class, lines)
                .bind("at", utc(at))
                .mapTo(UUID.class)
                .set());
    }
}
