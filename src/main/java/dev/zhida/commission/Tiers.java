package dev.zhida.commission;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.database.JsonText;
import dev.zhida.identity.AuditTrail;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The volume tiers. */
@ApplicationScoped
class Tiers {

    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final Clock clock;

    Tiers(Jdbi jdbi, ObjectMapper json, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    private record StoredStep(long fromFen, String rate) {}

    /** All of them, by creator and first month. */
    Map<UUID, NavigableMap<YearMonth, Tier>> all(Handle handle) {
        var all = new HashMap<UUID, NavigableMap<YearMonth, Tier>>();
        list(handle).forEach(tier -> all.computeIfAbsent(tier.creatorId(), creator -> new TreeMap<>())
                .put(tier.month(), tier));
        return all;
    }

    /** All of them, newest first. */
    List<Tier> list() {
        return jdbi.withHandle(this::list).reversed();
    }

    private List<Tier> list(Handle handle) {
        return handle.createQuery("select version, name, creator_id, month, steps from tier_rule order by version")
                .map((row, context) -> new Tier(
                        row.getInt("version"),
                        row.getString("name"),
                        row.getObject("creator_id", UUID.class),
                        YearMonth.from(row.getObject("month", LocalDate.class)),
                        steps(row.getString("steps"))))
                .list();
    }

    private List<Tier.Step> steps(String text) {
        try {
            return json.readValue(text, new TypeReference<List<StoredStep>>() {}).stream()
                    .map(step -> new Tier.Step(Money.ofFen(step.fromFen()), Rate.of(step.rate())))
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Adds a tier.
     *
     * @throws Refusal {@code tier-starts-in-the-past}, {@code tier-tie}, {@code creator-unknown}, {@code tier-steps}
     */
    @Transactional
    Tier add(String name, UUID creatorId, YearMonth month, List<Tier.Step> steps, UUID personId) {
        var now = clock.instant();
        if (!month.isAfter(BusinessTime.monthOf(now))) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "tier-starts-in-the-past",
                    "a month is counted by the tiers it began under: name a month that has not begun");
        }
        var checked = new Tier(0, name, creatorId, month, steps);
        return jdbi.withHandle(handle -> {
            if (creatorId != null
                    && !handle.createQuery("select exists (select from creator where id = :id)")
                            .bind("id", creatorId)
                            .mapTo(Boolean.class)
                            .one()) {
                throw new Refusal(
                        Refusal.Kind.INVALID, "creator-unknown", "there is no creator with the id " + creatorId);
            }
            var version = handle.createQuery("""
                            insert into tier_rule (name, creator_id, month, steps, created_at, created_by)
                            values (:name, :creator, :month, :steps, :now, :by)
                            on conflict on constraint tier_rule_start_key do nothing returning version
                            """)
                    .bind("name", name)
                    .bind("creator", creatorId)
                    .bind("month", month.atDay(1))
                    .bind(
                            "steps",
                            new JsonText(checked.steps().stream()
                                    .map(step -> new StoredStep(
                                            step.from().fen(),
                                            step.rate().fraction().toPlainString()))
                                    .toList()))
                    .bind("now", utc(now))
                    .bind("by", personId)
                    .mapTo(Integer.class)
                    .findOne()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.CONFLICT,
                            "tier-tie",
                            "tiers for the same creators start in that very month: choose another month"));
            audit.add(personId, "tier-added", "tier/" + version, Map.of("name", name, "month", month.toString()), now);
            return new Tier(version, name, creatorId, month, checked.steps());
        });
    }
}
