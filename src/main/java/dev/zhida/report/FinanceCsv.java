package dev.zhida.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A CSV file for finance: UTF-8 with a byte order mark, ids that keep their digits in a spreadsheet, yuan with two
 * decimals, times with their offset. Its last record, {@code #END,rows,sumFen,sha256}, tells a whole file from a
 * broken one; the hash is over all bytes before it.
 */
final class FinanceCsv {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx").withZone(BusinessTime.ZONE);
    private static final String FORMULA_STARTS = "=+-@\t\r\n";
    private static final String FULL_WIDTH_FORMULA_STARTS = "＝＋－＠";

    private final DigestOutputStream out;
    private final CsvWriter writer;
    private final boolean raw;
    private long rows;
    private Money sum = Money.ZERO;

    /**
     * Begins a file.
     *
     * @param raw whether ids stand without the TAB that spreadsheets need to keep their digits
     */
    FinanceCsv(OutputStream target, boolean raw, List<String> header) throws IOException {
        try {
            this.out = new DigestOutputStream(target, MessageDigest.getInstance("SHA-256"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        this.raw = raw;
        out.write(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});
        this.writer = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.CRLF)
                .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        writer.writeRecord(header);
    }

    /** Begins a record that counts {@code amount} to the sum of the file. */
    Record record(Money amount) {
        rows++;
        sum = sum.plus(amount);
        return new Record();
    }

    /** The cells of one record. */
    final class Record {
        private final List<String> cells = new ArrayList<>();

        /** A number that is a name: it ends with a TAB, so that a spreadsheet keeps all of its digits. */
        Record id(String id) {
            return plain(id == null ? "" : raw ? id : id + "\t");
        }

        /** Words that a person may have written: what a spreadsheet would take for a formula is disarmed. */
        Record text(String text) {
            if (text == null || text.isEmpty()) {
                return plain("");
            }
            var first = text.charAt(0);
            var formula = FORMULA_STARTS.indexOf(first) >= 0 || FULL_WIDTH_FORMULA_STARTS.indexOf(first) >= 0;
            return plain(formula ? "'" + text : text);
        }

        /** Yuan in one column, fen in the next; negative amounts stay numbers. */
        Record money(long fen) {
            return plain(Money.ofFen(fen).yuan()).plain(Long.toString(fen));
        }

        Record time(Instant at) {
            return plain(at == null ? "" : TIME.format(at));
        }

        /** A word of ours. */
        Record plain(String cell) {
            cells.add(cell == null ? "" : cell);
            return this;
        }

        void end() {
            writer.writeRecord(cells);
        }
    }

    /** Ends the file with its control record. */
    void end() {
        try {
            writer.flush();
            var hash = HexFormat.of().formatHex(out.getMessageDigest().digest());
            out.on(false);
            var last = "#END," + rows + "," + sum.fen() + "," + hash + "\r\n";
            out.write(last.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
