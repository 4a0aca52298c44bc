package dev.zhida.marketplace;

import dev.zhida.problem.Refusal;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Hides what is secret of an account, and tells it again: AES-256-GCM with the account's id as associated data, so that
 * what was hidden for one account does not open for another. A key's id is the beginning of its SHA-256.
 */
@ApplicationScoped
class Secrets {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final List<String> given;
    private final Path file;
    private final boolean makesFile;

    @Inject
    Secrets(SecretsConfig config, @ConfigProperty(name = "zhida.data") Path data) {
        this(config.key().orElse(List.of()), config.keyFile(), data);
    }

    Secrets(List<String> given, Optional<Path> keyFile, Path data) {
        this.given = given.stream().filter(key -> !key.isBlank()).toList();
        this.makesFile = this.given.isEmpty() && keyFile.isEmpty();
        this.file = makesFile ? data.resolve("secrets.key") : keyFile.orElse(null);
    }

    /** What was hidden, with what it takes to find it again. */
    record Hidden(String keyId, byte[] nonce, byte[] content) {}

    /** Hides a content with the newest key. */
    Hidden hide(UUID accountId, byte[] content) {
        var newest = writing();
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            return new Hidden(
                    newest.getKey(),
                    nonce,
                    cipher(Cipher.ENCRYPT_MODE, newest.getValue(), nonce, accountId)
                            .doFinal(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Tells what was hidden.
     *
     * @throws Refusal {@code secrets-key-missing} or {@code secrets-unreadable}
     */
    byte[] open(UUID accountId, Hidden hidden) {
        var key = keys().get(hidden.keyId());
        if (key == null) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "secrets-key-missing",
                    "the connection of account " + accountId + " was encrypted with the key " + hidden.keyId()
                            + ", which is not here: add that key to ZHIDA_SECRETS_KEY or to the key file, or enter the"
                            + " connection anew");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, hidden.nonce(), accountId).doFinal(hidden.content());
        } catch (AEADBadTagException e) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "secrets-unreadable",
                    "what is kept for account " + accountId + " was changed, or was kept for another account: enter the"
                            + " connection anew");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The id of the key that writes now. */
    String newestKeyId() {
        return writing().getKey();
    }

    private Map.Entry<String, byte[]> writing() {
        var keys = keys();
        if (keys.isEmpty()) {
            make();
            keys = keys();
        }
        return keys.lastEntry();
    }

    /** All keys by their ids, the newest last. */
    private LinkedHashMap<String, byte[]> keys() {
        var keys = new LinkedHashMap<String, byte[]>();
        Stream.concat(fromFile().stream(), given.stream()).map(Secrets::decode).forEach(key -> {
            // A key that is given twice counts where it stands last.
            keys.remove(id(key));
            keys.put(id(key), key);
        });
        return keys;
    }

    private List<String> fromFile() {
        if (file == null || (makesFile && !Files.exists(file))) {
            return List.of();
        }
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new Refusal(
                    Refusal.Kind.UNAVAILABLE,
                    "secrets-key-unreadable",
                    "the key file " + file + " cannot be read: see zhida.secrets.key-file");
        }
    }

    private static byte[] decode(String text) {
        try {
            var key = Base64.getDecoder().decode(text.strip());
            if (key.length == KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Not told on: the text may be nearly the key.
            Log.debug("a master key is no base64");
        }
        throw new Refusal(
                Refusal.Kind.UNAVAILABLE,
                "secrets-key-malformed",
                "a key in ZHIDA_SECRETS_KEY or in the key file is not base64 of 32 bytes: make one with"
                        + " `openssl rand -base64 32`");
    }

    private synchronized void make() {
        if (!makesFile) {
            throw new Refusal(
                    Refusal.Kind.UNAVAILABLE, "secrets-key-unreadable", "the key file " + file + " holds no key");
        }
        if (Files.exists(file)) {
            return;
        }
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        try {
            Files.createDirectories(file.getParent());
            var fresh = file.resolveSibling("secrets.key.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, Base64.getEncoder().encodeToString(key) + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Log.warnf(
                "made the key that marketplace secrets are encrypted with: keep a copy of %s, without it they are lost",
                file.toAbsolutePath());
    }

    private static String id(byte[] key) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(key);
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, UUID accountId) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(accountId.toString().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
