package dev.zhida.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.link.LinkKits;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.slot.Slots;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/**
 * The sandbox marketplace, which stands for the real ones where the demo is built with it: people buy there through the
 * demo's links, and the demo pulls their orders like any others. It forgets everything when it stops.
 */
@ApplicationScoped
class DemoMarketplace {

    /** The marketplaces that the demo has an account at. */
    static final List<Marketplace> MARKETPLACES =
            List.of(Marketplace.TAOBAO, Marketplace.JD, Marketplace.PDD, Marketplace.DOUYIN);

    /** Since when people buy; the links have been out a day longer, and as far back the accounts are pulled. */
    private static final Duration BUYING_FOR = Duration.ofDays(14);

    private static final int LINES = 150;
    private static final Duration PULLED_WITHIN = Duration.ofSeconds(60);

    private final Optional<URI> sandbox;
    private final URI here;
    private final Slots slots;
    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final Clock clock;

    DemoMarketplace(
            @ConfigProperty(name = "zhida.marketplace.sandbox") Optional<URI> sandbox,
            @ConfigProperty(name = "quarkus.http.port") int port,
            Slots slots,
            Jdbi jdbi,
            ObjectMapper json,
            Clock clock) {
        this.sandbox = sandbox;
        this.here = URI.create("http://127.0.0.1:" + port);
        this.slots = slots;
        this.jdbi = jdbi;
        this.json = json;
        this.clock = clock;
    }

    /** Whether the sandbox answers; the demo is worth having without it. */
    boolean isThere() throws InterruptedException {
        try {
            return sandbox.isPresent()
                    && ask(sandbox.get(), "GET", "/control/clock", null).has("now");
        } catch (IOException e) {
            Log.debug("no sandbox marketplace", e);
            return false;
        }
    }

    /** Lets people buy through the links, connects the accounts, and waits until what they bought is pulled. */
    void trade(List<LinkKits.Posted> posted) throws IOException, InterruptedException {
        sendOutLongAgo(posted);
        for (var marketplace : MARKETPLACES) {
            buy(marketplace, posted);
            connect(marketplace);
        }
        var deadline = clock.instant().plus(PULLED_WITHIN);
        while (open() && clock.instant().isBefore(deadline)) {
            Thread.sleep(200);
        }
    }

    /** Orders of the last weeks came through links that were out by then. */
    private void sendOutLongAgo(List<LinkKits.Posted> posted) {
        var ids = posted.stream().map(one -> one.placement().id()).toList();
        jdbi.useTransaction(handle -> {
            handle.createUpdate("""
                            update slot_lease set from_at = from_at - interval '15 days' where placement_id = any(:ids)
                            """).bindArray("ids", Long.class, ids).execute();
            handle.createUpdate("""
                            update placement set created_at = created_at - interval '15 days' where id = any(:ids)
                            """).bindArray("ids", Long.class, ids).execute();
        });
    }

    private void buy(Marketplace marketplace, List<LinkKits.Posted> posted) throws IOException, InterruptedException {
        var through = posted.stream()
                .filter(one -> one.slot() != null && one.slot().kind().marketplace() == marketplace)
                .map(one -> Map.of("value", one.slot().value()))
                .toList();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        ask(
                sandbox.orElseThrow(),
                "POST",
                "/control/world",
                Map.of(
                        "marketplace",
                        marketplace,
                        "from",
                        now.minus(BUYING_FOR).toString(),
                        "until",
                        now.toString(),
                        "lines",
                        LINES,
                        "slots",
                        through));
    }

    private void connect(Marketplace marketplace) throws IOException, InterruptedException {
        var vendor = marketplace == Marketplace.DOUYIN ? "PANGOLIN" : marketplace.name();
        for (var account : ask(sandbox.orElseThrow(), "GET", "/control/accounts", null)) {
            if (account.get("vendor").asText().equals(vendor)) {
                var connection = new HashMap<String, Object>(Map.of(
                        "appKey",
                        account.get("appKey").asText(),
                        "secret",
                        account.get("secret").asText()));
                if (account.hasNonNull("session")) {
                    connection.put("session", account.get("session").asText());
                }
                if (marketplace == Marketplace.JD) {
                    // The one that makes tokens as well.
                    connection.put("settings", Map.of("linkMethod", "bysubunionid"));
                }
                var id = slots.account(marketplace, "demo");
                ask(here, "PUT", "/api/v1/connections/" + id, connection);
            }
        }
    }

    private boolean open() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select count(distinct account_id) < :accounts or bool_or(state in ('PENDING', 'RUNNING'))
                        from pull_window where kind = 'LIVE'
                        """)
                .bind("accounts", MARKETPLACES.size())
                .mapTo(Boolean.class)
                .one());
    }

    private JsonNode ask(URI base, String method, String path, Object body) throws IOException, InterruptedException {
        try (var http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            var answer = http.send(
                    HttpRequest.newBuilder(base.resolve(path))
                            .header("Authorization", "Bearer demo-operator")
                            .header("Content-Type", "application/json")
                            .timeout(Duration.ofSeconds(10))
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(method + " " + path + " was answered with " + answer.statusCode());
            }
            return json.readTree(answer.body());
        }
    }
}
