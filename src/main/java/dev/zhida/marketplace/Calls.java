package dev.zhida.marketplace;

import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one place through which marketplaces' APIs are asked. Each account has a token bucket, and is left alone for a
 * while when most of its calls fail by the marketplace's fault; every call is counted with what became of it.
 */
@ApplicationScoped
public class Calls {

    /** Longest that a call waits for its turn; who waits longer is told to come back. */
    private static final Duration TURN_WITHIN = Duration.ofSeconds(10);

    /** Half of the calls that are looked at, so that a break does not wait for all of them. */
    private static final int HALF = 2;

    private static final int PROBES = 2;

    /** Signatures are checked against the marketplace's own clock, whatever time the application lives in. */
    private final Clock wall = Clock.systemUTC();

    private final Outbound outbound;
    private final MarketplaceConfig config;
    private final MeterRegistry metrics;
    private final Map<UUID, RateLimiter> limiters = new ConcurrentHashMap<>();
    private final Map<UUID, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    Calls(Outbound outbound, MarketplaceConfig config, MeterRegistry metrics) {
        this.outbound = outbound;
        this.config = config;
        this.metrics = metrics;
    }

    /** What is sent. */
    public record Request(URI url, String contentType, byte[] body) {

        public static Request form(URI url, Map<String, String> fields) {
            var body = fields.entrySet().stream()
                    .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                    .collect(Collectors.joining("&"));
            return new Request(
                    url, "application/x-www-form-urlencoded; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
        }

        public static Request json(URI url, String body) {
            return new Request(url, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
        }

        public static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }

    /** The wall clock, for the timestamps of requests. */
    public Instant now() {
        return wall.instant();
    }

    /**
     * Asks once.
     *
     * @param method what is asked for, in the marketplace's words; for metrics
     * @param read understands the answer, or throws what the marketplace says went wrong
     * @throws MarketplaceFailure in every case that is not an answer
     */
    public <T> T ask(Connection connection, String method, Request request, Function<JsonNode, T> read) {
        var start = System.nanoTime();
        var outcome = "ok";
        try {
            return guarded(connection, request, read);
        } catch (MarketplaceFailure failure) {
            outcome = failure.kind().name().toLowerCase(Locale.ROOT);
            throw failure;
        } finally {
            metrics.timer(
                            "zhida.marketplace.calls",
                            "marketplace",
                            connection.marketplace().name(),
                            "method",
                            method,
                            "outcome",
                            outcome)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private <T> T guarded(Connection connection, Request request, Function<JsonNode, T> read) {
        if (!limiter(connection).acquirePermission()) {
            throw new MarketplaceFailure(
                    Kind.THROTTLED,
                    "not asked: more calls wait than the account's rate allows",
                    Duration.ofSeconds(1),
                    null);
        }
        var breaker = breakers.computeIfAbsent(connection.accountId(), this::breaker);
        if (!breaker.tryAcquirePermission()) {
            throw new MarketplaceFailure(
                    Kind.PLATFORM,
                    "not asked: most of the last calls failed, so the account is left alone for a while",
                    config.breaker().open(),
                    null);
        }
        var start = System.nanoTime();
        try {
            var answer = read.apply(send(request));
            breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return answer;
        } catch (MarketplaceFailure failure) {
            if (failure.kind() == Kind.PLATFORM) {
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
            } else {
                breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
            throw failure;
        } catch (RuntimeException | Error e) {
            breaker.releasePermission();
            throw e;
        }
    }

    private JsonNode send(Request request) {
        Outbound.Answer answer;
        try {
            answer = outbound.post(
                    request.url().toString(), request.contentType(), request.body(), Gateways.HOSTS::contains);
        } catch (IOException e) {
            // Without the cause's own words where they could quote the address, which carries a signature.
            throw new MarketplaceFailure(
                    Kind.PLATFORM, "the marketplace did not answer: " + e.getMessage(), null, e.getCause());
        }
        if (answer.status() != 200) {
            throw new MarketplaceFailure(kind(answer.status()), "the marketplace answered HTTP " + answer.status());
        }
        try {
            return ApiRow.JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new MarketplaceFailure(Kind.PLATFORM, "the marketplace answered something that is no JSON");
        }
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 429 -> Kind.THROTTLED;
            case 401, 403 -> Kind.NOT_AUTHORISED;
            case 400, 405, 413, 414, 415, 422 -> Kind.CALLER;
            // Not found, or timed out, as gateways answer while they are changed.
            default -> Kind.PLATFORM;
        };
    }

    private RateLimiter limiter(Connection connection) {
        return limiters.computeIfAbsent(connection.accountId(), id -> {
            var perSecond = config.of(connection.marketplace()).callsPerSecond();
            // One at a time, evenly: a second's worth at once would be twice the rate across two seconds.
            return RateLimiter.of(
                    id.toString(),
                    RateLimiterConfig.custom()
                            .limitForPeriod(1)
                            .limitRefreshPeriod(Duration.ofSeconds(1).dividedBy(perSecond))
                            .timeoutDuration(TURN_WITHIN)
                            .build());
        });
    }

    private CircuitBreaker breaker(UUID id) {
        var limits = config.breaker();
        return CircuitBreaker.of(
                id.toString(),
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(limits.failurePercent())
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(limits.calls())
                        .minimumNumberOfCalls(Math.max(1, limits.calls() / HALF))
                        .waitDurationInOpenState(limits.open())
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .build());
    }
}
