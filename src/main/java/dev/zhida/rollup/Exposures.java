package dev.zhida.rollup;

import dev.zhida.identity.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Views of posts, as their creator enters them. */
@ApplicationScoped
class Exposures {

    private final Jdbi jdbi;

    Exposures(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** How often the post with a placement was seen on a day. */
    record Exposure(String code, LocalDate day, long views) {}

    /**
     * Keeps the views of the caller's own placements; what she entered for the same placement and day before is replaced.
     *
     * @param exposures one for each code and day
     * @return the codes that are none of hers: nothing of these is kept
     */
    Set<String> enter(List<Exposure> exposures, Caller caller, Instant at) {
        var codes = exposures.stream().map(Exposure::code).toArray(String[]::new);
        return jdbi.inTransaction(handle -> {
            handle.createUpdate("""
                            insert into exposure (placement_id, day, views, entered_by, entered_at)
                            select p.id, t.day, t.views, :person, :at
                            from unnest(:codes, :days, :views) t (code, day, views)
                            join placement p on p.code = t.code and p.creator_id = :creator
                            order by p.id, t.day
                            on conflict on constraint exposure_pkey do update set views = excluded.views,
                                entered_by = excluded.entered_by, entered_at = excluded.entered_at
                            """)
                    .bind("codes", codes)
                    .bind("days", exposures.stream().map(Exposure::day).toArray(LocalDate[]::new))
                    .bind("views", exposures.stream().map(Exposure::views).toArray(Long[]::new))
                    .bind("creator", caller.creator())
                    .bind("person", caller.personId())
                    .bind("at", at)
                    .execute();
            var foreign = new HashSet<>(List.of(codes));
            handle.createQuery("select code from placement where code = any(:codes) and creator_id = :creator")
                    .bind("codes", codes)
                    .bind("creator", caller.creator())
                    .mapTo(String.class)
                    .forEach(foreign::remove);
            return foreign;
        });
    }
}
