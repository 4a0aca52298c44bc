package dev.zhida.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.zhida.comparison.Bounds;
import dev.zhida.comparison.Clusters;
import dev.zhida.comparison.Comparison;
import dev.zhida.comparison.Comparison.State;
import dev.zhida.comparison.Interval;
import dev.zhida.comparison.Proportions;
import dev.zhida.comparison.Sentence;
import dev.zhida.comparison.Shrunken;
import dev.zhida.comparison.Stratified;
import dev.zhida.platform.Medium;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A comparison as it is answered. */
@Schema(name = "Comparison")
record ComparisonView(
        @Schema(required = true, description = "Everything that was known before then is counted.")
        Instant dataTo,

        @Schema(required = true, description = "human-clicks, landing, reported or exposures.")
        String denominator,

        @Schema(nullable = true, description = "Orders up to this age only, of clicks that are all at least as old.")
        Integer cohortDays,

        @Schema(required = true, description = "Business days: the last one that is counted.")
        LocalDate lastDay,

        @Schema(required = true, description = "Clicks from this day on may still bring orders.")
        LocalDate stillGrowingFrom,

        @Schema(required = true, description = "Counts of earlier days are frozen: their touches are gone.")
        LocalDate frozenBefore,

        @Schema(required = true) List<WarningView> warnings,
        @Schema(required = true) List<GroupView> groups) {

    @Schema(name = "ComparisonWarning")
    record WarningView(
            @Schema(required = true) String code,
            @Schema(required = true) String zh,
            @Schema(required = true) String en) {}

    @Schema(name = "ComparisonArm")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ArmView(
            @Schema(
                    required = true,
                    description = "By the denominator; of human-clicks: people's non-repeat clicks or pastes.")
            long n,

            @Schema(required = true, description = "Distinct parent orders that are certain to come from it.")
            long orders,

            @Schema(description = "Orders per n; absent where it cannot be one.")
            Double rate,

            @Schema(description = "Wilson's 95 % interval.") Double low,
            Double high,

            @Schema(required = true, description = "Those of the orders that are settled.")
            long settledOrders,

            Double settledRate,

            @Schema(required = true, description = "What buyers paid.")
            long gmvFen,

            @Schema(description = "The creators' shares, as far as they are expected. A brand is not told.")
            Long commissionFen) {

        static ArmView of(ComparisonReport.Sums sums, boolean told) {
            var rate = sums.arm().isProportion() && sums.n > 0 ? Proportions.wilson(sums.orders, sums.n) : null;
            return new ArmView(
                    sums.n,
                    sums.orders,
                    rate == null ? null : rate.estimate(),
                    rate == null ? null : rate.low(),
                    rate == null ? null : rate.high(),
                    sums.settledOrders,
                    rate == null ? null : (double) sums.settledOrders / sums.n,
                    sums.gmvFen,
                    told ? sums.commissionFen : null);
        }
    }

    @Schema(name = "MantelHaenszel")
    record MantelHaenszelView(
            @Schema(required = true, description = "The side's rate, weighted like that of LINK.")
            double token,

            @Schema(required = true) double link,

            @Schema(required = true, description = "The side's n in strata with both sides.")
            long tokenN,

            @Schema(required = true) long linkN,

            @Schema(required = true, description = "Of the two rates.")
            Interval difference,

            @Schema(nullable = true, description = "Absent if a side has no order.")
            Interval ratio,

            @Schema(required = true) double chiSquared,
            @Schema(required = true) double p,

            @Schema(required = true, description = "Strata with both sides.")
            int strata) {

        static MantelHaenszelView of(Stratified.MantelHaenszel mh) {
            return new MantelHaenszelView(
                    mh.token(),
                    mh.link(),
                    mh.tokenN(),
                    mh.linkN(),
                    mh.difference(),
                    mh.ratio(),
                    mh.test().statistic(),
                    mh.test().p(),
                    mh.strata());
        }
    }

    @Schema(name = "Heterogeneity")
    record HeterogeneityView(
            @Schema(required = true) double q,
            @Schema(required = true) double p,

            @Schema(required = true, description = "I²: the share of the spread that chance does not explain.")
            double inconsistency,

            @Schema(required = true) int strata,

            @Schema(required = true, description = "Whether one number for all strata would hide that they differ.")
            boolean strong) {

        static HeterogeneityView of(Stratified.Heterogeneity h) {
            return new HeterogeneityView(h.q().statistic(), h.q().p(), h.inconsistency(), h.strata(), h.strong());
        }
    }

    @Schema(name = "ComparisonBounds")
    record BoundsView(
            @Schema(required = true) double low,
            @Schema(required = true) double high,
            @Schema(required = true) long uncertainOrders) {

        static BoundsView of(Bounds bounds, Bounds.Uncertain uncertain) {
            return new BoundsView(
                    bounds.low(), bounds.high(), uncertain.token() + uncertain.link() + uncertain.either());
        }
    }

    /** One side against the link. */
    @Schema(name = "ComparisonSide")
    record SideView(
            @Schema(nullable = true, description = "The side less LINK, with Newcombe's 95 % interval.")
            Interval difference,

            @Schema(nullable = true, description = "The side's rate over that of LINK.")
            Interval riskRatio,

            @Schema(nullable = true, description = "Over strata of platform, creator, offer and week.")
            MantelHaenszelView mantelHaenszel,

            @Schema(nullable = true, description = "As if both sides had the same mix of strata.")
            Stratified.Standardised standardised,

            @Schema(nullable = true) HeterogeneityView heterogeneity,

            @Schema(required = true, description = "Whether all together say the opposite of like with like.")
            Stratified.Simpson simpson,

            @Schema(nullable = true, description = "Of no difference: Cochran–Mantel–Haenszel, else the pooled test.")
            Double p,

            @Schema(nullable = true, description = "The same after Holm's correction for the groups of this answer.")
            Double pHolm,

            @Schema(
                    nullable = true,
                    description =
                            "Of the difference, wherever the orders came from that are not EXACT or, by=os, whose OS "
                                    + "is not known.")
            BoundsView bounds,

            @Schema(
                    nullable = true,
                    description =
                            "For few orders: drawn towards what is usual, that is the rates of all other creators in "
                                    + "the last 13 weeks, by platform, scene or coupon those of the same one. Who sees everything: "
                                    + "towards the other groups.")
            Shrunken shrunken,

            @Schema(nullable = true, description = "Of the difference, drawn by creator; absent with fewer than 20.")
            Interval byCreator,

            @Schema(nullable = true, description = "Fen that buyers paid per n, the side less LINK, drawn by creator.")
            Interval gmvFenPerN,

            @Schema(nullable = true, description = "Fen of commission per n, the side less LINK, drawn by creator.")
            Interval commissionFenPerN,

            @Schema(required = true) State state,

            @Schema(
                    required = true,
                    description = "n on each side that finds a difference of a fifth, four times of five.")
            long neededPerArm,

            @Schema(required = true) long stillNeededPerArm,

            @Schema(
                    nullable = true,
                    description = "The medium that goes with more orders; null unless that may be said.")
            Medium better,

            @Schema(required = true, description = "What the numbers allow to say.")
            Sentence sentence) {

        static SideView of(
                ComparisonReport.Group group,
                Medium side,
                Comparison comparison,
                Double pHolm,
                Shrunken shrunken,
                Sentence sentence,
                boolean told) {
            var drawn = comparison.difference().isPresent()
                    ? Clusters.differences(group.clusters(side)).orElse(null)
                    : null;
            return new SideView(
                    comparison.difference().orElse(null),
                    comparison.riskRatio().orElse(null),
                    comparison.mantelHaenszel().map(MantelHaenszelView::of).orElse(null),
                    comparison.standardised().orElse(null),
                    comparison.heterogeneity().map(HeterogeneityView::of).orElse(null),
                    comparison.simpson(),
                    comparison.evidence() == null ? null : comparison.evidence().p(),
                    pHolm,
                    comparison
                            .bounds()
                            .map(bounds -> BoundsView.of(bounds, group.uncertain(side)))
                            .orElse(null),
                    shrunken,
                    drawn == null ? null : drawn.get(0),
                    drawn == null ? null : drawn.get(1),
                    drawn == null || !told ? null : drawn.get(2),
                    comparison.state(),
                    comparison.neededPerArm(),
                    comparison.stillNeededPerArm(),
                    pHolm != null && comparison.allowsClaim(pHolm)
                            ? comparison.likeWithLike().orElseThrow().estimate() > 0 ? side : Medium.LINK
                            : null,
                    sentence);
        }
    }

    @Schema(name = "ComparisonGroup")
    record GroupView(
            @Schema(required = true) String key,
            @Schema(required = true) String name,
            @Schema(required = true) Map<Medium, ArmView> arms,
            @JsonUnwrapped SideView token,

            @Schema(nullable = true, description = "NATIVE_TOKEN against LINK; null without such placements.")
            SideView nativeToken) {}
}
