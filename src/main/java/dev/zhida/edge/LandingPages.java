package dev.zhida.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import dev.zhida.edge.Fans.Fan;
import dev.zhida.link.LiveLinks;
import dev.zhida.link.LiveLinks.Card;
import dev.zhida.link.LiveLinks.LiveLink;
import dev.zhida.marketplace.DeepLinks;
import dev.zhida.money.Money;
import dev.zhida.platform.HostAppRule;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import io.quarkus.logging.Log;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes landing pages. What is the same for all fans of a link in one host app is made once and kept for a moment. */
@ApplicationScoped
class LandingPages {

    /** A change of an offer shows within this time. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    /** About 12 KB each. */
    private static final int KEPT_PAGES = 10_000;

    private static final String VISIT_GOES_HERE = "@visit@";
    private static final Card UNKNOWN = new Card(null, null, null, "直达", null, false);

    /** Their web views refuse the schemes of other apps. */
    private static final Set<HostApp> NO_DEEP_LINKS =
            EnumSet.of(HostApp.WECHAT, HostApp.WECHAT_MINI_PROGRAM, HostApp.WECHAT_DESKTOP, HostApp.WECOM, HostApp.QQ);

    private static final Set<Os> DESKTOP = EnumSet.of(Os.WINDOWS, Os.MACOS, Os.LINUX);

    private final LiveLinks links;
    private final String publicUrl;
    private final Cache<Key, Page> pages =
            Caffeine.newBuilder().maximumSize(KEPT_PAGES).expireAfterWrite(KEPT).build();

    LandingPages(LiveLinks links, @ConfigProperty(name = "zhida.public-url") String publicUrl) {
        this.links = links;
        this.publicUrl = publicUrl;
    }

    private record Key(LiveLink link, int rule, HostApp hostApp, boolean desktop) {}

    /** A page without its visit. */
    record Page(String before, String after) {
        Buffer with(String visit) {
            return Buffer.buffer(before.length() + visit.length() + after.length() * 2)
                    .appendString(before)
                    .appendString(visit)
                    .appendString(after);
        }
    }

    private static Key key(LiveLink link, Fan fan, HostAppRule rule) {
        var detected = fan.agent().detected();
        return new Key(link, rule.version(), detected.hostApp(), DESKTOP.contains(detected.os()));
    }

    /** The page if it was made a moment ago, else {@code null}. Never blocks. */
    Page remembered(LiveLink link, Fan fan, HostAppRule rule) {
        return pages.getIfPresent(key(link, fan, rule));
    }

    /** Makes the page; blocks. */
    Page page(LiveLink link, Fan fan, HostAppRule rule) {
        return pages.get(key(link, fan, rule), key -> make(link, key, rule));
    }

    private Page make(LiveLink link, Key key, HostAppRule rule) {
        var card = card(link);
        var url = publicUrl + "/r/" + link.code();
        var mayOpenApp = !key.desktop() && !NO_DEEP_LINKS.contains(key.hostApp());
        var html = FanPages.landing(new FanPages.Landing(
                VISIT_GOES_HERE,
                url,
                title(card, link),
                card.pictured() ? OfferPictures.PATH + link.code() : null,
                price(card),
                hasCoupon(card) ? yuan(card.priceFen()) : null,
                hasCoupon(card) ? yuan(card.couponFen()) : null,
                card.creator(),
                link.marketplace().chinese(),
                rule.instruction(),
                mayOpenApp
                        ? DeepLinks.of(link.marketplace(), link.destination()).orElse(null)
                        : null,
                link.destination(),
                key.desktop() || key.hostApp() == HostApp.BROWSER,
                key.desktop() ? qr(url) : null));
        var at = html.indexOf(VISIT_GOES_HERE);
        return new Page(html.substring(0, at), html.substring(at + VISIT_GOES_HERE.length()));
    }

    /** What is told to who makes a preview; blocks. */
    Buffer preview(LiveLink link) {
        var card = card(link);
        var price = price(card);
        return FanPages.preview(new FanPages.Preview(
                publicUrl + "/r/" + link.code(),
                title(card, link),
                (price == null ? "" : "¥" + price + " · ") + link.marketplace().chinese() + " · " + card.creator()
                        + " 分享",
                card.pictured() ? publicUrl + OfferPictures.PATH + link.code() : null,
                link.destination()));
    }

    /** The offer as far as it can be known: a fan gets a page even while the database is away. */
    private Card card(LiveLink link) {
        try {
            return links.card(link.placementId());
        } catch (RuntimeException e) {
            Log.debug("a page is made without its offer", e);
            return UNKNOWN;
        }
    }

    private static String title(Card card, LiveLink link) {
        return card.title() == null ? link.marketplace().chinese() + "商品" : card.title();
    }

    /** What a fan pays. */
    private static String price(Card card) {
        if (card.priceFen() == null) {
            return null;
        }
        return yuan(hasCoupon(card) ? card.priceFen() - card.couponFen() : card.priceFen());
    }

    /** One that takes off more than the price is a mistake of whoever told it. */
    private static boolean hasCoupon(Card card) {
        return card.priceFen() != null && card.couponFen() != null && card.couponFen() < card.priceFen();
    }

    private static String yuan(Long fen) {
        return fen == null ? null : Money.ofFen(fen).yuan();
    }

    private static String qr(String text) {
        try {
            var matrix = new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(EncodeHintType.ERROR_CORRECTION, ErrorCorrectionLevel.M, EncodeHintType.MARGIN, 2));
            return svg(matrix);
        } catch (WriterException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One path of runs of dark modules. */
    private static String svg(BitMatrix matrix) {
        var path = new StringBuilder();
        for (var y = 0; y < matrix.getHeight(); y++) {
            for (var x = 0; x < matrix.getWidth(); x++) {
                if (matrix.get(x, y)) {
                    var from = x;
                    while (x < matrix.getWidth() && matrix.get(x, y)) {
                        x++;
                    }
                    path.append("M%d %dh%dv1h-%dz".formatted(from, y, x - from, x - from));
                }
            }
        }
        return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"二维码\"><path d=\"%s\"/></svg>"
                .formatted(matrix.getWidth(), matrix.getHeight(), path);
    }
}
