package dev.zhida.openness;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.intake.PullCoverage;
import dev.zhida.money.BusinessTime;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.openness.ChangeDetector.Change;
import dev.zhida.openness.ChangeDetector.Settings;
import dev.zhida.openness.OpennessStore.Alert;
import dev.zhida.openness.OpennessStore.Decision;
import dev.zhida.openness.OpennessStore.Proposal;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.HostAppPolicies.NewRule;
import dev.zhida.platform.HostAppRule;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.problem.Refusal;
import dev.zhida.rollup.Counts;
import dev.zhida.touch.TouchPartitions;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Counts what is over, looks whether anything changed, and tells. Any number of nodes may run it; one works. */
@ApplicationScoped
class OpennessWatch {

    /** A touch is stored long before; one that waits in a spool for a database that is away is not counted. */
    private static final Duration STORED_WITHIN = Duration.ofMinutes(1);

    /** What is counted in one transaction. */
    private static final Duration AT_A_TIME = Duration.ofDays(1);

    private static final int MOST_REPLAYED_DAYS = 31;

    private final Jdbi jdbi;
    private final OpennessStore store;
    private final OpennessConfig config;
    private final HostAppPolicies policies;
    private final TouchPartitions partitions;
    private final Counts counts;
    private final PullCoverage pulls;
    private final AuditTrail audit;
    private final Clock clock;
    private boolean failing;

    OpennessWatch(
            Jdbi jdbi,
            OpennessStore store,
            OpennessConfig config,
            HostAppPolicies policies,
            TouchPartitions partitions,
            Counts counts,
            PullCoverage pulls,
            AuditTrail audit,
            Clock clock) {
        this.jdbi = jdbi;
        this.store = store;
        this.config = config;
        this.policies = policies;
        this.partitions = partitions;
        this.counts = counts;
        this.pulls = pulls;
        this.audit = audit;
        this.clock = clock;
    }

    @Scheduled(every = "1m", delayed = "1m", concurrentExecution = ConcurrentExecution.SKIP)
    void watch() {
        try {
            for (var measure : Measure.values()) {
                // What still waits to be counted is not missed: the watch goes no further than the counts.
                while (watchSome(measure, counts.countedTo())) {
                    // Until nothing is left that is over.
                }
            }
            failing = false;
        } catch (JdbiException e) {
            // Once for each time PostgreSQL is away, not once a minute.
            if (!failing) {
                Log.warnf("what opens where is not watched just now: %s", e.getMessage());
            }
            failing = true;
        }
    }

    /** Counts and tests the next part of what is over; answers whether there is more. */
    boolean watchSome(Measure measure, Instant now) {
        return jdbi.inTransaction(handle -> {
            var over = binOf(now.minus(settles(measure)));
            var from = store.lockProgress(handle, measure, binOf(over.minus(config.lookBack())))
                    .orElse(over);
            if (!from.isBefore(over)) {
                return false;
            }
            var until = from.plus(AT_A_TIME).isBefore(over) ? from.plus(AT_A_TIME) : over;
            store.keep(handle, measure, within(measure), from, until, pulls.ordersToldUntil());
            for (var test : store.tests(handle, measure, from, until)) {
                var detector = new ChangeDetector(settings(), test.startedAt());
                for (var count : test.counts()) {
                    if (count.at().isBefore(from)) {
                        detector.remember(count);
                    } else {
                        detector.add(count).ifPresent(change -> {
                            Log.warnf("%s", AlertWords.en(test.cell(), change));
                            store.add(handle, alert(test.cell(), change, now));
                        });
                    }
                }
                if (!detector.startedAt().equals(test.startedAt())) {
                    store.restart(handle, test.cell(), detector.startedAt());
                }
            }
            store.progress(handle, measure, until);
            return until.isBefore(over);
        });
    }

    /** What a run over stored touches found. */
    record Replayed(int counts, List<Found> found) {}

    record Found(Cell cell, Change change) {}

