package dev.zhida.touch;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.money.BusinessTime;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Touches that count as a person's act, for those who ask what came before an order. */
@ApplicationScoped
public class PeoplesTouches {

    private final Jdbi jdbi;

    PeoplesTouches(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** One of them. */
    public record Seen(UUID id, Instant at, long placementId, Touch.Kind kind, UUID visitor) {}

    /** What is asked for: a placement, from when on, and until before when. */
    public record Asked(long placementId, Instant from, Instant until) {}

    /** The last touch of each, where there is one. */
    public List<Seen> last(Collection<Asked> asked) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select s.id, s.at, s.placement_id, s.kind, s.visitor
                        from unnest(:placements, :froms, :untils, :firstDays, :lastDays)
                            as t (placement_id, from_at, until_at, first_day, last_day)
                        cross join lateral (
                            select * from touch h
                            where h.placement_id = t.placement_id and h.human and h.day between t.first_day and t.last_day
                              and h.at >= t.from_at and h.at < t.until_at
                            order by h.id desc limit 1) s
                        """)
                .bindArray(
                        "placements",
                        Long.class,
                        asked.stream().map(Asked::placementId).toList())
                .bindArray(
                        "froms",
                        OffsetDateTime.class,
                        asked.stream().map(a -> utc(a.from())).toList())
                .bindArray(
                        "untils",
                        OffsetDateTime.class,
                        asked.stream().map(a -> utc(a.until())).toList())
                .bindArray(
                        "firstDays",
                        LocalDate.class,
                        asked.stream().map(a -> BusinessTime.dayOf(a.from())).toList())
                .bindArray(
                        "lastDays",
                        LocalDate.class,
                        asked.stream().map(a -> BusinessTime.dayOf(a.until())).toList())
                .map((row, context) -> seen(row))
                .list());
    }

    /** The last touches on any of the placements, the latest first. */
    public List<Seen> on(Collection<Long> placementIds, Instant from, Instant until, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, at, placement_id, kind, visitor from touch
                        where placement_id = any(:placements) and human and day between :firstDay and :lastDay
                          and at >= :from and at < :until
                        order by at desc, id desc limit :limit
                        """)
                .bindArray("placements", Long.class, List.copyOf(placementIds))
                .bind("firstDay", BusinessTime.dayOf(from))
                .bind("lastDay", BusinessTime.dayOf(until))
                .bind("from", utc(from))
                .bind("until", utc(until))
                .bind("limit", limit)
                .map((row, context) -> seen(row))
                .list());
    }

    private static Seen seen(ResultSet row) throws SQLException {
        return new Seen(
                row.getObject("id", UUID.class),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getLong("placement_id"),
                Touch.Kind.valueOf(row.getString("kind")),
                row.getObject("visitor", UUID.class));
    }
}
