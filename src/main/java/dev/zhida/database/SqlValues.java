package dev.zhida.database;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.statement.SqlStatement;

/** How values of ours are given to PostgreSQL. */
public final class SqlValues {

    private SqlValues() {}

    /** An instant as the driver takes it; {@code null} stays {@code null}. */
    public static OffsetDateTime utc(Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** Binds one value of each row as an array, for {@code unnest}: many rows in one statement. */
    public static <T, V> void array(SqlStatement<?> s, String name, Class<V> type, List<T> rows, Function<T, V> of) {
        // Not Stream.toList: absent values are null.
        var values = new ArrayList<V>(rows.size());
        rows.forEach(row -> values.add(of.apply(row)));
        s.bindArray(name, type, values);
    }
}
