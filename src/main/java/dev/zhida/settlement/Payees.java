package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Where creators and agencies are paid; only finance sees it. */
@ApplicationScoped
class Payees {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    Payees(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    Payee get(UUID holder) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select channel, name, account, bank, blocked_reason from payee where holder_id = :holder")
                .bind("holder", holder)
                .map((row, context) -> Payee.of(row))
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND,
                        "payee-not-found",
                        "nobody has said where " + holder + " is paid: PUT it here")));
    }

    @Transactional
    void put(UUID holder, Payee payee, Caller by) {
        if ((payee.channel() == PayeeChannel.BANK) != (payee.bank() != null)) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "payee-bank", "name the `bank` of a BANK account, and none for ALIPAY");
        }
        var at = clock.instant();
        var known = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into payee (creator_id, agency_id, channel, name, account, bank, blocked_reason, changed_by,
                            changed_at)
                        select h.creator_id, h.agency_id, :channel, :name, :account, :bank, :blocked, :by, :at
                        from (select id creator_id, null::uuid agency_id from creator where id = :holder
                              union all select null, id from agency where id = :holder) h
                        on conflict on constraint payee_pkey do update set
                            channel = excluded.channel, name = excluded.name, account = excluded.account,
                            bank = excluded.bank, blocked_reason = excluded.blocked_reason,
                            changed_by = excluded.changed_by, changed_at = excluded.changed_at
                        """)
                .bind("holder", holder)
                .bind("channel", payee.channel().name())
                .bind("name", payee.name())
                .bind("account", payee.account())
                .bind("bank", payee.bank())
                .bind("blocked", payee.blockedReason())
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        if (known == 0) {
            throw new Refusal(Refusal.Kind.NOT_FOUND, "holder-not-found", "no creator or agency has the id " + holder);
        }
        // Not the account itself: the audit trail is read by more people than this is.
        audit.add(
                by.personId(),
                "payee-changed",
                "payee/" + holder,
                Map.of("channel", payee.channel().name(), "blocked", payee.blockedReason() != null),
                at);
    }
}
