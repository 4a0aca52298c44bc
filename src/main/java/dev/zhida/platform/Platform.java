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

    /** The form to post there: a link, but for Xiaohongshu, where nothing but text can be posted. */
    public Medium recommended() {
        return this == XIAOHONGSHU ? Medium.TOKEN : Medium.LINK;
    }
}
