package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private static final UUID ACCOUNT = UUID.randomUUID();
    private static final byte[] CONTENT = "{\"secret\":\"s3cret\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path data;

    private static String key(int of) {
        var key = new byte[32];
        key[0] = (byte) of;
        return Base64.getEncoder().encodeToString(key);
    }

    private Secrets given(String... keys) {
        return new Secrets(List.of(keys), Optional.empty(), data);
    }

    private static void assertRefused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.getMessage()).doesNotContain("s3cret").doesNotContain(key(1));
        });
    }

    @Test
    void what_was_hidden_is_told_again_and_hidden_differently_each_time() {
        var secrets = given(key(1));
        var hidden = secrets.hide(ACCOUNT, CONTENT);
        assertThat(secrets.open(ACCOUNT, hidden)).isEqualTo(CONTENT);
        assertThat(new String(hidden.content(), StandardCharsets.ISO_8859_1)).doesNotContain("s3cret");
        assertThat(secrets.hide(ACCOUNT, CONTENT).content()).isNotEqualTo(hidden.content());
    }

    @Test
    void nothing_is_told_to_another_account_or_after_a_change() {
        var secrets = given(key(1));
        var hidden = secrets.hide(ACCOUNT, CONTENT);
        assertRefused("secrets-unreadable", () -> secrets.open(UUID.randomUUID(), hidden));
        for (var part : List.of(hidden.content(), hidden.nonce())) {
            for (var i = 0; i < part.length; i++) {
                part[i] ^= 1;
                assertRefused("secrets-unreadable", () -> secrets.open(ACCOUNT, hidden));
                part[i] ^= 1;
            }
        }
        assertThat(secrets.open(ACCOUNT, hidden)).isEqualTo(CONTENT);
    }

    @Test
    void the_newest_key_writes_and_older_ones_read_while_they_are_there() {
        var old = given(key(1)).hide(ACCOUNT, CONTENT);
        var both = given(key(1), key(2));
        assertThat(both.open(ACCOUNT, old)).isEqualTo(CONTENT);
        var fresh = both.hide(ACCOUNT, CONTENT);
        assertThat(fresh.keyId()).isNotEqualTo(old.keyId()).isEqualTo(both.newestKeyId());
        assertThat(given(key(2)).open(ACCOUNT, fresh)).isEqualTo(CONTENT);
        assertRefused("secrets-key-missing", () -> given(key(2)).open(ACCOUNT, old));
    }

    @Test
    void without_a_key_one_is_made_that_only_its_owner_can_read() throws Exception {
        var secrets = given();
        assertRefused(
                "secrets-key-missing",
                () -> secrets.open(ACCOUNT, new Secrets.Hidden("0000000000000000", new byte[12], new byte[17])));
        assertThat(data.resolve("secrets.key")).doesNotExist();
        var hidden = secrets.hide(ACCOUNT, CONTENT);
        assertThat(Files.getPosixFilePermissions(data.resolve("secrets.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(given().open(ACCOUNT, hidden)).isEqualTo(CONTENT);
    }

    @Test
    void a_line_added_to_the_key_file_counts_without_a_restart() throws Exception {
        var file = data.resolve("keys");
        Files.writeString(file, "# first\n" + key(1) + "\n");
        var secrets = new Secrets(List.of(), Optional.of(file), data);
        var old = secrets.hide(ACCOUNT, CONTENT);
        Files.writeString(file, key(2) + "\n", StandardOpenOption.APPEND);
        assertThat(secrets.newestKeyId()).isNotEqualTo(old.keyId());
        assertThat(secrets.open(ACCOUNT, old)).isEqualTo(CONTENT);
    }

    @Test
    void a_key_that_is_none_is_refused_without_being_told() {
        assertRefused("secrets-key-malformed", () -> given("c2hvcnQ=").hide(ACCOUNT, CONTENT));
        assertRefused("secrets-key-malformed", () -> given("!" + key(1)).hide(ACCOUNT, CONTENT));
        assertRefused("secrets-key-unreadable", () -> new Secrets(List.of(), Optional.of(data.resolve("absent")), data)
                .hide(ACCOUNT, CONTENT));
    }
}
