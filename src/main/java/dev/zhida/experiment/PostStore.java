package dev.zhida.experiment;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;

import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.State;
import dev.zhida.experiment.PostExperiments.Plan;
import dev.zhida.experiment.PostExperiments.Post;
import dev.zhida.experiment.PostExperiments.Told;
import dev.zhida.experiment.Split.Arm;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.link.Placement;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Drawn posts in the database. Whoever changes one of an experiment locks the experiment first. */
@ApplicationScoped
class PostStore {

    private static final String SELECT = """
            select s.*, p.code, u.code used_code
            from experiment_post s
            left join placement p on p.id = s.placement_id
            left join placement u on u.id = s.used_placement_id
            where s.experiment_id = :experiment
            """;

    private final Jdbi jdbi;
    private final Experiments experiments;
    private final AuditTrail audit;

    PostStore(Jdbi jdbi, Experiments experiments, AuditTrail audit) {
        this.jdbi = jdbi;
        this.experiments = experiments;
        this.audit = audit;
    }

    @Transactional
    Experiment add(UUID id, Plan plan, Placement model, Schedule schedule, Caller caller, Instant now) {
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into experiment (id, name, creator_id, token_percent, planned, margin_percent, most_days, unit,
                            model_placement_id, token_medium, count_days, seed, created_at, created_by)
                        values (:id, :name, :creator, 50, :planned, :margin, :days, 'POSTS', :model, :medium, :countDays, :seed,
                            :at, :by)
                        on conflict on constraint experiment_name_key do nothing
                        """)
                .bind("id", id)
                .bind("name", plan.name())
                .bind("creator", model.creatorId())
                .bind("planned", schedule.posts().size())
                .bind("margin", plan.marginPercent())
                .bind("days", plan.mostDays())
                .bind("model", model.id())
                .bind("medium", plan.tokenMedium().name())
                .bind("countDays", plan.countDays())
                .bind("seed", schedule.seed())
                .bind("at", utc(now))
                .bind("by", caller.personId())
                .execute());
        if (added == 0) {
            throw Experiments.exists();
        }
        jdbi.useHandle(handle -> {
            var insert = handle.createUpdate("""
                            insert into experiment_post (experiment_id, number, block, arm, due_at)
                            select :id, t.number, t.block, t.arm, t.due
                            from unnest(:numbers, :blocks, :arms, :due) as t (number, block, arm, due)
                            """).bind("id", id);
            array(insert, "numbers", Integer.class, schedule.posts(), Schedule.Post::number);
            array(insert, "blocks", Integer.class, schedule.posts(), Schedule.Post::block);
            array(insert, "arms", String.class, schedule.posts(), post -> post.arm()
                    .name());
            array(
                    insert,
                    "due",
                    OffsetDateTime.class,
                    schedule.posts(),
                    post -> plan.dates() == null ? null : utc(plan.dates().get(post.number() - 1)));
            insert.execute();
        });
        audit.add(
                caller.personId(),
                "experiment-created",
                "experiment/" + id,
                Map.of("name", plan.name(), "posts", schedule.posts().size(), "schedule", schedule.digest()),
                now);
        return experiments.find(id, caller.scope());
    }

    @Transactional
    Experiment begin(UUID id, long firstPlacement, Caller caller, Instant now) {
        Experiments.requireDraft(experiments.lock(id, caller.scope()));
        show(id, 1, firstPlacement, now);
        jdbi.useHandle(handle ->
                handle.execute("update experiment set state = 'RUNNING', started_at = ? where id = ?", utc(now), id));
        audit.add(caller.personId(), "experiment-started", "experiment/" + id, Map.of(), now);
        return experiments.find(id, caller.scope());
    }

    private void show(UUID id, int number, long placement, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update experiment_post set placement_id = :placement, shown_at = :now
                        where experiment_id = :id and number = :number and placement_id is null
                        """)
                .bind("id", id)
                .bind("number", number)
                .bind("placement", placement)
                .bind("now", utc(now))
                .execute());
    }

    /**
     * Notes what became of a post and shows the next one.
     *
     * @param used what was really posted; {@code null} if it is what was drawn, or nothing was posted
     * @param nextPlacement that of the post after it; {@code null} after the last
     * @throws Refusal {@code experiment-not-running}, {@code post-not-next}, {@code post-had-fans}, {@code
     *     placement-in-experiment}
     */
    @Transactional
    void tell(
            Experiment experiment,
            Post post,
            Told told,
            Placement used,
            Long nextPlacement,
            Caller caller,
            Instant now) {
        lockRunning(experiment, caller);
        if (!told.made() && hadFans(experiment.id(), post.number())) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "post-had-fans",
                    "fans have come by its code, or ordered, since it was shown: tell it as made, with postedAt; what may "
                            + "be known already is not set aside");
        }
        var noted = jdbi.withHandle(handle -> handle.createUpdate("""
                        update experiment_post p set state = :state, posted_at = :posted, used_placement_id = :used,
                            remark = :remark, told_at = :now
                        where p.experiment_id = :id and p.number = :number and p.state = 'DRAWN' and p.shown_at is not null
                          and (:used::bigint is null or not exists (
                              select from experiment_post o where :used in (o.placement_id, o.used_placement_id)
                              union all select from experiment_placement r where r.placement_id = :used and r.running))
                        """)
                .bind("id", experiment.id())
                .bind("number", post.number())
                .bind("state", told.made() ? "MADE" : "SET_ASIDE")
                .bind("posted", utc(told.postedAt()))
                .bind("used", used == null ? null : used.id())
                .bind("remark", told.remark())
                .bind("now", utc(now))
                .execute());
        if (noted == 0) {
            throw next(experiment.id())
                            .filter(next -> next.number() == post.number())
                            .isPresent()
                    ? new Refusal(
                            Refusal.Kind.CONFLICT,
                            "placement-in-experiment",
                            "the placement that was posted belongs to another post or experiment")
                    : notNext();
        }
        if (nextPlacement != null) {
            show(experiment.id(), post.number() + 1, nextPlacement, now);
        }
        audit.add(
                caller.personId(),
                told.made() ? "experiment-post-made" : "experiment-post-set-aside",
                "experiment/" + experiment.id(),
                Map.of("number", post.number(), "remark", told.remark() == null ? "" : told.remark()),
                now);
    }

    private void lockRunning(Experiment experiment, Caller caller) {
        if (experiments.lock(experiment.id(), caller.scope()).state() != State.RUNNING) {
            throw Experiments.notRunning();
        }
    }

    /** Whether anybody came by a post that waits to be told, or ordered by it, since it was shown. */
    private boolean hadFans(UUID experiment, int number) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select exists (
                            select from experiment_post s join touch t on t.placement_id = s.placement_id
                            where s.experiment_id = :id and s.number = :number and s.state = 'DRAWN' and t.human
                              and t.day >= (s.shown_at at time zone 'Asia/Shanghai')::date and t.at >= s.shown_at)
                        or exists (
                            select from experiment_post s
                            join attribution a on a.placement_id = s.placement_id and a.current
                            join order_line o on o.id = a.order_line_id
                            where s.experiment_id = :id and s.number = :number and s.state = 'DRAWN'
                              and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= s.shown_at)
                        """)
                .bind("id", experiment)
                .bind("number", number)
                .mapTo(Boolean.class)
                .one());
    }

    /** The post that is to be shown as soon as it can be made: the one before it is told already. */
    Optional<Integer> waiting(UUID experiment) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select min(number) filter (where shown_at is null) from experiment_post
                        where experiment_id = :id
                        having count(*) filter (where state = 'DRAWN' and shown_at is not null) = 0
                           and count(*) filter (where shown_at is null) > 0
                        """)
                .bind("id", experiment)
                .mapTo(Integer.class)
                .findOne());
    }

    /** Shows the post that waits; if somebody else did it meanwhile, nothing happens. */
    @Transactional
    void showNext(Experiment experiment, int number, long placement, Caller caller, Instant now) {
        lockRunning(experiment, caller);
        show(experiment.id(), number, placement, now);
    }

    static Refusal notNext() {
        return new Refusal(
                Refusal.Kind.CONFLICT,
                "post-not-next",
                "posts are told one after the other, and what was told stays: ask for the next one");
    }

    /** The one that is to be made now. */
    Optional<Post> next(UUID experiment) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT + " and s.state = 'DRAWN' and s.shown_at is not null order by s.number limit 1")
                .bind("experiment", experiment)
                .map((row, context) -> post(row))
                .findOne());
    }

    /** The arm of a post that nobody has seen yet; nothing after the last. */
    Optional<Arm> arm(UUID experiment, int number) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select arm from experiment_post where experiment_id = :experiment and number = :number")
                .bind("experiment", experiment)
                .bind("number", number)
                .mapTo(String.class)
                .findOne()
                .map(Arm::valueOf));
    }

    /** Those that were shown, the latest first. */
    List<Post> shown(UUID experiment, Integer before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT
                        + " and s.shown_at is not null and (:before::int is null or s.number < :before)"
                        + " order by s.number desc limit :limit")
                .bind("experiment", experiment)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> post(row))
                .list());
    }

    private static Post post(ResultSet row) throws SQLException {
        return new Post(
                row.getInt("number"),
                row.getInt("block"),
                Arm.valueOf(row.getString("arm")),
                Experiments.at(row, "due_at"),
                row.getString("code"),
                Experiments.at(row, "shown_at"),
                PostExperiments.PostState.of(row.getString("state")),
                row.getString("used_code"),
                Experiments.at(row, "posted_at"),
                row.getString("remark"));
    }
}
