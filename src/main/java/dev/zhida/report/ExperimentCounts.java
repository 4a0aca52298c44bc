package dev.zhida.report;

import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.comparison.Arm;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Unit;
import dev.zhida.experiment.PostExperiments.PostState;
import dev.zhida.experiment.Split;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * What is counted of an experiment's arms: touches from the log, orders from their lines. People of one moment are compared
 * with the orders known at that moment: if one arm's people took much longer to order, it would look worse for as long.
 */
@ApplicationScoped
class ExperimentCounts {

    /** Marketplaces have told of most orders after this time. */
    private static final Duration TOLD_WITHIN = Duration.ofDays(1);

    private final Jdbi jdbi;
    private final ObjectMapper json;

    ExperimentCounts(Jdbi jdbi, ObjectMapper json) {
        this.jdbi = jdbi;
        this.json = json;
    }

    /**
     * What was counted.
     *
     * @param peopleByPlace of LINK and of TOKEN, by host app and system; empty of posts
     * @param orders of LINK and of TOKEN; of posts, of those that count
     * @param posts all that were drawn; empty of people
     */
    record Counted(Map<String, long[]> peopleByPlace, long[] orders, List<Post> posts) {

        long[] people() {
            var all = new long[2];
            peopleByPlace.values().forEach(counts -> {
                all[0] += counts[0];
                all[1] += counts[1];
            });
            return all;
        }

        Arm link() {
            return new Arm(people()[0], orders[0]);
        }

        Arm token() {
            return new Arm(people()[1], orders[1]);
        }
    }

    /**
     * A post.
     *
     * @param code what was posted; {@code null} if it was not shown yet
     * @param state {@code null} if it was not shown yet
     * @param finished whether the days are over in which its orders count
     * @param orders distinct parent orders in these days
     * @param people who clicked or pasted, as far as is seen; beside the result, not part of it
     */
    record Post(
            int number,
            int block,
            Split.Arm arm,
            String code,
            PostState state,
            Instant postedAt,
            boolean finished,
            String remark,
            long orders,
            long people) {

        boolean made() {
            return state == PostState.MADE;
        }

        boolean counts() {
            return made() && finished;
        }

        boolean told() {
            return state == PostState.MADE || state == PostState.SET_ASIDE;
        }
    }

    /** What is counted now of what happened before {@code until}. */
    Counted count(Experiment experiment, Instant until) {
        if (experiment.unit() == Unit.POSTS) {
            var posts = posts(experiment, until);
            var orders = new long[2];
            posts.stream()
                    .filter(Post::counts)
                    .forEach(post -> orders[post.arm().ordinal()] += post.orders());
            return new Counted(Map.of(), orders, posts);
        }
        return new Counted(people(experiment, until), orders(experiment, until), List.of());
    }

    /** What was kept when it ended, or what is counted while that is not done yet. */
    Counted of(Experiment experiment, Instant now) {
        if (experiment.kept() != null) {
            try {
                return json.readValue(experiment.kept(), Counted.class);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("what experiment " + experiment.id() + " kept cannot be read", e);
            }
        }
        return count(experiment, experiment.stoppedAt() == null ? now : experiment.stoppedAt());
    }

    /** Orders, known by now, of the people or posts that the result is about: of LINK and of TOKEN. */
    List<Long> ordersNow(Experiment experiment, ExperimentResult result, Instant now) {
        if (experiment.unit() == Unit.PEOPLE) {
            var orders = orders(experiment, experiment.stoppedAt());
            return List.of(orders[0], orders[1]);
        }
        var counts =
                result.posts().stream().filter(Post::counts).map(Post::number).collect(Collectors.toSet());
        var orders = new long[2];
        posts(experiment, now).stream()
                .filter(post -> counts.contains(post.number()))
                .forEach(post -> orders[post.arm().ordinal()] += post.orders());
        return List.of(orders[0], orders[1]);
    }

