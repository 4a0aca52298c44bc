package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LinkCodesTest {

    private final LinkCodes codes =
            new LinkCodes("a key of at least thirty-two bytes".getBytes(StandardCharsets.UTF_8));

    @Property
    void a_code_is_read_back_in_upper_and_lower_case(@ForAll long seed) {
        var code = codes.create(new Random(seed));
        assertThat(codes.read(code.text())).contains(code);
        assertThat(codes.read(code.text().toLowerCase(Locale.ROOT))).contains(code);
    }

    @Property
    void anything_may_be_asked(@ForAll String text) {
        codes.read(text).ifPresent(code -> assertThat(code.text()).isEqualToIgnoringCase(text));
    }

    @Test
    void one_in_a_thousand_random_codes_passes_without_a_look_up() {
        var random = new Random(1);
        var passed = 0;
        for (var i = 0; i < 200_000; i++) {
            var values = random.ints(LinkCode.LENGTH, 0, 32).toArray();
            passed += codes.read(CodeAlphabet.text(values)).isPresent() ? 1 : 0;
        }
        // 200,000 / 1,024 = 195 with a standard deviation of 14.
        assertThat(passed).isBetween(125, 265);
    }

    @Test
    void codes_of_another_key_are_not_read() {
        var others = new LinkCodes("another key of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8));
        var random = new Random(2);
        var read = 0;
        for (var i = 0; i < 1_000; i++) {
            read += codes.read(others.create(random).text()).isPresent() ? 1 : 0;
        }
        assertThat(read).isLessThan(10);
    }

    @Property
    void a_token_carries_its_code(@ForAll long seed) {
        var code = codes.create(new Random(seed));
        assertThat(ZhidaToken.of(code)).matches("◆[2-9A-HJ-NP-Z]{14}◆").startsWith("◆" + code.text());
    }
}
