package dev.zhida.edge;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.link.LiveLinks;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.platform.UserAgent;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchLog;
import dev.zhida.touch.TrafficRules;
import dev.zhida.touch.VisitorSalts;
import io.quarkus.logging.Log;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code GET /r/{code}}: records the click, then sends the fan on. A plain route, outside of REST and ORM. */
@ApplicationScoped
class Redirect {

    private static final String COOKIE = "zv";
    private static final Duration COOKIE_LIFE = Duration.ofDays(180);

    private static final int AGENTS_REMEMBERED = 20_000;

    private final LiveLinks links;
    private final TouchLog touches;
    private final VisitorSalts salts;
    private final Clock clock;

    private final LoadingCache<String, KnownAgent> agents =
            Caffeine.newBuilder().maximumSize(AGENTS_REMEMBERED).build(KnownAgent::of);
    private final boolean revealTouch;

    Redirect(
            LiveLinks links,
            TouchLog touches,
            VisitorSalts salts,
            Clock clock,
            @ConfigProperty(name = "zhida.edge.reveal-touch") boolean revealTouch) {
        this.revealTouch = revealTouch;
        this.links = links;
        this.touches = touches;
        this.salts = salts;
        this.clock = clock;
    }

    void register(@Observes Router router) {
        router.get("/r/:code").handler(this::handle);
        router.head("/r/:code").handler(this::handle);
    }

    private void handle(RoutingContext context) {
        var code = links.read(context.pathParam("code")).orElse(null);
        if (code == null) {
            sorry(context, 404, "没有找到这个链接", "链接可能输错了一个字，请回到原文再点一次，或重新复制口令。");
            return;
        }
        var remembered = links.remembered(code);
        if (remembered != null) {
            answer(context, remembered);
            return;
        }
        context.vertx().executeBlocking(() -> links.lookUp(code), false).onComplete(found -> {
            if (found.succeeded()) {
                answer(context, found.result());
            } else {
                tryAgain(context, found.cause());
            }
        });
    }

    private void answer(RoutingContext context, Optional<LiveLink> found) {
        var at = clock.instant();
        if (found.isEmpty()) {
            sorry(context, 404, "没有找到这个链接", "链接可能输错了一个字，请回到原文再点一次，或重新复制口令。");
            return;
        }
        var link = found.get();
        if (link.endedAt(at)) {
            sorry(context, 410, "这个链接已经结束", "活动可能已经结束，请向分享的人要一个新的链接。");
            return;
        }
        if (link.destinationHost() == null) {
            Log.errorf("placement %s leads to no marketplace", link.code());
            sorry(context, 410, "这个链接暂时不能打开", "我们已经收到提醒，请稍后再试。");
            return;
        }
        var caller = context.vertx().getOrCreateContext();
        var click = click(context, link, at);
        touches.record(click)
                .whenComplete((stored, failure) -> caller.runOnContext(none -> {
                    if (failure == null) {
                        if (revealTouch) {
                            context.response()
                                    .putHeader("X-Touch-Id", click.id().toString());
                        }
                        // Not cacheable: a cached redirect is a click we never see.
                        context.response()
                                .setStatusCode(302)
                                .putHeader("Location", link.destination())
                                .putHeader("Cache-Control", "no-store")
                                .end();
                    } else {
                        tryAgain(context, failure);
                    }
                }));
    }

    private Touch click(RoutingContext context, LiveLink link, Instant at) {
        var request = context.request();
        var agent = agents.get(agent(request));
        var purpose = request.getHeader("Sec-Purpose");
        var flag = TrafficRules.byRequest(
                        request.method().name(), purpose == null ? request.getHeader("Purpose") : purpose)
                .or(agent::flag);
        return new Touch(
                UuidCreator.getTimeOrderedEpochFast(),
                at,
                link.placementId(),
                Touch.Kind.CLICK,
                Touch.Outcome.REDIRECT,
                link.destinationHost(),
                null,
                agent.detected().hostApp().name(),
                agent.detected().appMajor() == 0 ? null : agent.detected().appMajor(),
                agent.detected().os().name(),
                flag.map(Enum::name).orElse(null),
                visitor(context, agent.text(), at),
                agent.text().isEmpty() ? null : agent.text(),
                null,
                null);
    }

    /** What a user agent tells, worked out once. */
    private record KnownAgent(String text, UserAgent detected, Optional<TrafficRules.Flag> flag) {
        static KnownAgent of(String text) {
            return new KnownAgent(text, UserAgent.detect(text), TrafficRules.byAgent(text));
        }
    }

    private static String agent(HttpServerRequest request) {
        var agent = request.getHeader("User-Agent");
        return agent == null ? "" : agent.substring(0, Math.min(agent.length(), UserAgent.MAX_LENGTH));
    }

    private UUID visitor(RoutingContext context, String agent, Instant at) {
        var cookie = context.request().getCookie(COOKIE);
        if (cookie != null) {
            try {
                return UUID.fromString(cookie.getValue());
            } catch (IllegalArgumentException e) {
                Log.debug("a cookie that is none of ours", e);
            }
        }
        // Random enough to be nobody else's; it opens nothing, so it need not be a secret.
        var random = ThreadLocalRandom.current();
        context.response()
                .addCookie(Cookie.cookie(COOKIE, new UUID(random.nextLong(), random.nextLong()).toString())
                        .setPath("/r/")
                        .setMaxAge(COOKIE_LIFE.toSeconds())
                        .setHttpOnly(true)
                        .setSameSite(CookieSameSite.LAX));
        return salts.visitor(context.request().remoteAddress().hostAddress(), agent, at);
    }

    private static void tryAgain(RoutingContext context, Throwable cause) {
        Log.debug("a fan is asked to try again", cause);
        context.response().putHeader("Retry-After", "2");
        sorry(context, 503, "请稍后再试", "现在有点忙，请过几秒再点一次。");
    }

    private static void sorry(RoutingContext context, int status, String heading, String words) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(FanPages.sorry(heading, words).render());
    }
}
