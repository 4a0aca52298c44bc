package dev.zhida.commission;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import java.util.UUID;

/**
 * What a rule is about, or where an order line comes from; {@code null} stands for any in a rule, for unknown in a line.
 *
 * @param campaignId the campaign of the ordered item
 */
public record Ground(UUID creatorId, UUID campaignId, Medium medium, Platform platform, Marketplace marketplace) {

    static final Ground ANY = new Ground(null, null, null, null, null);

    /**
     * How specific a rule is. The names stand in one order, creator before campaign before medium before platform before
     * marketplace, and a name earlier in it outweighs all later ones together. Two rules that cover the same line and
     * weigh the same name the same things, so there are no other ties than two rules about one ground.
     */
    int weight() {
        return (creatorId == null ? 0 : 16)
                + (campaignId == null ? 0 : 8)
                + (medium == null ? 0 : 4)
                + (platform == null ? 0 : 2)
                + (marketplace == null ? 0 : 1);
    }

    /** This ground with only those names that a rule of {@code weight} has. */
    Ground only(int weight) {
        return new Ground(
                (weight & 16) == 0 ? null : creatorId,
                (weight & 8) == 0 ? null : campaignId,
                (weight & 4) == 0 ? null : medium,
                (weight & 2) == 0 ? null : platform,
                (weight & 1) == 0 ? null : marketplace);
    }
}
