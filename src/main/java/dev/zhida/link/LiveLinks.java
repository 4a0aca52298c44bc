package dev.zhida.link;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.zhida.identity.Scope;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Placements as fans meet them: by code, from memory where it is fresh. */
@ApplicationScoped
public class LiveLinks {

    /** A change of a link reaches fans within this time; misses are remembered as long, so that scanning is cheap. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final int REMEMBERED = 100_000;

    private final LinkKits kits;
    private final LoadingCache<String, Optional<Placement>> byCode;

    LiveLinks(LinkKits kits, PlacementStore store) {
        this.kits = kits;
        this.byCode = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterWrite(FRESH)
                .build(code -> store.find(code, new Scope.Everything()));
    }

    /** What a fan typed as a code: the canonical form, or nothing if it cannot be one of ours. Never blocks. */
    public Optional<String> read(String text) {
        return kits.readCode(text);
    }

    /** What is remembered of a code, or {@code null} if it has to be looked up. Never blocks. */
    public Optional<Placement> remembered(String code) {
        return byCode.getIfPresent(code);
    }

    /** Looks a code up; blocks. */
    public Optional<Placement> lookUp(String code) {
        return byCode.get(code);
    }
}
