package dev.zhida.link;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.campaign.Offer;
import dev.zhida.campaign.Offers;
import dev.zhida.database.SecretKeys;
import dev.zhida.link.PlacementStore.Spot;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import dev.zhida.slot.LeasedSlot;
import dev.zhida.slot.Leasing;
import dev.zhida.slot.SlotLeases;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes kits, several in one transaction. What is waited for comes in one order, so that nobody waits in a circle: the
 * creator, her offers in the order of their keys, her placements that are over, the shared slots of each marketplace.
 */
@ApplicationScoped
class KitMaker {

    private final PlacementStore store;
    private final Offers offers;
    private final SlotLeases leases;
    private final LinkCodes codes;
    private final ProducedLinkStore links;
    private final ProducedLinkConfig config;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    KitMaker(
            PlacementStore store,
            Offers offers,
            SlotLeases leases,
            ProducedLinkStore links,
            ProducedLinkConfig config,
            SecretKeys keys,
            Clock clock) {
        this.links = links;
        this.config = config;
        this.store = store;
        this.offers = offers;
        this.leases = leases;
        this.codes = LinkCodes.of(keys);
        this.clock = clock;
    }

    /** For whom kits are made, and until when; the last two may be {@code null}. */
    record Order(UUID creatorId, UUID campaignId, Instant expiresAt) {}

    /** The places at which an item is to be posted. */
    record Wanted(ItemReference item, List<Placement.Place> places) {}

    /** A code that was free a moment ago is somebody's: the transaction is undone and tried again. */
    static final class CodeTaken extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Makes a kit for each item; what is live at a place already, for the same campaign, is taken as it is. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    List<LinkKits.LinkKit> make(Order order, List<Wanted> wanted) {
        var at = clock.instant();
        store.lock(order.creatorId());
        var offerByItem = offers.of(wanted.stream().map(Wanted::item).toList(), at);
        var posted = postedBefore(order, offerByItem.values(), at);
        askAgain(
                wanted.stream()
                        .flatMap(kit -> spots(kit, offerByItem).stream())
                        .filter(posted::containsKey)
                        .map(spot -> posted.get(spot).placement()),
                at);
        var missing = new LinkedHashMap<Spot, ItemReference>();
        wanted.forEach(kit -> spots(kit, offerByItem).stream()
                .filter(spot -> !posted.containsKey(spot))
                .forEach(spot -> missing.putIfAbsent(spot, kit.item())));
        posted.putAll(post(order, missing, at));

        var kits = wanted.stream()
                .map(kit -> new LinkKits.LinkKit(
                        UuidCreator.getTimeOrderedEpoch(),
                        offerByItem.get(kit.item()),
                        spots(kit, offerByItem).stream().map(posted::get).toList(),
                        at))
                .toList();
        store.addKits(
                order.creatorId(),
                kits.stream()
                        .map(kit -> new PlacementStore.NewKit(
                                kit.id(),
                                kit.offer().id(),
                                kit.placements().stream()
                                        .map(p -> p.placement().id())
                                        .toList()))
                        .toList(),
                at);
        return kits;
    }

    private static SequencedCollection<Spot> spots(Wanted kit, Map<ItemReference, Offer> offerByItem) {
        var offer = offerByItem.get(kit.item()).id();
        var spots = new LinkedHashSet<Spot>();
        kit.places().forEach(place -> spots.add(new Spot(offer, place)));
        return spots;
    }

    private Map<Spot, LinkKits.Posted> postedBefore(Order order, Collection<Offer> offers, Instant at) {
        var placements = store.live(
                order.creatorId(),
                order.campaignId(),
                offers.stream().map(Offer::id).toList(),
                at);
        var posted = new HashMap<Spot, LinkKits.Posted>();
        if (!placements.isEmpty()) {
            var held = leases.heldBy(
                    placements.values().stream().map(Placement::id).toList(), at);
            placements.forEach((spot, p) -> posted.put(spot, new LinkKits.Posted(p, held.get(p.id()))));
        }
        return posted;
    }

    /** Whoever asks for a kit again hopes for what its marketplace did not make; tokens may fail while links do not. */
    private void askAgain(Stream<Placement> placements, Instant at) {
        var hoping = placements
                .filter(p -> !p.earns() || p.place().medium() == Medium.NATIVE_TOKEN)
                .map(Placement::id)
                .toList();
        if (!hoping.isEmpty()) {
            links.wantAgain(hoping, at, at.minus(config.askedAgainAfter()));
        }
    }

    private Map<Spot, LinkKits.Posted> post(Order order, Map<Spot, ItemReference> missing, Instant at) {
        if (missing.isEmpty()) {
            return Map.of();
        }
        var ids = store.nextIds(missing.size()).iterator();
        var fresh = freshCodes(missing.size()).iterator();
        var wishBySpot = new LinkedHashMap<Spot, SlotLeases.Wish>();
        missing.forEach((spot, item) -> wishBySpot.put(
                spot,
                new SlotLeases.Wish(
                        ids.next(),
                        fresh.next(),
                        order.creatorId(),
                        spot.place().medium())));
        var leasing = lease(order, missing, wishBySpot, at);

        var posted = new HashMap<Spot, LinkKits.Posted>();
        var placements = new ArrayList<Placement>();
        missing.forEach((spot, item) -> {
            var wish = wishBySpot.get(spot);
            var got = leasing.get(wish.placementId());
            var destination = Destination.of(item, got);
            var placement = new Placement(
                    wish.placementId(),
                    wish.code(),
                    order.creatorId(),
                    spot.offerId(),
                    order.campaignId(),
                    spot.place(),
                    destination.url(),
                    destination.earnsNot(),
                    at,
                    order.expiresAt(),
                    null);
            placements.add(placement);
            posted.put(spot, new LinkKits.Posted(placement, slotOf(got)));
        });
        if (store.add(placements) < placements.size()) {
            throw new CodeTaken();
        }
        links.want(placements.stream().map(Placement::id).toList(), at);
        return posted;
    }

    private Map<Long, Leasing> lease(
            Order order, Map<Spot, ItemReference> items, Map<Spot, SlotLeases.Wish> wishBySpot, Instant at) {
        var byMarketplace = new EnumMap<Marketplace, List<SlotLeases.Wish>>(Marketplace.class);
        wishBySpot.forEach((spot, wish) -> byMarketplace
                .computeIfAbsent(items.get(spot).marketplace(), key -> new ArrayList<>())
                .add(wish));
        var leasing = new HashMap<Long, Leasing>();
        byMarketplace.forEach(
                (marketplace, wishes) -> leasing.putAll(leases.lease(marketplace, wishes, order.expiresAt(), at)));
        return leasing;
    }

    private static LeasedSlot slotOf(Leasing leasing) {
        return switch (leasing) {
            case Leasing.Leased(var slot) -> slot;
            case Leasing.None none -> null;
        };
    }

    /** Codes that nobody has yet; with 10 million placements every hundredth is somebody's. */
    private Collection<String> freshCodes(int count) {
        var fresh = new LinkedHashSet<String>();
        while (fresh.size() < count) {
            var drawn = new LinkedHashSet<String>();
            while (drawn.size() < count - fresh.size()) {
                drawn.add(codes.create(random).text());
            }
            drawn.removeAll(store.taken(drawn));
            fresh.addAll(drawn);
        }
        return fresh;
    }
}
