package dev.zhida.touch;

import dev.zhida.money.BusinessTime;
import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.LocalDate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The partitions of the touches: made some days ahead, dropped when the touches in them have been kept long enough. */
@ApplicationScoped
public class TouchPartitions {

    private static final int DAYS_AHEAD = 3;

    private final Jdbi jdbi;
    private final Clock clock;
    private final TouchConfig config;

    TouchPartitions(Jdbi jdbi, Clock clock, TouchConfig config) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.config = config;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        jdbi.useHandle(this::makeAhead);
    }

    /** The first day whose touches are certain to be there; of earlier days only the counts remain. */
    public LocalDate keptFrom() {
        return BusinessTime.dayOf(clock.instant()).minusDays(config.retention().toDays());
    }

    /** Any number of nodes may run it: one works, the others go on. */
    @Scheduled(every = "1h", delayed = "1h")
    void keep() {
        jdbi.useHandle(handle -> {
            if (!locked(handle)) {
                return;
            }
            try {
                makeAhead(handle);
                dropOld(handle);
            } finally {
                handle.execute("select pg_advisory_unlock(hashtext('touch_partitions'))");
            }
        });
    }

    private static boolean locked(Handle handle) {
        return handle.createQuery("select pg_try_advisory_lock(hashtext('touch_partitions'))")
                .mapTo(Boolean.class)
                .one();
    }

    private void makeAhead(Handle handle) {
        var today = BusinessTime.dayOf(clock.instant());
        for (var day = today; !day.isAfter(today.plusDays(DAYS_AHEAD)); day = day.plusDays(1)) {
            handle.execute("select make_touch_partition(?)", day);
        }
    }

    /**
     * Detached without stopping readers and writers, then dropped. One day more than is promised stays, so that a
     * count that began before midnight finds its touches.
     */
    private void dropOld(Handle handle) {
        var limit = keptFrom().minusDays(1);
        var old = handle.createQuery("""
                        select c.relname, i.inhdetachpending pending
                        from pg_inherits i join pg_class c on c.oid = i.inhrelid
                        where i.inhparent = 'touch'::regclass
                          and to_date(substr(c.relname, 7), 'YYYYMMDD') < :limit
                        order by pending desc, relname
                        """)
                .bind("limit", limit)
                .map((row, context) -> new Old(row.getString("relname"), row.getBoolean("pending")))
                .list();
        for (var partition : old) {
            // "finalize" ends what an earlier run had begun when it was killed.
            handle.execute("alter table touch detach partition " + partition.name()
                    + (partition.pending() ? " finalize" : " concurrently"));
            handle.execute("drop table " + partition.name());
            Log.infof(
                    "dropped %s: its touches have been kept for %d days",
                    partition.name(), config.retention().toDays());
        }
    }

    private record Old(String name, boolean pending) {}
}
