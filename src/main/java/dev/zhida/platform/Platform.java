package dev.zhida.platform;

/** 渠道平台: the host app where content is seen. */
public enum Platform {
    WECHAT,
    WECOM,
    QQ,
    XIAOHONGSHU,
    WEIBO,
    DOUYIN,
    TOUTIAO,
    KUAISHOU,
    WEB;

    /** The app in which a fan is when she meets what was posted there. */
    public UserAgent.HostApp hostApp() {
        return switch (this) {
            case WECHAT -> UserAgent.HostApp.WECHAT;
            case WECOM -> UserAgent.HostApp.WECOM;
            case QQ -> UserAgent.HostApp.QQ;
            case XIAOHONGSHU -> UserAgent.HostApp.XIAOHONGSHU;
            case WEIBO -> UserAgent.HostApp.WEIBO;
            case DOUYIN -> UserAgent.HostApp.DOUYIN;
            case TOUTIAO -> UserAgent.HostApp.TOUTIAO;
            case KUAISHOU -> UserAgent.HostApp.KUAISHOU;
            case WEB -> UserAgent.HostApp.BROWSER;
        };
    }
}
