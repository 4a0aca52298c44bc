package dev.zhida.link;

import static dev.zhida.database.SqlValues.utc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.zhida.MovingClock;
import dev.zhida.OwnDatabase;
import dev.zhida.World;
import dev.zhida.identity.People;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Connectors;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.slot.SlotLeases;
import dev.zhida.slot.Slots;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Placements whose marketplace is asked, against a real PostgreSQL and a marketplace that does as a test says. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class ProducedLinksTest {

    private static final Duration RENEW_BEFORE = Duration.ofDays(3);

    @Inject
    ProducedLinkStore store;

    @Inject
    PlacementStore placements;

    @Inject
    LinkKits kits;

    @Inject
    SlotLeases leases;

    @Inject
    ProducedLinkConfig config;

    @Inject
    Slots slots;

    @Inject
    Connections connections;

    @Inject
    MeterRegistry metrics;

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    Jdbi jdbi;

    private final MovingClock clock = new MovingClock(Clock.systemUTC());
    private final Scripted marketplace = new Scripted();
    private NativeTokens tokens;
    private UUID creator;
    private UUID person;
    private ProducedLinks links;

    /** A marketplace that makes links and tokens, unless a test says otherwise. */
    private static final class Scripted implements Connector {

        interface Making {
            MadeLink make(LinkWish wish);
        }

        final List<LinkWish> asked = new CopyOnWriteArrayList<>();
        final Map<String, String> secrets = new ConcurrentHashMap<>();
        volatile UUID serves;
        volatile Making making = Scripted::made;
        volatile Optional<Boolean> bound = Optional.empty();

        static MadeLink made(LinkWish wish) {
            var slot = URLEncoder.encode(wish.slot(), StandardCharsets.UTF_8);
            var url =
                    switch (wish.item().marketplace()) {
                        case TAOBAO -> "https://s.click.taobao.com/t?e=x&pid=" + slot;
                        case JD -> "https://union-click.jd.com/jdc?e=x&subUnionId=" + slot;
                        case PDD ->
                            "https://mobile.yangkeduo.com/duo_coupon_landing.html?pid=1_2&customParameters=" + slot;
                        case DOUYIN -> "https://v.douyin.com/hidden/";
                        case XIANYU -> throw new AssertionError();
                    };
            return new MadeLink(url, null, null, "￥" + UUID.randomUUID() + "￥", null, null);
        }

        void fails(int times, Kind kind) {
            fails(times, kind, null);
        }

        void fails(int times, Kind kind, Duration retryAfter) {
            var left = new AtomicInteger(times);
            making = wish -> {
                if (left.getAndDecrement() > 0) {
                    throw new MarketplaceFailure(kind, "words of the marketplace", retryAfter, null);
                }
                return made(wish);
            };
        }

        @Override
        public MadeLink link(Connection connection, LinkWish wish) {
            asked.add(wish);
            secrets.put(wish.slot(), connection.secret());
            return making.make(wish);
        }

        @Override
        public Optional<Boolean> bound(Connection connection, String slot) {
            return bound;
        }

        /** Found by no job but those that a test makes. */
        @Override
        public boolean serves(Connection connection) {
            return connection.accountId().equals(serves);
        }

        @Override
        public Marketplace marketplace() {
            return Marketplace.JD;
        }

        @Override
        public List<Feed> feeds() {
            return List.of();
        }

        @Override
        public Duration widest(Feed feed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FeedPage page(Connection connection, Feed feed, Instant from, Instant until, String cursor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<ItemFacts> item(Connection connection, ItemReference item) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String test(Connection connection) {
            return "nothing";
        }
    }

    @BeforeEach
    void prepare() {
        QuarkusTransaction.requiringNew().run(() -> {
            creator = people.addCreator("c " + UUID.randomUUID());
            person = people.addPerson("o-" + UUID.randomUUID(), "o", dev.zhida.identity.Role.OPERATOR, null, null)
                    .personId();
        });
        tokens = new NativeTokens(jdbi, clock, RENEW_BEFORE);
        links = with(store);
    }

    private ProducedLinks with(ProducedLinkStore other) {
        return new ProducedLinks(other, placements, kits, tokens, leases, config, RENEW_BEFORE, clock);
    }

    /** Placements lease from whatever accounts there are, so each test has its own and no other. */
    @AfterEach
    void takeAccountsAway() {
        jdbi.useTransaction(handle -> {
            for (var table :
                    List.of("produced_link", "slot_lease", "slot", "pdd_authority", "marketplace_connection")) {
                handle.execute("delete from " + table);
            }
            handle.execute("delete from marketplace_account");
        });
    }

    /** An account that can be asked; what is kept of its connection is never read here. */
    private Connection account(Marketplace which) {
        var id = slots.addAccount(which, UUID.randomUUID().toString(), 0, "1_2").id();
        if (which == Marketplace.TAOBAO) {
            slots.addTaobaoPids(
                    id,
                    IntStream.range(0, 100)
                            .mapToObj(i -> "mm_1_2_" + (1_000 + i))
                            .toList());
        }
        connected(id, Instant.now());
        return new Connection(id, which, URI.create("https://example.com"), "key", "secret", null, Map.of());
    }

    private void connected(UUID account, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into marketplace_connection (account_id, key_id, nonce, content, changed_at, changed_by)
                        values (:account, '0123456789abcdef', decode(repeat('00', 12), 'hex'),
                            decode(repeat('00', 20), 'hex'), :at, :person)
                        on conflict on constraint marketplace_connection_pkey do update set changed_at = excluded.changed_at
                        """)
                .bind("account", account)
                .bind("at", utc(at))
                .bind("person", person)
                .execute());
    }

    private static String item(Marketplace which) {
        var id = ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L);
        return which == Marketplace.PDD ? "c9X2" + id : Long.toString(id);
    }

    private List<LinkKits.Posted> kit(Marketplace which, String item, int groups, Medium... media) {
        var places = IntStream.range(0, groups)
                .boxed()
                .flatMap(i -> Stream.of(media)
                        .map(medium -> new Placement.Place(Platform.QQ, Scene.GROUP, medium, "group " + i)))
                .toList();
        return kits.create(new LinkKits.Wish(creator, item, which, places, null))
                .placements();
    }

    private LinkKits.Posted one(Marketplace which, Medium medium) {
        return kit(which, item(which), 1, medium).getFirst();
    }

    private Placement now(LinkKits.Posted posted) {
        return kits.placement(posted.placement().code(), new Scope.Everything()).placement();
    }

    private boolean askOne(Connection connection) {
        return links.askNext(connection, marketplace);
    }

    private void askAll(Connection connection) {
        while (askOne(connection)) {
            // The next one.
        }
    }

    @Test
    void a_kit_is_made_without_asking_and_earns_once_its_marketplace_has_answered() {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 1, Medium.LINK, Medium.NATIVE_TOKEN);
        assertThat(marketplace.asked).isEmpty();
        assertThat(kit)
                .allMatch(posted -> "link-pending".equals(posted.placement().earnsNot()));
        askAll(connection);
        assertThat(marketplace.asked)
                .extracting(Connector.LinkWish::slot, Connector.LinkWish::token)
                .containsExactlyInAnyOrder(
                        tuple(kit.getFirst().slot().value(), false),
                        tuple(kit.getLast().slot().value(), true));
        assertThat(kit).allSatisfy(posted -> {
            assertThat(now(posted).earnsNot()).isNull();
            assertThat(now(posted).destination())
                    .contains("subUnionId=" + posted.slot().value());
        });
        var ids = kit.stream().map(posted -> posted.placement().id()).toList();
        assertThat(tokens.current(ids)).containsOnlyKeys(ids.getLast());
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
    }

    @Test
    void without_a_connection_the_reason_stays_and_a_connection_made_later_is_asked() {
        var connection = account(Marketplace.JD);
        jdbi.useHandle(h -> h.execute("delete from marketplace_connection"));
        var posted = one(Marketplace.JD, Medium.LINK);
        assertThat(posted.placement().earnsNot()).isEqualTo("no-connection");
        connected(connection.accountId(), Instant.now());
        askAll(connection);
        assertThat(now(posted).earns()).isTrue();
    }

    @Test
    void an_account_that_is_throttled_twice_is_left_alone_and_then_done() {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 3, Medium.LINK);
        marketplace.fails(2, Kind.THROTTLED);
        askAll(connection);
        askAll(connection);
        // It is the account that asked too often: its other placements wait as well.
        assertThat(marketplace.asked).hasSize(1);
        clock.pass(config.backOffFirst());
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        assertThat(now(kit.getFirst()).earnsNot()).isEqualTo("link-pending");
        clock.pass(config.backOffFirst().multipliedBy(2));
        askAll(connection);
        assertThat(kit).allMatch(posted -> now(posted).earns());
        assertThat(marketplace.asked).hasSize(5);
    }

    @Test
    void a_placement_that_failed_often_holds_up_no_other_of_its_account() {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 3, Medium.LINK);
        var old = kit.getFirst();
        jdbi.useHandle(h -> h.execute(
                "update produced_link set failures = 12, due_at = due_at - interval '1s' where placement_id = ?",
                old.placement().id()));
        marketplace.fails(1, Kind.THROTTLED);
        askAll(connection);
        assertThat(marketplace.asked)
                .extracting(Connector.LinkWish::slot)
                .containsExactly(old.slot().value());
        clock.pass(config.backOffFirst());
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
        assertThat(kit.subList(1, 3)).allMatch(posted -> now(posted).earns());
        // Its own waiting goes on to double.
        var open = store.open(connection.accountId(), null, 10);
        assertThat(open).singleElement().satisfies(one -> {
            assertThat(one.placementId()).isEqualTo(old.placement().id());
            assertThat(one.failures()).isEqualTo(13);
            assertThat(one.dueAt())
                    .isAfter(clock.instant().plus(config.backOffMost().dividedBy(3)));
        });
    }

    @Test
    void an_account_is_left_alone_for_as_long_as_its_marketplace_asks() {
        var connection = account(Marketplace.JD);
        kit(Marketplace.JD, item(Marketplace.JD), 2, Medium.LINK);
        marketplace.fails(1, Kind.PLATFORM, Duration.ofMinutes(10));
        askAll(connection);
        clock.pass(Duration.ofMinutes(9));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(1);
        clock.pass(Duration.ofMinutes(1).plus(config.backOffFirst()));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
    }

    @Test
    void whoever_dies_between_the_answer_and_its_writing_leaves_it_to_be_asked_for_again() {
        var connection = account(Marketplace.JD);
        var posted = one(Marketplace.JD, Medium.NATIVE_TOKEN);
        var id = posted.placement().id();
        var dead = with(new ProducedLinkStore(jdbi) {
            @Override
            void answered(Asking asking, LinkAnswer answer, String words, Instant dueAt) {
                throw new IllegalStateException("the process dies before it commits");
            }

            @Override
            void giveBack(Asking asking, int failures, String words, Instant dueAt) {
                // Nothing is written any more, not even that it failed.
            }
        });
        assertThat(dead.askNext(connection, marketplace)).isTrue();
        assertThat(marketplace.asked).hasSize(1);
        // All of it or nothing.
        assertThat(tokens.history(id)).isEmpty();
        assertThat(now(posted).destination()).isEqualTo(posted.placement().destination());

        // As long as it may be alive nobody else asks.
        clock.pass(config.lease().minusSeconds(5));
        assertThat(askOne(connection)).isFalse();
        clock.pass(Duration.ofSeconds(6));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        assertThat(tokens.history(id)).hasSize(1);
        assertThat(now(posted).earns()).isTrue();
    }

    @Test
    void whoever_lost_the_claim_writes_nothing() {
        var connection = account(Marketplace.JD);
        var posted = one(Marketplace.JD, Medium.NATIVE_TOKEN);
        marketplace.making = wish -> {
            // While this one waits for an answer its claim ends, and another takes the placement over.
            jdbi.useHandle(h -> h.execute("update produced_link set claim = gen_random_uuid()"));
            return Scripted.made(wish);
        };
        assertThat(askOne(connection)).isTrue();
        assertThat(tokens.history(posted.placement().id())).isEmpty();
        assertThat(now(posted)).isEqualTo(posted.placement());
    }

    @Test
    void eight_askers_at_once_ask_for_each_placement_once() throws Exception {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 40, Medium.LINK);
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        var node = with(store);
                        while (node.askNext(connection, marketplace)) {
                            // The next one.
                        }
                    }))
                    .toList();
            for (var one : all) {
                one.get();
            }
        }
        assertThat(marketplace.asked.stream().map(Connector.LinkWish::slot))
                .doesNotHaveDuplicates()
                .hasSize(40);
        assertThat(kit).allMatch(posted -> now(posted).earns());
    }

    @Test
    void an_item_that_earns_nothing_is_named_and_asked_for_again_with_the_kit_or_the_connection() {
        var connection = account(Marketplace.TAOBAO);
        var item = item(Marketplace.TAOBAO);
        var kit = kit(Marketplace.TAOBAO, item, 1, Medium.LINK, Medium.NATIVE_TOKEN);
        // Taobao's own page takes the slot without being asked.
        assertThat(kit).allMatch(posted -> posted.placement().earns());
        marketplace.fails(Integer.MAX_VALUE, Kind.ITEM);
        askAll(connection);
        assertThat(kit).allSatisfy(posted -> {
            assertThat(now(posted).earnsNot()).isEqualTo("item-not-in-programme");
            assertThat(now(posted).destination()).isEqualTo(posted.placement().destination());
        });
        var open = store.open(connection.accountId(), null, 10);
        assertThat(open).hasSize(2).allSatisfy(one -> {
            assertThat(one.refusal()).isEqualTo("item-not-in-programme");
            assertThat(one.words()).isEqualTo("words of the marketplace");
            assertThat(one.dueAt()).isNull();
        });

        clock.pass(Duration.ofDays(400));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        // Too soon by the clock of whoever makes kits, then late enough.
        kit(Marketplace.TAOBAO, item, 1, Medium.LINK);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        jdbi.useHandle(h -> h.execute("update produced_link set asked_at = asked_at - interval '401 days'"));
        marketplace.making = Scripted::made;
        kit(Marketplace.TAOBAO, item, 1, Medium.LINK);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
        assertThat(now(kit.getFirst()).earns()).isTrue();
        assertThat(now(kit.getFirst()).destination()).startsWith("https://s.click.taobao.com/");

        connected(connection.accountId(), Instant.now().plusSeconds(60));
        assertThat(store.wantReconnected(clock.instant())).isEqualTo(1);
        askAll(connection);
        assertThat(kit).allMatch(posted -> now(posted).earns());
    }

    @Test
    void an_account_that_is_not_accepted_is_asked_for_three_placements_until_it_changes_or_hours_have_passed() {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 9, Medium.LINK);
        marketplace.fails(3, Kind.NOT_AUTHORISED);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
        assertThat(kit)
                .allMatch(posted -> "account-not-authorised".equals(now(posted).earnsNot()));
        assertThat(store.wantReconnected(clock.instant())).isZero();
        clock.pass(config.bindingMost().minusMinutes(5));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);

        // Its connection is another, and is not accepted either.
        connected(connection.accountId(), clock.instant());
        assertThat(store.wantReconnected(clock.instant())).isEqualTo(9);
        marketplace.fails(3, Kind.NOT_AUTHORISED);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(6);
        assertThat(store.wantReconnected(clock.instant())).isZero();

        // Nobody changes anything, and it was passing.
        clock.pass(config.bindingMost().minusMinutes(5));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(6);
        clock.pass(Duration.ofMinutes(5));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(15);
        assertThat(kit).allMatch(posted -> now(posted).earns());
        assertThat(store.open(connection.accountId(), null, 10)).isEmpty();
    }

    private static void connect(UUID account, String secret) {
        RestAssured.given()
                .header("Authorization", "Bearer test-operator")
                .contentType("application/json")
                .body(Map.of("appKey", "key", "secret", secret))
                .put("/api/v1/connections/" + account)
                .then()
                .statusCode(200);
    }

    @Test
    void a_key_that_is_changed_while_placements_wait_counts_from_the_next_one_on() throws Exception {
        world.prepare();
        var account = account(Marketplace.JD).accountId();
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 9, Medium.LINK);
        connect(account, "old");
        marketplace.serves = account;
        var changes = new AtomicBoolean();
        var changed = new AtomicBoolean();
        var refused = new AtomicInteger();
        marketplace.making = wish -> {
            if (!changes.getAndSet(true)) {
                connect(account, "new");
                changed.set(true);
            }
            if (changed.get() && !"new".equals(marketplace.secrets.get(wish.slot()))) {
                refused.incrementAndGet();
                throw new MarketplaceFailure(Kind.NOT_AUTHORISED, "words of the marketplace");
            }
            return Scripted.made(wish);
        };
        var job = new ProducedLinkJob(
                links, store, connections, new Connectors(List.of(marketplace)), config, metrics, clock);
        for (var i = 0; i < 200 && !kit.stream().allMatch(posted -> now(posted).earns()); i++) {
            job.look();
            Thread.sleep(50);
        }
        assertThat(kit).allMatch(posted -> now(posted).earns());
        assertThat(refused.get()).isBetween(1, config.parallel());
    }

    @Test
    void a_token_whose_renewal_is_not_accepted_in_passing_earns_on_and_is_renewed_hours_later() {
        var connection = account(Marketplace.TAOBAO);
        var posted = one(Marketplace.TAOBAO, Medium.NATIVE_TOKEN);
        askAll(connection);
        var led = now(posted);
        clock.pass(Duration.ofDays(28));
        marketplace.fails(1, Kind.NOT_AUTHORISED);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        assertThat(now(posted)).isEqualTo(led);
        clock.pass(config.bindingMost());
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
        assertThat(tokens.history(posted.placement().id())).hasSize(2);
    }

    @Test
    void faults_of_the_marketplace_are_asked_again_and_mistakes_of_ours_are_not() {
        var connection = account(Marketplace.JD);
        var posted = one(Marketplace.JD, Medium.LINK);
        marketplace.fails(1, Kind.PLATFORM);
        askAll(connection);
        assertThat(now(posted).earnsNot()).isEqualTo("link-pending");
        clock.pass(config.backOffFirst());
        marketplace.fails(1, Kind.CALLER);
        askAll(connection);
        assertThat(now(posted).earnsNot()).isEqualTo("link-refused");
        clock.pass(Duration.ofDays(100));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
    }

    @Test
    void a_link_that_shows_another_slot_is_not_posted_and_one_that_hides_it_is() {
        var connection = account(Marketplace.DOUYIN);
        var hidden = one(Marketplace.DOUYIN, Medium.LINK);
        askAll(connection);
        assertThat(now(hidden).destination()).isEqualTo("https://v.douyin.com/hidden/");
        assertThat(now(hidden).earns()).isTrue();
        var swapped = one(Marketplace.DOUYIN, Medium.LINK);
        marketplace.making = wish -> new Connector.MadeLink(
                "https://haohuo.jinritemai.com/views/product/item2?external_info=somebody_elses",
                null,
                null,
                null,
                null,
                null);
        askAll(connection);
        assertThat(now(swapped).earnsNot()).isEqualTo("pid-swapped");
        assertThat(now(swapped).destination()).isEqualTo(swapped.placement().destination());
    }

    @Test
    void a_token_is_made_anew_before_it_expires_and_its_link_with_it() {
        var connection = account(Marketplace.TAOBAO);
        var posted = one(Marketplace.TAOBAO, Medium.NATIVE_TOKEN);
        var plain = one(Marketplace.TAOBAO, Medium.LINK);
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        clock.pass(Duration.ofDays(27).minusMinutes(1));
        askAll(connection);
        assertThat(marketplace.asked).hasSize(2);
        clock.pass(Duration.ofMinutes(2));
        askAll(connection);
        // Links of Taobao do not expire.
        assertThat(marketplace.asked).hasSize(3);
        var history = tokens.history(posted.placement().id());
        assertThat(history).hasSize(2);
        assertThat(history.getLast().endedAt()).isNotNull();
        assertThat(tokens.history(plain.placement().id())).isEmpty();
    }

    @Test
    void a_link_without_a_token_says_so_where_one_was_wanted() {
        var connection = account(Marketplace.JD);
        var posted = one(Marketplace.JD, Medium.NATIVE_TOKEN);
        marketplace.making = wish -> {
            var made = Scripted.made(wish);
            return new Connector.MadeLink(made.url(), null, null, null, null, null);
        };
        askAll(connection);
        assertThat(now(posted).earns()).isTrue();
        assertThat(store.answers(List.of(posted.placement().id()))
                        .get(posted.placement().id())
                        .refusal())
                .isEqualTo("no-native-token");
    }

    @Test
    void what_ended_is_not_asked_for() {
        var connection = account(Marketplace.JD);
        var posted = one(Marketplace.JD, Medium.LINK);
        kits.disable(posted.placement().code(), new Scope.Everything());
        askAll(connection);
        assertThat(marketplace.asked).isEmpty();
    }

    @Test
    void a_slot_that_nobody_bound_waits_and_earns_when_somebody_has() {
        var connection = account(Marketplace.PDD);
        var posted = one(Marketplace.PDD, Medium.LINK);
        marketplace.bound = Optional.of(false);
        askAll(connection);
        assertThat(now(posted).earnsNot()).isEqualTo("not-authorised-yet");
        assertThat(marketplace.asked).isEmpty();
        marketplace.bound = Optional.of(true);
        askAll(connection);
        assertThat(now(posted).earns()).isFalse();
        clock.pass(config.bindingFirst());
        askAll(connection);
        assertThat(now(posted).earnsNot()).isNull();
        assertThat(now(posted).destination()).contains("duo_coupon_landing");
        // Somebody takes it back: the same link earns nothing again.
        kits.noteAuthority(connection.accountId(), posted.slot().value(), Slots.Authority.UNBOUND);
        assertThat(now(posted).earnsNot()).isEqualTo("not-authorised-yet");
    }

    @Test
    void a_link_that_an_operator_put_stays_and_its_token_still_comes() {
        var connection = account(Marketplace.JD);
        var kit = kit(Marketplace.JD, item(Marketplace.JD), 1, Medium.LINK, Medium.NATIVE_TOKEN);
        marketplace.fails(2, Kind.PLATFORM);
        askAll(connection);
        assertThat(store.open(connection.accountId(), null, 10)).hasSize(2);
        for (var posted : kit) {
            kits.takeLink(
                    posted.placement().code(),
                    "https://union-click.jd.com/jdc?byHand=1&subUnionId="
                            + posted.slot().value());
        }
        // The link is mended; the token is still asked for.
        var open = store.open(connection.accountId(), null, 10);
        assertThat(open)
                .extracting(
                        ProducedLinkStore.Open::placementId,
                        ProducedLinkStore.Open::failures,
                        ProducedLinkStore.Open::words)
                .containsExactly(tuple(kit.getLast().placement().id(), 1, "words of the marketplace"));
        var words = jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(words, 'none') from produced_link where placement_id = :id")
                .bind("id", kit.getFirst().placement().id())
                .mapTo(String.class)
                .one());
        assertThat(words).isEqualTo("none");
        clock.pass(config.backOffFirst());
        askAll(connection);
        assertThat(marketplace.asked).hasSize(3);
        assertThat(store.open(connection.accountId(), null, 10)).isEmpty();
        assertThat(kit)
                .allSatisfy(posted -> assertThat(now(posted).destination()).contains("byHand=1"));
        assertThat(tokens.history(kit.getLast().placement().id())).hasSize(1);
    }
}
