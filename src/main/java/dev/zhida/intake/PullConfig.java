package dev.zhida.intake;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of the puller. */
@ConfigMapping(prefix = "zhida.pull")
public interface PullConfig {

    /** How often a node looks for what is due; {@code off} on nodes that should not pull. */
    @WithDefault("5s")
    String look();

    /** How often windows that are missing are looked for, native tokens counted and pay days seen to; {@code off} like {@link #look}. */
    @WithDefault("1h")
    String tidy();

    /** How often marketplaces are asked for what is new. Longer: fewer calls; shorter: fresher. */
    @WithDefault("1m")
    Duration every();

    /** How far behind the clock a window ends. Longer: less is seen only by the overlap; shorter: fresher. */
    @WithDefault("10s")
    Duration behind();

    /**
     * How far a window reaches back into what is covered, for rows that show up late or moved while they were paged
     * through. Longer: more is asked twice; shorter: more is left to the nightly sweeps.
     */
    @WithDefault("10m")
    Duration overlap();

    /** How far back an account is pulled when it is connected; what is older is a back-fill's. */
    @WithDefault("1d")
    Duration startBack();

    /** Windows of one account that one node reads at once; the rate limit of its connector holds besides. */
    @WithDefault("4")
    int parallel();

    /** Who has shown no sign of life for so long has died: another goes on from the last page. */
    @WithDefault("2m")
    Duration lease();

    /** How often a window whose rows move is read, at most, until a pass brings no news. */
    @WithDefault("4")
    int passes();

    /** Waiting after a first failure; it doubles up to {@link #backOffMost}. */
    @WithDefault("5s")
    Duration backOffFirst();

    @WithDefault("10m")
    Duration backOffMost();

    /**
     * Whether a marketplace that did not accept an account does by now is tried so long after it did not. Longer: fewer
     * calls in vain; shorter: sooner back. A changed connection is tried at once.
     */
    @WithDefault("1h")
    Duration askedAgainAfter();

    /** From when on a gap raises an alarm. */
    @WithDefault("15m")
    Duration alarmAfter();

    /**
     * Days of promotions in every year, each {@code MM-dd} or {@code MM-dd/MM-dd}, in Asia/Shanghai: windows are
     * narrow then, before a marketplace complains.
     */
    @WithDefault("05-31/06-20,10-31/11-12,12-11/12-13")
    Optional<List<String>> promotions();

    /** The widest window on days of promotions that keeps up with the present; sweeps take what is allowed. */
    @WithDefault("5m")
    Duration promotionWidth();

    /** From which hour on, in Asia/Shanghai, the sweeps of a day begin. */
    @WithDefault("3")
    int sweepHour();

    /** How long complete windows are kept. */
    @WithDefault("90d")
    Duration keep();
}
