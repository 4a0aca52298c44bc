package dev.zhida.rollup;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.JdbiException;

/** Keeps the counts fresh. Any number of nodes may run it; one works at a time, the others find nothing to take. */
@ApplicationScoped
class RollupJob {

    private final TouchRollup touches;
    private volatile Duration lag = Duration.ZERO;
    private boolean failing;

    RollupJob(TouchRollup touches, MeterRegistry metrics) {
        this.touches = touches;
        Gauge.builder("zhida.rollup.lag", () -> lag.toMillis() / 1_000.0)
                .baseUnit("seconds")
                .description("Age of the oldest touches that are not counted yet")
                .register(metrics);
    }

    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        try {
            lag = touches.lag();
            touches.rebuildChanged();
            for (var began = System.nanoTime(); touches.countSome(); began = System.nanoTime()) {
                lag = touches.lag();
                letFansGoFirst(System.nanoTime() - began);
            }
            lag = touches.lag();
            failing = false;
        } catch (JdbiException e) {
            // Once for each time PostgreSQL is away, not once a second.
            if (!failing) {
                Log.warnf("touches are not counted just now: %s", e.getMessage());
            }
            failing = true;
        }
    }

    /** Where there is always more to count, counting would take what the touches themselves need. */
    private static void letFansGoFirst(long workedNanos) {
        LockSupport.parkNanos(2 * workedNanos);
    }

    @Scheduled(every = "1h", delayed = "1h", concurrentExecution = ConcurrentExecution.SKIP)
    void forget() {
        touches.forgetVisitors();
    }
}
