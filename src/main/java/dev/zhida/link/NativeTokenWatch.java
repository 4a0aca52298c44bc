package dev.zhida.link;

import dev.zhida.link.NativeTokens.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;

/** Shows among the metrics how many live posts need a native token made anew, so that an operator can be alarmed. */
@ApplicationScoped
class NativeTokenWatch {

    private final NativeTokens tokens;
    private volatile Map<State, Long> counts = Map.of();

    NativeTokenWatch(NativeTokens tokens, MeterRegistry metrics) {
        this.tokens = tokens;
        for (var state : State.values()) {
            Gauge.builder("zhida.native.tokens", () -> counts.getOrDefault(state, 0L))
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .description("Live posts whose native token is missing, expired or about to expire")
                    .register(metrics);
        }
    }

    @Scheduled(every = "5m", delayed = "5s")
    void count() {
        counts = tokens.counts();
    }
}
