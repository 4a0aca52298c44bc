package dev.zhida.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.zhida.campaign.ItemPictures;
import dev.zhida.link.LiveLinks;
import io.quarkus.logging.Log;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** {@code GET /i/{code}}: the picture of the offer behind a link, from our own copy. */
@ApplicationScoped
class OfferPictures {

    static final String PATH = "/i/";

    /** A new picture shows within this time on our side, and within another of it in a browser. */
    private static final Duration KEPT = Duration.ofMinutes(1);

    private static final int KEPT_BYTES = 32 << 20;
    private static final int NOTHING_WEIGHS = 64;

    private static final CharSequence JPEG = HttpHeaders.createOptimized("image/jpeg");
    private static final CharSequence KEEP =
            HttpHeaders.createOptimized("public, max-age=" + KEPT.toSeconds() + ", stale-while-revalidate=86400");

    private final LiveLinks links;
    private final ItemPictures pictures;
    private final Cache<UUID, Optional<byte[]>> pictureByOffer = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((UUID offer, Optional<byte[]> jpeg) ->
                    jpeg.map(bytes -> bytes.length).orElse(NOTHING_WEIGHS))
            .expireAfterWrite(KEPT)
            .build();

    OfferPictures(LiveLinks links, ItemPictures pictures) {
        this.links = links;
        this.pictures = pictures;
    }

    void register(@Observes Router router) {
        router.get(PATH + ":code").order(FanRoutes.BEFORE_EVERYTHING).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        var code = context.pathParam("code");
        var known = links.remembered(code);
        if (known != null && known.isEmpty()) {
            answer(context, Optional.empty());
            return;
        }
        var card = known == null ? null : links.rememberedCard(known.get().placementId());
        var kept = card == null ? null : pictureByOffer.getIfPresent(card.offerId());
        if (kept != null) {
            answer(context, kept);
            return;
        }
        context.vertx()
                .executeBlocking(() -> read(code), false)
                .onSuccess(picture -> answer(context, picture))
                .onFailure(failure -> {
                    Log.debug("a picture could not be read", failure);
                    context.response().setStatusCode(503).end();
                });
    }

    private Optional<byte[]> read(String code) {
        return links.lookUp(code)
                .map(link -> links.card(link.placementId()).offerId())
                .flatMap(offer -> pictureByOffer.get(offer, pictures::jpeg));
    }

    private static void answer(RoutingContext context, Optional<byte[]> jpeg) {
        if (jpeg.isEmpty()) {
            context.response().setStatusCode(404).end();
            return;
        }
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, JPEG)
                .putHeader(HttpHeaders.CACHE_CONTROL, KEEP)
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(Buffer.buffer(jpeg.get()));
    }
}
