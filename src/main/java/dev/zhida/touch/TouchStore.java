package dev.zhida.touch;

import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Makes touches durable in PostgreSQL, each list as one row of {@code touch_batch}, over one connection that it keeps.
 * For one thread; only {@link #abort} may be called by others.
 */
final class TouchStore implements AutoCloseable {

    /** What a batch holds of each touch, in this order. */
    static final String COLUMNS =
            "day, id, at, placement_id, kind, outcome, destination_host, policy_version, host_app, "
                    + "app_major, os, human, flag, visitor, user_agent_id, click_id, repaired";

    private static final int COLUMN_COUNT = 17;

    private static final String INSERT = "insert into touch_batch (touches, content) values (?, ?)";

    /** User agents that are known to be in the dictionary already; forgotten all at once when there are too many. */
    private static final int AGENTS_REMEMBERED = 50_000;

    private final DataSource source;
    private final Map<String, Long> agents = new HashMap<>();
    private final BinaryCopy rows = new BinaryCopy();
    private long hourOfDay = -1;
    private LocalDate day;
    private PreparedStatement insert;
    private volatile Connection connection;

    /** @param source connections that answer, or fail, within a bounded time */
    TouchStore(DataSource source) {
        this.source = source;
    }

    /**
     * Makes touches durable. They may be told again, in any batch: the log keeps one of each.
     *
     * @throws SQLException if they are not, or if nobody knows
     */
    void write(List<Touch> touches) throws SQLException {
        try {
            connect();
            // A dictionary entry may stand there before its touch does.
            addAgents(touches);
            insert.setInt(1, touches.size());
            insert.setBytes(2, encode(touches));
            insert.executeUpdate();
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

    private Connection connect() throws SQLException {
        if (connection == null) {
            var fresh = source.getConnection();
            try {
                insert = fresh.prepareStatement(INSERT);
            } catch (SQLException e) {
                fresh.close();
                throw e;
            }
            connection = fresh;
        }
        return connection;
    }

    private void disconnect() {
        // What was being added to the dictionary when it broke may not be there.
        agents.clear();
        var broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                Log.debug("the connection was gone already", e);
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

    /** The day of a touch; most are of the same hour as the one before, and so of the same day. */
    private LocalDate day(Touch touch) {
        var hour = (touch.id().getMostSignificantBits() >>> 16) / 3_600_000;
        if (hour != hourOfDay) {
            hourOfDay = hour;
            day = touch.day();
        }
        return day;
    }

    private byte[] encode(List<Touch> touches) {
        rows.begin();
        for (var t : touches) {
            rows.row(COLUMN_COUNT)
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
                    .text(t.repaired());
        }
        return rows.rows();
    }
}
