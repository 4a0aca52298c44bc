package dev.zhida.intake;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.BackOff;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.money.BusinessTime;
import dev.zhida.order.Orders;
import dev.zhida.problem.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** Plans pull windows, reads them to their ends, and says what is covered. */
@ApplicationScoped
class Pulls {

    /** Live windows planned at once; the next look plans on from there. */
    private static final int PLANNED_AT_ONCE = 500;

    /** When so many live windows in a row wait for a person, no more are added to them. */
    private static final int FAILED_IN_A_ROW = 3;

    /** A cursor that is refused may be too old: that often the window is begun anew instead. */
    private static final int BEGUN_ANEW = 2;

    /** Every marketplace takes windows so long: one that finds them too long means something else, and that may pass. */
    private static final Duration TAKEN_BY_ALL = Duration.ofMinutes(5);

    private static final Duration LOST_AT_ONCE = Duration.ofDays(1);

    private static final Duration SETTLED_SWEEP = Duration.ofDays(40);
    private static final Duration CREATED_SWEEP = Duration.ofDays(7);
    private static final Duration WEEKLY_SWEEP = Duration.ofDays(40);
    static final Duration LONGEST_BACKFILL = Duration.ofDays(400);

    /** All marketplaces tell of the last 90 days; a window at their very end is not read again. */
    private static final Duration REMEMBERED = Duration.ofDays(89);

