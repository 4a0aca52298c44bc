package dev.zhida.edge;

/** Where the routes of fans stand among all routes. */
final class FanRoutes {

    /** Fans are nobody we know: their routes come before authentication and all else that is done for the API. */
    static final int BEFORE_EVERYTHING = -100_000;

    private FanRoutes() {}
}
