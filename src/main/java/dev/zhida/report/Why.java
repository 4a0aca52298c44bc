package dev.zhida.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Tells why a line earns what it earns, in words and numbers. It computes nothing: it reads what went into the
 * commission and what came out, and shows how they hang together. A formula is written in yuan, with {@code × + - =}
 * alone, so that anybody can check it.
 */
final class Why {

    private Why() {}

    /**
     * One step of the arithmetic.
     *
     * @param code stable name of the step
     * @param fen its result; {@code null} where it has none
     * @param formula {@code null} where nothing is computed
     */
    record Step(String code, Long fen, String formula, String zh, String en) {}

    /**
     * What is known of a line beside the inputs of its commission.
     *
     * @param review why a person has to decide; {@code null} for nobody
     * @param month the month that it is to be posted in
     * @param agency the name; {@code null} for none
     * @param bonus what the campaign's bonus gave; {@code null} if it is not decided or there is none
     */
    record Facts(
            String status,
            String review,
            String month,
            String creator,
            String agency,
            boolean held,
            JsonNode inputs,
            Bonus bonus,
            List<Posting> postings) {}

    /** A decided bonus. */
    record Bonus(String campaign, Money wanted, Money given, boolean held) {}

    /** A transfer; {@code sign} tells whether it brings the line's beneficiary something, takes it, or neither. */
    record Posting(String month, Money amount, int sign) {}

    static List<Step> of(Facts facts) {
        var told = new Telling();
        var inputs = facts.inputs();
        var paid = money(inputs, "paidFen");
        told.add(
                "PAID",
                paid,
                null,
                "买家付款 %s 元。".formatted(paid.yuan()),
                "The buyer paid %s yuan.".formatted(paid.yuan()));
        switch (facts.status()) {
            case "PAID", "RECEIVED", "SETTLED" -> arithmetic(told, facts);
            case "NEEDS_REVIEW" ->
                told.add(
                        "STATUS",
                        Money.ZERO,
                        null,
                        "这一行要由人来判断（%s），在此之前不动钱。".formatted(facts.review()),
                        "A person has to decide about this line (%s); until then it moves no money."
                                .formatted(facts.review()));
            case "INVALID" ->
                told.add("STATUS", Money.ZERO, null, "订单已失效，没有佣金。", "The order is invalid and earns nothing.");
            default ->
                told.add("STATUS", Money.ZERO, null, "订单还没有付款，没有佣金。", "The order is not paid and earns nothing yet.");
        }
        bonus(told, facts.bonus());
        postings(told, facts);
        return told.steps;
    }

    private static void arithmetic(Telling told, Facts facts) {
        var inputs = facts.inputs();
        var standing = inputs.get("standing");
        var reported = money(standing, "reportedFen");
        reported(told, reported, inputs, facts.status().equals("SETTLED"));
        refunds(told, reported, inputs, standing);
        fee(told, reported, inputs, standing);
        var gross = money(standing, "grossFen");
        var fee = money(standing, "feeFen");
        var net = gross.minus(fee);
        told.add(
                "NET",
                net,
                minus(gross, fee, net),
                "扣除技术服务费后剩 %s 元。".formatted(net.yuan()),
                "%s yuan are left after the technical service fee.".formatted(net.yuan()));
        rule(told, inputs.get("rule"));
        var part = part(told, net, gross, inputs.get("rule"), standing);
        shares(told, facts, part, inputs.get("rule"), standing);
        var platform = money(standing, "platformFen");
        told.add(
                "PLATFORM",
                platform,
                minus(net, part, platform),
                platform.compareTo(Money.ZERO) < 0
                        ? "平台为这一行补 %s 元。".formatted(platform.negated().yuan())
                        : "其余 %s 元归平台。".formatted(platform.yuan()),
                platform.compareTo(Money.ZERO) < 0
                        ? "The platform adds %s yuan to this line."
                                .formatted(platform.negated().yuan())
                        : "The rest, %s yuan, is the platform's.".formatted(platform.yuan()));
        var creator = money(standing, "creatorFen");
        var agency = money(standing, "agencyFen");
        told.add(
                "SUM",
                gross,
                "%s + %s + %s + %s = %s"
                        .formatted(signed(fee), signed(creator), signed(agency), signed(platform), gross.yuan()),
                "技术服务费、博主、机构、平台加起来正好是 %s 元。".formatted(gross.yuan()),
                "Fee, creator, agency and platform sum to exactly %s yuan.".formatted(gross.yuan()));
    }

