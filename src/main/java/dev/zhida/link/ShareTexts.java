package dev.zhida.link;

import dev.zhida.campaign.Offer;

/** The words that a creator posts. */
final class ShareTexts {

    private ShareTexts() {}

    /**
     * The text for a placement: a link where links can be opened, else the token and where to paste it.
     *
     * @param publicUrl where fans reach us, without a slash at its end
     */
    static String of(Placement placement, Offer offer, String token, String publicUrl) {
        var what = offer.title() == null ? "好物推荐" : offer.title();
        return switch (placement.place().medium()) {
            case LINK, IMAGE -> what + " " + publicUrl + "/r/" + placement.code();
            case TOKEN, NATIVE_TOKEN -> what + " " + token + " 复制这段话，打开 " + publicUrl + "/paste 粘贴，直达商品";
        };
    }
}
