package dev.zhida.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.zhida.OwnDatabase;
import dev.zhida.campaign.Offers;
import dev.zhida.identity.People;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pools under a real PostgreSQL. JD's are used, so that the kits of other tests do not take from them. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class SlotLeasesTest {

    private static final Instant NOW = Instant.parse("2026-03-01T04:00:00Z");
    private static final Duration WINDOW = Duration.ofDays(15);
    private static final AtomicInteger CODES = new AtomicInteger();

    @Inject
    Slots slots;

    @Inject
    SlotLeases leases;

    @Inject
    SlotLevels levels;

    @Inject
    People people;

    @Inject
    Offers offers;

    @Inject
    Jdbi jdbi;

    private final List<UUID> accounts = new ArrayList<>();
    private UUID creator;
    private UUID offer;

    @BeforeEach
    void begin() {
        creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("x"));
        var item = ItemReference.of(Marketplace.JD, UUID.randomUUID().toString());
        offer = offers.of(List.of(item), NOW).get(item).id();
    }

    /** Accounts are everybody's: what a test leaves here, another would lease. */
    @AfterEach
    void takeAway() {
        jdbi.useTransaction(handle -> accounts.forEach(account -> {
            handle.execute(
                    "delete from slot_lease where slot_id in (select id from slot where account_id = ?)", account);
            handle.execute("delete from slot where account_id = ?", account);
            handle.execute("delete from pdd_authority where account_id = ?", account);
            handle.execute("delete from marketplace_account where id = ?", account);
        }));
    }

    private UUID account(Marketplace marketplace, int sharedPercent) {
        var account = slots.addAccount(marketplace, UUID.randomUUID().toString(), sharedPercent, "1_2");
        accounts.add(account.id());
        return account.id();
    }

    private UUID pool(int positions, int sharedPercent) {
        var account = account(Marketplace.JD, sharedPercent);
        slots.add(
                account,
                SlotKind.JD_POSITION,
                IntStream.rangeClosed(1, positions).mapToObj(Integer::toString).toList());
        return account;
    }

    private Map<Long, Leasing> lease(Marketplace marketplace, int count, UUID who, Medium medium, Instant at) {
        return lease(marketplace, count, who, medium, null, at);
    }

    private Map<Long, Leasing> lease(
            Marketplace marketplace, int count, UUID who, Medium medium, Instant expiresAt, Instant at) {
        return QuarkusTransaction.requiringNew().call(() -> {
            var wishes = IntStream.range(0, count)
                    .mapToObj(i -> wish(who, medium, CODES.incrementAndGet()))
                    .toList();
            return leases.lease(marketplace, wishes, expiresAt, at);
        });
    }

    private SlotLeases.Wish wish(UUID who, Medium medium, int number) {
        var code = "S" + letters(number);
        var id = jdbi.withHandle(handle -> handle.createQuery("""
                        insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination,
                            earns, created_at)
                        values (:code, :creator, :offer, 'QQ', 'GROUP', :medium, :label, 'https://item.jd.com/', true, now())
                        returning id
                        """)
                .bind("code", code)
                .bind("creator", who)
                .bind("offer", offer)
                .bind("medium", medium.name())
                .bind("label", Integer.toString(number))
                .mapTo(Long.class)
                .one());
        return new SlotLeases.Wish(id, code, who, medium);
    }

    /** Seven letters of the code alphabet that count. */
    private static String letters(int number) {
        var text = new StringBuilder();
        for (var i = 0; i < 7; i++) {
            text.append("ABCDEFGH".charAt(number >> (3 * i) & 7));
        }
        return text.toString();
    }

    private static List<LeasedSlot> got(Map<Long, Leasing> leasing) {
        return leasing.values().stream()
                .filter(Leasing.Leased.class::isInstance)
                .map(leased -> ((Leasing.Leased) leased).slot())
                .toList();
    }

    @Test
    void threads_that_want_more_than_there_is_get_all_exclusive_slots_and_share_the_rest() throws Exception {
        var account = pool(10, 20);
        var portions = IntStream.range(0, 100).map(i -> 1 + i % 19).boxed().toList();
        assertThat(portions.stream().mapToInt(i -> i).sum()).isGreaterThan(900);
        var left = new AtomicInteger(1_000);
        try (var threads = Executors.newFixedThreadPool(8)) {
            var tasks = new ArrayList<Callable<Map<Long, Leasing>>>();
            for (var i = 0; left.get() > 0; i++) {
                var portion = Math.min(portions.get(i % portions.size()), left.get());
                left.addAndGet(-portion);
                tasks.add(() -> lease(Marketplace.JD, portion, creator, Medium.LINK, NOW));
            }
            for (var done : threads.invokeAll(tasks)) {
                assertThat(got(done.get())).hasSameSizeAs(done.get().keySet());
            }
        }
        var holders = jdbi.withHandle(handle -> handle
                .createQuery("""
                        select s.value || ' ' || s.exclusive slot, count(*) holders
                        from slot s left join slot_lease l on l.slot_id = s.id where s.account_id = :account group by s.id
                        """)
                .bind("account", account)
                .map((row, context) -> Map.entry(row.getString("slot"), row.getInt("holders")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        var exclusive = holders.entrySet().stream()
                .filter(e -> e.getKey().endsWith("true"))
                .toList();
        var shared = holders.entrySet().stream()
                .filter(e -> e.getKey().endsWith("false"))
                .toList();
        assertThat(exclusive).hasSize(8).allMatch(slot -> slot.getValue() == 1);
        assertThat(shared).hasSize(2);
        assertThat(shared.stream().mapToInt(Map.Entry::getValue).sum()).isEqualTo(992);
        // Given out evenly: a shared slot says the less the more hold it.
        assertThat(shared).allMatch(slot -> slot.getValue() == 496);
    }

    @Test
    void a_shared_slot_is_one_creators_and_one_mediums_and_others_get_none() {
        pool(3, 34);
        var other = QuarkusTransaction.requiringNew().call(() -> people.addCreator("y"));
        assertThat(got(lease(Marketplace.JD, 2, creator, Medium.LINK, NOW))).allMatch(LeasedSlot::exclusive);
        assertThat(got(lease(Marketplace.JD, 2, creator, Medium.LINK, NOW)))
                .hasSize(2)
                .noneMatch(LeasedSlot::exclusive);
        for (var none : List.of(
                lease(Marketplace.JD, 1, creator, Medium.TOKEN, NOW),
                lease(Marketplace.JD, 1, other, Medium.LINK, NOW))) {
            assertThat(none.values()).containsExactly(new Leasing.None(Leasing.Reason.NO_SLOT));
        }
        assertThat(got(lease(Marketplace.JD, 1, creator, Medium.LINK, NOW))).hasSize(1);
    }

    @Test
    void a_slot_is_leased_again_when_the_attribution_window_is_over_and_not_before() {
        pool(1, 0);
        var first = lease(Marketplace.JD, 1, creator, Medium.LINK, NOW);
        var placement = first.keySet().iterator().next();
        var ended = NOW.plus(Duration.ofHours(1));
        for (var times = 0; times < 2; times++) {
            QuarkusTransaction.requiringNew().run(() -> leases.end(placement, ended));
        }
        var free = ended.plus(WINDOW);
        assertThat(leases.heldBy(List.of(placement), free.minusMillis(1))).containsKey(placement);
        assertThat(got(lease(Marketplace.JD, 1, creator, Medium.TOKEN, free.minusMillis(1))))
                .isEmpty();
        assertThat(got(lease(Marketplace.JD, 1, creator, Medium.TOKEN, free))).hasSize(1);
        assertThat(leases.heldBy(List.of(placement), free)).isEmpty();
    }

    @Test
    void ending_later_than_was_known_does_not_make_a_lease_longer() {
        pool(1, 0);
        var expires = NOW.plus(Duration.ofDays(1));
        var placement = lease(Marketplace.JD, 1, creator, Medium.LINK, expires, NOW)
                .keySet()
                .iterator()
                .next();
        QuarkusTransaction.requiringNew().run(() -> leases.end(placement, expires.plusSeconds(1)));
        assertThat(jdbi.withHandle(handle -> handle.createQuery(
                                        "select l.until_at from slot_lease l where l.placement_id = :p")
                                .bind("p", placement)
                                .mapTo(OffsetDateTime.class)
                                .one())
                        .toInstant())
                .isEqualTo(expires.plus(WINDOW));
        assertThat(got(lease(Marketplace.JD, 1, creator, Medium.LINK, expires.plus(WINDOW))))
                .hasSize(1);
    }

    @Test
    void where_slots_are_made_up_every_placement_has_its_own_within_what_the_marketplace_takes() {
        account(Marketplace.PDD, 5);
        account(Marketplace.DOUYIN, 5);
        account(Marketplace.JD, 5);
        var pdd = got(lease(Marketplace.PDD, 3, creator, Medium.LINK, NOW));
        assertThat(pdd.stream().map(LeasedSlot::value))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(value ->
                        value.length() <= 64 && value.matches("\\{\"uid\":\"[0-9a-f]{32}\",\"sid\":\"[A-Z]{8}\"}"));
        var douyin = got(lease(Marketplace.DOUYIN, 3, creator, Medium.LINK, NOW));
        assertThat(douyin.stream().map(LeasedSlot::value))
                .doesNotHaveDuplicates()
                .allMatch(value -> value.matches("[0-9A-Za-z_]{1,20}"));
        var jd = got(lease(Marketplace.JD, 3, creator, Medium.LINK, NOW));
        assertThat(jd.stream().map(LeasedSlot::value))
                .doesNotHaveDuplicates()
                .allMatch(v -> v.matches("[0-9A-Za-z_-]{1,80}"));
        assertThat(jd).allMatch(slot -> slot.kind() == SlotKind.JD_SUB_UNION && slot.exclusive());
    }

    @Test
    void a_pdd_slot_counts_when_it_or_its_person_is_bound() {
        var account = account(Marketplace.PDD, 5);
        var first = got(lease(Marketplace.PDD, 1, creator, Medium.LINK, NOW)).getFirst();
        assertThat(first.authorised()).isFalse();
        slots.noteAuthority(account, first.value(), Slots.Authority.BOUND);
        assertThat(leases.heldBy(List.of(first.placementId()), NOW)
                        .get(first.placementId())
                        .authorised())
                .isTrue();
        assertThat(got(lease(Marketplace.PDD, 1, creator, Medium.LINK, NOW))
                        .getFirst()
                        .authorised())
                .isFalse();
        slots.noteAuthority(account, first.value().replaceFirst(",.*}", "}"), Slots.Authority.BOUND);
        assertThat(got(lease(Marketplace.PDD, 1, creator, Medium.LINK, NOW))
                        .getFirst()
                        .authorised())
                .isTrue();
        slots.noteAuthority(account, first.value().replaceFirst(",.*}", "}"), Slots.Authority.UNBOUND);
        assertThat(got(lease(Marketplace.PDD, 1, creator, Medium.LINK, NOW))
                        .getFirst()
                        .authorised())
                .isFalse();
    }

    @Test
    void no_account_and_no_programme_are_said_apart() {
        assertThat(lease(Marketplace.XIANYU, 1, creator, Medium.LINK, NOW).values())
                .containsExactly(new Leasing.None(Leasing.Reason.NO_AFFILIATE_PROGRAMME));
        assertThat(lease(Marketplace.DOUYIN, 1, creator, Medium.LINK, NOW).values())
                .containsExactly(new Leasing.None(Leasing.Reason.NO_ACCOUNT));
    }

    @Test
    void the_part_to_be_shared_is_the_accounts_however_small_the_portions() {
        var account = account(Marketplace.JD, 10);
        for (var i = 1; i <= 25; i++) {
            assertThat(slots.add(account, SlotKind.JD_POSITION, List.of(Integer.toString(i), "1")))
                    .isEqualTo(1);
        }
        assertThat(levels.levels(account, NOW).getFirst().shared()).isEqualTo(2);
    }

    @Test
    void what_is_no_slot_of_the_account_is_refused() {
        var account = account(Marketplace.JD, 10);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> slots.add(account, SlotKind.TAOBAO_PID, List.of("mm_1_2_3")))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("slot-of-another-marketplace"));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> slots.add(account, SlotKind.JD_POSITION, List.of("x")))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("slot-malformed"));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> slots.noteAuthority(account, "{}", Slots.Authority.BOUND))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("not-a-pdd-account"));
    }

    private Map.Entry<UUID, String> added(UUID account, List<String> pids) {
        try {
            return Map.entry(account, Integer.toString(slots.addTaobaoPids(account, pids)));
        } catch (Refusal refusal) {
            return Map.entry(account, refusal.code() + ": " + refusal.getMessage());
        }
    }

    @Test
    void a_pid_is_in_the_pool_of_one_account_even_if_two_add_it_at_once() throws Exception {
        var pids = IntStream.range(0, 300).mapToObj(i -> "mm_4_4_" + i).toList();
        var both = List.of(account(Marketplace.TAOBAO, 5), account(Marketplace.TAOBAO, 5));
        try (var threads = Executors.newFixedThreadPool(2)) {
            var outcomes = threads
                    .invokeAll(both.stream()
                            .map(account -> (Callable<Map.Entry<UUID, String>>) () -> added(account, pids))
                            .toList())
                    .stream()
                    .map(done -> done.resultNow())
                    .toList();
            assertThat(outcomes.stream().map(Map.Entry::getValue)).containsOnlyOnce("300");
            var winner = outcomes.stream()
                    .filter(outcome -> outcome.getValue().equals("300"))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            assertThat(outcomes)
                    .filteredOn(outcome -> !outcome.getKey().equals(winner))
                    .allMatch(outcome -> outcome.getValue().startsWith("slot-of-another-account: mm_4_4_0 "))
                    .allMatch(outcome ->
                            outcome.getValue().contains(slots.account(winner).name()));
            assertThat(slots.addTaobaoPids(winner, pids)).as("again in its own").isZero();
        }
        // What a marketplace counts for each account by itself may be the same in two.
        for (var i = 0; i < 2; i++) {
            assertThat(slots.add(account(Marketplace.JD, 5), SlotKind.JD_POSITION, List.of("1")))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_level_says_what_is_left_and_for_how_long() {
        var account = pool(100, 10);
        var leasedAt = NOW.minus(Duration.ofDays(1));
        var kept = lease(Marketplace.JD, 70, creator, Medium.LINK, leasedAt);
        kept.keySet().stream().limit(5).forEach(placement -> QuarkusTransaction.requiringNew()
                .run(() -> leases.end(placement, NOW.minus(WINDOW).plus(Duration.ofDays(3)))));
        assertThat(levels.levels(account, NOW))
                .containsExactly(new SlotLevels.Level(
                        new SlotLevels.Pool(account, slots.account(account).name(), SlotKind.JD_POSITION),
                        100,
                        70,
                        20,
                        10,
                        0,
                        5,
                        70,
                        2L,
                        true));
        // A week later the pace of that week is forgotten; the ended ones are free, and a quarter of the pool is
        // enough.
        assertThat(levels.levels(account, NOW.plus(Duration.ofDays(7))))
                .containsExactly(new SlotLevels.Level(
                        new SlotLevels.Pool(account, slots.account(account).name(), SlotKind.JD_POSITION),
                        100,
                        65,
                        25,
                        10,
                        0,
                        0,
                        0,
                        null,
                        false));
        levels.watch();
    }
}
