package dev.zhida.marketplace;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which hosts belong to which marketplace. Hosts are compared as hosts, never as parts of a text. */
public final class MarketplaceHosts {

    private static final Map<Marketplace, List<String>> DOMAINS = Map.of(
            Marketplace.TAOBAO, List.of("taobao.com", "tmall.com", "tmall.hk", "tb.cn"),
            Marketplace.JD, List.of("jd.com", "jd.hk", "3.cn"),
            Marketplace.PDD, List.of("yangkeduo.com", "pinduoduo.com"),
            Marketplace.DOUYIN, List.of("jinritemai.com", "douyin.com", "buydouke.com"),
            Marketplace.XIANYU, List.of("goofish.com"));

    private MarketplaceHosts() {}

    /** The marketplace that a host belongs to. */
    public static Optional<Marketplace> of(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        return Arrays.stream(Marketplace.values())
                .filter(marketplace -> DOMAINS.get(marketplace).stream()
                        .anyMatch(domain -> lower.equals(domain) || lower.endsWith("." + domain)))
                .findFirst();
    }

    /** Whether we may send somebody there: https, a marketplace's host, no port and no user of its own. */
    public static boolean isDestination(String url) {
        try {
            var uri = new URI(url);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() == -1
                    && uri.getRawUserInfo() == null
                    && of(uri.getHost()).isPresent();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
