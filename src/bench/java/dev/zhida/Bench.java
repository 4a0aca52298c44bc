package dev.zhida;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.link.ManyLinks;
import dev.zhida.report.ManyCommissions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/**
 * Measures the edge of the packaged application, beside nginx in the same run: {@code ./mvnw -Pbench}. Everything is
 * durable as in production. Prints, and writes to {@code target/bench/bench.md}, the table that the README quotes.
 */
public final class Bench {

    private static final Duration RUN = Duration.ofSeconds(Integer.getInteger("zhida.bench.seconds", 8));
    private static final int ROUNDS = Integer.getInteger("zhida.bench.rounds", 3);
    /** Which parts to measure. */
    private static final List<String> PARTS =
            List.of(System.getProperty("zhida.bench.parts", "beside,fixed,many,ingest,csv").split(","));

    private static final int FIXED_RATE = 10_000;
    private static final int MANY = 1_000_000;
    private static final int CODES = 1_000;
    private static final int LINES = 25_000;

    private static final String WEIBO = "Mozilla/5.0 (Linux; Android 9; XXX) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Mobile Safari/537.36 Weibo (Brand-Model__weibo__9.9.3__android__android9)";
    private static final String WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN";

    private final Path folder;
    private final Wrk wrk;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final StringBuilder table = new StringBuilder();

    private Bench(Path folder) {
        this.folder = folder;
        this.wrk = new Wrk(folder);
    }

    public static void main(String... args) throws Exception {
        var folder = Path.of("target", "bench").toAbsolutePath();
        delete(folder);
        Files.createDirectories(folder);
        new Bench(folder).run();
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var paths = Files.walk(folder)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Links to click, links that lead to a landing page, and tokens to paste. */
    private record World(List<String> redirects, List<String> landings, List<String> tokens) {}

    private void run() throws Exception {
        if (PARTS.contains("reports")) {
            reports();
        }
        if (PARTS.equals(List.of("reports"))) {
            return;
        }
        World world;
        try (var app = new PackagedApp(folder, "-Xms1g", "-Xmx1g")) {
            app.start();
            world = world(app);
            if (PARTS.contains("beside") && Wrk.installed("wrk") && Wrk.installed("nginx")) {
                beside(app, world);
            } else {
                say("No rates beside nginx: not wanted, or wrk and nginx are not both installed.");
            }
            if (PARTS.contains("fixed")) {
                fixedRate(app, world);
            }
            if (PARTS.contains("ingest")) {
                ingest(app);
            }
        }
        if (PARTS.contains("many")) {
            many(world);
        }
        if (PARTS.contains("csv")) {
            csv(world);
        }
        Files.writeString(folder.resolve("bench.md"), table);
    }

    private void say(String line, Object... values) {
        var text = line.formatted(values);
        System.out.println(text);
        table.append(text).append('\n');
    }

    // Reports over 90 days.

    /** In a folder of its own: what is made for it would be in the way of everything else. */
    private void reports() throws Exception {
        var own = Files.createDirectories(folder.resolve("reports"));
        try (var app = new PackagedApp(own, "-Xms1g", "-Xmx1g")) {
            app.start();
            try (var connection = connect(own)) {
                var result = new Reports(
                                app.url(), Files.readString(own.resolve("data/operator-key")).strip(), connection)
                        .measure();
                say(
                        "Reports over %,d touches on %,d placements in 90 days and %,d order lines (made in %d s, counted in %d s):",
                        Reports.TOUCHES,
                        Reports.PLACEMENTS,
                        Reports.ORDERS,
                        result.made().toSeconds(),
                        result.counted().toSeconds());
                say("");
                say("| report | median ms | p99 ms | KB |");
                say("|---|---|---|---|");
                for (var times : result.times()) {
                    say("| `%s` | %.0f | %.0f | %d |", times.report(), times.median(), times.p99(), times.bytes() / 1_000);
                }
                say("");
                say(
                        "The same counts from the touches and order lines themselves take %.1f s; of %d cells %d differ.",
                        result.raw().toMillis() / 1e3,
                        result.groups(),
                        result.different().size());
                result.different().forEach(difference -> say("%s", difference));
                say("");
            }
        }
        Files.writeString(folder.resolve("bench.md"), table);
    }

    // The closed loop, beside nginx.

    private void beside(PackagedApp app, World world) throws Exception {
        var scripts = Map.of(
                "redirect", wrk.clicks("redirect", world.redirects(), WEIBO),
                "landing page", wrk.clicks("landing", world.landings(), WECHAT),
                "paste", wrk.pastes("paste", world.tokens(), WEIBO));
        var results = new TreeMap<String, List<Wrk.Result>>();
        try (var nginx = new Nginx(folder)) {
            for (var script : scripts.values()) {
                wrk.run(script, app.url(), RUN);
            }
            awaitCounted(app);
            var stored = touches();
            var answered = 0L;
            for (var round = 0; round < ROUNDS; round++) {
                results.computeIfAbsent("nginx `return 302`", key -> new ArrayList<>())
                        .add(wrk.run(scripts.get("redirect"), nginx.url(), RUN));
                for (var what : List.of("redirect", "landing page", "paste")) {
                    var result = wrk.run(scripts.get(what), app.url(), RUN);
                    answered += result.answered();
                    results.computeIfAbsent(what, key -> new ArrayList<>()).add(result);
                }
            }
            say("64 connections, each asking as soon as it was answered; medians of %d runs of %d s, in turn:", ROUNDS, RUN
                    .toSeconds());
            say("");
            say("| | requests/s | of nginx | p50 ms | p99 ms |");
            say("|---|---|---|---|---|");
            var base = results.get("nginx `return 302`");
            for (var what : List.of("nginx `return 302`", "redirect", "landing page", "paste")) {
                var runs = results.get(what);
                say(
                        "| %s | %,.0f | %.2f | %.2f | %.1f |",
                        what,
                        median(runs.stream().mapToDouble(Wrk.Result::perSecond)),
                        median(IntStream.range(0, ROUNDS)
                                .mapToDouble(i ->
                                        runs.get(i).perSecond() / base.get(i).perSecond())),
                        median(runs.stream().mapToDouble(Wrk.Result::p50)),
                        median(runs.stream().mapToDouble(Wrk.Result::p99)));
            }
            say("");
            var counting = System.nanoTime();
            awaitCounted(app);
            // Each of the 64 connections may have been cut off after its touch was stored.
            say(
                    "%,d requests answered, %,d touches stored; %d s after the last run all were in the log and counted.",
                    answered,
                    touches() - stored,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - counting));
            say("");
        }
    }

