package dev.zhida.report;

import dev.zhida.comparison.AlwaysValid;
import dev.zhida.comparison.PostsKept;
import dev.zhida.comparison.Randomisation;
import dev.zhida.comparison.Randomisation.Shown;
import dev.zhida.comparison.SampleRatio;
import dev.zhida.comparison.StopRule;
import dev.zhida.comparison.StopRule.Stop;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Unit;
import dev.zhida.experiment.Experiments.Verdict;
import dev.zhida.experiment.Split.Arm;
import dev.zhida.report.ExperimentCounts.Counted;
import dev.zhida.report.ExperimentCounts.Post;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the counts of an experiment say: a function of them alone.
 *
 * @param checks whether the split came out as planned
 * @param n people, or posts that count, of LINK and of TOKEN
 * @param valid what people show, whenever one looks; {@code null} while nothing may be said
 * @param shown what posts show; {@code null} before the end, because looking earlier would not be safe
 */
record ExperimentResult(
        State state, List<Check> checks, long[] n, long[] orders, AlwaysValid valid, Shown shown, List<Post> posts) {

    private static final int LEAST_EXPECTED = 5;

    /** What may be said. */
    enum State {
        COLLECTING,
        /** The split did not come out as planned: results are hidden until that is understood. */
        SAMPLE_RATIO_ALARM,
        /** More orders than people: something is counted that the split did not send. */
        INVALID_DENOMINATOR,
        NO_DIFFERENCE_SHOWN,
        /** One arm causes more orders. */
        DIFFERENCE_SHOWN,
        /** Posts were ended by hand before the plan was fulfilled: there are numbers, but no conclusion. */
        STOPPED_EARLY
    }

    /**
     * Whether a part of the split came out as planned.
     *
     * @param where a host app and system, or {@code ALL}; {@code POSTS} of posts
     */
    record Check(String where, long link, long token, double p, boolean alarm) {}

    /** How an experiment by post stands: its result is one only when it is over, and a conclusion only by plan. */
    private enum Over {
        NO,
        BY_PLAN,
        BY_HAND
    }

    static ExperimentResult of(Experiment experiment, Counted counted) {
        if (experiment.unit() == Unit.PEOPLE) {
            return ofPeople(experiment, counted);
        }
        var over = experiment.verdict() == null ? Over.NO : Over.BY_PLAN;
        if (experiment.verdict() == Verdict.BY_HAND) {
            over = Over.BY_HAND;
        }
        return ofPosts(counted, whole(experiment, counted) ? Over.BY_PLAN : over);
    }

    private static StopRule rule(Experiment experiment) {
        var end = experiment.end();
        return new StopRule(end.marginPercent() / 100.0, end.planned(), end.mostDays());
    }

    private static ExperimentResult ofPeople(Experiment experiment, Counted counted) {
        var share = experiment.tokenPercent() / 100.0;
        var checks = new ArrayList<Check>();
        checks.add(check("ALL", counted.people(), share));
        counted.peopleByPlace().forEach((place, counts) -> {
            // The chi-squared test is one only where every side is expected to have some.
            if ((counts[0] + counts[1]) * Math.min(share, 1 - share) >= LEAST_EXPECTED) {
                checks.add(check(place, counts, share));
            }
        });
        var valid = rule(experiment).evidence(counted.token(), counted.link());
        State state;
        if (checks.stream().anyMatch(Check::alarm)) {
            state = State.SAMPLE_RATIO_ALARM;
        } else if (!counted.link().isProportion() || !counted.token().isProportion()) {
            state = State.INVALID_DENOMINATOR;
        } else {
            state = valid.map(v -> v.ratio().low() > 1 || v.ratio().high() < 1
                            ? State.DIFFERENCE_SHOWN
                            : State.NO_DIFFERENCE_SHOWN)
                    .orElse(State.COLLECTING);
        }
        return new ExperimentResult(
                state, checks, counted.people(), counted.orders(), valid.orElse(null), null, List.of());
    }

    private static Check check(String where, long[] counts, double tokenShare) {
        var ratio = SampleRatio.of(counts, new double[] {1 - tokenShare, tokenShare});
        return new Check(where, counts[0], counts[1], ratio.test().p(), ratio.alarms());
    }

    private static ExperimentResult ofPosts(Counted counted, Over over) {
        var posts = counted.posts();
        // When it ends as planned, a post that was never made is missing like one that was set aside.
        var drawn = posts.stream()
                .filter(post -> over == Over.BY_PLAN || post.told())
                .toList();
        var kept = posts.stream()
                .filter(over == Over.NO ? Post::made : Post::counts)
                .toList();
        var n = new long[] {count(kept, Arm.LINK), count(kept, Arm.TOKEN)};
        var check = PostsKept.of((int) n[0], (int) count(drawn, Arm.LINK), (int) n[1], (int) count(drawn, Arm.TOKEN));
        var checks = List.of(new Check("POSTS", n[0], n[1], check.p(), over != Over.NO && check.alarms()));
        var shown = over != Over.NO && counted.orders()[0] + counted.orders()[1] >= StopRule.LEAST_ORDERS
                ? Randomisation.of(kept.stream()
                                .map(post ->
                                        new Randomisation.Post(post.block(), post.arm() == Arm.TOKEN, post.orders()))
                                .toList())
                        .orElse(null)
                : null;
        var state = State.COLLECTING;
        if (checks.getFirst().alarm()) {
            state = State.SAMPLE_RATIO_ALARM;
        } else if (shown != null && over == Over.BY_HAND) {
            state = State.STOPPED_EARLY;
        } else if (shown != null) {
            state = shown.difference().low() > 0 || shown.difference().high() < 0
                    ? State.DIFFERENCE_SHOWN
                    : State.NO_DIFFERENCE_SHOWN;
        }
        return new ExperimentResult(state, checks, n, counted.orders(), null, shown, posts);
    }

    private static long count(List<Post> posts, Arm arm) {
        return posts.stream().filter(post -> post.arm() == arm).count();
    }

    /** Whether all posts are told, and the days of the last one are over. */
    private static boolean whole(Experiment experiment, Counted counted) {
        return counted.posts().size() == experiment.end().planned()
                && counted.posts().stream().allMatch(post -> post.told() && (post.counts() || !post.made()));
    }

    boolean hidden() {
        return checks.stream().anyMatch(Check::alarm);
    }

    /** Whether a running experiment ends now. */
    static Optional<Stop> stop(Experiment experiment, Counted counted, Instant now) {
        var days = Duration.between(experiment.startedAt(), now).toDays();
        var rule = rule(experiment);
        if (experiment.unit() == Unit.PEOPLE) {
            return rule.of(
                    counted.token(),
                    counted.link(),
                    !ofPeople(experiment, counted).hidden(),
                    days);
        }
        if (!whole(experiment, counted) && days < experiment.end().mostDays()) {
            return Optional.empty();
        }
        var result = ofPosts(counted, Over.BY_PLAN);
        return Optional.of(
                result.hidden() || result.shown() == null
                        ? Stop.AT_MAXIMUM
                        : rule.ofPosts(result.shown().difference(), (double) result.orders()[0] / result.n()[0]));
    }
}
