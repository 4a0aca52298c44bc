package dev.zhida.marketplace;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A marketplace's word that an order is frozen for a violation, or free again.
 *
 * @param orderNo the number of the order line, as {@link Observation#orderNo}
 * @param violation the marketplace's own code for what was violated
 * @param asOf the time of which the report speaks; {@code null} where it tells none
 */
public record PunishmentObservation(
        Marketplace marketplace,
        String orderNo,
        boolean frozen,
        String violation,
        Instant asOf,
        Map<String, String> raw) {

    public PunishmentObservation {
        Objects.requireNonNull(marketplace);
        Objects.requireNonNull(orderNo);
        raw = Map.copyOf(raw);
    }
}
