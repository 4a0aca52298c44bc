package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.zhida.problem.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Short links are followed on a TLS server on this machine that stands for the hosts of marketplaces. */
class ProductsTest {

    private final OutboundFixture internet = new OutboundFixture();
    private final Outbound outbound = internet.outbound();
    private final Products products = new Products(outbound);

    @AfterEach
    void close() throws Exception {
        outbound.close();
        internet.close();
    }

    private void refused(String text, Marketplace marketplace, int status, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> products.understand(text, marketplace))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.kind().status()).isEqualTo(status);
                    assertThat(refusal.getMessage()).hasSizeGreaterThan(20);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "https://m.tb.cn/h.AbCd123?tk=aB3dE5gH7j2,m.tb.cn/h.AbCd123?tk=aB3dE5gH7j2,https://a.m.taobao.com/i680011223344.htm?x=1,TAOBAO,680011223344",
        "https://s.click.taobao.com/AbCd12w,s.click.taobao.com/AbCd12w,https://item.taobao.com/item.htm?id=1,TAOBAO,1",
        "https://u.jd.com/aB3dE5g,u.jd.com/aB3dE5g,http://item.m.jd.com/product/100012043978.html,JD,100012043978",
        "http://3.cn/1-aB3dE5,3.cn/1-aB3dE5,https://item.m.jd.com/product/100012043978.html,JD,100012043978",
        "https://p.pinduoduo.com/aB3,p.pinduoduo.com/aB3,https://mobile.yangkeduo.com/goods.html?goods_sign=c9_x,PDD,c9_x",
        "https://v.douyin.com/aB3/,v.douyin.com/aB3/,https://haohuo.jinritemai.com/views/product/item2?id=36,DOUYIN,36",
        "https://m.tb.cn/h.xianyu1,m.tb.cn/h.xianyu1,https://h5.m.goofish.com/item?id=77,XIANYU,77"
    })
    void a_short_link_is_followed_as_far_as_an_item_is_named(
            String pasted, String address, String location, Marketplace marketplace, String key) {
        internet.at(address, OutboundFixture.redirect(location));
        var understood = products.understand("看这个 " + pasted + " 不错", null);
        assertThat(understood.item().marketplace()).isEqualTo(marketplace);
        assertThat(understood.item().itemKey()).isEqualTo(key);
        // The item's page itself is nobody's business.
        assertThat(internet.asked()).containsExactly(address);
    }

    @Test
    void a_page_that_sends_a_browser_on_by_script_is_followed_too() {
        internet.at("u.jd.com/aB3", OutboundFixture.status(200, "<script>var hrl='https://u.jd.com/jda?e=1&amp;p=2';"))
                .at("u.jd.com/jda?e=1&p=2", OutboundFixture.redirect("https://union-click.jd.com/jdc?e=1"))
                .at("union-click.jd.com/jdc?e=1", OutboundFixture.redirect("https://item.m.jd.com/product/5551.html"));
        assertThat(products.understand("https://u.jd.com/aB3", null).item())
                .isEqualTo(ItemReference.of(Marketplace.JD, "5551"));
        internet.at(
                "m.tb.cn/h.AbCd12A",
                OutboundFixture.status(200, "var url = 'https://item.taobao.com/item.htm?ut_sk=1&id=680011223344';"));
        assertThat(products.understand("https://m.tb.cn/h.AbCd12A", null).item().itemId())
                .isEqualTo("680011223344");
    }

    @ParameterizedTest
    @CsvSource({
        "https://evil.example/item.htm?id=1",
        "tbopen://m.taobao.com/tbopen/index.html?h5Url=x",
        "https://item.taobao.com.evil.example/item.htm?id=1",
        "https://item.taobao.com/"
    })
    void a_short_link_that_leads_to_no_item_is_told_apart(String location) {
        internet.at("m.tb.cn/h.AbCd123", OutboundFixture.redirect(location));
        refused("https://m.tb.cn/h.AbCd123", null, 422, "short-link-without-item");
        assertThat(internet.resolved()).doesNotContain("evil.example");
    }

    @Test
    void a_short_link_that_cannot_be_followed_is_unreachable_for_now() {
        internet.at("m.tb.cn/h.AbCd123", OutboundFixture.status(502, ""));
        refused("https://m.tb.cn/h.AbCd123", null, 503, "short-link-unreachable");
        internet.close();
        refused("https://u.jd.com/aB3dE5g", null, 503, "short-link-unreachable");
    }

    @Test
    void what_only_a_marketplace_can_open_says_so() {
        refused("￥aB3dE5gH7j2￥", null, 422, "token-needs-connection");
        refused("https://uland.taobao.com/coupon/edetail?e=abc", null, 422, "link-needs-connection");
    }

    @Test
    void a_marketplace_that_is_named_must_be_the_links_own() {
        refused("https://item.jd.com/100012043978.html", Marketplace.TAOBAO, 422, "marketplace-contradicts");
        assertThat(products.understand("https://item.jd.com/100012043978.html", Marketplace.JD)
                        .item()
                        .itemId())
                .isEqualTo("100012043978");
    }
}
