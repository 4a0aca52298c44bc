package dev.zhida.commission;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.web.Idempotency;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/rules")
@Tag(name = "Rules", description = "What order lines earn whom.")
class RuleResource {

    private static final String SHARE = "0(\\.\\d{1,6})?|1";
    private static final String SHARE_MESSAGE = "is a share of the whole from 0 to 1, like 0.7";

    private final Rules rules;
    private final Idempotency idempotency;
    private final CurrentCaller caller;
    private final Clock clock;

    RuleResource(Rules rules, Idempotency idempotency, CurrentCaller caller, Clock clock) {
        this.rules = rules;
        this.idempotency = idempotency;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(
            name = "NewCommissionRule",
            description =
                    "What a rule is about is named by creatorId, campaignId, medium, platform and marketplace; what is "
                            + "left out stands for any.")
    record CreateRule(
            @NotBlank @Size(max = 100) String name,
            UUID creatorId,

            @Schema(description = "The campaign of the ordered item.")
            UUID campaignId,

            Medium medium,
            Platform platform,
            Marketplace marketplace,
            @NotNull Rule.Kind kind,

            @Pattern(regexp = SHARE, message = SHARE_MESSAGE)
            @Schema(description = "With PERCENT: the share of what is left after the technical service fee.")
            String share,

            @PositiveOrZero @Schema(description = "With FIXED: fen per line that brings anything.")
            Long fixedFen,

            @PositiveOrZero
            @Schema(description = "The least per line that brings anything; the platform adds what lacks.")
            Long floorFen,

            @PositiveOrZero @Schema(description = "The most per line.")
            Long capFen,

            @Schema(description = "The agency that has a share of the creator's part.")
            UUID agencyId,

            @Pattern(regexp = SHARE, message = SHARE_MESSAGE)
            @Schema(description = "The agency's share of the creator's part.")
            String agencyShare,

            @Schema(description = "From when on; now if left out. Does not count in a preview.")
            Instant effectiveFrom,

            @Schema(description = "Until when at most; without an end if left out. Does not count in a preview.")
            Instant effectiveUntil,

            @Schema(description = "Only ends the earlier rule about the same ground.", defaultValue = "false")
            boolean withdrawn) {

        Rules.NewRule rule() {
            return new Rules.NewRule(
                    new Ground(creatorId, campaignId, medium, platform, marketplace),
                    new Rule.Terms(
                            name.strip(),
                            kind,
                            share == null ? null : Rate.of(share),
                            money(fixedFen),
                            money(floorFen),
                            money(capFen),
                            agencyId,
                            agencyShare == null ? null : Rate.of(agencyShare)),
                    effectiveFrom,
                    effectiveUntil,
                    withdrawn);
        }

        private static Money money(Long fen) {
            return fen == null ? null : Money.ofFen(fen);
        }
    }

    @Schema(name = "CommissionRule")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RuleView(
            @Schema(required = true, description = "Every line keeps the version that it was counted by.")
            int version,

            @Schema(required = true) String name,

            @Schema(
                    required = true,
                    description =
                            "How specific it is: 16 for a creator, 8 campaign, 4 medium, 2 platform, 1 marketplace. Of the "
                                    + "rules that cover a line the one of the greatest weight wins.")
            int weight,

            UUID creatorId,
            UUID campaignId,
            Medium medium,
            Platform platform,
            Marketplace marketplace,
            @Schema(required = true) Rule.Kind kind,
            String share,
            Long fixedFen,
            Long floorFen,
            Long capFen,
            UUID agencyId,
            String agencyShare,
            @Schema(required = true) Instant effectiveFrom,

            @Schema(description = "It may end before, when the next version about the same ground starts.")
            Instant effectiveUntil,

            @Schema(required = true) boolean withdrawn) {

        static RuleView of(Rule rule) {
            var ground = rule.ground();
            var terms = rule.terms();
            return new RuleView(
                    rule.version(),
                    terms.name(),
                    ground.weight(),
                    ground.creatorId(),
                    ground.campaignId(),
                    ground.medium(),
                    ground.platform(),
                    ground.marketplace(),
                    terms.kind(),
                    map(terms.share(), rate -> rate.fraction().toPlainString()),
                    map(terms.fixed(), Money::fen),
                    map(terms.floor(), Money::fen),
                    map(terms.cap(), Money::fen),
                    terms.agencyId(),
                    map(terms.agencyShare(), rate -> rate.fraction().toPlainString()),
                    rule.fromAt(),
                    rule.untilAt(),
                    rule.withdrawn());
        }

        private static <T, R> R map(T value, Function<T, R> function) {
            return value == null ? null : function.apply(value);
        }
    }

    @GET
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listRules",
            summary = "Versions of commission rules, newest first",
            description =
                    "Of the rules that cover a line and hold when its buyer pays, the most specific one counts: a rule "
                            + "about a creator before one about a campaign, then medium, platform, marketplace.")
    public Page<RuleView> list(
            @QueryParam("at")
                    @Schema(description = "Only the versions that hold then; every one there ever was if left out.")
                    Instant at,
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var now = clock.instant();
        Integer before = Page.position(cursor, Integer::valueOf);
        var found = at == null ? rules.versions(before, limit + 1) : rules.inForce(at, before, limit + 1);
        return Page.of(found.stream().map(RuleView::of).toList(), limit, RuleView::version, now);
    }

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createRule",
            summary = "Add a rule",
            description =
                    "A version never changes. From its start on a rule takes the place of an earlier one about the same "
                            + "ground; it counts for orders paid from then on.")
    public RuleView create(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid CreateRule request) {
        var person = caller.get().personId();
        return idempotency.once(
                person,
                key,
                "createRule",
                request,
                RuleView.class,
                () -> RuleView.of(rules.add(request.rule(), person)));
    }

    record PreviewRules(
            @Pattern(regexp = "\\d{4}-(0[1-9]|1[0-2])", message = "is a month like 2026-10")
            @Schema(
                    description = "The posting month whose lines are counted; last month if left out.",
                    examples = "2026-10")
            String month,

            @NotEmpty @Size(max = 100) @Schema(description = "They take the place of the rules about the same grounds.")
            List<@NotNull @Valid CreateRule> rules) {}

    @Schema(name = "RulePreviewOfCreator")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OutcomeView(
            @Schema(description = "Absent for the lines of nobody known.")
            UUID creatorId,

            String creatorName,
            @Schema(required = true) long lines,

            @Schema(required = true, description = "Lines that would have brought another amount.")
            long changedLines,

            @Schema(required = true) long paidFen,
            @Schema(required = true) long wouldFen,
            @Schema(required = true) long differenceFen) {}

    @Schema(name = "RulePreview")
    record PreviewView(
            @Schema(required = true) String month,
            @Schema(required = true) long lines,
            @Schema(required = true) long paidFen,
            @Schema(required = true) long wouldFen,
            @Schema(required = true) long differenceFen,
            @Schema(required = true) List<OutcomeView> creators,
            @Schema(required = true) Instant dataTo) {}

    @POST
    @Path("/preview")
    @RolesAllowed({Role.FINANCE_ROLE, Role.OPERATOR_ROLE})
    @Operation(
            operationId = "previewRules",
            summary = "What would these rules have paid?",
            description =
                    "Counts the real lines of a month anew as if the rules had held all the time, and moves nothing. Tiers "
                            + "and bonuses are not in it.")
    public PreviewView preview(@NotNull @Valid PreviewRules request) {
        var now = clock.instant();
        var month =
                request.month() == null ? BusinessTime.monthOf(now).minusMonths(1) : YearMonth.parse(request.month());
        var outcomes = rules.preview(
                month, request.rules().stream().map(CreateRule::rule).toList());
        var creators = outcomes.stream()
                .map(outcome -> new OutcomeView(
                        outcome.creatorId(),
                        outcome.name(),
                        outcome.lines(),
                        outcome.changed(),
                        outcome.paid().fen(),
                        outcome.would().fen(),
                        outcome.would().minus(outcome.paid()).fen()))
                .toList();
        var paid = creators.stream().mapToLong(OutcomeView::paidFen).sum();
        var would = creators.stream().mapToLong(OutcomeView::wouldFen).sum();
        return new PreviewView(
                month.toString(),
                creators.stream().mapToLong(OutcomeView::lines).sum(),
                paid,
                would,
                would - paid,
                creators,
                now);
    }
}
