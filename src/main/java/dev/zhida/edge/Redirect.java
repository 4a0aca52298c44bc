package dev.zhida.edge;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.edge.Fans.Fan;
import dev.zhida.edge.Visits.Visit;
import dev.zhida.experiment.RunningExperiments;
import dev.zhida.experiment.Split;
import dev.zhida.link.LiveLinks;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.money.BusinessTime;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.HostAppRule;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.Medium;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchLog;
import io.quarkus.logging.Log;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code GET /r/{code}}: records the click, then sends the fan on, or shows her what to do where she is, as the
 * policy of her host app says. A plain route, outside of REST and ORM.
 */
@ApplicationScoped
class Redirect {

    static final String PATH = "/r/";

    private static final CharSequence TOUCH_ID = HttpHeaders.createOptimized("x-touch-id");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    private static final Buffer UNKNOWN = FanPages.sorry("没有找到这个链接", "链接可能输错了一个字，请回到原文再点一次，或重新复制口令。");
    private static final Buffer ENDED = FanPages.sorry("这个链接已经结束", "活动可能已经结束，请向分享的人要一个新的链接。");
    private static final Buffer NOWHERE = FanPages.sorry("这个链接暂时不能打开", "我们已经收到提醒，请稍后再试。");
    private static final Buffer BUSY = FanPages.sorry("请稍后再试", "现在有点忙，请过几秒再点一次。");

    private final LiveLinks links;
    private final HostAppPolicies policies;
    private final Fans fans;
    private final LandingPages pages;
    private final Visits visits;
    private final TouchLog touches;
    private final RunningExperiments experiments;
    private final boolean revealTouch;
    private final double landingSample;

    /**
     * Takes its settings.
     *
     * @param landingSample the part of people who would be sent straight on that is shown the landing page instead, where
     *     the policy allows both. More: what stops opening is seen sooner; fewer: fewer fans take a step more
     */
    Redirect(
            LiveLinks links,
            HostAppPolicies policies,
            Fans fans,
            LandingPages pages,
            Visits visits,
            TouchLog touches,
            RunningExperiments experiments,
            @ConfigProperty(name = "zhida.edge.reveal-touch") boolean revealTouch,
            @ConfigProperty(name = "zhida.edge.landing-sample") double landingSample) {
        this.links = links;
        this.policies = policies;
        this.fans = fans;
        this.pages = pages;
        this.visits = visits;
        this.touches = touches;
        this.experiments = experiments;
        this.revealTouch = revealTouch;
        this.landingSample = landingSample;
    }

    void register(@Observes Router router) {
        router.route(PATH + ":code").order(FanRoutes.BEFORE_EVERYTHING).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        var method = context.request().method();
        if (method != HttpMethod.GET && method != HttpMethod.HEAD) {
            context.response()
                    .setStatusCode(405)
                    .putHeader("Allow", "GET, HEAD")
                    .endHandler(FanRoutes.closing(context))
                    .end();
            return;
        }
        var code = context.pathParam("code");
        var remembered = links.remembered(code);
        if (remembered != null) {
            answer(context, remembered);
            return;
        }
        lookUp(context, code).onComplete(found -> {
            if (found.succeeded()) {
                answer(context, found.result());
            } else {
                tryAgain(context, found.cause());
            }
        });
    }

    private Future<Optional<LiveLink>> lookUp(RoutingContext context, String code) {
        return context.vertx().executeBlocking(() -> links.lookUp(code), false);
    }

    private void answer(RoutingContext context, Optional<LiveLink> found) {
        if (found.isEmpty()) {
            FanPages.send(context.response(), 404, UNKNOWN);
            return;
        }
        var link = found.get();
        var fan = fans.of(context, PATH);
        if (link.endedAt(fan.at())) {
            FanPages.send(context.response(), 410, ENDED);
        } else if (link.destinationHost() == null) {
            FanPages.send(context.response(), 410, NOWHERE);
        } else if (fan.wantsPreview()) {
            preview(context, link, fan);
        } else {
            var split = experiments.of(link.placementId());
            if (split != null) {
                split(context, link, fan, split);
            } else {
                serve(context, link, fan);
            }
        }
    }

    private void serve(RoutingContext context, LiveLink link, Fan fan) {
        var rule = policies.current().decide(fan.ground(link));
        if (rule.delivery() == Delivery.LANDING) {
            land(context, link, fan, rule);
            return;
        }
        var click = click(context, link, fan, Touch.Outcome.REDIRECT, rule);
        if (click.human() && inSample(link, fan)) {
            land(context, link, fan, rule, click.answeredBy(Touch.Outcome.LANDING));
        } else {
            redirect(context, link, click);
        }
    }

    /**
     * Whether a person who would be sent straight on is shown the page, so that the watch sees whether links still open
     * there: only where there is something to watch and the policy allows both.
     */
    private boolean inSample(LiveLink link, Fan fan) {
        return landingSample > 0
                && link.medium() == Medium.LINK
                && fan.agent().detected().hostApp() != HostApp.BROWSER
                && Split.sampled(fan.visitor(), BusinessTime.dayOf(fan.at()), landingSample)
                && allowsBoth(link, fan);
    }

