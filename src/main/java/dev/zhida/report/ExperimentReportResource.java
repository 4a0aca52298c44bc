package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.comparison.Interval;
import dev.zhida.experiment.Experiments;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Unit;
import dev.zhida.experiment.Experiments.Verdict;
import dev.zhida.experiment.PostExperiments.PostState;
import dev.zhida.experiment.Split;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.report.ExperimentCounts.Post;
import dev.zhida.rollup.Counts;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/reports/experiments")
@Tag(name = "Reports")
class ExperimentReportResource {

    private final Experiments experiments;
    private final ExperimentCounts counts;
    private final Counts counted;
    private final CurrentCaller caller;
    private final Clock clock;

    ExperimentReportResource(
            Experiments experiments, ExperimentCounts counts, Counts counted, CurrentCaller caller, Clock clock) {
        this.experiments = experiments;
        this.counts = counts;
        this.counted = counted;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "SampleRatioCheck")
    record RatioView(
            @Schema(
                    required = true,
                    description =
                            "A host app and system, or ALL; POSTS of posts: how many count of those that were drawn.")
            String where,

            @Schema(required = true) long link,
            @Schema(required = true) long token,
            @Schema(required = true) double p,
            @Schema(required = true) boolean alarm) {

        static RatioView of(ExperimentResult.Check check) {
            return new RatioView(check.where(), check.link(), check.token(), check.p(), check.alarm());
        }
    }

    @Schema(name = "ExperimentArm")
    record ArmView(
            @Schema(required = true, description = "People, or posts that count.")
            long n,

            @Schema(required = true, description = "Distinct parent orders.")
            long orders) {}

    @Schema(name = "ExperimentEnd")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record EndView(
            @Schema(required = true, description = "At how many people it ends, or how many posts there are.")
            long planned,

            @Schema(required = true, description = "The smallest difference that matters, in per cent.")
            int marginPercent,

            @Schema(required = true, description = "After how many days it ends.")
            int mostDays,

            @Schema(nullable = true, description = "How it ended; null while it has not.")
            Verdict verdict,

            @Schema(nullable = true) Instant stoppedAt,
            @Schema(nullable = true) String reason,

            @Schema(
                    nullable = true,
                    description =
                            "Orders of LINK and of TOKEN among those same people or posts that are known by now; the "
                                    + "result stays as it was at the end.")
            List<Long> ordersNow) {}

    @Schema(name = "ExperimentPostResult")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PostView(
            @Schema(required = true) int number,
            @Schema(required = true) Split.Arm arm,

            @Schema(required = true, description = "What was posted.")
            String code,

            @Schema(required = true) PostState state,
            @Schema(nullable = true) Instant postedAt,

            @Schema(required = true, description = "Whether it is part of the result.")
            boolean counts,

            @Schema(nullable = true, description = "What was not as drawn, or why it does not count.")
            String remark,

            @Schema(nullable = true, description = "Distinct parent orders of its days; hidden before the end.")
            Long orders,

            @Schema(required = true, description = "Seen to click or paste: told beside the result, never divided by.")
            long people) {

        static PostView of(Post post, boolean shown, boolean ended) {
            return new PostView(
                    post.number(),
                    post.arm(),
                    post.code(),
                    post.state(),
                    post.postedAt(),
                    post.counts(),
                    post.remark() == null && ended && !post.counts()
                            ? post.made() ? "结束时还没满期，不计" : "结束前没有发出，不计"
                            : post.remark(),
                    shown ? post.orders() : null,
                    post.people());
        }
    }

