package dev.zhida.touch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Brings what waits in the spool into PostgreSQL and knows whether PostgreSQL is there: it is away from the moment a
 * commit failed or took too long until a commit of this class, or a sign of life where nothing waits, shows that it
 * is back.
 */
final class SpoolDrain implements AutoCloseable {

    /** Touches in one transaction, about. More: the first of them waits longer; fewer: more fsyncs. */
    private static final int PART = 8_192;

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration TRY_EVERY = Duration.ofMillis(200);
    private static final Duration OPEN_EVERY = Duration.ofSeconds(5);

    private final Spool spool;
    private final TouchStore store;
    private final Duration commitWithin;
    private final Counter drained;
    private final Thread thread = Thread.ofPlatform().name("touch-drain").unstarted(this::run);
    private volatile Instant awaySince;
    private volatile boolean looked;
    /** Why the file could not be opened; {@code null} while nothing is known against it. */
    private volatile String unusable;

    private long openAtNanos = System.nanoTime();

    SpoolDrain(Spool spool, TouchStore store, Duration commitWithin, MeterRegistry metrics) {
        this.spool = spool;
        this.store = store;
        this.commitWithin = commitWithin;
        this.drained = Counter.builder("zhida.touches.drained")
                .description("Touches that came from the spool into the database")
                .register(metrics);
    }

    void start() {
        thread.start();
    }

    /** Whether it is known what an earlier run left in the spool. */
    boolean looked() {
        return looked;
    }

    /** Why it is not known yet; {@code null} if it is, or before the first attempt. */
    String unusable() {
        return unusable;
    }

    /** Since when PostgreSQL is away; {@code null} while it is not. */
    Instant awaySince() {
        return awaySince;
    }

    /** Says that a commit failed or took too long. */
    synchronized void away(String why) {
        if (awaySince == null) {
            Log.warnf("touches go to the spool until PostgreSQL takes them again: %s", why);
            awaySince = Instant.now();
        }
    }

    private void back() {
        if (awaySince != null) {
            Log.infof("PostgreSQL takes touches again; %d wait in the spool", spool.waiting());
            awaySince = null;
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                look();
                try {
                    if (!drain()) {
                        Thread.sleep(LOOK_EVERY);
                    }
                } catch (SQLException | RuntimeException e) {
                    away(e.getMessage());
                    Log.debug("the spool is not drained", e);
                    Thread.sleep(TRY_EVERY);
                }
            }
        } catch (InterruptedException e) {
            Log.debug("the drain was told to end", e);
        }
    }

    /** Opens the file, again and again until that works: what an earlier run left is known only then. */
    private void look() {
        if (looked || System.nanoTime() - openAtNanos < 0) {
            return;
        }
        try {
            spool.open();
            if (unusable != null) {
                Log.infof("the spool can be used; %d touches wait in it", spool.waiting());
            }
            unusable = null;
            looked = true;
        } catch (SQLException | RuntimeException | LinkageError e) {
            if (unusable == null) {
                Log.errorf("the spool cannot be used; touches are lost while PostgreSQL is away: %s", e.getMessage());
            }
            unusable = String.valueOf(e.getMessage());
            openAtNanos = System.nanoTime() + OPEN_EVERY.toNanos();
        }
    }

    /** Whether something was taken from the spool. */
    private boolean drain() throws SQLException {
        var part = oldest();
        if (part.touches().isEmpty()) {
            if (awaySince != null) {
                store.probe();
                back();
            }
            return false;
        }
        var began = System.nanoTime();
        store.write(part.touches());
        var took = System.nanoTime() - began;
        forget(part);
        if (took <= commitWithin.toNanos() || spool.waiting() == 0) {
            back();
        }
        return true;
    }

    private Spool.Part oldest() {
        if (spool.waiting() > 0) {
            try {
                return spool.oldest(PART);
            } catch (SQLException e) {
                // PostgreSQL may be there all the same.
                Log.errorf("the spool cannot be read: %s", e.getMessage());
            }
        }
        return new Spool.Part(0, List.of());
    }

    private void forget(Spool.Part part) {
        try {
            spool.remove(part);
            drained.increment(part.touches().size());
        } catch (SQLException e) {
            // They are taken again, and nothing is stored twice.
            Log.errorf("the spool does not forget what PostgreSQL has: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        store.abort();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
