package dev.zhida.link;

import dev.zhida.marketplace.Marketplace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * 平台口令: a marketplace's own token for a placement, delivered as the marketplace made it.
 *
 * @param longText with a number and a short link around it, for apps that do not take the short one; may be {@code null}
 * @param endedAt when a newer one took its place; {@code null} while none has
 */
public record NativeToken(
        long id,
        long placementId,
        Marketplace marketplace,
        String text,
        String longText,
        Instant madeAt,
        Instant expiresAt,
        Instant endedAt) {

    /** How long a marketplace's tokens work; nothing for one that has none. */
    public static Optional<Duration> life(Marketplace marketplace) {
        return switch (marketplace) {
            case TAOBAO -> Optional.of(Duration.ofDays(30));
            // Of the short link that the token leads to.
            case JD, DOUYIN -> Optional.of(Duration.ofDays(60));
            case PDD, XIANYU -> Optional.empty();
        };
    }

    public boolean expiredAt(Instant at) {
        return !expiresAt.isAfter(at);
    }
}