    /** The lease of a window ended while its page was on the way. */
    private static final class ClaimLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClaimLost() {
            super("another has the claim", null, false, false);
        }
    }

    private final PullStore store;
    private final Intake intake;
    private final AuditTrail audit;
    private final PullConfig config;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final PullPlan.Promotions promotions;

    /** Until when this node asks nothing for an account that was told to slow down. */
    private final Map<UUID, Instant> pausedUntilByAccount = new ConcurrentHashMap<>();

    Pulls(PullStore store, Intake intake, AuditTrail audit, PullConfig config, MeterRegistry metrics, Clock clock) {
        this.store = store;
        this.intake = intake;
        this.audit = audit;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        this.promotions = PullPlan.Promotions.of(config.promotions().orElse(List.of()));
    }

    /** Plans whatever is not planned yet of an account's live feeds, and drops what is open of feeds it may not read. */
    @Transactional
    void plan(Connection connection, Connector connector) {
        var now = clock.instant();
        var until = lastFullSecond(now.minus(config.behind()));
        if (!connection.feedsOff().isEmpty()) {
            store.forgetOpen(connection.accountId(), connection.feedsOff());
        }
        for (var feed : PullPlan.live(connector.feeds(connection))) {
            var head = store.lockHead(connection.accountId(), feed, FAILED_IN_A_ROW);
            var covered = head.map(PullStore.Head::until).orElseGet(() -> until.minus(config.startBack()));
            var stuck = head.map(PullStore.Head::stuck).orElse(false);
            if (!stuck && Duration.between(covered, until).compareTo(config.every()) >= 0) {
                var spans = PullPlan.cut(
                        covered,
                        until,
                        width(connection.accountId(), connector, feed, now),
                        config.overlap(),
                        now,
                        PLANNED_AT_ONCE);
                store.add(connection.accountId(), feed, PullWindow.Kind.LIVE, null, spans, now, now);
            }
        }
    }

    /** Plans anew what should have been planned and is not there: rows that somebody took away. */
    @Transactional
    void mend(Connection connection, Connector connector) {
        var now = clock.instant();
        for (var feed : PullPlan.live(connector.feeds(connection))) {
            if (store.lockHead(connection.accountId(), feed, FAILED_IN_A_ROW).isPresent()) {
                for (var gap : store.forgotten(connection.accountId(), feed)) {
                    Log.errorf("no window covers %s of %s: planned anew", gap, feed);
                    var width = width(connection.accountId(), connector, feed, now);
                    var spans =
                            PullPlan.cut(gap.coversFrom(), gap.until(), width, config.overlap(), now, PLANNED_AT_ONCE);
                    store.add(connection.accountId(), feed, PullWindow.Kind.LIVE, null, spans, now, now);
                }
            }
        }
    }

    private PullPlan.Width width(UUID accountId, Connector connector, Feed feed, Instant now) {
        return new PullPlan.Width(
                narrowed(accountId, feed, connector.widest(feed), now), promotions, config.promotionWidth());
    }

    /** Of what is past and is asked for once more: few windows, since nobody waits for them. */
    private PullPlan.Width widthOfPast(UUID accountId, Connector connector, Feed feed, Instant now) {
        return new PullPlan.Width(
                narrowed(accountId, feed, connector.allowed(feed), now),
                promotions,
                connector.allowedInPromotions(feed));
    }

    private Duration narrowed(UUID accountId, Feed feed, Duration allowed, Instant now) {
        return store.narrowed(accountId, feed)
                .map(narrowed -> PullPlan.width(allowed, narrowed.width(), narrowed.at(), now))
                .orElse(allowed);
    }

    /** The day whose sweeps are due: it begins at the configured hour. */
    LocalDate sweepDay() {
        return BusinessTime.dayOf(clock.instant().minus(Duration.ofHours(config.sweepHour())));
    }

    /** Begins the sweeps of a day and of its week; those that are begun already stay as they are. */
    @Transactional
    void sweep(Connection connection, Connector connector, LocalDate day) {
        var now = clock.instant();
        var week = day.get(IsoFields.WEEK_BASED_YEAR) + "-W" + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        var feeds = connector.feeds(connection);
        if (feeds.contains(Feed.ORDERS_SETTLED)) {
            sweep(connection, connector, Feed.ORDERS_SETTLED, SETTLED_SWEEP, day.toString(), now);
        }
        // Where orders cannot be asked for by their creation, the time of their last change has to do.
        var created = feeds.contains(Feed.ORDERS_CREATED) ? Feed.ORDERS_CREATED : Feed.ORDERS_UPDATED;
        if (feeds.contains(created)) {
            sweep(connection, connector, created, CREATED_SWEEP, day.toString(), now);
            sweep(connection, connector, created, WEEKLY_SWEEP, week, now);
        }
        for (var refunds : List.of(Feed.REFUNDS_UPDATED, Feed.RELATION_REFUNDS_UPDATED)) {
            if (feeds.contains(refunds)) {
                sweep(connection, connector, refunds, CREATED_SWEEP, day.toString(), now);
                sweep(connection, connector, refunds, WEEKLY_SWEEP, week, now);
            }
        }
    }

    private void sweep(Connection connection, Connector connector, Feed feed, Duration back, String when, Instant now) {
        var until = lastFullSecond(now.minus(config.behind()));
        var from = until.minus(back);
        begin(
                new PullRun(
                        newId(),
                        connection.accountId(),
                        PullWindow.Kind.SWEEP,
                        "sweep %s %dd %s".formatted(feed, back.toDays(), when),
                        List.of(feed),
                        from,
                        // It tells all from the beginning of a window on, whatever its end: one window is enough.
                        feed == Feed.RELATION_REFUNDS_UPDATED ? from.plus(connector.widest(feed)) : until,
                        null),
                connector,
                now);
    }

    /**
     * Begins a back-fill.
     *
     * @param feeds empty for all that tell of orders as they were created, and of refunds
     * @throws Refusal {@code period-invalid} or {@code feed-unknown}
     */
    @Transactional
    PullRun backfill(
            Connection connection, Connector connector, Instant from, Instant until, List<Feed> feeds, Caller by) {
        var now = clock.instant();
        var start = lastFullSecond(from);
        var end = lastFullSecond(until);
        if (!start.isBefore(end) || end.isAfter(now)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "period-invalid",
                    "`from` lies before `until`, and `until` not in the future");
        }
        if (Duration.between(start, end).compareTo(LONGEST_BACKFILL) > 0) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "period-invalid",
                    "a back-fill spans at most " + LONGEST_BACKFILL.toDays() + " days: ask for several");
        }
        var known = connector.feeds(connection);
        var wanted =
                feeds.isEmpty() ? backfilled(known) : feeds.stream().distinct().toList();
        if (!known.containsAll(wanted)) {
            throw new Refusal(Refusal.Kind.INVALID, "feed-unknown", "this account can be asked for " + known);
        }
        var id = newId();
        var run = new PullRun(
                id,
                connection.accountId(),
                PullWindow.Kind.BACKFILL,
                "backfill " + id,
                wanted,
                start,
                end,
                by.personId());
        begin(run, connector, now);
        audit.add(
                by.personId(),
                "pull-backfill-requested",
                "pull-backfill/" + id,
                Map.of("from", start.toString(), "until", end.toString(), "feeds", wanted),
                now);
        return run;
    }

    private static List<Feed> backfilled(List<Feed> known) {
        return known.stream()
                .filter(feed -> switch (feed) {
                    case ORDERS_CREATED, REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS -> true;
                    case ORDERS_UPDATED -> !known.contains(Feed.ORDERS_CREATED);
                    case ORDERS_SETTLED -> false;
                })
                .toList();
    }

    private void begin(PullRun run, Connector connector, Instant now) {
        if (store.begin(run, now)) {
            for (var feed : run.feeds()) {
                var width = widthOfPast(run.accountId(), connector, feed, now);
                var spans = PullPlan.cut(run.from(), run.until(), width, Duration.ZERO, now, Integer.MAX_VALUE);
                store.add(run.accountId(), feed, run.kind(), run.id(), spans, now, now);
            }
        }
    }

    /**
     * Reads the next window of an account that is due, to its end or its failure.
     *
     * @param stopping whether to stop after the page that is being read
     * @return whether there was one
     */
    boolean readNext(Connection connection, Connector connector, BooleanSupplier stopping) {
        if (clock.instant().isBefore(pausedUntilByAccount.getOrDefault(connection.accountId(), Instant.MIN))) {
            return false;
        }
        var claimed = store.claim(connection.accountId(), UUID.randomUUID(), clock.instant(), config.lease());
        if (claimed.isEmpty()) {
            return false;
        }
        var window = claimed.get();
        while (window.state() == PullWindow.State.RUNNING) {
            if (stopping.getAsBoolean()) {
                store.release(window);
                return true;
            }
            try {
                var span = window.span();
                var page = connector.page(connection, window.feed(), span.from(), span.until(), window.cursor());
                window = take(connection, window, page);
            } catch (ClaimLost lost) {
                Log.warnf("the window %d is read by another by now", window.id());
                return true;
            } catch (MarketplaceFailure failure) {
                failed(window, failure);
                return true;
            } catch (RuntimeException ours) {
                Log.errorf(ours, "a page of the window %d was not taken", window.id());
                count("OURS");
                later(window, null, "ours: " + ours, null);
                return true;
            }
        }
        return true;
    }

    /** Takes a page and writes down that it was taken, both or neither. */
    private PullWindow take(Connection connection, PullWindow window, FeedPage page) {
        if (page.next() != null && page.next().equals(window.cursor())) {
            throw new MarketplaceFailure(
                    MarketplaceFailure.Kind.PLATFORM, "the cursor does not move on from " + page.next());
        }
        var source = new Orders.Source(connection.marketplace(), connection.accountId(), null);
        var at = clock.instant();
        var taken = QuarkusTransaction.requiringNew().call(() -> {
            var news = intake.take(source, page);
            store.keepUnreadable(window, page.unreadable(), at);
            var next = store.progress(after(window, page, news), at, config.lease());
            // Somebody else reads it by now: what was taken is taken back.
            return next.orElseThrow(ClaimLost::new);
        });
        var marketplace = connection.marketplace().name();
        metrics.counter("zhida.pull.rows", "marketplace", marketplace).increment(page.rows());
        if (!page.unreadable().isEmpty()) {
            metrics.counter("zhida.pull.unreadable", "marketplace", marketplace)
                    .increment(page.unreadable().size());
            Log.warnf(
                    "%d rows of %s could not be understood: %s",
                    page.unreadable().size(),
                    window.feed(),
                    page.unreadable().getFirst().reason());
        }
        return taken;
    }

    private PullWindow after(PullWindow w, FeedPage page, int news) {
        var last = page.next() == null;
        var passPages = w.passPages() + 1;
        var passNews = w.passNews() + news;
        var again = last && PullPlan.moves(w.feed()) && passPages > 1 && passNews > 0 && w.pass() < config.passes();
        return new PullWindow(
                w.id(),
                w.accountId(),
                w.feed(),
                w.kind(),
                w.runId(),
                w.span(),
                last && !again ? PullWindow.State.COMPLETE : PullWindow.State.RUNNING,
                page.next(),
                again ? w.pass() + 1 : w.pass(),
                again ? 0 : passPages,
                again ? 0 : passNews,
                w.pages() + 1,
                w.rows() + page.rows(),
                w.news() + news,
                w.unreadable() + page.unreadable().size(),
                again ? null : seen(w.seenHash(), page),
                w.attempts(),
                0,
                w.nextAttemptAt(),
                null,
                null,
                w.claim(),
                null);
    }

    private static byte[] seen(byte[] before, FeedPage page) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            if (before != null) {
                digest.update(before);
            }
            page.orders().forEach(row -> digest.update(bytes(row.raw())));
            page.refunds().forEach(row -> digest.update(bytes(row.raw())));
            page.punishments().forEach(row -> digest.update(bytes(row.raw())));
            page.unreadable().forEach(row -> digest.update(row.raw().getBytes(StandardCharsets.UTF_8)));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(Map<String, String> raw) {
        return new TreeMap<>(raw).toString().getBytes(StandardCharsets.UTF_8);
    }

    private void failed(PullWindow window, MarketplaceFailure failure) {
        count(failure.kind().name());
        switch (failure.kind()) {
            case THROTTLED -> {
                var until = later(window, failure, failure.getMessage(), window.cursor());
                // It is the account that asks too often, not the window: its other windows would be refused as well.
                pausedUntilByAccount.put(window.accountId(), until);
                if (failure.retryAfter() != null) {
                    store.wait(window.accountId(), until);
                }
            }
            case PLATFORM, ITEM -> later(window, failure, failure.getMessage(), window.cursor());
            case WINDOW_TOO_LONG, TOO_MANY_ROWS -> narrow(window, failure);
            case CALLER -> {
                if (window.cursor() != null && window.failures() < BEGUN_ANEW) {
                    later(window, failure, failure.getMessage(), null);
                } else {
                    end(window, PullWindow.State.FAILED, failure);
                }
            }
            case NOT_AUTHORISED -> end(window, PullWindow.State.FAILED, failure);
            case TOO_LATE -> {
                // Where a long one begins too early its end may still be told.
                if (window.span().length().compareTo(LOST_AT_ONCE) > 0) {
                    QuarkusTransaction.requiringNew()
                            .run(() -> store.split(window, PullPlan.halves(window.span()), clock.instant()));
                } else {
                    end(window, PullWindow.State.TOO_LATE, failure);
                }
            }
        }
    }

    /** Tries again later; answers when. */
    private Instant later(PullWindow window, MarketplaceFailure failure, String words, String cursor) {
        var now = clock.instant();
        var next = now.plus(BackOff.wait(
                window.failures() + 1,
                config.backOffFirst(),
                config.backOffMost(),
                failure == null ? null : failure.retryAfter(),
                ThreadLocalRandom.current()::nextDouble));
        store.fail(
                window,
                PullWindow.State.PENDING,
                failure == null ? window.cursor() : cursor,
                next,
                failure == null ? null : failure.kind(),
                words,
                now);
        return next;
    }

    private void end(PullWindow window, PullWindow.State state, MarketplaceFailure failure) {
        var now = clock.instant();
        if (store.fail(window, state, window.cursor(), now, failure.kind(), failure.getMessage(), now)) {
            Log.errorf(
                    "%s %s of account %s is not covered (%s): %s",
                    window.feed(),
                    window.span(),
                    window.accountId(),
                    state == PullWindow.State.TOO_LATE ? "the marketplace no longer has it" : "a person has to act",
                    failure.getMessage());
        }
    }

    private void narrow(PullWindow window, MarketplaceFailure failure) {
        if (failure.kind() == MarketplaceFailure.Kind.WINDOW_TOO_LONG
                && window.span().length().compareTo(TAKEN_BY_ALL) <= 0) {
            later(window, failure, failure.getMessage(), window.cursor());
            return;
        }
        if (window.span().length().toSeconds() < 2) {
            end(window, PullWindow.State.FAILED, failure);
            return;
        }
        var now = clock.instant();
        QuarkusTransaction.requiringNew().run(() -> {
            if (store.split(window, PullPlan.halves(window.span()), now)) {
                store.narrow(
                        window.accountId(),
                        window.feed(),
                        window.span().length().dividedBy(2),
                        now);
            }
        });
    }

    private void count(String kind) {
        metrics.counter("zhida.pull.failures", "kind", kind).increment();
    }

    /** Lets failed windows be tried again, and those with rows that could not be understood; answers how many. */
    @Transactional
    int retry(UUID accountId, Feed feed, Long windowId, Caller by) {
        var now = clock.instant();
        var retried = store.retry(accountId, feed, windowId, now.minus(REMEMBERED), now);
        audit.add(
                by.personId(),
                "pull-windows-retried",
                "marketplace-account/" + accountId,
                Map.of("windows", retried),
                now);
        return retried;
    }

    private static Instant lastFullSecond(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    private static UUID newId() {
        return UuidCreator.getTimeOrderedEpochPlus1();
    }
}