    @Schema(name = "ExperimentReport")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ExperimentReportView(
            @Schema(required = true) UUID id,

            @Schema(required = true, description = "What was randomised, and is therefore counted as one.")
            Unit unit,

            @Schema(required = true) ExperimentResult.State state,

            @Schema(required = true, description = "People of both arms, or posts that count.")
            long people,

            @Schema(
                    required = true,
                    description = "When it ends by itself, as was said before it began, and how it did.")
            EndView end,

            @Schema(required = true) List<RatioView> sampleRatio,

            @Schema(nullable = true, description = "Hidden while the sample ratio alarms; of posts, before the end.")
            ArmView link,

            @Schema(nullable = true) ArmView token,

            @Schema(
                    nullable = true,
                    description =
                            "Of people: TOKEN's rate over LINK's with an interval that may be looked at every day.")
            Interval ratio,

            @Schema(
                    nullable = true,
                    description = "Of posts: how many orders more a post of TOKEN has, with the interval of the "
                            + "randomisation test.")
            Interval difference,

            @Schema(nullable = true) Double p,

            @Schema(nullable = true, description = "Of posts: those that were shown.")
            List<PostView> posts,

            @Schema(required = true) String zh,
            @Schema(required = true) String en,

            @Schema(required = true, description = "Up to when is counted; of what has ended, when it did.")
            Instant dataTo) {}

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "experimentReport",
            summary = "What an experiment shows so far, or showed when it ended",
            description =
                    "Of people, looking often is safe: the interval holds at all times together. Each visitor counts once; one "
                            + "who comes back on a later day than that of her first cookie may count once more, on the same arm; "
                            + "orders are not told apart by buyer, so one who orders twice counts twice. Of posts, the result is "
                            + "shown when all have had their days: by a randomisation test over posts, never per click.")
    public ExperimentReportView experiment(@PathParam("id") UUID id) {
        var now = clock.instant();
        var countedTo = counted.countedTo();
        var experiment = experiments.find(id, caller.get().scope());
        var result = ExperimentResult.of(experiment, counts.of(experiment, now));
        var byPost = experiment.unit() == Unit.POSTS;
        var open = !result.hidden() && (!byPost || result.shown() != null);
        return new ExperimentReportView(
                experiment.id(),
                experiment.unit(),
                result.state(),
                result.n()[0] + result.n()[1],
                end(experiment, result, now),
                result.checks().stream().map(RatioView::of).toList(),
                open ? new ArmView(result.n()[0], result.orders()[0]) : null,
                open ? new ArmView(result.n()[1], result.orders()[1]) : null,
                open && result.valid() != null ? result.valid().ratio() : null,
                open && byPost ? result.shown().difference() : null,
                p(result, open),
                byPost
                        ? result.posts().stream()
                                .filter(post -> post.state() != null)
                                .map(post -> PostView.of(post, open, experiment.verdict() != null))
                                .toList()
                        : null,
                ExperimentWords.zh(experiment, result),
                ExperimentWords.en(experiment, result),
                experiment.kept() == null ? countedTo : experiment.stoppedAt());
    }

    private static final String CSV = "text/csv; charset=utf-8";

    @GET
    @Blocking
    @Path("/{id}.csv")
    @Produces(CSV)
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "exportExperimentReport",
            summary = "What an experiment shows, as a CSV file",
            description =
                    "A record for each arm, LINK first, with the result of both beside TOKEN; then one for each post "
                            + "that was shown. What the report hides is empty. Ends with #END,rows,sumFen,sha256 like every file; "
                            + "there is no money in this one.")
    @APIResponse(
            responseCode = "200",
            description = "The file.",
            content = @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)))
    public Response export(@PathParam("id") UUID id) {
        // Before the stream begins, so that a refusal is an answer of its own.
        var view = experiment(id);
        StreamingOutput body = out -> ExperimentCsv.write(view, out);
        return Response.ok(body, CSV)
                .header("Content-Disposition", "attachment; filename=\"experiment-" + id + ".csv\"")
                .build();
    }

    private static Double p(ExperimentResult result, boolean open) {
        if (!open) {
            return null;
        }
        if (result.shown() != null) {
            return result.shown().p();
        }
        return result.valid() == null ? null : result.valid().p();
    }

    private EndView end(Experiment experiment, ExperimentResult result, Instant now) {
        var end = experiment.end();
        var kept = experiment.kept() != null && !result.hidden();
        return new EndView(
                end.planned(),
                end.marginPercent(),
                end.mostDays(),
                experiment.verdict(),
                experiment.stoppedAt(),
                experiment.reason(),
                kept ? counts.ordersNow(experiment, result, now) : null);
    }
}
