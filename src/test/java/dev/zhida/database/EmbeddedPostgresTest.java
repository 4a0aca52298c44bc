package dev.zhida.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    @TempDir
    Path data;

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    }

    private static void run(EmbeddedPostgres server, String sql) throws SQLException {
        try (var connection = connect(server);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long rows(EmbeddedPostgres server) throws SQLException {
        try (var connection = connect(server);
                var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from kept")) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void a_second_start_keeps_the_data_and_the_password_is_for_its_owner_only() throws Exception {
        try (var server = EmbeddedPostgres.start(data)) {
            run(server, "create table kept as select generate_series(1, 3)");
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(data.resolve("postgresql/password"))))
                    .isEqualTo("rw-------");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "guessed")
                            .close());
        }
        try (var server = EmbeddedPostgres.start(data)) {
            assertThat(rows(server)).isEqualTo(3);
        }
    }

    @Test
    void the_server_of_a_killed_process_is_adopted() throws Exception {
        var starter = process("start");
        try {
            var pid = Long.parseLong(starter.inputReader().readLine());
            starter.destroyForcibly().waitFor();
            assertThat(ProcessHandle.of(pid)).as("the orphan").isPresent();

            var adopted = EmbeddedPostgres.start(data);
            try (adopted) {
                assertThat(adopted.pid()).isEqualTo(pid);
                assertThat(rows(adopted)).isEqualTo(3);
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> connect(adopted).close());
        } finally {
            starter.destroyForcibly();
        }
    }

    @Test
    void a_dead_server_is_started_again_at_the_same_address() throws Exception {
        try (var server = EmbeddedPostgres.start(data)) {
            run(server, "create table kept as select generate_series(1, 3)");
            var url = server.jdbcUrl();
            var pid = server.pid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            var deadline = Instant.now().plus(Duration.ofSeconds(30));
            while (server.pid() == pid && Instant.now().isBefore(deadline)) {
                Thread.sleep(50);
            }
            assertThat(server.pid()).isNotEqualTo(pid);
            assertThat(server.jdbcUrl()).isEqualTo(url);
            assertThat(rows(server)).isEqualTo(3);
        }
    }

    @Test
    void a_server_that_recovers_is_waited_for_however_long_it_takes() throws Exception {
        try (var server = EmbeddedPostgres.start(data)) {
            run(server, "create table kept as select generate_series(1, 3)");
        }
        // Each file of an archive that is asked for takes longer than anybody has patience for.
        Files.writeString(
                data.resolve("postgresql/cluster/postgresql.auto.conf"),
                "restore_command = 'sleep 3; false'\nhot_standby = off\n",
                StandardOpenOption.APPEND);
        Files.createFile(data.resolve("postgresql/cluster/recovery.signal"));
        var began = Instant.now();
        try (var server = EmbeddedPostgres.start(data, Duration.ofSeconds(1))) {
            assertThat(rows(server)).isEqualTo(3);
            assertThat(Duration.between(began, Instant.now())).isGreaterThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void a_pid_file_that_names_a_foreign_process_is_no_hindrance() throws Exception {
        EmbeddedPostgres.start(data).close();
        Files.writeString(
                data.resolve("postgresql/cluster/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + data + "\n1\n5432\n\n127.0.0.1\n\nready\n");
        try (var server = EmbeddedPostgres.start(data)) {
            run(server, "select 1");
        }
    }

    @Test
    void a_first_start_that_was_interrupted_is_done_again() throws Exception {
        var half = data.resolve("postgresql/cluster.new/base");
        Files.createDirectories(half);
        Files.createDirectories(data.resolve("postgresql/programs-" + PostgresBinaries.VERSION + ".unpacking/bin"));
        try (var server = EmbeddedPostgres.start(data)) {
            run(server, "select 1");
        }
        assertThat(half).doesNotExist();
    }

    @Test
    void a_server_that_would_lose_touches_is_refused() throws Exception {
        EmbeddedPostgres.start(data).close();
        var settings = data.resolve("postgresql/cluster/postgresql.auto.conf");
        Files.writeString(settings, "fsync = off\n", StandardOpenOption.APPEND);

        assertThatExceptionOfType(DatabaseUnavailable.class)
                .isThrownBy(() -> EmbeddedPostgres.start(data))
                .withMessageContaining("fsync = off")
                .withMessageContaining("postgresql.auto.conf");

        Files.writeString(settings, "fsync = on\n");
        EmbeddedPostgres.start(data).close();
    }

    @Test
    void a_folder_serves_one_start_at_a_time() throws Exception {
        try (var server = EmbeddedPostgres.start(data)) {
            assertThatExceptionOfType(DatabaseUnavailable.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(data))
                    .withMessageContaining("in use by another Zhida")
                    .withMessageContaining(data.toString());

            var other = process("start");
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(other.exitValue()).isEqualTo(1);
            assertThat(new String(other.getErrorStream().readAllBytes())).contains("in use by another Zhida");
            run(server, "select 1");
        }
    }

    @Test
    void a_full_disk_is_named_as_such() throws Exception {
        var small = Files.createDirectory(data.resolve("small"));
        assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", small.toString()), "mounting needs root");
        try {
            assertThatExceptionOfType(DatabaseUnavailable.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(small))
                    .withMessageContaining("No space left on device")
                    .withMessageContaining("MB are free there");
        } finally {
            assertThat(succeeds("umount", "-l", small.toString())).isTrue();
        }
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Process process(String argument) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName(),
                        argument,
                        data.toString())
                .start();
    }

    /** A process of its own that starts a server and then waits to be killed. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] args) throws Exception {
            try {
                var server = EmbeddedPostgres.start(Path.of(args[1]));
                run(server, "create table if not exists kept as select generate_series(1, 3)");
                System.out.println(server.pid());
                Thread.sleep(Duration.ofMinutes(5));
            } catch (DatabaseUnavailable e) {
                System.err.println(e.getMessage());
                System.exit(1);
            }
        }
    }
}
