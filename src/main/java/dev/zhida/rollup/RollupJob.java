package dev.zhida.rollup;

import com.sun.management.OperatingSystemMXBean;
import dev.zhida.money.BusinessTime;
import dev.zhida.touch.TouchInbox;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.JdbiException;

/** Keeps the log and the counts fresh. Any number of nodes may run it: each takes what the others do not. */
@ApplicationScoped
class RollupJob {

    /** Longer: fewer questions to an idle database; shorter: a touch is seen sooner. */
    private static final Duration LOOKS_EVERY = Duration.ofMillis(200);

    private static final Duration TRIES_EVERY = Duration.ofSeconds(1);

    /** From this share of the processors' time on, counting takes what the touches themselves need. */
    private static final double BUSY = 0.5;

    /**
     * Where the processors are busy while fans come, counting rests for so many times as long as it worked: a rush is counted when it
     * is over. What has been waiting for long is counted with less rest, so that a rush without an end is, too.
     */
    private static final int RESTS_TIMES = 4;

    /** Work may have stood still because PostgreSQL did; that is nothing to rest from. */
    private static final Duration RESTS_AT_MOST = Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofMinutes(1);

    /** The whole machine, PostgreSQL and all. */
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final TouchRollup touches;
    private final TouchInbox inbox;
    private final OrderRollup orders;
    private final Clock clock;
    private final Thread thread = Thread.ofPlatform().name("rollup").unstarted(this::run);
    private volatile Duration lag = Duration.ZERO;
    private volatile Duration orderLag = Duration.ZERO;
    private boolean failing;

    RollupJob(TouchRollup touches, TouchInbox inbox, OrderRollup orders, Clock clock, MeterRegistry metrics) {
        this.touches = touches;
        this.inbox = inbox;
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

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(work());
            }
        } catch (InterruptedException e) {
            Log.debug("counting was told to end", e);
        }
    }

    /** Counts some; answers how long to rest. */
    private Duration work() {
        try {
            var began = System.nanoTime();
            var more = touches.countSome();
            lag = inbox.lag();
            if (!more) {
                touches.rebuildChanged();
            }
            failing = false;
            return more ? rest(Duration.ofNanos(System.nanoTime() - began), lag) : LOOKS_EVERY;
        } catch (RuntimeException e) {
            // Once for each time PostgreSQL is away, not once a second; whatever it is, it is tried again.
            if (!failing) {
                Log.warnf(e, "touches are not counted just now: %s", e.getMessage());
            }
            failing = true;
            return TRIES_EVERY;
        }
    }

    private Duration rest(Duration worked, Duration lag) {
        if (MACHINE.getCpuLoad() < BUSY || !inbox.filling()) {
            return Duration.ZERO;
        }
        var rest = lag.compareTo(LONG) < 0 ? worked.multipliedBy(RESTS_TIMES) : worked;
        return rest.compareTo(RESTS_AT_MOST) < 0 ? rest : RESTS_AT_MOST;
    }

    /** Apart from the touches: where fans are many, orders are counted all the same. */
    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void countOrders() {
        try {
            orderLag = orders.lag();
            for (var began = System.nanoTime(); orders.countSome(); began = System.nanoTime()) {
                orderLag = orders.lag();
                LockSupport.parkNanos(rest(Duration.ofNanos(System.nanoTime() - began), orderLag)
                        .toNanos());
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

    @Scheduled(every = "1h", delayed = "1h")
    void forget() {
        touches.forgetVisitors();
    }
}
