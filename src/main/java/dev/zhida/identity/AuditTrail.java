package dev.zhida.identity;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Who decided what, and when. Entries are only ever added, in the transaction of what they tell of. */
@ApplicationScoped
public class AuditTrail {

    private final Jdbi jdbi;
    private final ObjectMapper json;

    AuditTrail(Jdbi jdbi, ObjectMapper json) {
        this.jdbi = jdbi;
        this.json = json;
    }

    /**
     * Adds an entry.
     *
     * @param personId who acted; {@code null} for the application itself
     * @param action what was done, like {@code month-locked}
     * @param subject to what, like {@code month/2026-03}
     * @param detail what else is worth knowing later; no secrets
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void add(UUID personId, String action, String subject, Map<String, ?> detail, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into audit_entry (at, person_id, action, subject, detail)
                        values (:at, :person, :action, :subject, cast(:detail as jsonb))
                        """)
                .bind("at", utc(at))
                .bind("person", personId)
                .bind("action", action)
                .bind("subject", subject)
                .bind("detail", text(detail))
                .execute());
    }

    private String text(Map<String, ?> detail) {
        try {
            return json.writeValueAsString(detail);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
