package dev.zhida.touch;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells people's acts from the rest, by what a request says of itself; never by an address, behind which
 * thousands of people may stand.
 */
public final class TrafficRules {

    /** Why a touch is not a person's act. */
    public enum Flag {
        HEAD,
        PREFETCH,
        BOT,
        HTTP_LIBRARY
    }

    private static final Pattern BOT =
            Pattern.compile("bytespider|tiktokspider|mpcrawler|qq-url-manager|sogou web spider"
                    + "|360spider|petalbot|aspiegelbot|aliyunsecbot|googlebot|bingbot|baiduspider|yisouspider|facebookexternalhit"
                    + "|twitterbot|telegrambot|slackbot|discordbot|whatsapp/|headlesschrome");
    private static final Pattern HTTP_LIBRARY = Pattern.compile("^(?:curl|wget|python|okhttp|go-http-client|java[/-]"
            + "|apache-httpclient|axios|node-fetch|libwww-perl|postmanruntime|httpie|php|ruby|dart)");

    private TrafficRules() {}

    /**
     * Why a request is no person's by the way it was made; nothing if its user agent has to tell.
     *
     * @param purpose the {@code Sec-Purpose} or {@code Purpose} header; may be {@code null}
     */
    public static Optional<Flag> byRequest(String method, String purpose) {
        if ("HEAD".equals(method)) {
            return Optional.of(Flag.HEAD);
        }
        return purpose != null && (purpose.contains("prefetch") || purpose.contains("preview"))
                ? Optional.of(Flag.PREFETCH)
                : Optional.empty();
    }

    /**
     * Why a user agent is no person's; nothing for a person's.
     *
     * @param userAgent may be {@code null}
     */
    public static Optional<Flag> byAgent(String userAgent) {
        if (userAgent == null || userAgent.isBlank()) {
            return Optional.of(Flag.HTTP_LIBRARY);
        }
        var agent = userAgent.toLowerCase(Locale.ROOT);
        if (BOT.matcher(agent).find()) {
            return Optional.of(Flag.BOT);
        }
        return HTTP_LIBRARY.matcher(agent).find() ? Optional.of(Flag.HTTP_LIBRARY) : Optional.empty();
    }
}
