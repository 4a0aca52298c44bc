package dev.zhida.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.report.FinanceFile.Column;
import dev.zhida.report.FinanceFile.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinanceCsvTest {

    private static final FinanceFile FILE = new FinanceFile(
            "test",
            List.of(
                    new Column("orderNo", "订单编号", Kind.ID, "o"),
                    new Column("item", "商品", Kind.TEXT, "i"),
                    new Column("status", "状态", Kind.WORD, "s"),
                    new Column("amount", "金额", Kind.MONEY, "a")),
            "a",
            "t",
            "o");

    /** A row as PostgreSQL sends it: cells between TABs, with its escapes. */
    private static CopyRow row(String cells) {
        var row = new CopyRow();
        row.read((cells + "\n").getBytes(StandardCharsets.UTF_8));
        return row;
    }

    private static byte[] file(boolean raw, Charset charset, String... rows) throws IOException {
        var out = new ByteArrayOutputStream();
        var csv = new FinanceCsv(out, FILE, raw, charset);
        for (var row : rows) {
            csv.row(row(row));
        }
        csv.end();
        return out.toByteArray();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void the_last_record_counts_and_hashes_all_before_it() throws Exception {
        var bytes = file(false, StandardCharsets.UTF_8, "1\t大衣\tPAID\t1230\t1230", "2\t\\N\tPAID\t-5\t-5");
        var text = text(bytes);
        assertThat(text)
                .startsWith("\uFEFF订单编号 orderNo,商品 item,状态 status,金额 amount,金额(分) amountFen\r\n"
                        + "1\t,大衣,PAID,12.30,1230\r\n2\t,,PAID,-0.05,-5\r\n#END,2,1225,");
        var end = text.substring(0, text.indexOf("#END")).getBytes(StandardCharsets.UTF_8).length;
        var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, end)));
        assertThat(text).endsWith("#END,2,1225," + hash + "\r\n");
    }

    @Test
    void raw_ids_have_no_tab() throws IOException {
        assertThat(text(file(true, StandardCharsets.UTF_8, "1\tx\tPAID\t0\t0"))).contains("\r\n1,x,PAID,0.00,0\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            =1+1          | '=1+1
            +1            | '+1
            -1            | '-1
            @x            | '@x
            ＝1           | '＝1
            ＋1           | '＋1
            －1           | '－1
            ＠x           | '＠x
            大衣          | 大衣
            a=1           | a=1
            a,b           | "a,b"
            =a,b          | "'=a,b"
            "hi" is said  | "\""hi"" is said"
            ！            | ！
            """)
    void free_text_that_a_spreadsheet_takes_for_a_formula_is_disarmed(String text, String cell) throws IOException {
        assertThat(text(file(true, StandardCharsets.UTF_8, "1\t" + text + "\tPAID\t0\t0")))
                .contains("\r\n1," + cell + ",PAID,");
    }

    @Test
    void line_breaks_tabs_and_backslashes_come_through() throws IOException {
        assertThat(text(file(true, StandardCharsets.UTF_8, "1\t\\ta\\nb\\\\c\\r\tPAID\t0\t0")))
                .contains("\r\n1,\"'\ta\nb\\c\r\",PAID,");
    }

    @Test
    void in_gb18030_the_hash_is_over_the_bytes_that_are_sent() throws Exception {
        var bytes = file(false, FinanceCsv.GB18030, "1\t大衣😀\tPAID\t1\t1");
        var text = new String(bytes, FinanceCsv.GB18030);
        assertThat(text).startsWith("订单编号 orderNo,").contains("\r\n1\t,大衣😀,PAID,0.01,1\r\n");
        var end = text.substring(0, text.indexOf("#END")).getBytes(FinanceCsv.GB18030).length;
        assertThat(text)
                .contains(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, end))));
    }

    @Property
    void yuan_are_fen_with_a_point(@ForAll long fen) throws IOException {
        assertThat(text(file(true, StandardCharsets.UTF_8, "1\tx\tPAID\t" + fen + "\t0")))
                .contains("\r\n1,x,PAID," + Money.ofFen(fen).yuan() + "," + fen + "\r\n");
    }

    @Test
    void columns_can_be_chosen_and_ordered() {
        assertThat(FILE.only("amount, orderNo").header())
                .containsExactly("金额 amount", "金额(分) amountFen", "订单编号 orderNo");
        assertThat(FILE.only("amount").sql()).isEqualTo("select a, a\nfrom t\norder by o");
        assertThatThrownBy(() -> FILE.only("amount,salary"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("`salary`");
    }

    @Test
    void a_workbook_has_texts_as_texts_and_money_as_numbers() throws IOException {
        var out = new ByteArrayOutputStream();
        var sheet = new FinanceSheet(out, FILE);
        for (var i = 0; i < 1_200; i++) {
            sheet.row(row("123456789012345678\t=1+1\tPAID\t-1205\t-1205"));
        }
        sheet.end();
        try (var book = new ReadableWorkbook(new ByteArrayInputStream(out.toByteArray()))) {
            var rows = book.getFirstSheet().read();
            assertThat(rows).hasSize(1_202);
            assertThat(rows.get(1_200).getCellText(0)).isEqualTo("123456789012345678");
            assertThat(rows.get(1_200).getCellText(1)).isEqualTo("=1+1");
            assertThat(rows.get(1_200).getCellAsNumber(3)).contains(new BigDecimal("-12.05"));
            assertThat(rows.get(1_201).getCellText(0)).isEqualTo("#END");
            assertThat(rows.get(1_201).getCellText(2)).isEqualTo("-1446000");
        }
    }
}
