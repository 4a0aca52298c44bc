package dev.zhida.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserAgentTest {

    private static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 ";
    private static final String ANDROID = "Mozilla/5.0 (Linux; Android 8.0; XXX Build/XXX; wv) AppleWebKit/537.36 "
            + "(KHTML, like Gecko) Version/4.0 Chrome/57.0.2987.132 ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wxwork/4.1.39 MicroMessenger/7.0.1 Language/zh | WECOM | 4",
                "MicroMessenger/8.0.49 NetType/WIFI miniProgram/wx0000 | WECHAT_MINI_PROGRAM | 8",
                "WindowsWechat MicroMessenger/7.0.9 | WECHAT_DESKTOP | 7",
                "XWEB/1160117 MMWEBID/1 MicroMessenger/8.0.49.2600(0x28003133) Weixin | WECHAT | 8",
                "MQQBrowser/6.2 TBS/044113 Mobile MicroMessenger/6.6.1 | WECHAT | 6",
                "MQQBrowser/6.2 TBS/044113 Mobile Safari/537.36 V1_AND_SQ_7.7.0_882_YYB_D PA QQ/7.7.0.3640 NetType/4G | QQ | 7",
                "QQ/9.0.17.638 V1_IPH_SQ_9.0.17_1_APP_A Pixel/1242 Core/WKWebView | QQ | 9",
                "MQQBrowser/15.1 Mobile Safari/537.36 | BROWSER | 0",
                "Weibo (Brand-Model__weibo__9.9.3__android__android9) | WEIBO | 9",
                "aweme_31.9.0 Region/CN NetType/WIFI aweme/31.9.0 BytedanceWebview/d8a21c6 | DOUYIN | 31",
                "douyin_lite_32.1.0 | DOUYIN | 32",
                "AppName/x AppId/2329 BytedanceWebview/1 | DOUYIN | 0",
                "musical_ly_33.1.4 | TIKTOK | 33",
                "NewsArticle/9.8.1 TTWebView/0 | TOUTIAO | 9",
                "Kwai/12.9.10.8962 NetType/WIFI Yoda/3.0.3.1 WebViewType/WK | KUAISHOU | 12",
                "xhsdiscover/8.1 | XIAOHONGSHU | 8",
                "NebulaSDK/1.8.100112 Nebula AliApp(AP/10.3.0.8000) AlipayClient/10.3.0.8000 | ALIPAY | 10",
                "AliApp(TB/10.14.0) TTID/600000@taobao_android_10.14.0 WindVane/8.7.2 | TAOBAO | 10",
                "AliApp(TM/9.1) | TMALL | 9",
                "AliApp(FM/7.5) | XIANYU | 7",
                "AliApp(DingTalk/6.5.1) | DINGTALK | 6",
                "phh_android_version/7.29.0 phh_android_build/0 | PDD | 7",
                "baiduboxapp/13.1.0 | BAIDU | 13",
                "Version/18.5 Safari/604.1 | BROWSER | 0"
            })
    void a_host_app_and_its_major_version_are_told(String agent, HostApp hostApp, int major) {
        assertThat(UserAgent.detect(IPHONE + agent)).isEqualTo(new UserAgent(hostApp, major, Os.IOS));
        assertThat(UserAgent.detect(ANDROID + agent)).isEqualTo(new UserAgent(hostApp, major, Os.ANDROID));
    }

    @Test
    void the_app_of_jd_stands_at_the_very_start() {
        assertThat(UserAgent.detect("jdapp;iPhone;11.0.4;14.3;network/wifi;" + IPHONE + "supportJDSHWK/1"))
                .isEqualTo(new UserAgent(HostApp.JD, 11, Os.IOS));
        assertThat(UserAgent.detect(IPHONE + "jdapp;iPhone;11.0.4").hostApp()).isEqualTo(HostApp.BROWSER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mozilla/5.0 (Phone; OpenHarmony 6.0) Chrome/132.0.0.0 Safari/537.36 ArkWeb/6.0.0.1 Mobile | HARMONY",
                "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) | IOS",
                "Mozilla/5.0 (Linux; Android 14; HarmonyOS) | ANDROID",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) | WINDOWS",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) | MACOS",
                "Mozilla/5.0 (X11; Linux x86_64) | LINUX",
                "something else | OTHER"
            })
    void the_system_is_told(String agent, Os os) {
        assertThat(UserAgent.detect(agent).os()).isEqualTo(os);
    }

    @Property
    void any_text_is_somebody(@ForAll String agent) {
        assertThat(UserAgent.detect(agent)).isNotNull();
    }

    @Test
    void nobody_says_nothing() {
        assertThat(UserAgent.detect(null)).isEqualTo(new UserAgent(HostApp.BROWSER, 0, Os.OTHER));
    }
}
