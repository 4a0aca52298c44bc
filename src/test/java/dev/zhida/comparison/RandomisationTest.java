package dev.zhida.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.zhida.comparison.Randomisation.Post;
import dev.zhida.comparison.StopRule.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is decided about experiments: posts drawn again, posts that are missing, and when it ends. */
class RandomisationTest {

    /** Blocks of four, the first two of each for the token. */
    private static List<Post> posts(double[] token, double[] link) {
        var posts = new ArrayList<Post>();
        for (var i = 0; i < token.length; i++) {
            posts.add(new Post(i / 2, true, token[i]));
            posts.add(new Post(i / 2, false, link[i]));
        }
        return posts;
    }

    private static List<Post> without(List<Post> posts, double difference) {
        return posts.stream()
                .map(post -> new Post(post.block(), post.token(), post.value() - (post.token() ? difference : 0)))
                .toList();
    }

    @Test
    void of_three_blocks_one_draw_of_216_is_as_far_on_either_side() {
        var shown = Randomisation.of(posts(new double[] {9, 9, 9, 9, 9, 9}, new double[6]))
                .orElseThrow();
        assertThat(shown.exact()).isTrue();
        assertThat(shown.draws()).isEqualTo(216);
        assertThat(shown.p()).isCloseTo(2.0 / 216, within(1e-12));
        assertThat(shown.difference().estimate()).isEqualTo(9);
        assertThat(shown.difference().low()).isPositive();
    }

    @Test
    void the_interval_holds_just_what_the_test_does_not_reject() {
        var random = new SplittableRandom(3);
        for (var size : new int[] {6, 12, 30}) {
            var posts = posts(
                    IntStream.range(0, size)
                            .mapToDouble(i -> random.nextInt(20))
                            .toArray(),
                    IntStream.range(0, size)
                            .mapToDouble(i -> random.nextInt(16))
                            .toArray());
            var shown = Randomisation.of(posts).orElseThrow();
            assertThat(shown.exact()).isEqualTo(size == 6);
            for (var end :
                    new double[] {shown.difference().low(), shown.difference().high()}) {
                var outwards = end > shown.difference().estimate() ? 1e-6 : -1e-6;
                assertThat(Randomisation.of(without(posts, end - outwards))
                                .orElseThrow()
                                .p())
                        .isGreaterThan(0.05);
                assertThat(Randomisation.of(without(posts, end + outwards))
                                .orElseThrow()
                                .p())
                        .isLessThanOrEqualTo(0.05);
            }
            assertThat(Randomisation.of(posts)).contains(shown);
        }
    }

