package dev.zhida.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstOperatorTest {

    @TempDir
    Path data;

    private String written() throws IOException {
        return Files.readString(data.resolve("operator-key")).strip();
    }

    @Test
    void the_first_key_stands_in_a_file_for_its_owner_only_and_stays_at_the_next_start() throws Exception {
        var key = FirstOperator.key(data);
        assertThat(written()).isEqualTo(key).isNotEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("operator-key"))))
                .isEqualTo("rw-------");
        assertThat(FirstOperator.key(data)).isEqualTo(key);
        assertThat(written()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator-key", "operator-key.new"})
    void a_file_that_a_full_disk_left_empty_locks_nobody_out(String left) throws Exception {
        Files.createFile(data.resolve(left));
        assertThat(FirstOperator.key(data)).isEqualTo(written()).isNotEmpty();
        assertThat(data.resolve("operator-key.new")).doesNotExist();
    }
}
