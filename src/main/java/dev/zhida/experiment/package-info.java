/**
 * Randomised experiments, of people or of posts: which arm each is in, since when an experiment runs, and how it ended.
 *
 * <p>Always true: who is in which arm follows from her cookie and the experiment alone, whatever she does and whichever
 * node answers; a schedule of posts is drawn before the first of them is made and never changes, and nobody is shown more
 * than the next post; a placement takes part in one running experiment; what an experiment was planned as, its end
 * included, does not change once it is there; what was counted when it ended is kept.
 *
 * <p>Decisions: an assignment is recorded by the click's own touch, stored on the arm's placement before the fan is
 * answered, so that the fan's way has no second write. People without a cookie are not enrolled: nobody would know them
 * again. While an experiment runs the codes of its arms lead through the split as well, so that no arm has people of
 * its own. Each post has a placement of its own, because orders of posts that share one cannot be told apart. A post counts
 * for the arm for which it was drawn, whatever was posted: to count it for the other would undo the draw; and it is not set
 * aside when fans have come by it, because then it may be known how it did. For that the orders and what they are attributed
 * to are read, though these rooms come later.
 */
package dev.zhida.experiment;