    private static List<Post> block(int block, int tokens, int... values) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> new Post(block, (tokens >> i & 1) == 1, values[i]))
                .toList();
    }

    @Test
    void ties_at_the_twentieth_draw_show_no_difference() {
        var posts = new ArrayList<>(block(1, 9, 3, 4, 3, 2));
        posts.addAll(block(2, 6, 3, 7, 6, 0));
        posts.addAll(block(3, 3, 3, 3, 0, 0));
        var shown = Randomisation.of(posts).orElseThrow();
        assertThat(shown.p()).isCloseTo(12.0 / 216, within(1e-12));
        assertThat(shown.difference().low()).isNotPositive();
        var other = posts.stream()
                .map(post -> new Post(post.block(), !post.token(), post.value()))
                .toList();
        assertThat(Randomisation.of(other).orElseThrow().difference().high()).isNotNegative();
    }

    @Test
    void nothing_is_claimed_that_the_test_does_not_reject() {
        var random = new SplittableRandom(5);
        var masks = new int[] {3, 5, 6, 9, 10, 12};
        var claims = 0;
        var atTheEdge = 0;
        for (var world = 0; world < 6_000; world++) {
            // Few different values, so that many draws are just as far.
            var most = random.nextInt(2, 9);
            var more = random.nextInt(0, 3);
            var posts = new ArrayList<Post>();
            for (var block = 0; block < 3; block++) {
                for (var post : block(
                        block, masks[random.nextInt(6)], random.ints(4, 0, most).toArray())) {
                    posts.add(new Post(block, post.token(), post.value() + (post.token() ? more : 0)));
                }
            }
            var shown = Randomisation.of(posts).orElse(null);
            if (shown == null) {
                continue;
            }
            if (shown.difference().low() > 0 || shown.difference().high() < 0) {
                claims++;
                assertThat(shown.p()).as("%s", posts).isLessThanOrEqualTo(0.05);
            } else if (shown.p() <= 0.06) {
                atTheEdge++;
            }
        }
        assertThat(claims).isGreaterThan(1_000);
        assertThat(atTheEdge).isGreaterThan(100);
    }

    @Test
    void posts_are_compared_within_their_block_only() {
        // The second block had a feast; it had nothing to do with the token.
        var posts = List.of(
                new Post(1, true, 3),
                new Post(1, true, 3),
                new Post(1, false, 2),
                new Post(1, false, 2),
                new Post(2, true, 103),
                new Post(2, true, 103),
                new Post(2, false, 102),
                new Post(2, false, 102),
                new Post(3, true, 3),
                new Post(3, false, 2),
                new Post(3, false, 2),
                // Nothing to compare with is left of this block.
                new Post(4, true, 50));
        var shown = Randomisation.of(posts).orElseThrow();
        assertThat(shown.difference().estimate()).isCloseTo(1, within(1e-12));
        assertThat(shown.draws()).isEqualTo(6 * 6 * 3);
    }

    @Test
    void too_few_posts_for_anything_to_be_rare_show_nothing() {
        assertThat(Randomisation.of(List.of())).isEmpty();
        assertThat(Randomisation.of(posts(new double[] {9, 9, 9, 9}, new double[4])))
                .as("36 draws, and two of them are as far")
                .isEmpty();
        assertThat(Randomisation.of(List.of(new Post(1, true, 1), new Post(2, false, 0))))
                .isEmpty();
    }

    @Test
    void posts_that_are_missing_on_one_side_or_too_often_alarm() {
        // Fisher's tea: 34 of 70 tables are as unlikely.
        assertThat(PostsKept.of(3, 4, 1, 4).p()).isCloseTo(34.0 / 70, within(1e-9));
        assertThat(PostsKept.of(12, 12, 12, 12).alarms()).isFalse();
        assertThat(PostsKept.of(12, 12, 10, 12).alarms()).isFalse();
        assertThat(PostsKept.of(12, 12, 9, 12).alarms()).as("a quarter").isTrue();
        assertThat(PostsKept.of(100, 100, 90, 100).p()).isLessThan(0.05);
        assertThat(PostsKept.of(9, 12, 9, 12).alarms()).as("on both sides").isTrue();
        assertThat(PostsKept.of(0, 0, 0, 0).alarms()).isFalse();
    }

    private static final StopRule RULE = new StopRule(0.2, 5_000, 28);

    @Test
    void it_goes_on_until_something_is_shown_or_the_plan_is_fulfilled() {
        assertThat(RULE.of(new Arm(500, 20), new Arm(500, 22), true, 3)).isEmpty();
        assertThat(RULE.of(new Arm(500, 80), new Arm(500, 20), true, 3)).contains(Stop.FOR_TOKEN);
        assertThat(RULE.of(new Arm(500, 20), new Arm(500, 80), true, 3)).contains(Stop.FOR_LINK);
        assertThat(RULE.of(new Arm(500, 80), new Arm(500, 20), false, 3))
                .as("while the split is not sound nothing is decided")
                .isEmpty();
        assertThat(RULE.of(new Arm(500, 9), new Arm(500, 0), true, 3))
                .as("nine orders are too few")
                .isEmpty();
        assertThat(RULE.of(new Arm(2_499, 100), new Arm(2_500, 100), true, 27)).isEmpty();
        assertThat(RULE.of(new Arm(2_500, 100), new Arm(2_500, 100), true, 0)).contains(Stop.AT_MAXIMUM);
        assertThat(RULE.of(Arm.NOTHING, Arm.NOTHING, true, 28)).contains(Stop.AT_MAXIMUM);
        assertThat(RULE.of(new Arm(10, 20), new Arm(10, 1), true, 1))
                .as("more orders than people are no proportion")
                .isEmpty();
    }

    @Test
    void a_difference_that_is_surely_smaller_than_what_matters_ends_it_too() {
        var many = new StopRule(0.2, 200_000, 28);
        assertThat(many.of(new Arm(90_000, 9_000), new Arm(90_000, 9_000), true, 3))
                .contains(Stop.NO_DIFFERENCE_THAT_MATTERS);
        assertThat(many.of(new Arm(90_000, 9_900), new Arm(90_000, 9_000), true, 3))
                .as("there is one, of a tenth, but it does not matter")
                .contains(Stop.NO_DIFFERENCE_THAT_MATTERS);
        assertThat(RULE.ofPosts(new Interval(0.5, -0.9, 1.9), 10)).isEqualTo(Stop.NO_DIFFERENCE_THAT_MATTERS);
        assertThat(RULE.ofPosts(new Interval(0.5, -0.9, 2.0), 10)).isEqualTo(Stop.AT_MAXIMUM);
        assertThat(RULE.ofPosts(new Interval(2.5, 0.1, 4.9), 10)).isEqualTo(Stop.FOR_TOKEN);
        assertThat(RULE.ofPosts(new Interval(-2.5, -4.9, -0.1), 10)).isEqualTo(Stop.FOR_LINK);
    }
}
