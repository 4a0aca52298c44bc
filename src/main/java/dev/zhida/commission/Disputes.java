package dev.zhida.commission;

import dev.zhida.database.Retries;
import dev.zhida.identity.AuditTrail;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * Looks every hour whether disputes have come, were decided or have lapsed since bonuses were decided, so that a bonus is
 * held and freed within the hour and not only at the next lock. Any number of nodes may look: who comes second finds
 * nothing left to do.
 */
@ApplicationScoped
class Disputes {

    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final MonthEnd monthEnd;
    private final AuditTrail audit;
    private final Retries retries;
    private final Clock clock;

    Disputes(MonthEnd monthEnd, AuditTrail audit, Retries retries, Clock clock) {
        this.monthEnd = monthEnd;
        this.audit = audit;
        this.retries = retries;
        this.clock = clock;
    }

    @Scheduled(every = "1h", delayed = "10m", concurrentExecution = ConcurrentExecution.SKIP)
    void everyHour() {
        retries.inTransaction(WITHIN, () -> {
            var at = clock.instant();
            var decided = monthEnd.decideDisputes(at);
            if (decided) {
                audit.add(null, "bonuses-decided-again", "disputes", Map.of(), at);
            }
            return decided;
        });
    }
}
