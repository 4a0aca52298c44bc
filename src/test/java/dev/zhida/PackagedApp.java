package dev.zhida;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged application as a process of its own, with its own data folder and port. */
final class PackagedApp implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final Path folder;
    private final int port;
    private final List<String> options;
    private List<String> moreOptions = List.of();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    PackagedApp(Path folder, String... options) throws IOException {
        this.folder = folder;
        this.options = List.of(options);
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
    }

    /** What it is started with from now on, beside what it always is. */
    void alsoWith(String... more) {
        moreOptions = List.of(more);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Starts it and waits until it is ready; answers how long that took. */
    Duration start() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dquarkus.http.host=127.0.0.1");
        command.add("-Dquarkus.http.port=" + port);
        command.add("-Dzhida.public-url=" + url());
        command.add("-Dzhida.data=" + folder.resolve("data"));
        // What is told of redirects is counted exactly.
        command.add("-Dzhida.edge.landing-sample=0");
        command.addAll(options);
        command.addAll(moreOptions);
        command.add("-jar");
        command.add(Path.of(System.getProperty("zhida.app", "target/quarkus-app/quarkus-run.jar"))
                .toAbsolutePath()
                .toString());
        var began = Instant.now();
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        var ready = HttpRequest.newBuilder(URI.create(url() + "/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        while (Duration.between(began, Instant.now()).compareTo(READY_WITHIN) < 0) {
            if (!process.isAlive()) {
                throw new IOException("the application ended: " + Files.readString(log()));
            }
            try {
                if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return Duration.between(began, Instant.now());
                }
            } catch (IOException e) {
                // Not yet; or by a connection to the process before this one, which was killed.
            }
            Thread.sleep(20);
        }
        throw new IOException("the application did not become ready: " + Files.readString(log()));
    }

    long pid() {
        return process.pid();
    }

    /** A connection to the database that it started itself. */
    Connection database() throws IOException, SQLException {
        var postgres = folder.resolve("data/postgresql");
        var port = Files.readAllLines(postgres.resolve("cluster/postmaster.pid"))
                .get(3)
                .strip();
        var password = Files.readString(postgres.resolve("password")).strip();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/zhida", "zhida", password);
    }

    Path log() {
        return folder.resolve("application.log");
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; answers the exit code, 0 if it does not run. */
    int stop() throws InterruptedException {
        if (process == null || !process.isAlive()) {
            return 0;
        }
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the application does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException, IOException {
        stop();
        http.close();
    }
}
