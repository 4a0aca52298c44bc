package dev.zhida.sandbox;

import java.time.Duration;
import java.time.Instant;

/** The simulated time: stands, runs as real time does, or faster. It is never set back by itself. */
public final class SandboxClock {

    private Instant base;
    private long baseNanos;
    private double speed;

    SandboxClock(Instant start, double speed) {
        set(start, speed);
    }

    /** Now, as orders and windows see it. */
    public synchronized Instant now() {
        var elapsed = (System.nanoTime() - baseNanos) * speed;
        return base.plusNanos((long) elapsed);
    }

    /** How many simulated seconds a real one has; 0 stands still. */
    public synchronized double speed() {
        return speed;
    }

    /** Goes on from another time at another speed. */
    public synchronized void set(Instant to, double newSpeed) {
        if (newSpeed < 0) {
            throw new IllegalArgumentException("time does not run backwards: " + newSpeed);
        }
        base = to;
        baseNanos = System.nanoTime();
        speed = newSpeed;
    }

    /** Jumps ahead. */
    public synchronized void advance(Duration by) {
        set(now().plus(by), speed);
    }

    long second() {
        return now().getEpochSecond();
    }
}
