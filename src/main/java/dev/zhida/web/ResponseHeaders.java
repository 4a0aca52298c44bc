package dev.zhida.web;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.regex.Pattern;

/** Headers that every answer carries: a request id to quote, and what browsers should not do. */
final class ResponseHeaders {

    private static final Pattern USABLE_ID = Pattern.compile("[0-9A-Za-z._-]{8,64}");

    void register(@Observes Router router) {
        router.route("/api/*").order(-1_000).handler(context -> {
            context.response()
                    .putHeader("X-Request-Id", requestId(context.request()))
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .putHeader("Cache-Control", "no-store");
            context.next();
        });
    }

    private static String requestId(HttpServerRequest request) {
        var given = request.getHeader("X-Request-Id");
        return given != null && USABLE_ID.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
    }
}
