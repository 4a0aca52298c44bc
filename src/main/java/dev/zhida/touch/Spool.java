package dev.zhida.touch;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.logging.Log;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Touches on the local disk that PostgreSQL has yet to take: one SQLite file, synced before {@link #append} returns.
 *
 * <p>A row holds the touches of one group commit as gzipped JSON, which carries a checksum and is read by later
 * versions of the program. A file that cannot be read is set aside under another name, for a person to look at, and a
 * new one is begun. One process at a time has the file.
 */
final class Spool implements AutoCloseable {

    private static final String FILE = "touches.db";
    private static final Duration OPEN_AGAIN_AFTER = Duration.ofSeconds(1);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final TypeReference<List<Touch>> TOUCHES = new TypeReference<>() {};

    private final Path folder;
    private final long maxBytes;
    private Connection connection;
    private long failedAtNanos;
    private SQLException failure;
    /** Rows up to this one are in PostgreSQL, even if they could not be deleted. */
    private long taken;

    private volatile long waiting;

    /** Opens nothing yet. */
    Spool(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    /** The oldest touches that wait; they stay until {@link Spool#remove}. */
    record Part(long lastRow, List<Touch> touches) {}

    /** Touches that wait for PostgreSQL. */
    long waiting() {
        return waiting;
    }

    /**
     * Opens the file, so that what an earlier run left behind is known.
     *
     * @throws SQLException if the spool is of no use just now
     */
    synchronized void open() throws SQLException {
        if (connection != null) {
            return;
        }
        if (failure != null && System.nanoTime() - failedAtNanos < OPEN_AGAIN_AFTER.toNanos()) {
            throw failure;
        }
        try {
            try {
                connection = openFile();
            } catch (SQLException e) {
                if (!damaged(e)) {
                    throw e;
                }
                setAside(e);
                connection = openFile();
            }
            failure = null;
        } catch (SQLException e) {
            failure = e;
            failedAtNanos = System.nanoTime();
            throw e;
        }
    }

    private Connection openFile() throws SQLException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new SQLException("the folder " + folder + " cannot be made", e);
        }
        // Not through the driver manager: it does not know drivers of the application's class loader.
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve(FILE));
        var opened = source.getConnection();
        try (var statement = opened.createStatement()) {
            // Another process that has the file keeps it: nothing is gained by waiting.
            statement.execute("pragma busy_timeout = 0");
            statement.execute("pragma locking_mode = exclusive");
            statement.execute("pragma auto_vacuum = incremental");
            statement.execute("pragma journal_mode = wal");
            // Each commit is synced; the default of this mode would lose the last ones with the power.
            statement.execute("pragma synchronous = full");
            try (var result = statement.executeQuery("pragma quick_check(1)")) {
                if (result.next() && !"ok".equals(result.getString(1))) {
                    throw new SQLiteException(result.getString(1), SQLiteErrorCode.SQLITE_CORRUPT);
                }
            }
            statement.execute("create table if not exists touches (id integer primary key autoincrement, "
                    + "count integer not null, body blob not null, refused text)");
            try (var result = statement.executeQuery("pragma page_size")) {
                statement.execute("pragma max_page_count = " + Math.max(1, maxBytes / result.getLong(1)));
            }
            waiting = count(statement);
            return opened;
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Adds touches; they are on the disk when this returns.
     *
     * @throws SQLException if they are not: the spool is full, or cannot be written
     */
    synchronized void append(List<Touch> touches) throws SQLException {
        open();
        try (var insert = connection.prepareStatement("insert into touches (count, body) values (?, ?)")) {
            insert.setInt(1, touches.size());
            insert.setBytes(2, encode(touches));
            insert.executeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
        waiting += touches.size();
    }

    /**
     * The touches of the oldest rows: of one at least, of more while they are not more than {@code about}; none if
     * nothing waits.
     *
     * @throws SQLException if the spool cannot be read
     */
    synchronized Part oldest(int about) throws SQLException {
        open();
        var touches = new ArrayList<Touch>();
        var last = 0L;
        try (var select = connection.prepareStatement(
                        "select id, count, body from touches where refused is null and id > " + taken
                                + " order by id");
                var rows = select.executeQuery()) {
            while (rows.next() && (touches.isEmpty() || touches.size() + rows.getInt(2) <= about)) {
                try {
                    touches.addAll(decode(rows.getBytes(3)));
                } catch (IOException e) {
                    return withoutUnreadable(rows.getLong(1), e, new Part(last, touches));
                }
                last = rows.getLong(1);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        return new Part(last, touches);
    }

    private Part withoutUnreadable(long row, IOException why, Part before) throws SQLException {
        Log.errorf("row %d of the spool %s cannot be read and stays there, marked: %s", row, folder, why.getMessage());
        try (var mark = connection.prepareStatement("update touches set refused = ? where id = ?");
                var statement = connection.createStatement()) {
            mark.setString(1, "unreadable: " + why.getMessage());
            mark.setLong(2, row);
            mark.executeUpdate();
            waiting = count(statement);
        }
        return before;
    }

    /**
     * Forgets what PostgreSQL has taken.
     *
     * @throws SQLException if that was not possible; the same touches are then given out again
     */
    synchronized void remove(Part part) throws SQLException {
        open();
        taken = part.lastRow();
        try (var statement = connection.createStatement()) {
            waiting = count(statement);
            statement.execute("delete from touches where refused is null and id <= " + taken);
            if (waiting == 0) {
                // The space of an outage is given back.
                statement.executeUpdate("pragma incremental_vacuum");
                statement.executeUpdate("pragma wal_checkpoint(truncate)");
            }
        } catch (SQLException e) {
            if (waiting > 0 || !is(e, SQLiteErrorCode.SQLITE_FULL) || !beginAnew()) {
                throw failed(e);
            }
        }
    }

    private long count(Statement statement) throws SQLException {
        try (var result = statement.executeQuery(
                "select coalesce(sum(count), 0) from touches where refused is null and id > " + taken)) {
            return result.getLong(1);
        }
    }

    /** On a full disk there is no room even to delete rows; a file without others is deleted as a whole. */
    private boolean beginAnew() throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from touches where refused is not null")) {
            if (result.getLong(1) > 0) {
                return false;
            }
        }
        close();
        for (var file : files()) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new SQLException("the spool file " + file + " cannot be deleted", e);
            }
        }
        taken = 0;
        return true;
    }

    private List<Path> files() {
        return Stream.of("-wal", "-shm", "")
                .map(suffix -> folder.resolve(FILE + suffix))
                .filter(Files::exists)
                .toList();
    }

    @Override
    public synchronized void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                Log.warnf("the spool %s did not close: %s", folder, e.getMessage());
            }
            connection = null;
        }
    }

    /** After a failure the file is opened anew, which checks it; a full one is all right. */
    private SQLException failed(SQLException e) {
        if (!is(e, SQLiteErrorCode.SQLITE_FULL)) {
            close();
        }
        return e;
    }

    private void setAside(SQLException why) throws SQLException {
        var aside = FILE + ".damaged-" + System.currentTimeMillis();
        Log.errorf(
                "the spool %s is damaged and set aside as %s; touches in it are not in the database yet: %s",
                folder.resolve(FILE), aside, why.getMessage());
        try {
            for (var file : files()) {
                Files.move(file, folder.resolve(file.getFileName().toString().replace(FILE, aside)));
            }
            taken = 0;
        } catch (IOException e) {
            throw new SQLException("the damaged spool in " + folder + " cannot be renamed", e);
        }
    }

    private static boolean damaged(SQLException e) {
        return is(e, SQLiteErrorCode.SQLITE_CORRUPT) || is(e, SQLiteErrorCode.SQLITE_NOTADB);
    }

    /** Whether it is of that kind; what else the code tells stands in its higher bits. */
    private static boolean is(SQLException e, SQLiteErrorCode kind) {
        return e instanceof SQLiteException sqlite && (sqlite.getResultCode().code & 0xFF) == kind.code;
    }

    private static byte[] encode(List<Touch> touches) {
        var bytes = new ByteArrayOutputStream(64 * touches.size());
        try (var zipped = new FastGzip(bytes)) {
            JSON.writeValue(zipped, touches);
        } catch (IOException e) {
            throw new IllegalStateException("touches cannot be written as JSON", e);
        }
        return bytes.toByteArray();
    }

    private static List<Touch> decode(byte[] body) throws IOException {
        try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return JSON.readValue(unzipped, TOUCHES);
        }
    }

    /** The quickest level: fans wait for this. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 14);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
