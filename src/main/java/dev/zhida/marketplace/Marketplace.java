package dev.zhida.marketplace;

/** 电商平台. */
public enum Marketplace {
    /** Taobao and Tmall. */
    TAOBAO("淘宝"),
    JD("京东"),
    PDD("拼多多"),
    DOUYIN("抖音"),
    /** Has no affiliate programme: links only, no commission. */
    XIANYU("闲鱼");

    private final String chinese;

    Marketplace(String chinese) {
        this.chinese = chinese;
    }

    /** Whether its orders tell when the buyer clicked; of the others only the time of the order is known. */
    public boolean tellsClicks() {
        return this == TAOBAO;
    }

    /** Its name as fans know it. */
    public String chinese() {
        return chinese;
    }
}
