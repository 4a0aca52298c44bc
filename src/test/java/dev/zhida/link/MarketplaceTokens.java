package dev.zhida.link;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;

/** Patterns by which marketplaces' tokens are found in texts, as far as their shapes are known. */
public final class MarketplaceTokens {

    private static final String SIGN = "[￥¥₤€$£₳₴¢₲₪₰₵₸฿]";
    private static final Pattern BETWEEN_SIGNS =
            Pattern.compile(SIGN + "\\s*(?:[A-Z]{2}\\d{3,4}\\s+)?([0-9A-Za-z]{11})\\s*(?=" + SIGN + ")");

    private static final List<Pattern> ALL = List.of(
            BETWEEN_SIGNS,
            Pattern.compile(
                    "(?<![0-9A-Za-z/:.])[/(（《「]\\s*(?:[A-Z]{2}\\d{3,4}\\s+)?([0-9A-Za-z]{11})\\s*[/)）》」](?![0-9A-Za-z/])"),
            Pattern.compile(
                    "https?://[em]\\.tb\\.cn/h\\.[0-9A-Za-z]{6,20}\\?(?:[^\\s#]*&)?tk=([0-9A-Za-z]{11})(?![0-9A-Za-z])"),
            // Seen in public code: a currency sign, then 8 to 20 symbols.
            Pattern.compile(SIGN + "([0-9A-Za-z]{8,20})" + SIGN),
            // Douyin.
            Pattern.compile("(?<![0-9A-Za-z])[^\\x00-\\x7F\\s]{1,2}([0-9A-Za-z]{11,13})[^\\x00-\\x7F\\s]{1,2}"),
            // JD.
            Pattern.compile("￥([0-9A-Za-z]{14})￥"));

    private MarketplaceTokens() {}

    /** Whether a shopping app may take a text, or something in it, for a token of its own. */
    public static boolean areIn(String text) {
        return ALL.stream().anyMatch(pattern -> pattern.matcher(text).find());
    }

    static TokenHarms.Token random(Random random) {
        var alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var core = new StringBuilder();
        random.ints(11, 0, alphabet.length()).forEach(i -> core.append(alphabet.charAt(i)));
        return new TokenHarms.Token("￥", core.toString(), alphabet);
    }

    /** The core as Taobao's pattern finds it; nothing in it tells whether it is right. */
    static Optional<String> read(String text) {
        var found = BETWEEN_SIGNS.matcher(text);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
