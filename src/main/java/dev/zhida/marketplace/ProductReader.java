package dev.zhida.marketplace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds in a pasted text what leads to an item. */
final class ProductReader {

    /** What may stand in an address; a link ends before anything else. */
    private static final String ADDRESS = "[\\x21-\\x7E&&[^\"'<>\\\\^`{|}]]";

    /** With its scheme any host; without it only a marketplace's, and only with a path. */
    private static final Pattern LINK = Pattern.compile("(?i)https?://" + ADDRESS + "+"
            + "|(?<![0-9a-z./:@=?&%#_\\\\-])(?:[0-9a-z-]{1,63}\\.){0,8}(?:"
            + MarketplaceHosts.domains().stream().map(Pattern::quote).collect(Collectors.joining("|"))
            + ")/" + ADDRESS + "*");

    private static final Pattern TRAILING = Pattern.compile("[.,;:!?)\\]*~]+$");
    private static final Pattern ITEM_ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");

    // A core has a letter: prices and phone numbers have none.
    private static final String CORE = "(?=[0-9]*[A-Za-z])([0-9A-Za-z]{11})(?![0-9A-Za-z])";
    private static final String SIGN = "[\\p{Sc}\\p{So}]";
    private static final String PREFIX = "\\s*(?:[A-Z]{2}\\d{3,4}\\s+)?";
    private static final Pattern TAOBAO_SIGNS = Pattern.compile(SIGN + PREFIX + CORE + "\\s*" + SIGN);
    private static final Pattern TAOBAO_BRACKETS =
            Pattern.compile("(?<![0-9A-Za-z/:.])[/(《「【]" + PREFIX + CORE + "\\s*[/)》」】](?![0-9A-Za-z/])");
    private static final Pattern TAOBAO_2017 = Pattern.compile("[￥¥](?=[0-9]*[A-Za-z])([0-9A-Za-z]{8})[￥¥]");
    private static final Pattern JD_SIGNS = Pattern.compile("[￥¥](?=[0-9]*[A-Za-z])([0-9A-Za-z]{14})\\s*[￥¥%]");
    private static final Pattern JD_ADDRESS =
            Pattern.compile("(?i)(https?://[0-9a-z]{14})(?![0-9a-z@:/_-]|\\.[0-9a-z])");
    private static final Pattern LEADING_NUMBER = Pattern.compile("\\s*\\d+(?:\\.\\d+)?\\.?:/.*", Pattern.DOTALL);
    private static final Pattern JD_CHINESE = Pattern.compile(":/\\s*(\\p{IsHan}{4,})");
    /** Anything but what Taobao and JD use. */
    private static final String DOUYIN_SIGNS = "[^\\x00-\\x7F\\s\\p{Sc}]{1,2}";

    private static final Pattern DOUYIN = Pattern.compile(
            "(?<![0-9A-Za-z])" + DOUYIN_SIGNS + "(?=[0-9]*[A-Za-z])([0-9A-Za-z]{11,13})" + DOUYIN_SIGNS);

    private ProductReader() {}

    static ProductText read(String text, Marketplace marketplace) {
        if (text.length() > ProductText.MAX_LENGTH) {
            return new ProductText.NoItem(
                    "product-too-long", "the product text is longer than " + ProductText.MAX_LENGTH + " characters");
        }
        var clean = clean(text);
        var links = links(clean);
        return firstItem(links)
                .or(() -> token(clean))
                .or(() -> opaqueLink(links))
                .or(() -> noItemIn(links))
                .orElseGet(() -> itemId(clean, marketplace));
    }

    /** Without invisible characters, full-width letters and signs as the plain ones; all else as it was. */
    private static String clean(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c >= 0xFF01 && c <= 0xFF5E) {
                clean.append((char) (c - 0xFF01 + '!'));
            } else if (c == 0x3000 || c == 0xA0) {
                clean.append(' ');
            } else if (Character.getType(c) != Character.FORMAT && (c < 0xFE00 || c > 0xFE0F)) {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString();
    }

    /** The links in their order, each with what it leads to. */
    private static Map<String, ItemLinks.Target> links(String clean) {
        var links = new LinkedHashMap<String, ItemLinks.Target>();
        for (var matcher = LINK.matcher(clean); matcher.find(); ) {
            var link = TRAILING.matcher(matcher.group()).replaceFirst("");
            links.putIfAbsent(link, WebLink.of(link).map(ItemLinks::target).orElseGet(ItemLinks.Target.Foreign::new));
        }
        return links;
    }

