package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;
import static dev.zhida.settlement.Periods.instant;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.database.Retries;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Idempotency;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;

/** What people correct by hand. */
@ApplicationScoped
class Adjustments {

    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Jdbi jdbi;
    private final Ledger ledger;
    private final AuditTrail audit;
    private final Retries retries;
    private final Clock clock;

    Adjustments(Jdbi jdbi, Ledger ledger, AuditTrail audit, Retries retries, Clock clock) {
        this.jdbi = jdbi;
        this.ledger = ledger;
        this.audit = audit;
        this.retries = retries;
        this.clock = clock;
    }

    enum State {
        ASKED,
        APPROVED,
        REJECTED
    }

    /**
     * A correction.
     *
     * @param amount what the holder gets; negative if it is taken back
     */
    record Adjustment(
            UUID id,
            Holder holder,
            Money amount,
            String reason,
            State state,
            UUID askedBy,
            Instant askedAt,
            UUID decidedBy,
            Instant decidedAt) {

        Target target(Instant at) {
            var hers = holder.confirmed();
            var other = Account.of(Account.Kind.ADJUSTMENT);
            var flow = amount.isPositive() ? new Flow(other, hers) : new Flow(hers, other);
            return new Target(
                    "adjustment/" + id,
                    Map.of(flow, amount.isPositive() ? amount : amount.negated()),
                    BusinessTime.monthOf(at),
                    reason);
        }
    }

    /**
     * Asks for a correction.
     *
     * @param key what the caller calls the request; the same again asks for nothing new; {@code null} for no name
     */
    Adjustment ask(Holder holder, Money amount, String reason, String key, Caller by) {
        if (amount.isZero()) {
            throw new Refusal(Refusal.Kind.INVALID, "adjustment-moves-nothing", "`amountFen` is not zero");
        }
        return retries.inTransaction(WITHIN, () -> {
            var at = clock.instant();
            var id = UuidCreator.getTimeOrderedEpoch();
            var added = jdbi.withHandle(handle -> handle.createUpdate("""
                            insert into adjustment (id, creator_id, agency_id, amount_fen, reason, state, asked_by, asked_at,
                                asked_key)
                            select :id, h.creator_id, h.agency_id, :amount, :reason, 'ASKED', :by, :at, :key
                            from (select id creator_id, null::uuid agency_id from creator where id = :creator
                                  union all select null, id from agency where id = :agency) h
                            on conflict on constraint adjustment_asked_once do nothing
                            """)
                    .bind("id", id)
                    .bind("creator", holder.creatorId())
                    .bind("agency", holder.agencyId())
                    .bind("amount", amount.fen())
                    .bind("reason", reason)
                    .bind("by", by.personId())
                    .bind("at", utc(at))
                    .bind("key", key)
                    .execute());
            if (added == 0) {
                var before = askedBefore(by, key);
                if (before.isPresent()) {
                    return before.filter(asked -> asked.holder().equals(holder)
                                    && asked.amount().equals(amount)
                                    && asked.reason().equals(reason))
                            .orElseThrow(Idempotency::reused);
                }
                throw switch (holder.type()) {
                    case CREATOR ->
                        new Refusal(
                                Refusal.Kind.NOT_FOUND, "creator-not-found", "no creator has the id " + holder.id());
                    case AGENCY ->
                        new Refusal(Refusal.Kind.NOT_FOUND, "agency-not-found", "no agency has the id " + holder.id());
                };
            }
            audit.add(
                    by.personId(),
                    "adjustment-asked",
                    "adjustment/" + id,
                    Map.of("fen", amount.fen(), "why", reason),
                    at);
            return new Adjustment(id, holder, amount, reason, State.ASKED, by.personId(), at, null, null);
        });
    }

    private Optional<Adjustment> askedBefore(Caller by, String key) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select * from adjustment where asked_by = :by and asked_key = :key")
                        .bind("by", by.personId())
                        .bind("key", key)
                        .map(ADJUSTMENT)
                        .findOne());
    }

    /** Posts it, or says no to it; whoever asked for it may take it back but not approve it. */
    Adjustment decide(UUID id, boolean approved, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var asked = lock(handle, id);
                if (asked.state() != State.ASKED) {
                    throw new Refusal(
                            Refusal.Kind.CONFLICT,
                            "adjustment-decided",
                            "it is " + asked.state() + " already: ask for another one the other way round");
                }
                if (approved && asked.askedBy().equals(by.personId())) {
                    throw Periods.samePerson("the adjustment");
                }
                var at = clock.instant();
                handle.createUpdate(
                                "update adjustment set state = :state, decided_by = :by, decided_at = :at where id = :id")
                        .bind("state", (approved ? State.APPROVED : State.REJECTED).name())
                        .bind("by", by.personId())
                        .bind("at", utc(at))
                        .bind("id", id)
                        .execute();
                if (approved) {
                    ledger.post(List.of(asked.target(at)), at);
                }
                audit.add(
                        by.personId(),
                        approved ? "adjustment-approved" : "adjustment-rejected",
                        "adjustment/" + id,
                        Map.of(),
                        at);
                return lock(handle, id);
            }
        });
    }

    /** A page, newest first, from before {@code before}. */
    List<Adjustment> page(UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from adjustment where (:before::uuid is null or id < :before) order by id desc limit :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map(ADJUSTMENT)
                .list());
    }

    private static Adjustment lock(Handle handle, UUID id) {
        return handle.createQuery("select * from adjustment where id = :id for update")
                .bind("id", id)
                .map(ADJUSTMENT)
                .findOne()
                .orElseThrow(() ->
                        new Refusal(Refusal.Kind.NOT_FOUND, "adjustment-not-found", "no adjustment has the id " + id));
    }

    private static final RowMapper<Adjustment> ADJUSTMENT = (row, context) -> new Adjustment(
            row.getObject("id", UUID.class),
            Holder.of(row),
            Money.ofFen(row.getLong("amount_fen")),
            row.getString("reason"),
            State.valueOf(row.getString("state")),
            row.getObject("asked_by", UUID.class),
            instant(row, "asked_at"),
            row.getObject("decided_by", UUID.class),
            instant(row, "decided_at"));
}
