package dev.zhida.touch;

import static dev.zhida.touch.TouchFixture.aClick;
import static dev.zhida.touch.TouchFixture.aLanding;
import static dev.zhida.touch.TouchFixture.aPlacement;
import static dev.zhida.touch.TouchFixture.clicks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.zhida.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** What becomes of touches when PostgreSQL or the disk does not do as it should. The database is the test's own. */
class TouchLogTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private record Settings(
            Duration commitWithin, Duration gatherFor, int queueBound, MemorySize spoolMaxSize, Duration retention)
            implements TouchConfig {

        static final Settings USUAL = new Settings(
                Duration.ofMillis(300), Duration.ofMillis(1), 65_536, bytes(1 << 30), Duration.ofDays(400));

        static MemorySize bytes(long bytes) {
            return new MemorySize(BigInteger.valueOf(bytes));
        }

        Settings spoolOf(long bytes) {
            return new Settings(commitWithin, gatherFor, queueBound, bytes(bytes), retention);
        }

        Settings queueOf(int bound) {
            // Nothing is too slow, so that the queue fills.
            return new Settings(Duration.ofMinutes(5), gatherFor, bound, spoolMaxSize, retention);
        }
    }

    private static TestDatabase.Address database;

    @TempDir
    Path folder;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private TouchLog log;

    @BeforeAll
    static void makeDatabase() {
        database = TestDatabase.address().another();
    }

    @AfterEach
    void stop() {
        back();
        if (log != null) {
            log.stop();
        }
    }

    private void start(Settings settings) {
        log = new TouchLog(
                new BoundedConnections(database.url(), database.user(), database.password()),
                folder.resolve("spool"),
                settings,
                metrics);
        log.start();
    }

    private static void away() {
        TestDatabase.address().execute("alter database " + database.database() + " allow_connections false");
        TestDatabase.address()
                .execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                        + database.database() + "'");
    }

    private static void back() {
        TestDatabase.address().execute("alter database " + database.database() + " allow_connections true");
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Runs something while every write of touches has to wait. */
    private static void whileWritesHang(Work work) throws Exception {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table touch_batch in access exclusive mode");
            work.run();
            connection.rollback();
        }
    }

    private List<CompletableFuture<Void>> record(List<Touch> touches) {
        return touches.stream()
                .map(touch -> log.record(touch).toCompletableFuture())
                .toList();
    }

    private void recordAndAwait(List<Touch> touches) throws Exception {
        CompletableFuture.allOf(record(touches).toArray(CompletableFuture[]::new))
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        var deadline = Instant.now().plus(SOON);
        while (!condition.holds()) {
            assertThat(Instant.now()).as(what).isBefore(deadline);
            Thread.sleep(20);
        }
    }

    private void awaitDrained() throws Exception {
        await("the spool is drained", () -> "in order".equals(log.condition()));
    }

    private double counted(String counter) {
        return metrics.get(counter).counter().count();
    }

    /** What the log holds once everything is taken out of the inbox. */
    private List<UUID> stored() {
        var jdbi = Jdbi.create(database.dataSource()).installPlugin(new PostgresPlugin());
        var inbox = new TouchInbox(jdbi, metrics);
        for (var waiting = inbox.oldest(100, 10_000); !waiting.isEmpty(); waiting = inbox.oldest(100, 10_000)) {
            for (var batch : waiting) {
                try {
                    jdbi.useTransaction(handle -> take(handle, inbox, batch));
                } catch (JdbiException e) {
                    assertThat(TouchInbox.faultOfTheTouches(e)).isTrue();
                    inbox.setAside(batch, e);
                }
            }
        }
        List<UUID> ids = jdbi.withHandle(handle ->
                handle.createQuery("select id from touch").mapTo(UUID.class).list());
        assertThat(ids).doesNotHaveDuplicates();
        return ids;
    }

    private static void take(Handle handle, TouchInbox inbox, TouchInbox.Batch batch) {
        inbox.take(handle, List.of(batch));
        handle.execute("with " + TouchInbox.TAKEN + " select count(*) from taken");
    }

    private void assertStored(List<Touch> touches) {
        assertThat(stored()).containsAll(touches.stream().map(Touch::id).toList());
    }

    @Test
    void a_commit_waits_for_the_disk_whatever_the_databases_default_is() throws Exception {
        var owner = TestDatabase.address();
        owner.execute("alter database " + database.database() + " set synchronous_commit = off");
        try (var connection =
                        new BoundedConnections(database.url(), database.user(), database.password()).getConnection();
                var row = connection.createStatement().executeQuery("show synchronous_commit")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("on");
        } finally {
            owner.execute("alter database " + database.database() + " reset synchronous_commit");
        }
    }

    @Test
    void a_touch_is_stored_when_it_is_answered() throws Exception {
        start(Settings.USUAL);
        var touches = clicks(500);
        recordAndAwait(touches);
        assertStored(touches);
        assertThat(counted("zhida.touches.spooled")).isZero();
        assertThat(metrics.get("zhida.touches")
                        .tags("kind", "CLICK", "flag", "none")
                        .counter()
                        .count())
                .isEqualTo(500);
    }

    @Test
    void a_commit_that_hangs_is_answered_from_the_spool_and_stored_once() throws Exception {
        start(Settings.USUAL);
        recordAndAwait(clicks(1));
        var touches = clicks(100);
        whileWritesHang(() -> {
            recordAndAwait(touches);
            assertThat(log.condition()).startsWith("degraded: spooling since");
        });
        awaitDrained();
        assertStored(touches);
        assertThat(counted("zhida.touches.drained")).isEqualTo(counted("zhida.touches.spooled"));
    }

    @Test
    void touches_are_answered_while_postgres_is_away_and_stored_when_it_is_back() throws Exception {
        start(Settings.USUAL);
        away();
        var touches = new ArrayList<Touch>();
        for (var i = 0; i < 20; i++) {
            var some = clicks(50);
            recordAndAwait(some);
            touches.addAll(some);
        }
        assertThat(log.condition()).endsWith("1000 touches");
        back();
        awaitDrained();
        assertStored(touches);
        var later = clicks(10);
        recordAndAwait(later);
        assertStored(later);
        assertThat(counted("zhida.touches.spooled")).isEqualTo(1_000);
        assertThat(counted("zhida.touches.lost")).isZero();
    }

    @Test
    void live_touches_are_stored_while_the_spool_is_drained() throws Exception {
        start(Settings.USUAL);
        away();
        var touches = new ArrayList<>(clicks(60_000));
        recordAndAwait(touches);
        back();
        while (!"in order".equals(log.condition())) {
            var some = clicks(100);
            recordAndAwait(some);
            touches.addAll(some);
        }
        assertStored(touches);
        assertThat(Files.size(folder.resolve("spool/touches.db")))
                .as("what an empty spool takes")
                .isLessThan(100_000);
    }

    @Test
    void the_next_run_stores_what_the_last_one_left_in_the_spool() throws Exception {
        start(Settings.USUAL);
        away();
        var touches = clicks(300);
        recordAndAwait(touches);
        log.stop();
        back();
        start(Settings.USUAL);
        await("the spool is read", () -> counted("zhida.touches.drained") == 300);
        assertStored(touches);
    }

    @Test
    void touches_of_a_commit_that_worked_after_all_are_not_stored_again() throws Exception {
        var touches = clicks(200);
        start(Settings.USUAL);
        recordAndAwait(touches);
        log.stop();
        var unstored = clicks(5);
        try (var spool = spool(1 << 20)) {
            spool.append(touches);
            spool.append(unstored);
        }
        start(Settings.USUAL);
        await("the spool is read", () -> counted("zhida.touches.drained") == 205);
        assertStored(touches);
        assertStored(unstored);
    }

    private Spool spool(long maxBytes) {
        return new Spool(folder.resolve("spool"), maxBytes);
    }

    @Test
    void an_act_that_is_told_twice_is_stored_once() throws Exception {
        start(Settings.USUAL);
        var click = aClick();
        var other = aClick();
        recordAndAwait(List.of(click, aLanding(click), aLanding(click)));
        recordAndAwait(List.of(aLanding(click), other, aLanding(other)));
        assertStored(List.of(click, aLanding(click), other, aLanding(other)));
        assertThat(counted("zhida.touches.spooled")).isZero();
    }

    @Test
    void a_derived_id_keeps_the_day_of_its_click() {
        var beforeMidnight = Instant.parse("2026-03-01T15:59:59.900Z");
        var click = aClick(aPlacement(), UUID.randomUUID(), beforeMidnight);
        var landing = aLanding(click);
        assertThat(landing.day()).isEqualTo("2026-03-01");
        assertThat(landing.id()).isNotEqualTo(Touch.derivedId(click.id(), Touch.Kind.COPY));
    }

    @Test
    void a_click_whose_id_is_stored_already_keeps_no_other_from_being_stored() throws Exception {
        start(Settings.USUAL);
        var click = aClick();
        recordAndAwait(List.of(click));
        var others = clicks(20);
        var again = new ArrayList<>(others);
        again.add(click);
        recordAndAwait(again);
        assertStored(again);
        assertThat(counted("zhida.touches.spooled")).isZero();
    }

    @Test
    void a_touch_of_a_day_without_a_partition_is_stored() throws Exception {
        start(Settings.USUAL);
        var late = aClick(aPlacement(), UUID.randomUUID(), Instant.parse("2025-11-11T03:00:00Z"));
        recordAndAwait(List.of(late));
        assertStored(List.of(late));
    }

    @Test
    void a_full_spool_loses_what_it_cannot_hold_and_counts_it() throws Exception {
        start(Settings.USUAL.spoolOf(64 * 1024));
        away();
        for (var i = 0; i < 40; i++) {
            recordAndAwait(clicks(100));
        }
        var spooled = counted("zhida.touches.spooled");
        var lost = counted("zhida.touches.lost");
        assertThat(spooled).isPositive();
        assertThat(lost).isPositive();
        assertThat(spooled + lost).isEqualTo(4_000);
        back();
        awaitDrained();
        assertThat(counted("zhida.touches.drained")).isEqualTo(spooled);
        away();
        recordAndAwait(clicks(50));
        assertThat(counted("zhida.touches.lost")).as("there is room again").isEqualTo(lost);
    }

    @Test
    void a_spool_that_cannot_be_written_fails_no_fan_and_is_used_as_soon_as_it_can() throws Exception {
        Files.createFile(folder.resolve("spool"));
        start(Settings.USUAL);
        recordAndAwait(clicks(10));
        away();
        recordAndAwait(clicks(10));
        assertThat(counted("zhida.touches.lost")).isEqualTo(10);
        assertThat(log.condition()).startsWith("degraded: touches are lost since");
        back();
        await("PostgreSQL is back", () -> log.condition().startsWith("the spool is unusable: "));
        var stored = clicks(10);
        recordAndAwait(stored);
        assertStored(stored);

        Files.delete(folder.resolve("spool"));
        away();
        await("the spool is tried again", () -> {
            recordAndAwait(clicks(1));
            return counted("zhida.touches.spooled") > 0;
        });
    }

    @Test
    void a_spool_that_another_process_has_is_left_alone() throws Exception {
        var theirs = clicks(10);
        try (var other = spool(1 << 20)) {
            other.append(theirs);
            start(Settings.USUAL);
            away();
            recordAndAwait(clicks(10));
            assertThat(counted("zhida.touches.lost")).isEqualTo(10);
            assertThat(other.oldest(100).touches()).isEqualTo(theirs);
        }
    }

    @Test
    void what_an_earlier_run_left_is_stored_even_if_the_spool_cannot_be_opened_at_first() throws Exception {
        var left = clicks(10);
        try (var other = spool(1 << 20)) {
            other.append(left);
            start(Settings.USUAL);
            await("the spool is seen to be taken", () -> log.condition().startsWith("the spool is unusable: "));
        }
        awaitDrained();
        assertStored(left);
        assertThat(counted("zhida.touches.drained")).isEqualTo(10);
    }

    @Test
    void a_full_disk_fails_no_fan() throws Exception {
        var disk = Files.createDirectory(folder.resolve("spool"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()), "needs root");
        try {
            start(Settings.USUAL);
            away();
            for (var i = 0; i < 40; i++) {
                recordAndAwait(clicks(100));
            }
            assertThat(counted("zhida.touches.lost")).isPositive();
            assertThat(counted("zhida.touches.spooled")).isPositive();
            back();
            awaitDrained();
            assertThat(counted("zhida.touches.drained")).isEqualTo(counted("zhida.touches.spooled"));
            away();
            var lost = counted("zhida.touches.lost");
            recordAndAwait(clicks(50));
            assertThat(counted("zhida.touches.lost")).as("there is room again").isEqualTo(lost);
        } finally {
            log.stop();
            log = null;
            run("umount", disk.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void a_spool_file_of_garbage_is_set_aside() throws Exception {
        var file = Files.createDirectories(folder.resolve("spool")).resolve("touches.db");
        Files.writeString(file, "this is no database, and too long to be an empty one. ".repeat(100));
        worksWithASpoolOfItsOwn();
    }

    @Test
    void a_spool_file_that_was_cut_is_set_aside() throws Exception {
        try (var spool = spool(1 << 24)) {
            for (var i = 0; i < 50; i++) {
                spool.append(clicks(100));
            }
        }
        var file = folder.resolve("spool/touches.db");
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2 + 100);
        }
        worksWithASpoolOfItsOwn();
    }

    private void worksWithASpoolOfItsOwn() throws Exception {
        start(Settings.USUAL);
        away();
        var touches = clicks(10);
        recordAndAwait(touches);
        assertThat(counted("zhida.touches.lost")).isZero();
        back();
        awaitDrained();
        assertStored(touches);
        try (var files = Files.list(folder.resolve("spool"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("touches.db.damaged-"));
        }
    }

    @Test
    void a_damaged_row_of_the_spool_keeps_no_other() throws Exception {
        var first = clicks(10);
        var last = clicks(10);
        try (var spool = spool(1 << 24)) {
            spool.append(first);
            spool.append(clicks(10));
            spool.append(last);
        }
        inTheSpoolFile("update touches set body = substr(body, 1, 40) where id = 2");
        start(Settings.USUAL);
        await("the rest is drained", () -> counted("zhida.touches.drained") == 20);
        assertStored(first);
        assertStored(last);
        log.stop();
        assertThat(inTheSpoolFile("select refused from touches")).startsWith("unreadable");
    }

    @Test
    void a_touch_that_postgres_will_never_take_keeps_no_other() throws Exception {
        start(Settings.USUAL);
        // A year that PostgreSQL does not know.
        var impossible = aClick(
                TouchFixture.idAt(Instant.now()),
                aPlacement(),
                UUID.randomUUID(),
                Instant.parse("+294277-01-05T00:00:00Z"),
                "WECHAT",
                null,
                TouchFixture.BROWSER);
        var others = clicks(30);
        var all = new ArrayList<>(others);
        all.add(7, impossible);
        recordAndAwait(all);
        database.execute("update touch_batch set written_at = '2026-01-01T00:00Z'");
        assertStored(others);
        assertThat(stored()).doesNotContain(impossible.id());
        List<Instant> came = Jdbi.create(database.dataSource())
                .withHandle(handle -> handle.createQuery("select written_at from touch_batch")
                        .mapTo(OffsetDateTime.class)
                        .map(OffsetDateTime::toInstant)
                        .list());
        assertThat(came).as("set aside, it came when it came").containsExactly(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(counted("zhida.touches.refused")).isEqualTo(1);
        assertThat(refused()).singleElement().asString().contains("timestamp out of range");
    }

    private static List<String> refused() {
        return Jdbi.create(database.dataSource())
                .withHandle(handle -> handle.createQuery("select refused from touch_batch where refused is not null")
                        .mapTo(String.class)
                        .list());
    }

    private String inTheSpoolFile(String sql) throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("spool/touches.db"));
        try (var connection = source.getConnection();
                var statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (var rows = statement.getResultSet()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }

    @Test
    void a_touch_that_finds_the_queue_full_is_answered_and_counted_as_lost() throws Exception {
        start(Settings.USUAL.queueOf(10_000));
        recordAndAwait(clicks(1));
        var touches = new ArrayList<Touch>();
        var answers = new ArrayList<CompletableFuture<Void>>();
        whileWritesHang(() -> {
            // One is being committed; the queue takes as many as it may hold.
            var first = clicks(1);
            answers.addAll(record(first));
            await("it is taken", () -> metrics.get("zhida.touch.queue").gauge().value() == 0);
            var queued = clicks(10_000);
            answers.addAll(record(queued));
            assertThat(record(clicks(5))).allMatch(CompletableFuture::isDone);
            assertThat(answers).noneMatch(CompletableFuture::isDone);
            touches.addAll(first);
            touches.addAll(queued);
        });
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(counted("zhida.touches.lost")).isEqualTo(5);
        // The first batch of 4,096 left more than half of the queue behind it, the second one did not.
        assertThat(counted("zhida.touches.spooled")).isEqualTo(4_096);
        awaitDrained();
        assertStored(touches);
    }
}
