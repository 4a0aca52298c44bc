package dev.zhida.order;

import static dev.zhida.order.RefundFixture.aRefundOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.TestDatabase;
import dev.zhida.campaign.Offers;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.intake.Intake;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.slot.Slots;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of orders, in any order and any number of times: it ends the same, in memory and in the books. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OrderHistoriesTest {

    private static final Instant CLICK = Instant.now().minusSeconds(7_200).truncatedTo(ChronoUnit.SECONDS);
    private static final AtomicLong NUMBERS =
            new AtomicLong(ThreadLocalRandom.current().nextLong(1L << 50, 1L << 60));

    @Inject
    Intake intake;

    @Inject
    Orders orders;

    @Inject
    OrderFacts facts;

    @Inject
    People people;

    @Inject
    Slots slots;

    @Inject
    Offers offers;

    @Inject
    MeterRegistry metrics;

    @Inject
    Jdbi jdbi;

    @Inject
    ObjectMapper json;

    private UUID account;
    private UUID report;
    private UUID person;
    private final List<Long> placements = new ArrayList<>();
    private final List<UUID> creators = new ArrayList<>();

    /** One thing told, without saying of which line. */
    private sealed interface Fact {
        record Observed(OrderStatus status, long fen, Instant asOf, boolean ofFile) implements Fact {

            /** Reports of one time and status agree on it: else their hashes decide, which differ from line to line. */
            Instant clickedAt() {
                return status == OrderStatus.CREATED ? null : CLICK;
            }
        }

        record Refunded(int number, RefundStatus status, long fen, Instant asOf) implements Fact {}

        record Punished(boolean frozen, String violation, Instant asOf) implements Fact {}

        /** @param holder which of the placements */
        record Leased(int holder, Instant from, Instant until) implements Fact {}

        /** The choice of one of two observations. */
        record Decided(Observed chosen, Observed other, Instant at) implements Fact {}
    }

    private static Instant asOf(Random random) {
        var step = random.nextInt(4);
        return step == 0 ? null : CLICK.plusSeconds(60L * step);
    }

    private static List<Fact> history(Random random) {
        var told = new ArrayList<Fact>();
        var observed = IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(i -> new Fact.Observed(
                        OrderStatus.values()[random.nextInt(random.nextInt(4) == 0 ? 6 : 5)],
                        1_000 + 100 * random.nextInt(2),
                        asOf(random),
                        random.nextInt(3) == 0))
                .toList();
        told.addAll(observed);
        for (var i = 0; i < random.nextInt(4); i++) {
            told.add(new Fact.Refunded(
                    random.nextInt(2),
                    RefundStatus.values()[random.nextInt(6)],
                    100 + 10 * random.nextInt(2),
                    asOf(random)));
        }
        for (var i = 0; i < random.nextInt(3); i++) {
            told.add(new Fact.Punished(random.nextBoolean(), Integer.toString(random.nextInt(2)), asOf(random)));
        }
        // Two placements of one creator who share a slot, or the one of another creator.
        if (random.nextInt(4) > 0) {
            if (random.nextInt(3) == 0) {
                told.add(new Fact.Leased(2, CLICK.minusSeconds(500), null));
            } else {
                told.add(new Fact.Leased(0, CLICK.minusSeconds(500), null));
                if (random.nextBoolean()) {
                    told.add(new Fact.Leased(1, CLICK.minusSeconds(400 - 800L * random.nextInt(2)), null));
                }
            }
        }
        if (random.nextInt(3) == 0) {
            told.add(new Fact.Decided(
                    observed.get(random.nextInt(observed.size())),
                    observed.get(random.nextInt(observed.size())),
                    CLICK));
        }
        return told;
    }

    /** A line of its own, with a slot of its own, that a history is told of. */
    private final class Teller {
        final String key = "F:" + NUMBERS.incrementAndGet() + ":1:1";
        final SlotKey slot = new SlotKey(SlotKind.TAOBAO_PID, "7_" + NUMBERS.incrementAndGet());
        final Orders.Source source = new Orders.Source(Marketplace.TAOBAO, account, null);
        final Orders.Source files = new Orders.Source(Marketplace.TAOBAO, account, report);
        private long slotId;

        Teller() {
            slotId = jdbi.withHandle(handle -> handle.createQuery("""
                            insert into slot (account_id, kind, value, order_key, exclusive, free_at, created_at)
                            values (:account, 'TAOBAO_PID', :value, :key, false, null, now()) returning id
                            """)
                    .bind("account", account)
                    .bind("value", "mm_1_" + slot.value())
                    .bind("key", slot.value())
                    .mapTo(Long.class)
                    .one());
        }

        Observation observation(Fact.Observed fact) {
            return ObservationFixture.anObservation()
                    .key(key)
                    .slot(slot)
                    .clickedAt(fact.clickedAt())
                    .estimated(fact.fen())
                    .status(fact.status())
                    .asOf(fact.asOf())
                    .build();
        }

        RefundObservation refund(Fact.Refunded fact) {
            return aRefundOf(key)
                    .id(key + "/" + fact.number())
                    .status(fact.status())
                    .commission(fact.fen())
                    .asOf(fact.asOf())
                    .build();
        }

        PunishmentObservation punishment(Fact.Punished fact) {
            return new PunishmentObservation(
                    Marketplace.TAOBAO, key.split(":")[1], fact.frozen(), fact.violation(), fact.asOf(), Map.of());
        }

        void tell(Fact fact) {
            switch (fact) {
                case Fact.Observed observed
                when observed.ofFile() -> intake.take(files, List.of(observation(observed)));
                case Fact.Observed observed ->
                    intake.take(source, page(List.of(observation(observed)), List.of(), List.of()));
                case Fact.Refunded refunded ->
                    intake.take(source, page(List.of(), List.of(refund(refunded)), List.of()));
                case Fact.Punished punished ->
                    intake.take(source, page(List.of(), List.of(), List.of(punishment(punished))));
                case Fact.Leased leased -> lease(leased);
                case Fact.Decided decided -> decide(decided);
            }
        }

        private void lease(Fact.Leased leased) {
            jdbi.useHandle(handle -> handle.createUpdate("""
                            insert into slot_lease (slot_id, exclusive, placement_id, creator_id, medium, from_at, until_at)
                            select :slot, false, :placement, :creator, 'LINK', :from, null
                            where not exists (select from slot_lease where slot_id = :slot and placement_id = :placement)
                            """)
                    .bind("slot", slotId)
                    .bind("placement", placements.get(leased.holder()))
                    .bind("creator", creators.get(leased.holder()))
                    .bind("from", OffsetDateTime.ofInstant(leased.from(), ZoneOffset.UTC))
                    .execute());
            lines().forEach(line -> intake.redo(List.of(line)));
        }

        private void decide(Fact.Decided decided) {
            var hashes = Stream.of(decided.chosen(), decided.other())
                    .map(this::observation)
                    .map(this::hash)
                    .toList();
            lines().forEach(line -> {
                QuarkusTransaction.requiringNew().run(() -> {
                    orders.lock(List.of(line));
                    facts.addDecision(
                            line,
                            new Decision(
                                    0,
                                    null,
                                    hashes.getFirst(),
                                    new HashSet<>(hashes),
                                    decided.chosen().status() == OrderStatus.NEEDS_REVIEW ? "INVALID" : null,
                                    decided.at()),
                            "it is so",
                            person);
                    orders.foldAgain(List.of(line), CLICK);
                });
                intake.redo(List.of(line));
            });
        }

        private String hash(Observation observation) {
            try {
                return ObservationContent.hash(json.writeValueAsString(ObservationContent.of(observation)));
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        List<UUID> lines() {
            return jdbi.withHandle(handle -> handle.createQuery("select id from order_line where line_key = :key")
                    .bind("key", key)
                    .mapTo(UUID.class)
                    .list());
        }

        /** All that follows from the history, in words. */
        Map<String, Object> end() {
            var line = lines().getFirst();
            var end = new LinkedHashMap<String, Object>();
            end.put("line", jdbi.withHandle(handle -> handle.createQuery("""
                            select status || ' ' || coalesce(review, paid_fen || ' ' || estimated_fen || ' ' || coalesce(settled_fen, 0))
                                || ' ' || frozen || ' ' || held || ' ' || has_refunds
                            from order_line where id = :line
                            """)
                    .bind("line", line)
                    .mapTo(String.class)
                    .one()));
            end.put(
                    "refunds",
                    QuarkusTransaction.requiringNew().call(() -> orders.lock(List.of(line))).stream()
                            .flatMap(found -> found.refunds().stream())
                            .map(refund -> refund.status() + " "
                                    + (refund.status() == RefundStatus.NEEDS_REVIEW
                                            ? ""
                                            : refund.latest().commission().fen()))
                            .toList());
            end.put("attribution", jdbi.withHandle(handle -> handle.createQuery("""
                            select confidence || ' ' || coalesce(placement_id, 0) || ' ' || coalesce(creator_id::text, '') || ' '
                                || coalesce(evidence ->> 'reason', '') || ' ' || coalesce(touch_id::text, '') || ' '
                                || coalesce(other_item::text, '')
                            from attribution where order_line_id = :line and current
                            """)
                    .bind("line", line)
                    .mapTo(String.class)
                    .list()));
            var balances = new TreeMap<String, Long>();
            jdbi.useHandle(handle -> handle.createQuery("""
                            select a.kind || '/' || a.owner account, sum(t.fen) fen from (
                                select credit_id account_id, amount_fen fen, source_id from ledger_transfer
                                union all select debit_id, -amount_fen, source_id from ledger_transfer) t
                            join ledger_source s on s.id = t.source_id join ledger_account a on a.id = t.account_id
                            where s.name = 'order-line/' || :line group by 1 having sum(t.fen) <> 0
                            """)
                    .bind("line", line)
                    .map((row, context) -> balances.put(row.getString("account"), row.getLong("fen")))
                    .list());
            end.put("balances", balances);
            return end;
        }
    }

    private static FeedPage page(
            List<Observation> observations, List<RefundObservation> refunds, List<PunishmentObservation> punishments) {
        return new FeedPage(
                observations,
                refunds,
                punishments,
                List.of(),
                observations.size() + refunds.size() + punishments.size(),
                null);
    }

    @BeforeEach
    void begin() {
        var name = "h" + UUID.randomUUID().toString().substring(0, 8);
        account = QuarkusTransaction.requiringNew().call(() -> slots.addAccount(Marketplace.TAOBAO, name));
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator(name));
        var other = QuarkusTransaction.requiringNew().call(() -> people.addCreator(name + "-2"));
        person = QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson(name, name, Role.OPERATOR, null, null))
                .personId();
        report = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute(
                "insert into order_report (id, account_id, file_name, sha256, bytes, received_at, received_by)"
                        + " values (?, ?, 'x', sha256(''), 1, now(), ?)",
                report,
                account,
                person));
        var item = ItemReference.of(Marketplace.TAOBAO, "1");
        var offer = offers.ids(List.of(item), CLICK).get(item);
        creators.addAll(List.of(creator, creator, other));
        shareWithAnAgency(creator);
        for (var i = 0; i < creators.size(); i++) {
            placements.add(placement(creators.get(i), offer, "channel " + i));
        }
        jdbi.useHandle(handle -> {
            var at = OffsetDateTime.ofInstant(CLICK.minusSeconds(60), ZoneOffset.UTC);
            handle.createQuery("select make_touch_partition((:at at time zone 'Asia/Shanghai')::date)")
                    .bind("at", at)
                    .mapTo(String.class)
                    .list();
            handle.createUpdate("""
                            insert into touch (day, id, at, placement_id, kind, host_app, os, human, visitor)
                            values ((:at at time zone 'Asia/Shanghai')::date, uuidv7(), :at, :placement, 'CLICK', 'WECHAT', 'IOS',
                                true, gen_random_uuid())
                            """)
                    .bind("at", at)
                    .bind("placement", placements.get(1))
                    .execute();
            handle.createUpdate("""
                            insert into touch_day_changed (day, changed_at)
                            values ((:at at time zone 'Asia/Shanghai')::date, now()) on conflict (day) do nothing
                            """).bind("at", at).execute();
        });
    }

    /** Of what she brings an agency has a share; of what the other one brings nobody has. */
    private void shareWithAnAgency(UUID creator) {
        jdbi.useHandle(
                handle -> handle.createUpdate("""
                        with mcn as (
                            insert into agency (id, name, created_at)
                            values (gen_random_uuid(), 'mcn-' || :creator, now()) returning id)
                        insert into commission_rule (name, creator_id, kind, creator_share, agency_id, agency_share, effective_from)
                        select '机构', :creator, 'PERCENT', 0.777, id, 0.333, '2010-01-01' from mcn
                        """).bind("creator", creator).execute());
    }

    private long placement(UUID creator, UUID offer, String label) {
        var alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        var code = ThreadLocalRandom.current()
                .ints(8, 0, alphabet.length())
                .collect(StringBuilder::new, (text, i) -> text.append(alphabet.charAt(i)), StringBuilder::append)
                .toString();
        return jdbi.withHandle(handle -> handle.createQuery("""
                        insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination, earns,
                            created_at)
                        values (:code, :creator, :offer, 'WECHAT', 'GROUP', 'LINK', :label, 'https://item.taobao.com/', true,
                            now())
                        returning id
                        """)
                .bind("code", code)
                .bind("creator", creator)
                .bind("offer", offer)
                .bind("label", label)
                .mapTo(Long.class)
                .one());
    }

    @Test
    void a_history_told_in_any_order_and_twice_ends_the_same() {
        var ends = new HashSet<String>();
        for (var seed = 0; seed < Integer.getInteger("zhida.property.stored", 50); seed++) {
            var random = new Random(seed);
            var history = history(random);
            Map<String, Object> expected = null;
            for (var permutation = 0; permutation < 3; permutation++) {
                var told = new ArrayList<>(history);
                if (permutation > 0) {
                    history.stream().filter(fact -> random.nextBoolean()).forEach(told::add);
                    Collections.shuffle(told, random);
                    decideOnceThereIsALine(told);
                }
                var teller = new Teller();
                told.forEach(teller::tell);
                var end = teller.end();
                if (expected == null) {
                    expected = end;
                    ends.add(end.toString());
                }
                assertThat(end).as("seed %d, told %s", seed, told).isEqualTo(expected);
            }
        }
        assertThat(ends)
                .hasSizeGreaterThan(Integer.getInteger("zhida.property.stored", 50) / 3)
                .anyMatch(end -> end.contains("AGENCY_CONFIRMED/"));
    }

    /** Only then can a person decide; that which came before it is told again at the end. */
    private static void decideOnceThereIsALine(List<Fact> told) {
        var first = IntStream.range(0, told.size())
                .filter(i -> told.get(i) instanceof Fact.Observed)
                .findFirst()
                .orElseThrow();
        var early = told.subList(0, first).stream()
                .filter(fact -> fact instanceof Fact.Decided)
                .toList();
        told.subList(0, first).removeIf(fact -> fact instanceof Fact.Decided);
        told.addAll(early);
    }

    @Test
    void reports_fold_to_the_same_in_any_order_and_twice() {
        var statuses = new HashSet<OrderStatus>();
        for (var seed = 0; seed < Integer.getInteger("zhida.property.tries", 1_000); seed++) {
            var random = new Random(seed);
            var history = history(random);
            var teller = "F:1:1:1";
            var expected = folded(history, teller);
            history.addAll(List.copyOf(history));
            Collections.shuffle(history, random);
            assertThat(folded(history, teller)).as("seed %d", seed).isEqualTo(expected);
            statuses.add((OrderStatus) expected.getFirst());
        }
        assertThat(statuses).containsExactlyInAnyOrder(OrderStatus.values());
    }

    private List<Object> folded(List<Fact> history, String key) {
        var observed = new ArrayList<OrderFold.Hashed>();
        var refunded = new ArrayList<RefundFold.Hashed>();
        var punished = new ArrayList<PunishmentObservation>();
        var decided = new ArrayList<Decision>();
        for (var fact : history) {
            switch (fact) {
                case Fact.Observed o -> observed.add(hashed(o, key));
                case Fact.Refunded r ->
                    refunded.add(new RefundFold.Hashed(
                            aRefundOf(key)
                                    .id(Integer.toString(r.number()))
                                    .status(r.status())
                                    .commission(r.fen())
                                    .asOf(r.asOf())
                                    .build(),
                            r.toString()));
                case Fact.Punished p ->
                    punished.add(new PunishmentObservation(
                            Marketplace.TAOBAO, "1", p.frozen(), p.violation(), p.asOf(), Map.of()));
                case Fact.Leased l -> {}
                case Fact.Decided d ->
                    decided.add(new Decision(
                            1,
                            null,
                            hashed(d.chosen(), key).hash(),
                            Set.copyOf(List.of(
                                    hashed(d.chosen(), key).hash(),
                                    hashed(d.other(), key).hash())),
                            d.chosen().status() == OrderStatus.NEEDS_REVIEW ? "INVALID" : null,
                            d.at()));
            }
        }
        var line = OrderFold.fold(observed, decided);
        return List.of(
                line.status(),
                line.latest(),
                line.review() == null ? "" : line.review(),
                RefundFold.fold(refunded, List.of()).stream()
                        .map(refund -> refund.status()
                                + (refund.status() == RefundStatus.NEEDS_REVIEW
                                        ? ""
                                        : refund.latest().toString()))
                        .toList(),
                PunishmentFold.frozen(punished));
    }

    private static OrderFold.Hashed hashed(Fact.Observed o, String key) {
        return new OrderFold.Hashed(
                new UUID(0, 1),
                ObservationFixture.anObservation()
                        .key(key)
                        .estimated(o.fen())
                        .status(o.status())
                        .clickedAt(o.clickedAt())
                        .asOf(o.asOf())
                        .build(),
                ObservationContent.hash(o.status() + " " + o.fen() + " " + o.asOf()),
                o.ofFile());
    }

    @Test
    void an_order_that_is_frozen_again_without_a_time_is_an_alarm_until_somebody_holds_it() {
        var operator = QuarkusTransaction.requiringNew()
                .call(() -> people.addPerson("f" + UUID.randomUUID(), "x", Role.OPERATOR, null, null));
        var teller = new Teller();
        teller.tell(new Fact.Observed(OrderStatus.SETTLED, 1_000, CLICK, false));
        var frozen = new Fact.Punished(true, "2", null);
        var before = frozenAgain();
        teller.tell(frozen);
        teller.tell(new Fact.Punished(false, "2", null));
        teller.tell(new Fact.Punished(true, "1", CLICK));
        teller.tell(new Fact.Punished(false, "1", CLICK.plusSeconds(1)));
        // That is an old report, as its time says.
        teller.tell(new Fact.Punished(true, "1", CLICK));
        assertThat(frozenAgain()).isEqualTo(before);
        teller.tell(frozen);
        teller.tell(frozen);
        assertThat(frozenAgain()).isEqualTo(before + 2);
        intake.hold(teller.lines().getFirst(), true, "frozen again", operator);
        teller.tell(frozen);
        assertThat(frozenAgain()).isEqualTo(before + 2);
    }

    private double frozenAgain() {
        return metrics.counter("zhida.orders.frozen-again").count();
    }

    @Test
    void eight_who_tell_the_same_and_contradicting_things_at_once_end_as_one_alone() throws Exception {
        var lines = 12;
        var histories = IntStream.range(0, lines)
                .mapToObj(i -> history(new Random(10_000 + i)).stream()
                        .filter(fact -> !(fact instanceof Fact.Decided))
                        .toList())
                .toList();
        var alone = IntStream.range(0, lines).mapToObj(i -> new Teller()).toList();
        var together = IntStream.range(0, lines).mapToObj(i -> new Teller()).toList();
        for (var i = 0; i < lines; i++) {
            histories.get(i).forEach(alone.get(i)::tell);
            histories.get(i).stream()
                    .filter(fact -> fact instanceof Fact.Leased)
                    .forEach(together.get(i)::tell);
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            var done = threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(thread -> () -> {
                        tellInPages(histories, together, new Random(thread));
                        return null;
                    })
                    .toList());
            for (var one : done) {
                one.get();
            }
        }
        for (var i = 0; i < lines; i++) {
            assertThat(together.get(i).end())
                    .as("line %d", i)
                    .isEqualTo(alone.get(i).end());
        }
    }

    /** Pages that mix the news of several lines, as feeds do. */
    private void tellInPages(List<List<Fact>> histories, List<Teller> tellers, Random random) {
        record Told(Teller teller, Fact fact) {}
        var all = new ArrayList<Told>();
        for (var i = 0; i < histories.size(); i++) {
            for (var fact : histories.get(i)) {
                all.add(new Told(tellers.get(i), fact));
            }
        }
        Collections.shuffle(all, random);
        for (var from = 0; from < all.size(); from += 7) {
            var observations = new ArrayList<Observation>();
            var ofFiles = new ArrayList<Observation>();
            var refunds = new ArrayList<RefundObservation>();
            var punishments = new ArrayList<PunishmentObservation>();
            for (var told : all.subList(from, Math.min(all.size(), from + 7))) {
                switch (told.fact()) {
                    case Fact.Observed observed ->
                        (observed.ofFile() ? ofFiles : observations)
                                .add(told.teller().observation(observed));
                    case Fact.Refunded refunded -> refunds.add(told.teller().refund(refunded));
                    case Fact.Punished punished -> punishments.add(told.teller().punishment(punished));
                    case Fact.Leased leased -> intake.redo(told.teller().lines());
                    case Fact.Decided decided -> throw new IllegalStateException("nobody decides here");
                }
            }
            intake.take(new Orders.Source(Marketplace.TAOBAO, account, null), page(observations, refunds, punishments));
            intake.take(new Orders.Source(Marketplace.TAOBAO, account, report), ofFiles);
        }
    }
}
