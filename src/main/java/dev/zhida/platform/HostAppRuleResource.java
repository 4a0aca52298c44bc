package dev.zhida.platform;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.HostAppRule.Delivery;
import dev.zhida.platform.HostAppRule.Ground;
import dev.zhida.platform.HostAppRule.Posting;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1/host-app-rules")
@Tag(name = "Host apps", description = "What opens where, and what may be posted there.")
class HostAppRuleResource {

    private final HostAppPolicies policies;
    private final CurrentCaller caller;
    private final Clock clock;

    HostAppRuleResource(HostAppPolicies policies, CurrentCaller caller, Clock clock) {
        this.policies = policies;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(description = "A rule about a ground: what is left out stands for any.")
    record CreateRule(
            UserAgent.HostApp hostApp,
            Scene scene,
            UserAgent.Os os,
            Marketplace marketplace,
            Medium medium,

            @Pattern(regexp = "[A-Z][A-Z_]{1,31}", message = "is capital letters and underscores, like MEDICAL")
            @Schema(description = "The topic of offers, like FINANCE or MEDICAL.")
            String topic,

            @Schema(description = "Only ends the earlier rule about the same ground.", defaultValue = "false")
            boolean withdrawn,

            @NotNull @Schema(description = "How a fan's click is answered there.")
            Delivery delivery,

            @NotNull @Schema(description = "Whether to post there.")
            Posting posting,

            @NotBlank @Size(max = 500) @Schema(description = "The reason, in words for a creator.")
            String why,

            @NotBlank @Size(max = 500) @Schema(description = "What to do there, in words for a fan.")
            String instruction,

            @NotNull @Schema(description = "When somebody last saw that it is so.")
            LocalDate verifiedOn,

            @NotBlank @Size(max = 500) @Schema(description = "How it was seen.")
            String verifiedHow,

            @Schema(description = "From when on; now if left out.")
            Instant effectiveFrom) {}

    record RuleView(
            @Schema(required = true, description = "Clicks carry the version of the rule that answered them.")
            int version,

            UserAgent.HostApp hostApp,
            Scene scene,
            UserAgent.Os os,
            Marketplace marketplace,
            Medium medium,
            String topic,
            @Schema(required = true) boolean withdrawn,
            @Schema(required = true) Delivery delivery,
            @Schema(required = true) Posting posting,
            @Schema(required = true) String why,
            @Schema(required = true) String instruction,
            @Schema(required = true) LocalDate verifiedOn,
            @Schema(required = true) String verifiedHow,
            @Schema(required = true) Instant effectiveFrom) {

        static RuleView of(HostAppRule rule) {
            var ground = rule.ground();
            return new RuleView(
                    rule.version(),
                    ground.hostApp(),
                    ground.scene(),
                    ground.os(),
                    ground.marketplace(),
                    ground.medium(),
                    ground.topic(),
                    rule.withdrawn(),
                    rule.delivery(),
                    rule.posting(),
                    rule.why(),
                    rule.instruction(),
                    rule.verifiedOn(),
                    rule.verifiedHow(),
                    rule.effectiveFrom());
        }
    }

    record RulesView(
            @Schema(required = true) List<RuleView> items,
            @Schema(required = true) Instant dataTo) {}

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listHostAppRules",
            summary = "What opens where: the rules in force, the most specific ones first",
            description = "Of the rules that cover a click one gives way only to another that names all that it names,"
                    + " and more; of those that are then left the strictest answers it.")
    public RulesView list(
            @QueryParam("at") @Schema(description = "As of another time.") Instant at,
            @QueryParam("history")
                    @DefaultValue("false")
                    @Schema(description = "Every rule there ever was, newest first.")
                    boolean history) {
        var now = clock.instant();
        var rules =
                history ? policies.history().reversed() : (at == null ? policies.current() : policies.at(at)).rules();
        return new RulesView(rules.stream().map(RuleView::of).toList(), now);
    }

    @GET
    @Path("/decision")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "decideHostApp", summary = "The rule that answers a click now")
    public RuleView decide(
            @QueryParam("hostApp") UserAgent.HostApp hostApp,
            @QueryParam("scene") Scene scene,
            @QueryParam("os") UserAgent.Os os,
            @QueryParam("marketplace") Marketplace marketplace,
            @QueryParam("medium") Medium medium,
            @QueryParam("topic") String topic) {
        return RuleView.of(policies.current().decide(new Ground(hostApp, scene, os, marketplace, medium, topic)));
    }

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createHostAppRule",
            summary = "Add a rule",
            description = "From its start on it takes the place of an earlier rule about the same ground.")
    public RuleView create(@NotNull @Valid CreateRule request) {
        return RuleView.of(policies.add(
                new HostAppPolicies.NewRule(
                        new Ground(
                                request.hostApp(),
                                request.scene(),
                                request.os(),
                                request.marketplace(),
                                request.medium(),
                                request.topic()),
                        request.withdrawn(),
                        request.delivery(),
                        request.posting(),
                        request.why().strip(),
                        request.instruction().strip(),
                        request.verifiedOn(),
                        request.verifiedHow().strip(),
                        request.effectiveFrom()),
                caller.get().personId()));
    }
}
