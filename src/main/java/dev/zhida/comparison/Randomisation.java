package dev.zhida.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Token against link where whole posts were drawn, half of each block for either side (Fisher 1935; Rosenbaum 2002).
 * The only thing that is random is the draw, so the test draws again as the schedule was drawn: it needs no model of how
 * fans order, and does not mind that a post's fans are alike or that one post was a success. The interval holds all
 * differences per post, the same for every post, that the test does not reject.
 */
public final class Randomisation {

    private static final double ALPHA = 0.05;
    private static final int EXACT_UP_TO = 20_000;
    private static final int DRAWS = 9_999;
    private static final long SEED = 20_160_101;
    /** Means of the same numbers in another order differ in the last digits. */
    private static final double SAME = 1e-9;

    private Randomisation() {}

    /**
     * One post.
     *
     * @param block within which it was drawn
     * @param value its orders, or whatever is compared
     */
    public record Post(int block, boolean token, double value) {}

    /**
     * What the posts show.
     *
     * @param difference how much more a post of the token has, with the interval
     * @param p two-sided, of "it made no difference to any post"
     * @param draws that were looked at
     * @param exact whether these are all that there are
     */
    public record Shown(Interval difference, double p, int draws, boolean exact) {}

    /** A part of a block's draws: what it gives of the statistic, and of the same for the side itself. */
    private record Share(double value, double side) {}

    /** Absent if there are too few posts for any result to be rare: blocks with one side only say nothing. */
    public static Optional<Shown> of(List<Post> posts) {
        var blocks = new TreeMap<Integer, List<Post>>();
        posts.forEach(post ->
                blocks.computeIfAbsent(post.block(), b -> new ArrayList<>()).add(post));
        blocks.values()
                .removeIf(block ->
                        block.stream().allMatch(Post::token) || block.stream().noneMatch(Post::token));
        if (blocks.isEmpty()) {
            return Optional.empty();
        }
        var weight = blocks.values().stream().mapToDouble(Randomisation::weight).sum();
        var shares = blocks.values().stream()
                .map(block -> shares(block, weight(block) / weight))
                .toList();
        var observed = blocks.values().stream()
                .mapToDouble(block ->
                        share(block, taken(block), weight(block) / weight).value())
                .sum();
        var all = shares.stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
        return shown(observed, all <= EXACT_UP_TO ? everyDraw(shares) : someDraws(shares, observed), all);
    }

    private static Optional<Shown> shown(double observed, List<Share> draws, double all) {
        var above = new double[draws.size()];
        var below = new double[draws.size()];
        var asFar = 0;
        for (var i = 0; i < draws.size(); i++) {
            var draw = draws.get(i);
            if (Math.abs(draw.value()) >= Math.abs(observed) - SAME) {
                asFar++;
            }
            // With a difference of `observed` + d taken out, this draw is as far from nothing as what was observed is
            // as long as d is no more than this; and so for `observed` − d.
            var apart = draw.value() - observed * draw.side();
            above[i] = reach(apart, draw.side());
            below[i] = reach(-apart, draw.side());
        }
        // A bound that is 0 but for the last digits must not say that there is a difference.
        var low = observed - bound(below) - SAME;
        var high = observed + bound(above) + SAME;
        return Double.isInfinite(low) || Double.isInfinite(high)
                ? Optional.empty()
                : Optional.of(new Shown(
                        new Interval(observed, low, high),
                        (double) asFar / draws.size(),
                        draws.size(),
                        all <= EXACT_UP_TO));
    }

    /** The largest d ≥ 0 with |apart − d · side| ≥ d. */
    private static double reach(double apart, double side) {
        if (Math.abs(apart) < SAME) {
            return Math.abs(side) > 1 - SAME ? Double.POSITIVE_INFINITY : 0;
        }
        return apart > 0 ? apart / (1 + side) : -apart / (1 - side);
    }

    /** The largest d that more than 5 % of the draws reach. */
    private static double bound(double[] reach) {
        Arrays.sort(reach);
        return reach[reach.length - 1 - (int) Math.floor(ALPHA * reach.length)];
    }

    private static double weight(List<Post> block) {
        var token = block.stream().filter(Post::token).count();
        return (double) token * (block.size() - token) / block.size();
    }

    private static int taken(List<Post> block) {
        var mask = 0;
        for (var i = 0; i < block.size(); i++) {
            mask |= block.get(i).token() ? 1 << i : 0;
        }
        return mask;
    }

    /** Every way in which as many posts of the block could have been the token's. */
    private static List<Share> shares(List<Post> block, double weight) {
        var token = Integer.bitCount(taken(block));
        var shares = new ArrayList<Share>();
        for (var mask = 0; mask < 1 << block.size(); mask++) {
            if (Integer.bitCount(mask) == token) {
                shares.add(share(block, mask, weight));
            }
        }
        return shares;
    }

    private static Share share(List<Post> block, int mask, double weight) {
        var token = Integer.bitCount(mask);
        var link = block.size() - token;
        double value = 0;
        double side = 0;
        for (var i = 0; i < block.size(); i++) {
            var part = (mask >> i & 1) == 1 ? 1.0 / token : -1.0 / link;
            value += part * block.get(i).value();
            side += block.get(i).token() ? part : 0;
        }
        return new Share(weight * value, weight * side);
    }

    private static List<Share> everyDraw(List<List<Share>> blocks) {
        var draws = List.of(new Share(0, 0));
        for (var block : blocks) {
            var longer = new ArrayList<Share>(draws.size() * block.size());
            for (var draw : draws) {
                block.forEach(share -> longer.add(new Share(draw.value() + share.value(), draw.side() + share.side())));
            }
            draws = longer;
        }
        return draws;
    }

    /** With what was drawn among them, so that the test holds its level whatever is drawn here. */
    private static List<Share> someDraws(List<List<Share>> blocks, double observed) {
        var random = new SplittableRandom(SEED);
        var draws = new ArrayList<Share>(DRAWS + 1);
        draws.add(new Share(observed, 1));
        for (var i = 0; i < DRAWS; i++) {
            double value = 0;
            double side = 0;
            for (var block : blocks) {
                var share = block.get(random.nextInt(block.size()));
                value += share.value();
                side += share.side();
            }
            draws.add(new Share(value, side));
        }
        return draws;
    }
}
