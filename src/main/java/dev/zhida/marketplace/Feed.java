package dev.zhida.marketplace;

/** What a marketplace can be asked for, window by window. */
public enum Feed {
    /** Orders by the time of their last change: what keeps up with the present. */
    ORDERS_UPDATED,
    /** Orders by the time they were placed: finds rows that came late. */
    ORDERS_CREATED,
    /** Orders by the time they were settled: finds settlements that came late. */
    ORDERS_SETTLED,
    /** Refunds (维权) by the time of their last change, where they are not told on the order's own row. */
    REFUNDS_UPDATED,
    /** Refunds of orders by 渠道 and 会员 ids, which only their own feed tells. */
    RELATION_REFUNDS_UPDATED,
    /** Orders that are frozen for a violation, or freed again. */
    PUNISHMENTS
}
