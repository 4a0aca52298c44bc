package dev.zhida.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.edge.Visits.Visit;
import java.time.Instant;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class VisitsTest {

    private static final Visits VISITS = new Visits("0123456789abcdef0123456789abcdef".getBytes());
    private static final Visit VISIT = new Visit(UuidCreator.getTimeOrderedEpoch(), "7KW9XJJW");

    @Test
    void a_signed_visit_is_read_back() {
        assertThat(VISITS.read(VISITS.sign(VISIT))).contains(VISIT);
        assertThat(VISITS.sign(VISIT)).matches("[0-9A-Za-z_-]{44}");
    }

    @Property
    void a_visit_with_one_changed_bit_is_none(
            @ForAll @IntRange(max = 43) int place, @ForAll @IntRange(max = 5) int bit) {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var text = VISITS.sign(VISIT).toCharArray();
        text[place] = alphabet.charAt(alphabet.indexOf(text[place]) ^ 1 << bit);
        assertThat(VISITS.read(new String(text))).isEmpty();
    }

    @Property
    void any_other_text_is_none(@ForAll String text) {
        assertThat(VISITS.read(text)).isEmpty();
    }

    @Test
    void a_visit_signed_with_another_key_is_none() {
        var other = new Visits("fedcba9876543210fedcba9876543210".getBytes());
        assertThat(VISITS.read(other.sign(VISIT))).isEmpty();
        assertThat(VISITS.read(null)).isEmpty();
    }

    @Test
    void a_visit_is_over_after_half_an_hour() {
        var at = Instant.parse("2026-01-01T00:00:00Z");
        var visit = new Visit(new UUID(at.toEpochMilli() << 16 | 0x7000, Long.MIN_VALUE), "7KW9XJJW");
        assertThat(visit.overAt(at.plus(Visits.LIFE))).isFalse();
        assertThat(visit.overAt(at.plus(Visits.LIFE).plusMillis(1))).isTrue();
    }
}
