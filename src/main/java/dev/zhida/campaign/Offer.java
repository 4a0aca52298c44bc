package dev.zhida.campaign;

import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import java.util.UUID;

/**
 * An item of a marketplace that can be promoted.
 *
 * @param title {@code null} until a marketplace or an order has told it
 */
public record Offer(UUID id, Marketplace marketplace, String itemId, String itemKey, String title) {

    public ItemReference item() {
        return new ItemReference(marketplace, itemId, itemKey);
    }
}
