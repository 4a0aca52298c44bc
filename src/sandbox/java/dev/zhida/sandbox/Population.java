package dev.zhida.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes orders with all that will become of them. The same dice make the same orders.
 *
 * <p>What was received in a month is settled on the 20th of the next; PDD settles on the 20th what it approved from the
 * 16th of the month before to the 15th, 15 days after receipt.
 */
final class Population {

    private static final long APPROVED_AFTER = 15 * Times.DAY;

    private Population() {}

    /**
     * What is ordered.
     *
     * @param number the number of the first line; the others follow
     * @param outcome {@code null} for what the dice say
     * @param lines how many lines, at most; 0 for what the dice say
     */
    record Purchase(
            Account account, long number, long at, long clickedAt, Slot slot, Item item, Outcome outcome, int lines) {}

    /** One order with its lines. */
    static List<Line> order(Purchase purchase, SplittableRandom dice) {
        var outcome = purchase.outcome == null ? Outcome.of(dice.nextInt(1_000)) : purchase.outcome;
        var vendor = purchase.account.vendor();
        if (outcome == Outcome.SPLIT && vendor == Vendor.JD) {
            return split(purchase, dice);
        }
        var children = vendor == Vendor.PDD ? 1 : children(dice);
        if (purchase.lines > 0) {
            children = Math.min(children, purchase.lines);
        }
        var paidAt = purchase.at + 20 + dice.nextInt(600);
        var receivedAt = paidAt + 2 * Times.DAY + dice.nextLong(6 * Times.DAY);
        var shared = vendor == Vendor.TAOBAO && purchase.lines != 1 && dice.nextInt(100) == 0;
        var lines = new ArrayList<Line>();
        for (var i = 0; i < children; i++) {
            var fate = outcome;
            if (purchase.outcome == null && i > 0 && !outcome.ofTheWholeOrder()) {
                fate = Outcome.of(dice.nextInt(1_000));
                fate = fate.ofTheWholeOrder() ? Outcome.NORMAL : fate;
            }
            var item = i == 0 && purchase.item != null ? purchase.item : anItem(vendor, dice);
            lines.add(line(purchase, lines.size(), item, i > 0, 10_000, dice));
            live(lines.getLast(), fate, paidAt, receivedAt, dice.split());
        }
        if (shared && (purchase.lines == 0 || lines.size() < purchase.lines)) {
            // The same sub-order again, for the one who shares in its commission.
            var first = lines.getFirst();
            var twin = new Line(new Line.Facts(
                    first.account,
                    purchase.number + lines.size(),
                    first.orderNo,
                    first.parentNo,
                    3,
                    first.slot,
                    first.item,
                    first.quantity,
                    first.clickedAt,
                    first.createdAt,
                    3_000,
                    first.crossShop,
                    false,
                    false));
            twin.live(List.of(first.states()));
            // A punishment names the sub-order: whoever earns from it is frozen.
            twin.freeze = first.freeze;
            lines.add(twin);
        }
        return lines;
    }

    private static int children(SplittableRandom dice) {
        var thrown = dice.nextInt(100);
        return thrown < 68 ? 1 : thrown < 90 ? 2 : 3 + dice.nextInt(3);
    }

    private static Item anItem(Vendor vendor, SplittableRandom dice) {
        return Item.of(
                vendor,
                switch (vendor) {
                    case TAOBAO -> "%012d7".formatted(680_000_000_000L + dice.nextLong(9_000_000_000L));
                    case JD -> "itm" + Long.toString(1_000_000_000L + dice.nextLong(9_000_000_000L), 36) + "x";
                    case PDD -> "Y9" + Long.toString(1_000_000_000_000L + dice.nextLong(9_000_000_000_000L), 36) + "_k";
                    case PANGOLIN, BUYIN -> "3600%014d7".formatted(dice.nextLong(9_000_000_000_000L));
                });
    }

    private static Line line(
            Purchase purchase, int child, Item item, boolean other, int shareRate, SplittableRandom dice) {
        var number = purchase.number + child;
        var vendor = purchase.account.vendor();
        var quantity = dice.nextInt(4) == 0 ? 2 + dice.nextInt(3) : 1;
        return new Line(new Line.Facts(
                purchase.account,
                number,
                orderNo(vendor, child == 0 || vendor == Vendor.TAOBAO ? number : purchase.number, purchase.at),
                vendor == Vendor.TAOBAO ? Long.toString(3_600_000_000_000_000_000L + purchase.number * 7) : "",
                vendor == Vendor.TAOBAO ? 2 : 0,
                purchase.slot,
                item,
                quantity,
                purchase.clickedAt,
                purchase.at,
                vendor == Vendor.JD ? 9_000 : shareRate,
                other && dice.nextInt(2) == 0,
                vendor == Vendor.PDD && dice.nextInt(50) == 0,
                false));
    }

