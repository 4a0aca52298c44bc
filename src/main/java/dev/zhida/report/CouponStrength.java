package dev.zhida.report;

/** How much a coupon takes off the price: the groups by which reports tell whether a weak one keeps people from copying. */
final class CouponStrength {

    /** The group of the offer {@code o}. As long as no marketplace has told the price, it has told no coupon either. */
    static final String SQL = """
            case when o.price_fen is null then 'unknown' when o.coupon_fen is null then 'none'
                 when o.coupon_fen * 20 < o.price_fen then 'under-5%' when o.coupon_fen * 10 < o.price_fen then '5-10%'
                 when o.coupon_fen * 5 < o.price_fen then '10-20%' else '20%-and-more' end""";

    private CouponStrength() {}
}
