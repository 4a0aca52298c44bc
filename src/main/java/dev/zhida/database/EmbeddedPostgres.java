package dev.zhida.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL of our own, below a data folder, for as long as this object is open.
 *
 * <p>A server that a killed process left behind is adopted; one that dies is started again on the same port, so
 * that its URL holds. The folder is locked, and the lock ends with the process.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class);

    private static final List<String> DURABILITY = List.of("fsync", "full_page_writes", "synchronous_commit");
    private static final Duration CHECK_EVERY = Duration.ofMillis(300);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);
    private static final Duration LOG_WAITING_EVERY = Duration.ofSeconds(30);

    /** {@code cannot_connect_now}: it recovers from a crash, which takes as long as there was written. */
    private static final String RECOVERS = "57P03";

    /** The folders that this process holds the lock of. */
    private static final Set<Path> IN_USE_HERE = ConcurrentHashMap.newKeySet();

    private final Path data;
    private final FileLock lock;
    private final PostgresCluster cluster;
    private final int port;
    private final Duration answersWithin;
    private final Thread watch;
    private volatile long pid;
    private volatile boolean closing;

    private EmbeddedPostgres(
            Path data,
            FileLock lock,
            PostgresCluster cluster,
            PostgresCluster.Running running,
            Duration answersWithin) {
        this.answersWithin = answersWithin;
        this.data = data;
        this.lock = lock;
        this.cluster = cluster;
        this.port = running.port();
        this.pid = running.pid();
        this.watch = Thread.ofPlatform().daemon().name("postgres-watch").unstarted(this::watch);
    }

    /**
     * Starts the server below {@code data}, or adopts the one that runs there. One that recovers from a crash is waited
     * for as long as it says so: stopped in the middle, it would begin anew at the next start.
     *
     * @throws DatabaseUnavailable if that cannot be done; the message says why and what to do
     */
    public static EmbeddedPostgres start(Path data) {
        return start(data, ANSWERS_WITHIN);
    }

    /** @param answersWithin how long a server is waited for that does not say that it recovers */
    static EmbeddedPostgres start(Path data, Duration answersWithin) {
        var folder = data.toAbsolutePath().normalize();
        FileLock lock = null;
        EmbeddedPostgres server = null;
        try {
            Files.createDirectories(folder);
            lock = lock(folder);
            var cluster = PostgresCluster.in(folder.resolve("postgresql"));
            var found = cluster.running();
            if (found.isEmpty()) {
                start(cluster, answersWithin);
            }
            var running =
                    cluster.running().orElseThrow(() -> new IOException("the server ended as soon as it started"));
            server = new EmbeddedPostgres(folder, lock, cluster, running, answersWithin);
            server.prepare();
            LOG.infof(
                    "%s PostgreSQL %s below %s on port %d",
                    found.isEmpty() ? "started" : "adopted", PostgresBinaries.VERSION, folder, running.port());
            server.watch.start();
            return server;
        } catch (IOException | SQLException | DatabaseUnavailable e) {
            if (server != null) {
                server.close();
            } else {
                release(folder, lock);
            }
            throw e instanceof DatabaseUnavailable unavailable ? unavailable : unavailable(folder, e);
        }
    }

    private static void start(PostgresCluster cluster, Duration answersWithin) throws IOException {
        try {
            cluster.start(freePort(), answersWithin);
        } catch (IOException e) {
            if (cluster.running().isEmpty()) {
                throw e;
            }
            LOG.warnf("PostgreSQL runs, but does not answer yet: %s", e.getMessage());
        }
    }

    private static DatabaseUnavailable unavailable(Path folder, Exception e) {
        var free = folder.toFile().getUsableSpace() >> 20;
        return new DatabaseUnavailable(
                "the embedded PostgreSQL below " + folder + " cannot be used: " + e.getMessage() + " (" + free
                        + " MB are free there)",
                e);
    }

    private static FileLock lock(Path folder) throws IOException {
        // Asked first: closing a file drops every lock that this process holds on it.
        if (!IN_USE_HERE.add(folder)) {
            throw inUse(folder);
        }
        var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            IN_USE_HERE.remove(folder);
            throw inUse(folder);
        }
        return lock;
    }

    private static DatabaseUnavailable inUse(Path folder) {
        return new DatabaseUnavailable("the data folder " + folder
                + " is in use by another Zhida: stop that one, or give this one a folder of its own in zhida.data");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public String jdbcUrl() {
        return url("zhida");
    }

    public String user() {
        return PostgresCluster.USER;
    }

    public String password() {
        return cluster.password();
    }

    /** The process id of the server, for those who watch it. */
    public long pid() {
        return pid;
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private Connection connect(String database) throws SQLException {
        var source = new PGSimpleDataSource();
        source.setURL(url(database));
        source.setUser(user());
        source.setPassword(password());
        source.setConnectTimeout(5);
        return source.getConnection();
    }

    /** Waits until the server answers, checks that it is durable, and makes the database. */
    private void prepare() throws SQLException {
        try (var connection = connectWhenReady();
                var statement = connection.createStatement()) {
            for (var setting : DURABILITY) {
                try (var result = statement.executeQuery("show " + setting)) {
                    result.next();
                    if (!"on".equals(result.getString(1))) {
                        throw new DatabaseUnavailable(
                                "the embedded PostgreSQL below " + data + " has " + setting + " = "
                                        + result.getString(1) + ": it would lose answered touches. Set it to on in "
                                        + cluster.path().resolve("postgresql.conf") + " and postgresql.auto.conf");
                    }
                }
            }
            try (var result = statement.executeQuery("select from pg_database where datname = 'zhida'")) {
                if (result.next()) {
                    return;
                }
            }
            statement.execute("create database zhida");
        }
    }

    private Connection connectWhenReady() throws SQLException {
        var deadline = Instant.now().plus(answersWithin);
        var logAt = Instant.now().plus(LOG_WAITING_EVERY);
        while (true) {
            try {
                return connect("postgres");
            } catch (SQLException e) {
                var now = Instant.now();
                if (RECOVERS.equals(e.getSQLState())) {
                    deadline = now.plus(answersWithin);
                }
                if (now.isAfter(deadline)
                        || "28P01".equals(e.getSQLState())
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                if (now.isAfter(logAt)) {
                    LOG.infof("waiting for PostgreSQL: %s", e.getMessage());
                    logAt = now.plus(LOG_WAITING_EVERY);
                }
                pause();
            }
        }
    }

    private void watch() {
        while (!closing) {
            pause();
            if (!closing && !cluster.serves(pid)) {
                LOG.error("PostgreSQL has died; starting it again");
                restart();
            }
        }
    }

    private synchronized void restart() {
        while (!closing) {
            try {
                // Children of the dead server may hold its memory for a moment: the start is tried until it works.
                if (cluster.running().isEmpty()) {
                    cluster.start(port, answersWithin);
                }
                pid = cluster.running()
                        .orElseThrow(() -> new IOException("it ended at once"))
                        .pid();
                LOG.infof("PostgreSQL is back on port %d", port);
                return;
            } catch (IOException e) {
                LOG.errorf("PostgreSQL does not start again: %s", e.getMessage());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(CHECK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the server and lets the folder go. Whoever uses connections closes them before. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        synchronized (this) {
            try {
                if (cluster.running().isPresent()) {
                    cluster.stop();
                }
            } catch (IOException e) {
                LOG.warnf("PostgreSQL did not stop: %s", e.getMessage());
            }
            release(data, lock);
        }
    }

    private static void release(Path folder, FileLock lock) {
        if (lock == null) {
            return;
        }
        IN_USE_HERE.remove(folder);
        try (var channel = lock.acquiredBy()) {
            lock.release();
        } catch (IOException e) {
            LOG.debug("the lock file could not be closed", e);
        }
    }
}
