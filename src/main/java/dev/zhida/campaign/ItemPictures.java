package dev.zhida.campaign;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.MarketplaceHosts;
import dev.zhida.marketplace.Outbound;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The pictures of offers: fetched once from the marketplace, encoded anew, from then on served by us. */
@ApplicationScoped
public class ItemPictures {

    private final Outbound outbound;
    private final Jdbi jdbi;
    private final Clock clock;

    ItemPictures(Outbound outbound, Jdbi jdbi, Clock clock) {
        this.outbound = outbound;
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /** What is known of a picture that we have. */
    public record Picture(int width, int height, String sourceUrl, Instant fetchedAt) {}

    /** The picture of an offer as JPEG of at most 61,440 bytes; nothing if there is none. */
    public Optional<byte[]> jpeg(UUID offerId) {
        return jdbi.withHandle(handle -> handle.createQuery("select jpeg from offer_picture where offer_id = :offer")
                .bind("offer", offerId)
                .mapTo(byte[].class)
                .findOne());
    }

    /** What is known of an offer's picture, without its bytes. */
    public Optional<Picture> about(UUID offerId) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select width, height, source_url, fetched_at from offer_picture where offer_id = :offer")
                .bind("offer", offerId)
                .map((row, context) -> new Picture(
                        row.getInt("width"),
                        row.getInt("height"),
                        row.getString("source_url"),
                        row.getObject("fetched_at", OffsetDateTime.class).toInstant()))
                .findOne());
    }

    /**
     * Fetches a picture and keeps it in the place of the one before. Waits for the network: not to be called in a
     * transaction.
     *
     * @throws Refusal {@code picture-unreachable}, {@code picture-unreadable} or {@code picture-too-large}; the picture
     *     that was there stays
     */
    public void fetch(UUID offerId, String url) {
        try {
            var answer = outbound.get(url, MarketplaceHosts::hasPictures);
            if (answer.status() != 200) {
                throw new IOException("the answer was " + answer.status());
            }
            store(offerId, url, answer.body());
        } catch (IOException e) {
            throw new Refusal(
                    Refusal.Kind.UNAVAILABLE,
                    "picture-unreachable",
                    "the picture could not be fetched (" + e.getMessage()
                            + "): it has to be an https address of a marketplace's picture host");
        }
    }

    /**
     * Keeps a picture.
     *
     * @param bytes JPEG, PNG, GIF or WebP
     * @throws Refusal {@code picture-unreadable} or {@code picture-too-large}
     */
    public void store(UUID offerId, String sourceUrl, byte[] bytes) {
        var encoded = PictureEncoding.encode(bytes);
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into offer_picture (offer_id, jpeg, width, height, source_url, fetched_at)
                        values (:offer, :jpeg, :width, :height, :source, :at)
                        on conflict (offer_id) do update
                        set jpeg = excluded.jpeg, width = excluded.width, height = excluded.height,
                            source_url = excluded.source_url, fetched_at = excluded.fetched_at
                        """)
                .bind("offer", offerId)
                .bind("jpeg", encoded.jpeg())
                .bind("width", encoded.width())
                .bind("height", encoded.height())
                .bind("source", sourceUrl)
                .bind("at", utc(clock.instant()))
                .execute());
    }
}
