package dev.zhida.report;

import dev.zhida.comparison.Interval;
import dev.zhida.experiment.Experiments.Experiment;
import dev.zhida.experiment.Experiments.Unit;
import dev.zhida.experiment.Experiments.Verdict;

/** The result of an experiment in plain words: here alone something may cause something. */
final class ExperimentWords {

    private ExperimentWords() {}

    static String zh(Experiment experiment, ExperimentResult result) {
        var small =
                small(experiment) ? "但不到事先说好的 %d%%。".formatted(experiment.end().marginPercent()) : "";
        return switch (result.state()) {
            case COLLECTING ->
                experiment.unit() == Unit.PEOPLE || experiment.verdict() != null
                        ? "订单还太少，先不下结论。"
                        : "最后一条发出并满期后才看结果：提前看会看错。";
            case SAMPLE_RATIO_ALARM ->
                experiment.unit() == Unit.PEOPLE
                        ? "两组人数与设定的比例不符，结果先不显示：请查有一组的人是否丢失。"
                        : "没有发出或没有满期的太多，或偏在一组，抽签已被打破，结果不显示。";
            case INVALID_DENOMINATOR -> "订单比人多：有订单不是从这个实验来的，无法比较。";
            case NO_DIFFERENCE_SHOWN ->
                experiment.verdict() == Verdict.NO_DIFFERENCE_THAT_MATTERS
                        ? "没有值得在意的差别：即使有，也不到 %d%%。".formatted(experiment.end().marginPercent())
                        : "看不出差别。";
            case STOPPED_EARLY ->
                "计划没有完成就停了，只有数字，不作结论：" + perPostZh(experiment, result.shown().difference()) + "。";
            case DIFFERENCE_SHOWN ->
                (experiment.unit() == Unit.PEOPLE
                                ? "口令页使每人订单变%s：是直接链接的 %.2f 倍（%.2f–%.2f）。"
                                        .formatted(
                                                result.valid().ratio().low() > 1 ? "多" : "少",
                                                result.valid().ratio().estimate(),
                                                result.valid().ratio().low(),
                                                result.valid().ratio().high())
                                : "发%s使每条的订单变%s：%s，按 %d 条重新抽签检验。"
                                        .formatted(
                                                chinese(experiment),
                                                result.shown().difference().low() > 0 ? "多" : "少",
                                                perPostZh(
                                                        experiment,
                                                        result.shown().difference()),
                                                result.n()[0] + result.n()[1]))
                        + small;
        };
    }

    static String en(Experiment experiment, ExperimentResult result) {
        var small = small(experiment)
                ? " It is less than the %d %% that were said to matter."
                        .formatted(experiment.end().marginPercent())
                : "";
        return switch (result.state()) {
            case COLLECTING ->
                experiment.unit() == Unit.PEOPLE || experiment.verdict() != null
                        ? "Too few orders yet to say anything."
                        : "The result is shown when the last post has had its days: looking earlier would mislead.";
            case SAMPLE_RATIO_ALARM ->
                experiment.unit() == Unit.PEOPLE
                        ? "The arms did not get the people that the split gives them, so the result is hidden: find out "
                                + "where people of one arm are lost."
                        : "Too many posts do not count, or more of one arm, which undoes the draw, so the result is hidden.";
            case INVALID_DENOMINATOR ->
                "There are more orders than people: some did not come from this experiment, so nothing can be compared.";
            case NO_DIFFERENCE_SHOWN ->
                experiment.verdict() == Verdict.NO_DIFFERENCE_THAT_MATTERS
                        ? "There is no difference that matters: if any, it is less than %d %%."
                                .formatted(experiment.end().marginPercent())
                        : "No difference is shown.";
            case STOPPED_EARLY ->
                "It was stopped before the plan was fulfilled, so there are numbers, but no conclusion: "
                        + perPostEn(result.shown().difference()) + ".";
            case DIFFERENCE_SHOWN ->
                (experiment.unit() == Unit.PEOPLE
                                ? "The token page causes %s orders per person: %.2f times those of the direct link (%.2f to %.2f)."
                                        .formatted(
                                                result.valid().ratio().low() > 1 ? "more" : "fewer",
                                                result.valid().ratio().estimate(),
                                                result.valid().ratio().low(),
                                                result.valid().ratio().high())
                                : "Posting the %s causes %s orders per post: %s, by a randomisation test over %d posts."
                                        .formatted(
                                                english(experiment),
                                                result.shown().difference().low() > 0 ? "more" : "fewer",
                                                perPostEn(result.shown().difference()),
                                                result.n()[0] + result.n()[1]))
                        + small;
        };
    }

    private static boolean small(Experiment experiment) {
        return experiment.verdict() == Verdict.NO_DIFFERENCE_THAT_MATTERS;
    }

    private static String chinese(Experiment experiment) {
        return switch (experiment.posts().tokenMedium()) {
            case LINK -> "链接";
            case TOKEN -> "口令";
            case NATIVE_TOKEN -> "平台口令";
            case IMAGE -> "图片";
        };
    }

    private static String english(Experiment experiment) {
        return switch (experiment.posts().tokenMedium()) {
            case LINK -> "link";
            case TOKEN -> "token";
            case NATIVE_TOKEN -> "marketplace's token";
            case IMAGE -> "picture";
        };
    }

    private static String perPostZh(Experiment experiment, Interval difference) {
        return "%s每条与链接相差 %+.2f 单（%+.2f 至 %+.2f）"
                .formatted(chinese(experiment), difference.estimate(), difference.low(), difference.high());
    }

    private static String perPostEn(Interval difference) {
        return "%+.2f orders per post against the link (%+.2f to %+.2f)"
                .formatted(difference.estimate(), difference.low(), difference.high());
    }
}
