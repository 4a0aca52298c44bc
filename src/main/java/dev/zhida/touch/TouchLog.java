package dev.zhida.touch;

import dev.zhida.money.BusinessTime;
import io.agroal.api.AgroalDataSource;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/**
 * Makes touches durable, many with one commit.
 *
 * <p>One writer takes whatever has queued up while its last commit ran, writes it with one binary COPY and one
 * {@code touch_batch} row in one transaction, and only then completes the touches. So a touch waits for two commits
 * at most, and a commit is shared by all that came meanwhile.
 *
 * <p>When the commit fails its outcome may be unknown: the batch is written again with the ids as key, so that
 * nothing is double, until it works or the touches have waited too long. Those are completed as failed, and so are
 * touches that find the queue full: their fans are asked to try again, and nothing that was answered is lost.
 */
@ApplicationScoped
public class TouchLog {

    /** What may wait at most: about what a second of the heaviest load brings. Beyond it a touch fails at once. */
    private static final int QUEUE_BOUND = 65_536;

    /** Touches in one commit at most: more would make the first of them wait longer than the last gains. */
    private static final int BATCH_BOUND = 4_096;

    /** How long a batch is tried before its fans are told to try again. */
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(5);

    private static final Duration RETRY_EVERY = Duration.ofMillis(100);

    /** User agents that are known to be in the dictionary already; forgotten all at once when there are too many. */
    private static final int AGENTS_REMEMBERED = 50_000;

    private static final String COPY = """
            copy touch (day, id, at, placement_id, kind, outcome, destination_host, policy_version, host_app, app_major, os,
                human, flag, visitor, user_agent_id, click_id, repaired, batch_id)
            from stdin (format binary)""";
    private static final int COLUMNS = 18;

    private final AgroalDataSource dataSource;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final Thread writer = Thread.ofPlatform().name("touch-writer").unstarted(this::write);
    private final Set<LocalDate> days = new HashSet<>();
    private final Map<String, Long> agents = new HashMap<>();
    private final BinaryCopy rows = new BinaryCopy();
    private volatile boolean closing;
    private Connection connection;

