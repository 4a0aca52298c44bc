package dev.zhida.sandbox;

import java.util.Objects;

/**
 * Who may call. The defaults are the made-up credentials that signatures are commonly checked with.
 *
 * @param session the access token of methods that ask for one; {@code null} if none is accepted
 * @param pid what links carry when the caller names no slot of her own
 */
public record Account(Vendor vendor, String appKey, String secret, String session, String pid) {

    public static final Account TAOBAO = new Account(
            Vendor.TAOBAO,
            "12345678",
            "0123456789abcdef0123456789abcdef",
            "taobao-session",
            "mm_100200300_2000000_110000000000");
    public static final Account JD = new Account(
            Vendor.JD,
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "fedcba9876543210fedcba9876543210",
            "jd-token",
            "1000200300_4100000001_3003000001");
    public static final Account PDD = new Account(
            Vendor.PDD,
            "0123456789abcdef0123456789abcdef",
            "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334",
            "pdd-token",
            "12345678_98765432");
    public static final Account PANGOLIN =
            new Account(Vendor.PANGOLIN, "5000001", "pangle-demo-secure-key", null, "dy_5000001_1_1");
    public static final Account BUYIN = new Account(
            Vendor.BUYIN, "7000000000000000001", "11111111-2222-3333-4444-555555555555", "buyin-token", "dy_1_2_3");

    public Account {
        Objects.requireNonNull(vendor);
        Objects.requireNonNull(appKey);
        Objects.requireNonNull(secret);
        Objects.requireNonNull(pid);
    }

    /** One part of the PID, counted from 0. */
    String pidPart(int index) {
        return pid.split("_")[index];
    }

    @Override
    public String toString() {
        return "Account[" + vendor + " " + appKey + "]";
    }
}
