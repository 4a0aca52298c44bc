package dev.zhida.openness;

import dev.zhida.money.BusinessTime;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.openness.Cell.TimeOfOrders;
import dev.zhida.openness.ChangeDetector.Change;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Alerts in plain words, that say no more than was counted. */
final class AlertWords {

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("M-d HH:mm").withZone(BusinessTime.ZONE);
    private static final DateTimeFormatter AT_ENGLISH =
            DateTimeFormatter.ofPattern("HH:mm 'on' d MMM", Locale.ENGLISH).withZone(BusinessTime.ZONE);

    /** Up to this part of a rate, what remains of it is next to nothing. */
    private static final double LITTLE = 0.2;

    private record Name(String zh, String en) {}

    private static final Map<String, Name> NAMES = Map.ofEntries(
            Map.entry("WECHAT", new Name("微信", "WeChat")),
            Map.entry("WECHAT_MINI_PROGRAM", new Name("微信小程序", "WeChat mini program")),
            Map.entry("WECHAT_DESKTOP", new Name("电脑版微信", "WeChat desktop")),
            Map.entry("WECOM", new Name("企业微信", "WeCom")),
            Map.entry("QQ", new Name("QQ", "QQ")),
            Map.entry("WEIBO", new Name("微博", "Weibo")),
            Map.entry("DOUYIN", new Name("抖音", "Douyin")),
            Map.entry("TOUTIAO", new Name("今日头条", "Toutiao")),
            Map.entry("KUAISHOU", new Name("快手", "Kuaishou")),
            Map.entry("XIAOHONGSHU", new Name("小红书", "Xiaohongshu")),
            Map.entry("BROWSER", new Name("浏览器", "Browser")),
            Map.entry("CHAT", new Name("一对一聊天", "chat")),
            Map.entry("GROUP", new Name("群", "group")),
            Map.entry("MOMENTS", new Name("朋友圈", "Moments")),
            Map.entry("NOTE", new Name("笔记", "note")),
            Map.entry("COMMENT", new Name("评论", "comment")),
            Map.entry("VIDEO", new Name("视频", "video")),
            Map.entry("LIVE", new Name("直播", "live room")),
            Map.entry("PROFILE", new Name("主页", "profile")),
            Map.entry("IOS", new Name("苹果", "iOS")),
            Map.entry("ANDROID", new Name("安卓", "Android")),
            Map.entry("HARMONY", new Name("鸿蒙", "HarmonyOS")),
            Map.entry("TAOBAO", new Name("淘宝", "Taobao")),
            Map.entry("JD", new Name("京东", "JD")),
            Map.entry("PDD", new Name("拼多多", "Pinduoduo")),
            Map.entry("XIANYU", new Name("闲鱼", "Xianyu")),
            Map.entry("LINK", new Name("链接", "links")),
            Map.entry("TOKEN", new Name("口令", "tokens")),
            Map.entry("NATIVE_TOKEN", new Name("平台口令", "native tokens")),
            Map.entry("IMAGE", new Name("图片", "pictures")));

    private AlertWords() {}

    static String zh(Cell cell, Change change) {
        var where = name(cell.hostApp()).zh()
                + (cell.scene() == null ? "" : name(cell.scene()).zh())
                + (cell.appMajor() == 0 ? "" : " " + cell.appMajor() + " 版")
                + (cell.os() == null ? "" : "（" + name(cell.os()).zh() + "）");
        var what = name(cell.marketplace()).zh() + name(cell.medium()).zh();
        var turn =
                switch (cell.measure()) {
                    case OPEN ->
                        (change.drop() ? wholly(change) ? "打不开了" : "打开变少了" : wholly(change) ? "能打开了" : "打开变多了")
                                + "，打开率";
                    case ORDER ->
                        (change.drop() ? wholly(change) ? "不出单了" : "出单变少了" : wholly(change) ? "出单了" : "出单变多了")
                                + "，每次点击的订单";
                };
        return "%s里的%s大约从 %s 起%s %s → %s%s"
                .formatted(
                        where,
                        what,
                        AT.format(change.at()),
                        turn,
                        percent(change.before().value()),
                        percent(change.after().value()),
                        cell.timeOfOrders() == TimeOfOrders.CREATED ? "（按下单时间）" : "");
    }

    static String en(Cell cell, Change change) {
        var where = name(cell.hostApp()).en()
                + (cell.scene() == null ? "" : " " + name(cell.scene()).en())
                + (cell.appMajor() == 0 ? "" : " (version " + cell.appMajor() + ")")
                + (cell.os() == null ? "" : " on " + name(cell.os()).en());
        var what = name(cell.marketplace()).en() + " " + name(cell.medium()).en();
        var fewer = change.drop() ? "fewer" : "more";
        var turn = wholly(change)
                ? (change.drop() ? " stopped " : " started ")
                        + (cell.measure() == Measure.OPEN ? "opening " : "bringing orders for ")
                : cell.measure() == Measure.OPEN
                        ? " began to open " + fewer + " "
                        : " began to bring " + fewer + " orders for ";
        return where + turn + what
                + " at about "
                + AT_ENGLISH.format(change.at()) + ", "
                + percent(change.before().value()) + " → "
                + percent(change.after().value())
                + (cell.timeOfOrders() == TimeOfOrders.CREATED ? " (by the time of order)" : "");
    }

    /** Whether hardly anything is left of it, or hardly anything was there before. */
    private static boolean wholly(Change change) {
        var before = change.before().value();
        var after = change.after().value();
        return change.drop() ? after <= LITTLE * before : before <= LITTLE * after;
    }

    private static Name name(Enum<?> constant) {
        return NAMES.getOrDefault(constant.name(), new Name(constant.name(), constant.name()));
    }

    /** Whole percent, but for small rates, where the whole says nothing. */
    private static String percent(double rate) {
        return rate == 0 || rate >= 0.0995
                ? "%d %%".formatted(Math.round(rate * 100))
                : String.format(Locale.ROOT, rate >= 0.00995 ? "%.1f %%" : "%.2f %%", rate * 100);
    }
}
