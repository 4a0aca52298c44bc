package dev.zhida.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.ledger.Account;
import dev.zhida.money.Money;
import dev.zhida.settlement.Payable.Decision.Pay;
import dev.zhida.settlement.Payable.Decision.Skip;
import dev.zhida.settlement.Payable.Reason;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What statements carry over, and who is paid how much of it. */
class PayableTest {

    private static final Holder ANNA = Holder.creator(UUID.randomUUID());
    private static final Holder MCN = Holder.agency(UUID.randomUUID());
    private static final YearMonth MAY = YearMonth.of(2026, 5);
    private static final Payee ALIPAY = new Payee(PayeeChannel.ALIPAY, "安娜", "anna@example.com", null, null);
    private static final Payee BLOCKED = new Payee(PayeeChannel.ALIPAY, "安娜", "anna@example.com", null, "fraud");
    private static final Payee BANK = new Payee(PayeeChannel.BANK, "安娜", "6222", "工商银行", null);

    private static Payable payable(long payable, long confirmed, long recent, Payee payee, boolean pending) {
        return new Payable(
                ANNA,
                Money.ofFen(payable),
                Money.ofFen(confirmed),
                Money.ofFen(recent),
                payee,
                pending,
                Withholding.Earlier.NOTHING);
    }

    private static Payable.Decision decide(Payable payable) {
        return payable.decide(PayeeChannel.ALIPAY, Money.ofFen(100), TaxSettings.Setting.NONE, MAY);
    }

    private static Skip skip(Reason reason, long available) {
        return new Skip(reason, Money.ofFen(available));
    }

    @Test
    void the_minimum_is_paid_and_a_fen_less_is_not() {
        assertThat(decide(payable(100, 0, 0, ALIPAY, false))).isEqualTo(new Pay(Money.ofFen(100), Money.ZERO));
        assertThat(decide(payable(99, 0, 0, ALIPAY, false))).isEqualTo(skip(Reason.BELOW_MINIMUM, 99));
    }

    @Test
    void what_the_open_month_takes_back_is_kept_but_what_it_brings_is_not_paid_yet() {
        assertThat(decide(payable(500, -150, 0, ALIPAY, false))).isEqualTo(new Pay(Money.ofFen(350), Money.ZERO));
        assertThat(decide(payable(500, 150, 0, ALIPAY, false))).isEqualTo(new Pay(Money.ofFen(500), Money.ZERO));
    }

    @Test
    void what_is_too_young_waits() {
        assertThat(decide(payable(500, 0, 450, ALIPAY, false))).isEqualTo(skip(Reason.BELOW_MINIMUM, 50));
    }

    @Test
    void every_other_no_has_its_reason() {
        assertThat(decide(payable(-1, 0, 0, ALIPAY, false))).isEqualTo(skip(Reason.NEGATIVE, -1));
        assertThat(decide(payable(500, 0, 0, null, false))).isEqualTo(skip(Reason.NO_PAYEE, 500));
        assertThat(decide(payable(500, 0, 0, BLOCKED, false))).isEqualTo(skip(Reason.BLOCKED, 500));
        assertThat(decide(payable(500, 0, 0, BANK, false))).isEqualTo(skip(Reason.OTHER_CHANNEL, 500));
        assertThat(decide(payable(500, 0, 0, ALIPAY, true))).isEqualTo(skip(Reason.IN_ANOTHER_PAYOUT, 500));
    }

