package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.link.ShareTemplate.Placeholder;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTemplateTest {

    private static final Map<Placeholder, String> KNOWN = Map.of(
            Placeholder.TITLE, "大衣 $1 {token}",
            Placeholder.URL, "https://go.zhida.example/r/ABCDEFGH",
            Placeholder.TOKEN, "◆ABCDEFGHJKLMNP◆",
            Placeholder.PASTE_AT, "https://go.zhida.example/paste",
            Placeholder.APP, "淘宝");

    private static Map<Placeholder, String> knownAnd(Placeholder placeholder, String value) {
        var values = new EnumMap<>(KNOWN);
        values.put(placeholder, value);
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        ",           LINK,         {title} {url},             ",
        ",           LINK,         {title},                   add {url}",
        ",           LINK,         {title} {link} {url},      there is no {link}",
        ",           LINK,         {title} {url {url},        a brace is left over",
        ",           TOKEN,        {token} {pasteAt},         ",
        ",           TOKEN,        {token},                   add {pasteAt}",
        ",           TOKEN,        {pasteAt},                 add {token}",
        ",           NATIVE_TOKEN, {nativeToken},             ",
        ",           NATIVE_TOKEN, {title},                   add {nativeToken}",
        ",           IMAGE,        {title},                   ",
        "WECHAT,     LINK,         {title} {url},             ",
        "WECHAT,     TOKEN,        {title} {url},             ",
        "WECHAT,     TOKEN,        {url} {token} {pasteAt},   WeChat forbids tokens",
        "WECHAT,     LINK,         {url} {nativeToken},       WeChat forbids tokens",
        "WECHAT,     LINK,         {url} ◆ABCD◆,              WeChat forbids tokens",
        "WECHAT,     TOKEN,        {title},                   add {url}",
        "XIAOHONGSHU, TOKEN,       {token} {pasteAt},         ",
        "XIAOHONGSHU, TOKEN,       {token} {pasteAt} {url},   Xiaohongshu punishes links",
        "XIAOHONGSHU, TOKEN,       {token} {pasteAt} HTTPS://a.example, Xiaohongshu punishes links",
        "XIAOHONGSHU, LINK,        {title},                   add {token} {pasteAt}",
        "QQ,         LINK,         {title} {url},             "
    })
    void a_template_says_what_is_wrong_with_it(Platform platform, Medium medium, String text, String problem) {
        var problems = new ShareTemplate(platform, null, medium, text).problems();
        if (problem == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().satisfies(error -> {
                assertThat(error.field()).isEqualTo("text");
                assertThat(error.reason()).contains(problem);
            });
        }
    }

    @Test
    void a_line_that_names_what_is_not_known_is_left_out() {
        var template = new ShareTemplate(null, null, Medium.LINK, "{title}\n到手价 {priceAfterCoupon} 元\n{url}");
        assertThat(template.fill(KNOWN)).isEqualTo("大衣 $1 {token}\nhttps://go.zhida.example/r/ABCDEFGH");
        assertThat(template.fill(knownAnd(Placeholder.PRICE_AFTER_COUPON, "179")))
                .isEqualTo("大衣 $1 {token}\n到手价 179 元\nhttps://go.zhida.example/r/ABCDEFGH");
    }

    @Test
    void without_what_a_follower_needs_there_are_no_words() {
        var template = new ShareTemplate(null, null, Medium.NATIVE_TOKEN, "{title}\n{nativeToken}");
        assertThat(template.fill(KNOWN)).isEmpty();
        assertThat(template.fill(knownAnd(Placeholder.NATIVE_TOKEN, "47￥ CZ3457 aB3dE5gH7j2￥")))
                .endsWith("\n47￥ CZ3457 aB3dE5gH7j2￥");
    }

    @Test
    void a_platform_weighs_more_than_a_scene() {
        var place = new Placement.Place(Platform.WECHAT, Scene.COMMENT, Medium.TOKEN, "");
        var ofPlatform = new ShareTemplate(Platform.WECHAT, null, Medium.TOKEN, "{url}");
        var ofScene = new ShareTemplate(null, Scene.COMMENT, Medium.TOKEN, "{token} {pasteAt}");
        assertThat(ofPlatform.covers(place) && ofScene.covers(place)).isTrue();
        assertThat(ofPlatform.weight()).isGreaterThan(ofScene.weight());
        assertThat(new ShareTemplate(Platform.QQ, null, Medium.TOKEN, "").covers(place))
                .isFalse();
        assertThat(new ShareTemplate(Platform.WECHAT, null, Medium.LINK, "").covers(place))
                .isFalse();
    }
}
