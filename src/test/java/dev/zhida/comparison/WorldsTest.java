package dev.zhida.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.comparison.Clusters.Cluster;
import dev.zhida.comparison.Comparison.State;
import dev.zhida.comparison.StopRule.Stop;
import dev.zhida.comparison.Stratified.Simpson;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Worlds whose truth is known, because they are made here: how often the truth lies in an interval, how often something
 * is claimed where there is nothing. More worlds with {@code -Dzhida.worlds}, and narrower limits then.
 */
class WorldsTest {

    private static final int WORLDS = Integer.getInteger("zhida.worlds", 300);
    private static final Bounds.Uncertain NONE = new Bounds.Uncertain(0, 0, 0);
    private static final Sentence.Words WORDS =
            new Sentence.Words(new Sentence("群", "group"), new Sentence("口令", "token"), new Sentence("人", "people"));

    /** Every test has its own; the same in every run. */
    private final SplittableRandom random = new SplittableRandom(2026);

    private Arm arm(int n, double rate) {
        var orders = 0;
        for (var i = 0; i < n; i++) {
            if (random.nextDouble() < rate) {
                orders++;
            }
        }
        return new Arm(n, orders);
    }

    private double between(double low, double high) {
        return random.nextDouble(low, high);
    }

    private int people(int low, int high) {
        return random.nextInt(low, high);
    }

    private static double share(Predicate<Integer> world) {
        return IntStream.range(0, WORLDS).filter(world::test).count() / (double) WORLDS;
    }

    private static void covers(String what, double share) {
        System.out.printf("%-46s covers the truth in %.1f %% of %d worlds%n", what, 100 * share, WORLDS);
        if (WORLDS >= 2_000) {
            assertThat(share).as(what).isBetween(0.93, 0.97);
        } else {
            assertThat(share).as(what).isBetween(0.90, 0.99);
        }
    }

    private static void alarms(String what, double share, double most) {
        System.out.printf("%-46s %.2f %% of %d worlds%n", what, 100 * share, WORLDS);
        assertThat(share).as(what).isLessThanOrEqualTo(most);
    }

    private static boolean holds(Interval interval, double truth) {
        return interval.low() <= truth && truth <= interval.high();
    }

    @Test
    void a_rate_a_difference_and_a_ratio() {
        covers("Wilson", share(world -> {
            var rate = between(0.01, 0.2);
            var arm = arm(people(300, 2_000), rate);
            return holds(Proportions.wilson(arm.orders(), arm.n()), rate);
        }));
        covers("Newcombe", share(world -> {
            var link = between(0.02, 0.1);
            var token = between(0.02, 0.1);
            var one = arm(people(300, 2_000), token);
            var zero = arm(people(300, 2_000), link);
            return holds(Proportions.difference(one.orders(), one.n(), zero.orders(), zero.n()), token - link);
        }));
        covers("risk ratio", share(world -> {
            var link = between(0.02, 0.1);
            var token = between(0.02, 0.1);
            return holds(
                    Proportions.riskRatio(arm(people(500, 2_000), token), arm(people(500, 2_000), link)), token / link);
        }));
    }

    @Test
    void within_strata() {
        covers("Mantel–Haenszel difference", share(world -> {
            var truth = between(-0.01, 0.02);
            var strata = strata(8, 200, 1_500, rate -> rate + truth);
            return holds(Stratified.mantelHaenszel(strata).orElseThrow().difference(), truth);
        }));
        covers("Mantel–Haenszel difference, small strata", share(world -> {
            var truth = between(-0.01, 0.02);
            var strata = strata(300, 1, 30, rate -> rate + truth);
            return holds(Stratified.mantelHaenszel(strata).orElseThrow().difference(), truth);
        }));
        covers("Mantel–Haenszel ratio", share(world -> {
            var truth = between(0.6, 1.8);
            var strata = strata(8, 200, 1_500, rate -> rate * truth);
            return holds(Stratified.mantelHaenszel(strata).orElseThrow().ratio(), truth);
        }));
        covers("standardised", share(world -> {
            var truth = between(-0.01, 0.02);
            var strata = strata(8, 200, 1_500, rate -> rate + truth);
            return holds(Stratified.standardised(strata).orElseThrow().difference(), truth);
        }));
    }

