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
    WEB
}