    private static String orderNo(Vendor vendor, long number, long at) {
        return switch (vendor) {
            case TAOBAO -> Long.toString(2_600_000_000_000_000_000L + number * 7);
            case JD -> Long.toString(300_000_000_000L + number);
            case PDD -> Integer.toString(Times.day(at)).substring(2) + "-%015d".formatted(number);
            case PANGOLIN, BUYIN -> Long.toString(6_900_000_000_000_000_000L + number * 11);
        };
    }

    /** JD: the order as it was paid ends as split; its parts appear then, with the order's own time. */
    private static List<Line> split(Purchase purchase, SplittableRandom dice) {
        var parts = purchase.lines > 0 ? Math.min(2, purchase.lines - 1) : 2;
        var whole = line(purchase, 0, anItem(Vendor.JD, dice), false, 9_000, dice);
        var paidAt = purchase.at + 20 + dice.nextInt(600);
        var splitAt = paidAt + 600 + dice.nextInt(3_600);
        var life = new Walk(whole, paidAt, Step.PAID, "16");
        life.to(splitAt, Step.INVALID, "2");
        whole.live(life.states());
        var lines = new ArrayList<>(List.of(whole));
        for (var i = 1; i <= parts; i++) {
            var part = new Line(new Line.Facts(
                    purchase.account,
                    purchase.number + i,
                    orderNo(Vendor.JD, purchase.number + i, purchase.at),
                    whole.orderNo,
                    0,
                    purchase.slot,
                    whole.item,
                    1,
                    whole.clickedAt,
                    whole.createdAt,
                    9_000,
                    false,
                    false,
                    true));
            var receivedAt = splitAt + 2 * Times.DAY + dice.nextLong(6 * Times.DAY);
            var lifeOfPart = new Walk(part, splitAt, Step.PAID, "16");
            lifeOfPart.receive(receivedAt, "17");
            lifeOfPart.settle(settledAt(receivedAt, dice), "17");
            part.live(lifeOfPart.states());
            lines.add(part);
        }
        return lines;
    }

    private static long settledAt(long receivedAt, SplittableRandom dice) {
        return Times.settlementAfter(receivedAt) + dice.nextInt(4 * 3_600);
    }

    private static void live(Line line, Outcome outcome, long paidAt, long receivedAt, SplittableRandom dice) {
        var settledAt = settledAt(receivedAt, dice);
        var walk =
                switch (line.vendor()) {
                    case TAOBAO -> taobao(line, outcome, paidAt, receivedAt, settledAt, dice);
                    case JD -> jd(line, outcome, paidAt, receivedAt, settledAt, dice);
                    case PDD -> pdd(line, outcome, paidAt, receivedAt, dice);
                    case PANGOLIN, BUYIN -> douyin(line, outcome, paidAt, receivedAt, settledAt, dice);
                };
        line.live(walk.states());
    }

    private static Walk taobao(
            Line line, Outcome outcome, long paidAt, long receivedAt, long settledAt, SplittableRandom dice) {
        if (outcome == Outcome.UNPAID) {
            var walk = new Walk(line, line.createdAt, Step.CREATED, "11");
            walk.to(line.createdAt + 1_800 + dice.nextInt(80_000), Step.INVALID, "13");
            return walk;
        }
        var walk = new Walk(line, paidAt, Step.PAID, "12");
        switch (outcome) {
            case PRESALE -> walk.presale(paidAt + Times.HOUR + dice.nextLong(Times.DAY), "12");
            case CANCELLED -> {
                walk.to(paidAt + Times.HOUR + dice.nextLong(receivedAt - paidAt - Times.HOUR), Step.INVALID, "13");
                return walk;
            }
            case NO_COMMISSION, REJECTED -> {
                walk.to(paidAt + 600, Step.INVALID, "13");
                return walk;
            }
            default -> {}
        }
        walk.receive(receivedAt, "14");
        if (outcome == Outcome.PARTIAL_REFUND) {
            var opened = receivedAt + 600 + dice.nextInt(80_000);
            var decided = opened + 3_600 + dice.nextInt(80_000);
            var refunded = part(line, walk.now().paidFen(), dice);
            line.disputes = List.of(new Dispute(
                    disputeId(line, 0),
                    refunded,
                    0,
                    0,
                    0,
                    List.of(new Dispute.News(opened, 4), new Dispute.News(decided, 2))));
            walk.disputed(opened);
            walk.refunded(decided, refunded, 0);
        }
        walk.settle(settledAt, "3");
        if (outcome == Outcome.REFUND_AFTER_SETTLEMENT) {
            disputesAfterSettlement(line, walk, settledAt, dice);
        }
        if (outcome == Outcome.PUNISHED) {
            var from = receivedAt + Times.HOUR + dice.nextLong(settledAt - receivedAt);
            line.freeze = new Line.Freeze(
                    from,
                    dice.nextBoolean() ? from + 10 * Times.DAY + dice.nextLong(10 * Times.DAY) : Times.NEVER,
                    1 + dice.nextInt(2));
        }
        return walk;
    }

