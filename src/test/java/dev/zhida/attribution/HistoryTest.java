package dev.zhida.attribution;

import static dev.zhida.order.ObservationFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.attribution.Attribution.Window;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import dev.zhida.touch.PeoplesTouches.Seen;
import dev.zhida.touch.Touch;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What came before an order: leases and touches, in whatever order they became known. */
class HistoryTest {

    private static final UUID ANNA = new UUID(0, 1);
    private static final UUID ITEM = new UUID(0, 100);
    private static final UUID OTHER_ITEM = new UUID(0, 101);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<Long, UUID> SHOWS = Map.of(1L, ITEM, 2L, ITEM, 3L, OTHER_ITEM);

    private static Lease lease(long placement) {
        return new Lease(
                placement,
                new SlotKey(SlotKind.TAOBAO_PID, "2_3"),
                false,
                placement,
                ANNA,
                Medium.LINK,
                NOON.minus(Duration.ofDays(3)),
                null);
    }

    private static Seen touch(long id, long placement, Instant at) {
        return new Seen(new UUID(7, id), at, placement, Touch.Kind.CLICK, new UUID(8, id));
    }

    private static Attribution named(UUID ordered, Seen... touches) {
        var shared = new Shared(List.of(lease(1), lease(2), lease(3)));
        return LastTouch.name(shared, LastTouch.candidates(shared, ordered, SHOWS), NOON, DAY, List.of(touches));
    }

    @Test
    void the_last_touch_before_the_click_names_the_placement_of_a_shared_slot() {
        var named = named(
                ITEM,
                touch(1, 1, NOON.minusSeconds(20)),
                touch(2, 2, NOON.minusSeconds(10)),
                touch(3, 1, NOON.minusSeconds(30)));
        assertThat(named).isEqualTo(new Window(lease(2), new UUID(7, 2), NOON.minusSeconds(10), 3));
        assertThat(named.creator()).isEqualTo(ANNA);
        assertThat(named.confidence()).isEqualTo("WINDOW");
    }

    @Test
    void a_touch_counts_from_the_look_back_to_the_end_of_the_second_of_the_click() {
        assertThat(named(ITEM, touch(1, 1, NOON.minus(DAY)))).isInstanceOf(Window.class);
        assertThat(named(ITEM, touch(1, 1, NOON.minus(DAY).minusMillis(1)))).isInstanceOf(Shared.class);
        assertThat(named(ITEM, touch(1, 1, NOON.plusMillis(999)))).isInstanceOf(Window.class);
        assertThat(named(ITEM, touch(1, 1, NOON.plusSeconds(1)))).isInstanceOf(Shared.class);
    }

    @Test
    void a_touch_on_another_item_or_on_no_holder_names_nobody() {
        assertThat(named(ITEM, touch(1, 3, NOON.minusSeconds(1)))).isInstanceOf(Shared.class);
        assertThat(named(ITEM, touch(1, 9, NOON.minusSeconds(1)))).isInstanceOf(Shared.class);
        assertThat(named(null, touch(1, 1, NOON.minusSeconds(1)))).isInstanceOf(Shared.class);
        assertThat(named(OTHER_ITEM, touch(1, 3, NOON.minusSeconds(1))).placement())
                .isEqualTo(3L);
    }

