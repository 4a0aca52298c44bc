package dev.zhida.campaign;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.ItemReference;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** The offers that are known. */
@ApplicationScoped
public class Offers {

    private final Repository offers;
    private final Jdbi jdbi;

    Offers(Repository offers, Jdbi jdbi) {
        this.offers = offers;
        this.jdbi = jdbi;
    }

    @ApplicationScoped
    static class Repository implements PanacheRepositoryBase<OfferEntity, UUID> {}

    /** The offers of items; an item that is not known yet becomes one, without a brand and without terms. */
    @Transactional
    public Map<ItemReference, Offer> of(Collection<ItemReference> items, Instant at) {
        // In one order, so that two who come at once wait for each other and never in a circle.
        var sorted = items.stream()
                .distinct()
                .sorted(Comparator.comparing(ItemReference::marketplace).thenComparing(ItemReference::itemKey))
                .toList();
        insertMissing(sorted, at);
        var offerByItem = new HashMap<ItemReference, Offer>();
        sorted.stream()
                .collect(Collectors.groupingBy(ItemReference::marketplace))
                .forEach((marketplace, ofOne) -> {
                    var keys = ofOne.stream().map(ItemReference::itemKey).toList();
                    var byKey = offers.list("marketplace = ?1 and itemKey in ?2", marketplace, keys).stream()
                            .map(OfferEntity::asOffer)
                            .collect(Collectors.toMap(Offer::itemKey, offer -> offer));
                    ofOne.forEach(item -> offerByItem.put(item, byKey.get(item.itemKey())));
                });
        return offerByItem;
    }

    /** The ids of the offers of items, as {@link #of}; for many items of which most are known. */
    @Transactional
    public Map<ItemReference, UUID> ids(Collection<ItemReference> items, Instant at) {
        var sorted = items.stream()
                .distinct()
                .sorted(Comparator.comparing(ItemReference::marketplace).thenComparing(ItemReference::itemKey))
                .toList();
        var idByItem = known(sorted);
        if (idByItem.size() < sorted.size()) {
            insertMissing(
                    sorted.stream().filter(item -> !idByItem.containsKey(item)).toList(), at);
            idByItem.putAll(known(sorted));
        }
        return idByItem;
    }

    private Map<ItemReference, UUID> known(List<ItemReference> items) {
        var idByItem = new HashMap<ItemReference, UUID>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select o.id, t.position::int from unnest(:marketplaces, :keys)
                            with ordinality as t (marketplace, item_key, position)
                        join offer o using (marketplace, item_key)
                        """)
                .bindArray(
                        "marketplaces",
                        String.class,
                        items.stream().map(item -> item.marketplace().name()).toList())
                .bindArray(
                        "keys",
                        String.class,
                        items.stream().map(ItemReference::itemKey).toList())
                .map((row, context) ->
                        idByItem.put(items.get(row.getInt("position") - 1), row.getObject("id", UUID.class)))
                .list());
        return idByItem;
    }

    /** The constraint decides between two who come at once; both then read the one that stands. */
    private void insertMissing(List<ItemReference> items, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into offer (id, marketplace, item_id, item_key, created_at)
                        select t.id, t.marketplace, t.item_id, t.item_key, :at
                        from unnest(:ids, :marketplaces, :itemIds, :keys)
                            with ordinality as t (id, marketplace, item_id, item_key, position)
                        order by t.position
                        on conflict on constraint offer_item_key do nothing
                        """)
                .bindArray(
                        "ids",
                        UUID.class,
                        items.stream()
                                .map(item -> UuidCreator.getTimeOrderedEpoch())
                                .toList())
                .bindArray(
                        "marketplaces",
                        String.class,
                        items.stream().map(item -> item.marketplace().name()).toList())
                .bindArray(
                        "itemIds",
                        String.class,
                        items.stream().map(ItemReference::itemId).toList())
                .bindArray(
                        "keys",
                        String.class,
                        items.stream().map(ItemReference::itemKey).toList())
                .bind("at", utc(at))
                .execute());
    }

    /**
     * Gives an offer its terms, as its marketplace tells them.
     *
     * @param couponFen {@code null} if there is no coupon
     * @param topic {@code null} if no host app has rules about it
     * @return whether there is such an offer
     */
    @Transactional
    public boolean describe(UUID offerId, String title, Long priceFen, Long couponFen, String topic) {
        return offers.update(
                        "title = ?1, priceFen = ?2, couponFen = ?3, topic = ?4 where id = ?5",
                        title,
                        priceFen,
                        couponFen,
                        topic,
                        offerId)
                == 1;
    }

    public Map<UUID, Offer> offers(Collection<UUID> ids) {
        return offers.list("id in ?1", ids).stream()
                .map(OfferEntity::asOffer)
                .collect(Collectors.toMap(Offer::id, offer -> offer));
    }
}
