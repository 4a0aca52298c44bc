package dev.zhida.campaign;

import dev.zhida.identity.Role;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/offers/{id}")
@Tag(name = "Offers", description = "What is promoted: items with their terms and pictures.")
class OfferResource {

    private final Offers offers;
    private final ItemPictures pictures;

    OfferResource(Offers offers, ItemPictures pictures) {
        this.offers = offers;
        this.pictures = pictures;
    }

    @Schema(description = "An offer's terms; those that are left out are forgotten, but for the picture.")
    record DescribeOffer(
            @NotBlank @Size(max = 200) String title,

            @Positive @Schema(description = "Before the coupon, in fen.")
            Long priceFen,

            @Positive @Schema(description = "What the coupon takes off, in fen.")
            Long couponFen,

            @Pattern(regexp = "[A-Z][A-Z_]{0,31}")
            @Schema(description = "What host apps have rules about, like FINANCE or MEDICAL.")
            String topic,

            @Size(max = 2_000)
            @Schema(description = "A picture at a marketplace's picture host; it is fetched, encoded anew and kept.")
            String pictureUrl) {}

    record PictureView(
            @Schema(required = true) int width,
            @Schema(required = true) int height,
            @Schema(required = true) String sourceUrl,
            @Schema(required = true) Instant fetchedAt) {

        static PictureView of(ItemPictures.Picture picture) {
            return new PictureView(picture.width(), picture.height(), picture.sourceUrl(), picture.fetchedAt());
        }
    }

    record OfferTermsView(
            @Schema(required = true) UUID id,
            @Schema(required = true) Marketplace marketplace,
            @Schema(required = true) String itemId,

            @Schema(description = "Absent until it is told.")
            String title,

            Long priceFen,
            Long couponFen,
            String topic,

            @Schema(description = "Absent if there is none.")
            PictureView picture,

            @Schema(description = "Why the picture asked for is not there; all else was kept.")
            String pictureRefused) {}

    @GET
    @RolesAllowed({Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(operationId = "getOffer", summary = "An offer with its terms and picture")
    public OfferTermsView get(@PathParam("id") UUID id) {
        return view(id, null);
    }

    @PUT
    @RolesAllowed(Role.OPERATOR_ROLE)
    @Operation(
            operationId = "describeOffer",
            summary = "Set an offer's terms and picture",
            description = "A picture that cannot be fetched leaves the terms in place; `pictureRefused` says why.")
    public OfferTermsView describe(@PathParam("id") UUID id, @NotNull @Valid DescribeOffer request) {
        if (request.couponFen() != null && (request.priceFen() == null || request.couponFen() >= request.priceFen())) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "coupon-exceeds-price",
                    "a coupon takes less off than the price: give priceFen and a smaller couponFen");
        }
        var topic = request.topic();
        if (!offers.describe(id, request.title().strip(), request.priceFen(), request.couponFen(), topic)) {
            throw unknown(id);
        }
        String refused = null;
        if (request.pictureUrl() != null) {
            try {
                pictures.fetch(id, request.pictureUrl());
            } catch (Refusal refusal) {
                refused = refusal.getMessage();
            }
        }
        return view(id, refused);
    }

    private OfferTermsView view(UUID id, String pictureRefused) {
        var offer = offers.offers(List.of(id)).get(id);
        if (offer == null) {
            throw unknown(id);
        }
        return new OfferTermsView(
                id,
                offer.marketplace(),
                offer.itemId(),
                offer.title(),
                offer.priceFen(),
                offer.couponFen(),
                offer.topic(),
                pictures.about(id).map(PictureView::of).orElse(null),
                pictureRefused);
    }

    private static Refusal unknown(UUID id) {
        return new Refusal(Refusal.Kind.NOT_FOUND, "offer-not-found", "there is no offer with the id " + id);
    }
}
