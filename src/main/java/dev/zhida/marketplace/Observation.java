package dev.zhida.marketplace;

import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One order line as one source reported it at one time. Absent values are {@code null}.
 *
 * @param lineKey what makes the line unique within its marketplace; never contains a price
 * @param orderNo the order number of this line as the source shows it
 * @param parentNo the number that the buyer sees, where the source tells it apart
 * @param itemId the item id as received
 * @param itemKey the part of the item id that stays the same between link and order
 * @param statusText the status in the marketplace's own words or code
 * @param paid what the buyer paid, without freight
 * @param estimated the commission and subsidy expected on the paid amount, before the technical fee
 * @param settledBase the amount that the settled commission is computed from
 * @param settled the commission and subsidy that were settled, before the technical fee
 * @param subsidy the part of the commission that is a subsidy, on which no technical fee is charged
 * @param feeRate the technical service fee as a share of the commission part, where reported
 * @param fee the technical service fee, where reported as an amount
 * @param clickedAt when the buyer clicked, in whole seconds
 * @param asOf the time of which the report speaks: the marketplace's modified time
 * @param slot the slot that the order names
 * @param raw the row as received, by the source's own names
 */
public record Observation(
        Marketplace marketplace,
        String lineKey,
        String orderNo,
        String parentNo,
        String itemId,
        String itemKey,
        String itemTitle,
        String shopName,
        int quantity,
        OrderStatus status,
        String statusText,
        Money paid,
        Money estimated,
        Money settledBase,
        Money settled,
        Money subsidy,
        Rate feeRate,
        Money fee,
        Instant clickedAt,
        Instant createdAt,
        Instant paidAt,
        Instant settledAt,
        Instant asOf,
        SlotKey slot,
        Map<String, String> raw) {

    public Observation {
        Objects.requireNonNull(marketplace);
        Objects.requireNonNull(lineKey);
        Objects.requireNonNull(orderNo);
        Objects.requireNonNull(status);
        Objects.requireNonNull(paid);
        Objects.requireNonNull(estimated);
        raw = Map.copyOf(raw);
        if (quantity < 0) {
            throw new IllegalArgumentException("a quantity is not negative: " + quantity);
        }
    }

    /** The same as of another time. */
    public Observation withAsOf(Instant at) {
        return new Observation(
                marketplace,
                lineKey,
                orderNo,
                parentNo,
                itemId,
                itemKey,
                itemTitle,
                shopName,
                quantity,
                status,
                statusText,
                paid,
                estimated,
                settledBase,
                settled,
                subsidy,
                feeRate,
                fee,
                clickedAt,
                createdAt,
                paidAt,
                settledAt,
                at,
                slot,
                raw);
    }
}
