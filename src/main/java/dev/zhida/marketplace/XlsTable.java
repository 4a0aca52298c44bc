package dev.zhida.marketplace;

import java.io.IOException;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.hssf.eventusermodel.FormatTrackingHSSFListener;
import org.apache.poi.hssf.eventusermodel.HSSFEventFactory;
import org.apache.poi.hssf.eventusermodel.HSSFListener;
import org.apache.poi.hssf.eventusermodel.HSSFRequest;
import org.apache.poi.hssf.record.BOFRecord;
import org.apache.poi.hssf.record.CellValueRecordInterface;
import org.apache.poi.hssf.record.FormulaRecord;
import org.apache.poi.hssf.record.LabelRecord;
import org.apache.poi.hssf.record.LabelSSTRecord;
import org.apache.poi.hssf.record.NumberRecord;
import org.apache.poi.hssf.record.Record;
import org.apache.poi.hssf.record.SSTRecord;
import org.apache.poi.hssf.record.StringRecord;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.poi.ss.usermodel.DateUtil;

/** The first sheet of an xls workbook, record by record, so that a large one does not fill the memory. */
final class XlsTable implements HSSFListener {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final ReportTable.Rows rows;
    private final FormatTrackingHSSFListener formats = new FormatTrackingHSSFListener(record -> {});
    private final List<String> cells = new ArrayList<>();
    private SSTRecord texts;
    private int sheet;
    private int row = -1;
    private int formulaColumn = -1;

    private XlsTable(ReportTable.Rows rows) {
        this.rows = rows;
    }

    static void read(Path file, ReportTable.Rows rows) throws IOException {
        var table = new XlsTable(rows);
        try (var files = new POIFSFileSystem(file.toFile(), true)) {
            var request = new HSSFRequest();
            request.addListenerForAllRecords(table);
            new HSSFEventFactory().processWorkbookEvents(request, files);
            table.endRow();
        } catch (dev.zhida.problem.Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IOException("the workbook is damaged or protected by a password", e);
        }
    }

    @Override
    public void processRecord(Record record) {
        formats.processRecord(record);
        if (record instanceof BOFRecord start && start.getType() == BOFRecord.TYPE_WORKSHEET) {
            sheet++;
        } else if (record instanceof SSTRecord found) {
            texts = found;
        } else if (sheet == 1) {
            cell(record);
        }
    }

    private void cell(Record record) {
        switch (record) {
            case LabelSSTRecord cell ->
                put(cell, texts.getString(cell.getSSTIndex()).getString());
            case LabelRecord cell -> put(cell, cell.getValue());
            case NumberRecord cell -> put(cell, text(cell, cell.getValue()));
            case FormulaRecord cell -> {
                formulaColumn = cell.getColumn();
                put(cell, cell.hasCachedResultString() ? "" : text(cell, cell.getValue()));
            }
            case StringRecord result -> {
                if (formulaColumn >= 0 && formulaColumn < cells.size()) {
                    cells.set(formulaColumn, result.getString());
                }
            }
            default -> {
                // Everything else says how a sheet looks.
            }
        }
    }

    private String text(CellValueRecordInterface cell, double number) {
        var index = formats.getFormatIndex(cell);
        var format = formats.getFormatString(cell);
        return DateUtil.isADateFormat(index, format) && DateUtil.isValidExcelDate(number)
                ? TIME.format(DateUtil.getLocalDateTime(number))
                : ReportTable.text(number);
    }

    private void put(CellValueRecordInterface cell, String text) {
        if (cell.getRow() != row) {
            endRow();
            row = cell.getRow();
        }
        while (cells.size() <= cell.getColumn()) {
            cells.add("");
        }
        cells.set(cell.getColumn(), text);
    }

    private void endRow() {
        if (row >= 0) {
            rows.row(row + 1, CsvTable.withoutEmptyEnd(cells));
        }
        cells.clear();
        formulaColumn = -1;
    }
}
