package dev.zhida.database;

import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/**
 * Tells what other nodes changed in the database, by LISTEN and NOTIFY, to those who keep parts of it in memory.
 *
 * <p>One thread hands on one change at a time. Whenever it could not listen for a while it asks everybody to read
 * all anew, before it hands on what came since: so nobody misses a change, and an older reading never follows a
 * newer one.
 */
@ApplicationScoped
public class Changes {

    private static final int WAIT_MILLIS = 1_000;
    private static final int QUIET_ROUNDS_UNTIL_PROBE = 10;
    private static final int RETRY_MILLIS = 500;
    private static final int ANSWERS_WITHIN_SECONDS = 2;

    private final AgroalDataSource dataSource;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("database-changes").unstarted(this::run);
    private volatile boolean closing;

    Changes(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    private record Listener(String channel, Consumer<String> changed, Runnable readAnew) {}

    /**
     * Listens from the start of the application on; to be called before it.
     *
     * @param channel as in {@code pg_notify}
     * @param changed takes the payload of one change
     * @param readAnew reads everything, because changes may have been missed
     */
    public void listen(String channel, Consumer<String> changed, Runnable readAnew) {
        listeners.add(new Listener(channel, changed, readAnew));
    }

    /** Last of all, so that everybody is listening. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        closing = true;
        thread.join(2L * WAIT_MILLIS);
    }

    private void run() {
        while (!closing) {
            try (var connection = dataSource.getConnection()) {
                connection.setAutoCommit(true);
                listenOn(connection);
            } catch (SQLException | RuntimeException | OutOfMemoryError e) {
                if (!closing) {
                    Log.warnf("changes of the database are not heard, trying again: %s", e.getMessage());
                    pause();
                }
            }
        }
    }

    private void listenOn(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("set application_name = 'zhida changes'");
            for (var listener : listeners) {
                statement.execute("listen " + listener.channel());
            }
            listeners.forEach(listener -> listener.readAnew().run());
            var postgres = connection.unwrap(PGConnection.class);
            for (var quiet = 0; !closing; quiet++) {
                var notifications = postgres.getNotifications(WAIT_MILLIS);
                for (var notification : notifications == null ? new org.postgresql.PGNotification[0] : notifications) {
                    quiet = 0;
                    listeners.stream()
                            .filter(listener -> listener.channel().equals(notification.getName()))
                            .forEach(listener -> listener.changed().accept(notification.getParameter()));
                }
                if (quiet == QUIET_ROUNDS_UNTIL_PROBE) {
                    quiet = 0;
                    // A connection that is gone without a word shows only when it is used.
                    if (!connection.isValid(ANSWERS_WITHIN_SECONDS)) {
                        throw new SQLException("the connection does not answer");
                    }
                }
            }
        } finally {
            unlisten(connection);
        }
    }

    /** Else it would go on to collect changes in the pool, for nobody. */
    private static void unlisten(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("unlisten *");
            statement.execute("reset application_name");
        } catch (SQLException e) {
            Log.debug("the connection is gone, and with it what it listened to", e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }
}
