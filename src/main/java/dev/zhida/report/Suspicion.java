package dev.zhida.report;

import java.util.Optional;

/** Patterns in a placement's numbers that are worth a look. None of them proves anything. */
final class Suspicion {

    /** Few people find, choose and pay within so many seconds. */
    static final int FAST_SECONDS = 15;

    private static final long FEW = 3;
    private static final double FAST_SHARE = 0.05;
    private static final long BURST_CLICKS = 100;
    private static final long BURST_TIMES = 10;

    private Suspicion() {}

    enum Kind {
        /** Orders that follow their click at once. */
        FAST_ORDERS,
        /** An hour with many times the clicks of the others. */
        BURST,
        /** More orders reported than visitors seen. */
        MORE_REPORTED_THAN_SEEN
    }

    /** What stands out, in words. */
    record Pattern(Kind kind, String zh, String en) {}

    /** Orders that were placed within {@link #FAST_SECONDS} of the click. */
    static Optional<Pattern> fast(long fast, long orders) {
        return fast < FEW || fast < FAST_SHARE * orders
                ? Optional.empty()
                : Optional.of(new Pattern(
                        Kind.FAST_ORDERS,
                        "%d 单里有 %d 单在点击后 %d 秒内下单，一般人来不及".formatted(orders, fast, FAST_SECONDS),
                        "%d of %d orders came within %d seconds of the click, faster than people usually manage"
                                .formatted(fast, orders, FAST_SECONDS)));
    }

    /**
     * A burst of clicks.
     *
     * @param most clicks in the hour that had the most
     * @param median clicks in the median hour that had any
     * @param when the hour, in words
     */
    static Optional<Pattern> burst(long most, long median, String when) {
        return most < BURST_CLICKS || most < BURST_TIMES * median
                ? Optional.empty()
                : Optional.of(new Pattern(
                        Kind.BURST,
                        "%s 一小时内 %d 次点击，平常有点击的小时只有 %d 次".formatted(when, most, median),
                        "%d clicks in the hour of %s, where a usual hour with any has %d"
                                .formatted(most, when, median)));
    }

    /** Orders of a medium whose visitors we see. */
    static Optional<Pattern> unseen(long orders, long people) {
        return orders < FEW || orders <= people
                ? Optional.empty()
                : Optional.of(new Pattern(
                        Kind.MORE_REPORTED_THAN_SEEN,
                        "商城报告 %d 单，我们只看到 %d 人次：推广位可能用在了别处".formatted(orders, people),
                        "%d orders are reported, but only %d visitors were seen: the slot may be in use elsewhere"
                                .formatted(orders, people)));
    }
}
