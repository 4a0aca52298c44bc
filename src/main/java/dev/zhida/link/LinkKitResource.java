package dev.zhida.link;

import dev.zhida.campaign.Offer;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.HostAppPolicies;
import dev.zhida.platform.HostAppRule;
import dev.zhida.platform.HostAppRule.Posting;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
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
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    private final HostAppPolicies policies;
    private final ShareTexts texts;
    private final NativeTokens nativeTokens;
    private final ProducedLinkStore links;

    LinkKitResource(
            LinkKits kits,
            CurrentCaller caller,
            Idempotency idempotency,
            Clock clock,
            HostAppPolicies policies,
            ShareTexts texts,
            NativeTokens nativeTokens,
            ProducedLinkStore links) {
        this.links = links;
        this.policies = policies;
        this.texts = texts;
        this.nativeTokens = nativeTokens;
        this.kits = kits;
        this.caller = caller;
        this.idempotency = idempotency;
        this.clock = clock;
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

    @Schema(description = "Delivered as the marketplace made it: its app does not know it again after a change.")
    record NativeTokenView(
            @Schema(required = true) String text,

            @Schema(description = "The form for apps that do not take the short one.")
            String longText,

            @Schema(required = true) Instant expiresAt) {}

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

            @Schema(description = "The marketplace's own token; on placements that have a living one.")
            NativeTokenView nativeToken,

            @Schema(description = "Why a NATIVE_TOKEN placement has none, in words for the creator.")
            String nativeTokenMissing,

            @Schema(description = "Where the picture to post is; on placements of the medium IMAGE.")
            String picture,

            @Schema(required = true, description = "The words to post; empty while there is nothing to post.")
            String shareText,

            @Schema(required = true, description = "What a follower sees and where she gets, in words for the creator.")
            String preview,

            @Schema(description = "The step that nobody can see, in words for the creator.")
            String unseen,

            @Schema(required = true, description = "Whether this form is the one to use there.")
            boolean recommended,

            @Schema(required = true, description = "Whether this form may be posted there.")
            Posting posting,

            @Schema(required = true, description = "Why, in words for the creator.")
            String why,

            @Schema(required = true, description = "Whether orders through it bring commission.")
            boolean earns,

            @Schema(
                    description =
                            "Why it does not earn: no-affiliate-programme, no-account, no-slot, no-connection (nobody can"
                                    + " ask the marketplace for a link), link-pending (it is being asked),"
                                    + " not-authorised-yet (备案 is missing), item-not-in-programme,"
                                    + " account-not-authorised, link-refused (an operator sees the marketplace's words),"
                                    + " or what is wrong with the link that the marketplace made: pid-swapped,"
                                    + " link-of-another-item, not-a-marketplace-link.")
            String earnsNot,

            @Schema(description = "The slot by which orders name it; absent if it holds none.")
            SlotView slot,

            @Schema(description = "When it ends or ended; absent if it does not.")
            Instant endsAt) {}

    record NotAllowedView(
            @Schema(required = true) Medium medium,
            @Schema(required = true) String why) {}

    @Schema(description = "What is known of a place to post to.")
    record AdviceView(
            @Schema(required = true) Platform platform,
            @Schema(required = true) Scene scene,

            @Schema(required = true, description = "The form to use there.")
            Medium recommended,

            @Schema(required = true, description = "Why, in words for the creator.")
            String why,

            @Schema(required = true, description = "Forms that must not or cannot be used there.")
            List<NotAllowedView> notAllowed) {}

    record LinkKitView(
            @Schema(required = true) UUID id,
            @Schema(required = true) OfferView offer,
            @Schema(required = true) List<PlacementView> placements,

            @Schema(required = true, description = "One for each place.")
            List<AdviceView> advice,

            @Schema(required = true) Instant createdAt,

            @Schema(description = "Links to other items in the text; only said when the kit is made.")
            List<String> alsoRecognised) {

        LinkKitView withAlsoRecognised(List<String> others) {
            return new LinkKitView(id, offer, placements, advice, createdAt, others);
        }
    }

    @POST
    @Path("/link-kits")
    @RolesAllowed(Role.CREATOR_ROLE)
    @ResponseStatus(201)
    @Operation(
            operationId = "createLinkKit",
            summary = "Make links and tokens for an item",
            description =
                    "Asking for the same place and campaign again returns the placement that is there, with the end"
                            + " that it has, as long as it has not ended.")
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
                    case LinkKits.Result.Made made -> viewsOfMade(List.of(made)).getFirst();
                    case LinkKits.Result.Refused(var refusal) -> throw refusal;
                });
    }

    /** Every channel in every form; in link and token if none is named. */
    static List<Placement.Place> places(List<Channel> channels, List<Medium> media) {
        var wanted = media == null || media.isEmpty() ? List.of(Medium.LINK, Medium.TOKEN) : media;
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

    @GET
    @Path("/link-kits")
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(operationId = "listLinkKits", summary = "The creator's own link kits, newest first")
    public Page<LinkKitView> list(
            @QueryParam("limit") @DefaultValue(Page.DEFAULT_LIMIT) @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @QueryParam("cursor") String cursor) {
        var at = clock.instant();
        var rows = views(kits.list(caller.get().creator(), Page.position(cursor, UUID::fromString), limit + 1));
        return Page.of(rows, limit, LinkKitView::id, at);
    }

    @GET
    @Path("/placements/{code}")
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getPlacement", summary = "One placement by its code")
    public PlacementView placement(@PathParam("code") String code) {
        return view(kits.placement(code, caller.get().scope()));
    }

    /** What was made, with what else the creator's text named. */
    List<LinkKitView> viewsOfMade(List<LinkKits.Result.Made> made) {
        var views = views(made.stream().map(LinkKits.Result.Made::kit).toList());
        return IntStream.range(0, made.size())
                .mapToObj(i -> views.get(i).withAlsoRecognised(made.get(i).alsoRecognised()))
                .toList();
    }

    PlacementView view(LinkKits.Posted posted) {
        return view(
                posted, kits.offerOf(posted.placement()), nativeTokens(Stream.of(posted)), answers(Stream.of(posted)));
    }

    private List<LinkKitView> views(List<LinkKits.LinkKit> made) {
        var tokens = nativeTokens(made.stream().flatMap(kit -> kit.placements().stream()));
        var answers = answers(made.stream().flatMap(kit -> kit.placements().stream()));
        return made.stream().map(kit -> view(kit, tokens, answers)).toList();
    }

    private LinkKitView view(
            LinkKits.LinkKit kit, Map<Long, NativeToken> nativeTokenById, Map<Long, LinkAnswer> answerById) {
        var offer = kit.offer();
        return new LinkKitView(
                kit.id(),
                new OfferView(offer.id(), offer.marketplace(), offer.itemId(), offer.title()),
                kit.placements().stream()
                        .map(posted -> view(posted, offer, nativeTokenById, answerById))
                        .toList(),
                kit.placements().stream()
                        .map(posted -> new Spot(
                                posted.placement().place().platform(),
                                posted.placement().place().scene()))
                        .distinct()
                        .map(spot -> advice(spot, offer))
                        .toList(),
                kit.createdAt(),
                null);
    }

    private record Spot(Platform platform, Scene scene) {}

    /** What the policy of the host app says of a place, whichever forms were asked for. */
    private AdviceView advice(Spot spot, Offer offer) {
        var policy = policies.current();
        var recommended = policy.recommended(spot.platform(), spot.scene(), offer.marketplace(), offer.topic());
        return new AdviceView(
                spot.platform(),
                spot.scene(),
                recommended,
                rule(spot, recommended, offer).why(),
                Stream.of(Medium.values())
                        .filter(medium -> rule(spot, medium, offer).posting() == Posting.REFUSED)
                        .map(medium -> new NotAllowedView(
                                medium, rule(spot, medium, offer).why()))
                        .toList());
    }

    private HostAppRule rule(Spot spot, Medium medium, Offer offer) {
        return policies.current().posting(spot.platform(), spot.scene(), offer.marketplace(), medium, offer.topic());
    }

    private Map<Long, NativeToken> nativeTokens(Stream<LinkKits.Posted> posted) {
        return nativeTokens.current(ofNativeTokens(posted));
    }

    /** What marketplaces answered, of the placements whose tokens depend on it. */
    private Map<Long, LinkAnswer> answers(Stream<LinkKits.Posted> posted) {
        return links.answers(ofNativeTokens(posted));
    }

    private static Set<Long> ofNativeTokens(Stream<LinkKits.Posted> posted) {
        return posted.map(LinkKits.Posted::placement)
                .filter(placement -> placement.place().medium() == Medium.NATIVE_TOKEN)
                .map(Placement::id)
                .collect(Collectors.toSet());
    }

    private static String tokenless(LinkKits.Posted posted, LinkAnswer answer) {
        if (answer != null && answer.refusal() != null) {
            return answer.refusal();
        }
        return posted.slot() != null && posted.slot().connected() ? LinkAnswer.PENDING : null;
    }

    private PlacementView view(
            LinkKits.Posted posted,
            Offer offer,
            Map<Long, NativeToken> nativeTokenById,
            Map<Long, LinkAnswer> answerById) {
        var placement = posted.placement();
        var place = placement.place();
        var slot = posted.slot();
        var post = texts.of(
                placement,
                offer,
                posted.token(),
                nativeTokenById.get(placement.id()),
                tokenless(posted, answerById.get(placement.id())));
        var nativeToken = post.nativeToken();
        var rule = rule(new Spot(place.platform(), place.scene()), place.medium(), offer);
        return new PlacementView(
                placement.code(),
                place.platform(),
                place.scene(),
                place.medium(),
                place.label(),
                texts.url(placement),
                posted.token(),
                nativeToken == null
                        ? null
                        : new NativeTokenView(nativeToken.text(), nativeToken.longText(), nativeToken.expiresAt()),
                post.nativeTokenMissing(),
                place.medium() == Medium.IMAGE ? "/api/v1/placements/" + placement.code() + "/picture" : null,
                post.text(),
                post.preview(),
                post.unseen(),
                policies.current().recommended(place.platform(), place.scene(), offer.marketplace(), offer.topic())
                        == place.medium(),
                rule.posting(),
                rule.why(),
                placement.earns(),
                placement.earnsNot(),
                slot == null ? null : new SlotView(slot.kind(), slot.value(), slot.exclusive()),
                placement.endsAt());
    }
}
