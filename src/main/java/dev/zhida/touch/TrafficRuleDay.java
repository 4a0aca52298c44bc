package dev.zhida.touch;

import dev.zhida.touch.TrafficRuleRuns.Total;
import dev.zhida.touch.TrafficRules.Flag;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Works the flags of one day's touches out anew. How a request was made is not stored, so what only that showed stays;
 * what the user agent tells and how often a visitor came is decided again, and a day with changes is counted anew.
 */
final class TrafficRuleDay {

    private static final String PERSON = "PERSON";
    private static final int ROWS_AT_A_TIME = 5_000;

    private static final Map<String, Flag> FLAGS_THAT_STAY = Stream.of(Flag.values())
            .filter(Flag::seenInTheRequestOnly)
            .collect(Collectors.toMap(Flag::name, Function.identity()));

    private final LocalDate day;
    private final boolean dryRun;
    private final Instant at;
    private final Map<String, Total> totals = new HashMap<>();
    private final List<Changed> changes = new ArrayList<>();
    private boolean changed;

    private Stored previous;
    private int hits;

    TrafficRuleDay(LocalDate day, boolean dryRun, Instant at) {
        this.day = day;
        this.dryRun = dryRun;
        this.at = at;
    }

    Map<String, Total> totals() {
        return totals;
    }

    private record Stored(
            UUID id, Instant at, long placementId, UUID visitor, Touch.Kind kind, String flag, Long agentId) {

        /** Whether it is counted together with another hit. */
        boolean sameMinute(Stored other) {
            return placementId == other.placementId
                    && visitor.equals(other.visitor)
                    && at.truncatedTo(ChronoUnit.MINUTES).equals(other.at.truncatedTo(ChronoUnit.MINUTES));
        }
    }

    private record Changed(UUID id, String flag) {}

    /** Inside of a transaction. */
    void run(Handle handle) {
        var flagByAgent = flagByAgent(handle);
        handle.createQuery("""
                        select id, at, placement_id, visitor, kind, flag, user_agent_id from touch where day = :day
                        order by placement_id, visitor, at, id
                        """)
                .setFetchSize(ROWS_AT_A_TIME)
                .bind("day", day)
                .map((row, context) -> new Stored(
                        row.getObject("id", UUID.class),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getLong("placement_id"),
                        row.getObject("visitor", UUID.class),
                        Touch.Kind.valueOf(row.getString("kind")),
                        row.getString("flag"),
                        row.getObject("user_agent_id", Long.class)))
                .useIterator(touches -> {
                    while (touches.hasNext()) {
                        classify(touches.next(), flagByAgent);
                        if (changes.size() == ROWS_AT_A_TIME) {
                            write(handle);
                        }
                    }
                });
        write(handle);
        if (changed && !dryRun) {
            handle.execute(
                    "insert into touch_day_changed (day, changed_at) values (?, ?) "
                            + "on conflict (day) do update set changed_at = excluded.changed_at",
                    day,
                    at);
        }
    }

    private Map<Long, Optional<Flag>> flagByAgent(Handle handle) {
        var flags = new HashMap<Long, Optional<Flag>>();
        handle.createQuery(
                        "select id, text from user_agent where id in (select user_agent_id from touch where day = ?)")
                .bind(0, day)
                .map((row, context) -> flags.put(row.getLong("id"), TrafficRules.byAgent(row.getString("text"))))
                .list();
        return flags;
    }

    private void classify(Stored touch, Map<Long, Optional<Flag>> flagByAgent) {
        var byAgent = touch.agentId() == null ? TrafficRules.byAgent(null) : flagByAgent.get(touch.agentId());
        var flag = TrafficRules.classify(
                        Optional.ofNullable(touch.flag()).map(FLAGS_THAT_STAY::get), byAgent, hitsWith(touch))
                .map(Flag::name)
                .orElse(null);
        add(touch.flag(), 1, 0);
        add(flag, 0, 1);
        if (!Objects.equals(flag, touch.flag())) {
            changed = true;
            changes.add(new Changed(touch.id(), flag));
        }
    }

    /** Hits come in the order in which they are counted: by placement, visitor and time. */
    private int hitsWith(Stored touch) {
        if (!TrafficRules.isHit(touch.kind(), touch.visitor())) {
            return 0;
        }
        hits = previous != null && touch.sameMinute(previous) ? hits + 1 : 1;
        previous = touch;
        return hits;
    }

    private void add(String flag, long before, long after) {
        totals.merge(flag == null ? PERSON : flag, new Total(before, after), Total::plus);
    }

    private void write(Handle handle) {
        if (!dryRun && !changes.isEmpty()) {
            handle.createUpdate("""
                            update touch t set flag = c.flag, human = c.flag is null
                            from unnest(:ids::uuid[], :flags::text[]) c (id, flag)
                            where t.day = :day and t.id = c.id
                            """)
                    .bind("ids", changes.stream().map(Changed::id).toArray(UUID[]::new))
                    .bind("flags", changes.stream().map(Changed::flag).toArray(String[]::new))
                    .bind("day", day)
                    .execute();
        }
        changes.clear();
    }
}
