/**
 * 电商平台: the shops whose commissions are tracked. The room signs, fetches and translates what a
 * marketplace says into {@link dev.zhida.marketplace.Observation}s, whether it came by a call or by a
 * report file. It reads what creators paste, knows whose host is whose, and holds the one way out of the
 * house, {@link dev.zhida.marketplace.Outbound}.
 *
 * <p>An account is reached by its {@link dev.zhida.marketplace.Connection}, through the
 * {@link dev.zhida.marketplace.Connector} that speaks its interface. Connectors keep nothing and ask once; every call
 * goes through {@link dev.zhida.marketplace.Calls}, which waits for the account's turn, leaves it alone while the
 * marketplace is in trouble, and counts. What goes wrong is a {@link dev.zhida.marketplace.MarketplaceFailure}, whose
 * kind says what to do; a code that is not known is taken for the marketplace's fault, because asking again costs little
 * and a window that is given up would stay empty. Vendors' documents are second hand and differ: answers are read in
 * every shape that was seen, and what nobody confirmed is configuration.
 *
 * <p>Secrets are encrypted before they reach the database, are told to connectors alone, and are read at every use, so
 * that a change counts at once on every node.
 *
 * <p>Always true: line keys of connectors begin with {@code A:}, those of report files with {@code F:}; money is fen,
 * rates are exact and times are instants as soon as they leave this room; what a marketplace says is kept as it was
 * received; a status that is not known is {@link dev.zhida.marketplace.OrderStatus#NEEDS_REVIEW}, never paid.
 */
package dev.zhida.marketplace;
