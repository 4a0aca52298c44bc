package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged application under load, and something is killed or stands still. Every click that was answered must be in
 * the table afterwards, once, and the counts must be those of the table; while only PostgreSQL is gone, every click on a
 * known link must be answered.
 */
class CrashIT {

    private static final int ROUNDS = Integer.getInteger("zhida.crash.rounds", 3);
    private static final int CLIENTS = 16;
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(30);

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
        codes = JsonPath.from(get("/api/v1/link-kits", "demo-creator"))
                .getList("items.placements.flatten().findAll { it.medium == 'LINK' }.code");
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
        var load = rounds(() -> {
            app.kill();
            app.start();
        });
        load.report("kill -9 of the application");
    }

    @Test
    void nothing_answered_is_lost_when_postgres_is_killed() throws Exception {
        var load = rounds(() -> {
            signal("KILL");
            Thread.sleep(2_500);
        });
        load.report("kill -9 of PostgreSQL");
        load.assertServed();
    }

    @Test
    void nothing_answered_is_lost_when_postgres_stops_at_once() throws Exception {
        var load = rounds(() -> {
            // What pg_ctl stop -m immediate sends.
            signal("QUIT");
            Thread.sleep(2_500);
        });
        load.report("immediate stop of PostgreSQL");
        load.assertServed();
    }

    @Test
    void nothing_answered_is_lost_when_postgres_stands_still_for_a_while() throws Exception {
        var load = rounds(() -> {
            signalAll("STOP");
            Thread.sleep(5_000);
            signalAll("CONT");
        });
        load.report("PostgreSQL stopped for 5 s");
        load.assertServed();
    }

    @Test
    void fans_are_served_while_postgres_is_away_for_half_a_minute() throws Exception {
        var load = new Load();
        load.start();
        Thread.sleep(2_000);
        signalAll("STOP");
        Thread.sleep(OUTAGE.toMillis());
        assertThat(touchLog()).startsWith("degraded: spooling since");
        signalAll("CONT");
        var back = Instant.now();
        Thread.sleep(1_000);
        load.stop();
        awaitDrained(back);
        load.report("PostgreSQL stopped for %d s, drained %d ms after its return"
                .formatted(
                        OUTAGE.toSeconds(),
                        Duration.between(back, Instant.now()).toMillis()));
        load.assertStored();
        load.assertServed();
    }

    @Test
    void what_was_spooled_outlives_a_kill_of_the_application() throws Exception {
        var load = new Load();
        load.start();
        Thread.sleep(1_000);
        signalAll("STOP");
        Thread.sleep(3_000);
        app.kill();
        load.stop();
        signalAll("CONT");
        app.start();
        awaitDrained(Instant.now());
        load.report("PostgreSQL stopped, then kill -9 of the application");
        load.assertStored();
    }

    /** What the touch log says of itself to whoever asks for readiness, which is there all the time. */
    private String touchLog() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var response = http.send(
                    HttpRequest.newBuilder(URI.create(app.url() + "/q/health/ready"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return JsonPath.from(response.body()).getString("checks.find { it.name == 'touch-log' }.data.'touch-log'");
        }
    }

    private void awaitDrained(Instant from) throws IOException, InterruptedException {
        while (!"in order".equals(touchLog())) {
            assertThat(Duration.between(from, Instant.now())).isLessThan(DRAINED_WITHIN);
            Thread.sleep(50);
        }
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

    private Load rounds(Crash crash) throws Exception {
        var load = new Load();
        for (var round = 0; round < ROUNDS; round++) {
            load.start();
            Thread.sleep(1_000);
            crash.happen();
            var before = load.answered.size();
            Thread.sleep(1_000);
            load.stop();
            assertThat(load.answered.size()).as("clicks are answered again").isGreaterThan(before);
            awaitDrained(Instant.now());
            load.assertStored();
        }
        return load;
    }

    /** Fans who click one after the other, and what became of their clicks. */
    private final class Load {

        private final Set<UUID> answered = ConcurrentHashMap.newKeySet();
        private final AtomicInteger unanswered = new AtomicInteger();
        private final List<Thread> clients = new ArrayList<>();
        private volatile boolean stopping;

        void start() {
            stopping = false;
            for (var i = 0; i < CLIENTS; i++) {
                clients.add(Thread.ofPlatform().start(this::click));
            }
        }

        void stop() throws InterruptedException {
            stopping = true;
            for (var client : clients) {
                client.join();
            }
            clients.clear();
        }

        private void click() {
            try (var http = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build()) {
                for (var i = 0; !stopping; i++) {
                    try {
                        var response = http.send(
                                HttpRequest.newBuilder(URI.create(app.url() + "/r/" + codes.get(i % codes.size())))
                                        .timeout(Duration.ofSeconds(20))
                                        .header("User-Agent", "Mozilla/5.0 (Linux; Android 12) Mobile Safari/537.36")
                                        .build(),
                                HttpResponse.BodyHandlers.discarding());
                        // Sent on, or shown what to do in the app she is in.
                        if (response.statusCode() == 302 || response.statusCode() == 200) {
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

        void report(String what) {
            System.out.printf(
                    "%s: %d clicks answered and stored, %d not answered%n", what, answered.size(), unanswered.get());
        }

        /** 99.9 % of the clicks on known links. */
        void assertServed() {
            assertThat(unanswered.get() * 1_000L)
                    .as("%d of %d clicks were not answered", unanswered.get(), answered.size())
                    .isLessThanOrEqualTo(answered.size() + unanswered.get());
        }

        /** Every answered click is in the table, once, and the counts are those of the table. */
        void assertStored() throws Exception {
            try (var connection = app.database()) {
                RollupCheck.await(connection);
                var stored = new HashSet<UUID>();
                var doubled = new ArrayList<UUID>();
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("select id from touch")) {
                    while (rows.next()) {
                        var id = rows.getObject(1, UUID.class);
                        if (!stored.add(id)) {
                            doubled.add(id);
                        }
                    }
                }
                assertThat(doubled).isEmpty();
                var missing = new HashSet<>(answered);
                missing.removeAll(stored);
                assertThat(missing).isEmpty();
                assertThat(RollupCheck.differences(connection)).isEmpty();
            }
        }
    }
}