    /** One dispute, or two of which the second is opened while the first is pending; the order's row shows the mark. */
    private static void disputesAfterSettlement(Line line, Walk walk, long settledAt, SplittableRandom dice) {
        var opened = settledAt + 600 + dice.nextLong(8 * Times.DAY);
        var several = dice.nextInt(4) == 0;
        var base = walk.now().settledBaseFen();
        var first = several || dice.nextBoolean() ? part(line, base, dice) : base;
        var disputes = new ArrayList<Dispute>();
        var second = opened + 600 + dice.nextInt(3_000);
        var decided = opened + Times.HOUR + dice.nextLong(3 * Times.DAY);
        disputes.add(dispute(line, 0, base, first, several ? second : Times.NEVER, opened, decided, dice));
        if (several) {
            // Refused or granted, the first one's amount is not asked for a second time.
            var left = base - first;
            disputes.add(dispute(
                    line, 1, left, dice.nextBoolean() ? left : part(line, left, dice), second, second, decided, dice));
        }
        line.disputes = List.copyOf(disputes);
        walk.disputed(opened);
    }

    private static Dispute dispute(
            Line line,
            int ordinal,
            long baseFen,
            long refundedFen,
            long severalAt,
            long opened,
            long decided,
            SplittableRandom dice) {
        var news = new ArrayList<Dispute.News>();
        if (severalAt != opened) {
            news.add(new Dispute.News(opened, 4));
        }
        if (severalAt != Times.NEVER) {
            news.add(new Dispute.News(severalAt, 11));
        }
        var later = decided + 1 + ordinal + dice.nextLong(Times.DAY);
        switch (dice.nextInt(6)) {
            case 0 -> news.add(new Dispute.News(later, 3));
            case 1 -> news.add(new Dispute.News(later, 2));
            case 2 -> {
                news.add(new Dispute.News(later, 2));
                news.add(new Dispute.News(later + Times.HOUR, 14));
                news.add(new Dispute.News(later + 5 * Times.DAY, 15));
            }
            case 3 -> news.add(new Dispute.News(later, 12));
            default -> {
                news.add(new Dispute.News(later, 2));
                news.add(new Dispute.News(later + Times.HOUR, 12));
                news.add(new Dispute.News(later + 6 * Times.DAY, 13));
            }
        }
        var rest = baseFen - refundedFen;
        return new Dispute(
                disputeId(line, ordinal),
                refundedFen,
                line.commission(baseFen) - line.commission(rest),
                line.subsidy(baseFen) - line.subsidy(rest),
                line.fee(baseFen) - line.fee(rest),
                List.copyOf(news));
    }

    private static String disputeId(Line line, int ordinal) {
        return Long.toString(190_000_000_000_000_000L + line.number * 10 + ordinal);
    }

