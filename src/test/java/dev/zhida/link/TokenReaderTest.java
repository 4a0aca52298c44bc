package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.zhida.link.TokenReader.Candidate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenReaderTest {

    private static final String SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final LinkCodes CODES =
            new LinkCodes("a key of at least thirty-two bytes".getBytes(StandardCharsets.UTF_8));
    private static final TokenReader READER = new TokenReader(CODES, "https://go.zhida.example");

    /** The token of {@link #CODE}; harmed by hand below. */
    private static final LinkCode CODE = CODES.create(new Random(7));

    private static final String CORE = ZhidaToken.of(CODE).substring(1, 15);

    private static List<Candidate> read(String text) {
        return READER.read(text).candidates();
    }

    private static String filled(String text) {
        return text.replace("CORE", CORE)
                .replace("core", CORE.toLowerCase(Locale.ROOT))
                .replace("HEAD", CORE.substring(0, 7))
                .replace("TAIL", CORE.substring(7))
                .replace("\\n", "\n");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            quoteCharacter = '"',
            value = {
                "◆CORE◆,                              null",
                "大衣 199 元 ◆CORE◆ 复制这段话,           null",
                "买它🔥◆CORE◆🔥,                        null",
                "buy ◆CORE◆ now,                      null",
                "◆ CORE ◆,                            null",
                "◆core◆,                              case",
                "◆HEAD TAIL◆,                         spaces",
                "◆HEAD\\n  TAIL◆,                     spaces",
                "◆HEAD\u200bTAIL◆,                    invisible",
                "◆HEAD\u2060\ufeffTAIL◆,              invisible",
                "CORE,                                signs",
                "口令CORE快来,                          signs",
                "token CORE here,                     signs",
                "tokenCORE,                           signs",
                "◆◆CORE◆◆,                            signs",
                "◆CORE,                               signs",
                "◆CORE buy it now,                    signs",
                "buy it now CORE◆,                    signs",
                "◇CORE◇,                              signs",
                "🔶CORE🔶,                             signs",
                "◆CORE\ufe0f◆,                        null",
            })
    void a_token_is_found_however_it_was_copied(String text, String repaired) {
        assertThat(read(filled(text))).containsExactly(new Candidate(CODE.text(), repaired));
    }

    @Test
    void what_was_repaired_is_told() {
        var twoWrong = new StringBuilder(CORE);
        twoWrong.setCharAt(2, CORE.charAt(2) == 'A' ? 'B' : 'A');
        twoWrong.setCharAt(9, CORE.charAt(9) == 'A' ? 'B' : 'A');
        assertThat(read("◆" + twoWrong + "◆")).containsExactly(new Candidate(CODE.text(), "2 wrong"));
        assertThat(read("◆" + CORE.substring(0, 11) + "…"))
                .containsExactly(new Candidate(CODE.text(), "3 lost, signs, folded"));
        assertThat(read("◆" + CORE.substring(0, 11) + "...全文"))
                .containsExactly(new Candidate(CODE.text(), "3 lost, signs, folded"));
        assertThat(read("…" + CORE.substring(2) + "◆"))
                .containsExactly(new Candidate(CODE.text(), "2 lost, signs, folded"));
        assertThat(read("◆" + CORE.substring(0, 5) + "…" + CORE.substring(7) + "◆"))
                .containsExactly(new Candidate(CODE.text(), "2 lost, folded"));
        assertThat(read("◆" + CORE.substring(0, 5) + "O" + CORE.substring(6) + "◆"))
                .containsExactly(new Candidate(CODE.text(), "1 lost"));
        assertThat(read("◆" + CORE.substring(0, 5) + "？" + CORE.substring(6) + "◆"))
                .containsExactly(new Candidate(CODE.text(), "1 lost"));
        assertThat(read("◆" + fullWidth() + "◆")).containsExactly(new Candidate(CODE.text(), "width"));
    }

    private static String fullWidth() {
        return CORE.chars()
                .map(c -> c + 0xFEE0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void a_token_as_posted_counts_before_the_same_one_harmed() {
        assertThat(read(filled("◆core◆ ◆CORE◆"))).containsExactly(new Candidate(CODE.text(), null));
    }

    @Test
    void two_tokens_are_two_candidates() {
        var other = CODES.create(new Random(8));
        assertThat(read(ZhidaToken.of(CODE) + " 和 " + ZhidaToken.of(other)))
                .extracting(Candidate::code)
                .containsExactly(CODE.text(), other.text());
        // One sign between them serves both.
        assertThat(read(ZhidaToken.of(CODE) + ZhidaToken.of(other).substring(1)))
                .extracting(Candidate::code)
                .containsExactly(CODE.text(), other.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "看这个 https://go.zhida.example/r/CODE 很好",
                "https://go.zhida.example/r/CODE?utm=1",
                "http://GO.ZHIDA.EXAMPLE:8443/r/CODE。",
                "go.zhida.example/r/CODE"
            })
    void a_link_of_ours_counts(String text) {
        assertThat(read(text.replace("CODE", CODE.text()))).containsExactly(new Candidate(CODE.text(), null));
        assertThat(read(text.replace("CODE", CODE.text().toLowerCase(Locale.ROOT))))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/r/CODE",
                "https://go.zhida.example.evil.example/r/CODE",
                "https://notgo.zhida.example/r/CODE",
                "https://go.zhida.example/r/CODEX",
                "https://go.zhida.example/s/CODE",
                "CODE"
            })
    void another_ones_link_or_a_bare_code_does_not(String text) {
        assertThat(READER.read(text.replace("CODE", CODE.text()))).isEqualTo(new TokenReader.Reading(List.of(), false));
    }

    @Test
    void a_token_that_cannot_be_read_is_told_from_no_token() {
        var spoiled = "2".repeat(14).equals(CORE) ? "3".repeat(14) : "2".repeat(3) + CORE.substring(3, 11) + "ZZZ";
        assertThat(READER.read("◆" + spoiled + "◆")).isEqualTo(new TokenReader.Reading(List.of(), true));
        assertThat(READER.read("◆" + CORE.substring(0, 8) + "…")).isEqualTo(new TokenReader.Reading(List.of(), true));
        assertThat(READER.read(spoiled)).isEqualTo(new TokenReader.Reading(List.of(), true));
        assertThat(READER.read("今天 ◆◆ 特价 ◆ buy ◆")).isEqualTo(new TokenReader.Reading(List.of(), false));
        assertThat(READER.read("47￥ CZ3457 aB3dE5gH7j2￥ https://m.tb.cn/h.AbCd12A  大衣"))
                .isEqualTo(new TokenReader.Reading(List.of(), false));
        assertThat(READER.read("")).isEqualTo(new TokenReader.Reading(List.of(), false));
    }

    @Test
    void a_token_of_another_installation_is_none_of_ours() {
        var others = new LinkCodes("another key of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8));
        var random = new Random(9);
        var read = 0;
        for (var i = 0; i < 2_000; i++) {
            read += READER.read(ZhidaToken.of(others.create(random)))
                    .candidates()
                    .size();
        }
        // One in 1,024 by chance.
        assertThat(read).isLessThan(12);
    }

    @Property
    void anything_may_be_pasted(@ForAll @StringLength(max = 2_000) String text) {
        assertThat(READER.read(text)).isNotNull();
    }

    @Property
    void whatever_stands_around_a_token_it_is_found(
            @ForAll @StringLength(max = 60) String before,
            @ForAll @StringLength(max = 60) String after,
            @ForAll long seed) {
        var code = CODES.create(new Random(seed));
        // Signs and folds of the words around it would be the token's own.
        var clean = (before + " " + ZhidaToken.of(code) + " " + after.replace("◆", "")).replaceFirst("^[^◆]*◆ ", "");
        assertThat(read(clean)).extracting(Candidate::code).contains(code.text());
    }

    @Property
    void a_token_with_more_harm_than_can_be_mended_is_never_another_one(
            @ForAll long seed, @ForAll @IntRange(min = 3, max = 4) int wrong) {
        var random = new Random(seed);
        var code = CODES.create(random);
        var token = new TokenHarms.Token("◆", ZhidaToken.of(code).substring(1, 15), SYMBOLS);
        assertThat(READER.read(token.wrong(wrong, random).text())).isEqualTo(new TokenReader.Reading(List.of(), true));
    }

    @Test
    void a_long_text_full_of_what_looks_like_tokens_resolves_none() {
        var random = new Random(10);
        for (var i = 0; i < 20; i++) {
            var text = new StringBuilder();
            while (text.length() < TokenReader.MOST_TEXT) {
                text.append(random.nextInt(3) == 0 ? "◆" : " ");
                random.ints(1 + random.nextInt(15), 0, 32).forEach(s -> text.append(SYMBOLS.charAt(s)));
            }
            assertThat(read(text.toString())).isEmpty();
        }
    }

    /** The table of the README: measured here, with the same random numbers each time. */
    @Test
    void the_readme_says_how_much_harm_a_token_survives() throws Exception {
        var table = table(10_000);
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "token-harms.md"), table);
        assertThat(Files.readString(Path.of("README.md")))
                .as("copy target/token-harms.md into README.md if the change is wanted")
                .contains(table);
    }

    private static String table(int count) {
        var table = new StringBuilder("""
                | harm | Zhida token | became another one | marketplace token |
                |---|--:|--:|--:|
                """);
        for (var harm : TokenHarms.ALL) {
            var random = new Random(11);
            var ours = 0;
            var others = 0;
            var theirs = 0;
            for (var i = 0; i < count; i++) {
                var code = CODES.create(random);
                var harmed = harm.harm()
                        .apply(new TokenHarms.Token("◆", ZhidaToken.of(code).substring(1, 15), SYMBOLS), random);
                var read = read(harmed);
                ours += read.size() == 1 && read.getFirst().code().equals(code.text()) ? 1 : 0;
                others += (int) read.stream()
                        .filter(candidate -> !candidate.code().equals(code.text()))
                        .count();
                var marketplace = MarketplaceTokens.random(random);
                theirs += MarketplaceTokens.read(harm.harm().apply(marketplace, random))
                                .filter(marketplace.core()::equals)
                                .isPresent()
                        ? 1
                        : 0;
            }
            table.append("| %s | %s | %s | %s |\n"
                    .formatted(harm.name(), percent(ours, count), percent(others, count), percent(theirs, count)));
        }
        return table.toString();
    }

    private static String percent(int part, int of) {
        return "%.1f %%".formatted(100.0 * part / of);
    }

    @Property
    void no_shopping_app_takes_a_token_of_ours_for_its_own(@ForAll long seed) {
        var token = ZhidaToken.of(CODES.create(new Random(seed)));
        for (var text : List.of(token, "抖 3:/ " + token + " 复制", "￥ " + token + " 199", "(" + token + ")")) {
            assertThat(MarketplaceTokens.areIn(text)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "￥aB3dE5gH7j2￥",
                "47￥ CZ3457 aB3dE5gH7j2￥ https://m.tb.cn/h.AbCd12A  大衣",
                "/CZ0001 aB3dE5gH7j2/",
                "https://m.tb.cn/h.AbCd123?tk=aB3dE5gH7j2",
                "3:/ 长按ΦΦaB3dE5gH7j2k4ÊÊ打开抖音",
                "￥aB3dE5gH7j2k4Z￥"
            })
    void the_patterns_find_marketplace_tokens(String text) {
        assertThat(MarketplaceTokens.areIn(text)).isTrue();
    }

    @Test
    void a_text_that_is_nothing_but_signs_is_read_in_one_go() {
        // Compared with one another, these would be ten thousand million pairs.
        var text = "◆A".repeat(100_000) + "◆我".repeat(100_000) + "◆";
        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(PastedText.runs(text)).hasSize(100_000));
    }
}