    private static Optional<ProductText> firstItem(Map<String, ItemLinks.Target> links) {
        var leading = new ArrayList<String>();
        links.forEach((link, target) -> {
            if (target instanceof ItemLinks.Target.Item || target instanceof ItemLinks.Target.Short) {
                leading.add(link);
            }
        });
        if (leading.isEmpty()) {
            return Optional.empty();
        }
        var others = List.copyOf(leading.subList(1, leading.size()));
        return switch (links.get(leading.getFirst())) {
            case ItemLinks.Target.Item(var item) -> Optional.of(new ProductText.Item(item, others));
            case ItemLinks.Target.Short(var owner, var url) ->
                Optional.of(new ProductText.ShortLink(owner, url, others));
            case ItemLinks.Target.Opaque opaque -> Optional.empty();
            case ItemLinks.Target.Page page -> Optional.empty();
            case ItemLinks.Target.Foreign foreign -> Optional.empty();
        };
    }

    private static Optional<ProductText> token(String clean) {
        var words = LINK.matcher(clean).replaceAll(" ");
        var numbered = LEADING_NUMBER.matcher(words).matches();
        return find(JD_ADDRESS, clean, Marketplace.JD)
                .or(() -> words.contains("抖") ? find(DOUYIN, words, Marketplace.DOUYIN) : Optional.empty())
                .or(() -> find(JD_SIGNS, words, Marketplace.JD))
                .or(() -> find(TAOBAO_SIGNS, words, Marketplace.TAOBAO))
                .or(() -> find(TAOBAO_2017, words, Marketplace.TAOBAO))
                .or(() -> find(TAOBAO_BRACKETS, words, Marketplace.TAOBAO))
                .or(() -> numbered ? find(DOUYIN, words, Marketplace.DOUYIN) : Optional.empty())
                .or(() -> numbered && words.contains("京") ? find(JD_CHINESE, words, Marketplace.JD) : Optional.empty());
    }

    private static Optional<ProductText> find(Pattern pattern, String words, Marketplace marketplace) {
        return Optional.of(pattern.matcher(words))
                .filter(Matcher::find)
                .flatMap(found -> token(marketplace, found.group(1)));
    }

    private static Optional<ProductText> token(Marketplace marketplace, String text) {
        return Optional.of(new ProductText.Opaque(marketplace, ProductText.Opaque.Kind.TOKEN, text));
    }

    private static Optional<ProductText> opaqueLink(Map<String, ItemLinks.Target> links) {
        return links.entrySet().stream()
                .filter(link -> link.getValue() instanceof ItemLinks.Target.Opaque)
                .findFirst()
                .map(link -> new ProductText.Opaque(
                        ((ItemLinks.Target.Opaque) link.getValue()).marketplace(),
                        ProductText.Opaque.Kind.LINK,
                        link.getKey()));
    }

    /** A marketplace's page says more about what is missing than a foreign one. */
    private static Optional<ProductText> noItemIn(Map<String, ItemLinks.Target> links) {
        for (var target : links.values()) {
            if (target instanceof ItemLinks.Target.Page(var owner)) {
                return Optional.of(new ProductText.NoItem(
                        "product-without-item",
                        "recognised a link of " + owner + ", but it names no item: paste the item's own page"));
            }
        }
        return links.keySet().stream()
                .findFirst()
                .map(link -> new ProductText.NoItem(
                        "product-host-unknown",
                        WebLink.of(link).map(WebLink::host).orElse(link)
                                + " is no marketplace that we know: paste a link of Taobao, JD, Pinduoduo or Douyin"));
    }

    private static ProductText itemId(String clean, Marketplace marketplace) {
        var id = clean.strip();
        if (!ITEM_ID.matcher(id).matches()) {
            return new ProductText.NoItem(
                    "product-not-recognised", "recognised neither an item link nor an item id in the text");
        }
        return marketplace == null
                ? new ProductText.NoItem(
                        "marketplace-missing", "recognised a bare item id: say which `marketplace` it belongs to")
                : new ProductText.Item(ItemReference.of(marketplace, id), List.of());
    }
}
