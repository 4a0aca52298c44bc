package dev.zhida.campaign;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.ItemReference;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The offers that are known. */
@ApplicationScoped
public class Offers {

    private final Repository offers;
    private final EntityManager em;

    Offers(Repository offers, EntityManager em) {
        this.offers = offers;
        this.em = em;
    }

    @ApplicationScoped
    static class Repository implements PanacheRepositoryBase<OfferEntity, UUID> {}

    /** The offer of an item; made if the item is not known yet. */
    @Transactional
    public Offer of(ItemReference item, Instant at) {
        // The constraint decides between two who come at once; both then read the one that stands.
        em.createNativeQuery("""
                        insert into offer (id, marketplace, item_id, item_key, created_at)
                        values (:id, :marketplace, :itemId, :itemKey, :at)
                        on conflict on constraint offer_item_key do nothing
                        """)
                .setParameter("id", UuidCreator.getTimeOrderedEpoch())
                .setParameter("marketplace", item.marketplace().name())
                .setParameter("itemId", item.itemId())
                .setParameter("itemKey", item.itemKey())
                .setParameter("at", at)
                .executeUpdate();
        return offers.find("marketplace = ?1 and itemKey = ?2", item.marketplace(), item.itemKey())
                .singleResult()
                .asOffer();
    }

    /**
     * Gives an offer its terms, as its marketplace tells them.
     *
     * @param couponFen {@code null} if there is no coupon
     * @param topic {@code null} if no host app has rules about it
     */
    @Transactional
    public void describe(UUID offerId, String title, Long priceFen, Long couponFen, String topic) {
        offers.update(
                "title = ?1, priceFen = ?2, couponFen = ?3, topic = ?4 where id = ?5",
                title,
                priceFen,
                couponFen,
                topic,
                offerId);
    }

    public Map<UUID, Offer> offers(Collection<UUID> ids) {
        return offers.list("id in ?1", ids).stream()
                .map(OfferEntity::asOffer)
                .collect(Collectors.toMap(Offer::id, offer -> offer));
    }
}
