package dev.zhida.attribution;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How others would share an order among the placements that were touched before it. No money follows these shares: they
 * are there so that a brand can see how much depends on the choice. Each model's shares sum to one exactly.
 *
 * <p>Last, first, linear, time decay and position are the usual models of multi-touch attribution; the half-life of a
 * week and 40/20/40 are the customary parameters.
 */
public final class TouchModels {

    /** The age at which a touch counts half. */
    static final Duration HALF_LIFE = Duration.ofDays(7);

    private static final int SCALE = 4;
    private static final BigDecimal UNIT = BigDecimal.ONE.movePointLeft(SCALE);

    private TouchModels() {}

    /** How to share. */
    public enum Model {
        /** All to the last touch. */
        LAST,
        /** All to the first touch. */
        FIRST,
        /** The same to each touch. */
        LINEAR,
        /** To each touch half as much per week before the click. */
        TIME_DECAY,
        /** 40 % to the first and to the last touch, the rest in equal parts to those between. */
        POSITION
    }

    /** One touch. */
    public record Point(UUID id, Instant at, long placementId) {}

    /**
     * The share of each placement, by model; empty maps if there were no touches.
     *
     * @param points touches before the click, in any order
     */
    public static Map<Model, SortedMap<Long, BigDecimal>> shares(List<Point> points, Instant clickedAt) {
        var path = new ArrayList<>(points);
        path.sort(Comparator.comparing(Point::at).thenComparing(Point::id));
        var shares = new EnumMap<Model, SortedMap<Long, BigDecimal>>(Model.class);
        for (var model : Model.values()) {
            shares.put(model, path.isEmpty() ? new TreeMap<>() : shares(path, weights(model, path, clickedAt)));
        }
        return shares;
    }

    private static List<BigDecimal> weights(Model model, List<Point> path, Instant clickedAt) {
        var touches = path.size();
        var weights = new ArrayList<BigDecimal>(Collections.nCopies(touches, BigDecimal.ZERO));
        switch (model) {
            case LAST -> weights.set(touches - 1, BigDecimal.ONE);
            case FIRST -> weights.set(0, BigDecimal.ONE);
            case LINEAR -> Collections.fill(weights, BigDecimal.ONE);
            case TIME_DECAY -> {
                for (var i = 0; i < touches; i++) {
                    weights.set(i, decayed(Duration.between(path.get(i).at(), clickedAt)));
                }
            }
            case POSITION -> {
                var between = touches - 2;
                Collections.fill(weights, BigDecimal.valueOf(2));
                // 40 : 20 / n : 40, times n to stay exact; two touches share equally.
                var ends = between > 0 ? BigDecimal.valueOf(4L * between) : BigDecimal.ONE;
                weights.set(0, ends);
                weights.set(touches - 1, ends);
            }
        }
        return weights;
    }

    /** A share, not money: the exactness of a double is more than the four digits need. */
    private static BigDecimal decayed(Duration age) {
        return BigDecimal.valueOf(Math.pow(0.5, (double) Math.max(0, age.toMillis()) / HALF_LIFE.toMillis()));
    }

    /** Adds the weights up by placement; what rounding down leaves over goes to those that lost most by it. */
    private static SortedMap<Long, BigDecimal> shares(List<Point> path, List<BigDecimal> weights) {
        var weightByPlacement = new TreeMap<Long, BigDecimal>();
        var whole = BigDecimal.ZERO;
        for (var i = 0; i < path.size(); i++) {
            weightByPlacement.merge(path.get(i).placementId(), weights.get(i), BigDecimal::add);
            whole = whole.add(weights.get(i));
        }
        var shares = new TreeMap<Long, BigDecimal>();
        var lost = new TreeMap<Long, BigDecimal>();
        for (var entry : weightByPlacement.entrySet()) {
            var exact = entry.getValue().divide(whole, 30, RoundingMode.HALF_EVEN);
            var share = exact.setScale(SCALE, RoundingMode.DOWN);
            shares.put(entry.getKey(), share);
            lost.put(entry.getKey(), exact.subtract(share));
        }
        var left = BigDecimal.ONE
                .subtract(shares.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .divideToIntegralValue(UNIT)
                .intValueExact();
        lost.entrySet().stream()
                .sorted(Map.Entry.<Long, BigDecimal>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .limit(left)
                .forEach(entry -> shares.merge(entry.getKey(), UNIT, BigDecimal::add));
        return shares;
    }
}
