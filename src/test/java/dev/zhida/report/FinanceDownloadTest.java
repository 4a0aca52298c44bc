package dev.zhida.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.zhida.TestDatabase;
import dev.zhida.report.FinanceFile.Column;
import dev.zhida.report.FinanceFile.Kind;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Downloads that end before they should. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class FinanceDownloadTest {

    @Inject
    FinanceDownload download;

    @Inject
    Jdbi jdbi;

    private StreamingOutput file(String value) {
        // An order that needs no sorting, so that rows leave as they are made.
        var file = new FinanceFile(
                "numbers",
                List.of(new Column("n", "数", Kind.WORD, value)),
                "n",
                "generate_series(1, 200000) n",
                "lower('x')");
        return (StreamingOutput) download.csv(file, FinanceDownload.Options.of(null, null), null, null)
                .getEntity();
    }

    @Test
    void what_breaks_in_the_middle_has_no_end() {
        var out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> file("1 / (100000 - n)").write(out)).isInstanceOf(IOException.class);
        assertThat(out.size()).isGreaterThan(100_000);
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("#END");
    }

    @Test
    void when_the_reader_goes_away_the_query_ends_and_its_connection_is_good_for_others() throws IOException {
        for (var i = 0; i < 30; i++) {
            assertThatThrownBy(() -> file("n").write(new OutputStream() {
                        private int left = 100_000;

                        @Override
                        public void write(int b) throws IOException {
                            if (--left < 0) {
                                throw new IOException("gone");
                            }
                        }
                    }))
                    .isInstanceOf(IOException.class);
        }
        long running = jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from pg_stat_activity where state = 'active' and query like 'copy (select n%'")
                .mapTo(Long.class)
                .one());
        assertThat(running).isZero();
        var whole = new ByteArrayOutputStream();
        file("n").write(whole);
        assertThat(whole.toString(StandardCharsets.UTF_8)).contains("\r\n200000\r\n#END,200000,20000100000,");
    }
}
