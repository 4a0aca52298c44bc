package dev.zhida.settlement;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.settlement.Reconciling.Amounts;
import dev.zhida.settlement.Reconciling.Kind;
import dev.zhida.settlement.Reconciling.Ours;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcilingTest {

    @TempDir
    Path folder;

    private static Amounts amounts(long commission, long fee) {
        return new Amounts(Money.ofFen(commission), Money.ofFen(fee));
    }

    private SettlementReport read(String csv) throws IOException {
        return SettlementReport.read(Files.writeString(folder.resolve("settlement.csv"), csv));
    }

    private static Map<String, Ours> ours(Map<String, Amounts> side) {
        return side.entrySet().stream().collect(toMap(Map.Entry::getKey, one -> new Ours(one.getValue(), List.of())));
    }

    @Test
    void each_key_is_matched_different_or_on_one_side_only() {
        var outcome = Reconciling.compare(
                ours(Map.of("a", amounts(100, 10), "b", amounts(100, 10), "c", amounts(50, 5), "f", amounts(100, 10))),
                Map.of("a", amounts(100, 10), "b", amounts(90, 10), "d", amounts(30, 3), "f", amounts(100, 11)),
                true);
        assertThat(outcome.rows())
                .extracting(Reconciling.Row::key, Reconciling.Row::kind, row -> row.difference()
                        .fen())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a", Kind.MATCHED, 0L),
                        org.assertj.core.groups.Tuple.tuple("b", Kind.DIFFERENT, -10L),
                        org.assertj.core.groups.Tuple.tuple("c", Kind.ONLY_HERE, -45L),
                        org.assertj.core.groups.Tuple.tuple("d", Kind.ONLY_THERE, 27L),
                        org.assertj.core.groups.Tuple.tuple("f", Kind.DIFFERENT, -1L));
        assertThat(outcome.remainder()).isEqualTo(Money.ofFen(-29));
    }

    @Test
    void without_fees_in_the_file_commissions_are_compared() {
        var outcome = Reconciling.compare(
                ours(Map.of("a", amounts(100, 10))), Map.of("a", new Amounts(Money.ofFen(100), null)), false);
        assertThat(outcome.count(Kind.MATCHED)).isEqualTo(1);
        assertThat(outcome.remainder()).isEqualTo(Money.ZERO);
    }

    @Test
    void refunds_that_are_yet_to_be_taken_back_explain_a_difference_if_they_explain_all_of_it() {
        var known = Map.of("a", new Ours(amounts(100, 10), List.of(amounts(30, 3), amounts(7, 1))));
        var waiting = Reconciling.compare(known, Map.of("a", amounts(130, 13)), true);
        assertThat(waiting.count(Kind.AWAITED)).isEqualTo(1);
        assertThat(waiting.awaited()).isEqualTo(Money.ofFen(27));
        assertThat(waiting.remainder()).isEqualTo(Money.ZERO);
        assertThat(Reconciling.compare(known, Map.of("a", amounts(137, 14)), true)
                        .remainder())
                .isEqualTo(Money.ZERO);
        assertThat(Reconciling.compare(known, Map.of("a", amounts(100, 10)), true)
                        .count(Kind.MATCHED))
                .isEqualTo(1);
        var off = Reconciling.compare(known, Map.of("a", amounts(130, 12)), true);
        assertThat(off.count(Kind.DIFFERENT)).isEqualTo(1);
        assertThat(off.remainder()).isEqualTo(Money.ofFen(28));
    }

    @Property
    void the_remainder_is_the_sum_of_the_rows(
            @ForAll @Size(max = 6) Map<@LongRange(max = 8) Long, @LongRange(min = -500, max = 500) Long> ours,
            @ForAll @Size(max = 6) Map<@LongRange(max = 8) Long, @LongRange(min = -500, max = 500) Long> theirs) {
        var outcome = Reconciling.compare(ours(side(ours)), side(theirs), true);
        assertThat(outcome.rows().stream()
                        .mapToLong(row -> row.difference().fen())
                        .sum())
                .isEqualTo(outcome.remainder().fen());
    }

    private static Map<String, Amounts> side(Map<Long, Long> fen) {
        var side = new java.util.HashMap<String, Amounts>();
        fen.forEach((key, commission) -> side.put(key.toString(), amounts(commission, commission / 10)));
        return side;
    }

    @Test
    void columns_are_found_by_name_and_rows_of_one_key_are_added_up() throws IOException {
        var report = read("""
                店铺,结算佣金,子订单 lineKey,技术服务费
                x,12.30,1,1.23
                x,"0.70",1,0.07
                x,-5,2,0

                """);
        assertThat(report)
                .isEqualTo(new SettlementReport(true, true, Map.of("1", amounts(1300, 130), "2", amounts(-500, 0))));
        assertThat(read("orderNo\tcommissionFen\n7\t12\n"))
                .isEqualTo(new SettlementReport(false, false, Map.of("7", new Amounts(Money.ofFen(12), null))));
    }

    @Test
    void what_is_taken_back_is_taken_off() throws IOException {
        var report = read("""
                订单编号,行号,结算佣金,技术服务费,维权扣回,扣回技术服务费,实发金额
                7,7:2,12.30,1.23,0.00,0.00,11.07
                7,7:2,0.00,0.00,2.30,0.23,-2.07
                """);
        assertThat(report).isEqualTo(new SettlementReport(true, true, Map.of("7:2", amounts(1000, 100))));
        assertThatThrownBy(() -> read("orderNo,commission,back\n1,2.00,x\n")).isInstanceOf(Refusal.class);
    }

    @Test
    void a_file_that_cannot_be_used_says_why() {
        assertThatThrownBy(() -> read("店铺,结算佣金\nx,1\n"))
                .asInstanceOf(type(Refusal.class))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("columns-missing"));
        assertThatThrownBy(() -> read("orderNo,commission\n1,eins\n,2.00\n"))
                .asInstanceOf(type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("rows-refused");
                    assertThat(refusal.errors())
                            .extracting(Refusal.FieldError::field)
                            .containsExactly("row 2, commission", "row 3, key");
                });
    }
}
