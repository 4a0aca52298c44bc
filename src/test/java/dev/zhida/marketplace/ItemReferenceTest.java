package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.zhida.problem.Refusal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemReferenceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://item.taobao.com/item.htm?id=680011223344                                  | TAOBAO | 680011223344
            https://detail.tmall.com/item.htm?spm=a1.b2&id=680011223344&skuId=5               | TAOBAO | 680011223344
            HTTPS://DETAIL.TMALL.COM/item.htm?id=680011223344                                 | TAOBAO |
            看看这件 https://item.taobao.com/item.htm?id=1 还有 https://item.jd.com/100012043978.html | TAOBAO | 1
            https://uland.taobao.com/item/edetail?id=AbC1-XyZ9                                | TAOBAO | XyZ9
            https://item.jd.com/100012043978.html                                             | JD     | 100012043978
            https://item.m.jd.com/product/100012043978.html?a=1                               | JD     | 100012043978
            https://mobile.yangkeduo.com/goods.html?goods_id=1234567                          | PDD    | 1234567
            https://haohuo.jinritemai.com/views/product/item2?id=3600000000000000001          | DOUYIN | 3600000000000000001
            https://www.goofish.com/item?id=77                                                | XIANYU | 77
            """)
    void an_item_link_is_understood(String text, Marketplace marketplace, String key) {
        if (key == null) {
            // Schemes in capitals are not what any app shares.
            assertThatExceptionOfType(Refusal.class).isThrownBy(() -> ItemReference.in(text, null));
            return;
        }
        var item = ItemReference.in(text, null);
        assertThat(item.marketplace()).isEqualTo(marketplace);
        assertThat(item.itemKey()).isEqualTo(key);
        assertThat(MarketplaceHosts.isDestination(item.plainUrl())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://taobao.com.evil.example/item.htm?id=1",
                "https://evil.example/?u=https%3A%2F%2Fitem.taobao.com%2F&id=1",
                "https://item.taobao.com@evil.example/item.htm?id=1",
                "https://eviltaobao.com/item.htm?id=1"
            })
    void a_host_that_only_looks_right_is_refused(String url) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ItemReference.in(url, null))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("product-host-unknown"));
        assertThat(MarketplaceHosts.isDestination(url)).isFalse();
    }

    @Test
    void a_bare_item_id_needs_its_marketplace() {
        assertThat(ItemReference.in("680011223344", Marketplace.TAOBAO).itemKey())
                .isEqualTo("680011223344");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ItemReference.in("680011223344", null))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("marketplace-missing"));
    }

    @Test
    void full_width_letters_are_read_as_letters() {
        assertThat(ItemReference.in("ｈｔｔｐｓ：／／item.taobao.com/item.htm?id=１２３", null)
                        .itemId())
                .isEqualTo("123");
    }

    @ParameterizedTest
    @CsvSource({
        "https://item.taobao.com/,product-without-item",
        "今天天气不错,product-not-recognised",
        "https://item.taobao.com/item.htm?id=%27drop,product-without-item"
    })
    void what_is_missing_is_said(String text, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ItemReference.in(text, null))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://item.taobao.com/",
                "https://item.taobao.com:8443/",
                "https://u:p@item.taobao.com/",
                "javascript:alert(1)",
                "https:///x",
                "not a url"
            })
    void nobody_is_sent_elsewhere(String url) {
        assertThat(MarketplaceHosts.isDestination(url)).isFalse();
    }

    @Property
    void any_text_is_an_item_or_a_refusal(@ForAll String text) {
        try {
            assertThat(ItemReference.in(text, null).itemKey()).isNotEmpty();
        } catch (Refusal refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
        }
    }
}
