package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {

    @Test
    void waiting_doubles_up_to_a_bound_and_never_undercuts_what_the_marketplace_asks() {
        var first = Duration.ofSeconds(4);
        var most = Duration.ofSeconds(60);
        assertThat(BackOff.wait(1, first, most, null, () -> 0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(BackOff.wait(1, first, most, null, () -> 1)).isEqualTo(Duration.ofSeconds(4));
        assertThat(BackOff.wait(3, first, most, null, () -> 1)).isEqualTo(Duration.ofSeconds(16));
        assertThat(BackOff.wait(1_000, first, most, null, () -> 1)).isEqualTo(most);
        assertThat(BackOff.wait(1, first, most, Duration.ofMinutes(5), () -> 0)).isEqualTo(Duration.ofMinutes(5));
        assertThat(BackOff.wait(1, first, most, Duration.ofMinutes(5), () -> 1)).isEqualTo(Duration.ofSeconds(304));
    }
}
