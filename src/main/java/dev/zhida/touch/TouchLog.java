package dev.zhida.touch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes touches durable, many with one commit, and never fails a fan.
 *
 * <p>One writer takes whatever has queued up while its last commit ran and has it committed in PostgreSQL. If that
 * fails or takes too long, its outcome is unknown: the batch goes to the spool, from where it is stored by id, so that
 * nothing is double. While PostgreSQL is away batches go straight to the spool.
 *
 * <p>At the bounds: from half of the queue's bound on, batches go to the spool, which takes them faster. A touch that
 * finds the queue full, or whose batch the spool does not take because it is full or broken, is lost; that is counted
 * in {@code zhida_touches_lost_total} and logged, and the fan is served. Nothing else is ever lost.
 */
@ApplicationScoped
public class TouchLog {

    /** Touches in one commit at most: more would make the first of them wait longer than the last gains. */
    private static final int BATCH_BOUND = 4_096;

    /** Touches that are enough for one commit, so that nobody waits for more of them. */
    private static final int GATHERED = 512;

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOG_LOSS_EVERY = Duration.ofSeconds(1);

    private final TouchConfig config;
    private final BlockingQueue<Waiting> queue;
    private final TouchStore store;
    private final Spool spool;
    private final SpoolDrain drain;
    private final Thread writer = Thread.ofPlatform().name("touch-writer").unstarted(this::write);
    private final Thread watch =
            Thread.ofPlatform().daemon().name("touch-watch").unstarted(this::watch);
    private volatile boolean closing;
    /** When the commit began that is under way; 0 while there is none. */
    private volatile long commitBeganNanos;

    private final MeterRegistry metrics;
    private final Map<Label, Counter> counters = new HashMap<>();
    private final Counter spooled;
    private final Counter lost;
    private final Timer commits;
    private final DistributionSummary batches;
    private long lossLoggedAtNanos = System.nanoTime() - LOG_LOSS_EVERY.toNanos();

    @Inject
    TouchLog(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") String user,
            @ConfigProperty(name = "quarkus.datasource.password") String password,
            @ConfigProperty(name = "zhida.data") Path data,
            TouchConfig config,
            MeterRegistry metrics) {
        this(new BoundedConnections(url, user, password), data.resolve("spool"), config, metrics);
    }

    TouchLog(DataSource source, Path spoolFolder, TouchConfig config, MeterRegistry metrics) {
        this.config = config;
        this.queue = new ArrayBlockingQueue<>(config.queueBound());
        this.store = new TouchStore(source);
        this.spool = new Spool(spoolFolder, config.spoolMaxSize().asLongValue());
        this.drain = new SpoolDrain(spool, new TouchStore(source), config.commitWithin(), metrics);
        this.metrics = metrics;
        this.spooled = Counter.builder("zhida.touches.spooled")
                .description("Touches that went to the local spool")
                .register(metrics);
        this.lost = Counter.builder("zhida.touches.lost")
                .description("Touches that neither the database nor the spool took")
                .register(metrics);
        this.commits = Timer.builder("zhida.touch.commit")
                .description("Commits of touches in the database that were in time")
                .register(metrics);
        this.batches = DistributionSummary.builder("zhida.touch.batch")
                .description("Touches in one commit")
                .register(metrics);
        Gauge.builder("zhida.touch.queue", queue, BlockingQueue::size)
                .description("Touches that wait for a commit")
                .register(metrics);
        Gauge.builder("zhida.touch.spool", spool, Spool::waiting)
                .description("Touches in the spool that the database has yet to take")
                .register(metrics);
    }

    private static final class Waiting extends CompletableFuture<Void> {
        private final Touch touch;

        Waiting(Touch touch) {
            this.touch = touch;
        }
    }

    private record Label(Touch.Kind kind, String flag) {}

    void start(@Observes StartupEvent event) {
        start();
    }

    void start() {
        writer.start();
        watch.start();
        drain.start();
    }

    void stop(@Observes ShutdownEvent event) {
        stop();
    }