    private static void reported(Telling told, Money reported, JsonNode inputs, boolean settled) {
        var subsidy = money(inputs, "subsidyFen");
        var commission = reported.minus(subsidy);
        told.add(
                "REPORTED",
                reported,
                subsidy.isZero() ? null : "%s + %s = %s".formatted(signed(commission), subsidy.yuan(), reported.yuan()),
                "电商平台报告%s %s 元%s。"
                        .formatted(
                                settled ? "结算佣金" : "预估佣金",
                                reported.yuan(),
                                subsidy.isZero() ? "" : "，其中补贴 " + subsidy.yuan() + " 元"),
                "The marketplace reports %s commission of %s yuan%s."
                        .formatted(
                                settled ? "a settled" : "an estimated",
                                reported.yuan(),
                                subsidy.isZero() ? "" : ", of which " + subsidy.yuan() + " are a subsidy"));
        if (inputs.hasNonNull("settledBaseFen")) {
            var base = money(inputs, "settledBaseFen");
            told.add(
                    "BASE",
                    base,
                    null,
                    "佣金按结算金额 %s 元计算。".formatted(base.yuan()),
                    "It is computed from a settled amount of %s yuan.".formatted(base.yuan()));
        }
    }

    private static void refunds(Telling told, Money reported, JsonNode inputs, JsonNode standing) {
        // Before the settlement the marketplace's own estimate stands; refunds count against what is settled.
        var settled = inputs.path("status").asText().equals("SETTLED");
        for (var refund : settled ? inputs.path("refunds") : inputs.path("none")) {
            var amount = money(refund, "commissionFen");
            var id = refund.path("id").asText();
            var takesBack = refund.path("takesBack").asBoolean();
            told.add(
                    "REFUND",
                    takesBack ? amount.negated() : Money.ZERO,
                    null,
                    takesBack
                            ? "退款 %s 收回佣金 %s 元。".formatted(id, amount.yuan())
                            : "退款 %s（%s）不影响博主的佣金。"
                                    .formatted(id, refund.path("status").asText()),
                    takesBack
                            ? "Refund %s takes back a commission of %s yuan.".formatted(id, amount.yuan())
                            : "Refund %s (%s) leaves the creator's commission as it is."
                                    .formatted(id, refund.path("status").asText()));
        }
        var refunded = money(standing, "refundedFen");
        var gross = money(standing, "grossFen");
        if (!refunded.isZero()) {
            told.add(
                    "GROSS",
                    gross,
                    minus(reported, refunded, gross),
                    "退款后佣金是 %s 元。".formatted(gross.yuan()),
                    "After refunds the commission is %s yuan.".formatted(gross.yuan()));
        }
        var over = money(standing, "overRefundedFen");
        if (over.isPositive()) {
            told.add(
                    "OVER_REFUNDED",
                    over,
                    null,
                    "退款要收回的比结算的还多 %s 元：这一行按 0 计，需要有人核对。".formatted(over.yuan()),
                    ("Refunds ask back %s yuan more than was settled: the line counts as nothing, and somebody has to look at"
                                    + " it.")
                            .formatted(over.yuan()));
        }
    }

