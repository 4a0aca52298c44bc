package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.database.JsonText;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** How tax is withheld, from which day on. */
@ApplicationScoped
class TaxSettings {

    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final Clock clock;

    TaxSettings(Jdbi jdbi, ObjectMapper json, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A setting.
     *
     * @param table what it counts with; {@code null} if it is {@code OFF}
     * @param agencies whether agencies are withheld from too
     */
    record Setting(LocalDate effectiveFrom, Withholding method, TaxTable table, boolean agencies, Instant setAt) {

        static final Setting NONE = new Setting(LocalDate.MIN, Withholding.OFF, null, false, Instant.MIN);

        /** How it is withheld from such a holder. */
        Withholding method(Holder.Type type) {
            return type == Holder.Type.CREATOR || agencies ? method : Withholding.OFF;
        }
    }

    /** Newest first. */
    List<Setting> list() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select effective_from, method, tax_table, agencies, set_at from tax_setting
                        order by effective_from desc
                        """)
                .map((row, context) -> new Setting(
                        row.getObject("effective_from", LocalDate.class),
                        Withholding.valueOf(row.getString("method")),
                        table(row.getString("tax_table")),
                        row.getBoolean("agencies"),
                        Periods.instant(row, "set_at")))
                .list());
    }

    private TaxTable table(String text) {
        try {
            return text == null ? null : json.readValue(text, TaxTable.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is in force on a day: nothing is withheld before the first setting. */
    Setting on(LocalDate day) {
        return list().stream()
                .filter(setting -> !setting.effectiveFrom().isAfter(day))
                .findFirst()
                .orElse(Setting.NONE);
    }

    /**
     * Adds a setting.
     *
     * @param table {@code null} for the numbers of the law
     * @throws Refusal {@code starts-in-past}, {@code tax-table} or {@code tax-setting-exists}
     */
    @Transactional
    Setting add(LocalDate from, Withholding method, TaxTable table, boolean agencies, Caller by) {
        var at = clock.instant();
        var today = BusinessTime.dayOf(at);
        if (from.isBefore(today)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "starts-in-past",
                    "payouts before today were made by the setting before: let it start on " + today + " or later");
        }
        if (method == Withholding.OFF && table != null) {
            throw new Refusal(Refusal.Kind.INVALID, "tax-table", "OFF counts with nothing: leave out `table`");
        }
        var counts = table == null ? method.byLaw() : table.checked();
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into tax_setting (effective_from, method, tax_table, agencies, set_by, set_at)
                        values (:from, :method, :table, :agencies, :by, :at)
                        on conflict on constraint tax_setting_pkey do nothing
                        """)
                .bind("from", from)
                .bind("method", method.name())
                .bind("table", counts == null ? null : new JsonText(counts))
                .bind("agencies", agencies)
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "tax-setting-exists",
                    "another setting starts on " + from + ": settings are not changed, choose a later day");
        }
        audit.add(
                by.personId(),
                "tax-setting-added",
                "tax-setting/" + from,
                Map.of("method", method.name(), "agencies", agencies, "byLaw", table == null),
                at);
        return new Setting(from, method, counts, agencies, at);
    }
}
