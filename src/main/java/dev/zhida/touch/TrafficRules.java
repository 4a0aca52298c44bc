package dev.zhida.touch;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Tells people's acts from the rest, by what a request says of itself and by how often a visitor comes who has a cookie; never by an
 * address, behind which thousands of people may stand. The fan's way and a later run over stored touches ask the same
 * {@link #classify}.
 */
public final class TrafficRules {

    /** Goes up with every change of what is said here; kept in {@code traffic_rules} with the time it came into force. */
    public static final int VERSION = 2;

    /** Hits of one visitor on one placement within one minute of the clock that may be a person's. */
    public static final int MOST_HITS_A_MINUTE = 60;

    /** Why a touch is not a person's act. */
    public enum Flag {
        HEAD,
        /** Fetched ahead, in case somebody might want it. */
        PREFETCH,
        /** An app draws a card for a link, or checks it. */
        PREVIEW,
        BOT,
        HTTP_LIBRARY,
        /** More hits than {@link #MOST_HITS_A_MINUTE}; those before stay a person's. */
        RATE;

        /** Whether the request alone showed it, so that nothing stored can show it again. */
        boolean seenInTheRequestOnly() {
            return this == HEAD || this == PREFETCH;
        }
    }

    private static final Pattern PREVIEW = Pattern.compile("qq-url-manager|facebookexternalhit|facebot|twitterbot"
            + "|telegrambot|slackbot|slack-imgproxy|discordbot|whatsapp/|linkedinbot|skypeuripreview"
            + "|dingtalkbot-linkservice|iframely|embedly");
    private static final Pattern BOT = Pattern.compile(
            "bytespider|tiktokspider|mpcrawler|sogou web spider|360spider|petalbot|aspiegelbot"
                    + "|aliyunsecbot|googlebot|bingbot|baiduspider|yisouspider|applebot|yandexbot|gptbot|headlesschrome");
    private static final Pattern HTTP_LIBRARY = Pattern.compile("^(?:curl|wget|python|okhttp|go-http-client|java[/-]"
            + "|apache-httpclient|axios|node-fetch|libwww-perl|postmanruntime|httpie|php|ruby|dart)");

    private TrafficRules() {}

    /**
     * Why a touch is no person's; nothing for a person's. What the request shows goes before what the agent tells, and
     * that before how often the visitor came.
     *
     * @param byRequest as {@link #byRequest} said
     * @param byAgent as {@link #byAgent} said
     * @param hits of this visitor on this placement in this minute so far, with this one; 0 for acts that are no hits
     */
    public static Optional<Flag> classify(Optional<Flag> byRequest, Optional<Flag> byAgent, int hits) {
        if (byRequest.isPresent()) {
            return byRequest;
        }
        if (byAgent.isPresent()) {
            return byAgent;
        }
        return hits > MOST_HITS_A_MINUTE ? Optional.of(Flag.RATE) : Optional.empty();
    }

    /**
     * Whether an act counts as a hit of a visitor. Other kinds happen once per visit anyway; and without a cookie a
     * visitor is no more than an address and a user agent, which hundreds of people behind one carrier may share. She
     * is counted as one person whatever she does, so nothing is gained by hitting without a cookie.
     */
    public static boolean isHit(Touch.Kind kind, UUID visitor) {
        return (kind == Touch.Kind.CLICK || kind == Touch.Kind.PASTE) && !VisitorSalts.isHashed(visitor);
    }

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
        if (PREVIEW.matcher(agent).find()) {
            return Optional.of(Flag.PREVIEW);
        }
        if (BOT.matcher(agent).find()) {
            return Optional.of(Flag.BOT);
        }
        return HTTP_LIBRARY.matcher(agent).find() ? Optional.of(Flag.HTTP_LIBRARY) : Optional.empty();
    }
}
