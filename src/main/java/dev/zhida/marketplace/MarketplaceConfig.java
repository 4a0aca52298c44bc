package dev.zhida.marketplace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How marketplaces are asked. */
@ConfigMapping(prefix = "zhida.marketplace")
public interface MarketplaceConfig {

    /**
     * Where a sandbox marketplace stands in for all of them, like {@code http://127.0.0.1:41234}: nothing is asked of
     * the real ones then, and this one origin may be reached without TLS. For development and the demo only.
     */
    Optional<URI> sandbox();

    Asked taobao();

    Asked jd();

    Asked pdd();

    Asked douyin();

    /** How a marketplace is asked. */
    default Asked of(Marketplace marketplace) {
        return switch (marketplace) {
            case TAOBAO -> taobao();
            case JD -> jd();
            case PDD -> pdd();
            case DOUYIN -> douyin();
            case XIANYU -> throw new IllegalArgumentException("XIANYU has no affiliate programme");
        };
    }

    /** How an account waits and gives up. */
    Breaker breaker();

    /** How one marketplace is asked. */
    interface Asked {

        /**
         * Calls a second for one account on this node. More: faster after an outage; fewer: less of the quota that is
         * shared with the marketplace's own console. Divide it by the number of nodes that pull.
         */
        int callsPerSecond();

        /**
         * How long a window may be that keeps up with the present; sweeps and back-fills take what the marketplace allows.
         * Longer: fewer calls; shorter: what was allowed on days of promotions, too.
         */
        Duration window();

        /** Rows of a page. More: fewer calls; fewer: less to read again after a failure. */
        int pageSize();
    }

    /** When an account is left alone for a while. */
    interface Breaker {

        /** Of the last calls so many per cent have to fail by the marketplace's fault for a break. */
        @WithDefault("50")
        int failurePercent();

        /** How many last calls are looked at. More: slower to notice; fewer: a hiccup makes a break. */
        @WithDefault("20")
        int calls();

        /** How long nothing is asked then. Longer: kinder to a marketplace in trouble; shorter: sooner back. */
        @WithDefault("30s")
        Duration open();
    }
}
