package dev.zhida.intake;

import dev.zhida.marketplace.AccountThreads;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Pulls on this node: looks what is due, and reads it on virtual threads, so many per account and no more. Any number
 * of nodes may do so; a window is read by one of them.
 */
@ApplicationScoped
class PullJob {

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private final Pulls pulls;
    private final PullStore store;
    private final TokenCounts tokens;
    private final PayDays payDays;
    private final Connections connections;
    private final Connectors connectors;
    private final PullConfig config;
    private final Clock clock;
    private final MultiGauge gaps;
    private final MultiGauge lost;
    private final MultiGauge unreadable;
    private final AccountThreads readers;
    private final Map<UUID, LocalDate> sweptOnByAccount = new ConcurrentHashMap<>();
    private volatile LocalDate settledOn;
    private volatile List<Alarm> alarms = List.of();

    PullJob(
            Pulls pulls,
            PullStore store,
            TokenCounts tokens,
            PayDays payDays,
            Connections connections,
            Connectors connectors,
            PullConfig config,
            MeterRegistry metrics,
            Clock clock) {
        this.pulls = pulls;
        this.store = store;
        this.tokens = tokens;
        this.payDays = payDays;
        this.connections = connections;
        this.connectors = connectors;
        this.config = config;
        this.clock = clock;
        this.readers = new AccountThreads(config.parallel());
        this.gaps = MultiGauge.builder("zhida.pull.gap")
                .baseUnit("seconds")
                .description("How far what is covered without a gap lies behind the clock")
                .register(metrics);
        this.unreadable = MultiGauge.builder("zhida.marketplace.unreadable")
                .description("Accounts whose connection cannot be read: nothing is asked for them")
                .register(metrics);
        this.lost = MultiGauge.builder("zhida.pull.lost")
                .baseUnit("seconds")
                .description("What the marketplace no longer tells: holes that do not heal")
                .register(metrics);
    }

    /**
     * A feed that is behind, or waits for a person, or has a hole, or told what could not be understood.
     *
     * @param feed {@code null} if it is the whole account
     */
    record Alarm(UUID accountId, Feed feed, String what) {

        private static final String BEHIND = "is behind";

        /** Who is behind catches up without anybody's help. */
        private Logger.Level level() {
            return what.equals(BEHIND) ? Logger.Level.WARN : Logger.Level.ERROR;
        }
    }

    List<Alarm> alarms() {
        return alarms;
    }

    @Scheduled(every = "{zhida.pull.look}", concurrentExecution = ConcurrentExecution.SKIP)
    void look() {
        store.retryNotAuthorised(config.askedAgainAfter(), clock.instant());
        var reachable = new HashMap<Connection, Connector>();
        for (var connection : connections.live()) {
            try {
                var connector = connectors.of(connection);
                pulls.plan(connection, connector);
                sweepOnceADay(connection, connector);
                reachable.put(connection, connector);
                readers.work(connection.accountId(), () -> readNext(connection.accountId()));
            } catch (RuntimeException e) {
                Log.errorf(e, "the pulls of %s were not planned", connection);
            }
        }
        watch(reachable);
    }

    /** As the account is reached now: a key that was changed counts from the next window on. */
    private boolean readNext(UUID account) {
        return connections
                .of(account)
                .map(now -> pulls.readNext(now, connectors.of(now), readers::stopping))
                .orElse(false);
    }

    /** The database decides who begins a sweep; this only saves asking it at every look. */
    private void sweepOnceADay(Connection connection, Connector connector) {
        var day = pulls.sweepDay();
        if (!day.equals(sweptOnByAccount.get(connection.accountId()))) {
            pulls.sweep(connection, connector, day);
            sweptOnByAccount.put(connection.accountId(), day);
        }
    }

    private void watch(Map<Connection, Connector> reachable) {
        var now = clock.instant();
        var gapRows = new ArrayList<MultiGauge.Row<?>>();
        var lostRows = new ArrayList<MultiGauge.Row<?>>();
        var found = new ArrayList<Alarm>();
        var problems = connections.problems();
        unreadable.register(
                problems.keySet().stream()
                        .map(account -> MultiGauge.Row.of(Tags.of("account", account.toString()), 1))
                        .collect(Collectors.toList()),
                true);
        problems.forEach((account, problem) -> found.add(new Alarm(account, null, problem)));
        reachable.forEach((connection, connector) -> {
            for (var feed : PullPlan.live(connector.feeds(connection))) {
                store.standing(connection.accountId(), feed).ifPresent(standing -> {
                    var tags = Tags.of(
                            "marketplace",
                            connection.marketplace().name(),
                            "account",
                            connection.accountId().toString(),
                            "feed",
                            feed.name());
                    var gap = Duration.between(standing.coveredTo(), now);
                    gapRows.add(MultiGauge.Row.of(tags, gap.toSeconds()));
                    lostRows.add(MultiGauge.Row.of(tags, standing.lost()));
                    if (standing.failed() > 0) {
                        found.add(new Alarm(connection.accountId(), feed, "waits for a person"));
                    } else if (gap.compareTo(config.alarmAfter()) > 0) {
                        found.add(new Alarm(connection.accountId(), feed, Alarm.BEHIND));
                    }
                    if (standing.lost() > 0) {
                        found.add(new Alarm(connection.accountId(), feed, "has a hole that does not heal"));
                    }
                });
            }
        });
        var accounts = reachable.keySet().stream().map(Connection::accountId).collect(Collectors.toSet());
        store.unreadable().stream()
                .filter(one -> accounts.contains(one.accountId()))
                .forEach(one ->
                        found.add(new Alarm(one.accountId(), one.feed(), "told rows that could not be understood")));
        gaps.register(gapRows, true);
        lost.register(lostRows, true);
        // Once when it begins and once when it ends, not at every look.
        found.stream().filter(alarm -> !alarms.contains(alarm)).forEach(alarm -> Log.logf(alarm.level(), "%s", alarm));
        alarms.stream().filter(alarm -> !found.contains(alarm)).forEach(alarm -> Log.infof("over: %s", alarm));
        alarms = List.copyOf(found);
    }

    @Scheduled(every = "{zhida.pull.tidy}", delayed = "10m", concurrentExecution = ConcurrentExecution.SKIP)
    void tidy() {
        for (var connection : connections.live()) {
            try {
                var connector = connectors.of(connection);
                pulls.mend(connection, connector);
                tokens.ask(connection, connector, readers::stopping);
            } catch (RuntimeException e) {
                Log.errorf(e, "the windows of %s were not looked through", connection);
            }
        }
        settleOnceADay();
        store.forget(clock.instant().minus(config.keep()));
    }

    private void settleOnceADay() {
        var day = pulls.sweepDay();
        if (!day.equals(settledOn)) {
            for (var connector : connectors.all()) {
                var settled = payDays.settle(connector);
                if (settled > 0) {
                    Log.infof("%d rows of %s settled by the calendar", settled, connector.marketplace());
                }
            }
            settledOn = day;
        }
    }

    /** Pages that are being read are taken first; what is left goes on from there, here or elsewhere. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (!readers.stop(STOPS_WITHIN)) {
            Log.warn("a page did not end in time; its window is taken over when its lease ends");
        }
    }
}
