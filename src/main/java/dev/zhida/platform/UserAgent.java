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

    private record AppTest(HostApp app, Pattern pattern) {}

    /** Group 1 of a pattern, where there is one, is the major version. */
    private static final AppTest[] TESTS = {
        test(HostApp.WECOM, "wxwork/(\\d{1,4})"),
        test(HostApp.WECHAT_MINI_PROGRAM, "micromessenger.*miniprogram|miniprogram.*micromessenger"),
        test(HostApp.WECHAT_DESKTOP, "windowswechat|macwechat"),
        test(HostApp.WECHAT, "micromessenger/(\\d{1,4})"),
        test(HostApp.QQ, "qzone/|\\bqq/(\\d{1,4})|v1_and_sq_|v1_iph_sq_"),
        test(HostApp.WEIBO, "weibo \\(|__weibo__(\\d{1,4})?"),
        test(HostApp.DOUYIN, "aweme[_/](\\d{1,4})|douyin_lite_"),
        test(HostApp.TIKTOK, "musical_ly|trill_"),
        test(HostApp.TOUTIAO, "newsarticle/(\\d{1,4})|newslite|videoarticle/|ttwebview/|toutiaomicroapp/"),
        test(HostApp.KUAISHOU, "kwai/(\\d{1,4})|kwai_pro/|ksnebula/|kswebview|yoda/"),
        test(HostApp.XIAOHONGSHU, "xhsdiscover|xiaohongshu|discover/(\\d{1,4}).*nettype|\\bxhs\\b"),
        test(HostApp.ALIPAY, "alipayclient/(\\d{1,4})|aliapp\\(ap/(\\d{1,4})"),
        test(HostApp.TAOBAO, "aliapp\\(tb/(\\d{1,4})"),
        test(HostApp.TMALL, "aliapp\\(tm/(\\d{1,4})"),
        test(HostApp.XIANYU, "aliapp\\(fm/(\\d{1,4})"),
        test(HostApp.DINGTALK, "aliapp\\(dingtalk/(\\d{1,4})"),
        test(HostApp.JD, "^(?:jdapp|jdpingou);"),
        test(HostApp.PDD, "phh_(?:android|ios)_version/(\\d{1,4})"),
        test(HostApp.BAIDU, "baiduboxapp/(\\d{1,4})"),
    };

    private static AppTest test(HostApp app, String pattern) {
        return new AppTest(app, Pattern.compile(pattern));
    }

    /** Detects; an absent agent is a browser on an unknown system. */
    public static UserAgent detect(String agent) {
        if (agent == null) {
            return new UserAgent(HostApp.BROWSER, 0, Os.OTHER);
        }
        var text = agent.substring(0, Math.min(agent.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
        for (var test : TESTS) {
            var matcher = test.pattern().matcher(text);
            if (matcher.find()) {
                var major =
                        matcher.groupCount() > 0 && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : 0;
                return new UserAgent(test.app(), major, os(text));
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