    @Test
    void what_tax_on_earlier_payouts_leaves_less_than_the_minimum_of_waits_until_there_is_more() {
        // 50,000 were paid this year before anything was withheld: 30,000 are taxed at 3 %, two months being free. Of
        // the
        // next 100 nothing would be left, of 923 there would be 0.85, of 1,000 there are 76.
        var earlier = new Withholding.Earlier(
                Money.ofYuan("50000"), Money.ZERO, Set.of(MAY, MAY.minusMonths(1), MAY.minusMonths(3)));
        var setting = new TaxSettings.Setting(
                MAY.atDay(1), Withholding.CUMULATIVE, TaxTable.COMPREHENSIVE, false, Instant.EPOCH);
        for (var fen : List.of(100_00L, 923_00L, 1_000_00L)) {
            var payable = new Payable(ANNA, Money.ofFen(fen), Money.ZERO, Money.ZERO, ALIPAY, false, earlier);
            for (var minimum : List.of(0L, 85L, 86L, 76_00L, 76_01L)) {
                assertThat(payable.decide(PayeeChannel.ALIPAY, Money.ofFen(minimum), setting, MAY))
                        .as("%s of which %s at least", fen, minimum)
                        .isEqualTo(
                                fen == 1_000_00 && minimum <= 76_00
                                        ? new Pay(Money.ofFen(fen), Money.ofYuan("924"))
                                        : fen == 923_00 && minimum <= 85
                                                ? new Pay(Money.ofFen(fen), Money.ofYuan("922.15"))
                                                : skip(Reason.TAX_LEAVES_TOO_LITTLE, fen));
            }
        }
    }

    @Test
    void agencies_are_withheld_from_only_where_the_setting_says_so() {
        for (var agencies : List.of(false, true)) {
            var setting = new TaxSettings.Setting(
                    MAY.atDay(1), Withholding.MONTHLY, TaxTable.REMUNERATION, agencies, Instant.EPOCH);
            for (var holder : List.of(ANNA, MCN)) {
                var payable = new Payable(
                        holder,
                        Money.ofFen(3_000_00),
                        Money.ZERO,
                        Money.ZERO,
                        ALIPAY,
                        false,
                        Withholding.Earlier.NOTHING);
                var tax = Money.ofFen(holder == ANNA || agencies ? 440_00 : 0);
                assertThat(payable.decide(PayeeChannel.ALIPAY, Money.ofFen(100), setting, MAY))
                        .isEqualTo(new Pay(Money.ofFen(3_000_00), tax));
            }
        }
    }

    @Property
    void statements_carry_every_balance_on_and_payable_and_debt_never_stand_together(
            @ForAll @Size(min = 1, max = 12) List<@LongRange(min = -500, max = 500) Long> months,
            @ForAll @IntRange(min = 0, max = 3) int locked,
            @ForAll boolean agency) {
        // The first months were locked when such holders had no statements.
        var silent = Math.min(locked, months.size() - 1);
        var holder = agency ? MCN : ANNA;
        var balances = new HashMap<Account, Money>();
        var opening = Money.ZERO;
        var month = YearMonth.of(2026, 1);
        var total = 0L;
        for (var earned : months) {
            total += earned;
            add(balances, holder.confirmed(), Money.ofFen(earned));
            if (silent-- > 0) {
                opening = Money.ofFen(total);
                month = month.plusMonths(1);
                continue;
            }
            var sums = new StatementSums(
                    holder,
                    opening,
                    Money.ofFen(earned),
                    Money.ofFen(of(balances, holder.confirmed())),
                    Money.ofFen(-of(balances, holder.debt())),
                    Money.ZERO,
                    Money.ZERO,
                    Money.ZERO);
            sums.target(month).amountByFlow().forEach((flow, amount) -> {
                assertThat(amount.isPositive()).isTrue();
                add(balances, flow.debit(), amount.negated());
                add(balances, flow.credit(), amount);
            });
            opening = sums.closing();
            month = month.plusMonths(1);
            assertThat(of(balances, holder.confirmed())).isZero();
            assertThat(of(balances, holder.payable())).isEqualTo(Math.max(0, total));
            assertThat(of(balances, holder.debt())).isEqualTo(Math.min(0, total));
        }
    }

    private static void add(HashMap<Account, Money> balances, Account account, Money amount) {
        balances.merge(account, amount, Money::plus);
    }

    private static long of(HashMap<Account, Money> balances, Account account) {
        return balances.getOrDefault(account, Money.ZERO).fen();
    }
}
