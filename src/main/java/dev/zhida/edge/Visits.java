package dev.zhida.edge;

import dev.zhida.database.KeyedHash;
import dev.zhida.database.SecretKeys;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Signed ids of visits. A landing page carries one, and tells with it what happened on it: so only a page that was
 * really answered can tell anything, and no id of a click can be made up.
 */
@ApplicationScoped
class Visits {

    /** How long a page may tell what happens on it. */
    static final Duration LIFE = Duration.ofMinutes(30);

    private static final int CODE_LENGTH = 8;
    private static final int SIGNED_LENGTH = 16 + CODE_LENGTH;
    /** 72 bits: nobody guesses one within the life of a visit. */
    private static final int SIGNATURE_LENGTH = 9;

    private static final int TEXT_LENGTH = (SIGNED_LENGTH + SIGNATURE_LENGTH) * 4 / 3;

    private final KeyedHash hash;

    @Inject
    Visits(SecretKeys keys) {
        this(keys.key("visit"));
    }

    Visits(byte[] key) {
        this.hash = new KeyedHash(key);
    }

    /** One showing of a landing page: the click that it answered, and the code that was clicked. */
    record Visit(UUID clickId, String code) {

        /** The click's id is a UUIDv7: it begins with the milliseconds of the click. */
        boolean overAt(Instant at) {
            return Instant.ofEpochMilli(clickId.getMostSignificantBits() >>> 16)
                    .plus(LIFE)
                    .isBefore(at);
        }
    }

    String sign(Visit visit) {
        var bytes = ByteBuffer.allocate(SIGNED_LENGTH + SIGNATURE_LENGTH)
                .putLong(visit.clickId().getMostSignificantBits())
                .putLong(visit.clickId().getLeastSignificantBits())
                .put(visit.code().getBytes(StandardCharsets.US_ASCII))
                .array();
        System.arraycopy(signature(bytes), 0, bytes, SIGNED_LENGTH, SIGNATURE_LENGTH);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Reads a visit back; nothing for what is none of ours. Whether it is over is for the caller to ask. */
    Optional<Visit> read(String text) {
        if (text == null || text.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        var signature = Arrays.copyOfRange(bytes, SIGNED_LENGTH, bytes.length);
        if (!MessageDigest.isEqual(signature, Arrays.copyOf(signature(bytes), SIGNATURE_LENGTH))) {
            return Optional.empty();
        }
        var buffer = ByteBuffer.wrap(bytes);
        var clickId = new UUID(buffer.getLong(), buffer.getLong());
        return Optional.of(new Visit(clickId, new String(bytes, 16, CODE_LENGTH, StandardCharsets.US_ASCII)));
    }

    private byte[] signature(byte[] bytes) {
        return hash.of(bytes, SIGNED_LENGTH);
    }
}
