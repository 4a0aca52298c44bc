package dev.zhida.link;

import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal.FieldError;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words to post at a place, with placeholders like {@code {title}}. Says what is wrong with it; a place is never
 * left with words that its host app forbids.
 *
 * @param platform {@code null} for any
 * @param scene {@code null} for any
 */
record ShareTemplate(Platform platform, Scene scene, Medium medium, String text) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}\\s]*)}");
    private static final Pattern BRACE = Pattern.compile("[{}]");
    private static final Pattern LINK = Pattern.compile("https?:", Pattern.CASE_INSENSITIVE);

    /** What a template may name. */
    enum Placeholder {
        TITLE("title"),
        PRICE("price"),
        PRICE_AFTER_COUPON("priceAfterCoupon"),
        COUPON("coupon"),
        /** The link of the placement. */
        URL("url"),
        /** The Zhida token. */
        TOKEN("token"),
        /** Where to paste the Zhida token: an address, or a name where no link may stand. */
        PASTE_AT("pasteAt"),
        /** The marketplace's own token, its long form where links may stand. */
        NATIVE_TOKEN("nativeToken"),
        /** The shopping app, as fans know it. */
        APP("app");

        private final String word;

        Placeholder(String word) {
            this.word = word;
        }

        static Optional<Placeholder> of(String word) {
            return Stream.of(values())
                    .filter(placeholder -> placeholder.word.equals(word))
                    .findFirst();
        }

        @Override
        public String toString() {
            return "{" + word + "}";
        }
    }

    /** Whether it is for such a place. */
    boolean covers(Placement.Place place) {
        return (platform == null || platform == place.platform())
                && (scene == null || scene == place.scene())
                && medium == place.medium();
    }

    /** Of those that cover a place the one with the highest counts; the platform weighs more than the scene. */
    int weight() {
        return (platform == null ? 0 : 2) + (scene == null ? 0 : 1);
    }

    /** Whether links may stand in what is posted on a platform. */
    static boolean allowsLinks(Platform platform) {
        return platform != Platform.XIAOHONGSHU;
    }

    /** What is wrong with it; nothing if it may be used. */
    List<FieldError> problems() {
        var problems = new ArrayList<String>();
        var named = EnumSet.noneOf(Placeholder.class);
        PLACEHOLDER.matcher(text).results().map(found -> found.group(1)).forEach(word -> Placeholder.of(word)
                .ifPresentOrElse(
                        named::add,
                        () -> problems.add("there is no {" + word + "}: use " + list(Set.of(Placeholder.values())))));
        if (BRACE.matcher(PLACEHOLDER.matcher(text).replaceAll("")).find()) {
            problems.add("a brace is left over: write placeholders like {title}");
        }
        var missing = needed().stream()
                .filter(placeholder -> !named.contains(placeholder))
                .collect(Collectors.toSet());
        if (!missing.isEmpty()) {
            problems.add("a follower could not get on from it: add " + list(missing));
        }
        if (platform == Platform.WECHAT
                && (named.contains(Placeholder.TOKEN)
                        || named.contains(Placeholder.NATIVE_TOKEN)
                        || text.indexOf(ZhidaToken.SIGN) >= 0)) {
            problems.add("WeChat forbids tokens in texts: leave {token} and {nativeToken} out");
        }
        if (!allowsLinks(platform)
                && (named.contains(Placeholder.URL) || LINK.matcher(text).find())) {
            problems.add("Xiaohongshu punishes links in texts: leave {url} and addresses out");
        }
        return problems.stream().map(problem -> new FieldError("text", problem)).toList();
    }

    /** What a follower needs to get on from it. */
    private Set<Placeholder> needed() {
        if (platform == Platform.WECHAT) {
            return medium == Medium.IMAGE ? Set.of() : Set.of(Placeholder.URL);
        }
        return switch (medium) {
            case LINK ->
                allowsLinks(platform) ? Set.of(Placeholder.URL) : Set.of(Placeholder.TOKEN, Placeholder.PASTE_AT);
            case TOKEN -> Set.of(Placeholder.TOKEN, Placeholder.PASTE_AT);
            case NATIVE_TOKEN -> Set.of(Placeholder.NATIVE_TOKEN);
            case IMAGE -> Set.of();
        };
    }

    private static String list(Set<Placeholder> placeholders) {
        return placeholders.stream().sorted().map(Placeholder::toString).collect(Collectors.joining(" "));
    }

    /**
     * The words. A line that names something that is not known is left out; without what a follower needs there are
     * no words at all.
     *
     * @param values those that are known
     */
    String fill(Map<Placeholder, String> values) {
        if (!values.keySet().containsAll(needed())) {
            return "";
        }
        return text.lines()
                .filter(line ->
                        PLACEHOLDER.matcher(line).results().allMatch(found -> values.containsKey(of(found.group(1)))))
                .map(line -> PLACEHOLDER
                        .matcher(line)
                        .replaceAll(found -> Matcher.quoteReplacement(values.get(of(found.group(1))))))
                .collect(Collectors.joining("\n"));
    }

    private static Placeholder of(String word) {
        return Placeholder.of(word).orElseThrow();
    }
}
