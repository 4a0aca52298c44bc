package dev.zhida.rollup;

import dev.zhida.money.BusinessTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.JdbiException;

/** Keeps the counts fresh. Any number of nodes may run it; one works at a time, the others find nothing to take. */
@ApplicationScoped
class RollupJob {

    private final TouchRollup touches;
    private final OrderRollup orders;
    private final Clock clock;
    private volatile Duration lag = Duration.ZERO;
    private volatile Duration orderLag = Duration.ZERO;
    private boolean failing;

    RollupJob(TouchRollup touches, OrderRollup orders, Clock clock, MeterRegistry metrics) {
        this.touches = touches;
        this.orders = orders;
        this.clock = clock;
        Gauge.builder("zhida.rollup.lag", () -> lag.toMillis() / 1_000.0)
                .baseUnit("seconds")
                .description("Age of the oldest touches that are not counted yet")
                .register(metrics);
        Gauge.builder("zhida.rollup.order.lag", () -> orderLag.toMillis() / 1_000.0)
                .baseUnit("seconds")
                .description("Age of the oldest change of an order that is not counted yet")
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

    /** Apart from the touches: where fans are many, orders are counted all the same. */
    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void countOrders() {
        try {
            orderLag = orders.lag();
            for (var began = System.nanoTime(); orders.countSome(); began = System.nanoTime()) {
                orderLag = orders.lag();
                letFansGoFirst(System.nanoTime() - began);
            }
            orderLag = orders.lag();
        } catch (JdbiException e) {
            Log.warnf("orders are not counted just now: %s", e.getMessage());
        }
    }

    /** Late touches change weeks that are over one after the other: summing them again can wait for more. */
    @Scheduled(every = "1m", delayed = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void sumWeeks() {
        try {
            touches.sumWeeks(BusinessTime.dayOf(clock.instant()));
        } catch (JdbiException e) {
            Log.warnf("weeks are not summed just now: %s", e.getMessage());
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
