package dev.zhida.commission;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.AuditTrail;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The technical service fees that are assumed where marketplaces report none. */
@ApplicationScoped
class Fees {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    Fees(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    /** From {@code fromAt} on this share of the commission part is assumed, until the next setting starts. */
    record Setting(Marketplace marketplace, Rate rate, Instant fromAt) {}

    /** All settings, by when they took effect. */
    record Book(Map<Marketplace, NavigableMap<Instant, Rate>> rates) {

        /** What is assumed of an order paid at {@code at}; the first setting where it is older or unknown. */
        Rate at(Marketplace marketplace, Instant at) {
            var byStart = rates.get(marketplace);
            var entry = at == null ? null : byStart.floorEntry(at);
            return entry == null ? byStart.firstEntry().getValue() : entry.getValue();
        }
    }

    static Book book(Handle handle) {
        var rates = new EnumMap<Marketplace, NavigableMap<Instant, Rate>>(Marketplace.class);
        settings(handle).forEach(setting -> rates.computeIfAbsent(setting.marketplace(), m -> new TreeMap<>())
                .put(setting.fromAt(), setting.rate()));
        return new Book(rates);
    }

    /** All of them, the latest start first. */
    List<Setting> settings() {
        return jdbi.withHandle(Fees::settings);
    }

    private static List<Setting> settings(Handle handle) {
        return handle.createQuery(
                        "select marketplace, rate, effective_from from fee_setting order by effective_from desc, marketplace")
                .map((row, context) -> new Setting(
                        Marketplace.valueOf(row.getString("marketplace")),
                        new Rate(row.getBigDecimal("rate")),
                        row.getObject("effective_from", OffsetDateTime.class).toInstant()))
                .list();
    }

    /**
     * Sets what is assumed from {@code fromAt} on.
     *
     * @param fromAt {@code null} for now
     * @throws Refusal {@code fee-starts-in-the-past}, {@code fee-exists}, {@code fee-marketplace}
     */
    @Transactional
    Setting add(Marketplace marketplace, Rate rate, Instant fromAt, UUID personId) {
        var now = clock.instant();
        var from = fromAt == null ? now : fromAt;
        if (from.isBefore(now)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "fee-starts-in-the-past",
                    "orders are counted by the fee they were paid under: leave out `effectiveFrom`, or name a time to come");
        }
        if (marketplace == Marketplace.XIANYU) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "fee-marketplace", "XIANYU has no affiliate programme, so it takes no fee");
        }
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into fee_setting (marketplace, effective_from, rate, created_by)
                        values (:marketplace, :from, :rate, :by)
                        on conflict on constraint fee_setting_pkey do nothing
                        """)
                .bind("marketplace", marketplace.name())
                .bind("from", utc(from))
                .bind("rate", rate.fraction())
                .bind("by", personId)
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "fee-exists", "a setting starts at that very time: choose another time");
        }
        audit.add(
                personId,
                "fee-set",
                "fee/" + marketplace,
                Map.of("rate", rate.fraction().toPlainString(), "effectiveFrom", from.toString()),
                now);
        return new Setting(marketplace, rate, from);
    }
}
