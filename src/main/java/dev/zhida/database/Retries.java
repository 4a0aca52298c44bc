package dev.zhida.database;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Work in a transaction of its own, done again when PostgreSQL gave it up so that somebody else could go on. */
@ApplicationScoped
public class Retries {

    /** Deadlock, and serialization failure: nothing was done, and doing it again is the cure. */
    private static final Set<String> AGAIN = Set.of("40P01", "40001");

    /** Enough for eight callers who collide at every turn; who fails more often has another problem. */
    private static final int TRIES = 10;

    /**
     * Does the work. Not to be called inside a transaction, which would wait for itself.
     *
     * @param within how long one try may take
     */
    public <T> T inTransaction(Duration within, Supplier<T> work) {
        for (var tried = 1; ; tried++) {
            try {
                return QuarkusTransaction.requiringNew()
                        .timeout(Math.toIntExact(within.toSeconds()))
                        .call(work::get);
            } catch (RuntimeException e) {
                if (tried == TRIES || !again(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean again(Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && AGAIN.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
