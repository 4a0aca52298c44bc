package dev.zhida.link;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How marketplaces are asked for links and tokens. The rate of an account is the marketplace's: see its settings. */
@ConfigMapping(prefix = "zhida.produced-link")
interface ProducedLinkConfig {

    /** How often a node looks for what is to be asked; {@code off} on nodes that should not ask. */
    @WithDefault("2s")
    String look();

    /** Questions for one account that one node asks at once. More: sooner done; fewer: more of its rate for pulls. */
    @WithDefault("2")
    int parallel();

    /** Who has not answered for so long has died: it is asked again. Longer than the slowest answers together. */
    @WithDefault("2m")
    Duration lease();

    /** Waiting after a first failure; it doubles up to {@link #backOffMost}. */
    @WithDefault("5s")
    Duration backOffFirst();

    @WithDefault("1h")
    Duration backOffMost();

    /**
     * Waiting until a slot that nobody has bound (备案) is looked at again; it doubles as well, up to
     * {@link #bindingMost}. Longer: fewer calls; shorter: earns sooner. An account that the marketplace does not accept
     * is asked for after {@link #bindingMost} as well, in case that it has passed.
     */
    @WithDefault("1m")
    Duration bindingFirst();

    @WithDefault("6h")
    Duration bindingMost();

    /** What was refused is asked again when its creator asks for the kit again, but not sooner than this. */
    @WithDefault("1m")
    Duration askedAgainAfter();
}
