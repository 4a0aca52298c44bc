package dev.zhida.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.Slots;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/pull-windows")
@Tag(name = "Pulls", description = "What marketplaces were asked for, and what is covered.")
class PullWindowResource {

    private final PullStore store;
    private final PullCoverage coverage;
    private final Pulls pulls;
    private final Slots slots;
    private final PullConfig config;
    private final CurrentCaller caller;
    private final Clock clock;

    PullWindowResource(
            PullStore store,
            PullCoverage coverage,
            Pulls pulls,
            Slots slots,
            PullConfig config,
            CurrentCaller caller,
            Clock clock) {
        this.store = store;
        this.coverage = coverage;
        this.pulls = pulls;
        this.slots = slots;
        this.config = config;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "PullWindow")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record WindowView(
            @Schema(required = true) long id,
            @Schema(required = true) UUID accountId,
            @Schema(required = true) Feed feed,
            @Schema(required = true) PullWindow.Kind kind,

            @Schema(nullable = true, description = "The back-fill or sweep that it belongs to.")
            UUID runId,

            @Schema(required = true) Instant from,

            @Schema(required = true, description = "Before this another window covers.")
            Instant coversFrom,

            @Schema(required = true, description = "Not included.")
            Instant until,

            @Schema(required = true) PullWindow.State state,

            @Schema(required = true, description = "How often it was read: rows move while one pages through them.")
            int pass,

            @Schema(required = true) int pages,
            @Schema(required = true) int rows,

            @Schema(required = true, description = "Rows that were news.")
            int news,

            @Schema(required = true, description = "Rows that could not be understood; they are kept as received.")
            int unreadable,

            @Schema(nullable = true, description = "SHA-256 over what was seen in the last pass.")
            String seenHash,

            @Schema(required = true) int attempts,

            @Schema(nullable = true, description = "When it is tried again; null unless it waits.")
            Instant nextAttemptAt,

            @Schema(nullable = true, description = "What kind of failure; null with a failure is a fault of ours.")
            MarketplaceFailure.Kind failureKind,

            @Schema(nullable = true, description = "The marketplace's own words.")
            String failure,

            @Schema(nullable = true) Instant finishedAt) {

        static WindowView of(PullWindow w) {
            return new WindowView(
                    w.id(),
                    w.accountId(),
                    w.feed(),
                    w.kind(),
                    w.runId(),
                    w.span().from(),
                    w.span().coversFrom(),
                    w.span().until(),
                    w.state(),
                    w.pass(),
                    w.pages(),
                    w.rows(),
                    w.news(),
                    w.unreadable(),
                    w.seenHash() == null ? null : HexFormat.of().formatHex(w.seenHash()),
                    w.attempts(),
                    w.state() == PullWindow.State.PENDING ? w.nextAttemptAt() : null,
                    w.failureKind(),
                    w.failure(),
                    w.finishedAt());
        }
    }

    @Schema(name = "PullGap")
    record GapView(
            @Schema(required = true) Instant from,
            @Schema(required = true) Instant until,

            @Schema(
                    required = true,
                    description = "The states of its windows: PENDING and RUNNING heal, FAILED waits for a person,"
                            + " TOO_LATE never heals; MISSING has no window yet.")
            List<String> states) {}

    @Schema(name = "PullCoverage")
    record CoverageView(
            @Schema(required = true) UUID accountId,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String account,
            @Schema(required = true) Feed feed,

            @Schema(required = true, description = "Since the first window that is kept.")
            Instant from,

            @Schema(required = true, description = "Until here everything is covered, or lost.")
            Instant coveredTo,

            @Schema(required = true, description = "How far that lies behind the clock.")
            long gapSeconds,

            @Schema(required = true, description = "Rows that could not be understood, and have not been since.")
            long unreadable,

            @Schema(required = true, description = "What is not covered, the first hundred.")
            List<GapView> gaps,

            @Schema(required = true, description = "It is behind, waits for a person, has a hole, or unreadable rows.")
            boolean alarm) {}

    record CoveragesView(
            @Schema(required = true) List<CoverageView> items,

            @Schema(required = true, description = "How fresh this is.")
            Instant dataTo) {}

