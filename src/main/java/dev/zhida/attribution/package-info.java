/**
 * Which placement an order line came from: a pure decision over the leases of the slot that the order names,
 * and the versions of that decision with their evidence.
 *
 * <p>Always true: money follows slots. Marketplace times are whole seconds, so a lease is compared at that
 * resolution. Every version of a decision is kept; one of them is current.
 */
package dev.zhida.attribution;
