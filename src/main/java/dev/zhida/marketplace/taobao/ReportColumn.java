package dev.zhida.marketplace.taobao;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The columns of the order report that mean something to us, by all the names that they have had. */
enum ReportColumn {
    ORDER_NO(true, "订单编号", "淘宝父订单号", "淘宝父订单编号", "父订单号"),
    CHILD_ORDER_NO(false, "淘宝子订单号", "淘宝子订单编号", "子订单号"),
    ITEM_ID(true, "商品ID", "商品id"),
    ITEM_TITLE(false, "商品信息", "商品标题", "商品名称"),
    SHOP(false, "所属店铺", "店铺名称"),
    QUANTITY(false, "商品数", "商品数量"),
    STATUS(true, "订单状态"),
    PAID(true, "付款金额"),
    ESTIMATED(true, "效果预估", "付款预估收入"),
    SETTLED_BASE(false, "结算金额"),
    SETTLED(false, "预估收入", "结算预估收入"),
    SUBSIDY(false, "补贴金额"),
    FEE_RATE(false, "技术服务费比率"),
    FEE(false, "技术服务费"),
    CLICKED_AT(false, "点击时间"),
    CREATED_AT(false, "创建时间"),
    PAID_AT(false, "付款时间", "淘宝付款时间"),
    SETTLED_AT(false, "结算时间"),
    SITE_ID(false, "来源媒体ID", "媒体ID"),
    ADZONE_ID(false, "广告位ID", "推广位ID");

    private static final Pattern INVISIBLE = Pattern.compile("[\\s\\p{Cf}\\uFEFF]");

    private final boolean required;
    private final List<String> names;

    ReportColumn(boolean required, String... names) {
        this.required = required;
        this.names = List.of(names);
    }

    boolean required() {
        return required;
    }

    /** The name by which to ask for it. */
    String commonName() {
        return String.join(" / ", names);
    }

    /** The column that a header cell names. */
    static Optional<ReportColumn> named(String cell) {
        var clean = clean(cell);
        return Arrays.stream(values())
                .filter(column -> column.names.stream().anyMatch(name -> name.equalsIgnoreCase(clean)))
                .findFirst();
    }

    private static String clean(String cell) {
        return INVISIBLE
                .matcher(Normalizer.normalize(cell, Normalizer.Form.NFKC))
                .replaceAll("");
    }
}
