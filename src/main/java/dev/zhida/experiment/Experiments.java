package dev.zhida.experiment;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.identity.Scope;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Experiments from the plan to the end. */
@ApplicationScoped
public class Experiments {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    Experiments(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    /** Where it is. */
    public enum State {
        DRAFT,
        RUNNING,
        STOPPED
    }

    /** What is randomised. */
    public enum Unit {
        /** People are split by their cookie. */
        PEOPLE,
        /** Posts are made as a drawn schedule says. */
        POSTS
    }

    /** How it ended. */
    public enum Verdict {
        FOR_TOKEN,
        FOR_LINK,
        NO_DIFFERENCE_THAT_MATTERS,
        /** As many people, days or posts as were planned. */
        AT_MAXIMUM,
        BY_HAND
    }

    /**
     * When it ends by itself, said before it starts.
     *
     * @param marginPercent a difference by less than so many per cent of the link's rate does not matter
     * @param planned at how many people in all it ends, or how many posts there are
     * @param mostDays after how many days it ends
     */
    public record End(int marginPercent, long planned, int mostDays) {}

    /**
     * What is said of posts.
     *
     * @param tokenMedium the medium that is compared with the link
     * @param countDays how many days a post's orders count
     * @param seed what the schedule was drawn from
     */
    public record Posts(Medium tokenMedium, int countDays, long seed) {}

    /**
     * An experiment.
     *
     * @param code the one that is posted; of posts, one that names the offer and the place
     * @param linkCode {@code null} of posts, which have codes of their own
     * @param tokenPercent of every hundred people so many are shown the token's landing page
     * @param posts {@code null} if people are randomised
     * @param verdict how it ended; {@code null} before
     * @param reason why it ended; {@code null} before
     * @param kept what was counted when it ended, as its report wrote it; {@code null} before
     */
    public record Experiment(
            UUID id,
            String name,
            UUID creatorId,
            String code,
            String linkCode,
            String tokenCode,
            int tokenPercent,
            End end,
            Posts posts,
            State state,
            Instant createdAt,
            Instant startedAt,
            Instant stoppedAt,
            Verdict verdict,
            String reason,
            String kept) {

        public Unit unit() {
            return posts == null ? Unit.PEOPLE : Unit.POSTS;
        }
    }

    /** A plan; what {@link Experiment} says of each part holds. */
    public record Plan(String name, String code, String linkCode, String tokenCode, int tokenPercent, End end) {}

    private record Candidate(
            long id,
            String code,
            UUID creatorId,
            UUID offerId,
            UUID campaignId,
            String platform,
            String scene,
            String medium,
            Long slotId,
            boolean exclusive,
            boolean ended) {}

    /**
     * Plans an experiment.
     *
     * @throws Refusal {@code placement-not-found}, {@code arms-not-comparable}, {@code slots-not-apart},
     *     {@code experiment-exists}
     */
    @Transactional
    public Experiment create(Plan plan, Caller caller) {
        var now = clock.instant();
        var entry = candidate(plan.code(), caller.scope(), now);
        var link = candidate(plan.linkCode(), caller.scope(), now);
        var token = candidate(plan.tokenCode(), caller.scope(), now);
        check(List.of(entry, link, token));
        var id = UuidCreator.getTimeOrderedEpoch();
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into experiment (id, name, creator_id, token_percent, planned, margin_percent, most_days,
                            created_at, created_by)
                        values (:id, :name, :creator, :percent, :planned, :margin, :days, :at, :by)
                        on conflict on constraint experiment_name_key do nothing
                        """)
                .bind("id", id)
                .bind("name", plan.name())
                .bind("creator", entry.creatorId())
                .bind("percent", plan.tokenPercent())
                .bind("planned", plan.end().planned())
                .bind("margin", plan.end().marginPercent())
                .bind("days", plan.end().mostDays())
                .bind("at", utc(now))
                .bind("by", caller.personId())
                .execute());
        if (added == 0) {
            throw exists();
        }
        jdbi.useHandle(handle -> {
            var batch = handle.prepareBatch(
                    "insert into experiment_placement (experiment_id, role, placement_id) values (:id, :role, :placement)");
            Map.of("ENTRY", entry, "LINK", link, "TOKEN", token).forEach((role, placement) -> batch.bind("id", id)
                    .bind("role", role)
                    .bind("placement", placement.id())
                    .add());
            batch.execute();
        });
        audit.add(caller.personId(), "experiment-created", "experiment/" + id, Map.of("name", plan.name()), now);
        return find(id, caller.scope());
    }

    static Refusal exists() {
        return new Refusal(
                Refusal.Kind.CONFLICT, "experiment-exists", "there is an experiment of that name: choose another");
    }

    private static void check(List<Candidate> all) {
        var entry = all.get(0);
        var link = all.get(1);
        var token = all.get(2);
        var comparable = all.stream().map(Candidate::id).distinct().count() == 3
                && all.stream()
                        .allMatch(c -> c.creatorId().equals(entry.creatorId())
                                && c.offerId().equals(entry.offerId())
                                // A brand that sees the experiment is not to see what she does for others.
                                && Objects.equals(c.campaignId(), entry.campaignId())
                                && c.platform().equals(entry.platform())
                                && c.scene().equals(entry.scene())
                                && !c.ended())
                && entry.medium().equals("LINK")
                && link.medium().equals("LINK")
                && token.medium().equals("TOKEN");
        if (!comparable) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "arms-not-comparable",
                    "name three live placements of one creator, offer, campaign, platform and scene: `code` and `linkCode` of medium "
                            + "LINK (with different labels), `tokenCode` of medium TOKEN");
        }
        var slots = new HashSet<Long>();
        if (!all.stream().allMatch(c -> c.slotId() != null && c.exclusive() && slots.add(c.slotId()))) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "slots-not-apart",
                    "each of the placements needs a slot of its own, else orders cannot be told apart: make new ones while "
                            + "exclusive slots are free");
        }
    }

    private Candidate candidate(String code, Scope scope, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select p.id, p.code, p.creator_id, p.offer_id, p.campaign_id, p.platform, p.scene, p.medium,
                               l.slot_id,
                               coalesce(l.exclusive, false) exclusive,
                               coalesce(p.disabled_at <= :now, false) or coalesce(p.expires_at <= :now, false) ended
                        from placement p left join campaign m on m.id = p.campaign_id
                        left join slot_lease l on l.placement_id = p.id and (l.until_at is null or l.until_at > :now)
                        where p.code = :code
                          and (:creator::uuid is null or p.creator_id = :creator)
                          and (:brand::uuid is null or m.brand_id = :brand)
                        order by l.from_at desc nulls last limit 1
                        """)
                        .bind("code", code)
                        .bind("now", utc(now))
                        .bind("creator", scope.creatorOnly())
                        .bind("brand", scope.brandOnly())
                        .map((row, context) -> new Candidate(
                                row.getLong("id"),
                                row.getString("code"),
                                row.getObject("creator_id", UUID.class),
                                row.getObject("offer_id", UUID.class),
                                row.getObject("campaign_id", UUID.class),
                                row.getString("platform"),
                                row.getString("scene"),
                                row.getString("medium"),
                                row.getObject("slot_id", Long.class),
                                row.getBoolean("exclusive"),
                                row.getBoolean("ended")))
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "placement-not-found", "you have no placement with the code " + code));
    }

    /**
     * Lets it begin; from within a second on people are split.
     *
     * @throws Refusal {@code experiment-not-found}, {@code experiment-not-a-draft}, {@code placement-in-experiment}
     */
    @Transactional
    public Experiment start(UUID id, Caller caller) {
        var now = clock.instant();
        requireDraft(lock(id, caller.scope()));
        var busy = jdbi.withHandle(handle ->
                handle.createQuery("""
                        select exists (select from experiment_placement r join experiment_placement p using (placement_id)
                            where r.running and p.experiment_id = :id)
                        or exists (select from experiment_post r join experiment_placement p
                            on p.placement_id in (r.placement_id, r.used_placement_id) where p.experiment_id = :id)
                        """).bind("id", id).mapTo(Boolean.class).one());
        if (busy) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "placement-in-experiment",
                    "one of the placements takes part in another experiment: stop that first, or take another placement");
        }
        jdbi.useHandle(handle -> {
            handle.execute("update experiment_placement set running = true where experiment_id = ?", id);
            handle.execute("update experiment set state = 'RUNNING', started_at = ? where id = ?", utc(now), id);
        });
        audit.add(caller.personId(), "experiment-started", "experiment/" + id, Map.of(), now);
        return find(id, caller.scope());
    }

    static void requireDraft(Experiment experiment) {
        if (experiment.state() != State.DRAFT) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "experiment-not-a-draft", "it has been started before: create another one");
        }
    }

    static Refusal notRunning() {
        return new Refusal(Refusal.Kind.CONFLICT, "experiment-not-running", "the experiment is not running");
    }

    /**
     * Ends it; its people stay where they were counted.
     *
     * @throws Refusal {@code experiment-not-found}, {@code experiment-not-running}
     */
    @Transactional
    public Experiment stop(UUID id, String reason, Caller caller) {
        var now = clock.instant();
        if (lock(id, caller.scope()).state() != State.RUNNING) {
            throw notRunning();
        }
        end(id, Verdict.BY_HAND, reason, null, now);
        audit.add(caller.personId(), "experiment-stopped", "experiment/" + id, Map.of("reason", reason), now);
        return find(id, caller.scope());
    }

    /**
     * Ends it by its own rule; if it has ended already, nothing happens.
     *
     * @param kept what was counted until {@code at}, as JSON
     */
    @Transactional
    public void conclude(UUID id, Verdict verdict, String reason, String kept, Instant at) {
        if (lock(id, new Scope.Everything()).state() != State.RUNNING) {
            return;
        }
        end(id, verdict, reason, kept, at);
        audit.add(
                null,
                "experiment-stopped",
                "experiment/" + id,
                Map.of("verdict", verdict.name(), "reason", reason),
                at);
    }

    private void end(UUID id, Verdict verdict, String reason, String kept, Instant at) {
        jdbi.useHandle(handle -> {
            handle.execute("update experiment_placement set running = false where experiment_id = ?", id);
            handle.createUpdate("""
                            update experiment set state = 'STOPPED', stopped_at = :at, verdict = :verdict, reason = :reason,
                                kept = cast(:kept as jsonb)
                            where id = :id
                            """)
                    .bind("id", id)
                    .bind("at", utc(at))
                    .bind("verdict", verdict.name())
                    .bind("reason", reason)
                    .bind("kept", kept)
                    .execute();
        });
    }

    /** Keeps what was counted when it was ended by hand; the first count stays. */
    @Transactional
    public void keep(UUID id, String kept) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "update experiment set kept = cast(:kept as jsonb) where id = :id and kept is null")
                .bind("id", id)
                .bind("kept", kept)
                .execute());
    }

    /** Those that may end by themselves, and those that have ended and kept nothing yet; oldest first. */
    public List<Experiment> unfinished() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT + " and (e.state = 'RUNNING' or e.state = 'STOPPED' and e.kept is null) order by e.id")
                .bind("creator", (UUID) null)
                .bind("brand", (UUID) null)
                .map((row, context) -> experiment(row))
                .list());
    }

    private static final String SELECT = """
            select e.*, en.code entry, li.code link, tk.code token
            from experiment e
            left join experiment_placement n on n.experiment_id = e.id and n.role = 'ENTRY'
            join placement en on en.id = coalesce(n.placement_id, e.model_placement_id)
            left join experiment_placement l on l.experiment_id = e.id and l.role = 'LINK'
            left join placement li on li.id = l.placement_id
            left join experiment_placement t on t.experiment_id = e.id and t.role = 'TOKEN'
            left join placement tk on tk.id = t.placement_id
            left join campaign m on m.id = en.campaign_id
            where (:creator::uuid is null or e.creator_id = :creator) and (:brand::uuid is null or m.brand_id = :brand)
            """;

    /** Experiments, newest first. */
    List<Experiment> list(Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT + " and (:before::uuid is null or e.id < :before) order by e.id desc limit :limit")
                .bind("creator", scope.creatorOnly())
                .bind("brand", scope.brandOnly())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> experiment(row))
                .list());
    }

    /** @throws Refusal {@code experiment-not-found} */
    public Experiment find(UUID id, Scope scope) {
        return find(id, scope, "");
    }

    /** The experiment, locked until the end of the transaction. */
    Experiment lock(UUID id, Scope scope) {
        return find(id, scope, " for update of e");
    }

    private Experiment find(UUID id, Scope scope, String how) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " and e.id = :id" + how)
                        .bind("id", id)
                        .bind("creator", scope.creatorOnly())
                        .bind("brand", scope.brandOnly())
                        .map((row, context) -> experiment(row))
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "experiment-not-found", "you have no experiment with the id " + id));
    }

    private static Experiment experiment(ResultSet row) throws SQLException {
        var verdict = row.getString("verdict");
        return new Experiment(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getObject("creator_id", UUID.class),
                row.getString("entry"),
                row.getString("link"),
                row.getString("token"),
                row.getInt("token_percent"),
                new End(row.getInt("margin_percent"), row.getLong("planned"), row.getInt("most_days")),
                row.getString("unit").equals("PEOPLE")
                        ? null
                        : new Posts(
                                Medium.valueOf(row.getString("token_medium")),
                                row.getInt("count_days"),
                                row.getLong("seed")),
                State.valueOf(row.getString("state")),
                at(row, "created_at"),
                at(row, "started_at"),
                at(row, "stopped_at"),
                verdict == null ? null : Verdict.valueOf(verdict),
                row.getString("reason"),
                row.getString("kept"));
    }

    static Instant at(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