    @Test
    void neither_the_order_of_leases_and_touches_nor_their_repetition_matters() {
        for (var seed = 0; seed < Integer.getInteger("zhida.property.tries", 1_000); seed++) {
            var random = new Random(seed);
            var leases = new ArrayList<Lease>();
            for (var i = 0; i <= random.nextInt(4); i++) {
                var from = NOON.plusMillis(random.nextInt(-4, 3) * 500L);
                leases.add(new Lease(
                        i,
                        new SlotKey(SlotKind.TAOBAO_PID, "2_3"),
                        false,
                        1 + random.nextInt(3),
                        random.nextInt(5) == 0 ? new UUID(0, 2) : ANNA,
                        Medium.LINK,
                        from,
                        random.nextBoolean() ? null : from.plusMillis(1 + random.nextInt(3_000))));
            }
            var touches = new ArrayList<Seen>();
            for (var i = 0; i < random.nextInt(4); i++) {
                touches.add(touch(i, 1 + random.nextInt(3), NOON.minusSeconds(random.nextInt(4))));
            }
            var expected = told(leases, touches);
            Collections.shuffle(leases, random);
            touches.addAll(List.copyOf(touches));
            Collections.shuffle(touches, random);
            assertThat(told(leases, touches)).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static List<Object> told(List<Lease> leases, List<Seen> touches) {
        var bySlot = LeaseAtClick.decide(true, NOON, null, leases);
        var decided = bySlot instanceof Shared shared
                ? LastTouch.name(shared, LastTouch.candidates(shared, ITEM, SHOWS), NOON, DAY, touches)
                : bySlot;
        return java.util.Arrays.asList(
                decided.confidence(),
                decided.creator(),
                decided.placement(),
                decided.medium(),
                decided instanceof Window window ? window.touchId() : null);
    }

    private static TouchModels.Point point(int id, long placement, Duration before) {
        return new TouchModels.Point(new UUID(7, id), NOON.minus(before), placement);
    }

    @Test
    void each_model_shares_by_its_own_rule() {
        var points =
                List.of(point(1, 1, Duration.ofDays(14)), point(2, 2, Duration.ofDays(7)), point(3, 3, Duration.ZERO));
        var shares = TouchModels.shares(points, NOON);
        assertThat(shares.get(TouchModels.Model.LAST))
                .isEqualTo(Map.of(1L, dec("0.0000"), 2L, dec("0.0000"), 3L, dec("1.0000")));
        assertThat(shares.get(TouchModels.Model.FIRST).get(1L)).isEqualByComparingTo("1");
        // Thirds: the remainder goes to the first of those that lost as much.
        assertThat(shares.get(TouchModels.Model.LINEAR))
                .isEqualTo(Map.of(1L, dec("0.3334"), 2L, dec("0.3333"), 3L, dec("0.3333")));
        // 1/4 : 1/2 : 1 of 7/4.
        assertThat(shares.get(TouchModels.Model.TIME_DECAY))
                .isEqualTo(Map.of(1L, dec("0.1429"), 2L, dec("0.2857"), 3L, dec("0.5714")));
        assertThat(shares.get(TouchModels.Model.POSITION))
                .isEqualTo(Map.of(1L, dec("0.4000"), 2L, dec("0.2000"), 3L, dec("0.4000")));
    }

    private static BigDecimal dec(String text) {
        return new BigDecimal(text);
    }

    @Test
    void shares_of_any_path_sum_to_one() {
        for (var seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var points = IntStream.range(0, 1 + random.nextInt(12))
                    .mapToObj(i -> point(i, random.nextInt(5), Duration.ofMinutes(random.nextInt(30_000))))
                    .toList();
            TouchModels.shares(points, NOON).values().forEach(byPlacement -> {
                assertThat(byPlacement.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                        .isEqualByComparingTo("1");
                assertThat(byPlacement.values()).allMatch(share -> share.signum() >= 0);
            });
        }
        assertThat(TouchModels.shares(List.of(), NOON).values()).allMatch(Map::isEmpty);
    }

    @Test
    void a_chain_of_evidence_breaks_with_every_change() {
        var title = EvidenceChain.FORMAT + " 2026-03 CREATOR x";
        var chain = EvidenceChain.of(title, List.of("a\t1", "b\t2", "c\t3"));
        var file = List.of(title, "a\t1", "b\t2", "c\t3", chain.end());
        assertThat(EvidenceChain.verify(file, chain.headText())).isEqualTo(new EvidenceChain.Verdict.Holds(3));
        // A fixed point: what is printed on statements must stay verifiable.
        assertThat(EvidenceChain.of("t", List.of()).headText())
                .isEqualTo("e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8");

        assertThat(List.of(
                        List.of(title, "a\t1", "b\t3", "c\t3", chain.end()),
                        List.of(title, "b\t2", "a\t1", "c\t3", chain.end()),
                        List.of(title, "a\t1", "b\t2", chain.end()),
                        List.of(title, "a\t1", "b\t2", "c\t3"),
                        List.of(title + "y", "a\t1", "b\t2", "c\t3", chain.end()),
                        List.<String>of()))
                .allSatisfy(changed -> assertThat(EvidenceChain.verify(changed, chain.headText()))
                        .isInstanceOf(EvidenceChain.Verdict.Broken.class));
        var forged = EvidenceChain.of(title, List.of("a\t1"));
        assertThat(EvidenceChain.verify(List.of(title, "a\t1", forged.end()), chain.headText()))
                .isInstanceOf(EvidenceChain.Verdict.Broken.class);
    }

    @Test
    void a_file_is_checked_against_a_head_without_the_application(@TempDir Path folder) throws IOException {
        var title = EvidenceChain.FORMAT + " 2026-03 BRAND y";
        var chain = EvidenceChain.of(title, List.of("a"));
        var file = Files.write(folder.resolve("evidence.txt"), List.of(title, "a", chain.end()));
        assertThat(VerifyEvidence.run(List.of(file.toString(), chain.headText())))
                .isZero();
        assertThat(VerifyEvidence.run(List.of(file.toString(), "00"))).isEqualTo(1);
        assertThat(VerifyEvidence.run(List.of(file.toString()))).isEqualTo(2);
        assertThat(VerifyEvidence.run(List.of(folder.resolve("none").toString(), "00")))
                .isEqualTo(2);
    }
}
