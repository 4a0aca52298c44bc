package dev.zhida.marketplace;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A marketplace's gateway on this machine that answers as it is told, and what it takes to call it. */
public final class VendorFixture implements AutoCloseable {

    /** One request as it arrived. */
    public record Asked(String path, String query, String body) {

        /** The fields of a form, or the parameters of the query. */
        public Map<String, String> fields(String text) {
            var fields = new LinkedHashMap<String, String>();
            for (var pair : text.split("&")) {
                var parts = pair.split("=", 2);
                fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            return fields;
        }

        public Map<String, String> form() {
            return fields(body);
        }

        public Map<String, String> parameters() {
            return fields(query);
        }

        public JsonNode json() {
            return VendorFixture.json(body);
        }
    }

    /** What is answered. */
    public record Reply(int status, String body) {}

    private final HttpServer server;
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Outbound outbound;
    private volatile Function<Asked, Reply> answer = request -> new Reply(404, "");
    private volatile MarketplaceConfig config = config(1_000);

    public VendorFixture() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            var uri = exchange.getRequestURI();
            var request = new Asked(
                    uri.getPath(),
                    uri.getRawQuery(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            asked.add(request);
            var reply = answer.apply(request);
            var body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        var internet = Outbound.internet();
        outbound = new Outbound(
                new Outbound.Network(
                        internet.resolver(),
                        internet.reachable(),
                        internet.trust(),
                        internet.port(),
                        Duration.ofSeconds(2)),
                origin());
    }

    public URI origin() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What is answered from now on. */
    public VendorFixture answering(String body) {
        answer = request -> new Reply(200, body);
        return this;
    }

    public VendorFixture answering(Function<Asked, Reply> reply) {
        answer = reply;
        return this;
    }

    public VendorFixture allowing(int callsPerSecond) {
        config = config(callsPerSecond);
        return this;
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    public Asked lastAsked() {
        return asked.getLast();
    }

    public Outbound outbound() {
        return outbound;
    }

    public SimpleMeterRegistry metrics() {
        return metrics;
    }

    public Calls calls() {
        return new Calls(outbound, config, metrics);
    }

    public MarketplaceConfig config() {
        return config;
    }

    /** A connection to a path of this gateway. */
    public Connection connection(Marketplace marketplace, String path, Map<String, String> settings) {
        return new Connection(
                UUID.randomUUID(), marketplace, origin().resolve(path), "12345678", "s3cret", null, settings);
    }

    public static JsonNode json(String text) {
        try {
            return ApiRow.JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MarketplaceConfig config(int callsPerSecond) {
        return new MarketplaceConfig() {

            @Override
            public Optional<URI> sandbox() {
                return Optional.of(origin());
            }

            @Override
            public Asked taobao() {
                return asked(Duration.ofMinutes(20), 2);
            }

            @Override
            public Asked jd() {
                return asked(Duration.ofHours(1), 2);
            }

            @Override
            public Asked pdd() {
                return asked(Duration.ofHours(24), 2);
            }

            @Override
            public Asked douyin() {
                return asked(Duration.ofHours(24), 2);
            }

            private Asked asked(Duration window, int pageSize) {
                return new Asked() {
                    @Override
                    public int callsPerSecond() {
                        return callsPerSecond;
                    }

                    @Override
                    public Duration window() {
                        return window;
                    }

                    @Override
                    public int pageSize() {
                        return pageSize;
                    }
                };
            }

            @Override
            public Breaker breaker() {
                return new Breaker() {
                    @Override
                    public int failurePercent() {
                        return 50;
                    }

                    @Override
                    public int calls() {
                        return 20;
                    }

                    @Override
                    public Duration open() {
                        return Duration.ofSeconds(30);
                    }
                };
            }
        };
    }

    /** From now on nothing listens. */
    public void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
        try {
            outbound.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
