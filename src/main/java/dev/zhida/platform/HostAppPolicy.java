package dev.zhida.platform;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.HostAppRule.Posting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that hold at one instant. Of those that cover a question a rule gives way only to one that names all that it
 * names, and more; of those that are then left the strictest answers, so that a rule never lifts a ban about something
 * else.
 */
public final class HostAppPolicy {

    /** The forms in the order in which they lose the fewest fans, where they are allowed. */
    private static final List<Medium> BY_CONVENIENCE =
            List.of(Medium.LINK, Medium.TOKEN, Medium.IMAGE, Medium.NATIVE_TOKEN);

    private static final Comparator<HostAppRule> DELIVERY = Comparator.comparing(HostAppRule::delivery);
    private static final Comparator<HostAppRule> POSTING = Comparator.comparing(HostAppRule::posting);
    private static final Comparator<HostAppRule> HARDEST_TO_PASS = DELIVERY.thenComparing(POSTING);
    private static final Comparator<HostAppRule> HARDEST_TO_POST = POSTING.thenComparing(DELIVERY);

    private final List<HostAppRule> mostSpecificFirst;

    private HostAppPolicy(List<HostAppRule> mostSpecificFirst) {
        this.mostSpecificFirst = mostSpecificFirst;
    }

    /** The policy at an instant: per ground the latest rule that has begun, unless it was withdrawn. */
    public static HostAppPolicy at(Instant at, Collection<HostAppRule> rules) {
        Map<Ground, HostAppRule> latest = new HashMap<>();
        rules.stream()
                .filter(rule -> !rule.effectiveFrom().isAfter(at))
                .sorted(Comparator.comparing(HostAppRule::effectiveFrom).thenComparing(HostAppRule::version))
                .forEach(rule -> latest.put(rule.ground(), rule));
        var inForce = latest.values().stream()
                .filter(rule -> !rule.withdrawn())
                .sorted(Comparator.comparing((HostAppRule rule) -> rule.ground().weight())
                        .reversed())
                .toList();
        if (inForce.stream().noneMatch(rule -> rule.ground().weight() == 0)) {
            throw new IllegalArgumentException("there must be a rule that covers everything");
        }
        return new HostAppPolicy(inForce);
    }

    /** The rules in force, the most specific ones first. */
    public List<HostAppRule> rules() {
        return mostSpecificFirst;
    }

    /** The rule that answers a click; there always is one. */
    public HostAppRule decide(Ground question) {
        return strictest(question, HARDEST_TO_PASS);
    }

    /** The rule that says whether to post what a click would come from; there always is one. */
    public HostAppRule posting(Ground question) {
        return strictest(question, HARDEST_TO_POST);
    }

    /** What is to be said of a form at a place, before anybody is there: the system of fans is not known. */
    public HostAppRule posting(Platform platform, Scene scene, Marketplace marketplace, Medium medium, String topic) {
        return posting(new Ground(platform.hostApp(), scene, null, marketplace, medium, topic));
    }

    private HostAppRule strictest(Ground question, Comparator<HostAppRule> strictness) {
        var left = new ArrayList<HostAppRule>();
        for (var rule : mostSpecificFirst) {
            // Whatever names more came before.
            if (rule.ground().covers(question)
                    && left.stream().noneMatch(other -> rule.ground().covers(other.ground()))) {
                left.add(rule);
            }
        }
        // The first of equals, the rule that covers everything at least.
        return Collections.max(left, strictness);
    }

    /**
     * The form to post at a place: the most convenient one that opens there; else one that is allowed; else one
     * that is at least not refused.
     */
    public Medium recommended(Platform platform, Scene scene, Marketplace marketplace, String topic) {
        Medium best = Medium.TOKEN;
        var bestRank = Integer.MAX_VALUE;
        for (var medium : BY_CONVENIENCE) {
            var rule = posting(platform, scene, marketplace, medium, topic);
            var rank = rule.posting() == Posting.ALLOWED && rule.delivery() == Delivery.REDIRECT
                    ? 0
                    : 1 + rule.posting().ordinal();
            if (rank < bestRank && rule.posting() != Posting.REFUSED) {
                best = medium;
                bestRank = rank;
            }
        }
        return best;
    }
}
