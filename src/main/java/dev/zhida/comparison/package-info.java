/**
 * The statistics of token against link. Pure functions over counts; what they know of distributions comes from Apache
 * Commons Statistics.
 *
 * <p>Always true: a rate comes with its interval; what the numbers do not allow is not said; the same counts give the
 * same answer, because whatever is drawn is drawn from a fixed seed.
 *
 * <p>Decisions: rates are compared within strata (platform × creator × offer × week), and the pooled rates stand beside
 * that with a flag where they disagree. The Mantel–Haenszel estimate takes every stratum, however small; standardising
 * needs a rate in each, so strata with fewer than {@value dev.zhida.comparison.Stratified#LEAST_PER_ARM} exposures on a
 * side are left out of it and their volume is told. A difference is claimed only if it stands after Holm's correction
 * over all groups of the answer, if its like-with-like interval excludes nothing at all, if the strata agree, if its sign
 * stays wherever the orders that are not certain came from, and if there are enough exposures; otherwise the sentence says
 * what is missing.
 */
package dev.zhida.comparison;