    private static Walk jd(
            Line line, Outcome outcome, long paidAt, long receivedAt, long settledAt, SplittableRandom dice) {
        var walk = new Walk(line, line.createdAt, Step.CREATED, outcome == Outcome.PRESALE ? "24" : "15");
        switch (outcome) {
            case UNPAID -> {
                walk.to(line.createdAt + 1_800 + dice.nextInt(80_000), Step.INVALID, "3");
                return walk;
            }
            case PRESALE -> walk.presale(paidAt + Times.HOUR + dice.nextLong(Times.DAY), "16");
            default -> walk.to(paidAt, Step.PAID, "16");
        }
        switch (outcome) {
            case CANCELLED -> {
                walk.to(paidAt + Times.HOUR + dice.nextLong(receivedAt - paidAt - Times.HOUR), Step.INVALID, "3");
                return walk;
            }
            case NO_COMMISSION -> {
                walk.to(paidAt + 600, Step.INVALID, dice.nextBoolean() ? "19" : "22");
                return walk;
            }
            case REJECTED, PUNISHED -> {
                var codes = List.of("13", "14", "25", "26", "27", "28", "30", "36", "42");
                walk.to(paidAt + Times.DAY, Step.INVALID, codes.get(dice.nextInt(codes.size())));
                return walk;
            }
            case PARTIAL_REFUND -> {
                var refunded = part(line, walk.now().paidFen(), dice);
                walk.refundedOfEstimate(paidAt + Times.DAY, refunded, 1);
            }
            default -> {}
        }
        walk.receive(receivedAt, "17");
        if (outcome == Outcome.PRICE_PROTECTED) {
            walk.priceProtected(receivedAt + 600 + dice.nextLong(5 * Times.DAY), 100 + dice.nextInt(400));
        }
        walk.settle(settledAt, "17");
        if (outcome == Outcome.REFUND_AFTER_SETTLEMENT) {
            givenBack(line, walk, settledAt, dice);
        }
        return walk;
    }

    /** After the settlement, in one or two parts, perhaps all: the row's own amounts shrink. */
    private static void givenBack(Line line, Walk walk, long settledAt, SplittableRandom dice) {
        var at = settledAt + 600 + dice.nextLong(20 * Times.DAY);
        for (var times = 1 + dice.nextInt(2); times > 0; times--) {
            var base = walk.now().settledBaseFen();
            var all = times == 1 && dice.nextBoolean();
            walk.refunded(at, all ? base : part(line, base, dice), 1);
            at += Times.HOUR + dice.nextLong(5 * Times.DAY);
        }
    }

    private static Walk pdd(Line line, Outcome outcome, long paidAt, long receivedAt, SplittableRandom dice) {
        Walk walk;
        if (dice.nextInt(20) == 0 || outcome == Outcome.UNPAID) {
            walk = new Walk(line, line.createdAt, Step.CREATED, "-1");
            if (outcome == Outcome.UNPAID) {
                return walk;
            }
            walk.to(paidAt, Step.PAID, "0");
        } else {
            walk = new Walk(line, paidAt, Step.PAID, "0");
        }
        walk.to(paidAt + 60 + dice.nextInt(80_000), Step.PAID, "1");
        switch (outcome) {
            case CANCELLED -> {
                walk.to(walk.now().at() + Times.HOUR, Step.INVALID, "4");
                return walk;
            }
            case NO_COMMISSION -> {
                walk.to(walk.now().at() + 600, Step.INVALID, "8");
                return walk;
            }
            default -> {}
        }
        walk.receive(Math.max(receivedAt, walk.now().at() + Times.HOUR), "2");
        var approvedAt = walk.now().at() + APPROVED_AFTER;
        switch (outcome) {
            case REJECTED, REFUND_AFTER_SETTLEMENT -> {
                walk.to(approvedAt - Times.DAY, Step.INVALID, "4");
                return walk;
            }
            case PARTIAL_REFUND ->
                walk.refundedOfEstimate(
                        walk.now().at() + Times.DAY, part(line, walk.now().paidFen(), dice), 0);
            default -> {}
        }
        walk.to(approvedAt, Step.RECEIVED, "3");
        if (outcome == Outcome.PUNISHED) {
            walk.to(approvedAt + Times.DAY, Step.INVALID, "10");
            return walk;
        }
        walk.settle(pddSettlesAt(approvedAt) + dice.nextInt(4 * 3_600), "5");
        return walk;
    }

    private static long pddSettlesAt(long approvedAt) {
        // Approved until the 15th: on the 20th of the same month.
        return Times.day(approvedAt) % 100 <= 15
                ? Times.settlementAfter(approvedAt - 20 * Times.DAY)
                : Times.settlementAfter(approvedAt);
    }

