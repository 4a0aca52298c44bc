package dev.zhida.report;

import dev.zhida.report.FinanceFile.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/**
 * The same file as a workbook: ids and words are text cells, which a spreadsheet never takes for numbers or formulas, and
 * money is numbers. Rows leave as they come; what does not fit into one sheet goes on in the next. The last row says
 * {@code #END}, the number of rows and their sum in fen; a workbook that breaks off cannot be opened at all.
 */
final class FinanceSheet {

    private static final int ROWS_PER_SHEET = 1_000_000;
    private static final int FLUSH_EVERY = 500;

    private final Workbook workbook;
    private final FinanceFile file;
    private Worksheet sheet;
    private int line;
    private int sheets;
    private long rows;
    private long sumFen;

    FinanceSheet(OutputStream out, FinanceFile file) throws IOException {
        this.workbook = new Workbook(out, "Zhida", "1.0");
        this.file = file;
        begin();
    }

    private void begin() throws IOException {
        if (sheet != null) {
            sheet.finish();
        }
        sheet = workbook.newWorksheet(file.name() + (++sheets == 1 ? "" : " " + sheets));
        sheet.freezePane(0, 1);
        line = 0;
        var header = file.header();
        for (var i = 0; i < header.size(); i++) {
            sheet.inlineString(line, i, header.get(i));
        }
        line++;
    }

    /** Adds a row: the cells of the columns, and as the last the fen to sum. */
    void row(CopyRow row) throws IOException {
        if (line > ROWS_PER_SHEET) {
            begin();
        }
        var columns = file.columns();
        var at = 0;
        for (var i = 0; i < columns.size(); i++) {
            if (columns.get(i).kind() == Kind.MONEY) {
                if (!row.isNull(i)) {
                    var fen = row.number(i);
                    sheet.value(line, at, BigDecimal.valueOf(fen, 2));
                    sheet.style(line, at).format("0.00").set();
                    sheet.value(line, at + 1, fen);
                }
                at += 2;
            } else {
                if (!row.isNull(i)) {
                    sheet.inlineString(line, at, row.text(i));
                }
                at++;
            }
        }
        rows++;
        sumFen = Math.addExact(sumFen, row.isNull(columns.size()) ? 0 : row.number(columns.size()));
        line++;
        if (rows % FLUSH_EVERY == 0) {
            sheet.flush();
        }
    }

    /** Ends the file with its control row. */
    void end() throws IOException {
        var last = List.of("#END", Long.toString(rows), Long.toString(sumFen));
        for (var i = 0; i < last.size(); i++) {
            sheet.inlineString(line, i, last.get(i));
        }
        sheet.finish();
        workbook.finish();
    }
}
