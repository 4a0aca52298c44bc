/**
 * What marketplaces report about orders: observations as they came, and the order lines folded from them.
 *
 * <p>Always true: observations are only ever added; an order line is a pure function of the set of its
 * observations, so neither their order of arrival nor their repetition changes it.
 */
package dev.zhida.order;
