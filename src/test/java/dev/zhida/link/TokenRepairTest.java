package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.zxing.common.reedsolomon.ReedSolomonDecoder;
import com.google.zxing.common.reedsolomon.ReedSolomonException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenRepairTest {

    /** The token of zeros. */
    private static final int[] MASK = TokenRepair.encoded(new int[LinkCode.LENGTH]);

    private static int[] token(Random random) {
        return TokenRepair.encoded(random.ints(LinkCode.LENGTH, 0, 32).toArray());
    }

    private static int[] harmed(int[] token, int wrong, int lost, Random random) {
        var harmed = token.clone();
        var places = random.ints(0, TokenRepair.LENGTH)
                .distinct()
                .limit(wrong + lost)
                .toArray();
        for (var i = 0; i < places.length; i++) {
            harmed[places[i]] = i < wrong ? harmed[places[i]] ^ (1 + random.nextInt(31)) : TokenRepair.LOST;
        }
        return harmed;
    }

    @Property
    void two_wrong_or_three_lost_symbols_are_mended(@ForAll long seed, @ForAll @IntRange(max = 3) int count) {
        var random = new Random(seed);
        var token = token(random);
        assertThat(TokenRepair.mend(harmed(token, Math.min(count, 2), 0, random), 2, 3))
                .contains(token);
        assertThat(TokenRepair.mend(harmed(token, 0, count, random), 2, 3)).contains(token);
    }

    @Property
    void wrong_and_lost_at_once_are_refused(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int wrong,
            @ForAll @IntRange(min = 1, max = 3) int lost) {
        var random = new Random(seed);
        assertThat(TokenRepair.mend(harmed(token(random), wrong, lost, random), 2, 3))
                .isEmpty();
    }

    @Test
    void three_or_four_wrong_symbols_never_become_another_token() {
        var random = new Random(3);
        for (var i = 0; i < 200_000; i++) {
            assertThat(TokenRepair.mend(harmed(token(random), 3 + i % 2, 0, random), 2, 3)
                            .isEmpty())
                    .isTrue();
        }
    }

    /**
     * Two different patterns of up to 3 wrong symbols that left the same trace would add up to a difference between two
     * tokens in at most 6 places. There are none, so any two tokens differ in 7 places or more: what the comment of
     * {@link TokenRepair} is built on, for every token and every pattern.
     */
    @Test
    void any_two_tokens_differ_in_at_least_seven_places() {
        var places = TokenRepair.LENGTH;
        var traces = new int[1 + places * 31 + 91 * 31 * 31 + 364 * 31 * 31 * 31];
        var count = 1;
        for (var a = 0; a < places; a++) {
            for (var x = 1; x < 32; x++) {
                var one = TokenRepair.trace(a, x);
                traces[count++] = one;
                for (var b = a + 1; b < places; b++) {
                    for (var y = 1; y < 32; y++) {
                        var two = one ^ TokenRepair.trace(b, y);
                        traces[count++] = two;
                        for (var c = b + 1; c < places; c++) {
                            for (var z = 1; z < 32; z++) {
                                traces[count++] = two ^ TokenRepair.trace(c, z);
                            }
                        }
                    }
                }
            }
        }
        assertThat(count).isEqualTo(traces.length);
        Arrays.sort(traces);
        var same = 0;
        for (var i = 1; i < traces.length; i++) {
            same += traces[i] == traces[i - 1] ? 1 : 0;
        }
        assertThat(same).isZero();
    }

    @Test
    void a_random_text_becomes_a_token_as_seldom_as_computed() {
        var random = new Random(4);
        var texts = 1_000_000;
        var mended = 0;
        for (var i = 0; i < texts; i++) {
            mended += TokenRepair.mend(random.ints(TokenRepair.LENGTH, 0, 32).toArray(), 2, 3)
                            .isPresent()
                    ? 1
                    : 0;
        }
        // 87,886 / 2³⁰ of a million are 82, with a standard deviation of 9. Of what is mended 1 in 1,024 passes the
        // keyed check, and 10⁷ of the 2³⁰ codes that do are live.
        assertThat(mended).isCloseTo(82, within(36));
        assertThat(87_886 / Math.pow(2, 30) / 1024 * (1e7 / Math.pow(2, 30))).isLessThan(1e-9);
        assertThat(1e7 / Math.pow(32, 11)).isLessThan(1e-9);
    }

    @Property
    void another_decoder_agrees(@ForAll long seed, @ForAll @IntRange(max = 2) int wrong) throws ReedSolomonException {
        var random = new Random(seed);
        var harmed = harmed(token(random), wrong, 0, random);
        var theirs = sum(harmed, MASK);
        new ReedSolomonDecoder(ZhidaToken.FIELD).decode(theirs, ZhidaToken.CHECK_SYMBOLS);
        assertThat(TokenRepair.mend(harmed, 2, 3)).contains(sum(theirs, MASK));
    }

    private static int[] sum(int[] one, int[] other) {
        return IntStream.range(0, one.length).map(i -> one[i] ^ other[i]).toArray();
    }

    /**
     * Symbols moved by some places, the room that this leaves filled with {@code filling}. What holds for the token of
     * zeros holds for every token that loses nothing but zeros at its end: the code is linear and cyclic, so what is
     * left of such a one without its mask is again one without a mask.
     */
    private static int[] moved(int by, int filling) {
        var moved = new int[TokenRepair.LENGTH];
        for (var i = 0; i < moved.length; i++) {
            moved[i] = i + by >= 0 && i + by < moved.length ? MASK[i + by] : filling;
        }
        return moved;
    }

    @Test
    void a_token_that_lost_its_first_or_last_symbols_is_not_another_one() {
        for (var by : new int[] {-3, -2, -1, 1, 2, 3}) {
            assertThat(TokenRepair.mend(moved(by, TokenRepair.LOST), 2, 3))
                    .as("by " + by)
                    .isEmpty();
        }
        for (var by = 1; by < TokenRepair.LENGTH; by++) {
            for (var filling = 0; filling < 32; filling++) {
                assertThat(TokenRepair.mend(moved(by, filling), 2, 3)).isEmpty();
                assertThat(TokenRepair.mend(moved(-by, filling), 2, 3)).isEmpty();
            }
        }
    }

    @Test
    void a_token_that_begins_with_zero_is_not_another_one_without_it() {
        var random = new Random(5);
        for (var i = 0; i < 100_000; i++) {
            var symbols = random.ints(LinkCode.LENGTH, 0, 32).toArray();
            symbols[0] = 0;
            var rest = Arrays.copyOfRange(TokenRepair.encoded(symbols), 1, TokenRepair.LENGTH + 1);
            rest[TokenRepair.LENGTH - 1] = TokenRepair.LOST;
            assertThat(TokenRepair.mend(rest, 2, 3).isEmpty()).isTrue();
        }
    }
}
