package dev.zhida.link;

import dev.zhida.campaign.Offer;
import dev.zhida.link.ShareTemplate.Placeholder;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The words that a creator posts, and what a follower will meet. */
@ApplicationScoped
class ShareTexts {

    private static final String UNTITLED = "好物推荐";

    private final ShareTemplates templates;
    private final Clock clock;
    private final String publicUrl;
    private final String pasteName;

    /**
     * Makes share texts.
     *
     * @param publicUrl where fans reach us, without a slash at its end
     * @param pasteName what fans call the place where they paste tokens, for where no address may stand
     */
    ShareTexts(
            ShareTemplates templates,
            Clock clock,
            @ConfigProperty(name = "zhida.public-url") String publicUrl,
            @ConfigProperty(name = "zhida.paste-name") String pasteName) {
        this.templates = templates;
        this.clock = clock;
        this.publicUrl = publicUrl;
        this.pasteName = pasteName;
    }

    /**
     * What goes out for a placement.
     *
     * @param text the words; empty if there is nothing to post yet
     * @param preview what a follower sees and where she gets, in Chinese
     * @param unseen the step that nobody can see, in Chinese; {@code null} if there is none
     * @param nativeToken {@code null} but on placements that have a living one
     * @param nativeTokenMissing why there is none, in Chinese; {@code null} on placements that need none
     */
    record Post(String text, String preview, String unseen, NativeToken nativeToken, String nativeTokenMissing) {}

    /**
     * What goes out for a placement.
     *
     * @param held the marketplace's own token that it has, expired or not; {@code null} if it has none
     * @param tokenless why no token is made, as in {@link LinkAnswer}; {@code null} if nobody asked
     */
    Post of(Placement placement, Offer offer, String token, NativeToken held, String tokenless) {
        var now = clock.instant();
        var missing = placement.place().medium() == Medium.NATIVE_TOKEN ? missing(offer, held, tokenless, now) : null;
        var alive = missing == null ? held : null;
        var text = templates.of(placement.place()).fill(values(placement, offer, token, alive));
        return new Post(
                text,
                text.isEmpty() ? missing : preview(placement.place(), offer),
                unseen(placement.place(), offer),
                alive,
                missing);
    }

    /** What the picture of a placement shows. */
    PlacementPicture.Content picture(Placement placement, Offer offer, String token) {
        var platform = placement.place().platform();
        return new PlacementPicture.Content(
                title(offer),
                yuan(priceAfterCouponFen(offer)).orElse(null),
                offer.couponFen() == null ? null : yuan(offer.priceFen()).orElse(null),
                yuan(offer.couponFen()).orElse(null),
                offer.marketplace().chinese(),
                url(placement),
                // WeChat takes offence at tokens, in pictures as well.
                platform == Platform.WECHAT ? null : token,
                pasteAt(platform).replaceFirst("^https?://", ""));
    }

    /** The link of a placement. */
    String url(Placement placement) {
        return publicUrl + "/r/" + placement.code();
    }

    private String pasteAt(Platform platform) {
        return ShareTemplate.allowsLinks(platform) ? publicUrl + "/paste" : pasteName;
    }

    private Map<Placeholder, String> values(Placement placement, Offer offer, String token, NativeToken nativeToken) {
        var platform = placement.place().platform();
        var values = new EnumMap<Placeholder, String>(Map.of(
                Placeholder.TITLE, title(offer),
                Placeholder.URL, url(placement),
                Placeholder.TOKEN, token,
                Placeholder.PASTE_AT, pasteAt(platform),
                Placeholder.APP, offer.marketplace().chinese()));
        yuan(offer.priceFen()).ifPresent(price -> values.put(Placeholder.PRICE, price));
        yuan(priceAfterCouponFen(offer)).ifPresent(price -> values.put(Placeholder.PRICE_AFTER_COUPON, price));
        yuan(offer.couponFen()).ifPresent(coupon -> values.put(Placeholder.COUPON, coupon));
        if (nativeToken != null) {
            // The long form holds a short link.
            values.put(
                    Placeholder.NATIVE_TOKEN,
                    nativeToken.longText() != null && ShareTemplate.allowsLinks(platform)
                            ? nativeToken.longText()
                            : nativeToken.text());
        }
        return values;
    }

