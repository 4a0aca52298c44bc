package dev.zhida.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.experiment.Experiments.End;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Plan;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.platform.Medium;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/experiments")
@Tag(name = "Experiments", description = "Randomised splits: what may say \"causes\".")
class ExperimentResource {

    private final Experiments experiments;
    private final PostExperiments posts;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;

    ExperimentResource(
            Experiments experiments,
            PostExperiments posts,
            CurrentCaller caller,
            Idempotency idempotency,
            Clock clock) {
        this.experiments = experiments;
        this.posts = posts;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    record CreateExperiment(
            @NotBlank @Size(max = 100) String name,

            @NotBlank @Schema(description = "The code that is posted: a LINK placement.")
            String code,

            @NotBlank @Schema(description = "The arm that is sent straight on: another LINK placement.")
            String linkCode,

            @NotBlank @Schema(description = "The arm that is shown the landing page: a TOKEN placement.")
            String tokenCode,

            @Min(10)
            @Max(90)
            @Schema(description = "Of every hundred people so many are shown the page; 50 if left out.")
            Integer tokenPercent,

            @Min(200) @Max(10_000_000) @Schema(description = "At how many people in all it ends; 5,000 if left out.")
            Long planned,

            @Min(1)
            @Max(100)
            @Schema(
                    description =
                            "The smallest difference that matters, in per cent of the other rate; 20 if left out.")
            Integer marginPercent,

            @Min(1) @Max(90) @Schema(description = "After how many days it ends; 28 if left out.")
            Integer mostDays) {

        Plan plan() {
            return new Plan(
                    name.strip(),
                    code,
                    linkCode,
                    tokenCode,
                    tokenPercent == null ? 50 : tokenPercent,
                    new End(
                            marginPercent == null ? 20 : marginPercent,
                            planned == null ? 5_000 : planned,
                            mostDays == null ? 28 : mostDays));
        }
    }

    record CreatePostExperiment(
            @NotBlank @Size(max = 100) String name,

            @NotBlank @Schema(description = "Any placement of the offer at the place where the posts will be.")
            String code,

            @Schema(description = "What is compared with the link; TOKEN if left out.")
            Medium tokenMedium,

            @Schema(
                    description =
                            "How many posts are planned: an even number from 12 to 200; as many as dates if left out.")
            Integer posts,

            @Size(max = 200) @Schema(description = "When each is to be posted, the earliest first.")
            List<@NotNull Instant> dates,

            @Min(1) @Max(30) @Schema(description = "How many days a post's orders count; 7 if left out.")
            Integer countDays,

            @Min(1)
            @Max(100)
            @Schema(
                    description =
                            "The smallest difference that matters, in per cent of the orders of a post with the link;"
                                    + " 20 if left out.")
            Integer marginPercent,

            @Min(1) @Max(200) @Schema(description = "After how many days it ends; 90 if left out.")
            Integer mostDays) {

        PostExperiments.Plan plan() {
            return new PostExperiments.Plan(
                    name.strip(),
                    code,
                    tokenMedium == null ? Medium.TOKEN : tokenMedium,
                    posts != null ? posts : dates == null ? 0 : dates.size(),
                    dates,
                    countDays == null ? 7 : countDays,
                    marginPercent == null ? 20 : marginPercent,
                    mostDays == null ? 90 : mostDays);
        }
    }

    @Schema(description = "What became of a post: made as drawn if nothing else is said.")
    record TellPost(
            @Schema(description = "When it was posted; now if left out.")
            Instant postedAt,

            @Schema(description = "The code that was really posted, if it was another.")
            String usedCode,

            @Size(max = 500) @Schema(description = "Why the post was not made; only then.")
            String setAside) {}

    @Schema(name = "ExperimentPost")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PostView(
            @Schema(required = true) int number,

            @Schema(required = true, description = "The arm for which it was drawn and counts.")
            Split.Arm arm,

            @Schema(required = true, description = "NEXT: use this one.")
            PostExperiments.PostState state,

            @Schema(required = true, description = "The code to post; see its placement for link, token and words.")
            String code,

            @Schema(nullable = true) Instant dueAt,
            @Schema(required = true) Instant shownAt,
            @Schema(nullable = true) Instant postedAt,

            @Schema(nullable = true, description = "What was posted instead of what was drawn.")
            String usedCode,

            @Schema(nullable = true, description = "What was not as drawn, or why it was set aside.")
            String remark) {

        static PostView of(PostExperiments.Post post) {
            return new PostView(
                    post.number(),
                    post.arm(),
                    post.state(),
                    post.code(),
                    post.dueAt(),
                    post.shownAt(),
                    post.postedAt(),
                    post.usedCode(),
                    post.remark());
        }
    }

    record StopExperiment(@NotBlank @Size(max = 500) String reason) {}

    @Schema(name = "Experiment")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ExperimentView(
            @Schema(required = true) UUID id,
            @Schema(required = true) String name,
            @Schema(required = true) UUID creatorId,

            @Schema(required = true, description = "PEOPLE are split by their cookie, POSTS by a drawn schedule.")
            Experiments.Unit unit,

            @Schema(
                    required = true,
                    description = "The code that is posted; of posts, one of the same offer and place.")
            String code,

            @Schema(nullable = true, description = "Null of posts, which have codes of their own.")
            String linkCode,

            @Schema(nullable = true) String tokenCode,
            @Schema(required = true) int tokenPercent,

            @Schema(required = true, description = "At how many people it ends, or how many posts there are.")
            long planned,

            @Schema(required = true, description = "The smallest difference that matters, in per cent.")
            int marginPercent,

            @Schema(required = true, description = "After how many days it ends.")
            int mostDays,

            @Schema(nullable = true, description = "What is compared with the link; of posts only.")
            Medium tokenMedium,

            @Schema(nullable = true, description = "How many days a post's orders count.")
            Integer countDays,

            @Schema(
                    nullable = true,
                    description =
                            "What the schedule was drawn from, told when it has ended. The audit trail has the SHA-256 "
                                    + "of `seed:ARM,ARM,…` from when it was drawn.")
            String seed,

            @Schema(required = true) Experiments.State state,
            @Schema(required = true) Instant createdAt,
            @Schema(nullable = true) Instant startedAt,
            @Schema(nullable = true) Instant stoppedAt,

            @Schema(nullable = true, description = "How it ended.")
            Experiments.Verdict verdict,

            @Schema(nullable = true, description = "Why it ended.")
            String reason) {

        static ExperimentView of(Experiment e) {
            var posts = e.posts();
            return new ExperimentView(
                    e.id(),
                    e.name(),
                    e.creatorId(),
                    e.unit(),
                    e.code(),
                    e.linkCode(),
                    e.tokenCode(),
                    e.tokenPercent(),
                    e.end().planned(),
                    e.end().marginPercent(),
                    e.end().mostDays(),
                    posts == null ? null : posts.tokenMedium(),
                    posts == null ? null : posts.countDays(),
                    // Whoever knew it before could tell what comes.
                    posts == null || e.state() != Experiments.State.STOPPED ? null : Long.toString(posts.seed()),
                    e.state(),
                    e.createdAt(),
                    e.startedAt(),
                    e.stoppedAt(),
                    e.verdict(),
                    e.reason());
        }
    }

    @POST
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @ResponseStatus(201)
    @Operation(
            operationId = "createExperiment",
            summary = "Plan a randomised split of one posted code",
            description =
                    "All three placements are of one creator, offer, platform and scene, each with a slot of its own.")
    public ExperimentView create(
            @HeaderParam(Idempotency.HEADER) String key, @NotNull @Valid CreateExperiment request) {
        var who = caller.get();
        return idempotency.once(
                who.personId(),
                key,
                "createExperiment",
                request,
                ExperimentView.class,
                () -> ExperimentView.of(experiments.create(request.plan(), who)));
    }

    @POST
    @Path("/by-post")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @ResponseStatus(201)
    @Operation(
            operationId = "createPostExperiment",
            summary = "Plan posts that alternate as a drawn schedule says",
            description =
                    "For places where fans have no cookie, or one link may not be answered in both ways. The schedule is drawn "
                            + "now, in blocks of four with two of each form, and does not change; of its posts only the next "
                            + "one is shown.")
    public ExperimentView createByPost(
            @HeaderParam(Idempotency.HEADER) String key, @NotNull @Valid CreatePostExperiment request) {
        var who = caller.get();
        return idempotency.once(
                who.personId(),
                key,
                "createPostExperiment",
                request,
                ExperimentView.class,
                () -> ExperimentView.of(posts.create(request.plan(), who)));
    }

    @GET
    @Path("/{id}/posts")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listExperimentPosts",
            summary = "The posts that were shown so far, the latest first",
            description = "The first one is the next to be made, while it says NEXT.")
    public Page<PostView> posts(
            @PathParam("id") UUID id,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = posts.posts(id, caller.get().scope(), Page.position(cursor, Integer::valueOf), limit + 1).stream()
                .map(PostView::of)
                .toList();
        return Page.of(rows, limit, PostView::number, at);
    }