    void stop() {
        closing = true;
        try {
            writer.join(STOPS_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        drain.close();
        watch.interrupt();
        store.close();
        spool.close();
    }

    /**
     * Makes a touch durable; never blocks. The answer completes, on a thread of the log, when the touch is durable,
     * or lost as said above; it never completes as failed. When the application ends, it may not complete at all.
     */
    public CompletionStage<Void> record(Touch touch) {
        var waiting = new Waiting(touch);
        if (!queue.offer(waiting)) {
            lose(1, "the queue is full");
            waiting.complete(null);
        }
        return waiting;
    }

    /** How the log is, in one line for an operator. */
    String condition() {
        var since = drain.awaySince();
        var unusable = drain.unusable();
        if (unusable != null) {
            return since == null
                    ? "the spool is unusable: " + unusable
                    : "degraded: touches are lost since %s, the spool is unusable: %s".formatted(since, unusable);
        }
        if (!drain.looked()) {
            return "opening the spool";
        }
        var waiting = spool.waiting();
        if (since != null) {
            return "degraded: spooling since %s, %d touches".formatted(since, waiting);
        }
        return waiting > 0 ? "draining the spool, %d touches".formatted(waiting) : "in order";
    }

    private void write() {
        try {
            // Connects ahead: the first fan need not wait for it.
            store.probe();
        } catch (SQLException e) {
            drain.away(String.valueOf(e.getMessage()));
        }
        try {
            while (!closing || !queue.isEmpty()) {
                var first = queue.poll(50, TimeUnit.MILLISECONDS);
                if (first != null) {
                    var batch = new ArrayList<Waiting>();
                    if (queue.size() < GATHERED) {
                        LockSupport.parkNanos(config.gatherFor().toNanos());
                    }
                    batch.add(first);
                    queue.drainTo(batch, BATCH_BOUND - 1);
                    write(batch);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Waiting> batch) {
        try {
            var touches = new ArrayList<Touch>(batch.size());
            batch.forEach(waiting -> touches.add(waiting.touch));
            var crowded = queue.size() > config.queueBound() / 2;
            if (drain.awaySince() != null || crowded || !commit(touches)) {
                spool(touches);
            }
            count(touches);
        } catch (RuntimeException | Error e) {
            // Native code that cannot be loaded, say: later batches may still reach PostgreSQL.
            lose(batch.size(), e.toString());
        } finally {
            batch.forEach(waiting -> waiting.complete(null));
        }
    }

    /** Whether PostgreSQL has the touches for certain. */
    private boolean commit(List<Touch> touches) {
        var began = System.nanoTime();
        commitBeganNanos = began;
        try {
            store.write(touches);
            commits.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            return true;
        } catch (SQLException | RuntimeException e) {
            // Whatever it is, the spool may still take them.
            drain.away(String.valueOf(e.getMessage()));
            return false;
        } finally {
            commitBeganNanos = 0;
        }
    }

    /** Cuts the connection of a commit that takes too long, so that it fails. */
    private void watch() {
        var within = config.commitWithin().toNanos();
        while (!Thread.interrupted()) {
            LockSupport.parkNanos(within / 20);
            var began = commitBeganNanos;
            if (began != 0 && System.nanoTime() - began > within) {
                drain.away("a commit takes longer than " + config.commitWithin().toMillis() + " ms");
                store.abort();
            }
        }
    }

    private void spool(List<Touch> touches) {
        try {
            spool.append(touches);
            spooled.increment(touches.size());
        } catch (SQLException e) {
            lose(touches.size(), "the spool does not take them: " + e.getMessage());
        }
    }

    private void count(List<Touch> touches) {
        batches.record(touches.size());
        for (var touch : touches) {
            counters.computeIfAbsent(
                            new Label(touch.kind(), touch.human() ? "none" : touch.flag()),
                            label -> Counter.builder("zhida.touches")
                                    .description("Touches by kind and by why they are not a person's")
                                    .tag("kind", label.kind().name())
                                    .tag("flag", label.flag())
                                    .register(metrics))
                    .increment();
        }
    }

    private synchronized void lose(int touches, String why) {
        lost.increment(touches);
        var now = System.nanoTime();
        if (now - lossLoggedAtNanos >= LOG_LOSS_EVERY.toNanos()) {
            lossLoggedAtNanos = now;
            Log.errorf("touches are lost, %d since the start: %s", (long) lost.count(), why);
        }
    }
}
