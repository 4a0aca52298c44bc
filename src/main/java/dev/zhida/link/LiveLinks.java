package dev.zhida.link;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.MarketplaceHosts;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Placements as fans meet them: by code, from memory where it is fresh. */
@ApplicationScoped
public class LiveLinks {

    /** A change of a link reaches fans within this time; misses are remembered as long, so that scanning is cheap. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final int REMEMBERED = 100_000;

    private final LinkKits kits;
    private final LoadingCache<String, Optional<LiveLink>> byCode;

    LiveLinks(LinkKits kits, PlacementStore store) {
        this.kits = kits;
        this.byCode = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterWrite(FRESH)
                .build(code -> store.find(code, new Scope.Everything()).map(LiveLink::of));
    }

    /**
     * A placement as a fan meets it.
     *
     * @param destinationHost where she is sent; {@code null} if that is no marketplace's, so that she is not
     * @param endsAt when it ended or ends; {@code null} while it does not
     */
    public record LiveLink(long placementId, String code, String destination, String destinationHost, Instant endsAt) {

        static LiveLink of(Placement placement) {
            var destination = placement.destination();
            return new LiveLink(
                    placement.id(),
                    placement.code(),
                    destination,
                    // Checked when it was made; checked again, because a fan is never sent anywhere else.
                    MarketplaceHosts.isDestination(destination)
                            ? URI.create(destination).getHost()
                            : null,
                    placement.disabledAt() != null ? placement.disabledAt() : placement.expiresAt());
        }

        public boolean endedAt(Instant at) {
            return endsAt != null && !endsAt.isAfter(at);
        }
    }

    /** What a fan typed as a code: the canonical form, or nothing if it cannot be one of ours. Never blocks. */
    public Optional<String> read(String text) {
        return kits.readCode(text);
    }

    /** What is remembered of a code, or {@code null} if it has to be looked up. Never blocks. */
    public Optional<LiveLink> remembered(String code) {
        return byCode.getIfPresent(code);
    }

    /** Looks a code up; blocks. */
    public Optional<LiveLink> lookUp(String code) {
        return byCode.get(code);
    }
}