    @Schema(name = "UnreadableRow")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record UnreadableView(
            @Schema(required = true, description = "SHA-256 of the row, in hex.")
            String hash,

            @Schema(required = true, description = "What was wrong with it.")
            String reason,

            @Schema(required = true, description = "The row as received.")
            String raw,

            @Schema(required = true, description = "When it was last met.")
            Instant seenAt,

            @Schema(
                    nullable = true,
                    description = "When the window was read again without it; null as long as it is lacking.")
            Instant resolvedAt) {}

    record RetryPulls(
            @NotNull UUID accountId,
            @Schema(description = "One feed only.") Feed feed,
            @Schema(description = "One window only.") Long windowId) {}

    record RetriedView(
            @Schema(required = true, description = "Windows that are read again.")
            int windows) {}

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "listPullWindows", summary = "Pull windows, newest first")
    public Page<WindowView> list(
            @QueryParam("account") UUID account,
            @QueryParam("feed") @Schema(implementation = Feed.class) String feed,
            @QueryParam("state") @Schema(implementation = PullWindow.State.class) String state,
            @QueryParam("kind") @Schema(implementation = PullWindow.Kind.class) String kind,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var filter = new PullStore.Filter(
                account,
                oneOf(Feed.class, "feed", feed),
                oneOf(PullWindow.State.class, "state", state),
                oneOf(PullWindow.Kind.class, "kind", kind));
        var rows = store.windows(filter, Page.position(cursor, Long::valueOf), limit + 1).stream()
                .map(WindowView::of)
                .toList();
        return Page.of(rows, limit, WindowView::id, at);
    }

    @GET
    @Path("coverage")
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "pullCoverage",
            summary = "What is covered, per account and feed",
            description = "Worked out from the windows themselves: whatever no complete window covers is a gap.")
    public CoveragesView coverage(
            @QueryParam("account") UUID account, @QueryParam("feed") @Schema(implementation = Feed.class) String feed) {
        var at = clock.instant();
        var items = coverage.coverage(account, oneOf(Feed.class, "feed", feed)).stream()
                .map(c -> view(c, at))
                .toList();
        return new CoveragesView(items, at);
    }

    private CoverageView view(PullStore.Coverage c, Instant at) {
        var gap = Duration.between(c.coveredTo(), at);
        var states = c.gaps().stream().flatMap(one -> one.states().stream()).toList();
        return new CoverageView(
                c.accountId(),
                Marketplace.valueOf(c.marketplace()),
                c.account(),
                c.feed(),
                c.from(),
                c.coveredTo(),
                gap.toSeconds(),
                c.unreadable(),
                c.gaps().stream()
                        .map(one -> new GapView(one.from(), one.until(), one.states()))
                        .toList(),
                gap.compareTo(config.alarmAfter()) > 0
                        || c.unreadable() > 0
                        || states.contains(PullWindow.State.FAILED.name())
                        || states.contains(PullWindow.State.TOO_LATE.name()));
    }

    @GET
    @Path("{id}/unreadable")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "listUnreadableRows",
            summary = "Rows of a pull window that could not be understood",
            description = "None of them is in the books. A retry reads their window again.")
    public Page<UnreadableView> unreadable(
            @PathParam("id") long id,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var after = Page.position(
                cursor, hash -> HexFormat.of().formatHex(HexFormat.of().parseHex(hash)));
        var rows = store.unreadable(id, after, limit + 1).stream()
                .map(row -> new UnreadableView(row.hash(), row.reason(), row.raw(), row.seenAt(), row.resolvedAt()))
                .toList();
        return Page.of(rows, limit, UnreadableView::hash, at);
    }

    @POST
    @Path("retries")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "retryPullWindows",
            summary = "Try failed pull windows again",
            description =
                    "Those that failed for good, since what only waits is tried again by itself; and those with rows"
                            + " that could not be understood, for when they can be.")
    public RetriedView retry(@NotNull @Valid RetryPulls request) {
        slots.account(request.accountId());
        return new RetriedView(pulls.retry(request.accountId(), request.feed(), request.windowId(), caller.get()));
    }

    static <E extends Enum<E>> E oneOf(Class<E> type, String field, String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Enum.valueOf(type, text);
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "invalid-request",
                    "some fields are not as they should be: see errors",
                    List.of(new Refusal.FieldError(field, "one of " + List.of(type.getEnumConstants()))));
        }
    }
}
