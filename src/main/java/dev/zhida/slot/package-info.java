/**
 * 推广位: the pools of identifiers that marketplaces give back on orders, and the leases that say which
 * placement held which of them from when to when.
 *
 * <p>Always true: an exclusive slot has one holder at an instant, which the database enforces; a shared slot
 * belongs to one creator and one medium at an instant. Leases are never changed but for their end, because
 * money follows them.
 */
package dev.zhida.slot;
