package dev.zhida.comparison;

import java.util.Locale;

/** A comparison in one plain sentence of each language: what the numbers allow, and nothing more. */
public record Sentence(String zh, String en) {

    /**
     * What the sentence is about.
     *
     * @param group who or what is compared, in both languages
     * @param side what is compared with the link
     * @param exposures what both sides are counted by
     */
    public record Words(Sentence group, Sentence side, Sentence exposures) {}

    /**
     * @param p of the comparison's evidence, adjusted for how many groups were asked; ignored without evidence
     */
    public static Sentence of(Comparison comparison, double p, Words words) {
        return switch (comparison.state()) {
            case INVALID_DENOMINATOR -> invalid(words);
            case COLLECTING -> collecting(comparison, words);
            case READY -> ready(comparison, p, words).and(uncertain(comparison));
        };
    }

    /** Where orders count that cannot be among the exposures, whatever their number: nothing is claimed. */
    public static Sentence perLanding(Comparison comparison, Words words) {
        if (comparison.state() != Comparison.State.READY) {
            return of(comparison, 1, words);
        }
        var numbers = numbers(comparison, words.exposures());
        return say(
                        "%1$s：按说明页的人数不作结论，因为没有看过说明页的人的订单也算在内；" + numbers.zh() + "。",
                        "%1$s: per landing nothing is claimed, because the orders of people who saw no landing page count too; "
                                + numbers.en() + ".",
                        words,
                        words.side())
                .and(uncertain(comparison));
    }

    private static Sentence invalid(Words words) {
        return say(
                "%s：订单比%s还多，这个分母不能用，不作比较。",
                "%s: there are more orders than %s, so these cannot be what the orders came from; nothing is compared.",
                words,
                words.exposures());
    }

    private static Sentence collecting(Comparison comparison, Words words) {
        var more = number(comparison.stillNeededPerArm());
        return say(
                "%1$s：数据还在积累，暂无结论；要看出五分之一的差别，每种形式大约还需 " + more + " %2$s。",
                "%1$s: still collecting, nothing can be said yet; to see a difference of a fifth, about " + more
                        + " more %2$s are needed on each side.",
                words,
                words.exposures());
    }

    private static Sentence ready(Comparison comparison, double p, Words words) {
        var numbers = numbers(comparison, words.exposures());
        if (comparison.mantelHaenszel().isEmpty()) {
            return say(
                    "%1$s：没有同等条件下同时用%2$s和链接的情形，无法比较；合计" + numbers.zh() + "。",
                    "%1$s: nowhere were %2$s and link used under the same conditions, so they cannot be compared; together, "
                            + numbers.en() + ".",
                    words,
                    words.side());
        }
        if (comparison.simpson() != Stratified.Simpson.NONE) {
            return say(
                    "%1$s：合在一起看与同等条件下比较的结果相反，合并的数字不能作为依据；同等条件下" + numbers.zh() + "。",
                    "%1$s: all together say the opposite of like with like, so the pooled rates are no guide; like with like, "
                            + numbers.en() + ".",
                    words,
                    words.side());
        }
        if (comparison.heterogeneity().map(Stratified.Heterogeneity::strong).orElse(false)) {
            return say(
                    "%1$s：%2$s与链接的差别因博主、商品或时间而异，一个总数说明不了；同等条件下平均" + numbers.zh() + "。",
                    "%1$s: how %2$s and link differ depends on creator, offer or week, so one number does not tell; like with like, on average, "
                            + numbers.en() + ".",
                    words,
                    words.side());
        }
        if (!comparison.allowsClaim(p)) {
            return say(
                    "%1$s：还看不出%2$s与链接有差别，" + numbers.zh() + "。",
                    "%1$s: no difference between %2$s and link can be told; " + numbers.en() + ".",
                    words,
                    words.side());
        }
        var more = comparison.likeWithLike().orElseThrow().estimate() > 0;
        return say(
                "%1$s：%2$s与" + (more ? "更高" : "更低") + "的下单率相关联，" + numbers.zh() + "。这是观察，不是随机试验。",
                "%1$s: the %2$s is associated with " + (more ? "more" : "fewer") + " orders than the link; "
                        + numbers.en() + ". This was observed, not randomised.",
                words,
                words.side());
    }

    private static Sentence numbers(Comparison comparison, Sentence exposures) {
        var rates = comparison.rates().orElseThrow();
        var difference = rates.difference();
        var leftOut = comparison.pooled().n() - rates.tokenN() - rates.linkN();
        return new Sentence(
                "%s 对 %s（共 %s 与 %s%s），相差 %s 个百分点，95%% 区间 %s 至 %s"
                        .formatted(
                                percent(rates.token()),
                                percent(rates.link()),
                                number(rates.tokenN()),
                                number(rates.linkN()),
                                leftOut == 0 ? "" : "；另有 " + number(leftOut) + " " + exposures.zh() + "缺少足够的可比对象，未计入",
                                points(difference.estimate()),
                                points(difference.low()),
                                points(difference.high())),
                "%s against %s (of %s and %s%s), a difference of %s points, 95%% interval %s to %s"
                        .formatted(
                                percent(rates.token()),
                                percent(rates.link()),
                                number(rates.tokenN()),
                                number(rates.linkN()),
                                leftOut == 0
                                        ? ""
                                        : "; " + number(leftOut) + " more " + exposures.en()
                                                + " have too few alike on the other side and are left out",
                                points(difference.estimate()),
                                points(difference.low()),
                                points(difference.high())));
    }

    /** Says so where the orders that are not certain could turn the difference round. */
    private static Sentence uncertain(Comparison comparison) {
        return comparison
                .turned()
                .map(bounds -> new Sentence(
                        "归因不确定的订单可能改变结论：差别在 %s 至 %s 个百分点之间。".formatted(points(bounds.low()), points(bounds.high())),
                        " Orders that are not certain could turn it: the difference lies between %s and %s points."
                                .formatted(points(bounds.low()), points(bounds.high()))))
                .orElse(new Sentence("", ""));
    }

    private Sentence and(Sentence more) {
        return new Sentence(zh + more.zh, en + more.en);
    }

    private static Sentence say(String zh, String en, Words words, Sentence second) {
        return new Sentence(
                literal(zh).formatted(words.group().zh(), second.zh()),
                literal(en).formatted(words.group().en(), second.en()));
    }

    /** The per cent signs of numbers that stand in a pattern already. */
    private static String literal(String pattern) {
        return pattern.replaceAll("%(?![0-9]*\\$?s)", "%%");
    }

    private static String percent(double rate) {
        return "%.2f%%".formatted(100 * rate);
    }

    private static String points(double difference) {
        return "%+.2f".formatted(100 * difference);
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
