package dev.zhida.marketplace.taobao;

import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.ReportCells;
import dev.zhida.marketplace.ReportCells.BadCell;
import dev.zhida.marketplace.ReportRow;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The order report (订单明细) that 阿里妈妈 exports, old and new headers alike.
 *
 * <p>A row's key is its order number, the stable part of its item id, and its ordinal among the rows of the file with
 * the same two, in file order; never a price. The old report knows only the number that the buyer sees; where a newer
 * one tells the number of the sub-order too, that one is kept with the raw row and the key stays the same.
 */
public final class TaobaoOrderReport {

    /** Title rows may stand above the header. */
    private static final int HEADER_WITHIN = 20;

    private static final Pattern ORDER_NO = Pattern.compile("\\d{6,24}");
    private static final Pattern ITEM_ID = Pattern.compile("[0-9A-Za-z]{1,40}(-[0-9A-Za-z]{1,40})?");
    private static final Pattern ID = Pattern.compile("\\d{1,19}");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("[yyyy-M-d][yyyy/M/d] H:mm[:ss]");

    private static final Map<String, OrderStatus> STATUSES = Map.of(
            "订单创建", OrderStatus.CREATED,
            "订单付款", OrderStatus.PAID,
            "已付款", OrderStatus.PAID,
            "订单成功", OrderStatus.RECEIVED,
            "已收货", OrderStatus.RECEIVED,
            "订单结算", OrderStatus.SETTLED,
            "已结算", OrderStatus.SETTLED,
            "订单失效", OrderStatus.INVALID,
            "已失效", OrderStatus.INVALID);

    private final Consumer<ReportRow> rows;
    private final Map<String, Integer> ordinals = new HashMap<>();
    private EnumMap<ReportColumn, Integer> columns;
    private List<String> header;

    private TaobaoOrderReport(Consumer<ReportRow> rows) {
        this.rows = rows;
    }

    /**
     * Reads a file; rows are handed on in file order, and one that is refused does not stop the others.
     *
     * @param rows {@code null} to see only whether the file can be read
     * @throws Refusal if the file as a whole is no order report, or is too large
     */
    public static void read(Path file, Consumer<ReportRow> rows) {
        var report = new TaobaoOrderReport(rows);
        ReportTable.read(file, report::row);
        if (report.columns == null) {
            throw notAReport("no row with the names of the columns was found");
        }
    }

    private static Refusal notAReport(String why) {
        return new Refusal(
                Refusal.Kind.INVALID,
                "not-a-report",
                "this is no Taobao order report: " + why + "; export 订单明细 from 阿里妈妈 with the columns "
                        + Arrays.stream(ReportColumn.values())
                                .filter(ReportColumn::required)
                                .map(ReportColumn::commonName)
                                .collect(Collectors.joining(", ")));
    }

    private void row(int number, List<String> cells) {
        if (columns == null) {
            findHeader(number, cells);
        } else if (!cells.isEmpty() && rows != null) {
            rows.accept(understand(number, cells));
        }
    }

    private void findHeader(int number, List<String> cells) {
        var found = new EnumMap<ReportColumn, Integer>(ReportColumn.class);
        for (var i = 0; i < cells.size(); i++) {
            var index = i;
            ReportColumn.named(cells.get(i)).ifPresent(column -> found.putIfAbsent(column, index));
        }
        var missing = Arrays.stream(ReportColumn.values())
                .filter(ReportColumn::required)
                .filter(column -> !found.containsKey(column))
                .toList();
        if (missing.isEmpty()) {
            columns = found;
            header = cells.stream().map(String::strip).toList();
        } else if (found.size() >= 5) {
            throw notAReport("row " + number + " names columns, but not "
                    + missing.stream().map(ReportColumn::commonName).collect(Collectors.joining(", ")));
        } else if (number >= HEADER_WITHIN) {
            throw notAReport("none of the first " + HEADER_WITHIN + " rows names the columns");
        }
    }

