package dev.zhida.marketplace;

import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Work that waits for marketplaces, on virtual threads: so many per account and no more. */
public final class AccountThreads {

    private final int perAccount;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<UUID, Semaphore> boundByAccount = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    public AccountThreads(int perAccount) {
        this.perAccount = perAccount;
    }

    /** Whether whoever works should come to an end. */
    public boolean stopping() {
        return stopping;
    }

    /**
     * Has an account's work done by as many as may; those who are at it stay. Returns at once.
     *
     * @param next does one piece of work, and answers whether there was one. It runs for as long as there is work, so
     *     it looks up for each piece how the account is reached
     */
    public void work(UUID accountId, BooleanSupplier next) {
        var bound = boundByAccount.computeIfAbsent(accountId, id -> new Semaphore(perAccount));
        while (!stopping && bound.tryAcquire()) {
            threads.execute(() -> {
                try {
                    while (!stopping && next.getAsBoolean()) {
                        // The next one.
                    }
                } catch (RuntimeException e) {
                    Log.errorf("work for the account %s pauses: %s", accountId, e.getMessage());
                } finally {
                    bound.release();
                }
            });
        }
    }

    /** Lets what is being done come to its end; answers whether it did in time. */
    public boolean stop(Duration within) throws InterruptedException {
        stopping = true;
        threads.shutdown();
        return threads.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
    }
}
