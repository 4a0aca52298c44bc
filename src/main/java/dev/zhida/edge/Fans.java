package dev.zhida.edge;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.UserAgent;
import dev.zhida.touch.HitRate;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TrafficRules;
import dev.zhida.touch.TrafficRules.Flag;
import dev.zhida.touch.VisitorSalts;
import io.quarkus.logging.Log;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Who asks: what a request tells of the fan behind it. */
@ApplicationScoped
class Fans {

    private static final String COOKIE_IS = "zv=";
    private static final int UUID_LENGTH = 36;
    private static final Duration COOKIE_LIFE = Duration.ofDays(180);
    private static final int AGENTS_REMEMBERED = 20_000;

    private final VisitorSalts salts;
    private final Clock clock;
    private final HitRate hits = new HitRate();
    /** Working an agent out costs more than the rest of a request, and most fans have one of a few. */
    private final LoadingCache<String, Agent> agents =
            Caffeine.newBuilder().maximumSize(AGENTS_REMEMBERED).build(Agent::of);

    Fans(VisitorSalts salts, Clock clock) {
        this.salts = salts;
        this.clock = clock;
    }

    /** What a user agent tells, worked out once. */
    record Agent(String text, UserAgent detected, Optional<Flag> flag) {
        static Agent of(String text) {
            return new Agent(text, UserAgent.detect(text), TrafficRules.byAgent(text));
        }
    }

    /**
     * A fan, for the length of a request.
     *
     * @param byRequest why this is no person, as the way of asking tells; nothing for a person
     * @param visitor her cookie, or a keyed hash that is worth one day where she came with none
     * @param cookie the one she has, or was given with the answer
     * @param hits how often visitors come
     */
    record Fan(Instant at, Agent agent, Optional<Flag> byRequest, UUID visitor, UUID cookie, HitRate hits) {

        /** What she did; what {@link Touch} says of each part holds. */
        Touch touch(
                UUID id,
                long placementId,
                Touch.Kind kind,
                Touch.Outcome outcome,
                String destinationHost,
                Integer policyVersion,
                UUID clickId,
                String repaired) {
            var detected = agent.detected();
            var hit = TrafficRules.isHit(kind) ? hits.hit(placementId, visitor, at) : 0;
            return new Touch(
                    id,
                    at,
                    placementId,
                    kind,
                    outcome,
                    destinationHost,
                    policyVersion,
                    detected.hostApp().name(),
                    detected.appMajor() == 0 ? null : detected.appMajor(),
                    detected.os().name(),
                    TrafficRules.classify(byRequest, agent.flag(), hit)
                            .map(Enum::name)
                            .orElse(null),
                    visitor,
                    agent.text().isEmpty() ? null : agent.text(),
                    clickId,
                    repaired);
        }

        /** Whether this is a program that looks at links, not one that follows them. */
        boolean wantsPreview() {
            return agent.flag()
                    .filter(flag -> flag == Flag.BOT || flag == Flag.PREVIEW)
                    .isPresent();
        }

        /** What the host-app policy is asked about a link. A scene means something in its own host app only. */
        Ground ground(LiveLink link) {
            var hostApp = agent.detected().hostApp();
            return new Ground(
                    hostApp,
                    link.platform().hostApp() == hostApp ? link.scene() : null,
                    agent.detected().os(),
                    link.marketplace(),
                    link.medium(),
                    link.topic());
        }
    }

    /**
     * The fan who makes a request; she gets a cookie if she has none.
     *
     * @param path the cookie is limited to it
     */
    Fan of(RoutingContext context, String path) {
        var at = clock.instant();
        var request = context.request();
        var agent = agents.get(agentText(request));
        var purpose = request.getHeader("Sec-Purpose");
        var byRequest = TrafficRules.byRequest(
                request.method().name(), purpose == null ? request.getHeader("Purpose") : purpose);
        var known = cookie(request);
        if (known != null) {
            return new Fan(at, agent, byRequest, known, known, hits);
        }
        // Random enough to be nobody else's; it opens nothing, so it need not be a secret.
        var random = ThreadLocalRandom.current();
        var given = new UUID(random.nextLong(), random.nextLong());
        knownAt(context, path, given);
        var address = request.remoteAddress().hostAddress();
        return new Fan(at, agent, byRequest, salts.visitor(address, agent.text(), at), given, hits);
    }

    /** Lets a fan be known at another path too. */
    static void knownAt(RoutingContext context, String path, UUID cookie) {
        context.response()
                .headers()
                .add(
                        HttpHeaders.SET_COOKIE,
                        COOKIE_IS + cookie + "; Max-Age=" + COOKIE_LIFE.toSeconds() + "; Path=" + path
                                + "; HttpOnly; SameSite=Lax");
    }

    private static String agentText(HttpServerRequest request) {
        var agent = request.getHeader("User-Agent");
        return agent == null ? "" : agent.substring(0, Math.min(agent.length(), UserAgent.MAX_LENGTH));
    }

    /** Ours among the cookies of a request. All of them are not read: this is the hot path, and one is wanted. */
    private static UUID cookie(HttpServerRequest request) {
        var cookies = request.getHeader(HttpHeaders.COOKIE);
        if (cookies == null) {
            return null;
        }
        for (var at = cookies.indexOf(COOKIE_IS); at >= 0; at = cookies.indexOf(COOKIE_IS, at + 1)) {
            var from = at + COOKIE_IS.length();
            if (at > 0 && cookies.charAt(at - 1) != ' ' && cookies.charAt(at - 1) != ';'
                    || cookies.length() < from + UUID_LENGTH) {
                continue;
            }
            try {
                return UUID.fromString(cookies.substring(from, from + UUID_LENGTH));
            } catch (IllegalArgumentException e) {
                Log.debug("a cookie that is none of ours", e);
            }
        }
        return null;
    }
}
