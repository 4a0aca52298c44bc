package dev.zhida.platform;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a user agent tells: the host app, its major version, the system. The order of the tests is the point: one
 * app's name stands in the agents of others.
 *
 * @param appMajor 0 if it is not told
 */
public record UserAgent(HostApp hostApp, int appMajor, Os os) {

    /** What is looked at of an agent; the rest of a longer one tells nothing new. */
    public static final int MAX_LENGTH = 1_024;

    /** The app in whose web view, or the browser in which, a fan is. */
    public enum HostApp {
        WECOM,
        WECHAT_MINI_PROGRAM,
        WECHAT_DESKTOP,
        WECHAT,
        QQ,
        WEIBO,
        DOUYIN,
        TIKTOK,
        TOUTIAO,
        KUAISHOU,
        XIAOHONGSHU,
        ALIPAY,
        TAOBAO,
        TMALL,
        XIANYU,
        DINGTALK,
        JD,
        PDD,
        BAIDU,
        BROWSER
    }

    /** The system of the fan's device. */
    public enum Os {
        IOS,
        ANDROID,
        HARMONY,
        WINDOWS,
        MACOS,
        LINUX,
        OTHER
    }

    /**
     * How an app is told.
     *
     * @param version its group 1 is the major version, where the agent tells it
     */
    private record AppTest(HostApp app, Pattern presence, Pattern version) {}

    private static final AppTest[] TESTS = {
        test(HostApp.WECOM, "wxwork/", "wxwork/(\\d{1,4})"),
        test(
                HostApp.WECHAT_MINI_PROGRAM,
                "micromessenger.*miniprogram|miniprogram.*micromessenger",
                "micromessenger/(\\d{1,4})"),
        test(HostApp.WECHAT_DESKTOP, "windowswechat|macwechat", "micromessenger/(\\d{1,4})"),
        test(HostApp.WECHAT, "micromessenger/", "micromessenger/(\\d{1,4})"),
        test(HostApp.QQ, "qzone/|\\bqq/\\d|v1_and_sq_|v1_iph_sq_", "(?:\\bqq/|qzone/|v1_(?:and|iph)_sq_)(\\d{1,4})"),
        test(HostApp.WEIBO, "weibo \\(|__weibo__", "__weibo__(\\d{1,4})"),
        test(HostApp.DOUYIN, "aweme|douyin_lite_|appid/2329\\b", "(?:aweme|douyin_lite)[_/](\\d{1,4})"),
        test(HostApp.TIKTOK, "musical_ly|trill_", "(?:musical_ly|trill)_(\\d{1,4})"),
        test(
                HostApp.TOUTIAO,
                "newsarticle/|newslite|videoarticle/|ttwebview/|toutiaomicroapp/",
                "(?:newsarticle|newslite|videoarticle)/(\\d{1,4})"),
        test(HostApp.KUAISHOU, "kwai/|kwai_pro/|ksnebula/|kswebview|yoda/", "(?:kwai|kwai_pro|ksnebula)/(\\d{1,4})"),
        test(
                HostApp.XIAOHONGSHU,
                "xhsdiscover|xiaohongshu|discover/\\d.*nettype|\\bxhs\\b",
                "(?:discover|xiaohongshu)/(\\d{1,4})"),
        test(HostApp.ALIPAY, "alipayclient/|aliapp\\(ap/", "(?:alipayclient|aliapp\\(ap)/(\\d{1,4})"),
        test(HostApp.TAOBAO, "aliapp\\(tb/", "aliapp\\(tb/(\\d{1,4})"),
        test(HostApp.TMALL, "aliapp\\(tm/", "aliapp\\(tm/(\\d{1,4})"),
        test(HostApp.XIANYU, "aliapp\\(fm/", "aliapp\\(fm/(\\d{1,4})"),
        test(HostApp.DINGTALK, "aliapp\\(dingtalk/", "aliapp\\(dingtalk/(\\d{1,4})"),
        test(HostApp.JD, "^(?:jdapp|jdpingou);", "^(?:jdapp|jdpingou);[a-z]+;(\\d{1,4})"),
        test(HostApp.PDD, "phh_(?:android|ios)_version/", "phh_(?:android|ios)_version/(\\d{1,4})"),
        test(HostApp.BAIDU, "baiduboxapp/", "baiduboxapp/(\\d{1,4})"),
    };

    private static AppTest test(HostApp app, String presence, String version) {
        return new AppTest(app, Pattern.compile(presence), Pattern.compile(version));
    }

    /** Detects; an absent agent is a browser on an unknown system. */
    public static UserAgent detect(String agent) {
        if (agent == null) {
            return new UserAgent(HostApp.BROWSER, 0, Os.OTHER);
        }
        var text = agent.substring(0, Math.min(agent.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
        for (var test : TESTS) {
            if (test.presence().matcher(text).find()) {
                var version = test.version().matcher(text);
                return new UserAgent(test.app(), version.find() ? Integer.parseInt(version.group(1)) : 0, os(text));
            }
        }
        return new UserAgent(HostApp.BROWSER, 0, os(text));
    }

    private static Os os(String text) {
        if (text.contains("openharmony") || text.contains("arkweb/")) {
            return Os.HARMONY;
        }
        if (text.contains("iphone") || text.contains("ipad") || text.contains("ipod")) {
            return Os.IOS;
        }
        if (text.contains("android")) {
            return Os.ANDROID;
        }
        if (text.contains("windows")) {
            return Os.WINDOWS;
        }
        if (text.contains("mac os x") || text.contains("macintosh")) {
            return Os.MACOS;
        }
        return text.contains("linux") ? Os.LINUX : Os.OTHER;
    }
}
