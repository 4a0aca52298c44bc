package dev.zhida.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.experiment.Split.Arm;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void each_block_has_both_arms_equally_often_and_the_same_seed_gives_the_same_schedule() {
        for (var count : new int[] {12, 14, 200}) {
            var schedule = Schedule.draw(7, count);
            assertThat(schedule.posts())
                    .extracting(Schedule.Post::number)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, count).boxed().toList());
            schedule.posts().stream()
                    .collect(Collectors.groupingBy(Schedule.Post::block))
                    .values()
                    .forEach(block -> assertThat(block.stream().filter(post -> post.arm() == Arm.LINK))
                            .hasSize(block.size() / 2));
            assertThat(Schedule.draw(7, count)).isEqualTo(schedule);
        }
        assertThat(Schedule.draw(7, 12).digest())
                .as("told beforehand, it must not change with the next version")
                .isEqualTo(Schedule.draw(7, 12).digest())
                .isNotEqualTo(Schedule.draw(8, 12).digest());
    }

    @Test
    void every_order_of_a_block_comes() {
        var orders = new HashSet<String>();
        IntStream.range(0, 200)
                .forEach(seed -> orders.add(Schedule.draw(seed, 12).posts().subList(4, 8).stream()
                        .map(post -> post.arm().name())
                        .collect(Collectors.joining())));
        assertThat(orders).hasSize(6);
    }

    @Test
    void fewer_posts_than_could_show_anything_are_not_drawn() {
        for (var count : new int[] {10, 13, 202}) {
            assertThatThrownBy(() -> Schedule.draw(1, count)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_sample_of_visitors_is_the_same_all_day_and_another_on_the_next() {
        var today = LocalDate.of(2026, 3, 1);
        var visitors = IntStream.range(0, 20_000).mapToObj(i -> new UUID(i, ~i)).toList();
        var in = visitors.stream()
                .filter(visitor -> Split.sampled(visitor, today, 0.05))
                .toList();
        assertThat(in.size()).isBetween(900, 1_100);
        assertThat(in).allMatch(visitor -> Split.sampled(visitor, today, 0.05));
        assertThat(in.stream().filter(visitor -> Split.sampled(visitor, today.plusDays(1), 0.05)))
                .hasSizeBetween(20, 90);
        assertThat(visitors).noneMatch(visitor -> Split.sampled(visitor, today, 0));
    }
}
