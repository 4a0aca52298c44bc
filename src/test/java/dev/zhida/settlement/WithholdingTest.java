package dev.zhida.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.settlement.TaxTable.Bracket;
import dev.zhida.settlement.Withholding.Earlier;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithholdingTest {

    private static final YearMonth JANUARY = YearMonth.of(2026, 1);
    private static final YearMonth MAY = YearMonth.of(2026, 5);

    private static Money of(Withholding method, Money income, Earlier earlier) {
        return method.of(income, earlier, MAY, method.byLaw());
    }

    private static Money alone(Money income) {
        return of(Withholding.PER_PAYOUT, income, Earlier.NOTHING);
    }

    private static Earlier inMay(String paid, String withheld) {
        return new Earlier(Money.ofYuan(paid), Money.ofYuan(withheld), Set.of(MAY));
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
    void the_table_of_remuneration(String income, String tax) {
        assertThat(alone(Money.ofYuan(income))).isEqualTo(Money.ofYuan(tax));
    }

    @ParameterizedTest
    @CsvSource({"3000.00, 3000.00, 440.00", "500.00, 0.00, 0.00", "25000.00, 25000.00, 4000.00"})
    void nothing_is_withheld_when_it_is_off(String income, String earlier, String withheld) {
        assertThat(of(Withholding.OFF, Money.ofYuan(income), inMay(earlier, withheld)))
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
        assertThat(of(Withholding.MONTHLY, Money.ofYuan(income), inMay(earlier, withheld)))
                .isEqualTo(Money.ofYuan(tax));
    }

    @Property
    void in_however_many_payouts_a_month_is_paid_the_tax_is_that_of_the_whole(
            @ForAll @LongRange(min = 1, max = 100_000_00) long first,
            @ForAll @LongRange(min = 1, max = 100_000_00) long second) {
        var whole = alone(Money.ofFen(first + second));
        var one = of(Withholding.MONTHLY, Money.ofFen(first), Earlier.NOTHING);
        var other = of(Withholding.MONTHLY, Money.ofFen(second), new Earlier(Money.ofFen(first), one, Set.of(MAY)));
        assertThat(one.plus(other)).isEqualTo(whole);
    }

    @Property
    void who_earns_more_keeps_more(
            @ForAll @LongRange(min = 1, max = 2_000_000_00) long fen, @ForAll @IntRange(min = 1, max = 12) int months) {
        for (var table : List.of(TaxTable.REMUNERATION, TaxTable.COMPREHENSIVE)) {
            var more = Money.ofFen(fen + 100);
            var less = Money.ofFen(fen);
            assertThat(more.minus(table.tax(more, months))).isGreaterThanOrEqualTo(less.minus(table.tax(less, months)));
        }
    }

    // The cumulative method.

    @ParameterizedTest
    @CsvSource({
        // Four fifths of it less 5,000: nothing, the first fen, and both sides of every bracket.
        "6250.00, 0",
        "6250.20, 0.00",
        "6250.21, 0.01",
        "51250.00, 1080.00",
        "51250.10, 1080.01",
        "186250.00, 11880.00",
        "186250.10, 11880.02",
        "381250.00, 43080.00",
        "381250.10, 43080.02",
        "531250.00, 73080.00",
        "531250.10, 73080.02",
        "831250.00, 145080.00",
        "831250.10, 145080.03",
        "1206250.00, 250080.00",
        "1206250.10, 250080.04"
    })
    void the_table_of_comprehensive_income(String income, String tax) {
        assertThat(of(Withholding.CUMULATIVE, Money.ofYuan(income), Earlier.NOTHING))
                .isEqualTo(Money.ofYuan(tax));
    }

    @Test
    void a_year_is_one_income_and_every_month_of_it_brings_its_allowance() {
        // 20,000 a month: 11,000 a month are taxed at 3 % up to 36,000 in the year, and at 10 % above.
        var expected = List.of("330.00", "330.00", "330.00", "890.00", "1100.00");
        var withheld = Money.ZERO;
        for (var i = 0; i < expected.size(); i++) {
            var month = JANUARY.plusMonths(i);
            var earlier = new Earlier(
                    Money.ofFen(20_000_00L * i),
                    withheld,
                    IntStream.range(0, i).mapToObj(JANUARY::plusMonths).collect(Collectors.toSet()));
            var tax = Withholding.CUMULATIVE.of(Money.ofYuan("20000"), earlier, month, TaxTable.COMPREHENSIVE);
            assertThat(tax).as("%s", month).isEqualTo(Money.ofYuan(expected.get(i)));
            withheld = withheld.plus(tax);
        }
        assertThat(Withholding.CUMULATIVE.since(MAY)).isEqualTo(JANUARY);
        assertThat(Withholding.CUMULATIVE.since(JANUARY)).isEqualTo(JANUARY);
        assertThat(Withholding.MONTHLY.since(MAY)).isEqualTo(MAY);
    }

    @Test
    void months_count_from_the_last_gap_on_or_all_of_them_as_the_table_says() {
        var earlier = new Earlier(
                Money.ofYuan("30000"), Money.ZERO, Set.of(JANUARY, JANUARY.plusMonths(1), MAY.minusMonths(1), MAY));
        var law = TaxTable.COMPREHENSIVE;
        var all = new TaxTable(
                law.freeFen(), law.freeUpToFen(), law.expenses(), law.freePerMonthFen(), false, law.brackets());
        // 40,000 × 0.8 - 2 × 5,000, and - 4 × 5,000.
        assertThat(Withholding.CUMULATIVE.of(Money.ofYuan("10000"), earlier, MAY, law))
                .isEqualTo(Money.ofYuan("660"));
        assertThat(Withholding.CUMULATIVE.of(Money.ofYuan("10000"), earlier, MAY, all))
                .isEqualTo(Money.ofYuan("360"));
    }

    @Property
    void however_a_year_is_paid_what_is_withheld_is_the_tax_of_the_year_or_what_was_due_before(
            @ForAll @Size(min = 1, max = 30) List<@LongRange(min = 1, max = 90_000_00) Long> payouts,
            @ForAll @LongRange(min = 0, max = 10_000_00) long minimumFen) {
        var paid = Money.ZERO;
        var withheld = Money.ZERO;
        var months = new HashSet<YearMonth>();
        var setting = new TaxSettings.Setting(
                JANUARY.atDay(1), Withholding.CUMULATIVE, TaxTable.COMPREHENSIVE, false, Instant.EPOCH);
        var payee = new Payee(PayeeChannel.ALIPAY, "安娜", "anna@example.com", null, null);
        var waiting = Money.ZERO;
        for (var i = 0; i < payouts.size(); i++) {
            var month = JANUARY.plusMonths(i * 12L / payouts.size());
            var minimum = Money.ofFen(minimumFen);
            waiting = waiting.plus(Money.ofFen(payouts.get(i)));
            var payable = new Payable(
                    Holder.creator(new UUID(0, 1)),
                    waiting,
                    Money.ZERO,
                    Money.ZERO,
                    payee,
                    false,
                    new Earlier(paid, withheld, Set.copyOf(months)));
            if (!(payable.decide(PayeeChannel.ALIPAY, minimum, setting, month)
                    instanceof Payable.Decision.Pay(var income, var tax))) {
                continue;
            }
            assertThat(income).isEqualTo(waiting);
            assertThat(income.minus(tax)).isGreaterThanOrEqualTo(minimum);
            assertThat(income.minus(tax).isPositive()).isTrue();
            waiting = Money.ZERO;
            months.add(month);
            paid = paid.plus(income);
            // Months without a gap have their allowance for each; what was withheld too much waits for later.
            var counted = 1;
            while (months.contains(month.minusMonths(counted))) {
                counted++;
            }
            var due = TaxTable.COMPREHENSIVE.tax(paid, counted);
            assertThat(withheld.plus(tax)).isEqualTo(due.compareTo(withheld) > 0 ? due : withheld);
            withheld = withheld.plus(tax);
        }
    }

    @Test
    void a_table_that_cannot_be_counted_with_says_what_is_wrong() {
        assertThat(TaxTable.REMUNERATION.checked()).isSameAs(TaxTable.REMUNERATION);
        assertThat(TaxTable.COMPREHENSIVE.checked()).isSameAs(TaxTable.COMPREHENSIVE);
        refused("table.freeFen", table(-1, "0.2", new Bracket(0, "0.2", 0)));
        refused("table.expenses", table(0, "1.01", new Bracket(0, "0.2", 0)));
        refused("table.expenses", table(0, "a fifth", new Bracket(0, "0.2", 0)));
        refused("table.brackets", table(0, "0.2"));
        refused("table.brackets", table(0, "0.2", new Bracket(1, "0.2", 0)));
        refused("table.brackets[0].rate", table(0, "0.2", new Bracket(0, "1.2", 0)));
        refused("table.brackets[1]", table(0, "0.2", new Bracket(0, "0.2", 0), new Bracket(0, "0.3", 0)));
        refused("table.brackets[1]", table(0, "0.2", new Bracket(0, "0.2", 0), new Bracket(100, "0.2", 0)));
        var jumps = table(0, "0.2", new Bracket(0, "0.2", 0), new Bracket(20_000_00, "0.3", 2_000_01));
        assertThatThrownBy(jumps::checked).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.errors())
                .containsExactly(new Refusal.FieldError(
                        "table.brackets[1].lessFen", "is 200000, so that the tax does not jump at 20000.00 yuan")));
    }

    private static TaxTable table(long free, String expenses, Bracket... brackets) {
        return new TaxTable(free, 0, expenses, 0, false, List.of(brackets));
    }

    private static void refused(String field, TaxTable table) {
        assertThatThrownBy(table::checked).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.errors())
                .extracting(Refusal.FieldError::field)
                .containsExactly(field));
    }
}
