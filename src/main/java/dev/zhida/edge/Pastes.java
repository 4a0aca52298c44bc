package dev.zhida.edge;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.edge.Fans.Fan;
import dev.zhida.experiment.RunningExperiments;
import dev.zhida.link.LiveLinks;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.link.TokenReader;
import dev.zhida.link.TokenReader.Candidate;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchLog;
import io.quarkus.logging.Log;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code POST /api/v1/pastes} and the page {@code /paste}: a fan's pasted text → the placement → where to go. Plain
 * routes like the redirect, because a video sends as many fans here at once as a link does.
 */
@ApplicationScoped
class Pastes {

    private static final String PATH = "/api/v1/pastes";
    private static final String PAGE_PATH = "/paste";

    /** More than the longest text that is read, in UTF-8 and escaped. */
    private static final int MOST_BYTES = 128 * 1024;

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence PROBLEM = HttpHeaders.createOptimized("application/problem+json");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final Buffer PAGE = FanPages.paste();

    private final TokenReader tokens;
    private final LiveLinks links;
    private final HostAppPolicies policies;
    private final Fans fans;
    private final TouchLog touches;
    private final RunningExperiments experiments;
    private final String publicUrl;

    Pastes(
            TokenReader tokens,
            LiveLinks links,
            HostAppPolicies policies,
            Fans fans,
            TouchLog touches,
            RunningExperiments experiments,
            @ConfigProperty(name = "zhida.public-url") String publicUrl) {
        this.tokens = tokens;
        this.links = links;
        this.policies = policies;
        this.fans = fans;
        this.touches = touches;
        this.experiments = experiments;
        this.publicUrl = publicUrl;
    }

    void register(@Observes Router router) {
        router.post(PATH).order(FanRoutes.BEFORE_EVERYTHING).handler(this::handle);
        router.get(PAGE_PATH)
                .order(FanRoutes.BEFORE_EVERYTHING)
                .handler(context -> FanPages.send(context.response(), 200, PAGE));
    }

