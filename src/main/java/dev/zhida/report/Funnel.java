package dev.zhida.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The way from a click to settled money, step by step, each with how it is known and what is lost at it. Acts are those
 * of people, repeats included, so that a step and the one that it follows are counted alike.
 */
final class Funnel {

    private Funnel() {}

    /** How a step is known. */
    enum Observability {
        /** Observed by us, act by act. */
        SEEN,
        /** Told by a marketplace. */
        REPORTED,
        /** Follows from what is seen; nobody saw it. */
        INFERRED,
        /** Nobody can see it. */
        INVISIBLE
    }

    /**
     * What is counted of some placements.
     *
     * @param people visitor-days that clicked or pasted
     * @param sentOn clicks that were answered by a redirect
     * @param pages clicks that were answered by our page
     * @param broughtBack clicks on a link that another visitor shared from our page
     * @param orders distinct parent orders that are paid, received or settled
     * @param settledOrders those of them that are settled
     * @param invalidOrders distinct parent orders with nothing left but invalid lines
     * @param gmvFen what buyers paid
     * @param estimatedFen the creators' share of what is expected
     * @param settledFen the creators' share of what was settled
     * @param nativeOrders those of the orders that came by marketplaces' own tokens and by nothing else: how many arrived
     *     by these we do not see
     * @param nativeEstimatedFen the part of {@code estimatedFen} that came by these tokens
     * @param nativeViews how often marketplaces say that their tokens were opened; 0 where none says
     */
    record Counts(
            long clicks,
            long people,
            long sentOn,
            long pages,
            long landings,
            long copies,
            long opens,
            long shares,
            long broughtBack,
            long pastes,
            long orders,
            long settledOrders,
            long invalidOrders,
            long gmvFen,
            long estimatedFen,
            long settledFen,
            long nativeOrders,
            long nativeEstimatedFen,
            long nativeViews) {

        /** Acts after which a fan is on her way to the marketplace. */
        long onTheWay() {
            return sentOn + opens + pastes;
        }

        /** Orders of media whose fans we see on their way: what can be counted against these. */
        long ordersOfSeen() {
            return orders - nativeOrders;
        }

        /** The creators' share of what is expected of media whose fans we see. */
        long estimatedOfSeenFen() {
            return estimatedFen - nativeEstimatedFen;
        }
    }

    /**
     * One step.
     *
     * @param acts {@code null} where nobody can see them
     * @param of the step that this one follows; {@code null} for a beginning
     * @param rate acts per act of that step; {@code null} where there are none, or where it could not be a rate
     * @param loss the part of that step's acts that did not get here; {@code null} where not getting here is no loss
     */
    record Step(
            String step,
            Observability observability,
            Long acts,
            String of,
            Double rate,
            Double loss,
            String zh,
            String en) {}

    /** The steps in the order in which fans take them. */
    static List<Step> of(Counts counts) {
        var steps = new ArrayList<Step>();
        steps.add(beginning("CLICK", counts.clicks(), "点了链接", "clicked the link"));
        steps.add(choice("SENT_ON", counts.sentOn(), "CLICK", counts.clicks(), "直接转到商城", "was sent straight on"));
        steps.add(choice("PAGE", counts.pages(), "CLICK", counts.clicks(), "转到说明页", "was answered with our page"));
        steps.add(step(
                "LANDING",
                Observability.SEEN,
                counts.landings(),
                "PAGE",
                counts.pages(),
                "说明页真的显示了",
                "our page was shown"));
        steps.add(choice("COPY", counts.copies(), "LANDING", counts.landings(), "复制了链接", "copied the link"));
        steps.add(step(
                "OPEN", Observability.SEEN, counts.opens(), "LANDING", counts.landings(), "点了打开", "tapped through"));
        steps.add(choice("SHARE", counts.shares(), "LANDING", counts.landings(), "点了分享", "pressed the share button"));
        steps.add(beginning(
                "PASTE", counts.pastes(), "粘贴了直达口令；多少人看到口令看不见", "pasted our token; how many read it nobody sees"));
        steps.add(nativePaste(counts.nativeViews()));
        steps.add(new Step(
                "ARRIVED",
                Observability.INFERRED,
                counts.onTheWay(),
                null,
                null,
                null,
                "转到、点开或粘贴之后应已到商城；到没到看不见",
                "sent on, tapped through or pasted, so most likely in the marketplace's app; nobody sees it"));
        var ordered = rate(counts.ordersOfSeen(), counts.onTheWay());
        steps.add(new Step(
                "ORDER",
                Observability.REPORTED,
                counts.orders(),
                "ARRIVED",
                ordered,
                ordered == null ? null : 1 - ordered,
                "商城报告的有效订单；比率不含平台口令带来的，那些人的到达我们看不见",
                "valid orders that the marketplace reports; the rate is without those by marketplaces' own tokens, whose fans "
                        + "we do not see arrive"));
        steps.add(step(
                "SETTLED",
                Observability.REPORTED,
                counts.settledOrders(),
                "ORDER",
                counts.orders(),
                "其中已结算的订单；近期订单多半还没到结算日",
                "of these settled; most recent ones are not due yet"));
        return List.copyOf(steps);
    }

    private static Step nativePaste(long views) {
        return views > 0
                ? new Step(
                        "NATIVE_PASTE",
                        Observability.REPORTED,
                        views,
                        null,
                        null,
                        null,
                        "商城报告的平台口令打开次数；不是每个商城都报告",
                        "a marketplace's own token was opened, as often as the marketplaces say that tell it")
                : new Step(
                        "NATIVE_PASTE",
                        Observability.INVISIBLE,
                        null,
                        null,
                        null,
                        null,
                        "平台口令在商城应用里粘贴，我们看不见",
                        "a marketplace's own token is pasted inside its app, where we see nothing");
    }

    private static Step beginning(String step, long acts, String zh, String en) {
        return new Step(step, Observability.SEEN, acts, null, null, null, zh, en);
    }

    /** One of several ways on: who takes another is not lost. */
    private static Step choice(String step, long acts, String of, long before, String zh, String en) {
        return new Step(step, Observability.SEEN, acts, of, rate(acts, before), null, zh, en);
    }

    private static Step step(String step, Observability how, long acts, String of, long before, String zh, String en) {
        var rate = rate(acts, before);
        return new Step(step, how, acts, of, rate, rate == null ? null : 1 - rate, zh, en);
    }

    /** More than all of them is no rate: what was counted is not what it is counted against. */
    static Double rate(long part, long whole) {
        return whole <= 0 || part > whole ? null : (double) part / whole;
    }
}
