package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.zhida.identity.Caller;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.report.Funnel.Counts;
import dev.zhida.report.PlacementCounts.Group;
import dev.zhida.report.PlacementCounts.Grouping;
import dev.zhida.report.PlacementCounts.Groups;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Funnels by group, the best first. */
@ApplicationScoped
class FunnelReport {

    private final PlacementCounts counts;
    private final dev.zhida.rollup.Counts counted;
    private final Clock clock;

    FunnelReport(PlacementCounts counts, dev.zhida.rollup.Counts counted, Clock clock) {
        this.counts = counts;
        this.counted = counted;
        this.clock = clock;
    }

    /** By what groups are ranked. */
    enum Rank {
        ORDERS(c -> c.orders()),
        CLICKS(c -> c.clicks()),
        GMV(c -> c.gmvFen()),
        EARNED(c -> c.estimatedFen()),
        /** Earned per person who clicked or pasted, without what came by marketplaces' own tokens. */
        EPC(c -> c.people() == 0 ? 0 : (double) c.estimatedOfSeenFen() / c.people()),
        SHARES(c -> c.shares());

        private final ToDoubleFunction<Counts> value;

        Rank(ToDoubleFunction<Counts> value) {
            this.value = value;
        }

        double of(Counts counts) {
            return value.applyAsDouble(counts);
        }
    }

    /** What buyers paid and who got what of it, in fen. */
    @Schema(name = "FunnelMoney")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record MoneyView(
            @Schema(required = true, description = "What buyers paid for valid orders.")
            long gmvFen,

            @Schema(nullable = true, description = "The creators' share of what is expected. A brand is not told.")
            Long estimatedFen,

            @Schema(nullable = true, description = "The creators' share of what was settled.")
            Long settledFen,

            @Schema(
                    nullable = true,
                    description = "What is expected per hundred people who clicked or pasted, rounded down; a hundred, "
                            + "because one often earns less than a fen. Without what came by marketplaces' own tokens: "
                            + "their people are not seen.")
            Long perHundredPeopleFen) {

        static MoneyView of(Counts counts, Caller caller) {
            var told = caller.scope().brandOnly() == null;
            return new MoneyView(
                    counts.gmvFen(),
                    told ? counts.estimatedFen() : null,
                    told ? counts.settledFen() : null,
                    told && counts.people() > 0
                            ? Math.floorDiv(counts.estimatedOfSeenFen() * 100, counts.people())
                            : null);
        }
    }

    /** Orders of which the creator and the medium are known, and not the placement. */
    @Schema(name = "OrdersWithoutPlacement")
    record WithoutPlacementView(
            @Schema(required = true, description = "Distinct valid parent orders.")
            long orders,

            @Schema(required = true, description = "What buyers paid for them.")
            long gmvFen,

            @Schema(required = true, description = "The creators' share of what is expected of them.")
            long estimatedFen) {

        /** {@code null} where it cannot be told. */
        static WithoutPlacementView of(Counts counts) {
            return counts == null
                    ? null
                    : new WithoutPlacementView(counts.orders(), counts.gmvFen(), counts.estimatedFen());
        }
    }

    private static final List<String> SHARING_BY_BUYERS = List.of(
            "分享率、带回率按购买者算（业内引用：每百名购买者分享 0.68 次，每次分享带回 1.70 人）这里看不到：购买发生在商城里，我们不知道谁买了。",
            "Sharing by buyers (the field quotes 0.68 shares per 100 buyers and 1.70 visits per share) cannot be observed "
                    + "here: buying happens in the marketplace, and nobody tells us who bought.");

    private static final List<String> ONE_COUPON = List.of(
            "券的力度按生成投放时的价格和券归组，那时还不知道的按之后最早知道的：同一个投放发出以后券怎么变，这里看不到。",
            "Coupons are those of the time when a placement was made, or the first that were known since: how a coupon changed "
                    + "while its placement was out cannot be observed here.");

    /**
     * What cannot be observed of funnels.
     *
     * @param coupons whether there are groups by coupon
     */
    static List<String> notObserved(boolean coupons, Counts withoutPlacement) {
        return Stream.of(
                        SHARING_BY_BUYERS,
                        coupons ? ONE_COUPON : List.<String>of(),
                        withoutPlacementInWords(withoutPlacement))
                .flatMap(List::stream)
                .toList();
    }

