/**
 * 推广位: the pools of identifiers that marketplaces give back on orders, and the leases that say which
 * placement held which of them from when to when.
 *
 * <p>Always true: an exclusive slot has one holder at an instant, which the database enforces; a shared slot
 * belongs to one creator and one medium at an instant. Leases are never changed but for their end, because
 * money follows them.
 *
 * <p>A slot is leased before its placement is written, within one transaction: a placement is written once, with the
 * address that names its slot. Nothing is taken away from who has it, and a lease outlives its placement by the
 * attribution window. What a marketplace lets us make up has no pool.
 */
package dev.zhida.slot;
