package dev.zhida.database;

import io.quarkus.logging.Log;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The clock of the process, in the resolution of the database, so that what is written is what is read. */
final class ClockProducer {

    /**
     * @param offset how far this clock is from the machine's. Anything but zero is for rehearsals with a sandbox
     *     marketplace, whose months pass in minutes: restarted with another offset, the process wakes up days later.
     */
    @Produces
    @Singleton
    Clock clock(@ConfigProperty(name = "zhida.clock.offset", defaultValue = "0") Duration offset) {
        if (!offset.isZero()) {
            Log.warnf("the clock is %s from the machine's: this is a rehearsal", offset);
        }
        return Clock.tick(Clock.offset(Clock.systemUTC(), offset), Duration.ofNanos(1_000));
    }
}
