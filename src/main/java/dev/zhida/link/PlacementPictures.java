package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.campaign.ItemPictures;
import dev.zhida.campaign.Offer;
import dev.zhida.link.PlacementPicture.Ratio;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Pictures of placements: drawn when they are first asked for, kept until what they show has changed. */
@ApplicationScoped
class PlacementPictures {

    private final Jdbi jdbi;
    private final Clock clock;
    private final ShareTexts texts;
    private final ItemPictures items;

    PlacementPictures(Jdbi jdbi, Clock clock, ShareTexts texts, ItemPictures items) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.texts = texts;
        this.items = items;
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
        var hash = hash(PlacementPicture.VERSION + "\n" + ratio + "\n" + content + "\n" + items.about(offer.id()));
        return new Picture(hash, () -> kept(placement.id(), ratio, hash).orElseGet(() -> {
            var png =
                    PlacementPicture.png(content, ratio, items.jpeg(offer.id()).orElse(null));
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
                .bind("at", utc(clock.instant()))
                .execute());
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