    private static Walk douyin(
            Line line, Outcome outcome, long paidAt, long receivedAt, long settledAt, SplittableRandom dice) {
        var walk = new Walk(line, paidAt, Step.PAID, "PAY_SUCC");
        switch (outcome) {
            case UNPAID, CANCELLED, NO_COMMISSION -> {
                var at = paidAt + Times.HOUR + dice.nextLong(receivedAt - paidAt - Times.HOUR);
                walk.refundedOfEstimate(at, walk.now().paidFen(), 0);
                walk.turn(Step.INVALID, "REFUND");
                return walk;
            }
            case PARTIAL_REFUND ->
                walk.refundedOfEstimate(
                        paidAt + Times.DAY, part(line, walk.now().paidFen(), dice), 0);
            default -> {}
        }
        walk.receive(receivedAt, "CONFIRM");
        if (outcome == Outcome.REJECTED) {
            walk.refundedOfEstimate(receivedAt + Times.HOUR, walk.now().estimatedBaseFen(), 0);
            walk.turn(Step.INVALID, "REFUND");
            return walk;
        }
        walk.settle(settledAt, "SETTLE");
        if (outcome == Outcome.PUNISHED) {
            walk.refunded(settledAt + Times.DAY, walk.now().settledBaseFen(), 0);
            walk.turn(Step.INVALID, "REFUND");
        } else if (outcome == Outcome.REFUND_AFTER_SETTLEMENT) {
            givenBack(line, walk, settledAt, dice);
            if (walk.now().settledBaseFen() == 0) {
                walk.turn(Step.INVALID, "REFUND");
            }
        }
        return walk;
    }

    /** A part of an amount: more than nothing, less than all, where that is possible. */
    private static long part(Line line, long fen, SplittableRandom dice) {
        return fen <= 1 ? fen : Math.max(1, fen * (10 + dice.nextInt(60)) / 100);
    }

    /** Walks a line from state to state. */
    private static final class Walk {

        private final ArrayList<State> states = new ArrayList<>();
        private final Line line;

        Walk(Line line, long at, Step step, String code) {
            this.line = line;
            states.add(State.first(at, step, code, line.item.paidFen() * line.quantity));
        }

        List<State> states() {
            return states;
        }

        State now() {
            return states.getLast();
        }

        void to(long at, Step step, String code) {
            states.add(now().to(at, step, code));
        }

        /** The last change has another status. */
        void turn(Step step, String code) {
            var last = states.removeLast();
            states.add(last.to(last.at(), step, code)
                    .settledOn(step == Step.INVALID ? Money.NONE : last.settledBaseFen()));
        }

        /** So far it was a deposit; now it is paid. */
        void presale(long at, String code) {
            var whole = now().paidFen();
            var first = states.removeLast();
            states.add(first.paid(whole / 10));
            states.add(first.paid(whole / 10).to(at, Step.PAID, code).paid(whole));
        }

        /** Arrived; where the vendor then knows what it will pay, it says so. */
        void receive(long at, String code) {
            var next = now().to(at, Step.RECEIVED, code);
            states.add(line.vendor() == Vendor.JD ? next.settledOn(next.estimatedBaseFen()) : next);
        }

        void settle(long at, String code) {
            var next = now().to(at, Step.SETTLED, code);
            var base = next.settledBaseFen();
            if (base == Money.NONE) {
                base = line.vendor() == Vendor.TAOBAO ? next.paidFen() - next.refundedFen() : next.estimatedBaseFen();
            }
            states.add(next.settledOn(base));
        }

        /** Somebody complains; the row shows the mark. */
        void disputed(long at) {
            states.add(now().again(at).withDispute());
        }

        /** Money goes back to the buyer, and what is settled shrinks where it is known. */
        void refunded(long at, long fen, int pieces) {
            var next = now().again(at);
            var returned = Math.min(pieces, line.quantity - next.returned());
            next = next.refunded(fen, returned);
            states.add(next.settledBaseFen() == Money.NONE ? next : next.settledOn(next.settledBaseFen() - fen));
        }

        /** Money goes back to the buyer, and the estimate shrinks. */
        void refundedOfEstimate(long at, long fen, int pieces) {
            var next = now().again(at);
            var returned = Math.min(pieces, line.quantity - next.returned());
            states.add(next.refunded(fen, returned).estimatedOn(next.estimatedBaseFen() - fen));
        }

        void priceProtected(long at, long fen) {
            var next = now().again(at);
            var given = Math.min(fen, next.settledBaseFen());
            states.add(next.withPriceProtection(given).settledOn(next.settledBaseFen() - given));
        }
    }
}
