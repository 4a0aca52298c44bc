package dev.zhida.campaign;

import dev.zhida.marketplace.Marketplace;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "offer")
class OfferEntity {

    @Id
    UUID id;

    @Enumerated(EnumType.STRING)
    Marketplace marketplace;

    @Column(name = "item_id")
    String itemId;

    @Column(name = "item_key")
    String itemKey;

    String title;

    @Column(name = "brand_id")
    UUID brandId;

    @Column(name = "price_fen")
    Long priceFen;

    @Column(name = "coupon_fen")
    Long couponFen;

    String topic;

    @Column(name = "created_at")
    Instant createdAt;

    Offer asOffer() {
        return new Offer(id, marketplace, itemId, itemKey, title, priceFen, couponFen, topic);
    }
}
