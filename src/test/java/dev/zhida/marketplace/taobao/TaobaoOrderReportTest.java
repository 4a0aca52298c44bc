package dev.zhida.marketplace.taobao;

import static dev.zhida.marketplace.taobao.TaobaoReportFixture.HEADER;
import static dev.zhida.marketplace.taobao.TaobaoReportFixture.aReport;
import static dev.zhida.marketplace.taobao.TaobaoReportFixture.aReportWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.ReportRow;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaobaoOrderReportTest {

    private static List<ReportRow> read(byte[] file) {
        try {
            var path = Files.createTempFile("report", "");
            try {
                Files.write(path, file);
                var rows = new ArrayList<ReportRow>();
                TaobaoOrderReport.read(path, rows::add);
                return rows;
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Observation only(byte[] file) {
        var rows = read(file);
        assertThat(rows).singleElement().isInstanceOf(ReportRow.Understood.class);
        return ((ReportRow.Understood) rows.getFirst()).observation();
    }

    private static ReportRow.Refused refused(String column, String value) {
        var rows = read(aReport().row(Map.of(column, value)).row().csv());
        assertThat(rows.getLast()).as("the row after it").isInstanceOf(ReportRow.Understood.class);
        return (ReportRow.Refused) rows.getFirst();
    }

    private static String codeOf(byte[] file) {
        try {
            read(file);
            return "none";
        } catch (Refusal refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
            return refusal.code();
        }
    }

    @Test
    void a_row_of_the_classic_report_is_understood() {
        var o = only(aReport().row().csv());
        assertThat(o.lineKey()).isEqualTo("F:2700000000000000001:680011223344:1");
        assertThat(o.orderNo()).isEqualTo("2700000000000000001");
        assertThat(o.itemId()).isEqualTo("AbC9-680011223344");
        assertThat(o.itemTitle()).isEqualTo("羊毛大衣, \"双面\"\n秋装");
        assertThat(o.status()).isEqualTo(OrderStatus.PAID);
        assertThat(o.paid()).isEqualTo(Money.ofFen(10_000));
        assertThat(o.estimated()).isEqualTo(Money.ofFen(1_000));
        assertThat(o.settled()).isNull();
        assertThat(o.clickedAt()).isEqualTo(Instant.parse("2026-03-01T04:00:00Z"));
        assertThat(o.slot()).isEqualTo(new SlotKey(SlotKind.TAOBAO_PID, "2000000_110000000000"));
        assertThat(o.raw()).containsEntry("类目名称", "女装").hasSize(HEADER.size());
    }

    static Stream<byte[]> every_format_and_encoding() {
        var report = aReport().row().row(Map.of("订单编号", "2700000000000000002", "订单状态", "订单结算", "预估收入", "9.99"));
        return Stream.of(
                report.xls(),
                report.xlsx(),
                report.csv(StandardCharsets.UTF_8, true, ','),
                report.csv(StandardCharsets.UTF_8, false, '\t'),
                report.csv(Charset.forName("GB18030"), false, ','),
                report.csv(StandardCharsets.UTF_16LE, true, ','),
                report.csv(StandardCharsets.UTF_16BE, true, '\t'),
                report.csv(StandardCharsets.UTF_16LE, false, ','),
                report.csv(StandardCharsets.UTF_16BE, false, ','));
    }

    @ParameterizedTest
    @MethodSource("every_format_and_encoding")
    void every_format_says_the_same(byte[] file) {
        var report = aReport().row().row(Map.of("订单编号", "2700000000000000002", "订单状态", "订单结算", "预估收入", "9.99"));
        assertThat(read(file)).isEqualTo(read(report.csv()));
    }

    @Property(tries = 20)
    void ids_of_up_to_nineteen_digits_keep_them_in_every_format(
            @ForAll @LongRange(min = 100_000_000_000_000_000L) long id) {
        var report = aReport().row(Map.of("订单编号", Long.toString(id), "广告位ID", Long.toString(id)));
        for (var file : List.of(report.xls(), report.xlsx(), report.csv())) {
            assertThat(only(file).orderNo()).isEqualTo(Long.toString(id));
            assertThat(only(file).slot().value()).isEqualTo("2000000_" + id);
        }
    }

    @Test
    void an_id_that_is_a_number_in_a_workbook_has_lost_digits_and_is_refused() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var workbook =
                new HSSFWorkbook(new ByteArrayInputStream(aReport().row().xls()))) {
            workbook.getSheetAt(0).getRow(1).getCell(HEADER.indexOf("订单编号")).setCellValue(2.7e18);
            workbook.write(out);
        }
        var row = (ReportRow.Refused) read(out.toByteArray()).getFirst();
        assertThat(row.row()).isEqualTo(2);
        assertThat(row.column()).isEqualTo("订单编号");
        assertThat(row.reason()).contains("lost digits");
    }

    @Test
    void numbers_and_dates_of_a_workbook_are_read_as_such() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var workbook =
                new HSSFWorkbook(new ByteArrayInputStream(aReport().row().xls()))) {
            var row = workbook.getSheetAt(0).getRow(1);
            row.getCell(HEADER.indexOf("付款金额")).setCellValue(100.1);
            var date = row.getCell(HEADER.indexOf("点击时间"));
            var style = workbook.createCellStyle();
            style.setDataFormat(workbook.createDataFormat().getFormat("yyyy-mm-dd hh:mm:ss"));
            date.setCellStyle(style);
            date.setCellValue(java.time.LocalDateTime.of(2026, 3, 1, 12, 0, 0));
            workbook.write(out);
        }
        var o = only(out.toByteArray());
        assertThat(o.paid()).isEqualTo(Money.ofFen(10_010));
        assertThat(o.clickedAt()).isEqualTo(Instant.parse("2026-03-01T04:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "订单编号,2.7E+18,lost digits",
        "订单编号,,is empty",
        "订单编号,12x,no such number",
        "广告位ID,1.1E+11,lost digits",
        "商品ID,1'2,no such number",
        "付款金额,abc,no amount",
        "付款金额,1.234,no amount",
        "付款金额,,is empty",
        "效果预估,--,is empty",
        "点击时间,gestern,no time",
        "商品数,-1,is negative",
        "商品数,1.5,no whole number"
    })
    void a_bad_cell_refuses_its_row_and_says_why(String column, String value, String reason) {
        var row = refused(column, value == null ? "" : value);
        assertThat(row.row()).isEqualTo(2);
        assertThat(row.column()).isEqualTo(column);
        assertThat(row.reason()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "订单付款,PAID",
        "已付款,PAID",
        "订单成功,RECEIVED",
        "已收货,RECEIVED",
        "订单结算,SETTLED",
        "已结算,SETTLED",
        "订单失效,INVALID",
        "已失效,INVALID",
        "全新状态,NEEDS_REVIEW"
    })
    void status_words_old_and_new(String word, OrderStatus status) {
        assertThat(only(aReport().row(Map.of("订单状态", word)).csv()).status()).isEqualTo(status);
    }

    @Test
    void the_newer_header_is_understood() {
        var header = new ArrayList<>(HEADER);
        header.replaceAll(
                name -> Map.of("订单编号", "淘宝父订单号", "效果预估", "付款预估收入", "预估收入", "结算预估收入", "广告位ID", "推广位ID", "来源媒体ID", "媒体ID")
                        .getOrDefault(name, name));
        header.add("技术服务费比率");
        var o = only(aReportWith(header)
                .row(Map.of(
                        "淘宝父订单号",
                        "2700000000000000009",
                        "付款预估收入",
                        "1.00",
                        "结算预估收入",
                        "0.90",
                        "推广位ID",
                        "5",
                        "媒体ID",
                        "4",
                        "技术服务费比率",
                        "10.00 %",
                        "订单状态",
                        "已结算"))
                .csv());
        assertThat(o.orderNo()).isEqualTo("2700000000000000009");
        assertThat(o.estimated()).isEqualTo(Money.ofFen(100));
        assertThat(o.settled()).isEqualTo(Money.ofFen(90));
        assertThat(o.feeRate()).isEqualTo(Rate.of("0.1"));
        assertThat(o.slot().value()).isEqualTo("4_5");
    }

    @Test
    void title_rows_above_the_header_and_wrapped_ids_are_no_trouble() {
        var csv = "阿里妈妈订单明细\r\n\r\n"
                + new String(
                        aReport()
                                .row(Map.of("订单编号", "=\"2700000000000000001\"", "商品ID", "680011223344\t"))
                                .csv(),
                        StandardCharsets.UTF_8);
        assertThat(only(csv.getBytes(StandardCharsets.UTF_8)).lineKey())
                .isEqualTo("F:2700000000000000001:680011223344:1");
    }

    @Test
    void goods_of_one_order_are_told_apart_by_their_ordinal_and_never_by_price() {
        var rows = read(aReport()
                .row(Map.of("付款金额", "1.00"))
                .row(Map.of("付款金额", "bad"))
                .row(Map.of("付款金额", "1.00"))
                .row(Map.of("商品ID", "77"))
                .csv());
        assertThat(rows.stream()
                        .map(row -> row instanceof ReportRow.Understood(var number, var o) ? o.lineKey() : "refused"))
                .containsExactly(
                        "F:2700000000000000001:680011223344:1",
                        "refused",
                        "F:2700000000000000001:680011223344:3",
                        "F:2700000000000000001:77:1");
    }

    @Test
    void what_is_no_report_is_refused_whole() {
        assertThat(codeOf(new byte[0])).isEqualTo("not-a-report");
        assertThat(codeOf("hello".getBytes(StandardCharsets.UTF_8))).isEqualTo("not-a-report");
        assertThat(codeOf("a,b\r\n1,2\r\n".repeat(30).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("not-a-report");
        assertThat(codeOf(new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, 1, 2, 3}))
                .isEqualTo("report-unreadable");
        assertThat(codeOf(new byte[] {'P', 'K', 3, 4, 5, 6, 7, 8})).isEqualTo("report-unreadable");
        assertThat(codeOf(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, (byte) 0xFF}))
                .isEqualTo("report-unreadable");
    }

    @Test
    void a_report_without_a_needed_column_says_which() {
        var header = HEADER.stream().filter(name -> !name.equals("效果预估")).toList();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> read(aReportWith(header).row().csv()))
                .withMessageContaining("效果预估 / 付款预估收入");
    }

    @Test
    void more_than_twenty_megabytes_are_too_large() {
        assertThat(codeOf(new byte[(20 << 20) + 1])).isEqualTo("report-too-large");
    }

    @Test
    void more_than_two_hundred_thousand_rows_are_too_many() {
        var header = String.join(",", HEADER) + "\r\n";
        assertThat(codeOf((header + "x\r\n".repeat(200_001)).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("report-too-large");
        assertThat(codeOf((header + "x\r\n".repeat(200_000)).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("none");
    }

    @Test
    void a_workbook_that_unpacks_to_too_much_is_stopped_on_the_way() throws IOException {
        var zeros = new byte[1 << 20];
        var bomb = repacked(aReport().row().xlsx(), "xl/bomb.xml", out -> {
            for (var i = 0; i < 201; i++) {
                out.write(zeros);
            }
        });
        assertThat(bomb.length).isLessThan(2 << 20);
        assertThat(codeOf(bomb)).isEqualTo("report-too-large");
    }

    @Test
    void a_workbook_with_a_document_type_is_refused() throws IOException {
        var attack = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>";
        assertThat(codeOf(repacked(
                        aReport().row().xlsx(),
                        "xl/extra.xml",
                        out -> out.write(attack.getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo("report-unreadable");
    }

    private interface Part {
        void write(ZipOutputStream out) throws IOException;
    }

    private static byte[] repacked(byte[] workbook, String name, Part extra) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var file = Files.createTempFile("workbook", ".xlsx");
        Files.write(file, workbook);
        try (var in = new ZipFile(file.toFile());
                var out = new ZipOutputStream(bytes)) {
            out.setLevel(Deflater.BEST_SPEED);
            for (var entry : Collections.list(in.entries())) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                in.getInputStream(entry).transferTo(out);
            }
            out.putNextEntry(new ZipEntry(name));
            extra.write(out);
        } finally {
            Files.delete(file);
        }
        return bytes.toByteArray();
    }
}
