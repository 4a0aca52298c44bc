package dev.zhida.edge;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Where the routes of fans stand among all routes. */
final class FanRoutes {

    /** Fans are nobody we know: their routes come before authentication and all else that is done for the API. */
    static final int BEFORE_EVERYTHING = -100_000;

    private FanRoutes() {}

    /** For an answer to a request whose body is not read: nothing can follow it on the connection. */
    static Handler<Void> closing(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        return ended -> context.request().connection().close();
    }
}
