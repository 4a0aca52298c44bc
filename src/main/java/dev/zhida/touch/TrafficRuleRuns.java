package dev.zhida.touch;

import dev.zhida.database.JsonText;
import dev.zhida.problem.Refusal;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Runs the traffic rules of today over the touches of earlier days, and keeps a record of each run. */
@ApplicationScoped
class TrafficRuleRuns {

    static final int MOST_DAYS = 31;

    private final Jdbi jdbi;
    private final Clock clock;
    private final TouchPartitions partitions;

    TrafficRuleRuns(Jdbi jdbi, Clock clock, TouchPartitions partitions) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.partitions = partitions;
    }

    /** Touches of a flag as they were and as they are. */
    record Total(long before, long after) {
        Total plus(Total other) {
            return new Total(before + other.before, after + other.after);
        }
    }

    /** @param totals by flag; {@code PERSON} for touches without one */
    record Run(UUID id, int version, SortedMap<String, Total> totals) {}

    void start(@Observes StartupEvent event) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into traffic_rules (version, in_force_at) values (?, ?) on conflict do nothing",
                TrafficRules.VERSION,
                clock.instant()));
    }

    /**
     * Runs the rules over the days {@code from} to before {@code until}, each in one transaction.
     *
     * @param dryRun whether to tell only what would change
     * @throws Refusal if the days are not in order, too many, or not kept any more, or if another run goes on
     */
    Run run(LocalDate from, LocalDate until, boolean dryRun, UUID askedBy) {
        if (!from.isBefore(until) || ChronoUnit.DAYS.between(from, until) > MOST_DAYS) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "days-out-of-range",
                    "`from` is before `until`, by at most " + MOST_DAYS + " days: run more in several goes");
        }
        if (from.isBefore(partitions.keptFrom())) {
            throw new Refusal(
                    Refusal.Kind.GONE,
                    "touches-gone",
                    "touches are kept from " + partitions.keptFrom() + " on: begin there");
        }
        return jdbi.withHandle(handle -> {
            if (!handle.createQuery("select pg_try_advisory_lock(hashtext('traffic_rules_run'))")
                    .mapTo(Boolean.class)
                    .one()) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT, "run-in-progress", "the rules are being run: wait until that ends");
            }
            try {
                var run = new Run(UUID.randomUUID(), TrafficRules.VERSION, new TreeMap<>());
                begin(handle, run, from, until, dryRun, askedBy);
                for (var day = from; day.isBefore(until); day = day.plusDays(1)) {
                    var work = new TrafficRuleDay(day, dryRun, clock.instant());
                    handle.useTransaction(work::run);
                    work.totals().forEach((flag, total) -> run.totals().merge(flag, total, Total::plus));
                }
                end(handle, run);
                return run;
            } finally {
                handle.execute("select pg_advisory_unlock(hashtext('traffic_rules_run'))");
            }
        });
    }

    private void begin(Handle handle, Run run, LocalDate from, LocalDate until, boolean dryRun, UUID askedBy) {
        handle.createUpdate("""
                        insert into traffic_rules_run (id, version, from_day, until_day, dry_run, asked_by, started_at)
                        values (:id, :version, :from, :until, :dryRun, :askedBy, :at)
                        """)
                .bind("id", run.id())
                .bind("version", run.version())
                .bind("from", from)
                .bind("until", until)
                .bind("dryRun", dryRun)
                .bind("askedBy", askedBy)
                .bind("at", clock.instant())
                .execute();
    }

    private void end(Handle handle, Run run) {
        handle.createUpdate("update traffic_rules_run set finished_at = :at, totals = :totals where id = :id")
                .bind("at", clock.instant())
                .bind("totals", new JsonText(run.totals()))
                .bind("id", run.id())
                .execute();
    }
}
