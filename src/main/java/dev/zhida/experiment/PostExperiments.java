package dev.zhida.experiment;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.State;
import dev.zhida.experiment.Split.Arm;
import dev.zhida.identity.Caller;
import dev.zhida.identity.Scope;
import dev.zhida.link.LinkKits;
import dev.zhida.link.Placement;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import dev.zhida.touch.TouchInbox;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Experiments whose unit is the post: for places where fans have no cookie or the policy does not allow both forms for
 * one link. Each post has a placement and a slot of its own, made when it is the next one, so that its orders are its own
 * and nobody knows what comes.
 */
@ApplicationScoped
public class PostExperiments {

    /** A post that is so late is named. */
    private static final Duration LATE = Duration.ofHours(24);

    private static final int NAME_IN_LABEL = 60;

    private final Experiments experiments;
    private final PostStore store;
    private final LinkKits kits;
    private final HostAppPolicies policies;
    private final TouchInbox inbox;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    PostExperiments(
            Experiments experiments,
            PostStore store,
            LinkKits kits,
            HostAppPolicies policies,
            TouchInbox inbox,
            Clock clock) {
        this.experiments = experiments;
        this.store = store;
        this.kits = kits;
        this.policies = policies;
        this.inbox = inbox;
        this.clock = clock;
    }

    /**
     * A plan.
     *
     * @param code a placement of the offer at the place where she is going to post
     * @param tokenMedium the medium that is compared with the link
     * @param posts how many she is going to make
     * @param dates when, one for each; {@code null} if she does not say
     * @param countDays how many days a post's orders count
     */
    public record Plan(
            String name,
            String code,
            Medium tokenMedium,
            int posts,
            List<Instant> dates,
            int countDays,
            int marginPercent,
            int mostDays) {}

    /** What became of a post. */
    public enum PostState {
        /** It is to be made now. */
        NEXT,
        MADE,
        SET_ASIDE;

        public static PostState of(String stored) {
            return stored.equals("DRAWN") ? NEXT : valueOf(stored);
        }
    }

    /**
     * A post that was shown.
     *
     * @param arm for which it was drawn, and counts, whatever was posted
     * @param code the one to use
     * @param usedCode what was posted instead; {@code null} if it is what was drawn
     * @param remark what was not as drawn, and why; {@code null} if all was
     */
    public record Post(
            int number,
            int block,
            Arm arm,
            Instant dueAt,
            String code,
            Instant shownAt,
            PostState state,
            String usedCode,
            Instant postedAt,
            String remark) {}

    /**
     * What she tells of a post.
     *
     * @param postedAt {@code null} if it was not made
     * @param remark what was not as drawn, or why it was not made; {@code null} if all was as drawn
     */
    record Told(Instant postedAt, String remark) {
        boolean made() {
            return postedAt != null;
        }
    }

