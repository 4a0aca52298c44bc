package dev.zhida.link;

import dev.zhida.campaign.Offer;
import dev.zhida.link.PlacementPicture.Ratio;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Pictures of placements: drawn when they are first asked for, kept until what they show has changed. */
@ApplicationScoped
class PlacementPictures {

    private final Jdbi jdbi;
    private final Clock clock;
    private final ShareTexts texts;

    PlacementPictures(Jdbi jdbi, Clock clock, ShareTexts texts) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.texts = texts;
    }

    /**
     * A picture as it should be now.
     *
     * @param hash of all that it shows
     * @param png draws it, or takes the one that is kept
     */
    record Picture(String hash, Supplier<byte[]> png) {}

    /** The picture of a placement; nothing is drawn before its bytes are asked for. */
    Picture of(Placement placement, Offer offer, String token, Ratio ratio) {
        var content = texts.picture(placement, offer, token);
        var hash = hash(PlacementPicture.VERSION + "\n" + ratio + "\n" + content + "\n" + itemVersion(offer.id()));
        return new Picture(hash, () -> kept(placement.id(), ratio, hash).orElseGet(() -> {
            var png = PlacementPicture.png(content, ratio, item(offer.id()));
            keep(placement.id(), ratio, hash, png);
            return png;
        }));
    }

    private Optional<byte[]> kept(long placementId, Ratio ratio, String hash) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select png from placement_picture
                        where placement_id = :placement and ratio = :ratio and content_hash = :hash
                        """)
                .bind("placement", placementId)
                .bind("ratio", ratio.toString())
                .bind("hash", hash)
                .mapTo(byte[].class)
                .findOne());
    }

    private void keep(long placementId, Ratio ratio, String hash, byte[] png) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into placement_picture (placement_id, ratio, content_hash, png, made_at)
                        values (:placement, :ratio, :hash, :png, :at)
                        on conflict on constraint placement_picture_pkey
                        do update set content_hash = excluded.content_hash, png = excluded.png, made_at = excluded.made_at
                        """)
                .bind("placement", placementId)
                .bind("ratio", ratio.toString())
                .bind("hash", hash)
                .bind("png", png)
                .bind("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .execute());
    }

    private String itemVersion(UUID offerId) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select fetched_at || ' ' || source_url from offer_picture where offer_id = :offer")
                .bind("offer", offerId)
                .mapTo(String.class)
                .findOne()
                .orElse("none"));
    }

    private byte[] item(UUID offerId) {
        return jdbi.withHandle(handle -> handle.createQuery("select jpeg from offer_picture where offer_id = :offer")
                .bind("offer", offerId)
                .mapTo(byte[].class)
                .findOne()
                .orElse(null));
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
