package dev.zhida.marketplace;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Addresses that open a marketplace's own app. Most host apps refuse such addresses from their web views, and whether
 * a commission survives one that the marketplace did not make itself is not published; so a fan always has the https
 * address beside it.
 */
public final class DeepLinks {

    private DeepLinks() {}

    /** The address that opens {@code url} in the marketplace's app; nothing where no documented form takes a URL. */
    public static Optional<String> of(Marketplace marketplace, String url) {
        return switch (marketplace) {
            case TAOBAO ->
                Optional.of(
                        "tbopen://m.taobao.com/tbopen/index.html?action=ali.open.nav&module=h5&h5Url=" + encoded(url));
            case JD ->
                Optional.of("openapp.jdmobile://virtual?params="
                        + encoded("{\"category\":\"jump\",\"des\":\"m\",\"url\":\"" + url + "\"}"));
            // Theirs come from their own interfaces only.
            case PDD, DOUYIN, XIANYU -> Optional.empty();
        };
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
