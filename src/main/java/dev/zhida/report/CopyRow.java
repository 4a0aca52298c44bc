package dev.zhida.report;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One row of {@code COPY … TO STDOUT} in PostgreSQL's text format, taken apart without making an object per cell: cells are
 * UTF-8 bytes between two positions. The row is reused for the next.
 */
final class CopyRow {

    private byte[] bytes = new byte[1_024];
    private int[] ends = new int[32];
    private boolean[] nulls = new boolean[32];
    private int cells;

    /** Takes a row as it came, with the line feed at its end. */
    void read(byte[] line) {
        if (bytes.length < line.length) {
            bytes = new byte[line.length * 2];
        }
        cells = 0;
        var at = 0;
        var absent = false;
        for (var i = 0; i < line.length; i++) {
            var b = line[i];
            if (b == '\t' || b == '\n') {
                end(at, absent);
                absent = false;
            } else if (b != '\\') {
                bytes[at++] = b;
            } else {
                var escaped = line[++i];
                switch (escaped) {
                    case 'N' -> absent = true;
                    case 't' -> bytes[at++] = '\t';
                    case 'n' -> bytes[at++] = '\n';
                    case 'r' -> bytes[at++] = '\r';
                    case 'b' -> bytes[at++] = '\b';
                    case 'f' -> bytes[at++] = '\f';
                    case 'v' -> bytes[at++] = 0x0B;
                    default -> bytes[at++] = escaped;
                }
            }
        }
    }

    private void end(int at, boolean absent) {
        if (cells == ends.length) {
            ends = Arrays.copyOf(ends, cells * 2);
            nulls = Arrays.copyOf(nulls, cells * 2);
        }
        ends[cells] = at;
        nulls[cells++] = absent;
    }

    int cells() {
        return cells;
    }

    /** What the positions are of. */
    byte[] bytes() {
        return bytes;
    }

    int start(int cell) {
        return cell == 0 ? 0 : ends[cell - 1];
    }

    int end(int cell) {
        return ends[cell];
    }

    boolean isNull(int cell) {
        return nulls[cell];
    }

    String text(int cell) {
        return new String(bytes, start(cell), end(cell) - start(cell), StandardCharsets.UTF_8);
    }

    long number(int cell) {
        return Long.parseLong(text(cell));
    }
}
