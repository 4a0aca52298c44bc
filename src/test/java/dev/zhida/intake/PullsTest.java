package dev.zhida.intake;

import static dev.zhida.database.SqlValues.utc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.MovingClock;
import dev.zhida.TestDatabase;
import dev.zhida.World;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.order.ObservationFixture;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.Slots;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.smallrye.health.api.Wellness;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.hamcrest.Matchers;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows against a real PostgreSQL, and a marketplace that does what a test tells it to. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PullsTest {

    private static final Instant NOON = Instant.parse("2026-03-02T04:00:00Z");

    @Inject
    PullStore store;

    @Inject
    Intake intake;

    @Inject
    AuditTrail audit;

    @Inject
    PullConfig config;

    @Inject
    MeterRegistry metrics;

    @Inject
    PullJob job;

    @Inject
    TokenCounts tokens;

    @Inject
    PayDays payDays;

    @Inject
    Connections connections;

    @Inject
    PullCoverage months;

    @Inject
    @Wellness
    PullHealth health;

    @Inject
    World world;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    Jdbi jdbi;

    private final MovingClock clock = new MovingClock(Clock.fixed(NOON, ZoneOffset.UTC));
    private final ScriptedMarketplace marketplace = new ScriptedMarketplace();
    private Connection connection;
    private Pulls pulls;

    @BeforeEach
    void begin() {
        world.prepare();
        var account = slots.addAccount(Marketplace.TAOBAO, "pulls " + UUID.randomUUID());
        connection = new Connection(
                account, Marketplace.TAOBAO, URI.create("https://example.com"), "key", "secret", null, Map.of());
        pulls = new Pulls(store, intake, audit, config, metrics, clock);
        marketplace.forget();
    }

    /** Links of other tests lease from whatever accounts there are; this one has no slots, so it is in nobody's way. */
    @AfterEach
    void nothingIsLeftOpen() {
        jdbi.useHandle(h -> h.execute(
                "delete from pull_window where account_id = ? and state in ('PENDING', 'RUNNING')",
                connection.accountId()));
    }

    private void plan() {
        QuarkusTransaction.requiringNew().run(() -> pulls.plan(connection, marketplace));
    }

    private boolean readOne() {
        return pulls.readNext(connection, marketplace, () -> false);
    }

    /** Reads whatever is due, as a reader does. */
    private void readAll() {
        while (readOne()) {
            // The next one.
        }
    }

    private List<PullWindow> windows(PullWindow.State state, PullWindow.Kind kind) {
        return store.windows(new PullStore.Filter(connection.accountId(), null, state, kind), null, 10_000);
    }

    private PullStore.Coverage coverage() {
        return store.coverage(connection.accountId(), Feed.ORDERS_UPDATED).getFirst();
    }

    private long lines() {
        return jdbi.withHandle(h -> h.createQuery("select count(*) from order_line where account_id = :id")
                .bind("id", connection.accountId())
                .mapTo(Long.class)
                .one());
    }

    private ObservationFixture order(Instant changedAt) {
        var order = ObservationFixture.anObservation().asOf(changedAt);
        marketplace.has(order.build());
        return order;
    }

    private static MarketplaceFailure failure(Kind kind) {
        return new MarketplaceFailure(kind, "sub-code: words of the marketplace");
    }

    /** Fails so often, then does as asked. */
    private void fails(int times, Kind kind) {
        var left = new AtomicInteger(times);
        marketplace.trouble = asked -> {
            if (left.getAndDecrement() > 0) {
                throw failure(kind);
            }
        };
    }

    private long failures(Kind kind) {
        return (long)
                metrics.counter("zhida.pull.failures", "kind", kind.name()).count();
    }

    @Test
    void what_is_planned_covers_everything_and_a_minute_later_only_what_is_new() {
        plan();
        readAll();
        assertThat(coverage().gaps()).isEmpty();
        assertThat(coverage().coveredTo()).isEqualTo(NOON.minus(config.behind()));
        assertThat(coverage().from()).isEqualTo(NOON.minus(config.behind()).minus(config.startBack()));
        var asked = marketplace.asked.size();

        clock.pass(config.every().minusSeconds(1));
        plan();
        readAll();
        assertThat(marketplace.asked).hasSize(asked);

        clock.pass(Duration.ofSeconds(1));
        plan();
        readAll();
        assertThat(marketplace.asked).hasSize(asked + 1);
        var last = marketplace.asked.getLast();
        assertThat(last.until()).isEqualTo(NOON.minus(config.behind()).plus(config.every()));
        assertThat(last.from()).isEqualTo(NOON.minus(config.behind()).minus(config.overlap()));
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void a_reader_that_dies_in_the_middle_leaves_pages_behind_and_another_goes_on_from_there() {
        for (var i = 0; i < 25; i++) {
            order(NOON.minusSeconds(1_800 + i));
        }
        plan();
        // Two pages are taken; then the process is gone: nothing is written any more, not even that it failed.
        var dead = new Pulls(
                new PullStore(jdbi) {
                    @Override
                    boolean fail(
                            PullWindow window,
                            PullWindow.State state,
                            String cursor,
                            Instant next,
                            Kind kind,
                            String words,
                            Instant at) {
                        return false;
                    }
                },
                intake,
                audit,
                config,
                metrics,
                clock);
        marketplace.trouble = asked -> {
            if ("20".equals(asked.cursor())) {
                throw failure(Kind.PLATFORM);
            }
        };
        while (windows(PullWindow.State.RUNNING, null).isEmpty()) {
            assertThat(dead.readNext(connection, marketplace, () -> false)).isTrue();
        }
        assertThat(lines()).isEqualTo(20);

        marketplace.trouble = asked -> {};
        marketplace.asked.clear();
        // As long as it may be alive nobody else touches its window.
        clock.pass(config.lease().minusMillis(1));
        readAll();
        assertThat(marketplace.asked).noneMatch(asked -> "20".equals(asked.cursor()));
        marketplace.asked.clear();
        clock.pass(Duration.ofMillis(1));
        readAll();
        assertThat(marketplace.asked.getFirst().cursor()).isEqualTo("20");
        assertThat(lines()).isEqualTo(25);
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void rows_and_how_far_they_were_read_are_written_together_or_not_at_all() {
        for (var i = 0; i < 15; i++) {
            order(NOON.minusSeconds(1_800 + i));
        }
        plan();
        var lame = new Pulls(
                new PullStore(jdbi) {
                    @Override
                    java.util.Optional<PullWindow> progress(PullWindow window, Instant at, Duration lease) {
                        if (window.rows() > 0) {
                            throw new IllegalStateException("the process dies before it commits");
                        }
                        return super.progress(window, at, lease);
                    }
                },
                intake,
                audit,
                config,
                metrics,
                clock);
        while (lame.readNext(connection, marketplace, () -> false)) {
            // All of them.
        }
        assertThat(lines()).isZero();
        var broken = windows(PullWindow.State.PENDING, null);
        assertThat(broken).singleElement().satisfies(window -> {
            assertThat(window.failure()).startsWith("ours: ");
            assertThat(window.cursor()).isNull();
        });
        clock.pass(Duration.ofMinutes(1));
        readAll();
        assertThat(lines()).isEqualTo(15);
    }

    @Test
    void whoever_lost_its_window_to_another_takes_nothing() {
        order(NOON.minusSeconds(1_800));
        plan();
        marketplace.trouble = asked -> {
            // While this one waits for an answer its lease ends, and another takes the window over.
            jdbi.useHandle(h -> h.execute(
                    "update pull_window set claim = gen_random_uuid() where account_id = ? and state = 'RUNNING'",
                    connection.accountId()));
        };
        var count = windows(PullWindow.State.PENDING, null).size();
        for (var i = 0; i < count; i++) {
            assertThat(readOne()).isTrue();
        }
        assertThat(lines()).isZero();
        assertThat(windows(PullWindow.State.RUNNING, null)).hasSize(count);
    }

    @Test
    void eight_readers_and_planners_at_once_read_every_window_once() throws Exception {
        marketplace.widest = Duration.ofMinutes(20);
        for (var i = 0; i < 200; i++) {
            order(NOON.minusSeconds(60 + i * 400L));
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = new ArrayList<java.util.concurrent.Future<?>>();
            for (var i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    plan();
                    readAll();
                }));
            }
            for (var one : all) {
                one.get();
            }
        }
        var planned = windows(null, PullWindow.Kind.LIVE);
        assertThat(planned).allSatisfy(window -> {
            assertThat(window.state()).isEqualTo(PullWindow.State.COMPLETE);
            assertThat(window.attempts()).isEqualTo(1);
        });
        assertThat(marketplace.asked.stream().filter(asked -> asked.cursor() == null))
                .hasSize(planned.size());
        assertThat(coverage().gaps()).isEmpty();
        assertThat(lines()).isEqualTo(200);
    }

    @Test
    void windows_that_are_too_wide_are_halved_and_still_cover_everything() {
        for (var kind : List.of(Kind.WINDOW_TOO_LONG, Kind.TOO_MANY_ROWS)) {
            begin();
            marketplace.asked.clear();
            for (var i = 0; i < 30; i++) {
                order(NOON.minusSeconds(60 + i * 100L));
            }
            marketplace.trouble = asked -> {
                if (Duration.between(asked.from(), asked.until()).toMinutes() > 16) {
                    throw failure(kind);
                }
            };
            plan();
            readAll();
            assertThat(coverage().gaps()).isEmpty();
            assertThat(coverage().coveredTo()).isEqualTo(clock.instant().minus(config.behind()));
            assertThat(lines()).isEqualTo(30);
            // What is planned next is narrow at once, and wide again some hours later.
            clock.pass(Duration.ofMinutes(50));
            var before = windows(null, PullWindow.Kind.LIVE).size();
            plan();
            assertThat(windows(null, PullWindow.Kind.LIVE)).hasSizeGreaterThanOrEqualTo(before + 4);
            readAll();
            marketplace.trouble = asked -> {};
            clock.pass(Duration.ofHours(3));
            plan();
            assertThat(windows(PullWindow.State.PENDING, null)).hasSizeLessThanOrEqualTo(4);
            readAll();
            assertThat(coverage().gaps()).isEmpty();
            clock.reset();
        }
    }

    @Test
    void a_window_that_is_short_enough_for_all_is_not_halved_for_its_length_but_tried_later() {
        order(NOON.minusSeconds(100));
        marketplace.trouble = asked -> {
            throw failure(Kind.WINDOW_TOO_LONG);
        };
        plan();
        readAll();
        assertThat(windows(null, null)).allSatisfy(window -> {
            assertThat(window.state()).isEqualTo(PullWindow.State.PENDING);
            assertThat(window.nextAttemptAt()).isAfter(clock.instant());
            // Halved until it was, and no further.
            assertThat(window.span().length()).isBetween(Duration.ofSeconds(150), Duration.ofMinutes(5));
        });
        marketplace.trouble = asked -> {};
        clock.pass(config.backOffFirst());
        readAll();
        assertThat(coverage().gaps()).isEmpty();
        assertThat(lines()).isEqualTo(1);
    }

    @Test
    void a_second_that_holds_too_much_waits_for_a_person() {
        marketplace.widest = Duration.ofHours(24);
        marketplace.trouble = asked -> {
            var instant = NOON.minusSeconds(1_000);
            if (!asked.from().isAfter(instant) && asked.until().isAfter(instant)) {
                throw failure(Kind.TOO_MANY_ROWS);
            }
        };
        plan();
        readAll();
        assertThat(windows(PullWindow.State.FAILED, null))
                .singleElement()
                .satisfies(window -> assertThat(window.span().length()).isEqualTo(Duration.ofSeconds(1)));
        assertThat(coverage().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).isEqualTo(NOON.minusSeconds(1_000));
            assertThat(gap.until()).isEqualTo(NOON.minusSeconds(999));
            assertThat(gap.states()).containsExactly("FAILED");
        });
    }

    @Test
    void throttling_and_faults_of_the_platform_are_tried_again_later_and_the_gap_heals() {
        for (var kind : List.of(Kind.THROTTLED, Kind.PLATFORM)) {
            begin();
            var before = failures(kind);
            marketplace.widest = Duration.ofDays(2);
            order(NOON.minusSeconds(100));
            fails(3, kind);
            plan();
            for (var attempt = 1; attempt <= 3; attempt++) {
                readAll();
                assertThat(failures(kind)).isEqualTo(before + attempt);
                var window = windows(PullWindow.State.PENDING, null).getFirst();
                assertThat(window.failureKind()).isEqualTo(kind);
                assertThat(window.failure()).contains("words of the marketplace");
                var wait = Duration.between(clock.instant(), window.nextAttemptAt());
                var most = config.backOffFirst().multipliedBy(1L << (attempt - 1));
                assertThat(wait).isBetween(most.dividedBy(2), most);
                assertThat(coverage().gaps()).singleElement().satisfies(gap -> assertThat(gap.states())
                        .containsExactly("PENDING"));
                // Not a moment earlier.
                clock.pass(wait.minusMillis(1));
                assertThat(readOne()).isFalse();
                clock.pass(Duration.ofMillis(1));
            }
            readAll();
            assertThat(coverage().gaps()).isEmpty();
            assertThat(lines()).isEqualTo(1);
            clock.reset();
        }
    }

    @Test
    void all_windows_of_an_account_wait_as_long_as_the_marketplace_asks() {
        plan();
        marketplace.trouble = asked -> {
            throw new MarketplaceFailure(
                    Kind.THROTTLED, "isp.ban: this ban will last for 7 more seconds", Duration.ofSeconds(7), null);
        };
        assertThat(readOne()).isTrue();
        marketplace.trouble = asked -> {};
        marketplace.asked.clear();
        readAll();
        assertThat(marketplace.asked).isEmpty();
        clock.pass(Duration.ofMillis(6_999));
        readAll();
        assertThat(marketplace.asked).isEmpty();
        clock.pass(Duration.ofSeconds(6));
        readAll();
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void an_account_that_was_told_to_slow_down_asks_nothing_else_meanwhile() {
        marketplace.widest = Duration.ofHours(1);
        plan();
        marketplace.trouble = asked -> {
            throw new MarketplaceFailure(Kind.THROTTLED, "too many calls");
        };
        assertThat(readOne()).isTrue();
        marketplace.trouble = asked -> {};
        marketplace.asked.clear();
        readAll();
        assertThat(marketplace.asked).isEmpty();
        clock.pass(config.backOffFirst());
        readAll();
        assertThat(marketplace.asked).hasSizeGreaterThan(1);
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void our_own_mistakes_are_not_tried_again_until_a_person_says_so() {
        for (var kind : List.of(Kind.CALLER, Kind.NOT_AUTHORISED)) {
            begin();
            marketplace.widest = Duration.ofDays(2);
            order(NOON.minusSeconds(100));
            fails(Integer.MAX_VALUE, kind);
            plan();
            readAll();
            marketplace.asked.clear();
            for (var minute = 0; minute < 10; minute++) {
                clock.pass(config.every());
                plan();
                readAll();
            }
            // After three in a row no more are added: it fails alike for all, and somebody has to look.
            assertThat(marketplace.asked).hasSize(2);
            assertThat(coverage().gaps()).singleElement().satisfies(gap -> assertThat(gap.states())
                    .containsExactly("FAILED"));
            assertThat(store.standing(connection.accountId(), Feed.ORDERS_UPDATED))
                    .hasValueSatisfying(
                            standing -> assertThat(standing.failed()).isPositive());

            marketplace.trouble = asked -> {};
            var operator = operator();
            assertThat(QuarkusTransaction.requiringNew()
                            .call(() -> pulls.retry(connection.accountId(), null, null, operator)))
                    .isEqualTo(3);
            readAll();
            plan();
            readAll();
            assertThat(coverage().gaps()).isEmpty();
            assertThat(coverage().coveredTo()).isEqualTo(clock.instant().minus(config.behind()));
            assertThat(lines()).isEqualTo(1);
            clock.reset();
        }
    }

    private Caller operator() {
        return QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson("pulls-" + UUID.randomUUID(), "x", Role.OPERATOR, null, null));
    }

    @Test
    void what_was_not_authorised_is_tried_again_when_the_connection_changes() {
        marketplace.widest = Duration.ofDays(2);
        fails(1, Kind.NOT_AUTHORISED);
        plan();
        readAll();
        store.retryNotAuthorised(config.askedAgainAfter(), clock.instant());
        assertThat(windows(PullWindow.State.FAILED, null)).hasSize(1);
        var operator = operator();
        jdbi.useHandle(h -> h.execute(
                "insert into marketplace_connection (account_id, key_id, nonce, content, changed_at, changed_by)"
                        + " values (?, '0123456789abcdef', '\\x000000000000000000000000',"
                        + " '\\x0000000000000000000000000000000000', ?, ?)",
                connection.accountId(),
                utc(clock.instant().plusSeconds(1)),
                operator.personId()));
        try {
            clock.pass(Duration.ofSeconds(2));
            store.retryNotAuthorised(config.askedAgainAfter(), clock.instant());
            readAll();
            assertThat(coverage().gaps()).isEmpty();
        } finally {
            jdbi.useHandle(
                    h -> h.execute("delete from marketplace_connection where account_id = ?", connection.accountId()));
        }
    }

    private void disconnect() {
        jdbi.useHandle(
                h -> h.execute("delete from marketplace_connection where account_id = ?", connection.accountId()));
    }

    @Test
    void an_account_that_is_turned_away_is_tried_again_by_one_window_and_the_others_follow_when_that_was_read() {
        connect("secret", Map.of());
        try {
            // Long before now: nothing has changed since.
            jdbi.useHandle(h -> h.execute(
                    "update marketplace_connection set changed_at = ? where account_id = ?",
                    utc(NOON.minus(Duration.ofDays(9))),
                    connection.accountId()));
            order(NOON.minusSeconds(100));
            marketplace.trouble = asked -> {
                throw failure(Kind.NOT_AUTHORISED);
            };
            plan();
            readAll();
            var all = windows(PullWindow.State.FAILED, null).size();
            assertThat(all).isGreaterThan(3);
            // It is asked too often for nothing: one window, and again not before an hour has passed.
            for (var hour = 0; hour < 2; hour++) {
                marketplace.asked.clear();
                clock.pass(config.askedAgainAfter().minusSeconds(1));
                assertThat(retried()).isZero();
                clock.pass(Duration.ofSeconds(1));
                assertThat(retried()).isEqualTo(1);
                // The next look comes before it was read.
                assertThat(retried()).isZero();
                readAll();
                assertThat(marketplace.asked).hasSize(1);
                plan();
                assertThat(windows(null, null)).hasSize(all);
            }
            marketplace.trouble = asked -> {};
            clock.pass(config.askedAgainAfter());
            assertThat(retried()).isEqualTo(1);
            readAll();
            clock.pass(Duration.ofSeconds(5));
            assertThat(retried()).isEqualTo(all - 1);
            readAll();
            plan();
            readAll();
            assertThat(coverage().gaps()).isEmpty();
            assertThat(lines()).isEqualTo(1);
        } finally {
            disconnect();
        }
    }

    private int retried() {
        return store.retryNotAuthorised(config.askedAgainAfter(), clock.instant());
    }

    @Test
    void what_an_account_has_no_permission_for_is_not_asked_for_and_lacks_nothing_until_it_has() {
        marketplace.feeds = List.of(Feed.ORDERS_UPDATED, Feed.PUNISHMENTS);
        marketplace.widest = Duration.ofDays(2);
        var month = YearMonth.of(2026, 3);
        var name = jdbi.withHandle(h -> h.createQuery("select name from marketplace_account where id = :id")
                .bind("id", connection.accountId())
                .mapTo(String.class)
                .one());
        marketplace.trouble = asked -> {
            if (asked.feed() == Feed.PUNISHMENTS) {
                throw failure(Kind.NOT_AUTHORISED);
            }
        };
        try {
            connect("secret", Map.of());
            plan();
            readAll();
            assertThat(gapsOf(name, month)).contains("TAOBAO " + name + " PUNISHMENTS");

            connect("secret", Map.of("feedsOff", "PUNISHMENTS"));
            connection = connections.of(connection.accountId()).orElseThrow();
            plan();
            assertThat(windows(null, null)).allMatch(window -> window.feed() == Feed.ORDERS_UPDATED);
            marketplace.asked.clear();
            clock.pass(config.every());
            plan();
            QuarkusTransaction.requiringNew()
                    .run(() -> pulls.sweep(connection, marketplace, LocalDate.parse("2026-03-02")));
            readAll();
            assertThat(marketplace.asked).isNotEmpty().noneMatch(asked -> asked.feed() == Feed.PUNISHMENTS);
            assertThatThrownBy(() -> pulls.backfill(
                            connection, marketplace, NOON.minusSeconds(9), NOON, List.of(Feed.PUNISHMENTS), operator()))
                    .isInstanceOfSatisfying(
                            Refusal.class, no -> assertThat(no.code()).isEqualTo("feed-unknown"));
            // The month goes on after what was read of it; that is all it lacks.
            assertThat(gapsOf(name, month)).containsExactly("TAOBAO " + name + " ORDERS_UPDATED");

            // What was read of it before the permission was lost shows nowhere; with the permission it is caught up.
            connect("secret", Map.of());
            connection = connections.of(connection.accountId()).orElseThrow();
            marketplace.trouble = asked -> {};
            plan();
            readAll();
            assertThat(store.coverage(connection.accountId(), Feed.PUNISHMENTS)
                            .getFirst()
                            .gaps())
                    .isEmpty();
            connect("secret", Map.of("feedsOff", "PUNISHMENTS"));
            assertThat(months.coverage(connection.accountId(), null))
                    .extracting(PullStore.Coverage::feed)
                    .containsExactly(Feed.ORDERS_UPDATED);
            assertThat(gapsOf(name, month)).containsExactly("TAOBAO " + name + " ORDERS_UPDATED");
        } finally {
            disconnect();
        }
    }

    private List<String> gapsOf(String account, YearMonth month) {
        return months.gaps(month).stream()
                .map(PullCoverage.Gap::feed)
                .filter(feed -> feed.contains(account))
                .distinct()
                .toList();
    }

    @Test
    void a_page_that_is_always_refused_waits_for_a_person_after_its_window_was_begun_anew_twice() {
        marketplace.widest = Duration.ofDays(2);
        for (var i = 0; i < 25; i++) {
            order(NOON.minusSeconds(1_800 + i));
        }
        plan();
        marketplace.trouble = asked -> {
            if ("20".equals(asked.cursor())) {
                throw failure(Kind.CALLER);
            }
        };
        for (var i = 0; i < 8; i++) {
            readAll();
            clock.pass(config.backOffMost());
        }
        assertThat(windows(PullWindow.State.FAILED, null)).singleElement().satisfies(window -> {
            assertThat(window.failures()).isEqualTo(3);
            assertThat(window.failureKind()).isEqualTo(Kind.CALLER);
        });
        assertThat(marketplace.asked).hasSize(9);
    }

    /** Says over HTTP how the account is reached. */
    private void connect(String secret, Map<String, String> settings) {
        RestAssured.given()
                .header("Authorization", "Bearer test-operator")
                .contentType("application/json")
                .body(Map.of("appKey", "key", "secret", secret, "settings", settings))
                .put("/api/v1/connections/" + connection.accountId())
                .then()
                .statusCode(200);
    }

    /** A job that finds this marketplace for the account of the test, and for no other. */
    private PullJob ownJob() {
        marketplace.serves = connection.accountId();
        return new PullJob(
                pulls,
                store,
                tokens,
                payDays,
                connections,
                new Connectors(List.of(marketplace)),
                config,
                metrics,
                clock);
    }

    /** Waits until the readers of a job have nothing left to do. */
    private void nothingIsOpen() throws InterruptedException {
        for (var i = 0; i < 600; i++) {
            if (windows(PullWindow.State.PENDING, null).isEmpty()
                    && windows(PullWindow.State.RUNNING, null).isEmpty()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("windows are still open");
    }

    @Test
    void a_key_that_is_changed_while_windows_wait_fails_only_what_was_under_way_and_that_comes_back() throws Exception {
        // The connection is stamped by the real clock.
        clock.pass(Duration.between(clock.instant(), Instant.now()));
        connect("old", Map.of());
        var changed = new AtomicReference<>("old");
        var asked = new AtomicInteger();
        marketplace.trouble = question -> {
            if (asked.incrementAndGet() == 3) {
                connect("new", Map.of());
                changed.set("new");
                // The calls under way are refused after the change.
                clock.pass(Duration.between(clock.instant(), Instant.now().plusSeconds(5)));
            }
            if (!question.secret().equals(changed.get())) {
                throw failure(Kind.NOT_AUTHORISED);
            }
        };
        try {
            var own = ownJob();
            own.look();
            nothingIsOpen();
            assertThat(windows(PullWindow.State.FAILED, null)).hasSizeBetween(1, config.parallel());
            own.look();
            nothingIsOpen();
            assertThat(windows(PullWindow.State.FAILED, null)).isEmpty();
            assertThat(coverage().gaps()).isEmpty();
        } finally {
            jdbi.useHandle(
                    h -> h.execute("delete from marketplace_connection where account_id = ?", connection.accountId()));
        }
    }

    @Test
    void a_cursor_that_is_refused_after_a_pause_begins_its_window_anew() {
        marketplace.widest = Duration.ofDays(2);
        for (var i = 0; i < 25; i++) {
            order(NOON.minusSeconds(1_800 + i));
        }
        plan();
        var refused = new AtomicInteger();
        marketplace.trouble = asked -> {
            if ("10".equals(asked.cursor()) && refused.getAndIncrement() == 0) {
                throw failure(Kind.CALLER);
            }
        };
        readAll();
        assertThat(lines()).isEqualTo(10);
        clock.pass(Duration.ofMinutes(1));
        readAll();
        assertThat(lines()).isEqualTo(25);
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void what_the_marketplace_no_longer_has_is_a_hole_that_is_said_to_be_one() {
        marketplace.trouble = asked -> {
            if (asked.from().isBefore(NOON.minus(Duration.ofHours(20)))) {
                throw failure(Kind.TOO_LATE);
            }
        };
        plan();
        readAll();
        assertThat(coverage().gaps()).isNotEmpty().allSatisfy(gap -> assertThat(gap.states())
                .containsExactly("TOO_LATE"));
        // It does not hold up the rest, and is never healed.
        assertThat(coverage().coveredTo()).isEqualTo(NOON.minus(config.behind()));
        assertThat(store.standing(connection.accountId(), Feed.ORDERS_UPDATED))
                .hasValueSatisfying(standing -> assertThat(standing.lost()).isGreaterThan(3 * 3_600));
        clock.pass(Duration.ofDays(1));
        plan();
        readAll();
        assertThat(coverage().gaps()).isNotEmpty();
    }

    @Test
    void rows_that_move_while_one_pages_are_found_by_reading_again() {
        marketplace.widest = Duration.ofDays(2);
        var orders = new ArrayList<ObservationFixture>();
        for (var i = 0; i < 30; i++) {
            orders.add(order(NOON.minusSeconds(3_000 - i)));
        }
        plan();
        var moved = new AtomicInteger();
        marketplace.trouble = asked -> {
            // Between the first page and the second one the first five change: all others move up by five.
            if ("10".equals(asked.cursor()) && moved.getAndIncrement() == 0) {
                orders.stream()
                        .limit(5)
                        .forEach(order ->
                                marketplace.has(order.asOf(NOON.plusSeconds(1)).build()));
            }
        };
        readAll();
        assertThat(windows(null, PullWindow.Kind.LIVE)).singleElement().satisfies(window -> assertThat(window.pass())
                .isGreaterThan(1));
        assertThat(lines()).isEqualTo(30);
    }

    @Test
    void after_an_outage_everything_is_caught_up_in_wide_windows() {
        plan();
        readAll();
        marketplace.asked.clear();
        for (var i = 0; i < 100; i++) {
            order(NOON.plusSeconds(i * 800L));
        }
        clock.pass(Duration.ofHours(30));
        plan();
        assertThat(windows(PullWindow.State.PENDING, null)).hasSizeBetween(30, 32);
        readAll();
        assertThat(coverage().gaps()).isEmpty();
        assertThat(coverage().coveredTo()).isEqualTo(clock.instant().minus(config.behind()));
        assertThat(lines()).isEqualTo(100);
    }

    @Test
    void a_window_that_somebody_took_away_shows_as_missing_and_is_planned_anew() {
        plan();
        readAll();
        var gone = windows(PullWindow.State.COMPLETE, null).get(3);
        jdbi.useHandle(h -> h.execute("delete from pull_window where id = ?", gone.id()));
        assertThat(coverage().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).isEqualTo(gone.span().coversFrom());
            assertThat(gap.until()).isEqualTo(gone.span().until());
            assertThat(gap.states()).containsExactly("MISSING");
        });
        QuarkusTransaction.requiringNew().run(() -> pulls.mend(connection, marketplace));
        readAll();
        assertThat(coverage().gaps()).isEmpty();
    }

    @Test
    void no_instant_is_covered_by_two_live_windows() {
        plan();
        var one = windows(null, PullWindow.Kind.LIVE).getFirst();
        assertThatThrownBy(() -> store.add(
                        connection.accountId(),
                        one.feed(),
                        PullWindow.Kind.LIVE,
                        null,
                        List.of(new PullPlan.Span(
                                one.span().from(),
                                one.span().coversFrom(),
                                one.span().until())),
                        NOON,
                        NOON))
                .hasMessageContaining("pull_window_live_once");
    }

    @Test
    void sweeps_find_what_came_late_and_are_begun_once() throws Exception {
        marketplace.feeds = List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED, Feed.ORDERS_SETTLED);
        marketplace.widest = Duration.ofDays(1);
        plan();
        readAll();
        // It was there all the time, says the marketplace; it did not show it.
        order(Instant.parse("2026-02-27T00:00:00Z"));
        var day = LocalDate.parse("2026-03-02");
        try (var threads = Executors.newFixedThreadPool(4)) {
            var all = new ArrayList<java.util.concurrent.Future<?>>();
            for (var i = 0; i < 4; i++) {
                all.add(threads.submit(
                        () -> QuarkusTransaction.requiringNew().run(() -> pulls.sweep(connection, marketplace, day))));
            }
            for (var one : all) {
                one.get();
            }
        }
        var sweeps = windows(null, PullWindow.Kind.SWEEP);
        var daysByFeed = sweeps.stream().collect(Collectors.groupingBy(PullWindow::feed, Collectors.counting()));
        assertThat(daysByFeed).isEqualTo(new HashMap<>(Map.of(Feed.ORDERS_SETTLED, 40L, Feed.ORDERS_CREATED, 47L)));
        readAll();
        assertThat(lines()).isEqualTo(1);
        // The next day only what is nightly; the next week all of it.
        QuarkusTransaction.requiringNew().run(() -> pulls.sweep(connection, marketplace, day.plusDays(1)));
        assertThat(windows(PullWindow.State.PENDING, PullWindow.Kind.SWEEP)).hasSize(47);
        QuarkusTransaction.requiringNew().run(() -> pulls.sweep(connection, marketplace, day.plusDays(7)));
        assertThat(windows(PullWindow.State.PENDING, PullWindow.Kind.SWEEP)).hasSize(47 + 87);
    }

    @Test
    void a_back_fill_tells_how_far_it_has_come_and_goes_on_where_it_was() {
        marketplace.feeds = List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED);
        marketplace.widest = Duration.ofDays(1);
        var operator = operator();
        order(Instant.parse("2026-02-25T00:00:00Z"));
        var from = Instant.parse("2026-01-01T00:00:00Z");
        var run = QuarkusTransaction.requiringNew()
                .call(() -> pulls.backfill(
                        connection, marketplace, from, from.plus(Duration.ofDays(60)), List.of(), operator));
        for (var i = 0; i < 7; i++) {
            readOne();
        }
        assertThat(store.backfill(run.id())).hasValueSatisfying(progress -> {
            assertThat(progress.windows()).isEqualTo(60);
            assertThat(progress.complete()).isEqualTo(7);
            assertThat(progress.run().feeds()).containsExactly(Feed.ORDERS_CREATED);
        });
        readAll();
        assertThat(store.backfill(run.id()))
                .hasValueSatisfying(progress -> assertThat(progress.complete()).isEqualTo(60));
        assertThat(new HashSet<>(marketplace.asked)).hasSameSizeAs(marketplace.asked);

        for (var wrong : List.of(
                List.of(from, from),
                List.of(NOON, NOON.plusSeconds(1)),
                List.of(NOON.minus(Duration.ofDays(401)), NOON))) {
            assertThatThrownBy(() -> pulls.backfill(
                            connection, marketplace, wrong.getFirst(), wrong.getLast(), List.of(), operator))
                    .isInstanceOfSatisfying(
                            Refusal.class, no -> assertThat(no.code()).isEqualTo("period-invalid"));
        }
        assertThatThrownBy(
                        () -> pulls.backfill(connection, marketplace, from, NOON, List.of(Feed.PUNISHMENTS), operator))
                .isInstanceOfSatisfying(
                        Refusal.class, no -> assertThat(no.code()).isEqualTo("feed-unknown"));
    }

    @Test
    void what_is_past_is_asked_for_in_windows_as_wide_as_the_marketplace_allows() {
        marketplace.feeds =
                List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED, Feed.ORDERS_SETTLED, Feed.RELATION_REFUNDS_UPDATED);
        marketplace.widest = Duration.ofMinutes(20);
        marketplace.allowed = Map.of(
                Feed.ORDERS_CREATED,
                Duration.ofDays(90),
                Feed.ORDERS_SETTLED,
                Duration.ofHours(3),
                Feed.RELATION_REFUNDS_UPDATED,
                Duration.ofDays(1_000));
        marketplace.allowedInPromotions = Map.of(Feed.ORDERS_SETTLED, Duration.ofMinutes(30));
        // The promotion of June begins on May 31st.
        clock.pass(Duration.between(clock.instant(), Instant.parse("2026-06-18T04:00:00Z")));
        var begins = Instant.parse("2026-05-30T16:00:00Z");
        plan();
        assertThat(windows(null, PullWindow.Kind.LIVE))
                .allSatisfy(window -> assertThat(window.span().length()).isLessThanOrEqualTo(config.promotionWidth()));
        QuarkusTransaction.requiringNew()
                .run(() -> pulls.sweep(connection, marketplace, LocalDate.parse("2026-06-18")));
        var sweeps = windows(null, PullWindow.Kind.SWEEP);
        // One of 7 days and one of 40.
        assertThat(sweeps)
                .filteredOn(window -> window.feed() == Feed.ORDERS_CREATED)
                .hasSize(2);
        var settled = sweeps.stream()
                .filter(window -> window.feed() == Feed.ORDERS_SETTLED)
                .sorted(Comparator.comparing(window -> window.span().from()))
                .map(PullWindow::span)
                .toList();
        assertThat(settled)
                .filteredOn(span -> span.until().isBefore(begins))
                .hasSizeGreaterThan(150)
                .allSatisfy(span -> assertThat(span.length()).isEqualTo(Duration.ofHours(3)));
        assertThat(settled.subList(0, settled.size() - 1))
                .filteredOn(span -> !span.from().isBefore(begins))
                .hasSizeGreaterThan(800)
                .allSatisfy(span -> assertThat(span.length()).isEqualTo(Duration.ofMinutes(30)));
        var run = QuarkusTransaction.requiringNew()
                .call(() -> pulls.backfill(
                        connection,
                        marketplace,
                        clock.instant().minus(Duration.ofDays(100)),
                        clock.instant(),
                        List.of(Feed.RELATION_REFUNDS_UPDATED),
                        operator()));
        assertThat(store.backfill(run.id()))
                .hasValueSatisfying(progress -> assertThat(progress.windows()).isEqualTo(1));
    }

    @Test
    void of_a_long_window_that_begins_too_early_only_what_is_too_early_is_lost() {
        marketplace.feeds = List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED);
        marketplace.allowed = Map.of(Feed.ORDERS_CREATED, Duration.ofDays(90));
        var remembered = NOON.minus(Duration.ofDays(90));
        marketplace.trouble = asked -> {
            if (asked.from().isBefore(remembered)) {
                throw failure(Kind.TOO_LATE);
            }
        };
        QuarkusTransaction.requiringNew()
                .run(() -> pulls.backfill(
                        connection, marketplace, NOON.minus(Duration.ofDays(120)), NOON, List.of(), operator()));
        readAll();
        assertThat(windows(null, null))
                .extracting(PullWindow::state)
                .containsOnly(PullWindow.State.COMPLETE, PullWindow.State.TOO_LATE);
        assertThat(windows(PullWindow.State.TOO_LATE, null)).isNotEmpty().allSatisfy(window -> assertThat(
                        window.span().until())
                .isBeforeOrEqualTo(remembered.plus(Duration.ofDays(1))));
    }

    @Test
    void what_keeps_up_with_the_present_goes_first() {
        marketplace.feeds = List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED);
        QuarkusTransaction.requiringNew()
                .run(() -> pulls.sweep(connection, marketplace, LocalDate.parse("2026-03-02")));
        plan();
        readOne();
        assertThat(marketplace.asked.getFirst().feed()).isEqualTo(Feed.ORDERS_UPDATED);
    }

    @Test
    void a_reader_that_is_told_to_stop_gives_its_window_back_after_the_page() {
        marketplace.widest = Duration.ofDays(2);
        for (var i = 0; i < 25; i++) {
            order(NOON.minusSeconds(1_800 + i));
        }
        plan();
        var pages = new AtomicInteger();
        pulls.readNext(connection, marketplace, () -> pages.getAndIncrement() == 1);
        assertThat(windows(PullWindow.State.PENDING, null))
                .singleElement()
                .satisfies(window -> assertThat(window.cursor()).isEqualTo("10"));
        assertThat(lines()).isEqualTo(10);
        readAll();
        assertThat(lines()).isEqualTo(25);
    }

    @Test
    void rows_that_cannot_be_understood_stop_no_other_and_are_kept() {
        marketplace.widest = Duration.ofDays(2);
        order(NOON.minusSeconds(100));
        marketplace.unreadable.add(new FeedPage.Unreadable("no amount", "{\"trade_id\":\"x\"}"));
        plan();
        readAll();
        assertThat(lines()).isEqualTo(1);
        var kept = jdbi.withHandle(h -> h.createQuery("select raw from pull_unreadable where account_id = :id")
                .bind("id", connection.accountId())
                .mapTo(String.class)
                .list());
        assertThat(kept).containsExactly("{\"trade_id\":\"x\"}");
        assertThat(windows(PullWindow.State.COMPLETE, null).getFirst().unreadable())
                .isEqualTo(1);
    }

    @Test
    void an_account_whose_secrets_cannot_be_read_is_an_alarm_until_they_can() {
        var account = connection.accountId();
        var person = QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson("u-" + account, "u", Role.OPERATOR, null, null))
                .personId();
        jdbi.useHandle(h -> h.createUpdate("""
                        insert into marketplace_connection (account_id, key_id, nonce, content, changed_at, changed_by)
                        values (:account, '0123456789abcdef', decode(repeat('00', 12), 'hex'),
                            decode(repeat('00', 20), 'hex'), now(), :person)
                        """)
                .bind("account", account)
                .bind("person", person)
                .execute());
        try {
            job.look();
            assertThat(job.alarms()).anySatisfy(alarm -> {
                assertThat(alarm.accountId()).isEqualTo(account);
                assertThat(alarm.what()).contains("0123456789abcdef", "ZHIDA_SECRETS_KEY");
            });
            assertThat(health.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(health.call().getData().orElseThrow()).containsKey(account.toString());
            assertThat(metrics.get("zhida.marketplace.unreadable")
                            .tag("account", account.toString())
                            .gauge()
                            .value())
                    .isEqualTo(1);
            RestAssured.given()
                    .header("Authorization", "Bearer test-operator")
                    .get("/api/v1/marketplace-accounts")
                    .then()
                    .statusCode(200)
                    .body(
                            "items.find { it.id == '" + account + "' }.problem",
                            Matchers.containsString("0123456789abcdef"));
        } finally {
            jdbi.useHandle(h -> h.execute("delete from marketplace_connection where account_id = ?", account));
        }
        job.look();
        assertThat(job.alarms()).noneMatch(alarm -> alarm.accountId().equals(account));
        assertThat(metrics.find("zhida.marketplace.unreadable")
                        .tag("account", account.toString())
                        .gauge())
                .isNull();
    }

    @Test
    void a_status_that_changed_is_seen_by_the_next_window() {
        var order = order(NOON.minusSeconds(1_000));
        plan();
        readAll();
        marketplace.has(
                order.asOf(NOON.plusSeconds(30)).status(OrderStatus.RECEIVED).build());
        clock.pass(Duration.ofMinutes(2));
        plan();
        readAll();
        var status = jdbi.withHandle(h -> h.createQuery("select status from order_line where account_id = :id")
                .bind("id", connection.accountId())
                .mapTo(String.class)
                .one());
        assertThat(status).isEqualTo("RECEIVED");
    }
}
