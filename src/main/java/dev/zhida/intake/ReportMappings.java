package dev.zhida.intake;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.database.JsonText;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.MappedReport;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.ReportMapping;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What operators said that the columns of report files mean. Earlier versions stay: files were read by them. */
@ApplicationScoped
class ReportMappings {

    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final Clock clock;

    ReportMappings(Jdbi jdbi, ObjectMapper json, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    record Versioned(int version, ReportMapping mapping, Instant madeAt) {}

    /** The mapping in force. */
    Optional<Versioned> of(Marketplace marketplace) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select version, mapping, made_at from report_mapping
                        where marketplace = :marketplace order by version desc limit 1
                        """)
                .bind("marketplace", marketplace.name())
                .map((row, context) -> new Versioned(
                        row.getInt("version"),
                        read(row.getString("mapping")),
                        row.getObject("made_at", OffsetDateTime.class).toInstant()))
                .findOne());
    }

    /**
     * Makes a mapping the one in force; the one that is in force already stays as it is.
     *
     * @throws Refusal {@code invalid-request} with every fault, or {@code mapping-not-needed}
     */
    @Transactional
    Versioned put(Marketplace marketplace, ReportMapping mapping, Caller by) {
        if (marketplace == Marketplace.TAOBAO || marketplace == Marketplace.XIANYU) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "mapping-not-needed",
                    "the columns of TAOBAO reports are built in, and XIANYU has none: map JD, PDD or DOUYIN");
        }
        var faults = MappedReport.faults(marketplace, mapping);
        if (!faults.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "invalid-request",
                    "some fields are not as they should be: see errors",
                    faults.entrySet().stream()
                            .map(fault -> new Refusal.FieldError(fault.getKey(), fault.getValue()))
                            .toList());
        }
        var at = clock.instant();
        jdbi.useHandle(handle ->
                handle.execute("select pg_advisory_xact_lock(hashtext('report-mapping'), ?)", marketplace.ordinal()));
        var before = of(marketplace);
        if (before.isPresent() && before.get().mapping().equals(mapping)) {
            return before.get();
        }
        var made = new Versioned(before.map(Versioned::version).orElse(0) + 1, mapping, at);
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into report_mapping (marketplace, version, mapping, made_by, made_at)
                        values (:marketplace, :version, :mapping, :by, :at)
                        """)
                .bind("marketplace", marketplace.name())
                .bind("version", made.version())
                .bind("mapping", new JsonText(mapping))
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        audit.add(
                by.personId(),
                "report-mapping-changed",
                "report-mapping/" + marketplace,
                Map.of("version", made.version()),
                at);
        return made;
    }

    private ReportMapping read(String text) {
        try {
            return json.readValue(text, ReportMapping.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored mapping cannot be read: " + text, e);
        }
    }
}
