package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProductTextTest {

    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9A-F]{4})|n|\\\\)");

    record Sample(String outcome, String marketplace, String value, String text) {}

    static List<Sample> samples() throws Exception {
        try (var in = ProductTextTest.class.getResourceAsStream("share-texts.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\t", 4))
                    .map(cells -> new Sample(cells[0], cells[1], cells[2], unescaped(cells[3])))
                    .toList();
        }
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text).replaceAll(found -> {
            if (found.group(1) != null) {
                return java.util.regex.Matcher.quoteReplacement(
                        Character.toString(Integer.parseInt(found.group(1), 16)));
            }
            return found.group().equals("\\n") ? "\n" : "\\\\";
        });
    }

    private static Sample read(String text) {
        return switch (ProductText.read(text, null)) {
            case ProductText.Item(var item, var others) ->
                new Sample("ITEM", item.marketplace().name(), item.itemKey(), text);
            case ProductText.ShortLink(var owner, var url, var others) -> new Sample("SHORT", owner.name(), url, text);
            case ProductText.Opaque(var owner, var kind, var what) -> new Sample(kind.name(), owner.name(), what, text);
            case ProductText.NoItem(var code, var detail) -> new Sample("NONE", "-", code, text);
        };
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_pasted_text_is_understood(Sample sample) {
        assertThat(read(sample.text())).isEqualTo(sample);
    }

    @Test
    void the_samples_are_many_and_of_all_marketplaces() throws Exception {
        assertThat(samples()).hasSizeGreaterThan(80);
        assertThat(samples().stream().map(Sample::marketplace).distinct())
                .contains("TAOBAO", "JD", "PDD", "DOUYIN", "XIANYU");
    }

    @Test
    void the_first_item_link_wins_and_the_others_are_listed() {
        var text = "看 https://blog.example/ https://item.jd.com/100012043978.html 和 https://m.tb.cn/h.AbCd123 还有"
                + " https://item.taobao.com/item.htm?id=1 再看 https://item.jd.com/100012043978.html";
        assertThat(ProductText.read(text, null))
                .isEqualTo(new ProductText.Item(
                        ItemReference.of(Marketplace.JD, "100012043978"),
                        List.of("https://m.tb.cn/h.AbCd123", "https://item.taobao.com/item.htm?id=1")));
    }

    @Test
    void a_bare_item_id_belongs_to_the_marketplace_that_is_named() {
        assertThat(ProductText.read(" 680011223344 ", Marketplace.TAOBAO))
                .isEqualTo(new ProductText.Item(ItemReference.of(Marketplace.TAOBAO, "680011223344"), List.of()));
    }

    @Test
    void a_text_that_is_too_long_is_not_looked_at() {
        assertThat(ProductText.read("长".repeat(ProductText.MAX_LENGTH + 1), null))
                .isInstanceOfSatisfying(
                        ProductText.NoItem.class, no -> assertThat(no.code()).isEqualTo("product-too-long"));
    }

    @Property
    void any_text_is_answered(@ForAll String text) {
        answered(text);
    }

    @Property
    void any_heap_of_pieces_is_answered(@ForAll("heaps") String text) {
        answered(text);
    }

    private static void answered(String text) {
        switch (ProductText.read(text, null)) {
            case ProductText.Item(var item, var others) -> {
                assertThat(item.itemId()).matches("[0-9A-Za-z_-]{1,64}");
                assertThat(MarketplaceHosts.isDestination(item.plainUrl())).isTrue();
            }
            case ProductText.ShortLink(var owner, var url, var others) ->
                assertThat(WebLink.of(url).flatMap(link -> MarketplaceHosts.of(link.host())))
                        .contains(owner);
            case ProductText.Opaque(var owner, var kind, var what) ->
                assertThat(what).isNotBlank();
            case ProductText.NoItem(var code, var detail) -> assertThat(detail).isNotBlank();
        }
    }

    /** Texts put together of what the reader looks for, so that it meets more than noise. */
    @Provide
    Arbitrary<String> heaps() {
        var pieces = Arbitraries.of(Stream.of(
                        "https://",
                        "http://",
                        "item.taobao.com",
                        "m.tb.cn",
                        "u.jd.com",
                        "3.cn",
                        "evil.example",
                        "/",
                        "?",
                        "&",
                        "=",
                        "#",
                        "@",
                        ":",
                        "%",
                        "%E4",
                        "\\",
                        "id=",
                        "itemId=",
                        "e=",
                        "goods_sign=",
                        "item.htm",
                        "aB3dE5gH7j2",
                        "￥",
                        "₤",
                        "(",
                        ")",
                        "CZ321 ",
                        "抖",
                        "3:/",
                        "京",
                        "ΦΦ",
                        "\u200B",
                        "\uD83D",
                        "😀",
                        "。",
                        "．",
                        " ",
                        "\n",
                        "680011223344",
                        ".",
                        "a.a.a.a.a.a.a.a.a.a.a.",
                        "-",
                        "amp;")
                .toList());
        return pieces.list().ofMaxSize(60).map(parts -> String.join("", parts));
    }
}
