package dev.zhida.touch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The dictionary of user agents. */
final class UserAgents {

    private UserAgents() {}

    /** The first 8 bytes of the SHA-256 of the text. */
    static long id(String userAgent) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(userAgent.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
