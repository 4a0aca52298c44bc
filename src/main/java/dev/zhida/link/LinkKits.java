package dev.zhida.link;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.campaign.Campaigns;
import dev.zhida.campaign.Offer;
import dev.zhida.campaign.Offers;
import dev.zhida.database.SecretKeys;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceHosts;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.LeasedSlot;
import dev.zhida.slot.Slots;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes what a creator posts: for one offer, a placement per channel and medium. */
@ApplicationScoped
public class LinkKits {

    private final PlacementStore store;
    private final Offers offers;
    private final Campaigns campaigns;
    private final Slots slots;
    private final Clock clock;
    private final LinkCodes codes;
    private final SecureRandom random = new SecureRandom();

    LinkKits(PlacementStore store, Offers offers, Campaigns campaigns, Slots slots, SecretKeys keys, Clock clock) {
        this.store = store;
        this.offers = offers;
        this.campaigns = campaigns;
        this.slots = slots;
        this.clock = clock;
        this.codes = LinkCodes.of(keys);
    }

    /**
     * What to make.
     *
     * @param product a link, a share text, or an item id
     * @param marketplace needed for an item id; may be {@code null}
     * @param places without repetitions
     * @param campaignId may be {@code null}
     */
    public record Wish(
            UUID creatorId, String product, Marketplace marketplace, List<Placement.Place> places, UUID campaignId) {}

    /** A placement with the slot it holds; the slot is {@code null} if it holds none. */
    public record Posted(Placement placement, LeasedSlot slot) {

        /** The Zhida token that carries the placement's code. */
        public String token() {
            return ZhidaToken.of(new LinkCode(placement.code()));
        }
    }

    /** What was made for one offer in one go. */
    public record LinkKit(UUID id, Offer offer, List<Posted> placements, Instant createdAt) {}

    /** Makes a kit; places that exist already are taken as they are. */
    @Transactional
    public LinkKit create(Wish wish) {
        var at = clock.instant();
        var item = ItemReference.in(wish.product(), wish.marketplace());
        if (wish.campaignId() != null) {
            campaigns.requireInvited(wish.campaignId(), wish.creatorId());
        }
        var offer = offers.of(item, at);
        var wanted = new PlacementStore.Wanted(
                wish.creatorId(), offer.id(), wish.campaignId(), wish.places(), checked(item.plainUrl()));
        var added = store.addMissing(wanted, () -> codes.create(random), at);
        giveSlots(item, added, at);
        var placements = store.inOrder(wanted);
        var id = UuidCreator.getTimeOrderedEpoch();
        store.addKit(id, wish.creatorId(), offer.id(), placements, at);
        return new LinkKit(id, offer, posted(placements), at);
    }

    /** A creator's kits, newest first, from before the kit {@code before}. */
    public List<LinkKit> list(UUID creatorId, UUID before, int limit) {
        var kits = store.kits(creatorId, before, limit);
        var placements = store.placementsByKit(
                kits.stream().map(PlacementStore.KitRow::id).toList());
        var offerById = offers.offers(
                kits.stream().map(PlacementStore.KitRow::offerId).distinct().toList());
        return kits.stream()
                .map(kit -> new LinkKit(
                        kit.id(), offerById.get(kit.offerId()), posted(placements.get(kit.id())), kit.createdAt()))
                .toList();
    }

    /** The placement of a code, as far as the scope reaches. */
    public Posted placement(String code, Scope scope) {
        return Optional.of(code)
                .flatMap(codes::read)
                .flatMap(known -> store.find(known.text(), scope))
                .map(found -> posted(List.of(found)).getFirst())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "placement-not-found", "you have no placement with the code " + code));
    }

    /** The offer that a placement promotes. */
    public Offer offerOf(Placement placement) {
        return offers.offers(List.of(placement.offerId())).get(placement.offerId());
    }

    /** The canonical code of what a fan typed; nothing if it cannot be one of ours. */
    public Optional<String> readCode(String text) {
        return codes.read(text).map(LinkCode::text);
    }

    private void giveSlots(ItemReference item, List<Placement> placements, Instant at) {
        if (placements.isEmpty() || item.marketplace() == Marketplace.XIANYU) {
            return;
        }
        var wishes = placements.stream()
                .map(p -> new Slots.Wish(p.id(), p.creatorId(), p.place().medium()))
                .toList();
        var destinations = new HashMap<Long, String>();
        slots.lease(item.marketplace(), wishes, at).forEach((id, slot) -> item.urlWithSlot(slot.kind(), slot.value())
                .ifPresent(url -> destinations.put(id, checked(url))));
        if (!destinations.isEmpty()) {
            store.earn(destinations);
        }
    }

    private List<Posted> posted(List<Placement> placements) {
        var held = slots.heldBy(placements.stream().map(Placement::id).toList());
        return placements.stream().map(p -> new Posted(p, held.get(p.id()))).toList();
    }

    private static String checked(String destination) {
        if (!MarketplaceHosts.isDestination(destination)) {
            throw new IllegalStateException("not a marketplace's address: " + destination);
        }
        return destination;
    }
}
