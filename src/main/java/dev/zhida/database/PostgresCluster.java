package dev.zhida.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The files of the embedded server and the programs that act on them. Knows no connection. */
final class PostgresCluster {

    static final String USER = "zhida";

    private static final int LOG_LINES_QUOTED = 8;

    private final Path folder;
    private final Path programs;
    private final Path cluster;
    private final String password;

    private PostgresCluster(Path folder, Path programs, Path cluster, String password) {
        this.folder = folder;
        this.programs = programs;
        this.cluster = cluster;
        this.password = password;
    }

    /** The running server as its own pid file tells. */
    record Running(long pid, int port) {}

    /** Opens the cluster below {@code folder}; makes programs, password and cluster that are not there yet. */
    static PostgresCluster in(Path folder) throws IOException {
        Files.createDirectories(folder);
        var programs = PostgresBinaries.in(folder);
        var password = password(folder);
        var opened = new PostgresCluster(folder, programs, folder.resolve("cluster"), password);
        if (!Files.exists(opened.cluster)) {
            opened.initialise();
        }
        return opened;
    }

    String password() {
        return password;
    }

    Path path() {
        return cluster;
    }

    private static String password(Path folder) throws IOException {
        var file = folder.resolve("password");
        if (!Files.exists(file)) {
            var bytes = new byte[24];
            new SecureRandom().nextBytes(bytes);
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var fresh = folder.resolve("password.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, ownerOnly);
            Files.writeString(fresh, HexFormat.of().formatHex(bytes));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    private void initialise() throws IOException {
        var fresh = folder.resolve("cluster.new");
        Folders.delete(fresh);
        run(
                Duration.ofMinutes(2),
                "initdb",
                List.of(
                        "-D",
                        fresh.toString(),
                        "-U",
                        USER,
                        "--auth=scram-sha-256",
                        "--pwfile=" + folder.resolve("password"),
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        // Synced as a whole below, before the first use: faster than file by file.
                        "--no-sync"));
        Files.writeString(fresh.resolve("zhida.conf"), SETTINGS);
        Files.writeString(
                fresh.resolve("postgresql.conf"), "\ninclude 'zhida.conf'\n", java.nio.file.StandardOpenOption.APPEND);
        run(Duration.ofMinutes(2), "initdb", List.of("-D", fresh.toString(), "--sync-only"));
        // Renamed when complete: a start that was interrupted never leaves half a cluster behind.
        Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What the server runs with; its port and address are given at each start. */
    private static final String SETTINGS = """
            # Written by Zhida when the cluster was made.
            # The start is refused unless these three are on: an answered touch must not be lost.
            fsync = on
            full_page_writes = on
            synchronous_commit = on

            # Connections come over 127.0.0.1 only.
            unix_socket_directories = ''

            max_connections = 100
            shared_buffers = 256MB
            max_wal_size = 2GB
            # Whoever commits waits for what all have written before.
            wal_writer_flush_after = 256kB
            # Touches come in bursts of one fsync each; nothing is gained by waiting for siblings.
            commit_delay = 0
            timezone = 'UTC'
            log_timezone = 'UTC'
            log_line_prefix = '%m [%p] '
            """;

    /** The server that runs on this cluster, if one does. A pid file whose process is none of ours is removed. */
    Optional<Running> running() throws IOException {
        var pidFile = cluster.resolve("postmaster.pid");
        List<String> lines;
        try {
            lines = Files.readAllLines(pidFile);
        } catch (java.nio.file.NoSuchFileException e) {
            return Optional.empty();
        }
        if (lines.size() < 4 || lines.get(0).isBlank()) {
            return Optional.empty();
        }
        var pid = Long.parseLong(lines.get(0).strip());
        if (!serves(pid)) {
            // PostgreSQL itself would refuse to start when another program has got the pid since.
            Files.deleteIfExists(pidFile);
            return Optional.empty();
        }
        return Optional.of(new Running(pid, Integer.parseInt(lines.get(3).strip())));
    }

    /** Whether the process is alive and is the server of this very cluster. */
    boolean serves(long pid) {
        var process = ProcessHandle.of(pid);
        if (process.isEmpty() || !process.get().isAlive()) {
            return false;
        }
        var proc = Path.of("/proc", Long.toString(pid));
        if (!Files.isDirectory(proc)) {
            // Not Linux: the name of the program must do.
            return process.get()
                    .info()
                    .command()
                    .map(c -> c.endsWith("postgres"))
                    .orElse(true);
        }
        try {
            // A server works in its data folder; a zombie works nowhere.
            return Files.isSameFile(proc.resolve("cwd").toRealPath(), cluster);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Starts the server and waits until it answers.
     *
     * @throws IOException quoting what the server said, if it does not come up; one that takes longer than {@code
     *     within} is left running
     */
    void start(int port, Duration within) throws IOException {
        var options = "-p " + port + " -c listen_addresses=127.0.0.1";
        try {
            run(
                    within.plusSeconds(30),
                    "pg_ctl",
                    List.of(
                            "start",
                            "-w",
                            "-t",
                            Long.toString(within.toSeconds()),
                            "-D",
                            cluster.toString(),
                            "-l",
                            folder.resolve("log").toString(),
                            "-o",
                            options));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; its log ends: " + endOfLog(), e);
        }
    }

    /** Stops the server: connections are cut, nothing committed is lost. */
    void stop() throws IOException {
        run(
                Duration.ofSeconds(90),
                "pg_ctl",
                List.of("stop", "-w", "-t", "60", "-m", "fast", "-D", cluster.toString()));
    }

    private String endOfLog() {
        try {
            var lines = Files.readAllLines(folder.resolve("log"));
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES_QUOTED), lines.size()));
        } catch (IOException e) {
            return "(unreadable)";
        }
    }

    private void run(Duration limit, String program, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, with the same files.
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(programs.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        var output = Files.createTempFile(folder, program, ".out");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("TZ", "UTC");
            // Not a pipe: the server that pg_ctl leaves behind would keep it open.
            var process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(program + " took longer than " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                var said = String.join(" | ", Files.readAllLines(output)).strip();
                var hint = isRoot() && said.contains("unshare")
                        ? " (as root a user namespace is needed: run as an ordinary user instead)"
                        : "";
                throw new IOException(program + " failed: " + said + hint);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(program + " was interrupted", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(programs, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                && "root".equals(System.getProperty("user.name"));
    }
}
