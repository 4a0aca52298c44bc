package dev.zhida.marketplace.taobao;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.dhatim.fastexcel.Workbook;

/** An order report as 阿里妈妈 exports it, in any of its formats; rows are valid by default. */
public final class TaobaoReportFixture {

    /** The 30 columns of the classic report, in its order. */
    public static final List<String> HEADER = List.of(
            "创建时间", "点击时间", "商品信息", "商品ID", "掌柜旺旺", "所属店铺", "商品数", "商品单价", "订单状态", "订单类型", "收入比率", "分成比率", "付款金额",
            "效果预估", "结算金额", "预估收入", "结算时间", "佣金比率", "佣金金额", "补贴比率", "补贴金额", "补贴类型", "成交平台", "第三方服务来源", "订单编号", "类目名称",
            "来源媒体ID", "来源媒体名称", "广告位ID", "广告位名称");

    private static final Map<String, String> VALID = Map.ofEntries(
            Map.entry("创建时间", "2026-03-01 12:00:30"),
            Map.entry("点击时间", "2026-03-01 12:00:00"),
            Map.entry("商品信息", "羊毛大衣, \"双面\"\n秋装"),
            Map.entry("商品ID", "AbC9-680011223344"),
            Map.entry("掌柜旺旺", "某店"),
            Map.entry("所属店铺", "某旗舰店"),
            Map.entry("商品数", "1"),
            Map.entry("商品单价", "199.00"),
            Map.entry("订单状态", "订单付款"),
            Map.entry("订单类型", "天猫"),
            Map.entry("收入比率", "10.00 %"),
            Map.entry("分成比率", "100.00 %"),
            Map.entry("付款金额", "100.00"),
            Map.entry("效果预估", "10.00"),
            Map.entry("结算金额", ""),
            Map.entry("预估收入", ""),
            Map.entry("结算时间", ""),
            Map.entry("佣金比率", "10.00 %"),
            Map.entry("佣金金额", "10.00"),
            Map.entry("补贴比率", "0.00 %"),
            Map.entry("补贴金额", "0.00"),
            Map.entry("补贴类型", "--"),
            Map.entry("成交平台", "无线"),
            Map.entry("第三方服务来源", "--"),
            Map.entry("订单编号", "2700000000000000001"),
            Map.entry("类目名称", "女装"),
            Map.entry("来源媒体ID", "2000000"),
            Map.entry("来源媒体名称", "直达"),
            Map.entry("广告位ID", "110000000000"),
            Map.entry("广告位名称", "位一"));

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    private TaobaoReportFixture(List<String> header) {
        this.header = header;
    }

    public static TaobaoReportFixture aReport() {
        return new TaobaoReportFixture(HEADER);
    }

    public static TaobaoReportFixture aReportWith(List<String> header) {
        return new TaobaoReportFixture(header);
    }

    /** Adds a valid row with some cells, by column name, different. */
    public TaobaoReportFixture row(Map<String, String> different) {
        var cells = new TreeMap<>(VALID);
        cells.putAll(different);
        rows.add(header.stream().map(name -> cells.getOrDefault(name, "")).toList());
        return this;
    }

    public TaobaoReportFixture row() {
        return row(Map.of());
    }

    private String text(char separator) {
        var lines = new ArrayList<List<String>>();
        lines.add(header);
        lines.addAll(rows);
        return lines.stream()
                .map(cells -> cells.stream()
                        .map(cell -> "\"" + cell.replace("\"", "\"\"") + "\"")
                        .collect(Collectors.joining(Character.toString(separator))))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    public byte[] csv() {
        return csv(StandardCharsets.UTF_8, false, ',');
    }

    public byte[] csv(Charset charset, boolean mark, char separator) {
        return ((mark ? "\uFEFF" : "") + text(separator)).getBytes(charset);
    }

    public byte[] xlsx() {
        var out = new ByteArrayOutputStream();
        try (var workbook = new Workbook(out, "test", "1.0")) {
            var sheet = workbook.newWorksheet("订单明细");
            for (var r = 0; r <= rows.size(); r++) {
                var cells = r == 0 ? header : rows.get(r - 1);
                for (var c = 0; c < cells.size(); c++) {
                    sheet.value(r, c, cells.get(c));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public byte[] xls() {
        var out = new ByteArrayOutputStream();
        try (var workbook = new HSSFWorkbook()) {
            var sheet = workbook.createSheet("订单明细");
            for (var r = 0; r <= rows.size(); r++) {
                var cells = r == 0 ? header : rows.get(r - 1);
                var row = sheet.createRow(r);
                for (var c = 0; c < cells.size(); c++) {
                    row.createCell(c).setCellValue(cells.get(c));
                }
            }
            workbook.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
