package dev.zhida.link;

import dev.zhida.campaign.Campaigns;
import dev.zhida.campaign.Offer;
import dev.zhida.campaign.Offers;
import dev.zhida.database.SecretKeys;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Products;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.LeasedSlot;
import dev.zhida.slot.SlotLeases;
import dev.zhida.slot.Slots;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Makes what a creator posts: for one offer, a placement per channel and medium. */
@ApplicationScoped
public class LinkKits {

    /** Kits that share a transaction: more save round trips, but keep others of the creator waiting longer. */
    private static final int KITS_PER_TRANSACTION = 50;

    /** Short links that are followed at once. */
    private static final int FOLLOWED_AT_ONCE = 16;

    private static final int TRIES = 3;

    private final PlacementStore store;
    private final KitMaker maker;
    private final ProducedLinkStore links;
    private final Products products;
    private final Offers offers;
    private final Campaigns campaigns;
    private final Slots slots;
    private final SlotLeases leases;
    private final Clock clock;
    private final LinkCodes codes;

    LinkKits(
            PlacementStore store,
            KitMaker maker,
            ProducedLinkStore links,
            Products products,
            Offers offers,
            Campaigns campaigns,
            Slots slots,
            SlotLeases leases,
            SecretKeys keys,
            Clock clock) {
        this.store = store;
        this.maker = maker;
        this.links = links;
        this.products = products;
        this.offers = offers;
        this.campaigns = campaigns;
        this.slots = slots;
        this.leases = leases;
        this.clock = clock;
        this.codes = LinkCodes.of(keys);
    }

    /**
     * What to make.
     *
     * @param product a link, a share text, or an item id
     * @param marketplace needed for an item id; may be {@code null}
     * @param campaignId may be {@code null}
     */
    public record Wish(
            UUID creatorId, String product, Marketplace marketplace, List<Placement.Place> places, UUID campaignId) {}

    /**
     * What to make of several products at once.
     *
     * @param campaignId may be {@code null}
     * @param expiresAt when the placements end; {@code null} if they do not yet
     */
    public record Batch(UUID creatorId, UUID campaignId, Instant expiresAt, List<Item> items) {

        /**
         * One product.
         *
         * @param product a link, a share text, or an item id
         * @param marketplace needed for an item id; may be {@code null}
         */
        public record Item(String product, Marketplace marketplace, List<Placement.Place> places) {}
    }

    /** What became of one product of a batch. */
    public sealed interface Result {

        /**
         * A kit.
         *
         * @param alsoRecognised links to other items in the same text, as they stand there
         */
        record Made(LinkKit kit, List<String> alsoRecognised) implements Result {}

        record Refused(Refusal refusal) implements Result {}
    }

    /** A placement with the slot it holds; the slot is {@code null} if it holds none. */
    public record Posted(Placement placement, LeasedSlot slot) {

        /** The Zhida token that carries the placement's code. */
        public String token() {
            return ZhidaToken.of(new LinkCode(placement.code()));
        }
    }

    /** What was made for one offer in one go. */
    public record LinkKit(UUID id, Offer offer, List<Posted> placements, Instant createdAt) {}

    /** Makes one kit; as {@link #createAll}. */
    @Transactional(Transactional.TxType.NEVER)
    public LinkKit create(Wish wish) {
        var item = new Batch.Item(wish.product(), wish.marketplace(), wish.places());
        var batch = new Batch(wish.creatorId(), wish.campaignId(), null, List.of(item));
        return switch (createAll(batch).getFirst()) {
            case Result.Made(var kit, var also) -> kit;
            case Result.Refused(var refusal) -> throw refusal;
        };
    }

    /**
     * Makes a kit for each product; what is live at a place already, for the same campaign, is taken as it is. Short links are followed first,
     * which may take seconds, so this is never done inside a transaction; then the kits are written, some at a time.
     *
     * @return in the order of the batch
     * @throws Refusal {@code campaign-not-found} if she is not invited to the campaign
     */
    @Transactional(Transactional.TxType.NEVER)
    public List<Result> createAll(Batch batch) {
        if (batch.campaignId() != null) {
            campaigns.requireInvited(batch.campaignId(), batch.creatorId());
        }
        if (batch.expiresAt() != null && !batch.expiresAt().isAfter(clock.instant())) {
            throw new Refusal(Refusal.Kind.INVALID, "expires-in-the-past", "expiresAt has to be in the future");
        }
        var understood = understand(batch.items());
        var results = new ArrayList<Result>(understood.size());
        for (var from = 0; from < understood.size(); from += KITS_PER_TRANSACTION) {
            results.addAll(
                    make(batch, understood.subList(from, Math.min(from + KITS_PER_TRANSACTION, understood.size()))));
        }
        return results;
    }

