package dev.zhida.report;

import dev.zhida.comparison.Arm;
import dev.zhida.comparison.Comparison;
import dev.zhida.comparison.Comparison.State;
import dev.zhida.comparison.ManyTests;
import dev.zhida.comparison.Sentence;
import dev.zhida.comparison.Shrunken;
import dev.zhida.comparison.Stratum;
import dev.zhida.identity.CurrentCaller;
import dev.zhida.identity.Role;
import dev.zhida.identity.Scope;
import dev.zhida.money.BusinessTime;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import dev.zhida.report.ComparisonReport.Answer;
import dev.zhida.report.ComparisonReport.Denominator;
import dev.zhida.report.ComparisonReport.Group;
import dev.zhida.report.ComparisonReport.Grouping;
import dev.zhida.report.ComparisonReport.Question;
import dev.zhida.report.ComparisonReport.Sums;
import dev.zhida.report.ComparisonView.ArmView;
import dev.zhida.report.ComparisonView.GroupView;
import dev.zhida.report.ComparisonView.SideView;
import dev.zhida.report.ComparisonView.WarningView;
import dev.zhida.rollup.Counts;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

@Path("/api/v1/reports/comparison")
@Tag(name = "Reports", description = "What works where.")
class ComparisonResource {

    /** Most orders come within a week of their click. */
    private static final int DAYS_THAT_GROW = 7;

    private final ComparisonReport report;
    private final UsualRates usualRates;
    private final Counts counts;
    private final CurrentCaller caller;

    ComparisonResource(ComparisonReport report, UsualRates usualRates, Counts counts, CurrentCaller caller) {
        this.report = report;
        this.usualRates = usualRates;
        this.counts = counts;
        this.caller = caller;
    }

    /** What is asked. */
    static final class Parameters {
        @QueryParam("by")
        @DefaultValue("platform")
        @Schema(enumeration = {"platform", "scene", "os", "label", "creator", "campaign", "offer", "coupon", "week"})
        String by;

        @QueryParam("denominator")
        @DefaultValue("human-clicks")
        @Schema(
                enumeration = {"human-clicks", "landing", "reported", "exposures"},
                description = "What both sides are counted by.")
        String denominator;

        @QueryParam("from")
        @Schema(
                description = "Clicks from this business day on, like 2026-03-01; or from that of a moment on, like "
                        + "2026-03-01T00:00:00+08:00.")
        String from;

        @QueryParam("until")
        @Schema(
                description =
                        "Clicks before this business day, which is not included; or before a moment, whose day is "
                                + "included unless it is its start.")
        String until;

        @QueryParam("cohortDays")
        @Min(value = 1, message = "is a number of days from 1 to 60")
        @Max(value = 60, message = "is a number of days from 1 to 60")
        @Schema(description = "Orders up to this age only, of clicks that are all at least as old: equal-age cohorts.")
        Integer cohortDays;

        private LocalDate firstDay() {
            return from == null || from.isEmpty() ? null : BusinessTime.dayOf(moment("from", from));
        }

        private LocalDate lastDay(LocalDate today) {
            return until == null || until.isEmpty()
                    ? today
                    : BusinessTime.dayOf(moment("until", until).minusNanos(1));
        }

