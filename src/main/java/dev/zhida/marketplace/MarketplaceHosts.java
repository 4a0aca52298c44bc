package dev.zhida.marketplace;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which hosts belong to which marketplace. Hosts are compared as hosts, never as parts of a text. */
public final class MarketplaceHosts {

    /** Domains with all that is below them; the first that fits decides, so a part of another comes before it. */
    private static final List<Map.Entry<String, Marketplace>> DOMAINS = List.of(
            Map.entry("2.taobao.com", Marketplace.XIANYU),
            Map.entry("goofish.com", Marketplace.XIANYU),
            Map.entry("taobao.com", Marketplace.TAOBAO),
            Map.entry("tmall.com", Marketplace.TAOBAO),
            Map.entry("tmall.hk", Marketplace.TAOBAO),
            Map.entry("tb.cn", Marketplace.TAOBAO),
            Map.entry("jd.com", Marketplace.JD),
            Map.entry("jd.hk", Marketplace.JD),
            Map.entry("3.cn", Marketplace.JD),
            Map.entry("yangkeduo.com", Marketplace.PDD),
            Map.entry("pinduoduo.com", Marketplace.PDD),
            Map.entry("jinritemai.com", Marketplace.DOUYIN),
            Map.entry("douyin.com", Marketplace.DOUYIN),
            Map.entry("buydouke.com", Marketplace.DOUYIN));

    /** Where marketplaces keep the pictures of items. */
    private static final List<String> PICTURE_DOMAINS = List.of(
            "alicdn.com",
            "360buyimg.com",
            "pddpic.com",
            "yangkeduo.com",
            "ecombdimg.com",
            "byteimg.com",
            "ecombdstatic.com");

    private MarketplaceHosts() {}

    /** The marketplace that a host belongs to. */
    public static Optional<Marketplace> of(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        for (var domain : DOMAINS) {
            if (below(lower, domain.getKey())) {
                return Optional.of(domain.getValue());
            }
        }
        return Optional.empty();
    }

    /** Whether marketplaces keep pictures at this host. */
    public static boolean hasPictures(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        return PICTURE_DOMAINS.stream().anyMatch(domain -> below(lower, domain));
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

    static List<String> domains() {
        return DOMAINS.stream().map(Map.Entry::getKey).toList();
    }

    private static boolean below(String host, String domain) {
        return host.endsWith(domain)
                && (host.length() == domain.length() || host.charAt(host.length() - domain.length() - 1) == '.');
    }
}
