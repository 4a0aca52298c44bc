package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal;
import dev.zhida.web.Idempotency;
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
import jakarta.ws.rs.HeaderParam;
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
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

@Path("/api/v1")
@Tag(name = "Links", description = "What a creator posts.")
class LinkKitResource {

    private final LinkKits kits;
    private final CurrentCaller caller;
    private final Idempotency idempotency;
    private final Clock clock;
    private final String publicUrl;

    LinkKitResource(
            LinkKits kits,
            CurrentCaller caller,
            Idempotency idempotency,
            Clock clock,
            @ConfigProperty(name = "zhida.public-url") String publicUrl) {
        this.kits = kits;
        this.caller = caller;
        this.idempotency = idempotency;
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
            UUID campaignId,

            @Schema(description = "When the placements end; they do not if it is left out.")
            Instant expiresAt) {}

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

            @Schema(
                    description =
                            "Why it does not earn: no-affiliate-programme, no-account, no-slot, no-connection, not-authorised-yet.")
            String earnsNot,

            @Schema(description = "The slot by which orders name it; absent if it holds none.")
            SlotView slot,

            @Schema(description = "When it ends or ended; absent if it does not.")
            Instant endsAt) {}

    record LinkKitView(
            @Schema(required = true) UUID id,
            @Schema(required = true) OfferView offer,
            @Schema(required = true) List<PlacementView> placements,
            @Schema(required = true) Instant createdAt,

            @Schema(description = "Links to other items in the text; only said when the kit is made.")
            List<String> alsoRecognised) {}

    @POST
    @Path("/link-kits")
    @RolesAllowed(Role.CREATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createLinkKit",
            summary = "Make links and tokens for an item",
            description = "Asking for the same place again returns the placement that is there.")
    public LinkKitView create(
            @HeaderParam(Idempotency.HEADER)
                    @Parameter(description = "The same key with the same request gives the same answer for a day.")
                    String key,
            @NotNull @Valid CreateLinkKit request) {
        var item = new LinkKits.Batch.Item(
                request.product(), request.marketplace(), places(request.channels(), request.media()));
        var batch =
                new LinkKits.Batch(caller.get().creator(), request.campaignId(), request.expiresAt(), List.of(item));
        return idempotency.once(
                caller.get().personId(), key, "createLinkKit", request, LinkKitView.class, () -> switch (kits.createAll(
                                batch)
                        .getFirst()) {
                    case LinkKits.Result.Made made -> view(made);
                    case LinkKits.Result.Refused(var refusal) -> throw refusal;
                });
    }

    /** Every channel in every form; in link and token if none is named. */
    static List<Placement.Place> places(List<Channel> channels, List<Medium> media) {
        var wanted = media == null || media.isEmpty() ? List.of(Medium.LINK, Medium.TOKEN) : media;
        refuseUnavailable(wanted);
        return channels.stream()
                .flatMap(channel -> wanted.stream()
                        .map(medium -> new Placement.Place(
                                channel.platform(),
                                channel.scene(),
                                medium,
                                channel.label() == null ? "" : channel.label().strip())))
                .distinct()
                .toList();
    }

    private static void refuseUnavailable(List<Medium> media) {
        var available = List.of(Medium.LINK, Medium.TOKEN, Medium.IMAGE);
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
                .map(kit -> view(kit, null))
                .toList();
        return Page.of(rows, limit, LinkKitView::id, at);
    }

    @GET
    @Path("/placements/{code}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPlacement", summary = "One placement by its code")
    public PlacementView placement(@PathParam("code") String code) {
        return view(kits.placement(code, caller.get().scope()));
    }

    LinkKitView view(LinkKits.Result.Made made) {
        return view(made.kit(), made.alsoRecognised());
    }

    private LinkKitView view(LinkKits.LinkKit kit, List<String> alsoRecognised) {
        var offer = kit.offer();
        return new LinkKitView(
                kit.id(),
                new OfferView(offer.id(), offer.marketplace(), offer.itemId(), offer.title()),
                kit.placements().stream().map(posted -> view(posted, kit)).toList(),
                kit.createdAt(),
                alsoRecognised);
    }

    PlacementView view(LinkKits.Posted posted) {
        return view(posted, null);
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
                place.platform().recommended() == place.medium(),
                placement.earns(),
                placement.earnsNot(),
                slot == null ? null : new SlotView(slot.kind(), slot.value(), slot.exclusive()),
                placement.endsAt());
    }
}
