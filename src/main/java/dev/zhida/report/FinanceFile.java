package dev.zhida.report;

import dev.zhida.problem.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file for finance: its columns, and where their values come from. A value is an SQL expression over {@code from}.
 *
 * @param name what it is called when it is downloaded, without an ending
 * @param columns in their order
 * @param sum the amount in fen that the last record adds up
 * @param from what stands between {@code from} and {@code order by}, conditions included; only values of ours in it
 * @param order what makes the order of the rows the same every time
 */
record FinanceFile(String name, List<Column> columns, String sum, String from, String order) {

    /** How a column's values are written. */
    enum Kind {
        /** A number that is a name: it ends with a TAB, so that a spreadsheet keeps all of its digits. */
        ID,
        /** Words that a person may have written: what a spreadsheet would take for a formula is disarmed. */
        TEXT,
        /** A word or a count of ours. */
        WORD,
        /** Fen; written as yuan with two decimals in one column and as fen in the next. */
        MONEY,
        /** An instant; written in the time of Shanghai with its offset. */
        TIME
    }

    /**
     * A column.
     *
     * @param key its name in the contract
     * @param title its name for people
     */
    record Column(String key, String title, Kind kind, String sql) {

        Stream<String> headers() {
            return kind == Kind.MONEY
                    ? Stream.of(title + " " + key, title + "(分) " + key + "Fen")
                    : Stream.of(title + " " + key);
        }

        private String select() {
            return kind == Kind.TIME
                    ? "to_char(" + sql + " at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+08:00\"')"
                    : sql;
        }
    }

    /** The query: the columns, and the amount to sum as the last. */
    String sql() {
        return "select " + columns.stream().map(Column::select).collect(Collectors.joining(", ")) + ", " + sum
                + "\nfrom " + from + "\norder by " + order;
    }

    List<String> header() {
        return columns.stream().flatMap(Column::headers).toList();
    }

    /**
     * The same file with some of its columns, in the order in which they are named.
     *
     * @param keys separated by commas; {@code null} for all
     * @throws Refusal {@code column-unknown}
     */
    FinanceFile only(String keys) {
        if (keys == null || keys.isBlank()) {
            return this;
        }
        var chosen = Arrays.stream(keys.split(","))
                .map(String::strip)
                .distinct()
                .map(this::column)
                .toList();
        return new FinanceFile(name, chosen, sum, from, order);
    }

    private Column column(String key) {
        return columns.stream()
                .filter(column -> column.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.INVALID,
                        "column-unknown",
                        "there is no column `" + key + "`: name some of "
                                + columns.stream().map(Column::key).collect(Collectors.joining(","))));
    }
}
