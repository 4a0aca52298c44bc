/**
 * What an order line earns its creator: rules and fee settings, the calculation, the transfers it asks for, and what a
 * month's end adds (volume tiers, campaign bonuses).
 *
 * <p>Always true:
 *
 * <ul>
 *   <li>The rule that held when the buyer paid applies; its version is kept with every result together with all that
 *       went in. Of the rules that cover a line the most specific one wins: a rule about a creator before one about a
 *       campaign, then medium, platform, marketplace, whatever else they name. In that order two different grounds that
 *       cover one line never weigh the same, so only two rules about one ground with one start can tie, and a
 *       constraint refuses the second.
 *   <li>Rules, fees and tiers never start in the past and never change, so a line is counted the same whenever it is
 *       counted.
 *   <li>Parts sum exactly to the whole: {@code gross = fee + creator + agency + platform}. A part is rounded half-even
 *       once; the remainder of what creator and agency share is the creator's, the remainder of the gross is the
 *       platform's. A check of the table says so too.
 *   <li>A fee that nobody reported is marked as assumed, and trued up when it is reported.
 *   <li>Refunds are part of their line: what they take back shrinks the line's one target. A source of their own would
 *       split the rounding of one line over several sources, and the parts would no longer sum. A refund beyond what was
 *       settled takes back all there is, and the excess is kept apart for somebody to look at.
 *   <li>A month's end is decided at the lock of the month and decided again, for all months so far, at every later one:
 *       its results are a function of the latest lines, and the books post the difference in the earliest open month.
 *       What brands dispute is looked at every hour besides, so that a bonus is held and freed on the day.
 * </ul>
 */
package dev.zhida.commission;
