package dev.zhida.comparison;

import java.util.stream.IntStream;

/** Several groups are asked at once, so one of them may look striking by chance: p-values that allow for it. */
public final class ManyTests {

    private ManyTests() {}

    /** Holm (1979): at most 5 % of worlds show any false difference if 5 % is asked of these. */
    public static double[] holm(double[] p) {
        var order = ascending(p);
        var adjusted = new double[p.length];
        double most = 0;
        for (var i = 0; i < p.length; i++) {
            most = Math.max(most, Math.min(1, (p.length - i) * p[order[i]]));
            adjusted[order[i]] = most;
        }
        return adjusted;
    }

    /** Benjamini and Hochberg (1995): at most 5 % of the shown differences are false, in the long run. */
    public static double[] benjaminiHochberg(double[] p) {
        var order = ascending(p);
        var adjusted = new double[p.length];
        double least = 1;
        for (var i = p.length - 1; i >= 0; i--) {
            least = Math.min(least, p.length * p[order[i]] / (i + 1));
            adjusted[order[i]] = least;
        }
        return adjusted;
    }

    private static int[] ascending(double[] p) {
        return IntStream.range(0, p.length)
                .boxed()
                .sorted((a, b) -> Double.compare(p[a], p[b]))
                .mapToInt(i -> i)
                .toArray();
    }
}
