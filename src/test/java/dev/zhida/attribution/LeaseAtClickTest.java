package dev.zhida.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.attribution.Attribution.Exact;
import dev.zhida.attribution.Attribution.None;
import dev.zhida.attribution.Attribution.Reason;
import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.slot.Lease;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeaseAtClickTest {

    private static final Instant NOON = Instant.parse("2026-03-01T04:00:00Z");
    private static final UUID ANNA = new UUID(0, 1);
    private static final UUID BEA = new UUID(0, 2);

    private static Lease lease(long id, UUID creator, Medium medium, Instant from, Instant until) {
        return new Lease(id, new SlotKey(SlotKind.TAOBAO_PID, "2_3"), true, 10 + id, creator, medium, from, until);
    }

    private static Attribution at(Instant click, Lease... leases) {
        return LeaseAtClick.decide(true, click, null, List.of(leases));
    }

    @Test
    void the_one_who_held_the_slot_at_the_click_has_the_order() {
        var lease = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), null);
        assertThat(at(NOON, lease)).isEqualTo(new Exact(lease));
    }

    @Test
    void a_lease_that_began_within_the_second_of_the_click_counts() {
        var lease = lease(1, ANNA, Medium.LINK, NOON.plusMillis(999), null);
        assertThat(at(NOON, lease)).isEqualTo(new Exact(lease));
        assertThat(at(NOON, lease(1, ANNA, Medium.LINK, NOON.plusSeconds(1), null)))
                .isEqualTo(new None(Reason.NO_LEASE_AT_CLICK));
    }

    @Test
    void a_lease_that_ended_within_the_second_of_the_click_counts() {
        var lease = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), NOON.plusMillis(1));
        assertThat(at(NOON, lease)).isEqualTo(new Exact(lease));
        assertThat(at(NOON, lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), NOON)))
                .isEqualTo(new None(Reason.NO_LEASE_AT_CLICK));
    }

    @Test
    void a_slot_held_by_several_placements_of_one_creator_and_medium_is_shared() {
        var first = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), null);
        var second = lease(2, ANNA, Medium.LINK, NOON.minusSeconds(5), null);
        assertThat(at(NOON, first, second)).isEqualTo(new Shared(List.of(first, second)));
    }

    @Test
    void two_creators_within_one_second_are_nobody() {
        var first = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), NOON.plusMillis(300));
        var second = lease(2, BEA, Medium.LINK, NOON.plusMillis(700), null);
        assertThat(at(NOON, first, second)).isEqualTo(new None(Reason.AMBIGUOUS_SECOND));
        assertThat(at(NOON, first, lease(2, ANNA, Medium.TOKEN, NOON, null)))
                .isEqualTo(new None(Reason.AMBIGUOUS_SECOND));
    }

    @Test
    void what_is_missing_is_said() {
        assertThat(LeaseAtClick.decide(false, NOON, null, List.of())).isEqualTo(new None(Reason.NO_SLOT));
        assertThat(LeaseAtClick.decide(true, null, null, List.of())).isEqualTo(new None(Reason.NO_LEASE));
        assertThat(at(NOON)).isEqualTo(new None(Reason.NO_LEASE));
    }

    @Test
    void without_a_click_time_only_a_slot_whose_holders_agree_tells_whose_it_is() {
        var link = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(10), NOON);
        var other = lease(2, ANNA, Medium.LINK, NOON, null);
        assertThat(at(null, link)).isEqualTo(new Exact(link));
        assertThat(at(null, link, other)).isEqualTo(new Shared(List.of(link, other)));
        assertThat(at(null, link, lease(3, ANNA, Medium.TOKEN, NOON, null))).isEqualTo(new None(Reason.NO_CLICK_TIME));
        assertThat(at(null, link, lease(3, BEA, Medium.LINK, NOON, null))).isEqualTo(new None(Reason.NO_CLICK_TIME));
    }

    @Test
    void without_a_click_time_who_held_the_slot_when_it_was_ordered_goes_before_others() {
        var anna = lease(1, ANNA, Medium.LINK, NOON.minusSeconds(100), NOON);
        var bea = lease(2, BEA, Medium.LINK, NOON, null);
        assertThat(LeaseAtClick.decide(true, null, NOON.minusSeconds(10), List.of(anna, bea)))
                .as("the slot was leased again since")
                .isEqualTo(new Exact(anna));
        assertThat(LeaseAtClick.decide(true, null, NOON.plusSeconds(10), List.of(anna, bea)))
                .isEqualTo(new Exact(bea));
        assertThat(LeaseAtClick.decide(true, NOON.minusSeconds(10), NOON.plusSeconds(10), List.of(anna, bea)))
                .as("a click time goes before it")
                .isEqualTo(new Exact(anna));
        assertThat(LeaseAtClick.decide(true, null, NOON.minusSeconds(1), List.of(bea)))
                .as("who takes the slot later has nothing of what was ordered before")
                .isEqualTo(new None(Reason.NO_LEASE_AT_CLICK));
        var later = lease(3, BEA, Medium.LINK, NOON.plusSeconds(100), null);
        assertThat(LeaseAtClick.decide(true, null, NOON.plusSeconds(50), List.of(anna, later)))
                .as("nor does she take it from who had it last")
                .isEqualTo(new Exact(anna));
    }
}
