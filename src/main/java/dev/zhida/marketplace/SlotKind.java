package dev.zhida.marketplace;

/** 推广位: which identifier a marketplace gives back on an order. */
public enum SlotKind {
    /** A PID {@code mm_<member>_<site>_<adzone>}; an order carries {@code <site>_<adzone>}. */
    TAOBAO_PID(Marketplace.TAOBAO),
    TAOBAO_RELATION(Marketplace.TAOBAO),
    JD_SUB_UNION(Marketplace.JD),
    JD_POSITION(Marketplace.JD),
    PDD_CUSTOM_PARAMETERS(Marketplace.PDD),
    DOUYIN_EXTERNAL_INFO(Marketplace.DOUYIN);

    private final Marketplace marketplace;

    SlotKind(Marketplace marketplace) {
        this.marketplace = marketplace;
    }

    public Marketplace marketplace() {
        return marketplace;
    }
}
