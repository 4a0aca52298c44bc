package dev.zhida.sandbox;

/** The interfaces that the sandbox speaks. Two of them are of one marketplace. */
public enum Vendor {
    TAOBAO("TAOBAO"),
    JD("JD"),
    PDD("PDD"),
    /** Douyin's gateway for publishers. */
    PANGOLIN("DOUYIN"),
    /** Douyin's gateway for institutions. */
    BUYIN("DOUYIN");

    private final String marketplace;

    Vendor(String marketplace) {
        this.marketplace = marketplace;
    }

    /** The marketplace behind it. */
    public String marketplace() {
        return marketplace;
    }
}
