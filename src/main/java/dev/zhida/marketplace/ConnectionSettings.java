package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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

    private static final Map<Marketplace, Map<String, Set<String>>> VALUES = Map.of(
            Marketplace.TAOBAO,
            Map.of(SIGN_METHOD, Set.of("md5", "hmac", "hmac-sha256")),
            Marketplace.JD,
            Map.of(SITE_ID, Set.of(), LINK_METHOD, Set.of("common", "bysubunionid")),
            Marketplace.PDD,
            Map.of(PID, Set.of()),
            Marketplace.DOUYIN,
            Map.of(PID, Set.of(), INTERFACE, Set.of("pangolin", BUYIN)));

    private ConnectionSettings() {}

    /**
     * Looks settings through.
     *
     * @throws Refusal {@code setting-unknown}
     */
    static void check(Marketplace marketplace, Map<String, String> settings) {
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
    }
}