    private static void fee(Telling told, Money reported, JsonNode inputs, JsonNode standing) {
        var fee = money(standing, "feeFen");
        var back = money(standing, "feeRefundedFen");
        var before = fee.plus(back);
        var byAmount = inputs.hasNonNull("feeFen");
        var rate = Rate.of(inputs.path(inputs.hasNonNull("feeRate") ? "feeRate" : "assumedFee")
                .asText("0"));
        var assumed = standing.path("feeAssumed").asBoolean();
        var subsidy = money(inputs, "subsidyFen");
        var charged = reported.minus(subsidy).isPositive() ? reported.minus(subsidy) : Money.ZERO;
        told.add(
                "FEE",
                before,
                byAmount ? null : times(charged, rate, before),
                "技术服务费 %s 元（%s）。"
                        .formatted(before.yuan(), byAmount ? "平台报告的金额" : (assumed ? "假定" : "平台报告") + "费率 " + rate),
                "The technical service fee is %s yuan (%s)."
                        .formatted(
                                before.yuan(),
                                byAmount ? "as reported" : (assumed ? "assumed" : "reported") + " rate of " + rate));
        if (!back.isZero()) {
            told.add(
                    "FEE_LEFT",
                    fee,
                    minus(before, back, fee),
                    "退款退回技术服务费 %s 元，剩 %s 元。".formatted(back.yuan(), fee.yuan()),
                    "Refunds give back %s yuan of it, %s yuan stay.".formatted(back.yuan(), fee.yuan()));
        }
    }

    private static void rule(Telling told, JsonNode rule) {
        var about = new StringJoiner("、");
        var aboutEnglish = new StringJoiner(", ");
        name(about, aboutEnglish, rule, "creator", "博主", "the creator");
        name(about, aboutEnglish, rule, "campaign", "活动", "the campaign");
        name(about, aboutEnglish, rule, "medium", "形式", "the medium");
        name(about, aboutEnglish, rule, "platform", "渠道平台", "the platform");
        name(about, aboutEnglish, rule, "marketplace", "电商平台", "the marketplace");
        var general = about.length() == 0;
        told.add(
                "RULE",
                null,
                null,
                "适用规则「%s」第 %s 版：%s。"
                        .formatted(
                                rule.path("name").asText(),
                                rule.path("version").asText(),
                                general ? "付款时没有更具体的规则" : "付款时它最具体，指定了" + about),
                "Rule “%s”, version %s, applies: %s."
                        .formatted(
                                rule.path("name").asText(),
                                rule.path("version").asText(),
                                general
                                        ? "when the buyer paid there was none more specific"
                                        : "when the buyer paid it was the most specific one, about " + aboutEnglish));
    }

    private static void name(
            StringJoiner zh, StringJoiner en, JsonNode rule, String field, String zhName, String enName) {
        if (rule.path("about").hasNonNull(field)) {
            zh.add(zhName);
            en.add(enName);
        }
    }

    private static Money part(Telling told, Money net, Money gross, JsonNode rule, JsonNode standing) {
        var granted = money(standing, "grantedFen");
        var part = money(standing, "partFen");
        if (rule.path("kind").asText().equals("FIXED")) {
            told.add(
                    "SHARE",
                    granted,
                    null,
                    gross.isPositive() ? "规则按每行固定 %s 元计。".formatted(granted.yuan()) : "这一行没有收入，固定金额不计。",
                    gross.isPositive()
                            ? "The rule grants %s yuan per line.".formatted(granted.yuan())
                            : "The line brings nothing, so the fixed amount is not granted.");
        } else {
            var share = Rate.of(rule.path("share").asText());
            told.add(
                    "SHARE",
                    granted,
                    times(net, share, granted),
                    "规则给 %s，即 %s 元。".formatted(share, granted.yuan()),
                    "The rule grants %s of that, %s yuan.".formatted(share, granted.yuan()));
        }
        if (!part.equals(granted)) {
            var raised = part.compareTo(granted) > 0;
            told.add(
                    raised ? "FLOOR" : "CAP",
                    part,
                    null,
                    (raised ? "低于每行下限，按下限 %s 元计。" : "高于每行上限，按上限 %s 元计。").formatted(part.yuan()),
                    (raised ? "That is below the floor: %s yuan." : "That is above the cap: %s yuan.")
                            .formatted(part.yuan()));
        }
        return part;
    }