    /** What cannot be observed of orders whose placement is unknown; nothing if there are none. */
    static List<String> withoutPlacementInWords(Counts withoutPlacement) {
        if (withoutPlacement == null) {
            return List.of(
                    "共用推广位的订单只知道博主和形式，看不出属于哪个活动、品牌或投放：这里没有计入。",
                    "Of orders by a slot that several placements share, the creator and the medium are known: whether they "
                            + "belong to this campaign, brand or placement cannot be observed, and none is counted here.");
        }
        var orders = withoutPlacement.orders();
        return orders == 0
                ? List.of()
                : List.of(
                        "另有 %d 个订单来自几个投放共用的推广位，只知道博主和形式，不知道是哪个投放：见 ordersWithoutPlacement；按 creator 或 medium 分组时计在组里。"
                                .formatted(orders),
                        "%d more %s by a slot that several placements share: the creator and the medium are known, not the placement. See ordersWithoutPlacement; groups by creator or medium hold them."
                                .formatted(orders, orders == 1 ? "order came" : "orders came"));
    }

    /** How the group is shared on. */
    @Schema(name = "Sharing")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record SharingView(
            @Schema(nullable = true, description = "Shares per 100 readers of our page. The field quotes 2.6.")
            Double sharesPerHundredReaders,

            @Schema(
                    nullable = true,
                    description = "Visits that a share brought back, per share. The field quotes 6.91.")
            Double visitsPerShare) {

        static SharingView of(Counts counts) {
            return new SharingView(
                    counts.landings() == 0 ? null : 100.0 * counts.shares() / counts.landings(),
                    counts.shares() == 0 ? null : (double) counts.broughtBack() / counts.shares());
        }
    }

    @Schema(name = "FunnelStep")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record StepView(
            @Schema(required = true) String step,

            @Schema(required = true, description = "How it is known.")
            Funnel.Observability observability,

            @Schema(nullable = true, description = "Acts of people, or orders; null where nobody can see them.")
            Long acts,

            @Schema(nullable = true, description = "The step that this one follows.")
            String of,

            @Schema(nullable = true, description = "Per act of that step; null where it cannot be a rate.")
            Double rate,

            @Schema(
                    nullable = true,
                    description = "The part that did not get here; null where not getting here is no loss.")
            Double loss,

            @Schema(required = true) String zh,
            @Schema(required = true) String en) {

        static StepView of(Funnel.Step step) {
            return new StepView(
                    step.step(),
                    step.observability(),
                    step.acts(),
                    step.of(),
                    step.rate(),
                    step.loss(),
                    step.zh(),
                    step.en());
        }
    }

    @Schema(name = "FunnelGroup")
    record GroupView(
            @Schema(required = true) int rank,
            @Schema(required = true) String key,
            @Schema(required = true) String name,

            @Schema(required = true, description = "Visitor-days that clicked or pasted.")
            long people,

            @Schema(required = true) List<StepView> steps,
            @Schema(required = true) MoneyView money,
            @Schema(required = true) SharingView sharing) {

        static GroupView of(int rank, Group group, Caller caller) {
            return new GroupView(
                    rank,
                    group.key(),
                    group.name(),
                    group.counts().people(),
                    Funnel.of(group.counts()).stream().map(StepView::of).toList(),
                    MoneyView.of(group.counts(), caller),
                    SharingView.of(group.counts()));
        }
    }

    /** What was asked for. */
    record Asked(Grouping by, Rank rank, Days days) {}

    /** @throws Refusal {@code invalid-request}, {@code days-out-of-range} */
    Asked asked(String by, String rank, LocalDate from, LocalDate until) {
        return new Asked(
                known(Grouping.class, "by", by),
                known(Rank.class, "rank", rank),
                Days.asked(from, until, clock.instant()));
    }

