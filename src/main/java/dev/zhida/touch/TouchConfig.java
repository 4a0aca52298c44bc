package dev.zhida.touch;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The settings of the touch log. */
@ConfigMapping(prefix = "zhida.touch")
public interface TouchConfig {

    /**
     * How long a commit may take before its touches go to the spool. Longer: fans wait longer when PostgreSQL
     * hangs; shorter: a busy server sends more touches the longer way.
     */
    @WithDefault("300ms")
    Duration commitWithin();

    /**
     * Touches that may wait for their commit; from half of it on they go to the spool, which takes them faster.
     * About 500 bytes of memory each.
     */
    @WithDefault("65536")
    int queueBound();

    /** What the spool may take of the disk; a touch takes about 50 bytes. */
    @WithDefault("4G")
    MemorySize spoolMaxSize();

    /** How long single touches are kept; their counts stay. */
    @WithDefault("400d")
    Duration retention();
}
