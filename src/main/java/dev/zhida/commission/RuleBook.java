package dev.zhida.commission;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** All rules there ever were, arranged so that the one for a line is found in a few look-ups. Immutable. */
final class RuleBook {

    private final Map<Ground, NavigableMap<Instant, Rule>> versionsByGround = new HashMap<>();
    private final List<Integer> weights;
    private final Rule first;

    /** Needs a rule about everything among the rules; of two about one ground and start the last one given holds. */
    RuleBook(Collection<Rule> rules) {
        rules.forEach(rule -> versionsByGround
                .computeIfAbsent(rule.ground(), ground -> new TreeMap<>())
                .put(rule.fromAt(), rule));
        weights = versionsByGround.keySet().stream()
                .map(Ground::weight)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        var general = versionsByGround.get(Ground.ANY);
        if (general == null) {
            throw new IllegalArgumentException("there is no rule about everything");
        }
        first = general.firstEntry().getValue();
    }

    /**
     * The rule for a line: of the rules that cover it and hold, the most specific one.
     *
     * @param line where the line comes from
     * @param at when the buyer paid; {@code null} where nobody tells. Older than all rules, or unknown: the first one
     */
    Rule decide(Ground line, Instant at) {
        if (at == null) {
            return first;
        }
        for (var weight : weights) {
            var ground = line.only(weight);
            // A line of which a named thing is unknown is not covered by a rule about it.
            var versions = ground.weight() == weight ? versionsByGround.get(ground) : null;
            var started = versions == null ? null : versions.floorEntry(at);
            if (started != null && started.getValue().speaksAt(at)) {
                return started.getValue();
            }
        }
        return first;
    }
}
