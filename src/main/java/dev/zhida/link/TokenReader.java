package dev.zhida.link;

import dev.zhida.database.SecretKeys;
import dev.zhida.link.PastedText.Run;
import dev.zhida.link.TokenAttempt.Strength;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Reads Zhida tokens, and links of ours, out of whatever a fan pasted. Knows nothing of what is live; never blocks.
 *
 * <p>What stands for itself is mended as far as {@link TokenRepair} can; where a text has many stretches that could be a
 * token by chance, less is mended. With 10 million live placements, each of at most {@value #MOST_FULL} stretches that
 * are mended in full resolves by chance with 7.4 · 10⁻¹⁰, each of at most {@value #MOST_PART} in part with
 * 10⁷ / 32¹² = 8.7 · 10⁻¹², and each of the {@value #MOST_TEXT} places from which 14 symbols are taken as they are with
 * 10⁷ / 2⁷⁰ = 8.5 · 10⁻¹⁵: together below 7 · 10⁻⁹ for a text that is nothing but such stretches. An ordinary paste has
 * one or two.
 */
@ApplicationScoped
public class TokenReader {

    /** What stands behind it is not read. */
    static final int MOST_TEXT = 10_000;

    static final int MOST_FULL = 8;
    static final int MOST_PART = 64;

    /** So many symbols beside a sign of ours are a token, or were one. */
    private static final int PLAUSIBLE = 7;

    private final LinkCodes codes;
    private final Pattern links;

    @Inject
    TokenReader(SecretKeys keys, @ConfigProperty(name = "zhida.public-url") String publicUrl) {
        this(LinkCodes.of(keys), publicUrl);
    }

    TokenReader(LinkCodes codes, String publicUrl) {
        this.codes = codes;
        // Of our own host only: others use such paths too, and a code has less to check itself by than a token.
        this.links = Pattern.compile(
                "(?<![\\w.-])" + Pattern.quote(URI.create(publicUrl).getHost())
                        + "(?::\\d+)?/r/([0-9A-Z]{8})(?![0-9A-Z])",
                Pattern.CASE_INSENSITIVE);
    }

    /**
     * A placement that a text may mean.
     *
     * @param code as it stands in the database; whether it is live has to be looked up
     * @param repaired what a copy had done to it, like {@code "2 wrong, case"}; {@code null} if it is as posted
     */
    public record Candidate(String code, String repaired) {}

    /**
     * What a text says.
     *
     * @param candidates each code once; those in links first, then those in tokens
     * @param damaged whether there is a token, but none that can be read: it has to be copied again
     */
    public record Reading(List<Candidate> candidates, boolean damaged) {}

    /** Reads a whole pasted text. */
    public Reading read(String pasted) {
        var text = pasted.substring(0, Math.min(pasted.length(), MOST_TEXT));
        var runs = PastedText.runs(text);
        var candidateByCode = new LinkedHashMap<String, Candidate>();
        Stream.concat(inLinks(text), inTokens(TokenAttempt.of(runs)))
                .forEach(candidate -> candidateByCode.merge(
                        candidate.code(), candidate, (one, other) -> one.repaired() == null ? one : other));
        var candidates = List.copyOf(candidateByCode.values());
        return new Reading(candidates, candidates.isEmpty() && runs.stream().anyMatch(run -> isPlausible(run, runs)));
    }

    private Stream<Candidate> inLinks(String text) {
        return links.matcher(text)
                .results()
                .flatMap(link -> codes.read(link.group(1)).stream())
                .map(code -> new Candidate(code.text(), null));
    }

    private Stream<Candidate> inTokens(List<TokenAttempt> attempts) {
        return Stream.of(Strength.values())
                .flatMap(strength -> attempts.stream()
                        .filter(attempt -> attempt.strength() == strength)
                        // Where there are too many, those that bear our sign go first.
                        .sorted(Comparator.comparing(TokenAttempt::marked).reversed())
                        .limit(most(strength)))
                .flatMap(attempt -> attempt.mend().stream()
                        .flatMap(symbols -> codes
                                .read(CodeAlphabet.text(symbols).substring(0, LinkCode.LENGTH))
                                .map(code -> new Candidate(code.text(), attempt.repaired(symbols)))
                                .stream()));
    }

    private static int most(Strength strength) {
        return switch (strength) {
            case FULL -> MOST_FULL;
            case PART -> MOST_PART;
            case NONE -> MOST_TEXT;
        };
    }

    /** A run beside a sign of ours, or one that is all that was pasted. */
    private static boolean isPlausible(Run run, List<Run> runs) {
        var size = run.places().size();
        return run.marked()
                ? size >= PLAUSIBLE
                : runs.size() == 1 && Math.abs(size - TokenRepair.LENGTH) <= 2 && run.hasDigitsAndLetters();
    }
}
