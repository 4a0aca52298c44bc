/**
 * The way in for what marketplaces report and for what people decide of it: observe, fold, attribute, post, all in one
 * transaction per batch.
 *
 * <p>Always true: a batch is taken as a whole or not at all; taking it again changes nothing; a row that is refused
 * does not stop the others.
 */
package dev.zhida.intake;