    /** An item of a batch with what was understood, or why nothing was: one of the last two is {@code null}. */
    private record Read(Batch.Item item, Products.Understood understood, Refusal refusal) {}

    private List<Read> understand(List<Batch.Item> items) {
        try (var threads = Executors.newFixedThreadPool(
                FOLLOWED_AT_ONCE, Thread.ofVirtual().factory())) {
            var reads = items.stream()
                    .map(item -> threads.submit(() -> understand(item)))
                    .toList();
            var done = new ArrayList<Read>(reads.size());
            for (var read : reads) {
                done.add(read.get());
            }
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while understanding products", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a product was not read", e);
        }
    }

    private Read understand(Batch.Item item) {
        try {
            return new Read(item, products.understand(item.product(), item.marketplace()), null);
        } catch (Refusal refusal) {
            return new Read(item, null, refusal);
        }
    }

    private List<Result> make(Batch batch, List<Read> reads) {
        var order = new KitMaker.Order(batch.creatorId(), batch.campaignId(), batch.expiresAt());
        var wanted = reads.stream()
                .filter(read -> read.refusal() == null)
                .map(read -> new KitMaker.Wanted(
                        read.understood().item(), read.item().places()))
                .toList();
        var kits = (wanted.isEmpty() ? List.<LinkKit>of() : make(order, wanted)).iterator();
        return reads.stream()
                .map(read -> read.refusal() == null
                        ? (Result)
                                new Result.Made(kits.next(), read.understood().alsoRecognised())
                        : new Result.Refused(read.refusal()))
                .toList();
    }

    private List<LinkKit> make(KitMaker.Order order, List<KitMaker.Wanted> wanted) {
        for (var attempt = 1; ; attempt++) {
            try {
                return maker.make(order, wanted);
            } catch (KitMaker.CodeTaken e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
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

    /** The offers that placements show, by the id of the placement. */
    public Map<Long, UUID> offersOf(Collection<Long> placementIds) {
        return store.offersOf(placementIds);
    }

    /** The offer that a placement promotes. */
    public Offer offerOf(Placement placement) {
        return offers.offers(List.of(placement.offerId())).get(placement.offerId());
    }

    /** The canonical code of what a fan typed; nothing if it cannot be one of ours. */
    public Optional<String> readCode(String text) {
        return codes.read(text).map(LinkCode::text);
    }

    /** Ends a placement, and its lease when the attribution window is over; ending it again changes nothing. */
    @Transactional
    public Posted disable(String code, Scope scope) {
        var found = placement(code, scope).placement();
        store.disable(found.id(), clock.instant());
        var ended = placement(code, scope);
        leases.end(found.id(), ended.placement().disabledAt());
        return ended;
    }

    /**
     * Sends a placement's fans to a link that the marketplace made for it.
     *
     * @throws Refusal if the placement holds no slot, or the link cannot be seen to be ours
     */
    @Transactional
    public Posted takeLink(String code, String url) {
        var everything = new Scope.Everything();
        var posted = placement(code, everything);
        if (posted.slot() == null) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "no-slot", "the placement holds no slot: orders could not be told apart");
        }
        var destination = Destination.byHand(url, offerOf(posted.placement()).item(), posted.slot());
        links.putByHand(posted.placement().id(), url);
        store.lead(posted.placement().id(), destination.url(), destination.earnsNot());
        return placement(code, everything);
    }

    /**
     * Notes the 备案 of custom parameters, and judges anew whether the placements that hold them earn.
     *
     * @param customParameters the whole of them, or only their {@code uid}
     */
    @Transactional
    public void noteAuthority(UUID accountId, String customParameters, Slots.Authority state) {
        slots.noteAuthority(accountId, customParameters, state);
        // Of `{"uid":"…"}` without its end, so that every placement of the person is found.
        var prefix = customParameters.substring(0, customParameters.length() - 1);
        var holding = store.holding(accountId, prefix, clock.instant());
        var ids = holding.stream().map(Placement::id).toList();
        var at = clock.instant();
        links.wantAgain(ids, at, at);
        var answers = links.answers(ids);
        var offerById = offers.offers(
                holding.stream().map(Placement::offerId).distinct().toList());
        for (var posted : posted(holding)) {
            var placement = posted.placement();
            var item = offerById.get(placement.offerId()).item();
            var answer = answers.getOrDefault(placement.id(), LinkAnswer.NONE);
            var destination = Destination.judged(placement.destination(), item, posted.slot(), answer);
            if (!Objects.equals(destination.earnsNot(), placement.earnsNot())) {
                store.lead(placement.id(), destination.url(), destination.earnsNot());
            }
        }
    }

    private List<Posted> posted(List<Placement> placements) {
        var held = leases.heldBy(placements.stream().map(Placement::id).toList(), clock.instant());
        return placements.stream().map(p -> new Posted(p, held.get(p.id()))).toList();
    }
}
