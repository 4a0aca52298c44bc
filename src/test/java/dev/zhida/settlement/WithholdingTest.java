package dev.zhida.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.money.Money;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithholdingTest {

    private static Money tax(String income) {
        return Withholding.PER_PAYOUT.of(Money.ofYuan(income), Money.ZERO, Money.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "799.99, 0",
        "800.00, 0",
        "800.02, 0.00",
        "800.03, 0.01",
        "4000.00, 640.00",
        "4000.01, 640.00",
        "4000.04, 640.01",
        "5000.00, 800.00",
        // A base of 20,000 and of 50,000, and what is beyond them.
        "25000.00, 4000.00",
        "25000.10, 4000.02",
        "62500.00, 13000.00",
        "62500.10, 13000.03",
        "100000.00, 25000.00"
    })
    void the_table_of_the_law(String income, String tax) {
        assertThat(tax(income)).isEqualTo(Money.ofYuan(tax));
    }

    @ParameterizedTest
    @CsvSource({"3000.00, 3000.00, 440.00", "500.00, 0.00, 0.00", "25000.00, 25000.00, 4000.00"})
    void nothing_is_withheld_when_it_is_off(String income, String earlier, String withheld) {
        assertThat(Withholding.OFF.of(Money.ofYuan(income), Money.ofYuan(earlier), Money.ofYuan(withheld)))
                .isEqualTo(Money.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        // 6,000 in a month: 960, of which 440 are withheld already.
        "3000.00, 3000.00, 440.00, 520.00",
        "700.00, 700.00, 0.00, 120.00",
        // Too much was withheld before: nothing more, and nothing back.
        "100.00, 1000.00, 900.00, 0.00"
    })
    void payouts_of_a_month_are_one_income(String income, String earlier, String withheld, String tax) {
        assertThat(Withholding.MONTHLY.of(Money.ofYuan(income), Money.ofYuan(earlier), Money.ofYuan(withheld)))
                .isEqualTo(Money.ofYuan(tax));
    }

    @Property
    void in_however_many_payouts_a_month_is_paid_the_tax_is_that_of_the_whole(
            @ForAll @LongRange(min = 1, max = 100_000_00) long first,
            @ForAll @LongRange(min = 1, max = 100_000_00) long second) {
        var whole = Withholding.PER_PAYOUT.of(Money.ofFen(first + second), Money.ZERO, Money.ZERO);
        var one = Withholding.MONTHLY.of(Money.ofFen(first), Money.ZERO, Money.ZERO);
        var other = Withholding.MONTHLY.of(Money.ofFen(second), Money.ofFen(first), one);
        assertThat(one.plus(other)).isEqualTo(whole);
    }

    @Property
    void who_earns_more_keeps_more(@ForAll @LongRange(min = 1, max = 200_000_00) long fen) {
        var more = Money.ofFen(fen + 100);
        var less = Money.ofFen(fen);
        assertThat(more.minus(Withholding.PER_PAYOUT.of(more, Money.ZERO, Money.ZERO)))
                .isGreaterThanOrEqualTo(less.minus(Withholding.PER_PAYOUT.of(less, Money.ZERO, Money.ZERO)));
    }
}
