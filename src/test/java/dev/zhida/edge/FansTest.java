package dev.zhida.edge;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FansTest {

    @Test
    void addresses_are_not_taken_from_whoever_says_where_a_request_came_from() {
        assertThatThrownBy(() -> Fans.refuseBlindTrust(true, Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("trusted-proxies");
        assertThatThrownBy(() -> Fans.refuseBlindTrust(true, Optional.of(List.of())))
                .isInstanceOf(IllegalStateException.class);
        assertThatCode(() -> Fans.refuseBlindTrust(true, Optional.of(List.of("10.0.0.1"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> Fans.refuseBlindTrust(false, Optional.empty())).doesNotThrowAnyException();
    }
}
