package dev.zhida.marketplace;

import java.util.List;

/**
 * One page of a feed.
 *
 * @param rows how many rows the marketplace sent, whatever became of them
 * @param next where to go on, in the connector's own words; {@code null} after the last page
 */
public record FeedPage(
        List<Observation> orders,
        List<RefundObservation> refunds,
        List<PunishmentObservation> punishments,
        List<Unreadable> unreadable,
        int rows,
        String next) {

    /**
     * A row that could not be understood; it stops no other, and is never taken for money.
     *
     * @param reason what was wrong with it
     * @param raw the row as received
     */
    public record Unreadable(String reason, String raw) {}

    public FeedPage {
        orders = List.copyOf(orders);
        refunds = List.copyOf(refunds);
        punishments = List.copyOf(punishments);
        unreadable = List.copyOf(unreadable);
    }
}
