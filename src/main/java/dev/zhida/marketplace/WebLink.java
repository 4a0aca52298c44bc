package dev.zhida.marketplace;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address as people paste it, taken apart leniently: {@code java.net.URI} refuses much of what apps share.
 *
 * @param host in lower case
 * @param rest path, query and what follows, as they stand in the text
 * @param parameters of the query, decoded; of a name that comes twice the first
 */
record WebLink(String host, String rest, String path, Map<String, String> parameters) {

    private static final Pattern PARTS = Pattern.compile("(?:(?i:https?)://)?([^/?#]*)(([^?#]*)(?:\\?([^#]*))?.*)");

    /** Nothing but names and dots: no user, no port but the usual ones, no address of numbers in brackets. */
    private static final Pattern HOST = Pattern.compile("([0-9a-z](?:[0-9a-z.-]*[0-9a-z])?)(?::(?:80|443))?");

    /** Takes an address apart; nothing if its host cannot be told for certain. */
    static Optional<WebLink> of(String text) {
        var parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        var host = HOST.matcher(parts.group(1).toLowerCase(Locale.ROOT));
        return host.matches()
                ? Optional.of(new WebLink(host.group(1), parts.group(2), parts.group(3), parameters(parts.group(4))))
                : Optional.empty();
    }

    private static Map<String, String> parameters(String query) {
        var values = new LinkedHashMap<String, String>();
        if (query != null) {
            for (var pair : query.split("&")) {
                // Copied out of a page's source an ampersand is `&amp;`.
                var plain = pair.startsWith("amp;") ? pair.substring(4) : pair;
                var equals = plain.indexOf('=');
                if (equals > 0) {
                    values.putIfAbsent(plain.substring(0, equals), decode(plain.substring(equals + 1)));
                }
            }
        }
        return values;
    }

    private static String decode(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The first of these parameters that is given. */
    Optional<String> parameter(String... names) {
        return Arrays.stream(names)
                .map(parameters::get)
                .filter(value -> value != null && !value.isEmpty())
                .findFirst();
    }

    /** The address to ask, over TLS whatever the text said. */
    String url() {
        return "https://" + host + rest;
    }
}
