package dev.zhida.touch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;

/** Writes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format") into one growing buffer. */
final class BinaryCopy {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};

    /** PostgreSQL counts from 2000-01-01. */
    private static final int DAY_ZERO = Math.toIntExact(LocalDate.of(2000, 1, 1).toEpochDay());

    private static final long SECOND_ZERO =
            LocalDate.of(2000, 1, 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    private static final int LONGEST_FIXED = 20;

    private ByteBuffer buffer = ByteBuffer.allocate(1 << 18);

    /** Begins anew in the same buffer. */
    BinaryCopy begin() {
        buffer.clear();
        buffer.put(SIGNATURE).putInt(0).putInt(0);
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

    /** Ends the rows; what was written stands in {@link #bytes()} up to the length that is answered. */
    int end() {
        room(LONGEST_FIXED).putShort((short) -1);
        return buffer.position();
    }

    byte[] bytes() {
        return buffer.array();
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
