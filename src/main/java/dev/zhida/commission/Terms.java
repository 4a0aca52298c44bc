package dev.zhida.commission;

import dev.zhida.money.Rate;

/**
 * What the calculation of a line goes by.
 *
 * @param ruleVersion the rule that was in force when the buyer paid
 * @param creatorShare the creator's share of what is left after the technical service fee
 * @param assumedFee the technical service fee to assume, of the commission part, where none is reported
 */
record Terms(int ruleVersion, Rate creatorShare, Rate assumedFee) {}