    private static double median(java.util.stream.DoubleStream values) {
        var sorted = values.sorted().toArray();
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    /** A web server that does nothing but redirect, with its access log on. */
    private static final class Nginx implements AutoCloseable {
        private final int port;
        private final Process process;

        Nginx(Path folder) throws IOException, InterruptedException {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            var conf = Files.writeString(folder.resolve("nginx.conf"), """
                    worker_processes auto;
                    daemon off;
                    pid %1$s/nginx.pid;
                    error_log %1$s/nginx-error.log;
                    events { worker_connections 1024; }
                    http {
                        access_log %1$s/nginx-access.log;
                        keepalive_requests 1000000000;
                        server {
                            listen 127.0.0.1:%2$d;
                            location / { return 302 https://uland.taobao.com/coupon/edetail?itemId=690000000001&pid=mm_1_2_3; }
                        }
                    }
                    """.formatted(folder, port));
            process = new ProcessBuilder("nginx", "-c", conf.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("nginx.out").toFile())
                    .start();
            Thread.sleep(500);
        }

        String url() {
            return "http://127.0.0.1:" + port;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }

    // The fixed rate.

    private void fixedRate(PackagedApp app, World world) throws Exception {
        var port = URI.create(app.url()).getPort();
        // Both sides compile their code first.
        OpenLoad.clicks(port, world.redirects(), WEIBO, FIXED_RATE, RUN.multipliedBy(2));
        awaitCounted(app);
        var before = touches();
        var result = OpenLoad.clicks(port, world.redirects(), WEIBO, FIXED_RATE, RUN.multipliedBy(3));
        awaitCounted(app);
        say(
                "Redirects at a fixed %,d/s for %d s, from the same two cores: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest"
                        + " %.0f ms; %,d asked, %,d failed, %,d touches stored; %.0f ms waited for connections in all.",
                FIXED_RATE,
                RUN.multipliedBy(3).toSeconds(),
                result.p50(),
                result.p99(),
                result.p999(),
                result.max(),
                result.asked(),
                result.failed(),
                touches() - before,
                result.waited());
        say("");
    }

    // A million live links.

    private void many(World world) throws Exception {
        try (var app = new PackagedApp(folder, "-Xms1g", "-Xmx1g")) {
            app.start();
            List<String> codes;
            try (var connection = connect()) {
                codes = ManyLinks.like(connection, world.redirects().getFirst(), MANY);
            }
            app.stop();
            var start = app.start();
            var warm = Pattern.compile("(\\d+) links read in (\\d+) ms")
                    .matcher(Files.readString(app.log()))
                    .results()
                    .toList()
                    .getLast();
            say(
                    "With %,d live links and a heap of 1 GB: ready after %.1f s, of which %.1f s for reading %s links.",
                    MANY,
                    start.toMillis() / 1e3,
                    Long.parseLong(warm.group(2)) / 1e3,
                    warm.group(1));
            if (Wrk.installed("wrk")) {
                var few = wrk.clicks("few", world.redirects(), WEIBO);
                var all = wrk.clicks("all", codes.subList(0, MANY / 5), WEIBO);
                wrk.run(few, app.url(), RUN);
                var ratios = new ArrayList<Double>();
                for (var round = 0; round < ROUNDS; round++) {
                    var known = wrk.run(few, app.url(), RUN).perSecond();
                    ratios.add(wrk.run(all, app.url(), RUN).perSecond() / known);
                }
                say(
                        "Clicks spread over %,d of them come at %.2f of the rate of clicks on %,d; heap in use then: %.0f MB.",
                        MANY / 5,
                        median(ratios.stream().mapToDouble(r -> r)),
                        CODES,
                        metric(app, "jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*}") / (1 << 20));
            }
        }
    }

    // Order lines.

    /** Report files, from the upload to the books: read, matched, folded, attributed, posted. */
    private void ingest(PackagedApp app) throws Exception {
        var operator = Files.readString(folder.resolve("data/operator-key")).strip();
        var pids = pids(app, operator);
        var ours = new ArrayList<Double>();
        var plain = new ArrayList<Double>();
        // The first round lets both sides compile their code.
        for (var round = 0; round <= ROUNDS; round++) {
            var first = 2_000_000_000_000_000_000L + 2L * round * LINES;
            var reports = List.of(ManyOrders.report(LINES, first, pids), ManyOrders.report(LINES, first + LINES, pids));
            // What the run before left to be counted is not this one's work.
            awaitOrdersCounted();
            var began = System.nanoTime();
            try (var readers = Executors.newFixedThreadPool(reports.size())) {
                for (var outcome : readers.invokeAll(reports.stream()
                        .map(report -> (Callable<JsonNode>) () -> upload(app, operator, report))
                        .toList())) {
                    if (outcome.get().get("accepted").asInt() != LINES) {
                        throw new IOException("not all rows were taken: " + outcome.get());
                    }
                }
            }
            var seconds = (System.nanoTime() - began) / 1e9;
            try (var connection = connect()) {
                var copied = ManyOrders.copy(connection, reports.getFirst());
                if (round > 0) {
                    ours.add(2 * LINES / seconds);
                    plain.add(LINES / copied);
                }
            }
        }
        say(
                "Two files of %,d settled order lines at once, from the upload to the books (read, folded, attributed to exact"
                        + " slots, posted; counts of the roll-ups beside): %,.0f lines/s; plain COPY of the same rows into a plain table: %,.0f lines/s;"
                        + " medians of %d runs in turn.",
                LINES,
                median(ours.stream().mapToDouble(r -> r)),
                median(plain.stream().mapToDouble(r -> r)),
                ROUNDS);
        say("");
    }

    private void awaitOrdersCounted() throws Exception {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            while (true) {
                try (var waiting = statement.executeQuery("select count(*) from order_change")) {
                    waiting.next();
                    if (waiting.getLong(1) == 0) {
                        return;
                    }
                }
                Thread.sleep(200);
            }
        }
    }

    /** Slots that placements of a creator hold. */
    private List<String> pids(PackagedApp app, String operator) throws Exception {
        var creator = post(
                        app,
                        operator,
                        "people",
                        Map.of("login", "ingest", "displayName", "x", "role", "CREATOR", "creatorName", "ingest"))
                .get("apiKey")
                .asText();
        var channels = IntStream.range(0, 50)
                .mapToObj(i -> Map.of("platform", "WEIBO", "scene", "NOTE", "label", Integer.toString(i)))
                .toList();
        var found = new ArrayList<String>();
        for (var kit = 0; kit < 10; kit++) {
            var item = "https://item.taobao.com/item.htm?id=" + (695_000_000_000L + kit);
            post(app, creator, "link-kits", Map.of("product", item, "channels", channels, "media", List.of("LINK")))
                    .get("placements")
                    .forEach(placement ->
                            found.add(placement.get("slot").get("value").asText()));
        }
        return found;
    }

    private JsonNode upload(PackagedApp app, String key, byte[] report) throws Exception {
        var boundary = "zhida-bench";
        var body = new java.io.ByteArrayOutputStream();
        body.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"marketplace\"\r\n\r\nTAOBAO\r\n--"
                        + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n"
                        + "Content-Type: text/csv\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        body.writeBytes(report);
        body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var response = http.send(
                HttpRequest.newBuilder(URI.create(app.url() + "/api/v1/order-reports"))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("order-reports: " + response.body());
        }
        return json.readTree(response.body());
    }

    // A month of a million lines: locked, and downloaded.

    private void csv(World world) throws Exception {
        // A young generation this small shows what stays, not what is waiting to be collected.
        try (var app = new PackagedApp(folder, "-Xms512m", "-Xmx512m", "-Xmn24m")) {
            app.start();
            var operator = Files.readString(folder.resolve("data/operator-key")).strip();
            var month = YearMonth.now(ZoneId.of("Asia/Shanghai")).minusMonths(1);
            try (var connection = connect()) {
                ManyCommissions.make(connection, world.redirects().getFirst(), MANY, month);
            }
            var finance = new ArrayList<String>();
            for (var login : List.of("bench-finance", "bench-finance-2")) {
                finance.add(post(app, operator, "people", Map.of("login", login, "displayName", login, "role", "FINANCE"))
                        .get("apiKey")
                        .asText());
            }
            download("open", app, finance.getFirst(), month, ManyCommissions.query(month, false));
            post(app, finance.getFirst(), "periods/" + month + "/lock", Map.of());
            var began = System.nanoTime();
            post(app, finance.getLast(), "periods/" + month + "/lock/approve", Map.of());
            say("A month of %,d lines is locked in %.1f s.", MANY, (System.nanoTime() - began) / 1e9);
            download("closed", app, finance.getFirst(), month, ManyCommissions.query(month, true));
            say("");
        }
    }

    /** The same rows by COPY to a client that throws them away, and as a file over HTTP, in turn. */
    private void download(String what, PackagedApp app, String key, YearMonth month, String query) throws Exception {
        var path = "commissions.csv?period=" + month;
        get(app, key, path);
        var copies = new ArrayList<Double>();
        var downloads = new ArrayList<Double>();
        var ratios = new ArrayList<Double>();
        var growth = 0.0;
        var bytes = 0L;
        for (var round = 0; round < ROUNDS; round++) {
            var began = System.nanoTime();
            long rows;
            try (var connection = connect()) {
                rows = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("copy (" + query + ") to stdout", OutputStream.nullOutputStream());
            }
            copies.add((System.nanoTime() - began) / 1e9);
            if (rows != MANY) {
                throw new IOException("COPY had " + rows + " rows");
            }
            collect(app);
            var before = heap(app);
            var highest = new AtomicLong();
            var done = new AtomicBoolean();
            var watch = Thread.startVirtualThread(() -> {
                while (!done.get()) {
                    highest.accumulateAndGet((long) heap(app), Math::max);
                }
            });
            began = System.nanoTime();
            bytes = get(app, key, path);
            downloads.add((System.nanoTime() - began) / 1e9);
            done.set(true);
            watch.join();
            growth = Math.max(growth, highest.get() - before);
            ratios.add(copies.getLast() / downloads.getLast());
        }
        say(
                "commissions.csv of a month that is %s, %,d lines, %,d MB: %.1f s, %.2f of the rate of PostgreSQL's own COPY of the "
                        + "same query (%.1f s); the heap grows by %.0f MB at most.",
                what,
                MANY,
                bytes >> 20,
                median(downloads.stream().mapToDouble(d -> d)),
                median(ratios.stream().mapToDouble(r -> r)),
                median(copies.stream().mapToDouble(d -> d)),
                growth / (1 << 20));
    }

    private double heap(PackagedApp app) {
        try {
            return metric(app, "jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*}");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(PackagedApp app) throws Exception {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        new ProcessBuilder(jcmd, Long.toString(app.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Reads a file to its end, which it has to have; answers its size. */
    private long get(PackagedApp app, String key, String path) throws Exception {
        var response = http.send(
                HttpRequest.newBuilder(URI.create(app.url() + "/api/v1/" + path))
                        .header("Authorization", "Bearer " + key)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        var buffer = new byte[1 << 16];
        var size = 0L;
        var last = "";
        try (var in = response.body()) {
            for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                size += read;
                last = last + new String(buffer, Math.max(0, read - 200), Math.min(200, read), StandardCharsets.ISO_8859_1);
                last = last.substring(Math.max(0, last.length() - 200));
            }
        }
        if (response.statusCode() != 200 || !last.contains("\r\n#END," + MANY + ",")) {
            throw new IOException(path + ": " + response.statusCode() + " " + last);
        }
        return size;
    }

    // The world, through the API.

    private World world(PackagedApp app) throws Exception {
        var operator = Files.readString(folder.resolve("data/operator-key")).strip();
        var account = post(app, operator, "marketplace-accounts", Map.of("marketplace", "TAOBAO", "name", "bench"))
                .get("id")
                .asText();
        post(
                app,
                operator,
                "marketplace-accounts/" + account + "/slots",
                Map.of("pids", IntStream.range(0, 6_000).mapToObj(i -> "mm_1_2_" + (100_000 + i)).toList()));
        var creator = post(
                        app,
                        operator,
                        "people",
                        Map.of("login", "bench", "displayName", "bench", "role", "CREATOR", "creatorName", "bench"))
                .get("apiKey")
                .asText();
        return new World(
                placements(app, creator, "WEIBO", "NOTE", "LINK", "code"),
                placements(app, creator, "WECHAT", "GROUP", "LINK", "code"),
                placements(app, creator, "XIAOHONGSHU", "NOTE", "TOKEN", "token"));
    }

    private List<String> placements(
            PackagedApp app, String key, String platform, String scene, String medium, String field) throws Exception {
        var found = new ArrayList<String>();
        for (var kit = 0; found.size() < CODES; kit++) {
            var channels = IntStream.range(0, 50)
                    .mapToObj(i -> Map.of("platform", platform, "scene", scene, "label", Integer.toString(i)))
                    .toList();
            post(
                            app,
                            key,
                            "link-kits",
                            Map.of(
                                    "product",
                                    "https://item.taobao.com/item.htm?id=" + (690_000_000_000L + kit),
                                    "channels",
                                    channels,
                                    "media",
                                    List.of(medium)))
                    .get("placements")
                    .forEach(placement -> found.add(placement.get(field).asText()));
        }
        return found;
    }

    private JsonNode post(PackagedApp app, String key, String path, Object body) throws Exception {
        var response = http.send(
                HttpRequest.newBuilder(URI.create(app.url() + "/api/v1/" + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(path + ": " + response.body());
        }
        return json.readTree(response.body());
    }

    private Connection connect() throws Exception {
        return connect(folder);
    }

    private static Connection connect(Path folder) throws Exception {
        var port = Files.readAllLines(folder.resolve("data/postgresql/cluster/postmaster.pid")).get(3).strip();
        var password = Files.readString(folder.resolve("data/postgresql/password")).strip();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/zhida", "zhida", password);
    }

    private long touches() throws Exception {
        try (var connection = connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from touch")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Waits until everything is in the table and counted, so that one run does not pay for the one before. */
    private void awaitCounted(PackagedApp app) throws Exception {
        while (metric(app, "zhida_touch_spool") > 0 || metric(app, "zhida_touch_queue") > 0) {
            Thread.sleep(200);
        }
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var left = 1L; left > 0; ) {
                Thread.sleep(200);
                try (var row = statement.executeQuery("select count(*) from touch_batch")) {
                    row.next();
                    left = row.getLong(1);
                }
            }
        }
    }

    private double metric(PackagedApp app, String pattern) throws Exception {
        var metrics = http.send(
                        HttpRequest.newBuilder(URI.create(app.url() + "/q/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return Pattern.compile("(?m)^" + pattern + " ([\\d.E+]+)$")
                .matcher(metrics)
                .results()
                .mapToDouble(result -> Double.parseDouble(result.group(1)))
                .sum();
    }
}