    String written(Counted counted) {
        try {
            return json.writeValueAsString(counted);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each person is counted where she was first. */
    private Map<String, long[]> people(Experiment experiment, Instant until) {
        var byPlace = new TreeMap<String, long[]>();
        if (experiment.startedAt() == null) {
            return byPlace;
        }
        jdbi.useHandle(handle -> handle.createQuery("""
                        select host_app || ' ' || os place, role, count(*) n
                        from (
                            select distinct on (e.role, t.visitor) e.role, t.visitor, t.host_app, t.os
                            from experiment_placement e join touch t on t.placement_id = e.placement_id
                            where e.experiment_id = :id and e.role <> 'ENTRY' and t.kind = 'CLICK' and t.human
                              and t.day >= (:from at time zone 'Asia/Shanghai')::date
                              and t.at >= :from and t.at < :until
                            order by e.role, t.visitor, t.id) first
                        group by 1, 2
                        """)
                .bind("id", experiment.id())
                .bind("from", utc(experiment.startedAt()))
                .bind("until", utc(until))
                .map((row, context) -> byPlace.computeIfAbsent(row.getString("place"), place -> new long[2])[
                                Split.Arm.valueOf(row.getString("role")).ordinal()] =
                        row.getLong("n"))
                .list());
        return byPlace;
    }

    private long[] orders(Experiment experiment, Instant until) {
        var orders = new long[2];
        if (experiment.startedAt() == null) {
            return orders;
        }
        jdbi.useHandle(handle -> handle.createQuery("""
                        select e.role, count(distinct (o.marketplace, o.parent_no)) n
                        from experiment_placement e
                        join attribution a on a.placement_id = e.placement_id and a.current and a.confidence = 'EXACT'
                        join order_line o on o.id = a.order_line_id
                        where e.experiment_id = :id and e.role <> 'ENTRY' and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= :from
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) < :until
                        group by 1
                        """)
                .bind("id", experiment.id())
                .bind("from", utc(experiment.startedAt()))
                .bind("until", utc(until))
                .map((row, context) ->
                        orders[Split.Arm.valueOf(row.getString("role")).ordinal()] = row.getLong("n"))
                .list());
        return orders;
    }

    private List<Post> posts(Experiment experiment, Instant until) {
        var days = experiment.posts().countDays();
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select s.number, s.block, s.arm, p.code, s.state, s.posted_at, s.remark, s.shown_at,
                               coalesce((select count(distinct (o.marketplace, o.parent_no))
                                   from attribution a join order_line o on o.id = a.order_line_id
                                   where a.placement_id = p.id and a.current and a.confidence = 'EXACT'
                                     and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                                     and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= s.posted_at
                                     and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at)
                                         < s.posted_at + make_interval(days => :days)), 0) orders,
                               coalesce((select sum(r.clicks + r.pastes) from rollup_people_day r
                                   where r.placement_id = p.id and s.posted_at is not null
                                     and r.day between (s.posted_at at time zone 'Asia/Shanghai')::date
                                         and (s.posted_at at time zone 'Asia/Shanghai')::date + :days), 0)::bigint people
                        from experiment_post s
                        left join placement p on p.id = coalesce(s.used_placement_id, s.placement_id)
                        where s.experiment_id = :id order by s.number
                        """)
                .bind("id", experiment.id())
                .bind("days", days)
                .map((row, context) -> {
                    var postedAt = row.getObject("posted_at", OffsetDateTime.class);
                    var made = postedAt == null ? null : postedAt.toInstant();
                    var shown = row.getObject("shown_at") != null;
                    return new Post(
                            row.getInt("number"),
                            row.getInt("block"),
                            Split.Arm.valueOf(row.getString("arm")),
                            row.getString("code"),
                            shown ? PostState.of(row.getString("state")) : null,
                            made,
                            made != null
                                    && !made.plus(Duration.ofDays(days))
                                            .plus(TOLD_WITHIN)
                                            .isAfter(until),
                            row.getString("remark"),
                            row.getLong("orders"),
                            row.getLong("people"));
                })
                .list());
    }
}
