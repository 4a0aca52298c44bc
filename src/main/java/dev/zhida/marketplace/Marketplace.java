package dev.zhida.marketplace;

/** 电商平台. */
public enum Marketplace {
    /** Taobao and Tmall. */
    TAOBAO,
    JD,
    PDD,
    DOUYIN,
    /** Has no affiliate programme: links only, no commission. */
    XIANYU
}
