package dev.zhida.report;

import dev.zhida.comparison.Interval;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.report.FinanceFile.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A CSV file for finance: UTF-8 with a byte order mark, ids that keep their digits in a spreadsheet, yuan with two
 * decimals, times with their offset. Its last record, {@code #END,rows,sumFen,sha256}, tells a whole file from a
 * broken one; the hash is over all bytes before it.
 *
 * <p>It works on bytes, because a million rows of strings cost more than the database needs to send them.
 */
final class FinanceCsv {

    static final Charset GB18030 = Charset.forName("GB18030");

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx").withZone(BusinessTime.ZONE);
    private static final int FLUSH_AT = 1 << 16;

    private final OutputStream out;
    private final MessageDigest digest;
    private final Column[] columns;
    private final boolean raw;
    private final Charset charset;
    private byte[] buffer = new byte[FLUSH_AT + 4_096];
    private int length;
    private long rows;
    private long sumFen;

    /**
     * Begins a file.
     *
     * @param raw whether ids stand without the TAB that spreadsheets need to keep their digits
     * @param charset UTF-8, which gets a byte order mark, or {@link #GB18030}
     */
    FinanceCsv(OutputStream out, FinanceFile file, boolean raw, Charset charset) throws IOException {
        this(out, file.columns(), file.header(), raw, charset);
    }

    /** Begins a file of records that are not rows of a query. */
    FinanceCsv(OutputStream out, List<String> header, boolean raw) throws IOException {
        this(out, List.of(), header, raw, StandardCharsets.UTF_8);
    }

    private FinanceCsv(OutputStream out, List<Column> columns, List<String> header, boolean raw, Charset charset)
            throws IOException {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        this.out = out;
        this.columns = columns.toArray(Column[]::new);
        this.raw = raw;
        this.charset = charset;
        if (charset.equals(StandardCharsets.UTF_8)) {
            put(BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        }
        header(header);
    }

    private void header(List<String> names) throws IOException {
        var first = true;
        for (var name : names) {
            if (!first) {
                put((byte) ',');
            }
            first = false;
            var bytes = name.getBytes(StandardCharsets.UTF_8);
            put(bytes, 0, bytes.length);
        }
        endRecord(charset.equals(StandardCharsets.UTF_8) ? BYTE_ORDER_MARK.length : 0);
    }

    /** Adds a row: the cells of the columns, and as the last the fen to sum. */
    void row(CopyRow row) throws IOException {
        var start = length;
        for (var i = 0; i < columns.length; i++) {
            if (i > 0) {
                put((byte) ',');
            }
            if (row.isNull(i)) {
                if (columns[i].kind() == FinanceFile.Kind.MONEY) {
                    put((byte) ',');
                }
                continue;
            }
            switch (columns[i].kind()) {
                case ID -> id(row, i);
                case TEXT -> text(row, i);
                case WORD, TIME -> quoted(row.bytes(), row.start(i), row.end(i), false);
                case MONEY -> money(row, i);
            }
        }
        rows++;
        sumFen = Math.addExact(sumFen, row.isNull(columns.length) ? 0 : row.number(columns.length));
        endRecord(start);
    }

    /** Begins a record that counts {@code amount} to the sum of the file; it stands once {@link Record#end} was called. */
    Record record(Money amount) {
        return new Record(amount);
    }

    /** The cells of one record. */
    final class Record {
        private final Money amount;
        private final int start = length;
        private boolean begun;

        private Record(Money amount) {
            this.amount = amount;
        }

        /** Words that a person may have written: what a spreadsheet would take for a formula is disarmed. */
        Record text(String text) {
            var bytes = bytes(text);
            return cell(bytes, startsFormula(bytes, 0, bytes.length));
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
            return cell(bytes(cell), false);
        }

        /** A rate, a difference, a probability; an empty cell for {@code null}. */
        Record number(Double value) {
            return plain(
                    value == null
                            ? ""
                            : BigDecimal.valueOf(value)
                                    .setScale(6, RoundingMode.HALF_EVEN)
                                    .toPlainString());
        }

        /** An estimate and its bounds, in three columns. */
        Record interval(Interval interval) {
            return interval == null
                    ? empty(3)
                    : number(interval.estimate()).number(interval.low()).number(interval.high());
        }

        Record empty(int cells) {
            for (var i = 0; i < cells; i++) {
                plain("");
            }
            return this;
        }

        private Record cell(byte[] bytes, boolean disarmed) {
            if (begun) {
                put((byte) ',');
            }
            begun = true;
            quoted(bytes, 0, bytes.length, disarmed);
            return this;
        }

        private static byte[] bytes(String text) {
            return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        }

        void end() throws IOException {
            rows++;
            sumFen = Math.addExact(sumFen, amount.fen());
            endRecord(start);
        }
    }

    private void id(CopyRow row, int cell) {
        quoted(row.bytes(), row.start(cell), row.end(cell), false);
        if (!raw && row.end(cell) > row.start(cell)) {
            put((byte) '\t');
        }
    }

    private void text(CopyRow row, int cell) {
        quoted(row.bytes(), row.start(cell), row.end(cell), startsFormula(row.bytes(), row.start(cell), row.end(cell)));
    }

    /** {@code = + - @ TAB CR LF}, and the first four as Chinese keyboards write them. */
    private static boolean startsFormula(byte[] bytes, int from, int until) {
        if (from == until) {
            return false;
        }
        return switch (bytes[from]) {
            case '=', '+', '-', '@', '\t', '\r', '\n' -> true;
            // ＝ U+FF1D, ＋ U+FF0B, － U+FF0D, ＠ U+FF20.
            case (byte) 0xEF ->
                until - from >= 3
                        && (bytes[from + 1] == (byte) 0xBC
                                && (bytes[from + 2] == (byte) 0x9D
                                        || bytes[from + 2] == (byte) 0x8B
                                        || bytes[from + 2] == (byte) 0x8D
                                        || bytes[from + 2] == (byte) 0xA0));
            default -> false;
        };
    }

    private void quoted(byte[] bytes, int from, int until, boolean disarmed) {
        var needed = false;
        for (var i = from; i < until && !needed; i++) {
            needed = bytes[i] == ',' || bytes[i] == '"' || bytes[i] == '\r' || bytes[i] == '\n';
        }
        if (needed) {
            put((byte) '"');
        }
        if (disarmed) {
            put((byte) '\'');
        }
        if (!needed) {
            put(bytes, from, until - from);
            return;
        }
        for (var i = from; i < until; i++) {
            if (bytes[i] == '"') {
                put((byte) '"');
            }
            put(bytes[i]);
        }
        put((byte) '"');
    }

    private void money(CopyRow row, int cell) {
        var bytes = row.bytes();
        var from = row.start(cell);
        var until = row.end(cell);
        var digits = from;
        if (bytes[from] == '-') {
            put((byte) '-');
            digits++;
        }
        if (until - digits > 2) {
            put(bytes, digits, until - 2 - digits);
        } else {
            put((byte) '0');
        }
        put((byte) '.');
        put(until - digits > 1 ? bytes[until - 2] : (byte) '0');
        put(bytes[until - 1]);
        put((byte) ',');
        put(bytes, from, until - from);
    }

    private void endRecord(int start) throws IOException {
        put((byte) '\r');
        put((byte) '\n');
        if (!charset.equals(StandardCharsets.UTF_8)) {
            var text = new String(buffer, start, length - start, StandardCharsets.UTF_8).getBytes(charset);
            length = start;
            put(text, 0, text.length);
        }
        if (length >= FLUSH_AT) {
            flush();
        }
    }

    private void flush() throws IOException {
        digest.update(buffer, 0, length);
        out.write(buffer, 0, length);
        length = 0;
    }

    private void put(byte b) {
        if (length == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        buffer[length++] = b;
    }

    private void put(byte[] bytes, int from, int count) {
        while (buffer.length - length < count) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        System.arraycopy(bytes, from, buffer, length, count);
        length += count;
    }

    /** Ends the file with its control record. */
    void end() throws IOException {
        flush();
        var hash = HexFormat.of().formatHex(digest.digest());
        out.write(("#END," + rows + "," + sumFen + "," + hash + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
