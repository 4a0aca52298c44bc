package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.comparison.AlwaysValid;
import dev.zhida.comparison.Arm;
import dev.zhida.comparison.Interval;
import dev.zhida.comparison.SampleRatio;
import dev.zhida.experiment.Experiments;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Jdbi;

@Path("/api/v1/reports/experiments")
@Tag(name = "Reports")
class ExperimentReportResource {

    /** Fewer orders in all, and nothing is claimed. */
    private static final long LEAST_ORDERS = 10;

    private static final int LEAST_EXPECTED = 5;

    private final Experiments experiments;
    private final Jdbi jdbi;
    private final CurrentCaller caller;
    private final Clock clock;

    ExperimentReportResource(Experiments experiments, Jdbi jdbi, CurrentCaller caller, Clock clock) {
        this.experiments = experiments;
        this.jdbi = jdbi;
        this.caller = caller;
        this.clock = clock;
    }

    /** What may be said. */
    enum State {
        COLLECTING,
        /** The split did not come out as planned: results are hidden until that is understood. */
        SAMPLE_RATIO_ALARM,
        /** More orders than people: something is counted that the split did not send. */
        INVALID_DENOMINATOR,
        NO_DIFFERENCE_SHOWN,
        /** One arm causes more orders. */
        DIFFERENCE_SHOWN
    }

    @Schema(name = "SampleRatioCheck")
    record RatioView(
            @Schema(required = true, description = "A host app and system, or ALL.")
            String where,

            @Schema(required = true) long link,
            @Schema(required = true) long token,
            @Schema(required = true) double p,
            @Schema(required = true) boolean alarm) {}

    @Schema(name = "ExperimentArm")
    record ArmView(
            @Schema(required = true, description = "People.")
            long n,

            @Schema(required = true, description = "Distinct parent orders.")
            long orders) {}

    @Schema(name = "ExperimentReport")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ExperimentReportView(
            @Schema(required = true) UUID id,
            @Schema(required = true) State state,

            @Schema(required = true, description = "People of both arms.")
            long people,

            @Schema(required = true) long planned,

            @Schema(required = true, description = "Whether the plan is fulfilled or the difference is shown.")
            boolean mayStop,

            @Schema(required = true) List<RatioView> sampleRatio,

            @Schema(nullable = true, description = "Hidden while the sample ratio alarms.")
            ArmView link,

            @Schema(nullable = true) ArmView token,

            @Schema(
                    nullable = true,
                    description = "TOKEN's rate over LINK's with an interval that may be looked at every day.")
            Interval ratio,

            @Schema(nullable = true) Double p,
            @Schema(required = true) String zh,
            @Schema(required = true) String en,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "experimentReport",
            summary = "What an experiment shows so far",
            description =
                    "Looking often is safe: the interval holds at all times together. Each visitor counts once; one "
                            + "who comes back on a later day than that of her first cookie may count once more, on the same arm.")
    public ExperimentReportView experiment(@PathParam("id") UUID id) {
        var at = clock.instant();
        var experiment = experiments.find(id, caller.get().scope());
        var until = experiment.stoppedAt() == null ? at : experiment.stoppedAt();
        return view(experiment, people(experiment, until), orders(experiment, until), at);
    }

