package dev.zhida.marketplace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The cells of one row of a report, by what their columns mean.
 *
 * @param columns where each column stands; absent ones are not there
 * @param header the names of the columns as the file has them
 * @param empty what a cell without a value may say
 */
public record ReportCells<C extends Enum<C>>(
        Map<C, Integer> columns, List<String> header, Set<String> empty, List<String> cells) {

    private static final Pattern AROUND_A_NUMBER = Pattern.compile("[¥￥,，\\s]");
    private static final Pattern SCIENTIFIC = Pattern.compile("[+-]?\\d+(\\.\\d+)?[eE][+-]?\\d+");

    /** A cell that cannot be used; the row is refused for it. */
    public static final class BadCell extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Enum<?> column;

        public BadCell(Enum<?> column, String reason) {
            super(reason, null, false, false);
            this.column = column;
        }

        public Enum<?> column() {
            return column;
        }
    }

    /** What the cell says; empty where it says nothing. */
    public String text(C column) {
        var index = columns.get(column);
        if (index == null || index >= cells.size()) {
            return "";
        }
        var text = cells.get(index).strip();
        // Ids are kept from losing digits by wrapping them as text.
        if (text.startsWith("=\"") && text.endsWith("\"") && text.length() > 2) {
            text = text.substring(2, text.length() - 1);
        } else if (text.startsWith("'")) {
            text = text.substring(1);
        }
        return empty.contains(text) ? "" : text.strip();
    }

    /** What the cell says, or {@code null}. */
    public String textOrNull(C column) {
        var text = text(column);
        return text.isEmpty() ? null : text;
    }

    /** Whether a number was shortened by a spreadsheet. */
    public static boolean isScientific(String text) {
        return SCIENTIFIC.matcher(text).matches();
    }

    /** What to say of such a number. */
    public BadCell lostDigits(C column) {
        return new BadCell(
                column,
                "has lost digits (" + text(column)
                        + "): export the report again and do not open it in a spreadsheet before");
    }

    /**
     * The value of a cell, or {@code null} if it says nothing.
     *
     * @param reason what is wrong where it cannot be parsed, with {@code %s} for what it says
     */
    public <T> T value(C column, Function<String, T> parse, String reason) throws BadCell {
        var text = text(column);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | java.time.DateTimeException | ArithmeticException e) {
            throw new BadCell(column, reason.formatted(text));
        }
    }

    /** A number of pieces; 1 where none is told. */
    public int quantity(C column, String reason) throws BadCell {
        var quantity = value(column, Integer::valueOf, reason);
        if (quantity != null && quantity < 0) {
            throw new BadCell(column, "is negative: " + quantity);
        }
        return quantity == null ? 1 : quantity;
    }

    /** An amount without what people write around it. */
    public static String bareNumber(String text) {
        return AROUND_A_NUMBER.matcher(text).replaceAll("");
    }

    /** The row as it was received, by the names of its columns. */
    public Map<String, String> raw() {
        var raw = new LinkedHashMap<String, String>();
        for (var i = 0; i < Math.min(cells.size(), header.size()); i++) {
            if (!header.get(i).isEmpty()) {
                raw.putIfAbsent(header.get(i), cells.get(i));
            }
        }
        return raw;
    }
}
