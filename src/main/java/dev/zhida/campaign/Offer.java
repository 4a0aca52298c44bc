package dev.zhida.campaign;

import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import java.util.UUID;

/**
 * An item of a marketplace that can be promoted.
 *
 * @param title {@code null} until a marketplace or an order has told it
 * @param priceFen before the coupon; {@code null} until it is told
 * @param couponFen what the coupon takes off the price; {@code null} if there is none
 * @param topic what host apps have rules about, like {@code FINANCE} or {@code MEDICAL}; {@code null} for the rest
 */
public record Offer(
        UUID id,
        Marketplace marketplace,
        String itemId,
        String itemKey,
        String title,
        Long priceFen,
        Long couponFen,
        String topic) {

    public ItemReference item() {
        return new ItemReference(marketplace, itemId, itemKey);
    }
}
