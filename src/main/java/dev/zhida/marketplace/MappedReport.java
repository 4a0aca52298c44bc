package dev.zhida.marketplace;

import dev.zhida.marketplace.ReportCells.BadCell;
import dev.zhida.marketplace.ReportMapping.Column;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A report file whose columns an operator has said the meaning of. Rows are known as in Taobao's reports: by order
 * number, item and ordinal among the rows of the file with the same two, never by a price.
 */
public final class MappedReport {

    /** Title rows may stand above the header. */
    private static final int HEADER_WITHIN = 20;

    private static final Set<String> EMPTY = Set.of("--", "-");
    private static final Pattern INVISIBLE = Pattern.compile("[\\s\\p{Cf}\\uFEFF]");
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");

    private final Marketplace marketplace;
    private final ReportMapping mapping;
    private final List<DateTimeFormatter> times;
    private final Consumer<ReportRow> rows;
    private final Map<String, Integer> ordinals = new HashMap<>();
    private EnumMap<Column, Integer> columns;
    private List<String> header;
    private List<Column> missing = List.of();

    private MappedReport(Marketplace marketplace, ReportMapping mapping, Consumer<ReportRow> rows) {
        this.marketplace = marketplace;
        this.mapping = mapping;
        this.times =
                mapping.timeFormats().stream().map(DateTimeFormatter::ofPattern).toList();
        this.rows = rows;
    }