    /**
     * Plans it and draws its schedule.
     *
     * @throws Refusal {@code placement-not-found}, {@code placement-ended}, {@code form-not-allowed}, {@code
     *     posts-out-of-range}, {@code medium-not-compared}, {@code experiment-exists}
     */
    public Experiment create(Plan plan, Caller caller) {
        var now = clock.instant();
        var posted = kits.placement(plan.code(), caller.scope());
        var model = posted.placement();
        if (model.endsAt() != null && !model.endsAt().isAfter(now)) {
            throw new Refusal(Refusal.Kind.INVALID, "placement-ended", "name a placement that has not ended");
        }
        if (plan.tokenMedium() == Medium.LINK) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "medium-not-compared",
                    "the link is compared with another form, not with itself");
        }
        checkDates(plan, now);
        requireAllowed(model, Medium.LINK);
        requireAllowed(model, plan.tokenMedium());
        return store.add(
                UuidCreator.getTimeOrderedEpoch(),
                plan,
                model,
                Schedule.draw(random.nextLong(), plan.posts()),
                caller,
                now);
    }

    private static void checkDates(Plan plan, Instant now) {
        var dates = plan.dates();
        var inOrder = true;
        for (var i = 0; dates != null && i < dates.size(); i++) {
            inOrder &= dates.get(i).isAfter(i == 0 ? now : dates.get(i - 1));
        }
        if (plan.posts() < Schedule.LEAST
                || plan.posts() > Schedule.MOST
                || plan.posts() % 2 != 0
                || dates != null && dates.size() != plan.posts()
                || !inOrder) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "posts-out-of-range",
                    "plan an even number of posts from %d to %d, or as many dates in the future, the earliest first"
                            .formatted(Schedule.LEAST, Schedule.MOST));
        }
    }

    private void requireAllowed(Placement model, Medium medium) {
        var offer = kits.offerOf(model);
        var place = model.place();
        var rule =
                policies.current().posting(place.platform(), place.scene(), offer.marketplace(), medium, offer.topic());
        if (rule.posting() == Posting.REFUSED) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "form-not-allowed", medium + " must not be posted there: " + rule.why());
        }
    }

    /**
     * Lets it begin: the first post is shown.
     *
     * @throws Refusal {@code experiment-not-found}, {@code experiment-not-a-draft}, {@code slots-not-apart}
     */
    Experiment start(UUID id, Caller caller) {
        var experiment = experiments.find(id, caller.scope());
        Experiments.requireDraft(experiment);
        var first = placementOf(experiment, 1, store.arm(id, 1).orElseThrow());
        return store.begin(id, first.id(), caller, clock.instant());
    }

    /** What was shown so far, the latest first. */
    List<Post> posts(UUID id, Scope scope, Integer before, int limit) {
        return store.shown(experiments.find(id, scope).id(), before, limit);
    }

    /**
     * Notes that the next post was made, or why it was not, and shows the one after it. If that one cannot be made, the
     * refusal says so and what was told is noted all the same: telling it again only shows the one after it.
     *
     * @param postedAt {@code null} for now
     * @param usedCode what was really posted; {@code null} for what was drawn
     * @param setAside why the post was not made; {@code null} if it was
     * @throws Refusal {@code experiment-not-found}, {@code experiment-not-running}, {@code post-not-next}, {@code
     *     posted-before-drawn}, {@code why-set-aside}, {@code post-had-fans}, {@code placement-not-found}, {@code
     *     arms-not-comparable}, {@code slots-not-apart}, {@code placement-in-experiment}
     */
    void tell(UUID id, int number, Instant postedAt, String usedCode, String setAside, Caller caller) {
        var now = clock.instant();
        var experiment = experiments.find(id, caller.scope());
        if (experiment.state() != State.RUNNING) {
            throw Experiments.notRunning();
        }
        if (setAside != null && setAside.isBlank()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "why-set-aside",
                    "say in setAside why the post was not made, or leave it out if it was");
        }
        if (store.waiting(id).filter(waiting -> waiting == number + 1).isPresent()) {
            var arm = store.arm(id, number + 1).orElseThrow();
            var waited = placementOf(experiment, number + 1, arm);
            store.showNext(experiment, number + 1, waited.id(), caller, clock.instant());
            return;
        }
        var post = store.next(id).filter(next -> next.number() == number).orElseThrow(PostStore::notNext);
        var at = setAside != null ? null : postedAt == null ? now : postedAt;
        if (at != null && (at.isBefore(post.shownAt()) || at.isAfter(now))) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "posted-before-drawn",
                    "a post counts if it was made after " + post.shownAt()
                            + ", when it was shown, and not in the future: else set it aside");
        }
        var used = at == null || usedCode == null || usedCode.equals(post.code())
                ? null
                : used(experiment, usedCode, caller.scope());
        if (setAside != null) {
            // Whoever came by the post has to be seen when it is decided whether it may be set aside.
            inbox.awaitTaken();
        }
        Long after = null;
        Refusal notMade = null;
        try {
            after = store.arm(id, number + 1)
                    .map(arm -> placementOf(experiment, number + 1, arm).id())
                    .orElse(null);
        } catch (Refusal refusal) {
            notMade = refusal;
        }
        store.tell(
                experiment,
                post,
                new Told(at, setAside != null ? setAside.strip() : remark(experiment, post, at, used)),
                used,
                after,
                caller,
                now);
        if (notMade != null) {
            throw new Refusal(
                    notMade.kind(),
                    notMade.code(),
                    "post %d is noted, but the next one cannot be made: %s; tell post %d again to see it then"
                            .formatted(number, notMade.getMessage(), number));
        }
    }

    private Placement used(Experiment experiment, String code, Scope scope) {
        var drawn = kits.placement(experiment.code(), scope).placement();
        var posted = kits.placement(code, scope);
        var used = posted.placement();
        if (!used.creatorId().equals(drawn.creatorId())
                || !used.offerId().equals(drawn.offerId())
                // A brand that sees the experiment is not to see what she does for others.
                || !Objects.equals(used.campaignId(), drawn.campaignId())
                || used.place().platform() != drawn.place().platform()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "arms-not-comparable",
                    "what was posted is of another offer, campaign or platform: set the post aside");
        }
        return requireOwnSlot(posted);
    }

    private static String remark(Experiment experiment, Post post, Instant at, Placement used) {
        var remarks = new StringBuilder();
        if (used != null) {
            var drawn =
                    post.arm() == Arm.LINK ? Medium.LINK : experiment.posts().tokenMedium();
            remarks.append(
                    "抽到 %s，发的是 %s（%s）；按抽到的算".formatted(drawn, used.place().medium(), used.code()));
        }
        if (post.dueAt() != null && at.isAfter(post.dueAt().plus(LATE))) {
            remarks.append(remarks.isEmpty() ? "" : "；")
                    .append("比计划晚了 %d 小时"
                            .formatted(Duration.between(post.dueAt(), at).toHours()));
        }
        return remarks.isEmpty() ? null : remarks.toString();
    }

    /**
     * Made once, however often it is asked: her placement of that label. One that was made when no slot was free will never
     * have one, so then it is that of the next label.
     */
    private Placement placementOf(Experiment experiment, int number, Arm arm) {
        var everything = new Scope.Everything();
        var model = kits.placement(experiment.code(), everything).placement();
        var offer = kits.offerOf(model);
        var name = experiment
                .name()
                .codePoints()
                .limit(NAME_IN_LABEL)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        var id = experiment.id().toString();
        var label = "%s #%d %s".formatted(name, number, id.substring(id.length() - 6));
        for (var attempt = 1; ; attempt++) {
            var place = new Placement.Place(
                    model.place().platform(),
                    model.place().scene(),
                    arm == Arm.LINK ? Medium.LINK : experiment.posts().tokenMedium(),
                    attempt == 1 ? label : label + " ~" + attempt);
            var kit = kits.create(new LinkKits.Wish(
                    model.creatorId(), offer.itemId(), offer.marketplace(), List.of(place), model.campaignId()));
            var posted = kit.placements().getFirst();
            var madeJustNow = posted.placement().createdAt().equals(kit.createdAt());
            if (hasOwnSlot(posted) || madeJustNow) {
                return requireOwnSlot(posted);
            }
        }
    }

    private static boolean hasOwnSlot(LinkKits.Posted posted) {
        return posted.slot() != null && posted.slot().exclusive();
    }

    private static Placement requireOwnSlot(LinkKits.Posted posted) {
        if (!hasOwnSlot(posted)) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "slots-not-apart",
                    "each post needs a slot of its own, else orders cannot be told apart: try again when exclusive slots "
                            + "are free");
        }
        return posted.placement();
    }
}
