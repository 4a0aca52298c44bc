package dev.zhida.touch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Writes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format") into one growing buffer. A
 * stream is the header, any number of rows, the trailer.
 */
final class BinaryCopy {

    /** Signature, flags, no extension. */
    static final byte[] HEADER = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    static final byte[] TRAILER = {-1, -1};

    /** PostgreSQL counts from 2000-01-01. */
    private static final int DAY_ZERO = Math.toIntExact(LocalDate.of(2000, 1, 1).toEpochDay());

    private static final long SECOND_ZERO =
            LocalDate.of(2000, 1, 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    private static final int LONGEST_FIXED = 20;

    private ByteBuffer buffer = ByteBuffer.allocate(1 << 18);

    /** Begins anew in the same buffer. */
    BinaryCopy begin() {
        buffer.clear();
        return this;
    }

    BinaryCopy row(int columns) {
        room(LONGEST_FIXED).putShort((short) columns);
        return this;
    }

    private BinaryCopy absent() {
        room(LONGEST_FIXED).putInt(-1);
        return this;
    }

    BinaryCopy text(String value) {
        if (value == null) {
            return absent();
        }
        // PostgreSQL stores no zero characters.
        var clean = value.indexOf('\0') < 0 ? value : value.replace("\0", "");
        var encoded = clean.getBytes(StandardCharsets.UTF_8);
        room(LONGEST_FIXED + encoded.length).putInt(encoded.length).put(encoded);
        return this;
    }

    BinaryCopy uuid(UUID value) {
        if (value == null) {
            return absent();
        }
        room(LONGEST_FIXED).putInt(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        return this;
    }

    BinaryCopy int8(Long value) {
        if (value == null) {
            return absent();
        }
        room(LONGEST_FIXED).putInt(8).putLong(value);
        return this;
    }

    BinaryCopy int4(Integer value) {
        if (value == null) {
            return absent();
        }
        room(LONGEST_FIXED).putInt(4).putInt(value);
        return this;
    }

    BinaryCopy bool(boolean value) {
        room(LONGEST_FIXED).putInt(1).put((byte) (value ? 1 : 0));
        return this;
    }

    BinaryCopy date(LocalDate value) {
        return int4(Math.toIntExact(value.toEpochDay()) - DAY_ZERO);
    }

    BinaryCopy timestamp(Instant value) {
        return int8((value.getEpochSecond() - SECOND_ZERO) * 1_000_000 + value.getNano() / 1_000);
    }

    /** The rows that were written. */
    byte[] rows() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Takes rows apart that were written together. */
    static List<byte[]> rows(byte[] together) {
        var in = ByteBuffer.wrap(together);
        var rows = new ArrayList<byte[]>();
        while (in.hasRemaining()) {
            var start = in.position();
            for (var columns = in.getShort(); columns > 0; columns--) {
                // Absent values have the length -1 and no bytes.
                in.position(in.position() + 4 + Math.max(0, in.getInt(in.position())));
            }
            rows.add(Arrays.copyOfRange(together, start, in.position()));
        }
        return rows;
    }

    private ByteBuffer room(int needed) {
        if (buffer.remaining() < needed) {
            var larger = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.capacity() + needed));
            buffer.flip();
            buffer = larger.put(buffer);
        }
        return buffer;
    }
}
