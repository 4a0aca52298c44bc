package dev.zhida.edge;

import dev.zhida.edge.Visits.Visit;
import dev.zhida.link.LiveLinks;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchLog;
import io.quarkus.logging.Log;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /t/{visit}/{kind}}: what happened on a landing page. Each kind is stored once per visit, because the
 * id of its touch is made from the click and the kind.
 */
@ApplicationScoped
class Beacons {

    static final String PATH = "/t/";

    private static final Map<String, Touch.Kind> KINDS = Map.of(
            "landing", Touch.Kind.LANDING,
            "copy", Touch.Kind.COPY,
            "open", Touch.Kind.OPEN,
            "share", Touch.Kind.SHARE);

    private final LiveLinks links;
    private final Fans fans;
    private final Visits visits;
    private final TouchLog touches;

    Beacons(LiveLinks links, Fans fans, Visits visits, TouchLog touches) {
        this.links = links;
        this.fans = fans;
        this.visits = visits;
        this.touches = touches;
    }

    void register(@Observes Router router) {
        router.post(PATH + ":visit/:kind").order(FanRoutes.BEFORE_EVERYTHING).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        // Whatever body there is tells nothing; unread it would keep the next request waiting.
        context.request().resume();
        var kind = KINDS.get(context.pathParam("kind"));
        var visit = visits.read(context.pathParam("visit")).orElse(null);
        if (kind == null || visit == null) {
            context.response().setStatusCode(404).end();
            return;
        }
        var remembered = links.remembered(visit.code());
        if (remembered != null) {
            answer(context, visit, kind, remembered);
            return;
        }
        context.vertx()
                .executeBlocking(() -> links.lookUp(visit.code()), false)
                .onSuccess(found -> answer(context, visit, kind, found))
                .onFailure(failure -> busy(context, failure));
    }

    private void answer(RoutingContext context, Visit visit, Touch.Kind kind, Optional<LiveLink> link) {
        var fan = fans.of(context, PATH);
        if (link.isEmpty() || visit.overAt(fan.at())) {
            context.response().setStatusCode(410).end();
            return;
        }
        var caller = context.vertx().getOrCreateContext();
        touches.record(fan.touch(
                        Touch.derivedId(visit.clickId(), kind),
                        link.get().placementId(),
                        kind,
                        null,
                        kind == Touch.Kind.OPEN ? link.get().destinationHost() : null,
                        null,
                        visit.clickId(),
                        null))
                .thenRun(() -> caller.runOnContext(
                        none -> context.response().setStatusCode(204).end()));
    }

    private static void busy(RoutingContext context, Throwable cause) {
        Log.debug("a beacon was not stored", cause);
        context.response().setStatusCode(503).end();
    }
}
