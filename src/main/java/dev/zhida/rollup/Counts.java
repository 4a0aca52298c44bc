package dev.zhida.rollup;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Jdbi;

/** How far the counts are. */
@ApplicationScoped
public class Counts {

    private final Jdbi jdbi;
    private final TouchRollup touches;
    private final Clock clock;

    Counts(Jdbi jdbi, TouchRollup touches, Clock clock) {
        this.jdbi = jdbi;
        this.touches = touches;
        this.clock = clock;
    }

    /** Everything that was known before this instant is counted. */
    public Instant countedTo() {
        var now = clock.instant();
        var oldest = jdbi.withHandle(handle -> handle.createQuery("""
                        select least(
                            (select min(written_at) from touch_batch where refused is null),
                            (select min(changed_at) from touch_day_changed where day >= :from),
                            (select min(written_at) from order_change)) oldest
                        """)
                // Earlier days are frozen: nobody counts them anew.
                .bind("from", touches.frozenBefore())
                .map((row, context) -> row.getObject("oldest", OffsetDateTime.class))
                .findOne());
        return oldest.map(OffsetDateTime::toInstant)
                .filter(at -> at.isBefore(now))
                .orElse(now);
    }

    /** Counts of earlier days are frozen: the touches that they were made from are not kept any more. */
    public LocalDate frozenBefore() {
        return touches.frozenBefore();
    }
}
