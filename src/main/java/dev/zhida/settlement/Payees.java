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

/** Where creators are paid; only finance sees it. */
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

    Payee get(UUID creator) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select channel, name, account, bank, blocked_reason from payee where creator_id = :creator")
                .bind("creator", creator)
                .map((row, context) -> new Payee(
                        PayeeChannel.valueOf(row.getString("channel")),
                        row.getString("name"),
                        row.getString("account"),
                        row.getString("bank"),
                        row.getString("blocked_reason")))
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND,
                        "payee-not-found",
                        "nobody has said where the creator " + creator + " is paid: PUT it here")));
    }

    @Transactional
    void put(UUID creator, Payee payee, Caller by) {
        if ((payee.channel() == PayeeChannel.BANK) != (payee.bank() != null)) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "payee-bank", "name the `bank` of a BANK account, and none for ALIPAY");
        }
        var at = clock.instant();
        var known = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into payee (creator_id, channel, name, account, bank, blocked_reason, changed_by, changed_at)
                        select id, :channel, :name, :account, :bank, :blocked, :by, :at from creator where id = :creator
                        on conflict on constraint payee_pkey do update set
                            channel = excluded.channel, name = excluded.name, account = excluded.account,
                            bank = excluded.bank, blocked_reason = excluded.blocked_reason,
                            changed_by = excluded.changed_by, changed_at = excluded.changed_at
                        """)
                .bind("creator", creator)
                .bind("channel", payee.channel().name())
                .bind("name", payee.name())
                .bind("account", payee.account())
                .bind("bank", payee.bank())
                .bind("blocked", payee.blockedReason())
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        if (known == 0) {
            throw new Refusal(Refusal.Kind.NOT_FOUND, "creator-not-found", "no creator has the id " + creator);
        }
        // Not the account itself: the audit trail is read by more people than this is.
        audit.add(
                by.personId(),
                "payee-changed",
                "creator/" + creator,
                Map.of("channel", payee.channel().name(), "blocked", payee.blockedReason() != null),
                at);
    }
}