        /** A day is its start. */
        private static Instant moment(String parameter, String text) {
            try {
                return text.contains("T")
                        ? OffsetDateTime.parse(text).toInstant()
                        : BusinessTime.startOf(LocalDate.parse(text));
            } catch (DateTimeException e) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "invalid-request",
                        "some fields are not as they should be: see errors",
                        List.of(new Refusal.FieldError(
                                parameter,
                                "is a day like 2026-03-01, or a moment like 2026-03-01T00:00:00+08:00 (in an address + is"
                                        + " %2B)")));
            }
        }

        private Grouping grouping() {
            return Arrays.stream(Grouping.values())
                    .filter(grouping -> grouping.word().equals(by))
                    .findFirst()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID,
                            "grouping-unknown",
                            "`by` is one of "
                                    + Arrays.stream(Grouping.values())
                                            .map(Grouping::word)
                                            .toList()));
        }

        private Denominator known() {
            return Arrays.stream(Denominator.values())
                    .filter(d -> d.word().equals(denominator))
                    .findFirst()
                    .orElseThrow(() -> new Refusal(
                            Refusal.Kind.INVALID,
                            "denominator-unknown",
                            "`denominator` is one of "
                                    + Arrays.stream(Denominator.values())
                                            .map(Denominator::word)
                                            .toList()));
        }
    }

    @GET
    @RolesAllowed({Role.CREATOR_ROLE, Role.BRAND_ROLE, Role.FINANCE_ROLE, Role.OPERATOR_ROLE, Role.AUDITOR_ROLE})
    @Operation(
            operationId = "compareMedia",
            summary = "Token against link",
            description =
                    "Orders per exposure by group, each kind of token against the link, with everything that tells how far "
                            + "it can be believed. Days are business days.")
    public ComparisonView compare(@Valid @BeanParam Parameters parameters) {
        var question = question(parameters);
        var countedTo = counts.countedTo();
        var frozenBefore = counts.frozenBefore();
        var answer = report.read(question);
        var views = views(question, answer, BusinessTime.dayOf(countedTo));
        return new ComparisonView(
                countedTo,
                question.denominator().word(),
                question.cohortDays(),
                question.until(),
                BusinessTime.dayOf(countedTo).minusDays(DAYS_THAT_GROW),
                frozenBefore,
                warnings(question, answer, withoutShrunken(question, views)),
                views);
    }

    private Question question(Parameters parameters) {
        var today = BusinessTime.dayOf(counts.countedTo());
        var from = parameters.firstDay();
        var until = parameters.lastDay(today);
        if (from != null && until.isBefore(from)) {
            throw new Refusal(Refusal.Kind.INVALID, "days-out-of-order", "`from` must be before `until`");
        }
        if (parameters.cohortDays != null) {
            // The last click of a day is so old when the day after is over.
            var oldEnough = today.minusDays(parameters.cohortDays + 1L);
            until = until.isBefore(oldEnough) ? until : oldEnough;
        }
        return new Question(
                parameters.grouping(),
                parameters.known(),
                from,
                until,
                parameters.cohortDays,
                caller.get().scope());
    }

    /** A side of a group, compared. */
    private record Compared(Group group, Medium side, Comparison comparison) {}

    private List<GroupView> views(Question question, Answer answer, LocalDate today) {
        var groups = answer.groups();
        // Intervals that draw a thousand times take a while, and groups do not know of each other.
        var compared = groups.parallelStream()
                .flatMap(group -> ComparisonReport.SIDES.stream()
                        .filter(side -> side == Medium.TOKEN || group.arms.containsKey(side))
                        .map(side ->
                                new Compared(group, side, Comparison.of(group.strata(side), group.uncertain(side)))))
                .toList();
        var told = question.scope().brandOnly() == null;
        // Orders of people who never saw a landing page are orders all the same: then nothing is claimed per landing.
        var unclaimed = answer.sentOn() > 0;
        var adjusted = unclaimed ? Map.<Compared, Double>of() : holm(compared);
        var prior = prior(question, answer, compared, today);
        var views = compared.parallelStream()
                .map(one -> {
                    var pHolm = adjusted.get(one);
                    return SideView.of(
                            one.group(),
                            one.side(),
                            one.comparison(),
                            pHolm,
                            shrunken(one, prior.apply(one)),
                            unclaimed
                                    ? Sentence.perLanding(one.comparison(), words(question, one))
                                    : Sentence.of(one.comparison(), pHolm == null ? 1 : pHolm, words(question, one)),
                            told);
                })
                .toList();
        var sides = new HashMap<Group, Map<Medium, SideView>>();
        for (var i = 0; i < compared.size(); i++) {
            sides.computeIfAbsent(compared.get(i).group(), g -> new EnumMap<>(Medium.class))
                    .put(compared.get(i).side(), views.get(i));
        }
        return groups.stream()
                .map(group -> {
                    var arms = new EnumMap<Medium, ArmView>(Medium.class);
                    group.arms.forEach((medium, sums) -> arms.put(medium, ArmView.of(sums, told)));
                    var own = sides.get(group);
                    return new GroupView(
                            group.key, group.name, arms, own.get(Medium.TOKEN), own.get(Medium.NATIVE_TOKEN));
                })
                .toList();
    }

    /** Only what may be claimed at all is asked, so that groups without numbers do not weaken the others. */
    private static Map<Compared, Double> holm(List<Compared> compared) {
        var asked = compared.stream()
                .filter(one -> one.comparison().state() == State.READY)
                .toList();
        var p = ManyTests.holm(asked.stream()
                .mapToDouble(one -> one.comparison().evidence().p())
                .toArray());
        var adjusted = new HashMap<Compared, Double>();
        for (var i = 0; i < p.length; i++) {
            adjusted.put(asked.get(i), p[i]);
        }
        return adjusted;
    }

    /** What is usual of each group, as far as there is enough to say. */
    private Function<Compared, Optional<Stratum>> prior(
            Question question, Answer answer, List<Compared> compared, LocalDate today) {
        if (question.scope() instanceof Scope.Everything) {
            var all = new EnumMap<Medium, Arm>(Medium.class);
            answer.groups()
                    .forEach(group -> group.arms.forEach((medium, sums) -> all.merge(medium, sums.arm(), Arm::plus)));
            return one -> Optional.of(new Stratum(
                    others(all, one.side(), one.comparison().pooled().token()),
                    others(all, Medium.LINK, one.comparison().pooled().link())));
        }
        if (compared.stream().noneMatch(one -> one.comparison().difference().isPresent())) {
            return one -> Optional.empty();
        }
        var others = usualRates.of(question, today);
        return one -> others.flatMap(usual -> usual.rates(one.group().key, one.side()));
    }

    /** A group's own numbers must not be their own prior. */
    private static Arm others(Map<Medium, Arm> all, Medium medium, Arm own) {
        var arm = all.getOrDefault(medium, Arm.NOTHING);
        return new Arm(Math.max(0, arm.n() - own.n()), Math.max(0, arm.orders() - own.orders()));
    }

    private static Shrunken shrunken(Compared one, Optional<Stratum> usual) {
        return usual.filter(prior -> one.comparison().difference().isPresent()
                        && prior.token().isProportion()
                        && prior.link().isProportion()
                        && Math.min(prior.token().n(), prior.link().n()) >= Shrunken.STRENGTH)
                .map(prior -> Shrunken.of(one.comparison().pooled(), prior))
                .orElse(null);
    }

    /** How many groups are not told what is usual, though they could be compared with it. */
    private static long withoutShrunken(Question question, List<GroupView> groups) {
        return question.scope() instanceof Scope.Everything
                ? 0
                : groups.stream()
                        .filter(group -> group.token().difference() != null
                                && group.token().shrunken() == null)
                        .count();
    }

    private static Sentence.Words words(Question question, Compared one) {
        var name = one.group().name.isEmpty() ? "—" : one.group().name;
        return new Sentence.Words(
                new Sentence(ComparisonReport.chinese(name), name),
                one.side() == Medium.TOKEN ? new Sentence("口令", "token") : new Sentence("平台口令", "marketplace's token"),
                switch (question.denominator()) {
                    case HUMAN_CLICKS -> new Sentence("人", "people");
                    case LANDING -> new Sentence("人", "people on the landing page");
                    case REPORTED -> new Sentence("次打开", "reported opens");
                    case EXPOSURES -> new Sentence("次浏览", "views");
                });
    }

    private static List<WarningView> warnings(Question question, Answer answer, long withoutShrunken) {
        var all = new EnumMap<Medium, Sums>(Medium.class);
        for (var group : answer.groups()) {
            group.arms.forEach((medium, sums) -> {
                var sum = all.computeIfAbsent(medium, m -> new Sums());
                sum.n += sums.n;
                sum.orders += sums.orders;
            });
        }
        var warnings = new ArrayList<WarningView>();
        var denominator = question.denominator();
        if (answer.sentOn() > 0) {
            var percent = 100.0 * answer.sentOn() / answer.clicks();
            warnings.add(new WarningView(
                    "landing-partial",
                    "%d 次链接点击里有 %d 次（%.1f %%）直接转走，不经过说明页，她们的订单却算在内：按 landing 的比率偏高，未作折算，不作结论。"
                            .formatted(answer.clicks(), answer.sentOn(), percent),
                    ("Of %d clicks on links %d (%.1f %%) were sent straight on and saw no landing page, but their orders count:"
                                    + " rates per landing are too high, nothing is scaled, and nothing is claimed.")
                            .formatted(answer.clicks(), answer.sentOn(), percent)));
        }
        if (answer.ordersByCreation() > 0) {
            warnings.add(new WarningView(
                    "orders-by-creation",
                    "京东、拼多多、抖音不报告点击时间：%d 单按下单日计，系统未知，同龄比较时当作点击后立即下单。".formatted(answer.ordersByCreation()),
                    ("JD, Pinduoduo and Douyin tell no click: %d orders count on the day they were made, with an unknown OS,"
                                    + " and in equal-age cohorts as if they had followed their click at once.")
                            .formatted(answer.ordersByCreation())));
        }
        if (denominator == Denominator.REPORTED && all.values().stream().allMatch(sums -> sums.n == 0)) {
            warnings.add(new WarningView(
                    "reported-missing",
                    "还没有电商平台报告的打开次数，这个分母无数可用。",
                    "No marketplace has reported opens yet: there is nothing to divide by."));
        } else if (all.containsKey(Medium.NATIVE_TOKEN) && denominator != Denominator.EXPOSURES) {
            warnings.add(
                    new WarningView(
                            "native-token-unseen",
                            "平台口令在购物应用里打开，我们看不到；要比较请用 exposures。",
                            "A marketplace's own token is opened inside its app, where nothing is seen: compare it by exposures."));
        }
        if (denominator != Denominator.REPORTED) {
            for (var medium : List.of(Medium.LINK, Medium.TOKEN)) {
                var other = all.get(medium == Medium.LINK ? Medium.TOKEN : Medium.LINK);
                var sums = all.get(medium);
                if (sums != null && sums.n == 0 && other != null && other.n > 0) {
                    warnings.add(new WarningView(
                            "one-side-uncounted",
                            "%s没有这个分母的计数，两边不可比。".formatted(medium == Medium.LINK ? "链接" : "口令"),
                            "Nothing of the %s is counted by this denominator, so the sides are not comparable."
                                    .formatted(medium == Medium.LINK ? "link" : "token")));
                }
            }
        }
        if (withoutShrunken > 0) {
            warnings.add(new WarningView(
                    "shrunken-missing",
                    "有 %d 组没有收缩估计：要有至少 %d 位别的博主两种形式都有数据，而且不分系统、不限订单年龄。"
                            .formatted(withoutShrunken, UsualRates.LEAST_CREATORS),
                    ("%d groups have no estimate drawn towards what is usual: that needs at least %d other creators with"
                                    + " numbers of both forms, and is told neither by OS nor of cohorts.")
                            .formatted(withoutShrunken, UsualRates.LEAST_CREATORS)));
        }
        if (question.by() == Grouping.OS) {
            warnings.add(new WarningView(
                    "os-inferred",
                    "订单不带系统信息：按点击前最后一次访问推断；推断不出的（京东、拼多多、抖音的都是）可能属于任何系统，计入差别的范围。",
                    "Orders tell no OS: it is inferred from the last visit before the click. Those without one, like all of"
                            + " JD, Pinduoduo and Douyin, may be of any OS and widen the bounds."));
            if (denominator == Denominator.EXPOSURES) {
                warnings.add(new WarningView("exposures-without-os", "浏览数不分系统。", "Views are not told apart by OS."));
            }
        }
        return warnings;
    }
}
