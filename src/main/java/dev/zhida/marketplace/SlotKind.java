package dev.zhida.marketplace;

/** 推广位: which identifier a marketplace gives back on an order. */
public enum SlotKind {
    /** A PID {@code mm_<member>_<site>_<adzone>}; an order carries {@code <site>_<adzone>}. */
    TAOBAO_PID(Marketplace.TAOBAO, false),
    /** 渠道ID, bound to a person at Taobao; only Taobao itself can make a link with it. */
    TAOBAO_RELATION(Marketplace.TAOBAO, false),
    JD_SUB_UNION(Marketplace.JD, true),
    JD_POSITION(Marketplace.JD, false),
    PDD_CUSTOM_PARAMETERS(Marketplace.PDD, true),
    DOUYIN_EXTERNAL_INFO(Marketplace.DOUYIN, true);

    private final Marketplace marketplace;
    private final boolean freeForm;

    SlotKind(Marketplace marketplace, boolean freeForm) {
        this.marketplace = marketplace;
        this.freeForm = freeForm;
    }

    public Marketplace marketplace() {
        return marketplace;
    }

    /** Whether we make its values up ourselves, one per placement; the others come from a finite pool. */
    public boolean freeForm() {
        return freeForm;
    }
}
