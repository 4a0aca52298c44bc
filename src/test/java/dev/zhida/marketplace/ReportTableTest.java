package dev.zhida.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.zhida.problem.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTableTest {

    @TempDir
    Path folder;

    private Path file(long bytes) throws IOException {
        var file = folder.resolve("table.csv");
        try (var made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(bytes);
        }
        return file;
    }

    @Test
    void a_file_is_known_again_by_its_content() throws Exception {
        var file = Files.writeString(folder.resolve("abc.csv"), "abc");
        assertThat(ReportTable.sha256(file))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void the_largest_file_is_known_again_without_being_held_and_a_larger_one_is_not_read() throws Exception {
        var largest = file(ReportTable.MAX_BYTES);
        var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var before = thread.getCurrentThreadAllocatedBytes();
        assertThat(ReportTable.sha256(largest)).hasSize(64);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(ReportTable.MAX_BYTES / 4);
        var larger = file(ReportTable.MAX_BYTES + 1);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ReportTable.sha256(larger))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("report-too-large"));
    }
}
