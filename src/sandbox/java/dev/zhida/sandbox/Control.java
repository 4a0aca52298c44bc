package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /control}: the clock, the faults, the accounts, the population, and the truth about it. */
final class Control implements HttpHandler {

    private final Sandbox sandbox;
    private final FansWalk fans;

    Control(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.fans = new FansWalk(sandbox);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = Request.read(exchange);
            try {
                switch (request.path()) {
                    case "/truth" -> truth(exchange, request.query());
                    case "/settlement" -> settlement(exchange, request.query());
                    default -> Sandbox.send(exchange, Answer.json(answer(request)));
                }
            } catch (IllegalArgumentException | DateTimeParseException | JsonProcessingException e) {
                Sandbox.send(
                        exchange,
                        new Answer(
                                400,
                                "application/json",
                                JSON.createObjectNode()
                                        .put("error", e.getMessage())
                                        .toString()));
            }
        }
    }

    private JsonNode answer(Request request) throws JsonProcessingException {
        var reads = request.method().equals("GET");
        var body = reads ? JSON.createObjectNode() : request.json();
        if (body == null) {
            throw new IllegalArgumentException("send a JSON object");
        }
        return switch (request.path()) {
            case "/clock" -> clock(body);
            case "/faults" -> reads ? faults() : changeFaults(body);
            case "/accounts" -> reads ? accounts() : addAccount(body);
            case "/pids" -> addPids(body);
            case "/promotions" -> {
                body.path("days").forEach(day -> sandbox.promotion(day.asInt()));
                yield JSON.createObjectNode();
            }
            case "/world" -> world(body);
            case "/orders" -> order(body);
            case "/fans" -> reads ? fans.counts() : fans.walk(body);
            default ->
                throw new IllegalArgumentException(
                        "there is clock, faults, accounts, pids, promotions, world, orders, fans, truth, settlement");
        };
    }

    private JsonNode clock(JsonNode body) {
        var clock = sandbox.clock();
        var speed = body.path("speed").asDouble(clock.speed());
        clock.set(body.has("set") ? Instant.parse(body.get("set").asText()) : clock.now(), speed);
        if (body.has("advance")) {
            clock.advance(Duration.parse(body.get("advance").asText()));
        }
        return JSON.createObjectNode().put("now", clock.now().toString()).put("speed", clock.speed());
    }

    private JsonNode faults() {
        var out = JSON.createObjectNode();
        for (var vendor : Vendor.values()) {
            out.set(vendor.name(), JSON.valueToTree(sandbox.accounts().faults(vendor)));
        }
        return out;
    }

    /** One vendor, or all of them where none is named. What is not named is off. */
    private JsonNode changeFaults(JsonNode body) throws JsonProcessingException {
        var fields = body.deepCopy();
        ((ObjectNode) fields).remove("marketplace");
        var next = JSON.treeToValue(fields, Faults.class);
        for (var vendor : body.has("marketplace") ? List.of(vendor(body)) : List.of(Vendor.values())) {
            sandbox.faults(vendor, next);
        }
        return faults();
    }

    private JsonNode accounts() {
        var out = JSON.createArrayNode();
        for (var own : sandbox.accounts().all()) {
            var account = own.account();
            out.addObject()
                    .put("vendor", account.vendor().name())
                    .put("appKey", account.appKey())
                    .put("secret", account.secret())
                    .put("session", account.session())
                    .put("pid", account.pid())
                    .put("lines", own.market().lines().size());
        }
        return out;
    }

    private JsonNode addAccount(JsonNode body) {
        var vendor = vendor(body);
        var like =
                switch (vendor) {
                    case TAOBAO -> Account.TAOBAO;
                    case JD -> Account.JD;
                    case PDD -> Account.PDD;
                    case PANGOLIN -> Account.PANGOLIN;
                    case BUYIN -> Account.BUYIN;
                };
        sandbox.account(new Account(
                vendor,
                required(body, "appKey"),
                required(body, "secret"),
                body.path("session").asText(like.session()),
                body.path("pid").asText(like.pid())));
        return accounts();
    }

    private JsonNode addPids(JsonNode body) {
        var own = sandbox.accounts()
                .known(Vendor.TAOBAO, body.path("accountAppKey").asText(Account.TAOBAO.appKey()));
        if (own == null) {
            throw new IllegalArgumentException("there is no such account");
        }
        body.path("pids").forEach(pid -> own.addPid(pid.asText()));
        return JSON.createObjectNode().put("pids", own.pids().size());
    }

    private JsonNode world(JsonNode body) {
        var slots = new ArrayList<Sandbox.SlotShare>();
        body.path("slots")
                .forEach(slot -> slots.add(new Sandbox.SlotShare(
                        slot.path("value").asText(), slot.path("weight").asInt(1))));
        var items = new ArrayList<String>();
        body.path("itemIds").forEach(item -> items.add(item.asText()));
        var lines = body.path("lines").asInt(body.path("orders").asInt());
        var orders = sandbox.populate(new Sandbox.World(
                vendor(body),
                text(body, "accountAppKey"),
                Instant.parse(required(body, "from")),
                Instant.parse(required(body, "until")),
                lines,
                slots,
                items,
                body.has("seed") ? body.get("seed").asLong() : null));
        return JSON.createObjectNode().put("orders", orders).put("lines", lines);
    }

    private JsonNode order(JsonNode body) {
        var outcome = text(body, "outcome");
        var at = text(body, "at");
        var clickedAt = text(body, "clickedAt");
        var out = JSON.createArrayNode();
        for (var line : sandbox.bought(new Sandbox.Buy(
                vendor(body),
                text(body, "accountAppKey"),
                text(body, "slot"),
                text(body, "itemId"),
                outcome == null ? null : Outcome.valueOf(outcome),
                at == null ? null : Instant.parse(at),
                clickedAt == null ? null : Instant.parse(clickedAt),
                body.path("lines").asInt()))) {
            out.add(Truth.of(line, line.states()[0].at()));
        }
        return out;
    }

    /** Every line as JSON on a line of its own: as it is now, at a given time, or at the {@code end} of its life. */
    private void truth(HttpExchange exchange, Map<String, String> query) throws IOException {
        var asked = query.getOrDefault("at", "");
        var at = asked.isEmpty()
                ? sandbox.clock().second()
                : asked.equals("end") ? Long.MAX_VALUE : Instant.parse(asked).getEpochSecond();
        var lines = lines(query);
        exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson;charset=UTF-8");
        exchange.sendResponseHeaders(200, 0);
        try (var writer = new BufferedWriter(
                new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8), 65_536)) {
            for (var line : lines) {
                var row = Truth.of(line, at);
                if (row != null) {
                    writer.write(row.toString());
                    writer.write('\n');
                }
            }
        }
    }

    private void settlement(HttpExchange exchange, Map<String, String> query) throws IOException {
        var month = YearMonth.parse(query.getOrDefault("month", ""));
        var rows = Truth.statement(
                lines(query),
                month.getYear() * 100 + month.getMonthValue(),
                sandbox.clock().second());
        Sandbox.send(exchange, new Answer(200, "text/csv;charset=UTF-8", String.join("\r\n", rows) + "\r\n"));
    }

    private List<Line> lines(Map<String, String> query) {
        var marketplace = query.get("marketplace");
        var appKey = query.get("accountAppKey");
        return sandbox.accounts().all().stream()
                .filter(own -> marketplace == null
                        || own.account().vendor().name().equals(marketplace)
                        || own.account().vendor().marketplace().equals(marketplace))
                .filter(own -> appKey == null || own.account().appKey().equals(appKey))
                .flatMap(own -> own.market().lines().stream())
                .toList();
    }

    /** A vendor by its name, or by its marketplace's. */
    static Vendor vendor(JsonNode body) {
        var name = required(body, "marketplace");
        return Vendor.valueOf(name.equals("DOUYIN") ? "PANGOLIN" : name);
    }

    static String text(JsonNode body, String name) {
        return body.hasNonNull(name) ? body.get(name).asText() : null;
    }

    static String required(JsonNode body, String name) {
        if (!body.hasNonNull(name)) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return body.get(name).asText();
    }
}
