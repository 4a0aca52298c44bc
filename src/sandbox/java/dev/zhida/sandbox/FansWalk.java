package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Simulated people who click links and paste tokens of a Zhida, and then buy, or do not. */
final class FansWalk {

    private static final System.Logger LOG = System.getLogger(FansWalk.class.getName());
    private static final Pattern VISIT = Pattern.compile("data-visit=\"([0-9A-Za-z_-]+)\"");
    private static final String PHONE =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ";
    private static final List<String> AGENTS = List.of(
            PHONE + "MicroMessenger/8.0.49 NetType/WIFI Language/zh_CN",
            PHONE + "Version/18.5 Safari/604.1",
            PHONE + "QQ/9.0.17.638 V1_IPH_SQ_9.0.17_1_APP_A Core/WKWebView NetType/WIFI",
            "Mozilla/5.0 (Linux; Android 9; XXX) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.36 "
                    + "Weibo (Brand-Model__weibo__9.9.3__android__android9)",
            PHONE + "aweme_31.9.0 NetType/WIFI aweme/31.9.0 BytedanceWebview/d8a21c6");

    private final Sandbox sandbox;
    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final AtomicLong clicks = new AtomicLong();
    private final AtomicLong landings = new AtomicLong();
    private final AtomicLong copies = new AtomicLong();
    private final AtomicLong pastes = new AtomicLong();
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong walking = new AtomicLong();

    FansWalk(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    JsonNode counts() {
        return JSON.createObjectNode()
                .put("clicks", clicks.get())
                .put("landings", landings.get())
                .put("copies", copies.get())
                .put("pastes", pastes.get())
                .put("orders", orders.get())
                .put("failures", failures.get())
                .put("walking", walking.get() > 0);
    }

    /**
     * Sends people through placements, beside: {@code {"zhida", "seed", "placements": [{"code", "token", "people",
     * "buyPercent", "marketplace", "accountAppKey", "slot", "itemId"}]}}. With a token they paste it, else they click.
     */
    JsonNode walk(JsonNode body) {
        var zhida = URI.create(Control.required(body, "zhida"));
        var dice = new Random(body.path("seed").asLong(1));
        walking.incrementAndGet();
        Thread.ofVirtual().name("fans").start(() -> {
            try {
                for (var placement : body.path("placements")) {
                    for (var i = placement.path("people").asInt(10); i > 0; i--) {
                        one(zhida, placement, dice);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failures.incrementAndGet();
                LOG.log(Level.ERROR, "the fans stopped", e);
            } finally {
                walking.decrementAndGet();
            }
        });
        return counts();
    }

    /** The page that says what to do was really seen, and most people do it. */
    private void read(URI zhida, HttpRequest.Builder person, String page, Random dice)
            throws IOException, InterruptedException {
        var visit = VISIT.matcher(page);
        if (!visit.find()) {
            return;
        }
        for (var kind : dice.nextInt(10) < 6 ? List.of("landing", "copy") : List.of("landing")) {
            var told = person.uri(zhida.resolve("/t/" + visit.group(1) + "/" + kind))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            if (http.send(told, BodyHandlers.discarding()).statusCode() < 300) {
                (kind.equals("copy") ? copies : landings).incrementAndGet();
            }
        }
    }

    private void one(URI zhida, JsonNode placement, Random dice) throws InterruptedException {
        var token = Control.text(placement, "token");
        var person = HttpRequest.newBuilder()
                .header("User-Agent", AGENTS.get(dice.nextInt(AGENTS.size())))
                .header("Cookie", "zv=" + new UUID(dice.nextLong(), dice.nextLong()))
                .timeout(Duration.ofSeconds(10));
        var request = token == null
                ? person.uri(zhida.resolve("/r/" + Control.required(placement, "code")))
                        .GET()
                        .build()
                : person.uri(zhida.resolve("/api/v1/pastes"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.createObjectNode()
                                .put("text", "姐妹们冲 " + token + " 复制这段话")
                                .toString()))
                        .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200 && answer.statusCode() != 302) {
                failures.incrementAndGet();
                return;
            }
            if (token == null && answer.statusCode() == 200) {
                read(zhida, person, answer.body(), dice);
            }
        } catch (IOException e) {
            failures.incrementAndGet();
            LOG.log(Level.DEBUG, "a fan was not served", e);
            return;
        }
        (token == null ? clicks : pastes).incrementAndGet();
        if (dice.nextInt(100) < placement.path("buyPercent").asInt(10)) {
            var now = sandbox.clock().now();
            sandbox.buy(new Sandbox.Buy(
                    Control.vendor(placement),
                    Control.text(placement, "accountAppKey"),
                    Control.text(placement, "slot"),
                    Control.text(placement, "itemId"),
                    null,
                    now.plusSeconds(60 + dice.nextInt(600)),
                    now,
                    0));
            orders.incrementAndGet();
        }
    }
}
