package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.problem.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducedLinkTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            TAOBAO_PID | mm_1_2_3 | - | https://uland.taobao.com/coupon/edetail?itemId=7&pid=mm_1_2_3               | -
            TAOBAO_PID | mm_1_2_3 | - | https://uland.taobao.com/coupon/edetail?itemId=7&pid=mm_9_2_3               | pid-swapped
            TAOBAO_PID | mm_1_2_3 | - | https://uland.taobao.com/coupon/edetail?itemId=8&pid=mm_1_2_3               | link-of-another-item
            TAOBAO_PID | mm_1_2_3 | - | https://s.click.taobao.com/t?e=abc                                          | pid-not-visible
            TAOBAO_PID | mm_1_2_3 | - | https://evil.example/?pid=mm_1_2_3                                          | not-a-marketplace-link
            TAOBAO_PID | mm_1_2_3 | - | http://uland.taobao.com/coupon/edetail?itemId=7&pid=mm_1_2_3                | not-a-marketplace-link
            TAOBAO_PID | mm_1_2_3 | - | https://item.jd.com/7777.html?pid=mm_1_2_3                                  | not-a-marketplace-link
            PDD_CUSTOM_PARAMETERS | {"uid":"a"} | 1_2 | https://mobile.yangkeduo.com/goods.html?goods_id=7&pid=1_2&customParameters=%7B%22uid%22%3A%22a%22%7D | -
            PDD_CUSTOM_PARAMETERS | {"uid":"a"} | 1_2 | https://mobile.yangkeduo.com/goods.html?goods_id=7&pid=1_3&customParameters=%7B%22uid%22%3A%22a%22%7D | pid-swapped
            PDD_CUSTOM_PARAMETERS | {"uid":"a"} | 1_2 | https://mobile.yangkeduo.com/goods.html?goods_id=7&pid=1_2&customParameters=%7B%22uid%22%3A%22b%22%7D | pid-swapped
            PDD_CUSTOM_PARAMETERS | {"uid":"a"} | 1_2 | https://mobile.yangkeduo.com/goods.html?goods_id=7&pid=1_2                  | pid-not-visible
            PDD_CUSTOM_PARAMETERS | {"uid":"a"} | -   | https://mobile.yangkeduo.com/goods.html?goods_id=7&pid=1_2                  | account-without-pid
            DOUYIN_EXTERNAL_INFO | z_A | dy_1 | https://haohuo.jinritemai.com/views/product/item2?id=7&pid=dy_1&external_info=z_A | -
            DOUYIN_EXTERNAL_INFO | z_A | dy_1 | https://haohuo.jinritemai.com/views/product/item2?id=7&pid=dy_1&external_info=z_B | pid-swapped
            JD_POSITION | 5 | - | https://item.jd.com/7777.html?positionId=5                                          | -
            JD_POSITION | 5 | - | https://item.jd.com/7777.html?positionId=6                                          | pid-swapped
            JD_SUB_UNION | z_A | - | https://union-click.jd.com/jdc?p=abc                                             | pid-not-visible
            TAOBAO_RELATION | 77 | mm_1_2_3 | https://uland.taobao.com/coupon/edetail?itemId=7&pid=mm_1_2_3&relationId=77 | -
            TAOBAO_RELATION | 77 | mm_1_2_3 | https://uland.taobao.com/coupon/edetail?itemId=7&pid=mm_1_2_3&relationId=78 | pid-swapped
            """)
    void a_link_is_ours_or_it_is_said_why_not(SlotKind kind, String slot, String pid, String url, String code) {
        var item = ItemReference.of(kind.marketplace(), kind.marketplace() == Marketplace.JD ? "7777" : "7");
        assertThat(ProducedLink.objection(url, item, kind, slot, pid)
                        .map(Refusal::code)
                        .orElse(null))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"mm_1_2_3", "mm_111112234455_2_110000000000"})
    void the_link_that_we_make_ourselves_is_ours(String pid) {
        var item = ItemReference.of(Marketplace.TAOBAO, "AbC1-XyZ9");
        var url = item.urlWithSlot(SlotKind.TAOBAO_PID, pid).orElseThrow();
        assertThat(ProducedLink.objection(url, item, SlotKind.TAOBAO_PID, pid, null))
                .isEmpty();
    }
}
