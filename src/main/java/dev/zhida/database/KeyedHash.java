package dev.zhida.database;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) with one key, for any number of threads. */
public final class KeyedHash {

    private static final String ALGORITHM = "HmacSHA256";

    private final ThreadLocal<Mac> macOfThread;

    public KeyedHash(byte[] key) {
        var secret = new SecretKeySpec(key, ALGORITHM);
        this.macOfThread = ThreadLocal.withInitial(() -> {
            try {
                var mac = Mac.getInstance(ALGORITHM);
                mac.init(secret);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The 32 bytes that the key gives for the first {@code length} bytes. */
    public byte[] of(byte[] bytes, int length) {
        var mac = macOfThread.get();
        mac.update(bytes, 0, length);
        return mac.doFinal();
    }
}
