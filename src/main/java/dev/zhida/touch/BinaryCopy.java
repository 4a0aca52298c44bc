package dev.zhida.touch;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Writes rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"). */
final class BinaryCopy {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final LocalDate DAY_ZERO = LocalDate.of(2000, 1, 1);
    private static final Instant TIME_ZERO = Instant.parse("2000-01-01T00:00:00Z");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    private final DataOutputStream out = new DataOutputStream(bytes);

    BinaryCopy() {
        write(() -> {
            out.write(SIGNATURE);
            out.writeInt(0);
            out.writeInt(0);
        });
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
    }

    BinaryCopy row(int columns) {
        write(() -> out.writeShort(columns));
        return this;
    }

    BinaryCopy absent() {
        write(() -> out.writeInt(-1));
        return this;
    }

    BinaryCopy text(String value) {
        if (value == null) {
            return absent();
        }
        write(() -> {
            // PostgreSQL stores no zero characters.
            var encoded = value.replace("\0", "").getBytes(StandardCharsets.UTF_8);
            out.writeInt(encoded.length);
            out.write(encoded);
        });
        return this;
    }

    BinaryCopy uuid(UUID value) {
        if (value == null) {
            return absent();
        }
        write(() -> {
            out.writeInt(16);
            out.writeLong(value.getMostSignificantBits());
            out.writeLong(value.getLeastSignificantBits());
        });
        return this;
    }

    BinaryCopy int8(Long value) {
        if (value == null) {
            return absent();
        }
        write(() -> {
            out.writeInt(8);
            out.writeLong(value);
        });
        return this;
    }

    BinaryCopy int4(Integer value) {
        if (value == null) {
            return absent();
        }
        write(() -> {
            out.writeInt(4);
            out.writeInt(value);
        });
        return this;
    }

    BinaryCopy bool(boolean value) {
        write(() -> {
            out.writeInt(1);
            out.writeByte(value ? 1 : 0);
        });
        return this;
    }

    BinaryCopy date(LocalDate value) {
        return int4(Math.toIntExact(DAY_ZERO.until(value, ChronoUnit.DAYS)));
    }

    BinaryCopy timestamp(Instant value) {
        return int8(TIME_ZERO.until(value, ChronoUnit.MICROS));
    }

    /** Ends the rows and answers everything that was written. */
    byte[] end() {
        write(() -> out.writeShort(-1));
        return bytes.toByteArray();
    }
}
