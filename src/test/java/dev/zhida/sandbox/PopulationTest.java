package dev.zhida.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The population: the same dice make the same lives, and the books of each life add up. */
class PopulationTest {

    private static final Instant FROM = Instant.parse("2026-09-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-10-01T00:00:00Z");
    private static final int MANY = 6_000;

    private static List<Line> lines(Vendor vendor, long seed) {
        try (var sandbox = Sandbox.start(Sandbox.Options.now().at(UNTIL, 0).seeded(seed))) {
            sandbox.populate(Sandbox.World.of(vendor, FROM, UNTIL, MANY));
            return sandbox.accounts().all().stream()
                    .flatMap(own -> own.market().lines().stream())
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String truth(List<Line> lines) {
        return lines.stream()
                .map(line -> Truth.of(line, Long.MAX_VALUE).toString())
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void the_same_seed_makes_the_same_world(Vendor vendor) {
        var world = truth(lines(vendor, 7));

        assertThat(truth(lines(vendor, 7))).isEqualTo(world);
        assertThat(truth(lines(vendor, 8))).isNotEqualTo(world);
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void the_books_of_every_life_add_up(Vendor vendor) {
        var lines = lines(vendor, 1);

        assertThat(lines).hasSize(MANY);
        assertThat(lines.stream().map(Line::key)).doesNotHaveDuplicates();
        for (var line : lines) {
            var before = Long.MIN_VALUE;
            for (var state : line.states()) {
                assertThat(state.at()).isGreaterThan(before);
                before = state.at();
                assertThat(state.refundedFen()).isBetween(0L, state.paidFen());
                assertThat(state.estimatedBaseFen()).isBetween(0L, state.paidFen());
                assertThat(state.returned()).isBetween(0, line.quantity);
                if (state.step() == Step.SETTLED) {
                    assertThat(state.settledBaseFen()).isBetween(0L, state.paidFen());
                } else if (vendor != Vendor.JD) {
                    assertThat(state.settledBaseFen()).isEqualTo(Money.NONE);
                }
            }
            assertThat(line.clickedAt).isLessThan(line.createdAt);
            assertThat(line.disputes.stream().mapToLong(Dispute::refundedFen).sum())
                    .isLessThanOrEqualTo(line.end().paidFen());
            var settled = line.end().settledBaseFen();
            assertThat(line.disputes.stream().mapToLong(Dispute::grossFen).sum())
                    .isBetween(0L, line.gross(settled));
            if (line.disputes.size() == 1
                    && line.disputes.getFirst().openedAt() > line.reached(Step.SETTLED, line.end())
                    && line.disputes.getFirst().refundedFen() == settled) {
                assertThat(line.disputes.getFirst().grossFen()).isEqualTo(line.gross(settled));
                assertThat(line.disputes.getFirst().feeFen()).isEqualTo(line.fee(settled));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "TAOBAO; 11,12,13,14,3",
                "JD; 15,16,17,2,24,3,19,22,14,27",
                "PDD; -1,0,1,2,3,4,5,8,10",
                "PANGOLIN; PAY_SUCC,CONFIRM,SETTLE,REFUND",
                "BUYIN; PAY_SUCC,CONFIRM,SETTLE,REFUND"
            })
    void every_documented_status_occurs(Vendor vendor, String codes) {
        var seen = lines(vendor, 1).stream()
                .flatMap(line -> List.of(line.states()).stream())
                .map(State::code)
                .collect(Collectors.toSet());

        assertThat(seen).contains(codes.split(","));
    }

    @Test
    void disputes_go_through_every_status_and_some_lines_have_several_or_share_or_freeze() {
        var lines = lines(Vendor.TAOBAO, 1);
        Set<Integer> statuses = new TreeSet<>();
        lines.forEach(
                line -> line.disputes.forEach(dispute -> dispute.news().forEach(news -> statuses.add(news.status()))));

        assertThat(statuses).containsExactly(2, 3, 4, 11, 12, 13, 14, 15);
        assertThat(lines).anyMatch(line -> line.disputes.size() == 2);
        assertThat(lines).anyMatch(line -> line.role == 3);
        assertThat(lines).anyMatch(line -> line.item.subsidyRate() > 0);
        assertThat(lines).anyMatch(line -> line.freeze != null && line.freeze.until() == Times.NEVER);
        assertThat(lines).anyMatch(line -> line.freeze != null && line.freeze.until() != Times.NEVER);
        var parents = new HashSet<String>();
        assertThat(lines).anyMatch(line -> !parents.add(line.parentNo));
    }

    @ParameterizedTest
    @EnumSource(Vendor.class)
    void what_is_settled_is_settled_on_a_20th(Vendor vendor) {
        var settledAt = lines(vendor, 1).stream()
                .map(line -> line.reached(Step.SETTLED, line.end()))
                .filter(at -> at != Times.NEVER)
                .toList();

        assertThat(settledAt).isNotEmpty().allMatch(at -> Times.day(at) % 100 == 20);
    }

    @ParameterizedTest
    @CsvSource({
        "TAOBAO, 2026-09-30T15:59:59Z, 20261020",
        "TAOBAO, 2026-09-30T16:00:00Z, 20261120",
        "TAOBAO, 2026-12-31T00:00:00Z, 20270120"
    })
    void the_20th_is_of_the_month_after_the_local_one(Vendor vendor, Instant received, int day) {
        assertThat(Times.day(Times.settlementAfter(received.getEpochSecond()))).isEqualTo(day);
    }

    /** Of each line, what statements paid and took back is what stands in the end. */
    @ParameterizedTest
    @EnumSource(Vendor.class)
    void the_statements_of_all_months_pay_what_is_settled_in_the_end(Vendor vendor) {
        var lines = lines(vendor, 1);
        var paid = 0L;
        for (var month : List.of(202609, 202610, 202611, 202612, 202701, 202702)) {
            for (var row : Truth.statement(lines, month, Long.MAX_VALUE).stream()
                    .skip(1)
                    .toList()) {
                var cells = row.split(",");
                paid += fen(cells[6]);
                assertThat(fen(cells[6])).isEqualTo(fen(cells[2]) - fen(cells[3]) - fen(cells[4]) + fen(cells[5]));
            }
        }
        var expected = 0L;
        for (var line : lines) {
            var base = line.end().step() == Step.SETTLED ? line.end().settledBaseFen() : 0;
            expected += line.gross(base) - line.fee(base);
            for (var dispute : line.disputes) {
                if (dispute.news().getLast().status() == 13) {
                    expected -= dispute.grossFen() - dispute.feeFen();
                }
            }
        }
        assertThat(paid).isEqualTo(expected).isPositive();
    }

    private static long fen(String yuan) {
        return new BigDecimal(yuan).movePointRight(2).longValueExact();
    }

    @Test
    void a_line_that_is_touched_is_the_same_later_and_never_runs_past_its_next_change() {
        for (var line : lines(Vendor.TAOBAO, 3).subList(0, 500)) {
            var end = truth(List.of(line)).replaceAll("\"modifiedAt\":\"[^\"]*\"", "");
            var times = new ArrayList<Long>();
            for (var state : line.states()) {
                times.add(state.at());
            }
            line.touch(times.getFirst());
            line.touch(times.getLast() + 100);
            assertThat(line.states()).isSortedAccordingTo((one, other) -> Long.compare(one.at(), other.at()));
            assertThat(line.end().at()).isEqualTo(times.getLast() + 100);
            assertThat(truth(List.of(line)).replaceAll("\"modifiedAt\":\"[^\"]*\"", ""))
                    .isEqualTo(end);
        }
    }

    @Test
    void every_well_formed_item_earns_but_those_that_are_listed() {
        for (var vendor : Vendor.values()) {
            var item = Item.of(vendor, "680011223344");
            assertThat(item).isEqualTo(Item.of(vendor, "680011223344"));
            assertThat(item.known()).isTrue();
            assertThat(item.rate()).isPositive();
            assertThat(item.paidFen()).isPositive();
            assertThat(Item.of(vendor, "680011220000").known()).isFalse();
        }
    }
}