    private static ExperimentReportView view(
            Experiment experiment, Map<String, long[]> peopleByPlace, long[] orders, Instant at) {
        var share = experiment.tokenPercent() / 100.0;
        var all = new long[2];
        peopleByPlace.values().forEach(counts -> {
            all[0] += counts[0];
            all[1] += counts[1];
        });
        var checks = new java.util.ArrayList<RatioView>();
        checks.add(check("ALL", all, share));
        peopleByPlace.forEach((place, counts) -> {
            // The chi-squared test is one only where every side is expected to have some.
            if ((counts[0] + counts[1]) * Math.min(share, 1 - share) >= LEAST_EXPECTED) {
                checks.add(check(place, counts, share));
            }
        });
        var people = all[0] + all[1];
        if (checks.stream().anyMatch(RatioView::alarm)) {
            return new ExperimentReportView(
                    experiment.id(),
                    State.SAMPLE_RATIO_ALARM,
                    people,
                    experiment.planned(),
                    false,
                    checks,
                    null,
                    null,
                    null,
                    null,
                    "两组人数与设定的比例不符，结果先不显示：请查有一组的人是否丢失。",
                    "The arms did not get the people that the split gives them, so the result is hidden: find out where "
                            + "people of one arm are lost.",
                    at);
        }
        var link = new Arm(all[0], orders[0]);
        var token = new Arm(all[1], orders[1]);
        var state = State.COLLECTING;
        AlwaysValid valid = null;
        if (!link.isProportion() || !token.isProportion()) {
            state = State.INVALID_DENOMINATOR;
        } else if (link.n() > 0 && token.n() > 0 && link.orders() + token.orders() >= LEAST_ORDERS) {
            valid = AlwaysValid.of(token, link, experiment.planned());
            state = valid.ratio().low() > 1 || valid.ratio().high() < 1
                    ? State.DIFFERENCE_SHOWN
                    : State.NO_DIFFERENCE_SHOWN;
        }
        return new ExperimentReportView(
                experiment.id(),
                state,
                people,
                experiment.planned(),
                people >= experiment.planned() || state == State.DIFFERENCE_SHOWN,
                checks,
                new ArmView(link.n(), link.orders()),
                new ArmView(token.n(), token.orders()),
                valid == null ? null : valid.ratio(),
                valid == null ? null : valid.p(),
                zh(state, valid),
                en(state, valid),
                at);
    }

    private static RatioView check(String where, long[] counts, double tokenShare) {
        var ratio = SampleRatio.of(counts, new double[] {1 - tokenShare, tokenShare});
        return new RatioView(where, counts[0], counts[1], ratio.test().p(), ratio.alarms());
    }

    private static String zh(State state, AlwaysValid valid) {
        return switch (state) {
            case COLLECTING -> "订单还太少，先不下结论。";
            case SAMPLE_RATIO_ALARM -> throw new IllegalArgumentException("hidden");
            case INVALID_DENOMINATOR -> "订单比人多：有订单不是从这个实验来的，无法比较。";
            case NO_DIFFERENCE_SHOWN -> "到现在还看不出差别。";
            case DIFFERENCE_SHOWN ->
                valid.ratio().low() > 1
                        ? "口令页使每人订单变多：是直接链接的 %.2f 倍（%.2f–%.2f）。".formatted(parts(valid))
                        : "口令页使每人订单变少：是直接链接的 %.2f 倍（%.2f–%.2f）。".formatted(parts(valid));
        };
    }

    private static String en(State state, AlwaysValid valid) {
        return switch (state) {
            case COLLECTING -> "Too few orders yet to say anything.";
            case SAMPLE_RATIO_ALARM -> throw new IllegalArgumentException("hidden");
            case INVALID_DENOMINATOR ->
                "There are more orders than people: some did not come from this experiment, so nothing can be compared.";
            case NO_DIFFERENCE_SHOWN -> "No difference is shown so far.";
            case DIFFERENCE_SHOWN ->
                valid.ratio().low() > 1
                        ? "The token page causes more orders per person: %.2f times those of the direct link (%.2f to %.2f)."
                                .formatted(parts(valid))
                        : "The token page causes fewer orders per person: %.2f times those of the direct link (%.2f to %.2f)."
                                .formatted(parts(valid));
        };
    }

    private static Object[] parts(AlwaysValid valid) {
        return new Object[] {
            valid.ratio().estimate(), valid.ratio().low(), valid.ratio().high()
        };
    }

    /** People by host app and system: of LINK, of TOKEN. Each is counted where she was first. */
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
                .bind("from", experiment.startedAt().atOffset(ZoneOffset.UTC))
                .bind("until", until.atOffset(ZoneOffset.UTC))
                .map((row, context) -> byPlace.computeIfAbsent(row.getString("place"), place -> new long[2])[
                                row.getString("role").equals("LINK") ? 0 : 1] =
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
                .bind("from", experiment.startedAt().atOffset(ZoneOffset.UTC))
                .bind("until", until.atOffset(ZoneOffset.UTC))
                .map((row, context) -> orders[row.getString("role").equals("LINK") ? 0 : 1] = row.getLong("n"))
                .list());
        return orders;
    }
}
