package dev.zhida.campaign;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.Caller;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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

@Path("/api/v1/campaigns")
@Tag(name = "Campaigns", description = "Brands and their campaigns.")
class CampaignResource {

    private final Campaigns campaigns;
    private final CurrentCaller caller;
    private final Clock clock;

    CampaignResource(Campaigns campaigns, CurrentCaller caller, Clock clock) {
        this.campaigns = campaigns;
        this.caller = caller;
        this.clock = clock;
    }

    @Schema(name = "Bonus")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record BonusView(
            @NotNull @Schema(required = true) Bonus.Kind kind,

            @Positive @Schema(description = "With PER_ORDER: fen per order, whatever its number of lines.")
            Long perOrderFen,

            @Pattern(regexp = "0(\\.\\d{1,6})?|1", message = "is a share of the whole, like 0.02")
            @Schema(examples = "0.02", description = "With PERCENT: the share of what buyers paid and keep.")
            String rate) {

        static BonusView of(Bonus.Terms terms) {
            return new BonusView(
                    terms.kind(),
                    terms.perOrder() == null ? null : terms.perOrder().fen(),
                    terms.rate() == null ? null : terms.rate().fraction().toPlainString());
        }

        Bonus.Terms terms() {
            return new Bonus.Terms(
                    kind, perOrderFen == null ? null : Money.ofFen(perOrderFen), rate == null ? null : Rate.of(rate));
        }
    }

    record CreateCampaign(
            @NotNull UUID brandId,
            @NotBlank @Size(max = 100) String name,

            @NotNull @Schema(description = "The first instant at which a payment counts.")
            Instant fromAt,

            @NotNull @Schema(description = "From then on it counts no more.")
            Instant untilAt,

            @PositiveOrZero @Schema(description = "The most that all bonuses may cost together; 0 if left out.")
            Long budgetFen,

            @Valid @Schema(description = "None if left out.")
            BonusView bonus) {

        Campaigns.Terms terms() {
            return CampaignResource.terms(name, fromAt, untilAt, budgetFen, bonus);
        }
    }

    record ChangeCampaign(
            @NotBlank @Size(max = 100) String name,
            @NotNull Instant fromAt,
            @NotNull Instant untilAt,
            @PositiveOrZero Long budgetFen,

            @Valid @Schema(description = "Holds for orders paid from now on; none if left out.")
            BonusView bonus) {

        Campaigns.Terms terms() {
            return CampaignResource.terms(name, fromAt, untilAt, budgetFen, bonus);
        }
    }

    private static Campaigns.Terms terms(
            String name, Instant fromAt, Instant untilAt, Long budgetFen, BonusView bonus) {
        return new Campaigns.Terms(
                name.strip(),
                fromAt,
                untilAt,
                Money.ofFen(budgetFen == null ? 0 : budgetFen),
                bonus == null ? Bonus.Terms.NONE : bonus.terms());
    }

    record CampaignItem(
            @NotNull @Schema(required = true) Marketplace marketplace,

            @NotBlank @Size(max = 100) @Schema(required = true)
            String itemId) {}

    record SetCampaignItems(@NotNull @Size(max = 1_000) List<@NotNull @Valid CampaignItem> items) {}

    record SetCampaignCreators(@NotNull @Size(max = 10_000) List<@NotNull UUID> creatorIds) {}

    record CampaignOfferView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String itemId,

            @Schema(description = "Absent until it is told.")
            String title) {}

    @Schema(name = "Campaign")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CampaignView(
            @Schema(required = true) UUID id,
            @Schema(required = true) UUID brandId,
            @Schema(required = true) String name,
            @Schema(required = true) Instant fromAt,
            @Schema(required = true) Instant untilAt,
            @Schema(required = true) BonusView bonus,
            @Schema(description = "Not shown to creators.") Long budgetFen,

            @Schema(description = "What the bonuses of decided months cost; not shown to creators.")
            Long spentFen,

            @Schema(description = "In the answer for one campaign.")
            List<CampaignOfferView> offers,

            @Schema(description = "Who is invited, in the answer for one campaign; not shown to creators.")
            List<UUID> creatorIds) {

        static CampaignView of(Campaign campaign, Campaigns.Members members, Caller caller) {
            var inside = caller.role() != Role.CREATOR;
            return new CampaignView(
                    campaign.id(),
                    campaign.brandId(),
                    campaign.name(),
                    campaign.fromAt(),
                    campaign.untilAt(),
                    BonusView.of(campaign.bonus()),
                    inside ? campaign.budget().fen() : null,
                    inside ? campaign.spent().fen() : null,
                    members == null
                            ? null
                            : members.offers().stream()
                                    .map(offer -> new CampaignOfferView(
                                            offer.id(), offer.marketplace(), offer.itemId(), offer.title()))
                                    .toList(),
                    members == null || !inside ? null : members.creators());
        }
    }

    @POST
    @RolesAllowed(Role.OPERATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createCampaign",
            summary = "Add a campaign",
            description = "Its name is its brand's own: adding it twice is refused with `campaign-exists`.")
    public CampaignView create(@NotNull @Valid CreateCampaign request) {
        var id = campaigns.addCampaign(
                request.brandId(), request.terms(), caller.get().personId());
        return view(id);
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "listCampaigns",
            summary = "Campaigns, newest first",
            description = "A brand sees its own, a creator those that she is invited to.")
    public Page<CampaignView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var who = caller.get();
        var rows = campaigns.campaigns(who.scope(), Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(campaign -> CampaignView.of(campaign, null, who))
                .toList();
        return Page.of(rows, limit, CampaignView::id, at);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getCampaign", summary = "One campaign with its offers and creators")
    public CampaignView get(@PathParam("id") UUID id) {
        return view(id);
    }

    @PUT
    @Path("/{id}")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "changeCampaign",
            summary = "Set a campaign's terms",
            description = "What was promised for orders that are paid already stays as it was.")
    public CampaignView change(@PathParam("id") UUID id, @NotNull @Valid ChangeCampaign request) {
        campaigns.change(id, request.terms(), caller.get().personId());
        return view(id);
    }

    @PUT
    @Path("/{id}/offers")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "setCampaignOffers",
            summary = "Set the items that belong to a campaign",
            description = "Counts for orders paid from now on; what is left out goes.")
    public CampaignView setOffers(@PathParam("id") UUID id, @NotNull @Valid SetCampaignItems request) {
        campaigns.setItems(
                id,
                request.items().stream()
                        .map(item -> ItemReference.of(
                                item.marketplace(), item.itemId().strip()))
                        .toList(),
                caller.get().personId());
        return view(id);
    }

    @PUT
    @Path("/{id}/creators")
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "setCampaignCreators",
            summary = "Set who is invited to a campaign",
            description = "Counts for orders paid from now on; who is left out is invited no more.")
    public CampaignView setCreators(@PathParam("id") UUID id, @NotNull @Valid SetCampaignCreators request) {
        campaigns.setCreators(id, request.creatorIds(), caller.get().personId());
        return view(id);
    }

    private CampaignView view(UUID id) {
        var who = caller.get();
        return CampaignView.of(campaigns.campaign(id, who.scope()), campaigns.members(id), who);
    }
}