    /** What an offer is called, known or not. */
    private static String title(Offer offer) {
        return offer.title() == null ? UNTITLED : offer.title();
    }

    /** The price to pay, in fen; {@code null} if it is not known. */
    private static Long priceAfterCouponFen(Offer offer) {
        return offer.priceFen() == null || offer.couponFen() == null
                ? offer.priceFen()
                : Long.valueOf(Math.max(0, offer.priceFen() - offer.couponFen()));
    }

    /** An amount as people write it: without decimals that are zero. */
    private static Optional<String> yuan(Long fen) {
        return Optional.ofNullable(fen)
                .map(known -> known % 100 == 0
                        ? Long.toString(known / 100)
                        : Money.ofFen(known).yuan());
    }

    private static String missing(Offer offer, NativeToken held, String tokenless, Instant now) {
        var app = offer.marketplace().chinese();
        if (NativeToken.life(offer.marketplace()).isEmpty()) {
            return app + "没有平台口令，请用直达口令";
        }
        if (held == null) {
            return "还没有" + app + "口令："
                    + switch (tokenless) {
                        case null -> "要由连接的" + app + "账号生成，或请运营录入";
                        case LinkAnswer.PENDING -> "正在向" + app + "索取，请稍后刷新";
                        case LinkAnswer.ITEM -> "这个商品不在" + app + "的推广计划里";
                        case LinkAnswer.NOT_AUTHORISED -> app + "账号的授权失效，运营恢复后自动生成";
                        case LinkAnswer.NO_TOKEN -> app + "没有给这个链接口令，请用直达口令";
                        default -> app + "没有生成，请联系运营";
                    };
        }
        return held.expiredAt(now)
                ? app + "口令已于 " + BusinessTime.dayOf(held.expiresAt()) + " 过期，等待换新；已发布的帖子请更新口令"
                : null;
    }

    /** The form that a follower meets: where a host app forbids the one that was wished for, another stands in. */
    private static Medium met(Placement.Place place) {
        var medium = place.medium();
        if (place.platform() == Platform.WECHAT && medium != Medium.IMAGE) {
            return Medium.LINK;
        }
        return medium == Medium.LINK && !ShareTemplate.allowsLinks(place.platform()) ? Medium.TOKEN : medium;
    }

    private String preview(Placement.Place place, Offer offer) {
        var app = offer.marketplace().chinese();
        var met = met(place);
        var instead = met == place.medium() ? "" : met == Medium.LINK ? "微信里不能发口令，改发链接：" : "小红书里不能发链接，改发口令：";
        return instead
                + switch (met) {
                    case LINK -> "粉丝看到标题和一个链接，点开到" + app + "商品页；打不开的地方先看到说明页";
                    case TOKEN -> "粉丝看到一段带 ◆ 的口令，复制后到「" + pasteAt(place.platform()) + "」粘贴，再到" + app + "商品页";
                    case NATIVE_TOKEN -> "粉丝看到" + app + "口令，复制后打开" + app + "，弹出商品";
                    case IMAGE -> "粉丝看到图片：商品、到手价和二维码；识别二维码到" + app + "商品页";
                };
    }

    private static String unseen(Placement.Place place, Offer offer) {
        return switch (met(place)) {
            case LINK -> null;
            case TOKEN -> "在帖子里复制口令这一步谁也看不见；从粘贴到直达起才有记录";
            case NATIVE_TOKEN -> "复制口令和在" + offer.marketplace().chinese() + "里粘贴，这两步谁也看不见；只能从订单知道结果";
            case IMAGE -> "看到图片和识别二维码这两步谁也看不见；从打开链接或粘贴口令起才有记录";
        };
    }
}