    private List<Stratum> strata(int count, int least, int most, java.util.function.DoubleUnaryOperator token) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    var rate = between(0.02, 0.1);
                    return new Stratum(
                            arm(people(least, most), token.applyAsDouble(rate)), arm(people(least, most), rate));
                })
                .toList();
    }

    @Test
    void creators_whose_fans_are_alike() {
        covers("drawn by creator, 30 creators", share(world -> covered(30)));
        covers("drawn by creator, 100 creators", share(world -> covered(100)));
    }

    private boolean covered(int creators) {
        var clusters = new ArrayList<Cluster>();
        for (var i = 0; i < creators; i++) {
            // Each creator's fans have a mind of their own; on average the token brings 1 % more.
            var mood = between(-0.02, 0.02);
            var token = arm(200, 0.05 + mood + between(-0.02, 0.02));
            var link = arm(200, 0.04 + mood + between(-0.02, 0.02));
            clusters.add(new Cluster(new double[] {token.orders()}, token.n(), new double[] {link.orders()}, link.n()));
        }
        return holds(Clusters.differences(clusters).orElseThrow().getFirst(), 0.01);
    }

    @Test
    void sums_per_exposure() {
        covers("ratio by the delta method", share(world -> {
            var sums = new double[200];
            var views = new double[200];
            for (var i = 0; i < sums.length; i++) {
                views[i] = people(10, 200);
                sums[i] = views[i] * between(0, 4);
            }
            return holds(PerExposure.ratio(sums, views), 2);
        }));
        covers("CUPED", share(world -> {
            var x = new double[2][150];
            var y = new double[2][150];
            for (var side = 0; side < 2; side++) {
                for (var i = 0; i < 150; i++) {
                    x[side][i] = between(0, 10);
                    y[side][i] = x[side][i] * 0.8 + between(-3, 3) + side;
                }
            }
            return holds(PerExposure.cuped(y[1], x[1], y[0], x[0]), 1);
        }));
    }

    @Test
    void looking_every_day_raises_no_more_false_alarms_than_looking_once() {
        alarms("sequential: false alarms of p", share(world -> looksEveryDay(v -> v.p() < 0.05)), 0.05);
        alarms(
                "sequential: false alarms of the interval",
                share(world ->
                        looksEveryDay(v -> v.ratio().low() > 1 || v.ratio().high() < 1)),
                0.05);
    }

    private boolean looksEveryDay(Predicate<AlwaysValid> alarm) {
        var rate = between(0.01, 0.06);
        var one = Arm.NOTHING;
        var zero = Arm.NOTHING;
        for (var day = 0; day < 60; day++) {
            one = one.plus(arm(people(50, 200), rate));
            zero = zero.plus(arm(people(50, 200), rate));
            if (alarm.test(AlwaysValid.of(one, zero))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void an_experiment_that_ends_by_itself_is_hardly_ever_decided_wrongly() {
        alarms(
                "stop rule: decided where there is no difference",
                share(world -> {
                    var stop = ended(1);
                    return stop == Stop.FOR_TOKEN || stop == Stop.FOR_LINK;
                }),
                0.05);
        alarms(
                "stop rule: a difference that matters missed",
                share(world -> ended(world % 2 == 0 ? 1.2 : 1 / 1.2) == Stop.NO_DIFFERENCE_THAT_MATTERS),
                0.05);
        alarms(
                "stop rule: decided for the wrong side",
                share(world -> ended(1.2) == Stop.FOR_LINK || ended(1 / 1.2) == Stop.FOR_TOKEN),
                0.05);
        var found = share(world -> ended(2.5) == Stop.FOR_TOKEN);
        System.out.printf("%-46s %.1f %% of %d worlds%n", "stop rule: 2.5 times found", 100 * found, WORLDS);
        assertThat(found).isGreaterThan(0.3);
    }

    /** Looks whenever some people have come, until it ends; however unequal the arms, however soon it ends. */
    private Stop ended(double ratio) {
        var rate = between(0.01, 0.06);
        var tokenShare = between(0.1, 0.9);
        var rule = new StopRule(0.2, people(400, 10_000), 28);
        var token = Arm.NOTHING;
        var link = Arm.NOTHING;
        var chunk = people(10, 200);
        for (var look = 0; ; look++) {
            var here = 0;
            for (var i = 0; i < chunk; i++) {
                here += random.nextDouble() < tokenShare ? 1 : 0;
            }
            token = token.plus(arm(here, rate * ratio));
            link = link.plus(arm(chunk - here, rate));
            var stop = rule.of(token, link, true, look / 10);
            if (stop.isPresent()) {
                return stop.get();
            }
        }
    }

    @Test
    void posts_that_were_drawn() {
        for (var count : new int[] {12, 24, 60}) {
            covers("randomisation test, %d posts".formatted(count), share(world -> {
                var truth = between(-2, 4);
                return holds(Randomisation.of(posts(count, truth)).orElseThrow().difference(), truth);
            }));
        }
        alarms(
                "randomisation test: false alarms, 24 posts",
                share(world -> Randomisation.of(posts(24, 0)).orElseThrow().p() <= 0.05),
                // One look, so the share itself is drawn: at most 5 % in truth, by two standard errors here.
                0.05 + 2 * Math.sqrt(0.05 * 0.95 / WORLDS));
    }

    /** Some posts are a success, and all do better as time goes by; the token adds so many orders to each on average. */
    private List<Randomisation.Post> posts(int count, double difference) {
        var posts = new ArrayList<Randomisation.Post>();
        var growth = between(0, 0.2);
        for (var block = 0; block < count / 4; block++) {
            var sides = new ArrayList<>(List.of(true, true, false, false));
            java.util.Collections.shuffle(sides, new java.util.Random(random.nextLong()));
            for (var token : sides) {
                var usual = 3 + growth * posts.size() + (random.nextInt(6) == 0 ? between(0, 20) : between(0, 4));
                posts.add(new Randomisation.Post(block, token, poisson(usual + (token ? difference : 0))));
            }
        }
        return posts;
    }

    private int poisson(double mean) {
        var events = 0;
        for (var time = -Math.log(1 - random.nextDouble()); time < mean; time -= Math.log(1 - random.nextDouble())) {
            events++;
        }
        return events;
    }

    @Test
    void a_broken_split_is_found_and_a_sound_one_is_left_alone() {
        alarms("sample ratio: false alarms", share(world -> split(0.5)), 0.005);
        assertThat(share(world -> split(0.53))).isGreaterThan(0.99);
    }

    private boolean split(double share) {
        var one = arm(20_000, share).orders();
        return SampleRatio.of(new long[] {one, 20_000 - one}, new double[] {0.5, 0.5})
                .alarms();
    }

    @Test
    void where_there_is_no_difference_little_is_claimed_however_many_groups_are_asked() {
        alarms(
                "claims in worlds without a difference",
                share(world -> {
                    var groups = IntStream.range(0, 9)
                            .mapToObj(i -> Comparison.of(strata(6, 100, 600, rate -> rate), NONE))
                            .toList();
                    var p = ManyTests.holm(
                            groups.stream().mapToDouble(g -> g.evidence().p()).toArray());
                    return IntStream.range(0, 9).anyMatch(i -> groups.get(i).allowsClaim(p[i]));
                }),
                0.05);
    }

    @Test
    void simpsons_worlds_are_flagged_and_never_claimed() {
        var flagged = share(world -> {
            var size = people(2, 6);
            // The token does worse everywhere, but is used where everybody orders.
            var strata = List.of(
                    new Stratum(arm(3_000 * size, 0.09), arm(1_000 * size, 0.115)),
                    new Stratum(arm(1_000 * size, 0.01), arm(4_000 * size, 0.018)));
            var comparison = Comparison.of(strata, NONE);
            var sentence = Sentence.of(comparison, 0, WORDS);
            assertThat(sentence.en()).doesNotContain("associated");
            return comparison.simpson() == Simpson.RED
                    && comparison.difference().orElseThrow().estimate() > 0;
        });
        System.out.printf("%-46s %.1f %% of %d worlds%n", "Simpson: flagged red", 100 * flagged, WORLDS);
        assertThat(flagged).isGreaterThan(0.99);
    }

    @Test
    void collecting_worlds_are_never_claimed() {
        for (var world = 0; world < WORLDS; world++) {
            // However large the difference: too few people, or people who hardly ever order.
            var few = world % 2 == 0;
            var strata = few
                    ? List.of(new Stratum(arm(people(1, 100), between(0.3, 0.9)), arm(people(1, 100), between(0, 0.1))))
                    : List.of(new Stratum(arm(people(100, 400), 0.01), arm(people(100, 400), 0.001)));
            var comparison = Comparison.of(strata, NONE);
            if (comparison.state() == State.READY) {
                assertThat(few).isFalse();
                continue;
            }
            assertThat(comparison.allowsClaim(0)).isFalse();
            var sentence = Sentence.of(comparison, 0, WORDS);
            assertThat(sentence.en()).contains("still collecting").doesNotContain("associated");
            assertThat(sentence.zh()).contains("积累").doesNotContain("关联");
        }
    }

    @Test
    void nothing_ever_says_that_one_thing_brings_about_another() {
        for (var world = 0; world < WORLDS; world++) {
            var comparison = Comparison.of(
                    strata(people(1, 6), 10, 2_000, rate -> rate * between(0.5, 2)),
                    new Bounds.Uncertain(people(0, 9), people(0, 9), people(0, 9)));
            var sentence = Sentence.of(comparison, comparison.evidence().p(), WORDS);
            assertThat(sentence.en()).doesNotContainIgnoringCase("cause").doesNotContain("null", "NaN", "%%");
            assertThat(sentence.zh()).doesNotContain("导致", "因果", "使得", "NaN");
        }
    }
}
