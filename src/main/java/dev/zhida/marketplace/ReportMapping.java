package dev.zhida.marketplace;

import java.util.List;
import java.util.Map;

/**
 * What the columns of a report mean, for marketplaces that do not publish it: said once by an operator.
 *
 * @param columns the header of each column that means something
 * @param money in which unit amounts stand
 * @param rate in which unit rates stand
 * @param timeFormats as {@link java.time.format.DateTimeFormatter} has them, tried in turn, in Asia/Shanghai
 * @param statuses what each status word means; a word that is not here needs review
 * @param slotKind which identifier the slot column holds; {@code null} without one
 */
public record ReportMapping(
        Map<Column, String> columns,
        MoneyUnit money,
        RateUnit rate,
        List<String> timeFormats,
        Map<String, OrderStatus> statuses,
        SlotKind slotKind) {

    /** What a column can mean. */
    public enum Column {
        ORDER_NO(true),
        PARENT_NO(false),
        ITEM_ID(false),
        ITEM_TITLE(false),
        SHOP(false),
        QUANTITY(false),
        STATUS(true),
        PAID(true),
        ESTIMATED(true),
        SETTLED_BASE(false),
        SETTLED(false),
        SUBSIDY(false),
        FEE_RATE(false),
        FEE(false),
        CLICKED_AT(false),
        CREATED_AT(false),
        PAID_AT(false),
        SETTLED_AT(false),
        MODIFIED_AT(false),
        SLOT(false);

        private final boolean required;

        Column(boolean required) {
            this.required = required;
        }

        public boolean required() {
            return required;
        }
    }

    public enum MoneyUnit {
        YUAN,
        FEN
    }

    public enum RateUnit {
        /** 10 or 10 % is ten per cent. */
        PERCENT,
        /** 100 is ten per cent. */
        PER_MILLE,
        /** 0.1 is ten per cent. */
        FRACTION
    }

    public ReportMapping {
        columns = Map.copyOf(columns);
        timeFormats = List.copyOf(timeFormats);
        statuses = Map.copyOf(statuses);
    }
}
