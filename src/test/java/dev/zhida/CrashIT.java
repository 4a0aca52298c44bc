package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged application under load, and something is killed. Every click that was answered must be in the table
 * afterwards, once.
 */
class CrashIT {

    private static final int ROUNDS = Integer.getInteger("zhida.crash.rounds", 3);
    private static final int CLIENTS = 16;

    @TempDir
    Path folder;

    private PackagedApp app;
    private List<String> codes;

    private interface Crash {
        void happen() throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        app = new PackagedApp(folder, "-Dquarkus.profile=demo", "-Dzhida.edge.reveal-touch=true");
        app.start();
        var kits = get("/api/v1/link-kits", "demo-creator");
        codes = Pattern.compile("\"code\":\"([^\"]+)\"")
                .matcher(kits)
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(codes).isNotEmpty();
    }

    @AfterEach
    void stop() throws Exception {
        app.close();
    }

    private String get(String path, String key) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(app.url() + path))
                                    .header("Authorization", "Bearer " + key)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void nothing_answered_is_lost_when_the_application_is_killed() throws Exception {
        rounds("kill -9 of the application", () -> {
            app.kill();
            app.start();
        });
    }

    @Test
    void nothing_answered_is_lost_when_postgres_is_killed() throws Exception {
        rounds("kill -9 of PostgreSQL", () -> {
            signal("KILL");
            Thread.sleep(2_500);
        });
    }

    @Test
    void nothing_answered_is_lost_when_postgres_stops_at_once() throws Exception {
        // What pg_ctl stop -m immediate sends.
        rounds("immediate stop of PostgreSQL", () -> {
            signal("QUIT");
            Thread.sleep(2_500);
        });
    }

    @Test
    void nothing_answered_is_lost_when_postgres_stands_still_for_a_while() throws Exception {
        rounds("PostgreSQL stopped for 5 s", () -> {
            signalAll("STOP");
            Thread.sleep(5_000);
            signalAll("CONT");
            Thread.sleep(1_000);
        });
    }

    private long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(folder.resolve("data/postgresql/cluster/postmaster.pid"))
                .getFirst()
                .strip());
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(postmaster()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void signalAll(String name) throws Exception {
        var command = new ArrayList<>(List.of("kill", "-" + name, Long.toString(postmaster())));
        ProcessHandle.of(postmaster())
                .orElseThrow()
                .descendants()
                .forEach(child -> command.add(Long.toString(child.pid())));
        new ProcessBuilder(command).start().waitFor();
    }

    private void rounds(String what, Crash crash) throws Exception {
        Set<UUID> answered = ConcurrentHashMap.newKeySet();
        var unanswered = new AtomicInteger();
        for (var round = 0; round < ROUNDS; round++) {
            var stop = new AtomicBoolean();
            var clients = new ArrayList<Thread>();
            for (var i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(() -> click(answered, unanswered, stop)));
            }
            Thread.sleep(1_000);
            var before = answered.size();
            crash.happen();
            Thread.sleep(1_000);
            stop.set(true);
            for (var client : clients) {
                client.join();
            }
            assertThat(answered.size()).as("clicks are answered again").isGreaterThan(before);
        }
        var stored = stored();
        var missing = new HashSet<>(answered);
        missing.removeAll(stored.keySet());
        var doubled =
                stored.entrySet().stream().filter(entry -> entry.getValue() > 1).toList();
        System.out.printf(
                "%s, %d rounds: %d clicks answered, %d missing, %d double; %d asked to try again or cut off%n",
                what, ROUNDS, answered.size(), missing.size(), doubled.size(), unanswered.get());
        assertThat(missing).isEmpty();
        assertThat(doubled).isEmpty();
    }

    private void click(Set<UUID> answered, AtomicInteger unanswered, AtomicBoolean stop) {
        try (var http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(1))
                .build()) {
            for (var i = 0; !stop.get(); i++) {
                try {
                    var response = http.send(
                            HttpRequest.newBuilder(URI.create(app.url() + "/r/" + codes.get(i % codes.size())))
                                    .timeout(Duration.ofSeconds(20))
                                    .header("User-Agent", "Mozilla/5.0 (Linux; Android 12) Mobile Safari/537.36")
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
                    if (response.statusCode() == 302) {
                        answered.add(UUID.fromString(
                                response.headers().firstValue("X-Touch-Id").orElseThrow()));
                    } else {
                        unanswered.incrementAndGet();
                        Thread.sleep(20);
                    }
                } catch (IOException e) {
                    unanswered.incrementAndGet();
                    Thread.sleep(20);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<UUID, Integer> stored() throws Exception {
        var port = Files.readAllLines(folder.resolve("data/postgresql/cluster/postmaster.pid"))
                .get(3)
                .strip();
        var password =
                Files.readString(folder.resolve("data/postgresql/password")).strip();
        var counts = new HashMap<UUID, Integer>();
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/zhida", "zhida", password);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select id from touch")) {
            while (rows.next()) {
                counts.merge(rows.getObject(1, UUID.class), 1, Integer::sum);
            }
        }
        return counts;
    }
}