    private static void shares(Telling told, Facts facts, Money part, JsonNode rule, JsonNode standing) {
        var creator = money(standing, "creatorFen");
        var agency = money(standing, "agencyFen");
        if (!agency.isZero()) {
            told.add(
                    "AGENCY",
                    agency,
                    times(part, Rate.of(rule.path("agencyShare").asText()), agency),
                    "其中 %s 归机构「%s」，%s 元。"
                            .formatted(Rate.of(rule.path("agencyShare").asText()), facts.agency(), agency.yuan()),
                    "%s of it, %s yuan, is the agency's (%s)."
                            .formatted(Rate.of(rule.path("agencyShare").asText()), agency.yuan(), facts.agency()));
        }
        var nobody = facts.creator() == null;
        told.add(
                nobody ? "UNATTRIBUTED" : "CREATOR",
                creator,
                agency.isZero() ? null : minus(part, agency, creator),
                nobody ? "还不知道是谁带来的：%s 元单独存放，等人认领。".formatted(creator.yuan()) : "博主得 %s 元。".formatted(creator.yuan()),
                nobody
                        ? "Nobody is known to have brought it: %s yuan are kept apart until somebody claims them."
                                .formatted(creator.yuan())
                        : "The creator gets %s yuan.".formatted(creator.yuan()));
        if (facts.held()) {
            told.add(
                    "HELD",
                    part,
                    null,
                    "这笔钱被冻结：%s 元先留着，等有人决定。".formatted(part.yuan()),
                    "It is held: %s yuan wait until somebody has decided.".formatted(part.yuan()));
        }
    }

    private static void bonus(Telling told, Bonus bonus) {
        if (bonus == null) {
            return;
        }
        var rest = !bonus.given().equals(bonus.wanted());
        told.add(
                "BONUS",
                bonus.given(),
                null,
                "活动「%s」的品牌奖励 %s 元%s%s。"
                        .formatted(
                                bonus.campaign(),
                                bonus.given().yuan(),
                                rest ? "（应得 " + bonus.wanted().yuan() + " 元，预算已用完）" : "",
                                bonus.held() ? "，暂时冻结" : ""),
                "The brand's bonus of the campaign “%s” is %s yuan%s%s."
                        .formatted(
                                bonus.campaign(),
                                bonus.given().yuan(),
                                rest ? " (of " + bonus.wanted().yuan() + ": the budget is used up)" : "",
                                bonus.held() ? ", held for now" : ""));
    }

    private static void postings(Telling told, Facts facts) {
        var sum = Money.ZERO;
        var formula = new StringBuilder();
        var last = facts.month();
        for (var posting : facts.postings()) {
            last = posting.month();
            if (posting.sign() != 0) {
                sum = posting.sign() > 0 ? sum.plus(posting.amount()) : sum.minus(posting.amount());
                formula.append(
                                posting.sign() > 0
                                        ? (formula.isEmpty() ? "" : " + ")
                                        : (formula.isEmpty() ? "0 - " : " - "))
                        .append(posting.amount().yuan());
            }
        }
        told.add(
                "POSTED",
                sum,
                formula.isEmpty() ? null : formula + " = " + sum.yuan(),
                "记入 %s；%s。"
                        .formatted(
                                last,
                                last.equals(facts.month())
                                        ? "账上共 " + sum.yuan() + " 元"
                                        : "所属月份 " + facts.month() + " 已锁，顺延；账上共 " + sum.yuan() + " 元"),
                "Posted in %s%s; the books hold %s yuan."
                        .formatted(
                                last,
                                last.equals(facts.month()) ? "" : " (its month, " + facts.month() + ", was locked)",
                                sum.yuan()));
    }

    private static String minus(Money a, Money b, Money result) {
        return "%s - %s = %s".formatted(signed(a), signed(b), result.yuan());
    }

    private static String times(Money amount, Rate rate, Money result) {
        return "%s × %s = %s".formatted(signed(amount), rate.fraction().toPlainString(), result.yuan());
    }

    /** In brackets where a sign would be read as an operator. */
    private static String signed(Money amount) {
        return amount.compareTo(Money.ZERO) < 0 ? "(" + amount.yuan() + ")" : amount.yuan();
    }

    private static Money money(JsonNode node, String field) {
        return Money.ofFen(node.path(field).asLong(0));
    }

    private static final class Telling {

        private final List<Step> steps = new ArrayList<>();

        void add(String code, Money result, String formula, String zh, String en) {
            steps.add(new Step(code, result == null ? null : result.fen(), formula, zh, en));
        }
    }
}
