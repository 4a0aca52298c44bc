package dev.zhida.link;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;

/** What copying does to tokens. */
final class TokenHarms {

    private TokenHarms() {}

    /**
     * A token between its signs.
     *
     * @param alphabet the symbols that it may be made of
     */
    record Token(String sign, String core, String alphabet) {

        String text() {
            return sign + core + sign;
        }

        Token with(String harmed) {
            return new Token(sign, harmed, alphabet);
        }

        Token wrong(int count, Random random) {
            var symbols = new StringBuilder(core);
            for (var place : places(count, random)) {
                char other;
                do {
                    other = alphabet.charAt(random.nextInt(alphabet.length()));
                } while (other == core.charAt(place));
                symbols.setCharAt(place, other);
            }
            return with(symbols.toString());
        }

        Token lookAlikes(int count, Random random) {
            var symbols = new StringBuilder(core);
            for (var place : places(count, random)) {
                symbols.setCharAt(place, "0O1I".charAt(random.nextInt(4)));
            }
            return with(symbols.toString());
        }

        Token inside(String what, int count, Random random) {
            var symbols = new StringBuilder(core);
            for (var place : places(count, random)) {
                symbols.insert(Math.max(place, 1), what);
            }
            return with(symbols.toString());
        }

        private int[] places(int count, Random random) {
            return random.ints(0, core.length()).distinct().limit(count).toArray();
        }
    }

    record Harm(String name, BiFunction<Token, Random, String> harm) {}

    static final List<Harm> ALL = List.of(
            new Harm("none", (token, random) -> token.text()),
            new Harm(
                    "words, emoji and a link around it",
                    (token, random) ->
                            "姐妹们冲🔥🔥 buy it now " + token.text() + " 复制打开 https://example.com/x?id=680011223344"),
            new Harm("lower case", (token, random) -> token.text().toLowerCase(Locale.ROOT)),
            new Harm("spaces and a line break inside", (token, random) -> token.inside(" ", 2, random)
                    .inside("\n", 1, random)
                    .text()),
            new Harm("invisible characters inside", (token, random) -> token.inside("\u200b", 3, random)
                    .text()),
            new Harm("full-width symbols", (token, random) -> fullWidth(token.text())),
            new Harm("signs dropped", (token, random) -> "看这个 " + token.core() + " 很好"),
            new Harm("signs doubled", (token, random) -> token.sign() + token.text() + token.sign()),
            new Harm("1 symbol wrong", (token, random) -> token.wrong(1, random).text()),
            new Harm(
                    "2 symbols wrong", (token, random) -> token.wrong(2, random).text()),
            new Harm("1 symbol typed as 0, O, 1 or I", (token, random) -> token.lookAlikes(1, random)
                    .text()),
            new Harm("3 symbols typed as 0, O, 1 or I", (token, random) -> token.lookAlikes(3, random)
                    .text()),
            new Harm("3 symbols folded to … in the middle", (token, random) -> token.with(
                            token.core().substring(0, 6) + "…" + token.core().substring(9))
                    .text()),
            new Harm(
                    "end folded, 1 to 3 symbols lost",
                    (token, random) -> token.sign()
                            + token.core().substring(0, token.core().length() - 1 - random.nextInt(3))
                            + "… 全文"),
            new Harm(
                    "lower case, spaces, signs dropped, 2 symbols wrong",
                    (token, random) -> "看这个 "
                            + token.wrong(2, random)
                                    .inside(" ", 2, random)
                                    .core()
                                    .toLowerCase(Locale.ROOT)
                            + " 很好"),
            new Harm(
                    "3 symbols wrong", (token, random) -> token.wrong(3, random).text()),
            new Harm(
                    "4 symbols wrong", (token, random) -> token.wrong(4, random).text()),
            new Harm(
                    "1 symbol wrong and 3 folded",
                    (token, random) -> token.sign()
                            + token.with(token.core().substring(0, token.core().length() - 3))
                                    .wrong(1, random)
                                    .core()
                            + "…"),
            new Harm("1 symbol left out", (token, random) -> {
                var place = random.nextInt(token.core().length());
                return token.with(new StringBuilder(token.core())
                                .deleteCharAt(place)
                                .toString())
                        .text();
            }));

    private static String fullWidth(String text) {
        return text.chars()
                .map(c -> c > ' ' && c < 127 ? c + 0xFEE0 : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
