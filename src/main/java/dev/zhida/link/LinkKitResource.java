package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Page;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1")
@Tag(name = "Links", description = "What a creator posts.")
class LinkKitResource {

    private final LinkKits kits;
    private final CurrentCaller caller;
    private final Clock clock;
    private final String publicUrl;
    private final HostAppPolicies policies;

    LinkKitResource(
            LinkKits kits,
            CurrentCaller caller,
            Clock clock,
            HostAppPolicies policies,
            @ConfigProperty(name = "zhida.public-url") String publicUrl) {
        this.policies = policies;
        this.kits = kits;
        this.caller = caller;
        this.clock = clock;
        this.publicUrl = publicUrl;
    }

    @Schema(description = "What to make: one placement per channel and medium.")
    record CreateLinkKit(
            @NotBlank
            @Size(max = 10_000)
            @Schema(
                    description = "An item's link, a pasted share text with one, or a bare item id.",
                    examples = "https://item.taobao.com/item.htm?id=690000000001")
            String product,

            @Schema(description = "Needed for a bare item id.")
            Marketplace marketplace,

            @NotEmpty @Size(max = 50) @Schema(description = "Where it will be posted.")
            List<@NotNull @Valid Channel> channels,

            @Size(max = 4) @Schema(description = "In which forms; LINK and TOKEN if none are named.")
            List<@NotNull Medium> media,

            @Schema(description = "A campaign that the creator is invited to.")
            UUID campaignId) {}

    @Schema(description = "A place to post to.")
    record Channel(
            @NotNull Platform platform,
            @NotNull Scene scene,

            @Size(max = 100) @Schema(description = "Which group, account or post.")
            String label) {}

    record OfferView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String itemId,

            @Schema(description = "Absent until a marketplace has told it.")
            String title) {}

    record SlotView(
            @Schema(required = true) SlotKind kind,
            @Schema(required = true) String value,

            @Schema(required = true, description = "Whether no other placement holds it.")
            boolean exclusive) {}

    record PlacementView(
            @Schema(required = true) String code,
            @Schema(required = true) Platform platform,
            @Schema(required = true) Scene scene,
            @Schema(required = true) Medium medium,
            @Schema(required = true) String label,

            @Schema(required = true, description = "The link to post.")
            String url,

            @Schema(required = true, description = "The Zhida token.")
            String token,

            @Schema(required = true, description = "The words to post.")
            String shareText,

            @Schema(required = true, description = "Whether this form is the one to use there.")
            boolean recommended,

            @Schema(required = true, description = "Whether orders through it bring commission.")
            boolean earns,

            @Schema(description = "Why it does not earn.") String earnsNot,

            @Schema(description = "The slot by which orders name it; absent if it holds none.")
            SlotView slot) {}

    record LinkKitView(
            @Schema(required = true) UUID id,
            @Schema(required = true) OfferView offer,
            @Schema(required = true) List<PlacementView> placements,
            @Schema(required = true) Instant createdAt) {}

    @POST
    @Path("/link-kits")
    @RolesAllowed(Role.CREATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createLinkKit",
            summary = "Make links and tokens for an item",
            description = "Asking for the same place again returns the placement that is there.")
    public LinkKitView create(@NotNull @Valid CreateLinkKit request) {
        var media = request.media() == null || request.media().isEmpty()
                ? List.of(Medium.LINK, Medium.TOKEN)
                : request.media().stream().distinct().toList();
        refuseUnavailable(media);
        var places = request.channels().stream()
                .flatMap(channel -> media.stream()
                        .map(medium -> new Placement.Place(
                                channel.platform(),
                                channel.scene(),
                                medium,
                                channel.label() == null ? "" : channel.label().strip())))
                .distinct()
                .toList();
        return view(kits.create(new LinkKits.Wish(
                caller.get().creator(), request.product(), request.marketplace(), places, request.campaignId())));
    }

    private static void refuseUnavailable(List<Medium> media) {
        var available = List.of(Medium.LINK, Medium.TOKEN);
        media.stream().filter(Predicate.not(available::contains)).findFirst().ifPresent(medium -> {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "medium-unavailable",
                    medium + " cannot be made without a connection to the marketplace: ask for " + available);
        });
    }

    @GET
    @Path("/link-kits")
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(operationId = "listLinkKits", summary = "The creator's own link kits, newest first")
    public Page<LinkKitView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = kits.list(caller.get().creator(), Page.position(cursor, UUID::fromString), limit + 1).stream()
                .map(this::view)
                .toList();
        return Page.of(rows, limit, LinkKitView::id, at);
    }

    @GET
    @Path("/placements/{code}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPlacement", summary = "One placement by its code")
    public PlacementView placement(@PathParam("code") String code) {
        return view(kits.placement(code, caller.get().scope()), null);
    }

    private LinkKitView view(LinkKits.LinkKit kit) {
        var offer = kit.offer();
        return new LinkKitView(
                kit.id(),
                new OfferView(offer.id(), offer.marketplace(), offer.itemId(), offer.title()),
                kit.placements().stream().map(posted -> view(posted, kit)).toList(),
                kit.createdAt());
    }

    private PlacementView view(LinkKits.Posted posted, LinkKits.LinkKit kit) {
        var placement = posted.placement();
        var place = placement.place();
        var slot = posted.slot();
        var offer = kit == null ? kits.offerOf(placement) : kit.offer();
        return new PlacementView(
                placement.code(),
                place.platform(),
                place.scene(),
                place.medium(),
                place.label(),
                publicUrl + "/r/" + placement.code(),
                posted.token(),
                ShareTexts.of(placement, offer, posted.token(), publicUrl),
                policies.current().recommended(place.platform(), place.scene(), offer.marketplace(), offer.topic())
                        == place.medium(),
                placement.earns(),
                placement.earnsNot(),
                slot == null ? null : new SlotView(slot.kind(), slot.value(), slot.exclusive()));
    }
}
