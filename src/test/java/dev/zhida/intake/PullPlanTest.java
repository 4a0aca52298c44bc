package dev.zhida.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.intake.PullPlan.Promotions;
import dev.zhida.intake.PullPlan.Span;
import dev.zhida.intake.PullPlan.Width;
import dev.zhida.marketplace.Feed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PullPlanTest {

    private static final Instant NOON = Instant.parse("2026-03-01T04:00:00Z");
    private static final Duration OVERLAP = Duration.ofMinutes(10);
    private static final Promotions NONE = Promotions.of(List.of());

    private static Width width(Duration widest) {
        return new Width(widest, NONE, Duration.ofMinutes(5));
    }

    private static Span span(int from, int covers, int until) {
        return new Span(NOON.plusSeconds(from), NOON.plusSeconds(covers), NOON.plusSeconds(until));
    }

    @Test
    void windows_follow_each_other_without_a_gap_whatever_their_width() {
        var random = new Random(618);
        for (var i = 0; i < 1_000; i++) {
            var widest = Duration.ofSeconds(2 + random.nextInt(10_000));
            var until = NOON.plusSeconds(1 + random.nextInt(200_000));
            var spans = PullPlan.cut(NOON, until, width(widest), OVERLAP, until, Integer.MAX_VALUE);
            var covered = NOON;
            for (var span : spans) {
                assertThat(span.coversFrom()).isEqualTo(covered);
                assertThat(span.length()).isLessThanOrEqualTo(widest);
                covered = span.until();
            }
            assertThat(covered).isEqualTo(until);
        }
    }

    @Test
    void a_window_reaches_back_where_rows_may_still_have_shown_up() {
        var now = NOON.plus(Duration.ofHours(3));
        var spans = PullPlan.cut(NOON, now, width(Duration.ofHours(1)), OVERLAP, now, 100);
        assertThat(spans.getFirst().from()).isEqualTo(NOON.minus(OVERLAP));
        assertThat(spans.get(1).from()).isEqualTo(spans.get(1).coversFrom());
        var minute = PullPlan.cut(now.minusSeconds(60), now, width(Duration.ofHours(1)), OVERLAP, now, 100);
        assertThat(minute).singleElement().extracting(Span::from).isEqualTo(now.minusSeconds(660));
    }

    @Test
    void nothing_is_planned_when_all_is_covered_and_no_more_than_asked_for() {
        assertThat(PullPlan.cut(NOON, NOON, width(OVERLAP), OVERLAP, NOON, 9)).isEmpty();
        assertThat(PullPlan.cut(NOON, NOON.plusSeconds(1_000_000), width(OVERLAP), OVERLAP, NOON, 9))
                .hasSize(9);
    }

    @Test
    void windows_are_narrow_on_days_of_promotions_and_before_them() {
        var promotions = Promotions.of(List.of("11-11", "12-31/01-02"));
        assertThat(promotions.on(Instant.parse("2026-11-10T15:59:59Z"))).isFalse();
        assertThat(promotions.on(Instant.parse("2026-11-10T16:00:00Z"))).isTrue();
        assertThat(promotions.on(Instant.parse("2026-11-11T15:59:59Z"))).isTrue();
        assertThat(promotions.on(Instant.parse("2026-11-11T16:00:00Z"))).isFalse();
        assertThat(promotions.on(Instant.parse("2027-01-01T00:00:00Z"))).isTrue();
        assertThat(promotions.on(Instant.parse("2027-01-03T00:00:00Z"))).isFalse();
        var width = new Width(Duration.ofHours(1), promotions, Duration.ofMinutes(5));
        assertThat(width.at(Instant.parse("2026-11-10T14:59:59Z"))).isEqualTo(Duration.ofHours(1));
        assertThat(width.at(Instant.parse("2026-11-10T15:00:00Z"))).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void halves_cover_what_the_whole_did() {
        var plain = PullPlan.halves(span(0, 100, 1_000));
        assertThat(plain.beforeCovers()).isTrue();
        assertThat(plain.before()).isEqualTo(span(0, 100, 500));
        assertThat(plain.after()).isEqualTo(span(500, 500, 1_000));
        // All of the first half is overlap: it is read, but covers nothing of its own.
        var mostlyOverlap = PullPlan.halves(span(0, 600, 660));
        assertThat(mostlyOverlap.beforeCovers()).isFalse();
        assertThat(mostlyOverlap.before()).isEqualTo(span(0, 0, 330));
        assertThat(mostlyOverlap.after()).isEqualTo(span(330, 600, 660));
        assertThat(PullPlan.halves(span(0, 0, 2)).after()).isEqualTo(span(1, 1, 2));
        assertThatThrownBy(() -> PullPlan.halves(span(0, 0, 1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void narrowed_windows_grow_back_by_the_hour() {
        var day = Duration.ofDays(1);
        var narrowed = Duration.ofMinutes(10);
        assertThat(PullPlan.width(day, narrowed, NOON, NOON.plusSeconds(3_599))).isEqualTo(narrowed);
        assertThat(PullPlan.width(day, narrowed, NOON, NOON.plusSeconds(3_600))).isEqualTo(Duration.ofMinutes(20));
        assertThat(PullPlan.width(day, narrowed, NOON, NOON.plus(Duration.ofHours(8))))
                .isEqualTo(day);
        assertThat(PullPlan.width(day, narrowed, NOON, NOON.plus(Duration.ofDays(900))))
                .isEqualTo(day);
    }

    @Test
    void changes_keep_up_with_the_present_and_creation_does_where_changes_are_not_told() {
        assertThat(PullPlan.live(List.of(Feed.ORDERS_UPDATED, Feed.ORDERS_CREATED, Feed.ORDERS_SETTLED)))
                .containsExactly(Feed.ORDERS_UPDATED);
        assertThat(PullPlan.live(List.of(Feed.ORDERS_CREATED, Feed.REFUNDS_UPDATED)))
                .containsExactly(Feed.ORDERS_CREATED, Feed.REFUNDS_UPDATED);
    }
}
