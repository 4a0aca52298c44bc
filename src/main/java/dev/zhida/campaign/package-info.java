/**
 * What is promoted: brands, campaigns, the offers in them, and the creators who are invited.
 *
 * <p>Always true: an item of a marketplace is one offer; a campaign is seen by its brand and by the creators who are
 * invited to it; a picture is encoded by us and at most 60 KB. Changes of a campaign (dates, items, invitations, bonus)
 * count for orders paid from then on and never before: stays have a beginning and an end, a bonus has versions, so
 * whoever asks in which campaign an old order was gets the same answer. What the bonuses of a campaign cost is kept
 * with it, and a check of the table refuses more than its budget. Every change is in the audit trail.
 */
package dev.zhida.campaign;
