package dev.zhida.edge;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The pages that fans meet: each one document with its style and script inside, below 20 KB, that asks no other host
 * for anything.
 */
final class FanPages {

    private static final String STYLE = resource("fan.css");
    private static final String SCRIPT = resource("fan.js");
    private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence SECURITY_HEADER = HttpHeaders.createOptimized("content-security-policy");
    private static final CharSequence SECURITY = HttpHeaders.createOptimized("default-src 'none'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "style-src " + hash(STYLE) + "; script-src " + hash(SCRIPT));

    private FanPages() {}

    /**
     * What a landing page shows.
     *
     * @param visit goes to where the signed visit is put in
     * @param link ours, with scheme and host
     * @param picture where it is served; {@code null} if there is none, and so for the rest that is not known
     * @param price to pay, after the coupon, in yuan
     * @param before the price before the coupon; {@code null} without a coupon
     * @param deepLink opens the marketplace's app; {@code null} where that is refused or not known
     * @param openFirst whether opening is what works there; else it is copying
     * @param qr as SVG; {@code null} but on a desktop
     */
    record Landing(
            String visit,
            String link,
            String title,
            String picture,
            String price,
            String before,
            String coupon,
            String creator,
            String marketplace,
            String instruction,
            String deepLink,
            String destination,
            boolean openFirst,
            String qr) {}

    /** What is told to who makes a preview of a link. */
    record Preview(String link, String title, String summary, String pictureUrl, String destination) {}

    @CheckedTemplate(basePath = "edge", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    private static final class Templates {
        private Templates() {}

        static native TemplateInstance landing(Landing page, String style, String script);

        static native TemplateInstance preview(Preview page);

        static native TemplateInstance paste(String style, String script);

        static native TemplateInstance sorry(String heading, String words, String style);
    }

    static String landing(Landing page) {
        return Templates.landing(page, STYLE, SCRIPT).render();
    }

    static Buffer preview(Preview page) {
        return Buffer.buffer(Templates.preview(page).render());
    }

    static Buffer paste() {
        return Buffer.buffer(Templates.paste(STYLE, SCRIPT).render());
    }

    /** Why there is nothing behind a code, in words for a fan. */
    static Buffer sorry(String heading, String words) {
        return Buffer.buffer(Templates.sorry(heading, words, STYLE).render());
    }

    /** Sends a page. Not to be kept: the next showing is another visit. */
    static void send(HttpServerResponse response, int status, Buffer page) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, HTML)
                .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .putHeader(SECURITY_HEADER, SECURITY)
                .end(page);
    }

    private static String resource(String name) {
        try (var in = FanPages.class.getResourceAsStream("/edge/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
