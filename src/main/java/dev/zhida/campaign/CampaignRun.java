package dev.zhida.campaign;

import dev.zhida.marketplace.Marketplace;
import java.time.Instant;
import java.util.UUID;

/**
 * When a campaign counts for a creator: while it runs, she is invited and, if an item is named, the item belongs to it.
 *
 * @param marketplace of the item; {@code null} where the run is about whatever was made for the campaign
 * @param itemKey the item; {@code null} likewise
 * @param untilAt {@code null} if no end is set
 */
public record CampaignRun(
        UUID campaignId, UUID creatorId, Marketplace marketplace, String itemKey, Instant fromAt, Instant untilAt) {

    public boolean holds(Instant at) {
        return !at.isBefore(fromAt) && (untilAt == null || at.isBefore(untilAt));
    }
}
