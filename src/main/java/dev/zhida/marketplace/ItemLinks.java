package dev.zhida.marketplace;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the forms of links that marketplaces use: item pages of desktop, phone and alliance, and short links. */
final class ItemLinks {

    private static final Pattern ITEM_ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");

    private static final Pattern TAOBAO_PATH = Pattern.compile("/(?:i|item/)(\\d{5,20})\\.htm.*");
    /** On other pages {@code id} means something else: a shop, a live room. */
    private static final Pattern ITEM_PAGE = Pattern.compile(".*(?:item|detail).*", Pattern.CASE_INSENSITIVE);

    /** On other hosts a number is a shop, an order, an article. */
    private static final Pattern JD_ITEM_HOST = Pattern.compile("(?:[a-z]*item|m)\\..*");

    private static final Pattern JD_SKU = Pattern.compile("/(?:product/)?(\\d{4,20})(?:\\.html)?");
    /** The alliance's own id of an item, which is no number. */
    private static final Pattern JINGFEN_ITEM = Pattern.compile("/detail/([0-9A-Za-z_-]{4,64})\\.html");

    private static final Pattern DOUYIN_PAGE = Pattern.compile(".*(?:product|detail|item|goods).*");

    private ItemLinks() {}

    /** What a link of a marketplace leads to. */
    sealed interface Target {

        /** The link names the item. */
        record Item(ItemReference item) implements Target {}

        /** Whoever follows the link learns the item. */
        record Short(Marketplace marketplace, String url) implements Target {}

        /** The marketplace alone can say what is inside. */
        record Opaque(Marketplace marketplace) implements Target {}

        /** A page without an item. */
        record Page(Marketplace marketplace) implements Target {}

        /** A host of no marketplace. */
        record Foreign() implements Target {}
    }

    static Target target(WebLink link) {
        var owner = MarketplaceHosts.of(link.host());
        if (owner.isEmpty()) {
            return new Target.Foreign();
        }
        var marketplace = owner.get();
        var id = itemId(marketplace, link)
                .filter(candidate -> ITEM_ID.matcher(candidate).matches());
        if (id.isPresent()) {
            return new Target.Item(ItemReference.of(marketplace, id.get()));
        }
        if (isShort(marketplace, link)) {
            return new Target.Short(marketplace, link.url());
        }
        return link.host().equals("uland.taobao.com") && link.parameter("e").isPresent()
                ? new Target.Opaque(marketplace)
                : new Target.Page(marketplace);
    }

    private static Optional<String> itemId(Marketplace marketplace, WebLink link) {
        return switch (marketplace) {
            case TAOBAO, XIANYU -> {
                var path = TAOBAO_PATH.matcher(link.path());
                if (path.matches()) {
                    yield Optional.of(path.group(1));
                }
                yield link.parameter("itemId", "item_id", "itemid", "num_iid")
                        .or(() -> ITEM_PAGE.matcher(link.path()).matches() ? link.parameter("id") : Optional.empty());
            }
            case PDD ->
                link.parameter("goods_sign", "goods_id")
                        .or(() -> link.path().equals("/goods-detail") ? link.parameter("s") : Optional.empty());
            case DOUYIN ->
                link.parameter("product_id")
                        .or(() -> DOUYIN_PAGE.matcher(link.path()).matches() ? link.parameter("id") : Optional.empty());
            case JD -> jdItemId(link);
        };
    }

    private static Optional<String> jdItemId(WebLink link) {
        if (isShort(Marketplace.JD, link)) {
            return Optional.empty();
        }
        var host = link.host();
        var page = host.equals("jingfen.jd.com") ? JINGFEN_ITEM : JD_SKU;
        var path = page.matcher(link.path());
        return path.matches()
                        && (page == JINGFEN_ITEM || JD_ITEM_HOST.matcher(host).matches())
                ? Optional.of(path.group(1))
                : link.parameter("sku", "skuId", "wareId");
    }

    private static boolean isShort(Marketplace marketplace, WebLink link) {
        var host = link.host();
        return link.path().length() > 1
                && switch (marketplace) {
                    case TAOBAO -> host.equals("tb.cn") || host.endsWith(".tb.cn") || host.equals("s.click.taobao.com");
                    case JD -> List.of("u.jd.com", "union-click.jd.com", "3.cn").contains(host);
                    case PDD -> host.equals("p.pinduoduo.com");
                    case DOUYIN ->
                        List.of("v.douyin.com", "z.douyin.com", "v.buydouke.com")
                                .contains(host);
                    case XIANYU -> false;
                };
    }
}
