package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.marketplace.ReportMapping.Column;
import dev.zhida.marketplace.ReportMapping.MoneyUnit;
import dev.zhida.marketplace.ReportMapping.RateUnit;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedReportTest {

    @TempDir
    Path folder;

    private static final Map<Column, String> COLUMNS = Map.of(
            Column.ORDER_NO, "订单号",
            Column.ITEM_ID, "商品编号",
            Column.STATUS, "状态",
            Column.PAID, "预估计佣金额",
            Column.ESTIMATED, "预估佣金",
            Column.SETTLED, "实际佣金",
            Column.FEE_RATE, "服务费率",
            Column.CREATED_AT, "下单时间",
            Column.SLOT, "子联盟ID");

    private static final String HEADER = "下单时间,订单号,商品编号,状态,预估计佣金额,预估佣金,实际佣金,服务费率,子联盟ID,别的\n";

    private static ReportMapping mapping(MoneyUnit money, RateUnit rate) {
        return new ReportMapping(
                COLUMNS,
                money,
                rate,
                List.of("yyyy-MM-dd HH:mm:ss", "yyyy/M/d"),
                Map.of("已付款", OrderStatus.PAID, "已结算", OrderStatus.SETTLED),
                SlotKind.JD_SUB_UNION);
    }

    private List<ReportRow> read(String text, ReportMapping mapping) throws IOException {
        var rows = new ArrayList<ReportRow>();
        MappedReport.read(Files.writeString(folder.resolve("r.csv"), text), Marketplace.JD, mapping, rows::add);
        return rows;
    }

    private Observation one(String row, ReportMapping mapping) throws IOException {
        var read = read("京东联盟 订单明细\n" + HEADER + row, mapping).getFirst();
        assertThat(read).isInstanceOf(ReportRow.Understood.class);
        return ((ReportRow.Understood) read).observation();
    }

    @Test
    void a_row_is_read_by_what_its_columns_were_said_to_mean() throws IOException {
        var order = one(
                "2026-03-01 12:00:00,300000000001,100012,已结算,\"1,234.50\",12.30,11.00,10 %,zd_ab,x",
                mapping(MoneyUnit.YUAN, RateUnit.PERCENT));
        assertThat(order.lineKey()).isEqualTo("F:300000000001:100012:1");
        assertThat(order.status()).isEqualTo(OrderStatus.SETTLED);
        assertThat(order.paid()).isEqualTo(Money.ofFen(123_450));
        assertThat(order.estimated()).isEqualTo(Money.ofFen(1_230));
        assertThat(order.settled()).isEqualTo(Money.ofFen(1_100));
        assertThat(order.feeRate()).isEqualTo(Rate.of("0.1"));
        assertThat(order.createdAt()).isEqualTo(Instant.parse("2026-03-01T04:00:00Z"));
        assertThat(order.slot()).isEqualTo(new SlotKey(SlotKind.JD_SUB_UNION, "zd_ab"));
        assertThat(order.raw()).containsEntry("别的", "x");
    }

    @Test
    void units_are_as_they_were_said_to_be() throws IOException {
        var order = one("2026/3/1,300000000001,100012,已付款,1234,123,,100,,", mapping(MoneyUnit.FEN, RateUnit.PER_MILLE));
        assertThat(order.paid()).isEqualTo(Money.ofFen(1_234));
        assertThat(order.settled()).isNull();
        assertThat(order.feeRate()).isEqualTo(Rate.of("0.1"));
        assertThat(order.createdAt()).isEqualTo(Instant.parse("2026-02-28T16:00:00Z"));
        assertThat(order.slot()).isNull();
        assertThat(one("2026/3/1,1,2,已付款,1,1,,0.1,,", mapping(MoneyUnit.FEN, RateUnit.FRACTION))
                        .feeRate())
                .isEqualTo(Rate.of("0.1"));
    }

    @Test
    void a_word_that_was_not_said_needs_review_and_rows_of_one_item_are_told_apart_by_their_place() throws IOException {
        var rows = read(
                HEADER + "2026/3/1,9,2,别样,1.00,0.10,,,,\n2026/3/1,9,2,已付款,1.00,0.10,,,,\n",
                mapping(MoneyUnit.YUAN, RateUnit.PERCENT));
        assertThat(rows.stream().map(row -> ((ReportRow.Understood) row).observation()))
                .satisfiesExactly(
                        first -> {
                            assertThat(first.status()).isEqualTo(OrderStatus.NEEDS_REVIEW);
                            assertThat(first.statusText()).isEqualTo("别样");
                        },
                        second -> assertThat(second.lineKey()).isEqualTo("F:9:2:2"));
    }

    @Test
    void a_cell_that_cannot_be_used_refuses_its_row_and_no_other() throws IOException {
        var rows = read(
                HEADER
                        + "2026/3/1,3.0E+11,2,已付款,1.00,0.10,,,,\n2026/3/1,9,2,已付款,1.001,0.10,,,,\n"
                        + "gestern,9,2,已付款,1.00,0.10,,,,\n2026/3/1,9,2,已付款,,0.10,,,,\n2026/3/1,9,2,已付款,1.00,0.10,,,,\n",
                mapping(MoneyUnit.YUAN, RateUnit.PERCENT));
        assertThat(rows.stream()
                        .filter(ReportRow.Refused.class::isInstance)
                        .map(row -> row.row() + " " + ((ReportRow.Refused) row).column()))
                .containsExactly("2 订单号", "3 预估计佣金额", "4 下单时间", "5 预估计佣金额");
        assertThat(rows.getLast()).isInstanceOf(ReportRow.Understood.class);
    }

    @Test
    void a_file_whose_headers_do_not_fit_is_refused_naming_the_missing_ones() {
        assertThatThrownBy(() -> read(
                        HEADER.replace("预估佣金", "佣金").replace("子联盟ID", "SubID"),
                        mapping(MoneyUnit.YUAN, RateUnit.PERCENT)))
                .isInstanceOfSatisfying(
                        Refusal.class, no -> assertThat(no.code()).isEqualTo("not-a-report"))
                .hasMessageContaining("预估佣金, 子联盟ID")
                .hasMessageNotContaining("订单号");
    }

    @Test
    void a_mapping_that_cannot_work_says_every_fault() {
        var columns = new HashMap<>(COLUMNS);
        columns.remove(Column.PAID);
        columns.put(Column.SETTLED, " 预估佣金");
        var faults = MappedReport.faults(
                Marketplace.JD,
                new ReportMapping(
                        columns, MoneyUnit.YUAN, RateUnit.PERCENT, List.of("jjj"), Map.of(), SlotKind.TAOBAO_PID));
        assertThat(faults).containsOnlyKeys("columns.PAID", "columns", "statuses", "slotKind", "timeFormats");
        assertThat(MappedReport.faults(Marketplace.JD, mapping(MoneyUnit.YUAN, RateUnit.PERCENT)))
                .isEmpty();
    }
}