    TouchLog(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    private record Waiting(Touch touch, CompletableFuture<Void> durable) {}

    void start(@Observes StartupEvent event) {
        writer.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        closing = true;
        writer.join(GIVE_UP_AFTER.plusSeconds(5).toMillis());
    }

    /**
     * Writes a touch; never blocks. The answer completes, on a thread of the log, when the touch is durable, or fails
     * when it is not and the fan has to try again.
     */
    public CompletionStage<Void> record(Touch touch) {
        var waiting = new Waiting(touch, new CompletableFuture<>());
        if (closing || !queue.offer(waiting)) {
            waiting.durable().completeExceptionally(new IllegalStateException("the touch log takes no more just now"));
        }
        return waiting.durable();
    }

    private void write() {
        var batch = new ArrayList<Waiting>();
        while (!closing || !queue.isEmpty()) {
            try {
                var first = queue.poll(50, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH_BOUND - 1);
                persist(batch);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                batch.clear();
            }
        }
        disconnect();
    }

    private void persist(List<Waiting> batch) throws InterruptedException {
        var touches = batch.stream().map(Waiting::touch).toList();
        var deadline = Instant.now().plus(GIVE_UP_AFTER);
        for (var attempt = 1; ; attempt++) {
            try {
                store(touches, attempt > 1);
                batch.forEach(waiting -> waiting.durable().complete(null));
                return;
            } catch (SQLException | RuntimeException e) {
                disconnect();
                if (closing || Instant.now().isAfter(deadline)) {
                    Log.errorf(e, "%d touches could not be stored; their fans are asked to try again", touches.size());
                    batch.forEach(waiting -> waiting.durable().completeExceptionally(e));
                    return;
                }
                Log.warnf("touches could not be stored, attempt %d: %s", attempt, e.getMessage());
                Thread.sleep(RETRY_EVERY);
            }
        }
    }

    /** One transaction; {@code again} if an earlier one may have stored some or all of them. */
    private void store(List<Touch> touches, boolean again) throws SQLException {
        connect();
        makePartitions(touches);
        addAgents(touches);
        var batchId = addBatch(touches.size());
        if (again) {
            try (var statement = connection.createStatement()) {
                statement.execute("create temporary table touch_again (like touch) on commit drop");
            }
            copy(COPY.replace("copy touch ", "copy touch_again "), touches, batchId);
            try (var statement = connection.createStatement()) {
                var stored =
                        statement.executeUpdate("insert into touch select * from touch_again on conflict do nothing");
                statement.execute("update touch_batch set touches = " + stored + " where id = " + batchId);
            }
        } else {
            copy(COPY, touches, batchId);
        }
        connection.commit();
    }

    private void connect() throws SQLException {
        if (connection == null) {
            connection = dataSource.getConnection();
            connection.setAutoCommit(false);
        }
    }

    private void disconnect() {
        // What a failed transaction added to the dictionaries is not there.
        agents.clear();
        days.clear();
        if (connection != null) {
            try (var broken = connection) {
                broken.rollback();
            } catch (SQLException e) {
                Log.debug("the connection was beyond a rollback", e);
            }
            connection = null;
        }
    }

    private void makePartitions(List<Touch> touches) throws SQLException {
        for (var touch : touches) {
            if (days.add(day(touch.id()))) {
                try (var statement = connection.prepareStatement(
                        "select make_touch_partition(d::date) from generate_series(?::date, ?::date + 2, '1 day') d")) {
                    statement.setObject(1, day(touch.id()));
                    statement.setObject(2, day(touch.id()));
                    statement.execute();
                }
            }
        }
    }

    private void addAgents(List<Touch> touches) throws SQLException {
        if (agents.size() > AGENTS_REMEMBERED) {
            agents.clear();
        }
        var unknown = new LinkedHashMap<String, Long>();
        for (var touch : touches) {
            var text = touch.userAgent();
            if (text != null && !agents.containsKey(text)) {
                var id = UserAgents.id(text);
                agents.put(text, id);
                unknown.put(text, id);
            }
        }
        if (unknown.isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement("""
                insert into user_agent (id, text) select * from unnest(?, ?) as t (id, text) order by id
                on conflict do nothing""")) {
            statement.setArray(
                    1, connection.createArrayOf("bigint", unknown.values().toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            unknown.keySet().stream()
                                    .map(t -> t.replace("\0", ""))
                                    .toArray()));
            statement.executeUpdate();
        }
    }

    private long addBatch(int touches) throws SQLException {
        try (var statement = connection.prepareStatement(
                "insert into touch_batch (id, touches) values (nextval('touch_batch_id'), ?) returning id")) {
            statement.setInt(1, touches);
            try (var result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }

    private void copy(String sql, List<Touch> touches, long batchId) throws SQLException {
        rows.begin();
        for (var t : touches) {
            rows.row(COLUMNS)
                    .date(day(t.id()))
                    .uuid(t.id())
                    .timestamp(t.at())
                    .int8(t.placementId())
                    .text(t.kind().name())
                    .text(t.outcome() == null ? null : t.outcome().name())
                    .text(t.destinationHost())
                    .int4(t.policyVersion())
                    .text(t.hostApp())
                    .int4(t.appMajor())
                    .text(t.os())
                    .bool(t.human())
                    .text(t.flag())
                    .uuid(t.visitor())
                    .int8(t.userAgent() == null ? null : agents.get(t.userAgent()))
                    .uuid(t.clickId())
                    .text(t.repaired())
                    .int8(batchId);
        }
        var length = rows.end();
        var in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            in.writeToCopy(rows.bytes(), 0, length);
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }

    /** The business day of a UUIDv7: its first 48 bits are milliseconds. */
    private static LocalDate day(UUID id) {
        return BusinessTime.dayOf(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16));
    }
}
