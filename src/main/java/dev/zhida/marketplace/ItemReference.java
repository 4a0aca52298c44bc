package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An item of a marketplace, as a creator refers to it.
 *
 * @param itemId as given
 * @param itemKey the part that stays the same between a link and an order: what follows the dash of {@code A-B}
 */
public record ItemReference(Marketplace marketplace, String itemId, String itemKey) {

    /** Longest text that is looked at. */
    private static final int MAX_LENGTH = 10_000;

    private static final Pattern URL = Pattern.compile("https?://[\\x21-\\x7E&&[^\"'<>\\\\^`{|}]]+");
    private static final Pattern ITEM_ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");
    private static final Pattern JD_PATH = Pattern.compile("/(?:product/|detail/)?([0-9A-Za-z_-]{4,64})\\.html");
    private static final List<String> TAOBAO_PARAMETERS = List.of("id", "itemId", "item_id");
    private static final List<String> PDD_PARAMETERS = List.of("goods_sign", "goods_id");
    private static final List<String> DOUYIN_PARAMETERS = List.of("id", "product_id");

    public static ItemReference of(Marketplace marketplace, String itemId) {
        var dash = itemId.lastIndexOf('-');
        var key = marketplace == Marketplace.TAOBAO && dash >= 0 ? itemId.substring(dash + 1) : itemId;
        return new ItemReference(marketplace, itemId, key);
    }

    /**
     * Finds the item in a pasted text: the first link that leads to one, or a bare item id.
     *
     * @param marketplace needed for a bare item id; otherwise it must agree with the link, or be {@code null}
     * @throws Refusal saying what was recognised and what is missing
     */
    public static ItemReference in(String text, Marketplace marketplace) {
        var clean = Normalizer.normalize(text, Normalizer.Form.NFKC).strip();
        if (clean.length() > MAX_LENGTH) {
            throw refusal("product-too-long", "the product text is longer than " + MAX_LENGTH + " characters");
        }
        var matcher = URL.matcher(clean);
        String foreign = null;
        while (matcher.find()) {
            var uri = uri(matcher.group());
            var owner = uri.flatMap(found -> MarketplaceHosts.of(found.getHost()));
            if (owner.isEmpty()) {
                foreign = uri.map(URI::getHost).orElse(matcher.group());
                continue;
            }
            var item = itemId(owner.get(), uri.get()).map(id -> of(owner.get(), id));
            if (item.isEmpty()) {
                throw refusal(
                        "product-without-item",
                        "recognised a link of " + owner.get() + ", but it names no item: paste the item's own page");
            }
            if (marketplace != null && marketplace != owner.get()) {
                throw refusal(
                        "marketplace-contradicts",
                        "the link is one of " + owner.get() + ", but `marketplace` says " + marketplace);
            }
            return item.get();
        }
        if (foreign != null) {
            throw refusal(
                    "product-host-unknown",
                    foreign + " is no marketplace that we know: paste a link of Taobao, JD, Pinduoduo or Douyin");
        }
        if (ITEM_ID.matcher(clean).matches()) {
            if (marketplace == null) {
                throw refusal(
                        "marketplace-missing", "recognised a bare item id: say which `marketplace` it belongs to");
            }
            return of(marketplace, clean);
        }
        throw refusal("product-not-recognised", "recognised neither an item link nor an item id in the text");
    }

    private static Optional<URI> uri(String text) {
        try {
            var uri = new URI(text);
            return uri.getHost() == null || uri.getRawUserInfo() != null ? Optional.empty() : Optional.of(uri);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> itemId(Marketplace marketplace, URI uri) {
        var candidates =
                switch (marketplace) {
                    case TAOBAO, XIANYU -> parameter(uri, TAOBAO_PARAMETERS);
                    case PDD -> parameter(uri, PDD_PARAMETERS);
                    case DOUYIN -> parameter(uri, DOUYIN_PARAMETERS);
                    case JD -> {
                        var path = JD_PATH.matcher(uri.getPath() == null ? "" : uri.getPath());
                        yield path.matches() ? Optional.of(path.group(1)) : Optional.<String>empty();
                    }
                };
        return candidates.filter(id -> ITEM_ID.matcher(id).matches());
    }

    private static Optional<String> parameter(URI uri, List<String> names) {
        var values = new LinkedHashMap<String, String>();
        if (uri.getRawQuery() != null) {
            for (var pair : uri.getRawQuery().split("&")) {
                var equals = pair.indexOf('=');
                if (equals > 0) {
                    values.putIfAbsent(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
        }
        return names.stream().filter(values::containsKey).findFirst().map(name -> decode(values, name));
    }

    private static String decode(Map<String, String> values, String name) {
        try {
            return URLDecoder.decode(values.get(name), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static Refusal refusal(String code, String detail) {
        return new Refusal(Refusal.Kind.INVALID, code, detail);
    }

    /** The item's own page, without anybody's slot. */
    public String plainUrl() {
        return switch (marketplace) {
            case TAOBAO -> "https://item.taobao.com/item.htm?id=" + itemId;
            case JD -> "https://item.jd.com/" + itemId + ".html";
            case PDD ->
                "https://mobile.yangkeduo.com/goods.html?"
                        + (itemId.chars().allMatch(Character::isDigit) ? "goods_id=" : "goods_sign=") + itemId;
            case DOUYIN -> "https://haohuo.jinritemai.com/views/product/item2?id=" + itemId;
            case XIANYU -> "https://www.goofish.com/item?id=" + itemId;
        };
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
