package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "TAOBAO,680011223344,680011223344",
        "TAOBAO,AbC1-XyZ9,XyZ9",
        "JD,AbC1-XyZ9,AbC1-XyZ9",
        "PDD,c9_2aB-xyz,c9_2aB-xyz"
    })
    void of_a_taobao_id_only_the_part_after_the_dash_stays_the_same(Marketplace marketplace, String id, String key) {
        assertThat(ItemReference.of(marketplace, id).itemKey()).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({
        "TAOBAO,680011223344",
        "TAOBAO,AbC1-XyZ9",
        "JD,100012043978",
        "JD,aB3dE5gH7j2kL4mN",
        "PDD,1234567",
        "PDD,c9_2aB-xyz",
        "DOUYIN,3600000000000000001",
        "XIANYU,77"
    })
    void the_page_of_an_item_is_a_place_to_go_and_names_the_item(Marketplace marketplace, String id) {
        var item = ItemReference.of(marketplace, id);
        assertThat(MarketplaceHosts.isDestination(item.plainUrl())).isTrue();
        assertThat(ProductText.read(item.plainUrl(), null)).isEqualTo(new ProductText.Item(item, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://item.taobao.com/",
                "https://item.taobao.com:8443/",
                "https://u:p@item.taobao.com/",
                "https://taobao.com.evil.example/item.htm?id=1",
                "https://evil.example/?u=https%3A%2F%2Fitem.taobao.com%2F&id=1",
                "https://item.taobao.com@evil.example/item.htm?id=1",
                "https://eviltaobao.com/item.htm?id=1",
                "javascript:alert(1)",
                "https:///x",
                "not a url"
            })
    void nobody_is_sent_elsewhere(String url) {
        assertThat(MarketplaceHosts.isDestination(url)).isFalse();
    }
}
