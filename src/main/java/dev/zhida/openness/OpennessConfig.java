package dev.zhida.openness;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How the watch watches. */
@ConfigMapping(prefix = "zhida.openness")
interface OpennessConfig {

    /** Fans who open do so within this time of their click. Longer: a few more of them; shorter: earlier alerts. */
    @WithDefault("5m")
    Duration openWithin();

    /** Orders count that follow the click within this time. Longer: more of them; shorter: earlier alerts. */
    @WithDefault("6h")
    Duration orderWithin();

    /** Marketplaces have told of an order after this time. Longer: nothing missed; shorter: earlier alerts. */
    @WithDefault("2h")
    Duration orderToldWithin();

    /** How far back the first counts of a new installation go. */
    @WithDefault("14d")
    Duration lookBack();

    /**
     * The most that the probability may be of an alarm in one test of a cell in which nothing changes. Smaller: fewer
     * false alarms; larger: alerts some fans earlier. As it is, 500 cells give one in a round of tests with at most 5 %.
     */
    @WithDefault("0.0001")
    double falseAlarm();

    /** How long one test lasts. Longer: fewer false alarms; shorter: quicker to forget slow drifts. */
    @WithDefault("14d")
    Duration horizon();

    /** With how much of the past the next test begins. */
    @WithDefault("7d")
    Duration memory();

    /** Only changes by this factor or more matter: the lower rate is at most so much of the higher. */
    @WithDefault("0.6")
    double leastRatio();
}
