/**
 * Randomised splits of the people who follow one posted code: which arm each is in, and since when an experiment runs.
 *
 * <p>Always true: who is in which arm follows from her cookie and the experiment alone, whatever she does and whichever
 * node answers; a placement takes part in one running experiment; what an experiment was planned as does not change
 * once it has started.
 *
 * <p>Decisions: an assignment is recorded by the click's own touch, stored on the arm's placement before the fan is
 * answered, so that the fan's way has no second write. People without a cookie are not enrolled: nobody would know them
 * again. While an experiment runs the codes of its arms lead through the split as well, so that no arm has people of
 * its own.
 */
package dev.zhida.experiment;
