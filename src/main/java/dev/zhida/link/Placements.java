package dev.zhida.link;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Platform;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What those who count money need to know of placements; none of it ever changes. */
@ApplicationScoped
public class Placements {

    private final Jdbi jdbi;

    Placements(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * A placement's ground.
     *
     * @param campaignId the campaign that it was made for; {@code null} for none
     * @param marketplace of its offer
     * @param itemKey of its offer
     */
    public record Ground(Platform platform, UUID campaignId, Marketplace marketplace, String itemKey) {}

    public Map<Long, Ground> grounds(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select p.id, p.platform, p.campaign_id, o.marketplace, o.item_key
                        from placement p join offer o on o.id = p.offer_id where p.id = any(:ids)
                        """)
                .bindArray("ids", Long.class, ids)
                .map((row, context) -> Map.entry(
                        row.getLong("id"),
                        new Ground(
                                Platform.valueOf(row.getString("platform")),
                                row.getObject("campaign_id", UUID.class),
                                Marketplace.valueOf(row.getString("marketplace")),
                                row.getString("item_key"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
