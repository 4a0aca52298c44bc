package dev.zhida;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that shows what another does, and as much more as a test has let pass. */
public final class MovingClock extends Clock {

    private final Clock other;
    private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);

    public MovingClock(Clock other) {
        this.other = other;
    }

    public void pass(Duration time) {
        passed.updateAndGet(before -> before.plus(time));
    }

    /** Shows again what the other one does. */
    public void reset() {
        passed.set(Duration.ZERO);
    }

    @Override
    public Instant instant() {
        return other.instant().plus(passed.get());
    }

    @Override
    public ZoneId getZone() {
        return other.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("it would not move with this one");
    }
}
