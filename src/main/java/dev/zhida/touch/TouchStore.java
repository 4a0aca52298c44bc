package dev.zhida.touch;

import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Writes touches into PostgreSQL, each list in one transaction, over one connection that it keeps. For one thread;
 * only {@link #abort} may be called by others.
 */
final class TouchStore implements AutoCloseable {

    /** User agents that are known to be in the dictionary already; forgotten all at once when there are too many. */
    private static final int AGENTS_REMEMBERED = 50_000;

    /** As {@code make_touch_partition} names them. */
    private static final DateTimeFormatter PARTITION = DateTimeFormatter.ofPattern("yyyyMMdd");

    private static final int IDS_AT_A_TIME = 256;

    private static final String COPY = """
            copy %s (day, id, at, placement_id, kind, outcome, destination_host, policy_version, host_app, app_major, os,
                human, flag, visitor, user_agent_id, click_id, repaired, batch_id, batch_touches)
            from stdin (format binary)""";
    private static final int COLUMNS = 19;

    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource source;
    private final Set<LocalDate> days = new HashSet<>();
    private final Map<String, Long> agents = new HashMap<>();
    private final BinaryCopy rows = new BinaryCopy();
    private long[] batchIds = {};
    private int nextBatchId;
    private long hourOfDay = -1;
    private LocalDate day;
    private volatile Connection connection;

    /** @param source connections that answer, or fail, within a bounded time */
    TouchStore(DataSource source) {
        this.source = source;
    }

    /**
     * Stores touches that are new. Those that may be told twice, or whose id is found to be there already, are stored
     * once.
     *
     * @throws SQLException if they are not stored, or if nobody knows
     */
    void write(List<Touch> touches) throws SQLException {
        var fresh = new ArrayList<Touch>(touches.size());
        var known = new ArrayList<Touch>();
        for (var touch : touches) {
            (touch.idempotent() ? known : fresh).add(touch);
        }
        try {
            store(fresh, known);
        } catch (SQLException | RuntimeException e) {
            disconnect();
            if (!(e instanceof SQLException sql) || !UNIQUE_VIOLATION.equals(sql.getSQLState())) {
                throw e;
            }
            writeAgain(touches);
        }
    }

    /**
     * Stores those of the touches that are not stored yet.
     *
     * @throws SQLException if they are not stored, or if nobody knows
     */
    void writeAgain(List<Touch> touches) throws SQLException {
        try {
            store(List.of(), touches);
        } catch (SQLException | RuntimeException e) {
            disconnect();
            throw e;
        }
    }

    /** Asks the server for a sign of life. */
    void probe() throws SQLException {
        try (var statement = connect().createStatement()) {
            statement.execute("select 1");
        } catch (SQLException e) {
            disconnect();
            throw e;
        }
    }

    /** Cuts the connection, so that whoever waits for its answer fails at once. The outcome of a commit stays unknown. */
    void abort() {
        var stuck = connection;
        if (stuck != null) {
            try {
                stuck.abort(Runnable::run);
            } catch (SQLException e) {
                Log.debug("the connection was gone already", e);
            }
        }
    }

    @Override
    public void close() {
        disconnect();
    }

    private void store(List<Touch> fresh, List<Touch> known) throws SQLException {
        connect();
        // These are what they are whether the touches are stored or not, so they need not be in one transaction.
        makePartitions(fresh);
        makePartitions(known);
        addAgents(fresh, known);
        var batchId = batchId();
        if (known.isEmpty() && ofOneDay(fresh)) {
            // Into the partition itself, which spares the server finding it for each touch.
            copy("touch_" + PARTITION.format(fresh.getFirst().day()), fresh, batchId, fresh.size());
            return;
        }
        connection.setAutoCommit(false);
        var stored = fresh.size();
        if (!fresh.isEmpty()) {
            copy("touch", fresh, batchId, null);
        }
        if (!known.isEmpty()) {
            copy("touch_again", known, batchId, null);
            try (var statement = connection.createStatement()) {
                stored += statement.executeUpdate("insert into touch select * from touch_again on conflict do nothing");
            }
        }
        // Its touches carry its id; what was stored by an earlier try carries that one's, and is counted with it.
        var batch = stored > 0 ? batchRow(batchId, stored, fresh, known) : "";
        try (var statement = connection.createStatement()) {
            // In one way to the server.
            statement.execute(batch + "commit");
        }
        connection.setAutoCommit(true);
    }

    private boolean ofOneDay(List<Touch> touches) {
        var first = day(touches.getFirst());
        return touches.stream().allMatch(touch -> day(touch).equals(first));
    }

    private Connection connect() throws SQLException {
        if (connection == null) {
            var fresh = source.getConnection();
            try (var statement = fresh.createStatement()) {
                // Made once: a table for each batch would fill the catalogue.
                statement.execute("create temporary table touch_again (like touch) on commit delete rows");
            } catch (SQLException e) {
                fresh.close();
                throw e;
            }
            connection = fresh;
        }
        return connection;
    }

    private void disconnect() {
        // What was being added to the dictionaries when it broke may not be there.
        agents.clear();
        days.clear();
        var broken = connection;
        connection = null;
        if (broken != null) {
            try (broken) {
                if (!broken.getAutoCommit()) {
                    broken.rollback();
                }
            } catch (SQLException e) {
                Log.debug("the connection was beyond a rollback", e);
            }
        }
    }

    /** Usually there already: they are made ahead. A touch from the spool may be of any day. */
    private void makePartitions(List<Touch> touches) throws SQLException {
        for (var touch : touches) {
            if (days.add(day(touch))) {
                try (var statement = connection.prepareStatement("select make_touch_partition(?)")) {
                    statement.setObject(1, day(touch));
                    statement.execute();
                }
            }
        }
    }

    private void addAgents(List<Touch> fresh, List<Touch> known) throws SQLException {
        if (agents.size() > AGENTS_REMEMBERED) {
            agents.clear();
        }
        var unknown = new LinkedHashMap<String, Long>();
        for (var touches : List.of(fresh, known)) {
            for (var touch : touches) {
                var text = touch.userAgent();
                if (text != null && !agents.containsKey(text)) {
                    var id = UserAgents.id(text);
                    agents.put(text, id);
                    unknown.put(text, id);
                }
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

    /** Asked for many at a time: one way to the server less for each batch. */
    private long batchId() throws SQLException {
        if (nextBatchId == batchIds.length) {
            try (var statement = connection.createStatement();
                    var result = statement.executeQuery("select array_agg(nextval('touch_batch_id')) "
                            + "from generate_series(1, " + IDS_AT_A_TIME + ")")) {
                result.next();
                batchIds = Arrays.stream((Long[]) result.getArray(1).getArray())
                        .mapToLong(Long::longValue)
                        .toArray();
                nextBatchId = 0;
            }
        }
        return batchIds[nextBatchId++];
    }

    private String batchRow(long id, int touches, List<Touch> fresh, List<Touch> known) {
        var first = LocalDate.MAX;
        var last = LocalDate.MIN;
        for (var list : List.of(fresh, known)) {
            for (var touch : list) {
                var day = day(touch);
                first = day.isBefore(first) ? day : first;
                last = day.isAfter(last) ? day : last;
            }
        }
        return "insert into touch_batch (id, touches, first_day, last_day) values (%d, %d, '%s', '%s'); "
                .formatted(id, touches, first, last);
    }

    /** The day of a touch; most are of the same hour as the one before, and so of the same day. */
    private LocalDate day(Touch touch) {
        var hour = (touch.id().getMostSignificantBits() >>> 16) / 3_600_000;
        if (hour != hourOfDay) {
            hourOfDay = hour;
            day = touch.day();
        }
        return day;
    }

    /** @param batchTouches how many touches the batch has, if this is all of it; else {@code null} */
    private void copy(String table, List<Touch> touches, long batchId, Integer batchTouches) throws SQLException {
        var tells = batchTouches;
        rows.begin();
        for (var t : touches) {
            rows.row(COLUMNS)
                    .date(day(t))
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
                    .int8(batchId)
                    .int4(tells);
            tells = null;
        }
        var length = rows.end();
        var in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY.formatted(table));
        try {
            in.writeToCopy(rows.bytes(), 0, length);
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }
}