    /**
     * Runs the watch over stored touches and orders, with tests that begin at {@code from}; keeps nothing. The same
     * touches and orders give the same answer.
     *
     * @throws Refusal {@code period-out-of-range}, {@code touches-gone}
     */
    Replayed replay(Measure measure, Instant from, Instant until) {
        if (!from.isBefore(until) || Duration.between(from, until).toDays() > MOST_REPLAYED_DAYS) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "period-out-of-range",
                    "`from` is before `until` by at most " + MOST_REPLAYED_DAYS + " days");
        }
        if (BusinessTime.dayOf(from).isBefore(partitions.keptFrom())) {
            throw new Refusal(
                    Refusal.Kind.GONE, "touches-gone", "touches are kept from " + partitions.keptFrom() + " on");
        }
        var detectors = new LinkedHashMap<Cell, ChangeDetector>();
        var found = new ArrayList<Found>();
        var counts = 0;
        for (var at = binOf(from); at.isBefore(until); at = at.plus(AT_A_TIME)) {
            var begin = at;
            var end = begin.plus(AT_A_TIME).isBefore(until) ? begin.plus(AT_A_TIME) : until;
            var counted = jdbi.withHandle(handle -> store.count(handle, measure, within(measure), begin, end));
            counts += counted.size();
            for (var one : counted) {
                detectors
                        .computeIfAbsent(
                                one.cell(),
                                cell -> new ChangeDetector(
                                        settings(), one.count().at()))
                        .add(one.count())
                        .ifPresent(change -> found.add(new Found(one.cell(), change)));
            }
        }
        return new Replayed(counts, List.copyOf(found));
    }

    /**
     * Makes the proposed rule of an alert.
     *
     * @throws Refusal {@code alert-not-found}, {@code alert-decided}, {@code nothing-proposed}
     */
    @Transactional
    public int accept(UUID id, UUID personId) {
        var now = clock.instant();
        var alert = undecided(id);
        if (alert.proposal() == null) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "nothing-proposed",
                    "the rules say so already: dismiss the alert, or add a rule by hand");
        }
        var current = policies.current().decide(alert.cell().ground());
        var zh = AlertWords.zh(alert.cell(), alert.change());
        var rule = policies.add(
                new NewRule(
                        alert.cell().ground(),
                        false,
                        alert.proposal().delivery(),
                        alert.proposal().posting(),
                        zh,
                        instruction(alert.proposal().delivery(), current),
                        BusinessTime.dayOf(alert.change().detectedAt()),
                        zh,
                        null),
                personId);
        store.decide(id, "ACCEPTED", rule.version(), personId, now);
        audit.add(
                personId,
                "openness-alert-accepted",
                "openness-alert/" + id,
                Map.of("rule", rule.version(), "why", zh),
                now);
        return rule.version();
    }

    /** @throws Refusal {@code alert-not-found}, {@code alert-decided} */
    @Transactional
    public void dismiss(UUID id, UUID personId) {
        var now = clock.instant();
        undecided(id);
        store.decide(id, "DISMISSED", null, personId, now);
        audit.add(personId, "openness-alert-dismissed", "openness-alert/" + id, Map.of(), now);
    }

    private Alert undecided(UUID id) {
        var alert = store.lock(id)
                .orElseThrow(() -> new Refusal(Refusal.Kind.NOT_FOUND, "alert-not-found", "no alert has the id " + id));
        if (!alert.decision().state().equals("OPEN")) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "alert-decided",
                    "the alert was " + alert.decision().state().toLowerCase(java.util.Locale.ROOT) + " before");
        }
        return alert;
    }

    private static String instruction(Delivery delivery, HostAppRule current) {
        return delivery == current.delivery()
                ? current.instruction()
                : switch (delivery) {
                    case REDIRECT -> "点下面的按钮打开商品。";
                    case LANDING -> "这里暂时打不开商品。请点右上角菜单，选「在浏览器打开」；或复制链接，到浏览器里粘贴。";
                };
    }

    private Alert alert(Cell cell, Change change, Instant now) {
        return new Alert(
                UuidCreator.getTimeOrderedEpoch(),
                cell,
                change,
                propose(change.drop(), policies.current().decide(cell.ground())),
                new Decision("OPEN", null, null),
                now);
    }

    /** What the rules should say now, a step at a time; {@code null} if they say the worst or the best already. */
    static Proposal propose(boolean drop, HostAppRule current) {
        if (drop && current.delivery() == Delivery.REDIRECT) {
            return new Proposal(
                    Delivery.LANDING, current.posting() == Posting.ALLOWED ? Posting.WARN : current.posting());
        }
        if (drop) {
            return switch (current.posting()) {
                case ALLOWED -> new Proposal(Delivery.LANDING, Posting.WARN);
                case WARN -> new Proposal(Delivery.LANDING, Posting.REFUSED);
                case REFUSED -> null;
            };
        }
        if (current.posting() == Posting.REFUSED) {
            return new Proposal(current.delivery(), Posting.WARN);
        }
        return current.delivery() == Delivery.REDIRECT && current.posting() == Posting.ALLOWED
                ? null
                : new Proposal(Delivery.REDIRECT, Posting.ALLOWED);
    }

    private Settings settings() {
        return new Settings(
                config.falseAlarm(), OpennessStore.STEP, config.horizon(), config.memory(), config.leastRatio());
    }

    private Duration within(Measure measure) {
        return switch (measure) {
            case OPEN -> config.openWithin();
            case ORDER -> config.orderWithin();
        };
    }

    /** How long after it a count is final. */
    Duration settles(Measure measure) {
        return switch (measure) {
            case OPEN -> config.openWithin().plus(STORED_WITHIN);
            case ORDER -> config.orderWithin().plus(config.orderToldWithin());
        };
    }

    static Instant binOf(Instant at) {
        var step = OpennessStore.STEP.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), step) * step);
    }
}