    private static <E extends Enum<E>> E known(Class<E> type, String parameter, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.INVALID,
                        "invalid-request",
                        "some parameters are not as they should be: see errors",
                        List.of(new Refusal.FieldError(
                                parameter,
                                "is one of "
                                        + Arrays.toString(type.getEnumConstants())
                                                .toLowerCase(Locale.ROOT)))));
    }

    /** Groups of which nothing is counted are left out; equals stand in the order of their keys. */
    Groups ranked(Asked asked, Caller caller, java.util.UUID campaignId, String code) {
        if (caller.scope().brandOnly() != null && (asked.rank() == Rank.EARNED || asked.rank() == Rank.EPC)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "rank-not-told",
                    "a brand is not told what creators earn: rank by orders or gmv");
        }
        var all = counts.byGroup(
                asked.by(), new PlacementCounts.Selection(caller.scope(), campaignId, code), asked.days());
        return new Groups(
                all.groups().stream()
                        .filter(group -> group.counts().people() > 0
                                || group.counts().clicks() > 0
                                || group.counts().orders() > 0
                                || group.counts().invalidOrders() > 0)
                        .sorted(Comparator.comparingDouble(
                                        (Group group) -> -asked.rank().of(group.counts()))
                                .thenComparing(Group::key))
                        .toList(),
                all.withoutPlacement());
    }

    /**
     * How fresh and how firm the counts are.
     *
     * @param dataTo up to when touches and orders are counted
     * @param frozenBefore earlier days cannot be counted anew
     */
    record AsOf(Instant dataTo, LocalDate frozenBefore) {}

    AsOf asOf() {
        return new AsOf(counted.countedTo(), counted.frozenBefore());
    }

    static final List<String> HEADER = List.of(
            "名次 rank",
            "分组 key",
            "名称 name",
            "人次 people",
            "点击 clicks",
            "直接转到 sentOn",
            "说明页 pages",
            "显示 landings",
            "复制 copies",
            "打开 opens",
            "分享 shares",
            "分享带回 broughtBack",
            "粘贴 pastes",
            "订单 orders",
            "已结算订单 settledOrders",
            "失效订单 invalidOrders",
            "付款金额 gmv",
            "付款金额(分) gmvFen",
            "博主预估 estimated",
            "博主预估(分) estimatedFen",
            "博主结算 settled",
            "博主结算(分) settledFen",
            "平台口令打开 nativePastes",
            "转到率 sentOnRate",
            "说明页率 pageRate",
            "显示率 landingRate",
            "复制率 copyRate",
            "打开率 openRate",
            "分享率 shareRate",
            "下单率 orderRate",
            "结算率 settledRate",
            "显示流失 landingLoss",
            "打开流失 openLoss",
            "下单流失 orderLoss",
            "结算流失 settledLoss",
            "每百读者分享 sharesPerHundredReaders",
            "每次分享带回 visitsPerShare",
            "每百人预估 perHundredPeople",
            "每百人预估(分) perHundredPeopleFen",
            "数据截至 dataTo",
            "此日之前已冻结 frozenBefore");

    private static final List<String> RATES =
            List.of("SENT_ON", "PAGE", "LANDING", "COPY", "OPEN", "SHARE", "ORDER", "SETTLED");
    private static final List<String> LOSSES = List.of("LANDING", "OPEN", "ORDER", "SETTLED");

    /** One record of a file; its sum is that of what buyers paid. */
    static void write(FinanceCsv csv, String rank, Group group, Caller caller, AsOf asOf) throws IOException {
        cells(csv.record(Money.ofFen(group.counts().gmvFen())), rank, group, caller, asOf)
                .end();
    }

    /** The cells of a group, in the order of {@link #HEADER}. */
    static FinanceCsv.Record cells(FinanceCsv.Record row, String rank, Group group, Caller caller, AsOf asOf) {
        var counts = group.counts();
        row.plain(rank).plain(group.key()).text(group.name());
        List.of(
                        counts.people(),
                        counts.clicks(),
                        counts.sentOn(),
                        counts.pages(),
                        counts.landings(),
                        counts.copies(),
                        counts.opens(),
                        counts.shares(),
                        counts.broughtBack(),
                        counts.pastes(),
                        counts.orders(),
                        counts.settledOrders(),
                        counts.invalidOrders())
                .forEach(count -> row.plain(Long.toString(count)));
        var money = MoneyView.of(counts, caller);
        row.money(counts.gmvFen());
        money(row, money.estimatedFen());
        money(row, money.settledFen());
        row.plain(counts.nativeViews() == 0 ? "" : Long.toString(counts.nativeViews()));
        var steps = Funnel.of(counts).stream().collect(Collectors.toMap(Funnel.Step::step, step -> step));
        RATES.forEach(step -> row.plain(number(steps.get(step).rate())));
        LOSSES.forEach(step -> row.plain(number(steps.get(step).loss())));
        var sharing = SharingView.of(counts);
        row.plain(number(sharing.sharesPerHundredReaders())).plain(number(sharing.visitsPerShare()));
        money(row, money.perHundredPeopleFen());
        return row.time(asOf.dataTo()).plain(asOf.frozenBefore().toString());
    }

    /** Yuan and fen; both empty where they are not told. */
    static void money(FinanceCsv.Record row, Long fen) {
        if (fen == null) {
            row.plain("").plain("");
        } else {
            row.money(fen);
        }
    }

    private static String number(Double value) {
        return value == null
                ? ""
                : BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN).toPlainString();
    }
}