    private void handle(RoutingContext context) {
        var request = context.request();
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || length.length() > 9 || Integer.parseInt(length) > MOST_BYTES) {
            // Not read to its end: whoever sends that much is no fan.
            context.response().endHandler(FanRoutes.closing(context));
            refuse(
                    context,
                    413,
                    "paste-too-long",
                    "send at most 10,000 characters, with a Content-Length",
                    "这段话太长了，只粘贴口令那一段。");
            return;
        }
        var whole = request.body();
        // The server holds a body back until somebody has asked for it.
        request.resume();
        whole.onComplete(body -> {
            if (body.failed()) {
                Log.debug("a paste broke off", body.cause());
                return;
            }
            JsonObject paste;
            try {
                paste = body.result().toJsonObject();
            } catch (DecodeException e) {
                paste = null;
            }
            if (paste == null
                    || !(paste.getValue("text") instanceof String text)
                    || paste.getValue("code") != null && !(paste.getValue("code") instanceof String)) {
                refuse(context, 400, "malformed-json", "send {\"text\": \"…\"}", "请重新粘贴。");
                return;
            }
            resolve(context, tokens.read(text), paste.getString("code"));
        });
    }

    private record Found(Candidate candidate, LiveLink link) {}

    private void resolve(RoutingContext context, TokenReader.Reading reading, String chosen) {
        var candidates = reading.candidates();
        var known = candidates.stream().map(c -> links.remembered(c.code())).toList();
        var all = known.stream().noneMatch(Objects::isNull)
                ? Future.succeededFuture(found(
                        candidates, known.stream().map(l -> l.orElse(null)).toList()))
                : context.vertx()
                        .executeBlocking(
                                () -> found(
                                        candidates,
                                        candidates.stream()
                                                .map(c -> links.lookUp(c.code()).orElse(null))
                                                .toList()),
                                false);
        all.onFailure(failure -> busy(context, failure)).onSuccess(found -> {
            var fan = fans.of(context, PATH);
            var live = found.stream()
                    .filter(f -> f.link().destinationHost() != null && !f.link().endedAt(fan.at()))
                    .filter(f -> chosen == null || f.link().code().equalsIgnoreCase(chosen))
                    .toList();
            switch (live.size()) {
                case 0 -> nothing(context, reading, found);
                case 1 -> answer(context, fan, live.getFirst());
                default -> choose(context, live);
            }
        });
    }

    private static List<Found> found(List<Candidate> candidates, List<LiveLink> links) {
        var found = new ArrayList<Found>();
        for (var i = 0; i < candidates.size(); i++) {
            if (links.get(i) != null) {
                found.add(new Found(candidates.get(i), links.get(i)));
            }
        }
        return found;
    }

    private void answer(RoutingContext context, Fan fan, Found found) {
        var link = found.link();
        var rule = policies.current().decide(fan.ground(link));
        // No arm of an experiment has people of its own: a pasted token leads through the split as well.
        var straight = rule.delivery() == Delivery.REDIRECT && experiments.of(link.placementId()) == null;
        var url = straight ? link.destination() : publicUrl + Redirect.PATH + link.code();
        var paste = fan.touch(
                UuidCreator.getTimeOrderedEpochFast(),
                link.placementId(),
                Touch.Kind.PASTE,
                null,
                link.destinationHost(),
                rule.version(),
                null,
                found.candidate().repaired());
        var caller = context.vertx().getOrCreateContext();
        touches.record(paste)
                .thenRun(() -> caller.runOnContext(none -> send(
                        context.response(),
                        200,
                        JSON,
                        new JsonObject()
                                .put("code", link.code())
                                .put("url", url)
                                .put("repaired", found.candidate().repaired()))));
    }

    private static void nothing(RoutingContext context, TokenReader.Reading reading, List<Found> found) {
        if (!found.isEmpty()) {
            refuse(context, 404, "token-ended", "the token was live once; it is not any more", "这个口令已经结束，请向分享的人要一个新的。");
        } else if (reading.damaged()) {
            refuse(
                    context,
                    404,
                    "token-damaged",
                    "there is a token, but too much of it is wrong or missing to be sure: copy it again",
                    "口令不完整，认不出来。请回到原文，长按复制整段话再试。");
        } else {
            refuse(
                    context,
                    404,
                    "token-not-found",
                    "there is no live Zhida token in the text",
                    "没有找到直达口令。请回到原文，长按复制整段话再试。");
        }
    }

    /** Several tokens: the fan has to say which she means, by sending the text again with its code. */
    private void choose(RoutingContext context, List<Found> live) {
        context.vertx()
                .executeBlocking(
                        () -> {
                            var choices = new JsonArray();
                            for (var found : live) {
                                choices.add(new JsonObject()
                                        .put("code", found.link().code())
                                        .put(
                                                "title",
                                                links.card(found.link().placementId())
                                                        .title()));
                            }
                            return choices;
                        },
                        false)
                .onFailure(failure -> busy(context, failure))
                .onSuccess(choices -> send(
                        context.response(),
                        409,
                        PROBLEM,
                        problem(
                                        409,
                                        "tokens-ambiguous",
                                        "the text holds several live tokens: send it again with the `code` of one",
                                        "这段话里有几个口令。")
                                .put("choices", choices)));
    }

    private static void busy(RoutingContext context, Throwable cause) {
        Log.debug("a paste was not answered", cause);
        context.response().putHeader("Retry-After", "2");
        refuse(context, 503, "busy", "try again in a few seconds", "现在有点忙，请过几秒再试。");
    }

    private static void refuse(RoutingContext context, int status, String code, String detail, String say) {
        send(context.response(), status, PROBLEM, problem(status, code, detail, say));
    }

    /** A problem document (RFC 9457), with what to say to a fan beside what to say to a programmer. */
    private static JsonObject problem(int status, String code, String detail, String say) {
        return new JsonObject()
                .put("type", "about:blank")
                .put(
                        "title",
                        io.netty.handler.codec.http.HttpResponseStatus.valueOf(status)
                                .reasonPhrase())
                .put("status", status)
                .put("detail", detail)
                .put("code", code)
                .put("say", say);
    }

    private static void send(HttpServerResponse response, int status, CharSequence type, JsonObject body) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body.toBuffer());
    }
}
