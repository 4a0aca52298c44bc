package dev.zhida.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    private static final long TRILLION_YUAN = 100_000_000_000_000L;

    @ParameterizedTest
    @CsvSource({"0,0", "12,1200", "12.3,1230", "12.34,1234", "-0.01,-1", "+5,500", "12.340,1234", "' 7 ',700"})
    void yuan_is_read_to_the_fen(String yuan, long fen) {
        assertThat(Money.ofYuan(yuan)).isEqualTo(Money.ofFen(fen));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1e3",
                "1.2.3",
                "0.001",
                "1,000",
                "--",
                "NaN",
                "99999999999999999999",
                "999999999999999999"
            })
    void what_is_no_amount_is_refused(String yuan) {
        assertThatIllegalArgumentException().isThrownBy(() -> Money.ofYuan(yuan));
    }

    @Test
    void an_overflow_is_an_error() {
        assertThatThrownBy(() -> Money.ofFen(Long.MAX_VALUE).plus(Money.ofFen(1)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.ofFen(Long.MIN_VALUE).negated()).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({"5,0.1,0", "15,0.1,2", "25,0.1,2", "-15,0.1,-2", "100,1,100", "99,0,0"})
    void a_share_is_rounded_as_the_caller_says(long fen, String rate, long share) {
        assertThat(Money.ofFen(fen).share(Rate.of(rate), RoundingMode.HALF_EVEN))
                .isEqualTo(Money.ofFen(share));
    }

    @Property
    void what_is_written_in_yuan_is_read_back(@ForAll long fen) {
        if (Math.abs((double) fen) < 9e17) {
            assertThat(Money.ofYuan(Money.ofFen(fen).yuan())).isEqualTo(Money.ofFen(fen));
        }
    }

    @Property
    void parts_of_a_split_sum_to_the_whole_and_are_fair_to_the_fen(
            @ForAll @LongRange(min = -TRILLION_YUAN, max = TRILLION_YUAN) long fen,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 1_000_000) Integer> weights) {
        var given = weights.stream().map(Integer::longValue).toList();
        var total = given.stream().mapToLong(Long::longValue).sum();
        if (total == 0) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Money.ofFen(fen).split(given));
            return;
        }
        var parts = Money.ofFen(fen).split(given);

        assertThat(parts.stream().reduce(Money.ZERO, Money::plus)).isEqualTo(Money.ofFen(fen));
        for (var i = 0; i < parts.size(); i++) {
            var exact = BigDecimal.valueOf(fen)
                    .multiply(BigDecimal.valueOf(given.get(i)))
                    .divide(BigDecimal.valueOf(total), 10, RoundingMode.HALF_EVEN);
            assertThat(BigDecimal.valueOf(parts.get(i).fen()).subtract(exact).abs())
                    .isLessThanOrEqualTo(BigDecimal.ONE);
        }
    }

    @Property
    void a_share_and_its_complement_differ_from_the_whole_by_one_fen_at_most(
            @ForAll @LongRange(min = 0, max = TRILLION_YUAN) long fen, @ForAll @IntRange(max = 10_000) int parts) {
        var money = Money.ofFen(fen);
        var rate = Rate.ofTenThousandths(parts);
        var sum =
                money.share(rate, RoundingMode.HALF_EVEN).plus(money.share(rate.complement(), RoundingMode.HALF_EVEN));
        assertThat(Math.abs(sum.minus(money).fen())).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"9.99,0.0999", "2.50 %,0.025", "2.50%,0.025", "0,0", "100 ％,1"})
    void per_cent_is_read_exactly(String percent, String fraction) {
        assertThat(Rate.ofPercent(percent)).isEqualTo(Rate.of(fraction));
    }

    @Test
    void equal_rates_are_equal_however_they_are_written() {
        assertThat(Rate.of("0.10"))
                .isEqualTo(Rate.ofPercent("10"))
                .isEqualTo(Rate.ofPerMille(100))
                .isEqualTo(Rate.ofTenThousandths(1000));
        assertThat(Rate.of("0.10")).hasSameHashCodeAs(Rate.of("0.1"));
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.of("-0.1"));
    }

    @Test
    void a_business_day_begins_at_midnight_in_shanghai() {
        assertThat(BusinessTime.dayOf(Instant.parse("2026-02-28T15:59:59Z"))).isEqualTo(LocalDate.of(2026, 2, 28));
        assertThat(BusinessTime.dayOf(Instant.parse("2026-02-28T16:00:00Z"))).isEqualTo(LocalDate.of(2026, 3, 1));
        assertThat(BusinessTime.monthOf(Instant.parse("2026-02-28T16:00:00Z"))).isEqualTo(YearMonth.of(2026, 3));
        assertThat(BusinessTime.startOf(LocalDate.of(2026, 3, 1))).isEqualTo(Instant.parse("2026-02-28T16:00:00Z"));
    }
}
