package dev.zhida.edge;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.money.BusinessTime;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

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

    private final String attributes;

    Fans(
            VisitorSalts salts,
            Clock clock,
            @ConfigProperty(name = "zhida.public-url") String publicUrl,
            @ConfigProperty(name = "quarkus.http.proxy.proxy-address-forwarding") boolean forwarding,
            @ConfigProperty(name = "quarkus.http.proxy.trusted-proxies") Optional<List<String>> trusted) {
        refuseBlindTrust(forwarding, trusted);
        this.salts = salts;
        this.clock = clock;
        this.attributes = "; HttpOnly; SameSite=Lax" + (publicUrl.startsWith("https:") ? "; Secure" : "");
    }

    /** Without a list of proxies the server would believe whoever says where a request came from. */
    static void refuseBlindTrust(boolean forwarding, Optional<List<String>> trusted) {
        if (forwarding && trusted.filter(proxies -> !proxies.isEmpty()).isEmpty()) {
            throw new IllegalStateException(
                    "quarkus.http.proxy.proxy-address-forwarding is on: name the proxies that are "
                            + "believed in quarkus.http.proxy.trusted-proxies");
        }
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
     * @param visitor her cookie; on the day on which she got it a keyed hash that is worth that day
     * @param cookie the one she has, or was given with the answer
     * @param known whether she came with it
     * @param hits how often visitors come
     */
    record Fan(
            Instant at, Agent agent, Optional<Flag> byRequest, UUID visitor, UUID cookie, boolean known, HitRate hits) {

        /** Whether nothing about the request or the agent says that this is no person. */
        boolean person() {
            return byRequest.isEmpty() && agent.flag().isEmpty();
        }

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
            var hit = TrafficRules.isHit(kind, visitor) ? hits.hit(placementId, visitor, at) : 0;
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
        var cookie = cookie(request);
        if (cookie != null && !givenToday(cookie, at)) {
            return new Fan(at, agent, byRequest, cookie, cookie, true, hits);
        }
        var known = cookie != null;
        if (!known) {
            // Random enough to be nobody else's; it opens nothing, so it need not be a secret.
            cookie = UuidCreator.getTimeOrderedEpochFast();
            knownAt(context, path, cookie);
        }
        // Her first click came without it, and on one day she is to be one visitor.
        var address = request.remoteAddress().hostAddress();
        return new Fan(at, agent, byRequest, salts.visitor(address, agent.text(), at), cookie, known, hits);
    }

    /** Lets a fan be known at another path too. */
    void knownAt(RoutingContext context, String path, UUID cookie) {
        context.response()
                .headers()
                .add(
                        HttpHeaders.SET_COOKIE,
                        COOKIE_IS + cookie + "; Max-Age=" + COOKIE_LIFE.toSeconds() + "; Path=" + path + attributes);
    }

    private static String agentText(HttpServerRequest request) {
        var agent = request.getHeader("User-Agent");
        return agent == null ? "" : agent.substring(0, Math.min(agent.length(), UserAgent.MAX_LENGTH));
    }

    /** A UUIDv7 begins with the milliseconds in which it was made. */
    private static boolean givenToday(UUID cookie, Instant at) {
        return cookie.version() == 7
                && BusinessTime.dayOf(Instant.ofEpochMilli(cookie.getMostSignificantBits() >>> 16))
                        .equals(BusinessTime.dayOf(at));
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
                var cookie = UUID.fromString(cookies.substring(from, from + UUID_LENGTH));
                // Nobody passes for one of those who have none.
                return VisitorSalts.isHashed(cookie) ? null : cookie;
            } catch (IllegalArgumentException e) {
                Log.debug("a cookie that is none of ours", e);
            }
        }
        return null;
    }
}
