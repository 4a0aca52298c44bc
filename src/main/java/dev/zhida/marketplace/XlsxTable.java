package dev.zhida.marketplace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.zip.ZipFile;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ExcelReaderException;
import org.dhatim.fastexcel.reader.ReadableWorkbook;

/** The first sheet of an xlsx workbook. */
final class XlsxTable {

    private static final int MAX_PARTS = 1_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private XlsxTable() {}

    static void read(Path file, ReportTable.Rows rows) throws IOException {
        checkParts(file);
        try (var workbook = new ReadableWorkbook(file.toFile());
                var stream = workbook.getFirstSheet().openStream()) {
            stream.forEach(row -> {
                var cells = new ArrayList<String>();
                for (var cell : row) {
                    cells.add(cell == null ? "" : text(cell));
                }
                rows.row(row.getRowNum(), CsvTable.withoutEmptyEnd(cells));
            });
        } catch (ExcelReaderException | java.io.UncheckedIOException e) {
            throw new IOException("the workbook is damaged", e);
        }
    }

    private static String text(Cell cell) {
        if (cell.getType() == CellType.NUMBER) {
            var format = cell.getDataFormatString();
            if (format != null && format.contains("yy")) {
                return TIME.format(cell.asDate());
            }
            // The text of the number as the file has it: a long id shows by its exponent that it has lost digits.
            return ReportTable.text(cell.asNumber().doubleValue());
        }
        return cell.getText() == null ? "" : cell.getText();
    }

    /** Unpacks every part once, counting: the sizes that the file declares are not to be trusted. */
    private static void checkParts(Path file) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            if (zip.size() > MAX_PARTS) {
                throw ReportTable.tooLarge("the workbook has more than " + MAX_PARTS + " parts");
            }
            long unpacked = 0;
            var buffer = new byte[1 << 16];
            for (var entries = zip.entries(); entries.hasMoreElements(); ) {
                var entry = entries.nextElement();
                try (var in = zip.getInputStream(entry)) {
                    refuseDoctype(in.readNBytes(1_024));
                    for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        unpacked += read;
                        if (unpacked > ReportTable.MAX_UNPACKED_BYTES) {
                            throw ReportTable.tooLarge("the workbook unpacks to more than "
                                    + (ReportTable.MAX_UNPACKED_BYTES >> 20) + " MB");
                        }
                    }
                }
            }
        }
    }

    private static void refuseDoctype(byte[] start) throws IOException {
        if (new String(start, StandardCharsets.ISO_8859_1).contains("<!DOCTYPE")) {
            throw new IOException("the workbook declares a document type, which no spreadsheet program does");
        }
    }
}
