package dev.zhida.commission;

import dev.zhida.campaign.CampaignRun;
import dev.zhida.link.Placements;
import dev.zhida.marketplace.Observation;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.UUID;

/**
 * Decides the campaign of an order line: the ordered item decides, not what the placement was about, because orders of
 * the same or of another shop carry the slot too.
 */
final class OrderedCampaign {

    private OrderedCampaign() {}

    /**
     * The campaign of a line: the one its placement was made for if the placement's own item was ordered, else the oldest
     * campaign that the ordered item belongs to; only while it runs and the creator is invited.
     *
     * @param placement {@code null} where it is not known
     * @param runs of the creators and items asked for
     * @return {@code null} for none
     */
    static UUID of(
            UUID creatorId, Placements.Ground placement, Observation line, Instant at, Collection<CampaignRun> runs) {
        if (creatorId == null || at == null || line.itemKey() == null) {
            return null;
        }
        var own = placement != null
                && placement.marketplace() == line.marketplace()
                && placement.itemKey().equals(line.itemKey());
        var held = runs.stream()
                .filter(run -> run.creatorId().equals(creatorId) && run.holds(at))
                .toList();
        if (own && placement.campaignId() != null) {
            var madeFor = held.stream().anyMatch(run -> run.campaignId().equals(placement.campaignId()));
            if (madeFor) {
                return placement.campaignId();
            }
        }
        return held.stream()
                .filter(run -> run.marketplace() == line.marketplace()
                        && line.itemKey().equals(run.itemKey()))
                .map(CampaignRun::campaignId)
                .min(Comparator.comparing(UUID::toString))
                .orElse(null);
    }
}
