package dev.zhida.link;

import dev.zhida.marketplace.AccountThreads;
import dev.zhida.marketplace.Connections;
import dev.zhida.marketplace.Connectors;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;

/** Has marketplaces asked for links on this node. Any number of nodes may do so; a placement is asked for by one. */
@ApplicationScoped
class ProducedLinkJob {

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private final ProducedLinks links;
    private final ProducedLinkStore store;
    private final Connections connections;
    private final Connectors connectors;
    private final Clock clock;
    private final AccountThreads askers;
    private final MultiGauge open;

    ProducedLinkJob(
            ProducedLinks links,
            ProducedLinkStore store,
            Connections connections,
            Connectors connectors,
            ProducedLinkConfig config,
            MeterRegistry metrics,
            Clock clock) {
        this.links = links;
        this.store = store;
        this.connections = connections;
        this.connectors = connectors;
        this.clock = clock;
        this.askers = new AccountThreads(config.parallel());
        this.open = MultiGauge.builder("zhida.produced.links")
                .description("Placements whose marketplace is to be asked for a link or a token, or made none")
                .register(metrics);
    }

    @Scheduled(every = "{zhida.produced-link.look}", concurrentExecution = ConcurrentExecution.SKIP)
    void look() {
        store.wantReconnected(clock.instant());
        for (var connection : connections.live()) {
            askers.work(connection.accountId(), () -> askNext(connection.accountId()));
        }
    }

    /** As the account is reached now: a key that was changed counts from the next placement on. */
    private boolean askNext(UUID account) {
        return connections
                .of(account)
                .map(now -> links.askNext(now, connectors.of(now)))
                .orElse(false);
    }

    @Scheduled(every = "1m", delayed = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        var rows = new ArrayList<MultiGauge.Row<?>>();
        for (var counts : store.counts(clock.instant())) {
            var marketplace = counts.marketplace().name();
            rows.add(MultiGauge.Row.of(Tags.of("marketplace", marketplace, "state", "due"), counts.due()));
            rows.add(MultiGauge.Row.of(Tags.of("marketplace", marketplace, "state", "refused"), counts.refused()));
        }
        open.register(rows, true);
    }

    /** Answers that are on their way are taken first; what was not asked for is asked elsewhere or later. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (!askers.stop(STOPS_WITHIN)) {
            Log.warn("a link was not answered in time; it is asked for again when its claim ends");
        }
    }
}
