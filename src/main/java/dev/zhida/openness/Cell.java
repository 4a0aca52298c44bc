package dev.zhida.openness;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Scene;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;

/**
 * What is watched as one.
 *
 * @param appMajor 0 if not known
 * @param os {@code null} if not known: orders do not tell
 * @param scene {@code null} where the host app is another than that of the placement
 */
record Cell(
        Measure measure, HostApp hostApp, int appMajor, Os os, Scene scene, Marketplace marketplace, Medium medium) {

    /** What rate is watched. */
    enum Measure {
        /** Pages shown, and opened from within minutes. */
        OPEN,
        /** Fans sent straight on, and orders that followed within hours. */
        ORDER
    }

    /** By what time orders count. */
    enum TimeOfOrders {
        /** That of the click that they followed. */
        CLICKED,
        /** That of the order, because the marketplace tells no click: a change shows later by what buyers take. */
        CREATED
    }

    /** {@code null} where no orders count. */
    TimeOfOrders timeOfOrders() {
        return switch (measure) {
            case OPEN -> null;
            case ORDER -> marketplace.tellsClicks() ? TimeOfOrders.CLICKED : TimeOfOrders.CREATED;
        };
    }

    /** What a rule that follows from it would be about. */
    Ground ground() {
        return new Ground(hostApp, scene, os, marketplace, medium, null);
    }
}
