package dev.zhida.link;

import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.link.PlacementPicture.Ratio;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/placements/{code}/picture")
@Tag(name = "Links")
class PlacementPictureResource {

    private static final String PNG = "image/png";

    private final PlacementPictures pictures;
    private final LinkKits kits;
    private final CurrentCaller caller;

    PlacementPictureResource(PlacementPictures pictures, LinkKits kits, CurrentCaller caller) {
        this.pictures = pictures;
        this.kits = kits;
        this.caller = caller;
    }

    @GET
    @Produces(PNG)
    @RolesAllowed(Role.CREATOR_ROLE)
    @Operation(
            operationId = "getPlacementPicture",
            summary = "The picture to post, with QR code and token",
            description =
                    "Of placements of the medium IMAGE. Ask again with its ETag: it changes with the offer's terms.")
    @APIResponse(
            responseCode = "200",
            description = "The picture: 1080 pixels wide.",
            content = @Content(mediaType = PNG, schema = @Schema(type = SchemaType.STRING, format = "binary")))
    public Response picture(
            @PathParam("code") String code,
            @QueryParam("ratio")
                    @Pattern(regexp = "1:1|3:4", message = "is 1:1 or 3:4")
                    @Schema(description = "1:1 or 3:4; the one that suits the platform if left out.")
                    String ratio,
            @Context Request request) {
        var posted = kits.placement(code, caller.get().scope());
        var placement = posted.placement();
        if (placement.place().medium() != Medium.IMAGE) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "not-a-picture-placement",
                    "only placements of the medium IMAGE have a picture, so that its orders are told apart: make one for "
                            + "the same place");
        }
        var picture = pictures.of(placement, kits.offerOf(placement), posted.token(), ratio(ratio, placement));
        var tag = new EntityTag(picture.hash());
        var notModified = request.evaluatePreconditions(tag);
        var response = notModified == null ? Response.ok(picture.png().get(), PNG) : notModified;
        var mineOnly = new CacheControl();
        mineOnly.setPrivate(true);
        mineOnly.setNoCache(true);
        return response.tag(tag).cacheControl(mineOnly).build();
    }

    private static Ratio ratio(String asked, Placement placement) {
        if (asked != null) {
            return asked.equals(Ratio.SQUARE.toString()) ? Ratio.SQUARE : Ratio.PORTRAIT;
        }
        return switch (placement.place().platform()) {
            case XIAOHONGSHU, DOUYIN, KUAISHOU -> Ratio.PORTRAIT;
            case WECHAT, WECOM, QQ, WEIBO, TOUTIAO, WEB -> Ratio.SQUARE;
        };
    }
}
