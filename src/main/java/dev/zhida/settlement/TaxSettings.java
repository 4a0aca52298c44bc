package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;

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
    private final AuditTrail audit;
    private final Clock clock;

    TaxSettings(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    record Setting(LocalDate effectiveFrom, Withholding method, Instant setAt) {}

    /** Newest first. */
    List<Setting> list() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select effective_from, method, set_at from tax_setting order by effective_from desc")
                .map((row, context) -> new Setting(
                        row.getObject("effective_from", LocalDate.class),
                        Withholding.valueOf(row.getString("method")),
                        Periods.instant(row, "set_at")))
                .list());
    }

    /** What is in force on a day: nothing is withheld before the first setting. */
    Withholding on(LocalDate day) {
        return list().stream()
                .filter(setting -> !setting.effectiveFrom().isAfter(day))
                .findFirst()
                .map(Setting::method)
                .orElse(Withholding.OFF);
    }

    @Transactional
    Setting add(LocalDate from, Withholding method, Caller by) {
        var at = clock.instant();
        var today = BusinessTime.dayOf(at);
        if (from.isBefore(today)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "starts-in-past",
                    "payouts before today were made by the setting before: let it start on " + today + " or later");
        }
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into tax_setting (effective_from, method, set_by, set_at) values (:from, :method, :by, :at)
                        on conflict on constraint tax_setting_pkey do nothing
                        """)
                .bind("from", from)
                .bind("method", method.name())
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "tax-setting-exists",
                    "another setting starts on " + from + ": settings are not changed, choose a later day");
        }
        audit.add(by.personId(), "tax-setting-added", "tax-setting/" + from, Map.of("method", method.name()), at);
        return new Setting(from, method, at);
    }
}