    /**
     * Serves a fan by her arm, if she is known again and the policy allows both arms; else on the posted code itself.
     * Her click, stored on the arm's placement before she is answered, is her assignment.
     */
    private void split(RoutingContext context, LiveLink link, Fan fan, Split split) {
        var code = split.entryCode();
        Split.Arm arm = null;
        if (fan.known() && fan.person() && allowsBoth(link, fan)) {
            arm = split.arm(fan.cookie());
            code = split.code(arm);
        }
        var enrolledIn = arm;
        var remembered = links.remembered(code);
        var found = remembered != null ? Future.succeededFuture(remembered) : lookUp(context, code);
        found.onFailure(failure -> tryAgain(context, failure)).onSuccess(there -> {
            // A placement that is gone enrols nobody.
            var own = there.filter(l -> l.destinationHost() != null && !l.endedAt(fan.at()));
            if (own.isEmpty() || enrolledIn == null) {
                serve(context, own.orElse(link), fan);
                return;
            }
            var rule = policies.current().decide(fan.ground(own.get()));
            switch (enrolledIn) {
                case LINK -> redirect(context, own.get(), click(context, own.get(), fan, Touch.Outcome.REDIRECT, rule));
                case TOKEN -> land(context, own.get(), fan, rule);
            }
        });
    }

    private boolean allowsBoth(LiveLink link, Fan fan) {
        var ground = fan.ground(link);
        var policy = policies.current();
        return policy.decide(with(ground, Medium.LINK)).delivery() == Delivery.REDIRECT
                && policy.posting(with(ground, Medium.TOKEN)).posting() != Posting.REFUSED;
    }

    private static Ground with(Ground ground, Medium medium) {
        return new Ground(ground.hostApp(), ground.scene(), ground.os(), ground.marketplace(), medium, ground.topic());
    }

    private void redirect(RoutingContext context, LiveLink link, Touch click) {
        record(context, click, () -> context.response()
                .setStatusCode(302)
                .putHeader(HttpHeaders.LOCATION, link.destination())
                // Not cacheable: a cached redirect is a click we never see.
                .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .end());
    }

    private void land(RoutingContext context, LiveLink link, Fan fan, HostAppRule rule) {
        land(context, link, fan, rule, click(context, link, fan, Touch.Outcome.LANDING, rule));
    }

    private void land(RoutingContext context, LiveLink link, Fan fan, HostAppRule rule, Touch click) {
        var remembered = pages.remembered(link, fan, rule);
        var page = remembered != null
                ? Future.succeededFuture(remembered)
                : context.vertx().executeBlocking(() -> pages.page(link, fan, rule), false);
        page.onComplete(made -> {
            if (made.failed()) {
                tryAgain(context, made.cause());
                return;
            }
            // The page tells what happens on it at another path.
            fans.knownAt(context, Beacons.PATH, fan.cookie());
            var visit = visits.sign(new Visit(click.id(), link.code()));
            record(
                    context,
                    click,
                    () -> FanPages.send(context.response(), 200, made.result().with(visit)));
        });
    }

    private void preview(RoutingContext context, LiveLink link, Fan fan) {
        context.vertx().executeBlocking(() -> pages.preview(link), false).onComplete(made -> {
            if (made.failed()) {
                tryAgain(context, made.cause());
                return;
            }
            var click = click(context, link, fan, Touch.Outcome.PREVIEW, null);
            record(context, click, () -> FanPages.send(context.response(), 200, made.result()));
        });
    }

    /** Answers when the touch is durable. */
    private void record(RoutingContext context, Touch click, Runnable answer) {
        var caller = context.vertx().getOrCreateContext();
        touches.record(click)
                .thenRun(() -> caller.runOnContext(none -> {
                    if (revealTouch) {
                        context.response().putHeader(TOUCH_ID, click.id().toString());
                    }
                    answer.run();
                }));
    }

    private Touch click(RoutingContext context, LiveLink link, Fan fan, Touch.Outcome outcome, HostAppRule rule) {
        return fan.touch(
                UuidCreator.getTimeOrderedEpochFast(),
                link.placementId(),
                Touch.Kind.CLICK,
                outcome,
                link.destinationHost(),
                rule == null ? null : rule.version(),
                sharedIn(context, link),
                null);
    }

    /** The click on whose page the link was shared that leads here; {@code null} if it was not. */
    private UUID sharedIn(RoutingContext context, LiveLink link) {
        var query = context.request().query();
        if (query == null || !query.startsWith("v=")) {
            return null;
        }
        var end = query.indexOf('&');
        return visits.read(query.substring(2, end < 0 ? query.length() : end))
                .filter(visit -> visit.code().equals(link.code()))
                .map(Visit::clickId)
                .orElse(null);
    }

    private static void tryAgain(RoutingContext context, Throwable cause) {
        Log.debug("a fan is asked to try again", cause);
        context.response().putHeader("Retry-After", "2");
        FanPages.send(context.response(), 503, BUSY);
    }
}