    private ReportRow understand(int number, List<String> row) {
        try {
            return new ReportRow.Understood(number, observation(new ReportCells<>(columns, header, Set.of("--"), row)));
        } catch (BadCell e) {
            return new ReportRow.Refused(number, header.get(columns.get(e.column())), e.getMessage());
        }
    }

    private Observation observation(ReportCells<ReportColumn> cells) throws BadCell {
        var orderNo = id(cells, ReportColumn.ORDER_NO, ORDER_NO, true);
        var item = ItemReference.of(Marketplace.TAOBAO, id(cells, ReportColumn.ITEM_ID, ITEM_ID, true));
        // Counted before the rest is looked at: a row that is refused and corrected later keeps its place.
        var pair = orderNo + ":" + item.itemKey();
        var ordinal = ordinals.merge(pair, 1, Integer::sum);
        var statusText = cells.text(ReportColumn.STATUS);
        return new Observation(
                Marketplace.TAOBAO,
                "F:" + pair + ":" + ordinal,
                orderNo,
                orderNo,
                item.itemId(),
                item.itemKey(),
                cells.textOrNull(ReportColumn.ITEM_TITLE),
                cells.textOrNull(ReportColumn.SHOP),
                cells.quantity(ReportColumn.QUANTITY, "is no whole number, not %s"),
                STATUSES.getOrDefault(statusText, OrderStatus.NEEDS_REVIEW),
                statusText,
                required(cells, ReportColumn.PAID),
                required(cells, ReportColumn.ESTIMATED),
                money(cells, ReportColumn.SETTLED_BASE),
                money(cells, ReportColumn.SETTLED),
                money(cells, ReportColumn.SUBSIDY),
                cells.value(ReportColumn.FEE_RATE, Rate::ofPercent, "is no rate: write it like 2.50 %%, not %s"),
                money(cells, ReportColumn.FEE),
                time(cells, ReportColumn.CLICKED_AT),
                time(cells, ReportColumn.CREATED_AT),
                time(cells, ReportColumn.PAID_AT),
                time(cells, ReportColumn.SETTLED_AT),
                null,
                slot(cells),
                cells.raw());
    }

    private String id(ReportCells<ReportColumn> cells, ReportColumn column, Pattern form, boolean required)
            throws BadCell {
        var text = cells.text(column);
        if (ReportCells.isScientific(text) && (!form.matcher(text).matches() || column != ReportColumn.ITEM_ID)) {
            throw cells.lostDigits(column);
        }
        if (text.isEmpty() && !required) {
            return null;
        }
        if (!form.matcher(text).matches()) {
            throw new BadCell(column, text.isEmpty() ? "is empty" : "is no such number: " + text);
        }
        return text;
    }

    private Money required(ReportCells<ReportColumn> cells, ReportColumn column) throws BadCell {
        var money = money(cells, column);
        if (money == null) {
            throw new BadCell(column, "is empty: an amount in yuan is needed, 0.00 if there is none");
        }
        return money;
    }

    private Money money(ReportCells<ReportColumn> cells, ReportColumn column) throws BadCell {
        return cells.value(
                column,
                text -> Money.ofYuan(ReportCells.bareNumber(text)),
                "is no amount in yuan with at most two decimals, not %s");
    }

    private Instant time(ReportCells<ReportColumn> cells, ReportColumn column) throws BadCell {
        return cells.value(
                column,
                text -> LocalDateTime.parse(text.replaceAll("\\s+", " "), TIME)
                        .atZone(BusinessTime.ZONE)
                        .toInstant(),
                "is no time: write it like 2026-03-01 12:00:00, not %s");
    }

    private SlotKey slot(ReportCells<ReportColumn> cells) throws BadCell {
        var site = id(cells, ReportColumn.SITE_ID, ID, false);
        var adzone = id(cells, ReportColumn.ADZONE_ID, ID, false);
        return site == null || adzone == null ? null : new SlotKey(SlotKind.TAOBAO_PID, site + "_" + adzone);
    }
}
