package dev.zhida.touch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.postgresql.PGConnection;

/**
 * Touches that are durable and have yet to come into the log: batches as group commits left them. They are taken out in
 * the transaction that stores and counts them, so that each is in the log once, however often it was told.
 */
@ApplicationScoped
public class TouchInbox {

    /**
     * Stores the touches that {@link #take} took out and that the log does not have yet, and returns them: the
     * statement begins with it as its {@code with} clause {@code taken}.
     */
    public static final String TAKEN = """
            taken as (
                insert into touch (%1$s)
                select %1$s from touch_taken order by placement_id, id
                on conflict on constraint touch_pkey do nothing
                returning day, id, at, placement_id, kind, outcome, host_app, os, human, visitor, click_id
            )""".formatted(TouchStore.COLUMNS);

    /** Made once for each connection: a table for each transaction would fill the catalogue. */
    private static final String TAKEN_TABLE =
            "create temporary table if not exists touch_taken (like touch) on commit delete rows";

    private static final Duration AWAITS_WITHIN = Duration.ofSeconds(1);
    private static final Duration LOOKS_EVERY = Duration.ofMillis(20);

    private final Jdbi jdbi;
    private final Counter refused;

    TouchInbox(Jdbi jdbi, MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.refused = Counter.builder("zhida.touches.refused")
                .description("Touches that the log will never take; they stay in touch_batch, marked")
                .register(metrics);
    }

    /** A batch that waits. */
    public record Batch(long id, int touches) {}

    /** The oldest batches, as many as have about so many touches; one at least, if any waits. */
    public List<Batch> oldest(int batches, int touches) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, touches from (
                            select id, touches, sum(touches) over (order by id) so_far
                            from (select id, touches from touch_batch where refused is null
                                  order by id limit :batches) oldest
                        ) summed where so_far - touches < :touches order by id
                        """)
                .bind("batches", batches)
                .bind("touches", touches)
                .map((row, context) -> new Batch(row.getLong("id"), row.getInt("touches")))
                .list());
    }

    /**
     * Takes batches out, those that nobody else takes just now; their touches stand in the temporary table {@code
     * touch_taken} until the transaction ends.
     *
     * @return the days of the touches, in order; none if there was nothing to take
     */
    public List<LocalDate> take(Handle handle, List<Batch> batches) {
        var contents = handle.createQuery("""
                        delete from touch_batch where id in (
                            select id from touch_batch where id = any(:ids) order by id for update skip locked)
                        returning content
                        """)
                .bind("ids", batches.stream().map(Batch::id).toArray(Long[]::new))
                .mapTo(byte[].class)
                .list();
        if (contents.isEmpty()) {
            return List.of();
        }
        handle.execute(TAKEN_TABLE);
        copy(handle, contents);
        var days = handle.createQuery("select distinct day from touch_taken order by day")
                .mapTo(LocalDate.class)
                .list();
        // Usually there already: they are made ahead. A touch from the spool may be of any day.
        days.forEach(day -> handle.execute("select make_touch_partition(?)", day));
        return days;
    }

    private static void copy(Handle handle, List<byte[]> contents) {
        try {
            var in = handle.getConnection()
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy touch_taken (" + TouchStore.COLUMNS + ") from stdin (format binary)");
            try {
                in.writeToCopy(BinaryCopy.HEADER, 0, BinaryCopy.HEADER.length);
                for (var content : contents) {
                    in.writeToCopy(content, 0, content.length);
                }
                in.writeToCopy(BinaryCopy.TRAILER, 0, BinaryCopy.TRAILER.length);
                in.endCopy();
            } finally {
                if (in.isActive()) {
                    in.cancelCopy();
                }
            }
        } catch (SQLException e) {
            throw new TouchesRefused(e);
        }
    }

    /** The touches could not be read into a table. */
    private static final class TouchesRefused extends JdbiException {
        private static final long serialVersionUID = 1L;

        TouchesRefused(SQLException cause) {
            super(cause);
        }
    }

    /** Whether it is the touches themselves that the log does not take: data exception, integrity constraint violation. */
    public static boolean faultOfTheTouches(JdbiException e) {
        var state = e.getCause() instanceof SQLException sql ? sql.getSQLState() : null;
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }

    /**
     * One touch that the log will never take must not keep the others: a batch becomes batches of one, and one is set
     * aside. They keep the time at which they came, so that nothing is said to be counted that still waits.
     */
    public void setAside(Batch batch, JdbiException why) {
        jdbi.useTransaction(handle -> {
            if (batch.touches() == 1) {
                refused.increment();
                Log.errorf(why, "the log will never take the touch in batch %d; it stays there", batch.id());
                handle.execute(
                        "update touch_batch set refused = ? where id = ?",
                        String.valueOf(why.getMessage()),
                        batch.id());
            } else {
                handle.createQuery("delete from touch_batch where id = :id returning content, written_at")
                        .bind("id", batch.id())
                        .map((row, context) ->
                                new Came(row.getBytes("content"), row.getObject("written_at", OffsetDateTime.class)))
                        .findOne()
                        .ifPresent(came -> {
                            var ones = handle.prepareBatch(
                                    "insert into touch_batch (touches, content, written_at) values (1, :one, :at)");
                            BinaryCopy.rows(came.content()).forEach(row -> ones.bind("one", row)
                                    .bind("at", came.at())
                                    .add());
                            ones.execute();
                        });
            }
        });
    }

    private record Came(byte[] content, OffsetDateTime at) {}

    /** Whether touches came in within the last second. */
    public boolean filling() {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select coalesce((select written_at > clock_timestamp() - interval '1 second'
                            from touch_batch order by id desc limit 1), false)
                        """).mapTo(Boolean.class).one());
    }

    /** How long the oldest touches have been waiting. */
    public Duration lag() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select coalesce((
                            select extract(epoch from clock_timestamp() - written_at) * 1000 from touch_batch
                            where refused is null order by id limit 1), 0)::bigint
                        """)
                .mapTo(Long.class)
                .map(Duration::ofMillis)
                .one());
    }

    /** Waits, for a second at most, until what is in the inbox now is in the log; answers the time that the log is complete to. */
    public Instant awaitTaken() {
        var at = Instant.now();
        var deadline = at.plus(AWAITS_WITHIN);
        var waits = waitingUntil(null);
        for (var last = waits == null ? 0 : waits.last(); waits != null; waits = waitingUntil(last)) {
            if (Instant.now().isAfter(deadline)) {
                return waits.since();
            }
            LockSupport.parkNanos(LOOKS_EVERY.toNanos());
        }
        return at;
    }

    private record Waits(Instant since, long last) {}

    /** The batches that wait, up to the one with the id; {@code null} if none does. */
    private Waits waitingUntil(Long last) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select min(written_at) since, max(id) last from touch_batch
                        where refused is null and (:last::bigint is null or id <= :last) having count(*) > 0
                        """)
                .bind("last", last)
                .map((row, context) ->
                        new Waits(row.getObject("since", OffsetDateTime.class).toInstant(), row.getLong("last")))
                .findOne()
                .orElse(null));
    }
}
