package dev.zhida.touch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.TestDatabase;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TouchPartitionsTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-03-20");

    private Jdbi jdbi;
    private TouchPartitions partitions;

    @BeforeEach
    void makeDatabase() {
        jdbi = Jdbi.create(TestDatabase.address().another().dataSource()).installPlugin(new PostgresPlugin());
        partitions = new TouchPartitions(
                jdbi, Clock.fixed(Instant.parse("2026-03-20T03:00:00Z"), ZoneOffset.UTC), new TouchConfig() {
                    @Override
                    public Duration commitWithin() {
                        return Duration.ofMillis(300);
                    }

                    @Override
                    public Duration gatherFor() {
                        return Duration.ZERO;
                    }

                    @Override
                    public int queueBound() {
                        return 1;
                    }

                    @Override
                    public MemorySize spoolMaxSize() {
                        return null;
                    }

                    @Override
                    public Duration retention() {
                        return Duration.ofDays(10);
                    }
                });
    }

    private List<String> days() {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select substr(inhrelid::regclass::text, 7) from pg_inherits
                        where inhparent = 'touch'::regclass order by 1
                        """).mapTo(String.class).list());
    }

    private void make(int from, int until) {
        jdbi.useHandle(handle -> {
            for (var day = from; day < until; day++) {
                handle.execute("select make_touch_partition(?)", TODAY.plusDays(day));
            }
        });
    }

    @Test
    void partitions_are_made_ahead() {
        partitions.keep();
        assertThat(days()).containsExactly("20260320", "20260321", "20260322", "20260323");
    }

    @Test
    void a_partition_is_dropped_a_day_after_its_touches_have_been_kept_long_enough() {
        make(-14, -9);
        partitions.keep();
        assertThat(partitions.keptFrom()).isEqualTo("2026-03-10");
        assertThat(days()).startsWith("20260309", "20260310", "20260320").doesNotContain("20260308");
    }

    @Test
    void a_partition_is_made_while_touches_are_read() {
        make(-14, -13);
        jdbi.useTransaction(reader -> {
            reader.createQuery("select count(*) from touch where day = '2026-03-20'")
                    .mapTo(Long.class)
                    .one();
            jdbi.useHandle(handle -> {
                handle.execute("set lock_timeout = '5s'");
                handle.execute("select make_touch_partition('2026-03-15')");
            });
        });
        partitions.keep();
        assertThat(days()).contains("20260315").doesNotContain("20260306");
    }
}
