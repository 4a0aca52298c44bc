package dev.zhida.platform;

/** 形式: the form in which an offer is posted; each is its own arm of a comparison. */
public enum Medium {
    /** A direct link to us, which leads on to the marketplace. */
    LINK,
    /** 直达口令: the Zhida token, resolved by us. */
    TOKEN,
    /** 平台口令: the marketplace's own token, pasted into its app where we see nothing. */
    NATIVE_TOKEN,
    /** A picture with QR code and token. */
    IMAGE
}
