package dev.zhida.sandbox;

import java.util.ArrayList;
import java.util.List;

/** One order line with the whole life that it will have; what is seen of it depends on the moment. */
final class Line {

    private static final int FEE_RATE = 1_000;

    /** Frozen for a violation from one second to another; {@code until} may be {@link Times#NEVER}. */
    record Freeze(long from, long until, int violation) {}

    final Account account;
    /** Unique in the sandbox; breaks ties of equal times. */
    final long number;

    final String orderNo;
    final String parentNo;
    /** Taobao's 二方 (2) or 三方 (3); elsewhere 0. */
    final int role;

    final Slot slot;
    final Item item;
    final int quantity;
    final long clickedAt;
    final long createdAt;
    final int shareRate;
    final boolean crossShop;
    final boolean compared;
    final boolean split;
    List<Dispute> disputes = List.of();
    Freeze freeze;
    private volatile State[] states;

    record Facts(
            Account account,
            long number,
            String orderNo,
            String parentNo,
            int role,
            Slot slot,
            Item item,
            int quantity,
            long clickedAt,
            long createdAt,
            int shareRate,
            boolean crossShop,
            boolean compared,
            boolean split) {}

    Line(Facts facts) {
        this.account = facts.account;
        this.number = facts.number;
        this.orderNo = facts.orderNo;
        this.parentNo = facts.parentNo;
        this.role = facts.role;
        this.slot = facts.slot;
        this.item = facts.item;
        this.quantity = facts.quantity;
        this.clickedAt = facts.clickedAt;
        this.createdAt = facts.createdAt;
        this.shareRate = facts.shareRate;
        this.crossShop = facts.crossShop;
        this.compared = facts.compared;
        this.split = facts.split;
    }

    void live(List<State> life) {
        states = life.toArray(State[]::new);
    }

    State[] states() {
        return states;
    }

    Vendor vendor() {
        return account.vendor();
    }

    /** The vendor's own key of the row. */
    String key() {
        return switch (vendor()) {
            case TAOBAO -> orderNo + ":" + role;
            case JD -> Long.toString(1_700_000_000_000_000_000L + number);
            case PDD -> orderNo;
            case PANGOLIN, BUYIN -> orderNo + ":" + item.id();
        };
    }

    /** What it is at a moment; {@code null} before it begins. */
    State at(long now) {
        State last = null;
        for (var state : states) {
            if (state.at() > now) {
                break;
            }
            last = state;
        }
        return last;
    }

    State end() {
        return states[states.length - 1];
    }

    /** When it first was at a step, as far as it was by the given state; else {@link Times#NEVER}. */
    long reached(Step step, State by) {
        for (var state : states) {
            if (state.at() > by.at()) {
                break;
            }
            if (state.step() == step) {
                return state.at();
            }
        }
        return Times.NEVER;
    }

    /** The row is changed at a moment, without a difference; {@code null} if another change comes before that. */
    synchronized State touch(long now) {
        var life = new ArrayList<>(List.of(states));
        for (var i = life.size() - 1; i >= 0; i--) {
            var current = life.get(i);
            if (current.at() <= now) {
                var touched = current.again(now);
                if (i + 1 < life.size() && life.get(i + 1).at() <= touched.at()) {
                    return null;
                }
                life.add(i + 1, touched);
                live(life);
                return touched;
            }
        }
        return null;
    }

    /** The commission on an amount, without subsidy, before the fee. */
    long commission(long baseFen) {
        if (compared || baseFen <= 0) {
            return 0;
        }
        return switch (vendor()) {
            case TAOBAO, JD -> Money.share(baseFen, item.rate(), shareRate);
            case PDD, PANGOLIN, BUYIN -> Money.share(baseFen, item.rate());
        };
    }

    long subsidy(long baseFen) {
        return compared || baseFen <= 0 ? 0 : Money.share(baseFen, item.subsidyRate(), shareRate);
    }

    /** Commission and subsidy before the fee. */
    long gross(long baseFen) {
        return commission(baseFen) + subsidy(baseFen);
    }

    /** The technical service fee of the commission on an amount. JD tells none. */
    long fee(long baseFen) {
        return switch (vendor()) {
            case TAOBAO, PDD -> Money.share(commission(baseFen), FEE_RATE);
            case JD -> 0;
            case PANGOLIN, BUYIN -> Money.shareUp(commission(baseFen), FEE_RATE);
        };
    }
}
