/**
 * What is promoted: brands, campaigns, the offers in them, and the creators who are invited.
 *
 * <p>Always true: an item of a marketplace is one offer; a campaign is seen by the creators who are invited to it; a
 * picture is encoded by us and at most 60 KB.
 */
package dev.zhida.campaign;
