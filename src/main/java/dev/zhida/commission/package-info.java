/**
 * What an order line earns its creator: rules and fee settings, the calculation, and the transfers it asks for.
 *
 * <p>Always true: the rule that was in force when the buyer paid applies, and its version is kept with every
 * result together with all that went in. A share is rounded half-even, once, and what is left is the platform's,
 * so that fee, share and rest sum to the whole. A fee that nobody reported is marked as assumed.
 */
package dev.zhida.commission;
