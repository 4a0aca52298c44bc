package dev.zhida.touch;

import com.github.f4b6a3.uuid.UuidCreator;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Touches for tests: a person's click of just now on a placement that nobody else uses, unless a test says more. */
public final class TouchFixture {

    public static final String BROWSER = "Mozilla/5.0 (Linux; Android 12) Mobile Safari/537.36";

    private TouchFixture() {}

    public static long aPlacement() {
        return ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    }

    public static Touch aClick() {
        return aClick(aPlacement(), UUID.randomUUID(), Instant.now());
    }

    public static List<Touch> clicks(int count) {
        return IntStream.range(0, count).mapToObj(i -> aClick()).toList();
    }

    public static Touch aClick(long placement, UUID visitor, Instant at) {
        return aClick(idAt(at), placement, visitor, at, "WECHAT", null, BROWSER);
    }

    public static Touch aClick(
            UUID id, long placement, UUID visitor, Instant at, String hostApp, String flag, String agent) {
        return new Touch(
                id,
                at,
                placement,
                Touch.Kind.CLICK,
                Touch.Outcome.REDIRECT,
                "item.taobao.com",
                null,
                hostApp,
                8,
                "ANDROID",
                flag,
                visitor,
                agent,
                null,
                null);
    }

    /** The same click, answered in another way. */
    public static Touch answered(Touch click, Touch.Outcome outcome) {
        return new Touch(
                click.id(),
                click.at(),
                click.placementId(),
                click.kind(),
                outcome,
                null,
                click.policyVersion(),
                click.hostApp(),
                click.appMajor(),
                click.os(),
                click.flag(),
                click.visitor(),
                click.userAgent(),
                click.clickId(),
                click.repaired());
    }

    /** What a landing page tells of a click; twice the same for the same click. */
    public static Touch aLanding(Touch click) {
        return new Touch(
                Touch.derivedId(click.id(), Touch.Kind.LANDING),
                Instant.now(),
                click.placementId(),
                Touch.Kind.LANDING,
                null,
                null,
                null,
                click.hostApp(),
                click.appMajor(),
                click.os(),
                null,
                click.visitor(),
                click.userAgent(),
                click.id(),
                null);
    }

    /** A UUIDv7 of that time. */
    public static UUID idAt(Instant at) {
        return UuidCreator.getTimeOrderedEpoch(at);
    }
}