    /**
     * Reads a file; rows are handed on in file order, and one that is refused does not stop the others.
     *
     * @param rows {@code null} to see only whether the file can be read
     * @throws Refusal {@code not-a-report} naming the headers that are mapped and not there, or as {@link ReportTable}
     */
    public static void read(Path file, Marketplace marketplace, ReportMapping mapping, Consumer<ReportRow> rows) {
        var report = new MappedReport(marketplace, mapping, rows);
        ReportTable.read(file, report::row);
        if (report.columns == null) {
            var wanted = report.missing.isEmpty() ? mapping.columns().keySet() : report.missing;
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "not-a-report",
                    "the file does not fit the mapping of " + marketplace + " reports: no column is named "
                            + String.join(
                                    ", ",
                                    wanted.stream()
                                            .sorted()
                                            .map(column -> mapping.columns().get(column))
                                            .toList())
                            + "; export it with these columns, or change the mapping");
        }
    }

    private void row(int number, List<String> cells) {
        if (columns == null) {
            findHeader(number, cells);
        } else if (!cells.isEmpty() && rows != null) {
            rows.accept(understand(number, cells));
        }
    }

    /** Every column that is mapped has to be there: one that an operator relies on is never silently absent. */
    private void findHeader(int number, List<String> cells) {
        if (number > HEADER_WITHIN) {
            return;
        }
        var indexByName = new HashMap<String, Integer>();
        for (var i = 0; i < cells.size(); i++) {
            indexByName.putIfAbsent(clean(cells.get(i)), i);
        }
        var found = new EnumMap<Column, Integer>(Column.class);
        mapping.columns().forEach((column, name) -> {
            var index = indexByName.get(clean(name));
            if (index != null) {
                found.put(column, index);
            }
        });
        if (found.size() == mapping.columns().size()) {
            columns = found;
            header = cells.stream().map(String::strip).toList();
        } else if (!found.isEmpty()
                && (missing.isEmpty() || mapping.columns().size() - found.size() < missing.size())) {
            missing = mapping.columns().keySet().stream()
                    .filter(column -> !found.containsKey(column))
                    .toList();
        }
    }

    private static String clean(String cell) {
        return INVISIBLE
                .matcher(Normalizer.normalize(cell, Normalizer.Form.NFKC))
                .replaceAll("");
    }

    private ReportRow understand(int number, List<String> row) {
        try {
            return new ReportRow.Understood(number, observation(new ReportCells<>(columns, header, EMPTY, row)));
        } catch (BadCell e) {
            return new ReportRow.Refused(number, mapping.columns().get(e.column()), e.getMessage());
        }
    }

    private Observation observation(ReportCells<Column> cells) throws BadCell {
        var orderNo = id(cells, Column.ORDER_NO);
        if (orderNo == null) {
            throw new BadCell(Column.ORDER_NO, "is empty");
        }
        var itemId = id(cells, Column.ITEM_ID);
        var itemKey =
                itemId == null ? null : ItemReference.of(marketplace, itemId).itemKey();
        // Counted before the rest is looked at: a row that is refused and corrected later keeps its place.
        var pair = orderNo + ":" + (itemKey == null ? "" : itemKey);
        var ordinal = ordinals.merge(pair, 1, Integer::sum);
        var parentNo = id(cells, Column.PARENT_NO);
        var status = cells.text(Column.STATUS);
        var slot = cells.text(Column.SLOT);
        return new Observation(
                marketplace,
                "F:" + pair + ":" + ordinal,
                orderNo,
                parentNo == null ? orderNo : parentNo,
                itemId,
                itemKey,
                cells.textOrNull(Column.ITEM_TITLE),
                cells.textOrNull(Column.SHOP),
                cells.quantity(Column.QUANTITY, "is no whole number: %s"),
                mapping.statuses().getOrDefault(status, OrderStatus.NEEDS_REVIEW),
                status,
                required(cells, Column.PAID),
                required(cells, Column.ESTIMATED),
                money(cells, Column.SETTLED_BASE),
                money(cells, Column.SETTLED),
                money(cells, Column.SUBSIDY),
                cells.value(Column.FEE_RATE, this::rate, "is no rate: %s"),
                money(cells, Column.FEE),
                time(cells, Column.CLICKED_AT),
                time(cells, Column.CREATED_AT),
                time(cells, Column.PAID_AT),
                time(cells, Column.SETTLED_AT),
                time(cells, Column.MODIFIED_AT),
                slot.isEmpty() || mapping.slotKind() == null ? null : new SlotKey(mapping.slotKind(), slot),
                cells.raw());
    }

    private String id(ReportCells<Column> cells, Column column) throws BadCell {
        var text = cells.text(column);
        if (ReportCells.isScientific(text)) {
            throw cells.lostDigits(column);
        }
        if (!text.isEmpty() && !ID.matcher(text).matches()) {
            throw new BadCell(column, "is no such number: " + text);
        }
        return text.isEmpty() ? null : text;
    }

    private Money required(ReportCells<Column> cells, Column column) throws BadCell {
        var money = money(cells, column);
        if (money == null) {
            throw new BadCell(column, "is empty: an amount is needed, 0 if there is none");
        }
        return money;
    }

    private Money money(ReportCells<Column> cells, Column column) throws BadCell {
        return cells.value(
                column,
                text -> {
                    var number = ReportCells.bareNumber(text);
                    return switch (mapping.money()) {
                        case YUAN -> Money.ofYuan(number);
                        case FEN -> Money.ofFen(Long.parseLong(number));
                    };
                },
                switch (mapping.money()) {
                    case YUAN -> "is no amount in yuan with at most two decimals: %s";
                    case FEN -> "is no whole number of fen: %s";
                });
    }

    private Rate rate(String text) {
        return switch (mapping.rate()) {
            case PERCENT -> Rate.ofPercent(text);
            case PER_MILLE -> new Rate(new BigDecimal(text).movePointLeft(3));
            case FRACTION -> Rate.of(text);
        };
    }

    private Instant time(ReportCells<Column> cells, Column column) throws BadCell {
        return cells.value(
                column,
                this::time,
                "fits none of the time formats "
                        + mapping.timeFormats().toString().replace("%", "%%") + ": %s");
    }

    private Instant time(String text) {
        for (var format : times) {
            try {
                var time = format.parseBest(text.replaceAll("\\s+", " "), LocalDateTime::from, LocalDate::from);
                var local = time instanceof LocalDate day ? day.atStartOfDay() : (LocalDateTime) time;
                return local.atZone(BusinessTime.ZONE).toInstant();
            } catch (DateTimeParseException e) {
                // The next one may fit.
            }
        }
        throw new IllegalArgumentException();
    }

    /** What is wrong with a mapping; empty if it can be used. */
    public static Map<String, String> faults(Marketplace marketplace, ReportMapping mapping) {
        var faults = new LinkedHashMap<String, String>();
        Arrays.stream(Column.values())
                .filter(Column::required)
                .filter(column -> !mapping.columns().containsKey(column))
                .forEach(column -> faults.put("columns." + column, "name its header: it is needed"));
        var names = mapping.columns().values().stream().map(MappedReport::clean).toList();
        if (names.stream().distinct().count() < names.size() || names.contains("")) {
            faults.put("columns", "name a header each, and none twice");
        }
        if (mapping.statuses().isEmpty()) {
            faults.put("statuses", "say what the words of the status column mean");
        }
        if (mapping.columns().containsKey(Column.SLOT) != (mapping.slotKind() != null)) {
            faults.put("slotKind", "say which identifier the slot column holds; without that column leave it out");
        } else if (mapping.slotKind() != null && mapping.slotKind().marketplace() != marketplace) {
            faults.put("slotKind", "is none of " + marketplace);
        }
        mapping.timeFormats().forEach(format -> {
            try {
                DateTimeFormatter.ofPattern(format);
            } catch (IllegalArgumentException e) {
                faults.put("timeFormats", format + " is no format: write it like yyyy-MM-dd HH:mm:ss");
            }
        });
        return faults;
    }
}
