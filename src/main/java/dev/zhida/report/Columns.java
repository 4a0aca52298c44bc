package dev.zhida.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Numbers of placements, read as arrays: far fewer things to make than a row for each.
 *
 * @param values one array for each thing counted, in the order of the placements
 */
record Columns(long[] placements, long[]... values) {

    /** What a query selects for {@link #of} to read. */
    static String select(String columns) {
        return Arrays.stream(("placement_id, " + columns).split(", "))
                .map(column -> "coalesce(array_agg(" + column + "), '{}')")
                .collect(Collectors.joining(", "));
    }

    /** Of the columns of a row from the given one to the last. */
    static Columns of(ResultSet row, int first) throws SQLException {
        var values = new long[row.getMetaData().getColumnCount() - first][];
        for (var i = 0; i < values.length; i++) {
            values[i] = longs(row, first + 1 + i);
        }
        return new Columns(longs(row, first), values);
    }

    private static long[] longs(ResultSet row, int column) throws SQLException {
        return Arrays.stream((Number[]) row.getArray(column).getArray())
                .mapToLong(Number::longValue)
                .toArray();
    }

    int numbers() {
        return placements.length * (values.length + 1);
    }
}
