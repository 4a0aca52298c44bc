package dev.zhida.settlement;

import dev.zhida.marketplace.ReportTable;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.settlement.Reconciling.Amounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A marketplace's settlement as a table: CSV, xls or xlsx with a header row. Columns are found by name, in any order, and
 * others are left alone; amounts are in yuan, or in fen under the names that say so; what is taken back is taken off; rows
 * of one key are added up.
 *
 * @param byLine whether keys are those of order lines; else they are order numbers
 * @param withFees whether the file tells fees
 */
record SettlementReport(boolean byLine, boolean withFees, Map<String, Amounts> amounts) {

    private static final int MOST_ERRORS = 100;

    /** What is read, with the names that a header may have. */
    private enum Field {
        /** Ours: no marketplace writes it. */
        LINE_KEY("lineKey", "行号", "子订单"),
        /** What the API's lines have as their order number. */
        SUB_ORDER_NO("subOrderNo", "子订单编号", "子订单号", "淘宝子订单编号", "淘宝子订单号"),
        ORDER_NO("orderNo", "订单编号", "订单号"),
        COMMISSION("commission", "结算佣金", "结算收入", "佣金"),
        COMMISSION_FEN("commissionFen", "结算佣金(分)"),
        FEE("fee", "技术服务费", "服务费"),
        FEE_FEN("feeFen", "技术服务费(分)"),
        BACK("back", "维权扣回"),
        BACK_FEN("backFen", "维权扣回(分)"),
        FEE_BACK("feeBack", "扣回技术服务费"),
        FEE_BACK_FEN("feeBackFen", "扣回技术服务费(分)");

        private final List<String> names;

        Field(String... names) {
            this.names = List.of(names);
        }

        /** A header is one of the names, or both of them as our own files have it: {@code 订单编号 orderNo}. */
        static Field of(String header) {
            var text = header.strip();
            var last = text.substring(text.lastIndexOf(' ') + 1);
            for (var field : values()) {
                if (field.names.contains(text) || field.names.contains(last)) {
                    return field;
                }
            }
            return null;
        }
    }

    /**
     * Reads a file.
     *
     * @throws Refusal {@code columns-missing}, or {@code rows-refused} with row, column and reason; the file is taken whole
     *     or not at all
     */
    static SettlementReport read(Path file) {
        var reading = new Reading();
        ReportTable.read(file, reading::row);
        return reading.end();
    }

    private static final class Reading {
        private final Map<Field, Integer> columns = new EnumMap<>(Field.class);
        private final List<Refusal.FieldError> errors = new ArrayList<>();
        private final Map<String, Amounts> amounts = new LinkedHashMap<>();

        void row(int number, List<String> cells) {
            if (columns.isEmpty()) {
                for (var i = 0; i < cells.size(); i++) {
                    var field = Field.of(cells.get(i));
                    if (field != null) {
                        columns.putIfAbsent(field, i);
                    }
                }
                if (key() == null || !has(Field.COMMISSION, Field.COMMISSION_FEN)) {
                    throw new Refusal(
                            Refusal.Kind.INVALID,
                            "columns-missing",
                            "the first row names the columns: a key (子订单编号 or lineKey, else 订单编号 or orderNo) and a commission "
                                    + "(结算佣金 or commission in yuan, or commissionFen); a fee (技术服务费, fee or feeFen) may be "
                                    + "there too");
                }
                return;
            }
            if (cells.isEmpty() || cells.getFirst().startsWith("#END")) {
                return;
            }
            var key = cell(cells, key());
            if (key.isEmpty()) {
                refuse(number, "key", "is empty");
                return;
            }
            var commission = amount(number, cells, Field.COMMISSION, Field.COMMISSION_FEN);
            var fee = withFees() ? amount(number, cells, Field.FEE, Field.FEE_FEN) : null;
            var back = back(number, cells, Field.BACK, Field.BACK_FEN);
            var feeBack = back(number, cells, Field.FEE_BACK, Field.FEE_BACK_FEN);
            if (commission != null && back != null && feeBack != null && (fee != null || !withFees())) {
                amounts.merge(
                        key,
                        new Amounts(commission.minus(back), fee == null ? null : fee.minus(feeBack)),
                        Amounts::plus);
            }
        }

        /** The most exact key that the file has; {@code null} if it has none. */
        private Field key() {
            return Stream.of(Field.LINE_KEY, Field.SUB_ORDER_NO, Field.ORDER_NO)
                    .filter(columns::containsKey)
                    .findFirst()
                    .orElse(null);
        }

        private boolean has(Field one, Field other) {
            return columns.containsKey(one) || columns.containsKey(other);
        }

        /** Nothing where the file has no such column; {@code null} if the cell was refused. */
        private Money back(int number, List<String> cells, Field yuan, Field fen) {
            return has(yuan, fen) ? amount(number, cells, yuan, fen) : Money.ZERO;
        }

        private boolean withFees() {
            return has(Field.FEE, Field.FEE_FEN);
        }

        private String cell(List<String> cells, Field field) {
            var at = columns.get(field);
            return at < cells.size() ? cells.get(at).strip() : "";
        }

        private Money amount(int number, List<String> cells, Field yuan, Field fen) {
            var inFen = columns.containsKey(fen);
            var text = cell(cells, inFen ? fen : yuan);
            try {
                return inFen ? Money.ofFen(Long.parseLong(text)) : Money.ofYuan(text);
            } catch (IllegalArgumentException e) {
                refuse(
                        number,
                        yuan.names.getFirst(),
                        "`" + text + "` is no amount in " + (inFen ? "fen" : "yuan, like 12.30"));
                return null;
            }
        }

        private void refuse(int row, String column, String reason) {
            if (errors.size() < MOST_ERRORS) {
                errors.add(new Refusal.FieldError("row " + row + ", " + column, reason));
            }
        }

        SettlementReport end() {
            if (!errors.isEmpty()) {
                throw new Refusal(
                        Refusal.Kind.INVALID, "rows-refused", "no row was taken: correct those in errors", errors);
            }
            return new SettlementReport(columns.containsKey(Field.LINE_KEY), withFees(), amounts);
        }
    }
}
