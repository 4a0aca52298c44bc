package dev.zhida.touch;

import dev.zhida.database.KeyedHash;
import dev.zhida.money.BusinessTime;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Tells visitors without a cookie apart for one day: by a keyed hash of address and user agent, whose salt is
 * shared by all nodes, made a day ahead and deleted after its day, so that the hash leads back to nobody. The
 * address itself is neither stored nor logged.
 */
@ApplicationScoped
public class VisitorSalts {

    private final Jdbi jdbi;
    private final Clock clock;
    private volatile Map<LocalDate, KeyedHash> hashByDay = Map.of();

    VisitorSalts(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        refresh();
    }

    @Scheduled(every = "10m", delayed = "10m")
    void refresh() {
        var today = BusinessTime.dayOf(clock.instant());
        hashByDay = jdbi.inTransaction(handle -> {
            for (var day : new LocalDate[] {today, today.plusDays(1)}) {
                var fresh = new byte[32];
                new SecureRandom().nextBytes(fresh);
                handle.createUpdate("insert into visitor_salt (day, salt) values (:day, :salt) on conflict do nothing")
                        .bind("day", day)
                        .bind("salt", fresh)
                        .execute();
            }
            handle.createUpdate("delete from visitor_salt where day < :today")
                    .bind("today", today)
                    .execute();
            return handle
                    .createQuery("select day, salt from visitor_salt")
                    .map((row, context) ->
                            Map.entry(row.getObject("day", LocalDate.class), new KeyedHash(row.getBytes("salt"))))
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        });
    }

    /** Whether a visitor is known by address and user agent only, so that several people may be behind her. */
    public static boolean isHashed(UUID visitor) {
        return visitor.version() == 8;
    }

    /** The visitor of an address and user agent, for the business day of {@code at}. */
    public UUID visitor(String address, String userAgent, Instant at) {
        var hash = hashByDay.get(BusinessTime.dayOf(at));
        if (hash == null) {
            // The job did not run for a day: an unknown visitor is better than an unanswered fan.
            return new UUID(ThreadLocalRandom.current().nextLong() & ~0xF000L | 0x8000L, at.toEpochMilli() | 1L << 63);
        }
        var who = (address + '\n' + userAgent).getBytes(StandardCharsets.UTF_8);
        var digest = ByteBuffer.wrap(hash.of(who, who.length));
        // Version 8 of RFC 9562, a layout of our own: tells such a visitor from one with a cookie.
        return new UUID(
                digest.getLong() & ~0xF000L | 0x8000L,
                digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }
}
