package dev.zhida.slot;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.SlotKind;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/** How full the finite pools are, how long they will last, and an alarm before one is empty. */
@ApplicationScoped
class SlotLevels {

    /** What the use of the last days says about the next. */
    private static final Duration LOOKED_BACK = Duration.ofDays(7);

    private static final Duration SOON = Duration.ofDays(7);

    private final Jdbi jdbi;
    private final Clock clock;
    private final int alarmDays;
    private final MultiGauge free;
    private Set<Pool> alarmed = Set.of();

    SlotLevels(
            Jdbi jdbi,
            Clock clock,
            MeterRegistry metrics,
            @ConfigProperty(name = "zhida.slot.alarm-days", defaultValue = "7") int alarmDays) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.alarmDays = alarmDays;
        this.free = MultiGauge.builder("zhida.slots.free")
                .description("Slots of a pool that can be leased exclusively now")
                .register(metrics);
    }

    record Pool(UUID accountId, String account, SlotKind kind) {}

    /**
     * How full a pool is.
     *
     * @param leased held exclusively, those whose placement has ended but whose orders may still come included
     * @param free can be leased exclusively now
     * @param shared kept to be shared
     * @param sharedHeld those of them that somebody holds
     * @param endingSoon leased ones that are free again within a week
     * @param leasedInWeek exclusive leases that began in the last 7 days
     * @param daysLeft how long the free ones last at that pace; {@code null} if none was leased
     * @param alarm whether to add slots now: the pool lasts less long than an operator needs, or less than a tenth of
     *     it is left
     */
    record Level(
            Pool pool,
            long total,
            long leased,
            long free,
            long shared,
            long sharedHeld,
            long endingSoon,
            long leasedInWeek,
            Long daysLeft,
            boolean alarm) {

        static Level of(Pool pool, Counts counts, int alarmDays) {
            var exclusive = counts.total() - counts.shared();
            var daysLeft = counts.leasedInWeek() == 0
                    ? null
                    : (Long) (counts.free() * LOOKED_BACK.toDays() / counts.leasedInWeek());
            return new Level(
                    pool,
                    counts.total(),
                    exclusive - counts.free(),
                    counts.free(),
                    counts.shared(),
                    counts.sharedHeld(),
                    counts.endingSoon(),
                    counts.leasedInWeek(),
                    daysLeft,
                    counts.free() * 10 < exclusive || (daysLeft != null && daysLeft < alarmDays));
        }
    }

    record Counts(long total, long shared, long free, long sharedHeld, long endingSoon, long leasedInWeek) {}

    /** The pools of an account, or of all accounts for {@code null}; what we make up ourselves has no level. */
    List<Level> levels(UUID accountId, Instant at) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with held as (
                            select distinct l.slot_id from slot_lease l
                            where not l.exclusive and (l.until_at is null or l.until_at > :at)),
                        begun as (
                            select s.account_id, s.kind, count(*) leases from slot_lease l join slot s on s.id = l.slot_id
                            where l.exclusive and l.from_at > :weekAgo group by s.account_id, s.kind)
                        select a.id, a.name, s.kind, count(*) total,
                            count(*) filter (where not s.exclusive) shared,
                            count(*) filter (where s.exclusive and s.free_at <= :at) free,
                            count(h.slot_id) shared_held,
                            count(*) filter (where s.exclusive and s.free_at > :at and s.free_at <= :soon) ending_soon,
                            coalesce(max(b.leases), 0) leased_in_week
                        from marketplace_account a
                        join slot s on s.account_id = a.id
                        left join held h on h.slot_id = s.id
                        left join begun b on b.account_id = a.id and b.kind = s.kind
                        where (:account::uuid is null or a.id = :account)
                          and s.kind in ('TAOBAO_PID', 'TAOBAO_RELATION', 'JD_POSITION')
                        group by a.id, a.name, s.kind order by a.id, s.kind
                        """)
                .bind("account", accountId)
                .bind("at", utc(at))
                .bind("weekAgo", utc(at.minus(LOOKED_BACK)))
                .bind("soon", utc(at.plus(SOON)))
                .map((row, context) -> Level.of(
                        new Pool(
                                row.getObject("id", UUID.class),
                                row.getString("name"),
                                SlotKind.valueOf(row.getString("kind"))),
                        new Counts(
                                row.getLong("total"),
                                row.getLong("shared"),
                                row.getLong("free"),
                                row.getLong("shared_held"),
                                row.getLong("ending_soon"),
                                row.getLong("leased_in_week")),
                        alarmDays))
                .list());
    }

    @Scheduled(every = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void watch() {
        var levels = levels(null, clock.instant());
        free.register(
                levels.stream()
                        .map(level -> MultiGauge.Row.of(
                                Tags.of(
                                        "marketplace",
                                                level.pool()
                                                        .kind()
                                                        .marketplace()
                                                        .name(),
                                        "account", level.pool().account(),
                                        "kind", level.pool().kind().name()),
                                level.free()))
                        .toList(),
                true);
        var now = new HashSet<Pool>();
        for (var level : levels) {
            // Once, when it begins, not every minute.
            if (level.alarm() && now.add(level.pool()) && !alarmed.contains(level.pool())) {
                Log.warnf(
                        "the pool of %s of the account %s is running out: %d of %d are free, for about %s days",
                        level.pool().kind(), level.pool().account(), level.free(), level.total(), level.daysLeft());
            }
        }
        alarmed = now;
    }
}
