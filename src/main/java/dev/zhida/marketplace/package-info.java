/**
 * 电商平台: the shops whose commissions are tracked. The room signs, fetches and translates what a
 * marketplace says into {@link dev.zhida.marketplace.Observation}s, whether it came by a call or by a
 * report file. It reads what creators paste, knows whose host is whose, and holds the one way out of the
 * house, {@link dev.zhida.marketplace.Outbound}.
 *
 * <p>Always true: money is fen, rates are exact and times are instants as soon as they leave this room;
 * what a marketplace says is kept as it was received; a status that is not known is
 * {@link dev.zhida.marketplace.OrderStatus#NEEDS_REVIEW}, never paid.
 */
package dev.zhida.marketplace;
