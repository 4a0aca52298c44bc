package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What connectors ask for beyond keys, by name; a connection with another name is refused, because it does nothing. */
public final class ConnectionSettings {

    /** What links of the account carry where slots are something else than PIDs; the account's own by default. */
    public static final String PID = "pid";

    /** Taobao: {@code md5}, {@code hmac} or {@code hmac-sha256}, which is the default. */
    public static final String SIGN_METHOD = "signMethod";

    /** JD: the id of the site that links are made for. */
    public static final String SITE_ID = "siteId";

    /**
     * JD: {@code common} for sites and apps, which is the default, or {@code bysubunionid} for social media, which needs
     * a permission and makes short links and tokens.
     */
    public static final String LINK_METHOD = "linkMethod";

    /** Douyin: {@code pangolin}, which is the default, or {@code buyin} for accounts of institutions. */
    public static final String INTERFACE = "interface";

    /** The value of {@link #INTERFACE} for accounts of institutions. */
    public static final String BUYIN = "buyin";

    /**
     * {@link Feed}s, separated by commas, that the account has no permission for: they are not asked for, and lack nothing.
     * {@link Feed#ORDERS_UPDATED} stays.
     */
    public static final String FEEDS_OFF = "feedsOff";

    private static final Map<Marketplace, Map<String, Set<String>>> VALUES = Map.of(
            Marketplace.TAOBAO,
            Map.of(FEEDS_OFF, Set.of(), SIGN_METHOD, Set.of("md5", "hmac", "hmac-sha256")),
            Marketplace.JD,
            Map.of(FEEDS_OFF, Set.of(), SITE_ID, Set.of(), LINK_METHOD, Set.of("common", "bysubunionid")),
            Marketplace.PDD,
            Map.of(FEEDS_OFF, Set.of(), PID, Set.of()),
            Marketplace.DOUYIN,
            Map.of(FEEDS_OFF, Set.of(), PID, Set.of(), INTERFACE, Set.of("pangolin", BUYIN)));

    private ConnectionSettings() {}

    /**
     * Looks settings through.
     *
     * @param feeds what the marketplace can be asked for
     * @throws Refusal {@code setting-unknown}
     */
    static void check(Marketplace marketplace, Set<Feed> feeds, Map<String, String> settings) {
        var known = VALUES.get(marketplace);
        settings.forEach((name, value) -> {
            var values = known.get(name);
            if (values == null) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "setting-unknown",
                        marketplace + " has no setting `" + name + "`; it has " + new TreeSet<>(known.keySet()));
            }
            if (value == null || (!values.isEmpty() && !values.contains(value))) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "setting-unknown",
                        "`" + name + "` is one of " + new TreeSet<>(values) + (value == null ? "" : ", not " + value));
            }
        });
        checkFeeds(feeds, settings);
    }

    private static void checkFeeds(Set<Feed> feeds, Map<String, String> settings) {
        var known = new TreeSet<>(feeds);
        var unknown = names(settings)
                .filter(name -> known.stream().noneMatch(feed -> feed.name().equals(name)))
                .toList();
        if (!unknown.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "setting-unknown",
                    "`" + FEEDS_OFF + "` names some of " + known + ", separated by commas; not " + unknown);
        }
        if (feedsOff(settings).contains(Feed.ORDERS_UPDATED)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "setting-unknown",
                    "`" + FEEDS_OFF + "` leaves " + Feed.ORDERS_UPDATED + ": without it no orders are known");
        }
    }

    static Set<Feed> feedsOff(Map<String, String> settings) {
        return names(settings).map(Feed::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<String> names(Map<String, String> settings) {
        return Stream.of(settings.getOrDefault(FEEDS_OFF, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }
}
