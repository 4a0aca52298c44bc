package dev.zhida.report;

/** How much a coupon takes off the price: the groups by which reports tell whether a weak one keeps people from copying. */
final class CouponStrength {

    /** The group of a placement {@code p} of the offer {@code o}: that which it kept, or what still holds. */
    static final String SQL = "coalesce(p.coupon_strength, coupon_strength(o.price_fen, o.coupon_fen))";

    private CouponStrength() {}
}
