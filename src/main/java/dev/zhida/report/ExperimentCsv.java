package dev.zhida.report;

import dev.zhida.experiment.Split;
import dev.zhida.money.Money;
import dev.zhida.report.ExperimentReportResource.ExperimentReportView;
import dev.zhida.report.ExperimentReportResource.PostView;
import dev.zhida.report.ExperimentReportResource.RatioView;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The report of an experiment as a CSV file: what it hides is empty there too. */
final class ExperimentCsv {

    private static final List<String> HEADER = List.of(
            "实验 experiment",
            "单位 unit",
            "行 row",
            "组 arm",
            "序号 number",
            "短码 code",
            "情况 state",
            "发出 postedAt",
            "计入 counts",
            "备注 remark",
            "数量 n",
            "订单 orders",
            "每人订单之比 ratio",
            "比下限 ratioLow",
            "比上限 ratioHigh",
            "每条订单之差 difference",
            "差下限 differenceLow",
            "差上限 differenceHigh",
            "p",
            "分配检验 p sampleRatioP",
            "分配报警 sampleRatioAlarm",
            "计划 planned",
            "在意的差别(%) marginPercent",
            "最多天数 mostDays",
            "结束 verdict",
            "结束时间 stoppedAt",
            "结论 sentence",
            "conclusion",
            "数据截至 dataTo");

    private ExperimentCsv() {}

    /** Writes both arms, LINK first, then each post that was shown. */
    static void write(ExperimentReportView view, OutputStream out) throws IOException {
        var csv = new FinanceCsv(out, HEADER, false);
        for (var arm : Split.Arm.values()) {
            write(csv, view, arm);
        }
        for (var post : view.posts() == null ? List.<PostView>of() : view.posts()) {
            write(csv, view, post);
        }
        csv.end();
    }

    private static void write(FinanceCsv csv, ExperimentReportView view, Split.Arm arm) throws IOException {
        var own = arm == Split.Arm.LINK ? view.link() : view.token();
        var record = begin(csv, view, "ARM", arm);
        record.empty(6)
                .plain(own == null ? "" : Long.toString(own.n()))
                .plain(own == null ? "" : Long.toString(own.orders()));
        if (arm == Split.Arm.LINK) {
            record.empty(7);
        } else {
            record.interval(view.ratio()).interval(view.difference()).number(view.p());
        }
        var ratio = view.sampleRatio().getFirst();
        var end = view.end();
        record.number(ratio.p())
                .plain(Boolean.toString(view.sampleRatio().stream().anyMatch(RatioView::alarm)))
                .plain(Long.toString(end.planned()))
                .plain(Integer.toString(end.marginPercent()))
                .plain(Integer.toString(end.mostDays()))
                .plain(end.verdict() == null ? "" : end.verdict().name())
                .time(end.stoppedAt())
                .text(view.zh())
                .text(view.en())
                .time(view.dataTo())
                .end();
    }

    private static void write(FinanceCsv csv, ExperimentReportView view, PostView post) throws IOException {
        begin(csv, view, "POST", post.arm())
                .plain(Integer.toString(post.number()))
                .plain(post.code())
                .plain(post.state().name())
                .time(post.postedAt())
                .plain(Boolean.toString(post.counts()))
                .text(post.remark())
                .plain(Long.toString(post.people()))
                .plain(post.orders() == null ? "" : Long.toString(post.orders()))
                .empty(16)
                .time(view.dataTo())
                .end();
    }

    private static FinanceCsv.Record begin(FinanceCsv csv, ExperimentReportView view, String row, Split.Arm arm) {
        return csv.record(Money.ofFen(0))
                .plain(view.id().toString())
                .plain(view.unit().name())
                .plain(row)
                .plain(arm.name());
    }
}
