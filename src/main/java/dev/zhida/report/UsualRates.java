package dev.zhida.report;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.zhida.comparison.Arm;
import dev.zhida.comparison.Stratum;
import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import dev.zhida.report.ComparisonReport.Denominator;
import dev.zhida.report.ComparisonReport.Grouping;
import dev.zhida.report.ComparisonReport.Question;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What is usual: the rates of everybody, which the few orders of one creator are drawn towards. They are read over
 * everything and kept a while, because what is usual hardly changes, and reading takes longer than what most creators ask.
 *
 * <p>Always true: what is told is of at least {@value #LEAST_CREATORS} others, so it reveals nobody.
 */
@ApplicationScoped
class UsualRates {

    static final int LEAST_CREATORS = 20;

    /** Thirteen weeks: long enough for small platforms, and most of it is in memory. */
    private static final int DAYS = 91;

    /** Groups that everybody has; others are somebody's own, or of a time, and are drawn towards all together. */
    private static final Set<Grouping> EVERYBODYS = Set.of(Grouping.PLATFORM, Grouping.SCENE, Grouping.COUPON);

    private record Key(Grouping by, Denominator denominator, LocalDate today) {}

    private final ComparisonReport report;
    private final Cache<Key, Map<String, Usual>> kept;

    UsualRates(
            ComparisonReport report,
            // Longer: fewer readings over everything; shorter: what is usual follows faster.
            @ConfigProperty(name = "zhida.comparison.usual-rates-kept") Duration keep) {
        this.report = report;
        this.kept = Caffeine.newBuilder().maximumSize(16).expireAfterWrite(keep).build();
    }

    /** What was counted of a group, of each medium and creator. */
    private static final class Usual {
        private final Map<Medium, Map<UUID, Arm>> creators = new EnumMap<>(Medium.class);
        private final Map<Medium, Arm> all = new EnumMap<>(Medium.class);

        private void add(Medium medium, UUID creator, Arm arm) {
            creators.computeIfAbsent(medium, m -> new HashMap<>()).merge(creator, arm, Arm::plus);
            all.merge(medium, arm, Arm::plus);
        }

        private Optional<Arm> without(UUID creator, Medium medium) {
            var each = creators.getOrDefault(medium, Map.of());
            var own = creator == null ? null : each.get(creator);
            if (each.size() - (own == null ? 0 : 1) < LEAST_CREATORS) {
                return Optional.empty();
            }
            var sum = all.get(medium);
            return Optional.of(own == null ? sum : new Arm(sum.n() - own.n(), sum.orders() - own.orders()));
        }
    }

    /** What is usual of a question's groups; absent where it would have to be read by days over everything. */
    Optional<Others> of(Question question, LocalDate today) {
        if (question.by() == Grouping.OS || question.cohortDays() != null) {
            return Optional.empty();
        }
        var everybodys = EVERYBODYS.contains(question.by());
        var by = everybodys ? question.by() : Grouping.PLATFORM;
        var groups = kept.get(new Key(by, question.denominator(), today), this::read);
        return Optional.of(new Others(question, everybodys, groups));
    }

    private Map<String, Usual> read(Key key) {
        var groups = new HashMap<String, Usual>();
        var together = new Usual();
        report.read(new Question(
                        key.by(),
                        key.denominator(),
                        key.today().minusDays(DAYS - 1L),
                        key.today(),
                        null,
                        new Scope.Everything()))
                .groups()
                .forEach(group -> {
                    var usual = new Usual();
                    group.eachCreator((creator, medium, arm) -> {
                        usual.add(medium, creator, arm);
                        together.add(medium, creator, arm);
                    });
                    groups.put(group.key, usual);
                });
        groups.put(null, together);
        return groups;
    }

    /** What is usual of the groups of one question. */
    static final class Others {
        private final Question question;
        private final boolean everybodys;
        private final Map<String, Usual> groups;

        private Others(Question question, boolean everybodys, Map<String, Usual> groups) {
            this.question = question;
            this.everybodys = everybodys;
            this.groups = groups;
        }

        /** The rates of all others, or absent if they are too few. */
        Optional<Stratum> rates(String group, Medium side) {
            var usual = groups.get(everybodys ? group : null);
            // Her own numbers must not be their own prior.
            var creator = question.by() == Grouping.CREATOR
                    ? UUID.fromString(group)
                    : question.scope().creatorOnly();
            return usual == null
                    ? Optional.empty()
                    : usual.without(creator, side).flatMap(token -> usual.without(creator, Medium.LINK)
                            .map(link -> new Stratum(token, link)));
        }
    }
}