    @POST
    @Path("/{id}/posts/{number}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @Operation(
            operationId = "tellExperimentPost",
            summary = "Say that the next post was made, and see the one after it",
            description =
                    "A post made with another code counts as it was drawn, and is named. What was told stays. A post that "
                            + "fans came by cannot be set aside. If the next one cannot be made for want of a slot, the answer "
                            + "says so, and telling the same post again shows it later.")
    public Page<PostView> tell(
            @PathParam("id") UUID id, @PathParam("number") int number, @NotNull @Valid TellPost request) {
        posts.tell(id, number, request.postedAt(), request.usedCode(), request.setAside(), caller.get());
        return posts(id, 2, null);
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listExperiments", summary = "Experiments, newest first")
    public Page<ExperimentView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = experiments.list(caller.get().scope(), Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(ExperimentView::of)
                .toList();
        return Page.of(rows, limit, ExperimentView::id, at);
    }

    @POST
    @Path("/{id}/start")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE})
    @Operation(
            operationId = "startExperiment",
            summary = "Split people from now on, or show the first post",
            description = "From then on it ends by itself as it was planned.")
    public ExperimentView start(@PathParam("id") UUID id) {
        var who = caller.get();
        return ExperimentView.of(
                switch (experiments.find(id, who.scope()).unit()) {
                    case PEOPLE -> experiments.start(id, who);
                    case POSTS -> posts.start(id, who);
                });
    }

    @POST
    @Path("/{id}/stop")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE})
    @Operation(operationId = "stopExperiment", summary = "Split nobody any more")
    public ExperimentView stop(@PathParam("id") UUID id, @NotNull @Valid StopExperiment request) {
        return ExperimentView.of(experiments.stop(id, request.reason().strip(), caller.get()));
    }
}
