package dev.zhida.intake;

import dev.zhida.attribution.Attributions;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/**
 * Looks again, once a night, at the orders whose placement is not certain: touches come late from the spool or are
 * classified anew, leases are written late. Certain orders depend on neither.
 */
@ApplicationScoped
class UncertainOrders {

    private static final int BATCH = 500;

    private final Intake intake;
    private final Attributions attributions;
    private final Jdbi jdbi;
    private final Clock clock;
    private final Duration lookedAt;

    UncertainOrders(
            Intake intake,
            Attributions attributions,
            Jdbi jdbi,
            Clock clock,
            // How long after the click an order is still looked at. Longer: later news counts; shorter: quicker nights.
            @ConfigProperty(name = "zhida.attribution.look-again-for", defaultValue = "40d") Duration lookedAt) {
        this.intake = intake;
        this.attributions = attributions;
        this.jdbi = jdbi;
        this.clock = clock;
        this.lookedAt = lookedAt;
    }

    @Scheduled(cron = "0 40 4 * * ?", timeZone = "Asia/Shanghai")
    void everyNight() {
        jdbi.useHandle(handle -> {
            // Held by this connection, not by a transaction: every batch has its own.
            if (handle.createQuery("select pg_try_advisory_lock(hashtext('uncertain-orders'))")
                    .mapTo(Boolean.class)
                    .one()) {
                try {
                    lookAgain(clock.instant().minus(lookedAt));
                } finally {
                    handle.execute("select pg_advisory_unlock(hashtext('uncertain-orders'))");
                }
            }
        });
    }

    void lookAgain(Instant since) {
        UUID after = null;
        List<UUID> lines;
        do {
            lines = attributions.uncertain(since, after, BATCH);
            if (!lines.isEmpty()) {
                intake.redo(lines);
                after = lines.getLast();
            }
        } while (lines.size() == BATCH);
    }
}
