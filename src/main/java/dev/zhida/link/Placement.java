package dev.zhida.link;

import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import java.time.Instant;
import java.util.UUID;

/**
 * 投放位: an offer posted by a creator in one form at one place; what everything is attributed to.
 *
 * @param label which group, account or post; empty if none
 * @param destination where a fan is sent
 * @param earnsNot why it earns nothing; {@code null} if it earns
 */
public record Placement(
        long id,
        String code,
        UUID creatorId,
        UUID offerId,
        UUID campaignId,
        Place place,
        String destination,
        String earnsNot,
        Instant createdAt,
        Instant expiresAt,
        Instant disabledAt) {

    /** Where and in which form. */
    public record Place(Platform platform, Scene scene, Medium medium, String label) {}

    /** When it ended or ends; {@code null} while it does not. */
    public Instant endsAt() {
        return disabledAt != null && (expiresAt == null || disabledAt.isBefore(expiresAt)) ? disabledAt : expiresAt;
    }

    public boolean earns() {
        return earnsNot == null;
    }
}
