package dev.zhida.marketplace;

import java.util.Optional;

/**
 * An item of a marketplace, as a creator refers to it.
 *
 * @param itemId as given
 * @param itemKey the part that stays the same between a link and an order: what follows the dash of {@code A-B}
 */
public record ItemReference(Marketplace marketplace, String itemId, String itemKey) {

    public static ItemReference of(Marketplace marketplace, String itemId) {
        var dash = itemId.lastIndexOf('-');
        var key = marketplace == Marketplace.TAOBAO && dash >= 0 ? itemId.substring(dash + 1) : itemId;
        return new ItemReference(marketplace, itemId, key);
    }

    /** The item's own page, without anybody's slot. */
    public String plainUrl() {
        return switch (marketplace) {
            case TAOBAO -> "https://item.taobao.com/item.htm?id=" + itemId;
            // The alliance's own ids, which are no numbers, have pages at the alliance alone.
            case JD -> "https://" + (isNumber() ? "item.jd.com/" : "jingfen.jd.com/detail/") + itemId + ".html";
            case PDD ->
                "https://mobile.yangkeduo.com/goods.html?" + (isNumber() ? "goods_id=" : "goods_sign=") + itemId;
            case DOUYIN -> "https://haohuo.jinritemai.com/views/product/item2?id=" + itemId;
            case XIANYU -> "https://www.goofish.com/item?id=" + itemId;
        };
    }

    private boolean isNumber() {
        return itemId.chars().allMatch(Character::isDigit);
    }

    /**
     * The address under which an order names the slot. Without a call to the marketplace only Taobao has one: the
     * coupon-and-item page takes the PID as a parameter. Whether the marketplace counts a link that it did not make
     * itself is not documented; links made by its own interface take the place of these.
     */
    public Optional<String> urlWithSlot(SlotKind kind, String slot) {
        return kind == SlotKind.TAOBAO_PID
                ? Optional.of("https://uland.taobao.com/coupon/edetail?itemId=" + itemId + "&pid=" + slot)
                : Optional.empty();
    }
}
