package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A report file as rows of texts, whatever its format: xls, xlsx, or csv in any usual encoding. The format is told by
 * the content, not by the name. Rows are handed on as they are read; the whole table is never held.
 */
public final class ReportTable {

    /** Largest file that is read. */
    public static final long MAX_BYTES = 20L << 20;

    /** Most rows that are read, the header included. */
    public static final int MAX_ROWS = 200_001;

    /** Most bytes that a workbook may unpack to. */
    static final long MAX_UNPACKED_BYTES = 200L << 20;

    static final int MAX_COLUMNS = 500;
    static final int MAX_CELL_LENGTH = 32_767;

    private ReportTable() {}

    /** Takes the rows. */
    @FunctionalInterface
    public interface Rows {

        /**
         * Takes one row.
         *
         * @param number as a person counts in the file, from 1
         * @param cells without the empty ones at the end; never {@code null}
         */
        void row(int number, List<String> cells);
    }

    /**
     * Reads a file.
     *
     * @throws Refusal {@code report-too-large}, {@code report-unreadable} or {@code not-a-report}
     */
    public static void read(Path file, Rows rows) {
        try {
            requireSize(file);
            var start = new byte[8];
            int length;
            try (var in = Files.newInputStream(file)) {
                length = in.readNBytes(start, 0, start.length);
            }
            if (length == 0) {
                throw new Refusal(Refusal.Kind.INVALID, "not-a-report", "the file is empty");
            }
            Rows bounded = (number, cells) -> {
                if (number > MAX_ROWS) {
                    throw tooLarge("the file has more than " + (MAX_ROWS - 1) + " rows: split it");
                }
                if (cells.size() > MAX_COLUMNS) {
                    throw tooLarge("row " + number + " has more than " + MAX_COLUMNS + " columns");
                }
                if (cells.stream().anyMatch(cell -> cell.length() > MAX_CELL_LENGTH)) {
                    throw tooLarge("row " + number + " has a cell of more than " + MAX_CELL_LENGTH + " characters");
                }
                rows.row(number, cells);
            };
            if (startsWith(start, 0xD0, 0xCF, 0x11, 0xE0)) {
                XlsTable.read(file, bounded);
            } else if (startsWith(start, 'P', 'K', 3, 4)) {
                XlsxTable.read(file, bounded);
            } else {
                CsvTable.read(file, bounded);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * The SHA-256 of a file, in lower-case hex, by which it is known again. The file is never held.
     *
     * @throws Refusal {@code report-too-large} or {@code report-unreadable}
     */
    public static String sha256(Path file) {
        try {
            requireSize(file);
            try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
                in.transferTo(OutputStream.nullOutputStream());
                return HexFormat.of().formatHex(in.getMessageDigest().digest());
            }
        } catch (IOException e) {
            throw unreadable(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void requireSize(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw tooLarge("the file is larger than " + (MAX_BYTES >> 20) + " MB");
        }
    }

    private static Refusal unreadable(IOException e) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "report-unreadable",
                "the file cannot be read (" + e.getMessage() + "): download it again, without opening it in between");
    }

    static Refusal tooLarge(String detail) {
        return new Refusal(Refusal.Kind.TOO_LARGE, "report-too-large", detail);
    }

    /**
     * A number as text: whole ones without a point. From 10¹⁵ on a spreadsheet's number has lost digits, so it is
     * written with an exponent, which no reader of ids accepts.
     */
    static String text(double number) {
        if (Math.abs(number) >= 1e15) {
            return Double.toString(number);
        }
        return number == Math.rint(number)
                ? Long.toString((long) number)
                : java.math.BigDecimal.valueOf(number).toPlainString();
    }

    private static boolean startsWith(byte[] bytes, int... expected) {
        for (var i = 0; i < expected.length; i++) {
            if ((bytes[i] & 0xFF) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
