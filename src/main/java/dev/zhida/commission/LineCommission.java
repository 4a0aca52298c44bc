package dev.zhida.commission;

import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Target;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.order.OrderLine;
import dev.zhida.order.Refund;
import java.time.Instant;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one order line earns, and what should stand in the books for it. Its refunds are part of it: what they take back
 * shrinks the line's own target, so that the parts of a line sum whatever happens to it.
 *
 * @param ground where the line comes from, by which its rule was chosen
 * @param placementId {@code null} where it is not known
 * @param assumedFee the technical service fee to assume, of the commission part, where none is reported
 * @param estimated on what was paid
 * @param settled on what was settled, after refunds; {@link Calculation#NOTHING} before
 * @param sold what the buyer paid and keeps, once settled; nothing before
 * @param month the month to post in
 */
record LineCommission(
        OrderLine line,
        Ground ground,
        Long placementId,
        Rule rule,
        Rate assumedFee,
        Calculation estimated,
        Calculation settled,
        Money sold,
        YearMonth month) {

    /** Works out a line; {@code now} dates lines for which the marketplace tells no time at all. */
    static LineCommission of(OrderLine line, Ground ground, Long placementId, Rule rule, Rate assumedFee, Instant now) {
        var latest = line.latest();
        var known = ground.creatorId() != null;
        var earns = line.status() != OrderStatus.INVALID && line.status() != OrderStatus.CREATED;
        var settles = line.status() == OrderStatus.SETTLED && latest.settled() != null;
        var estimated = earns
                ? Calculation.of(latest.estimated(), latest, List.of(), rule.terms(), assumedFee, known)
                : Calculation.NOTHING;
        var refunds = line.refunds().stream().filter(Refund::takesBack).toList();
        var settled = settles
                ? Calculation.of(latest.settled(), latest, refunds, rule.terms(), assumedFee, known)
                : Calculation.NOTHING;
        var settledAt = line.status() == OrderStatus.SETTLED || line.status() == OrderStatus.NEEDS_REVIEW
                ? latest.settledAt()
                : null;
        var datedAt = settledAt != null ? settledAt : line.paidAt();
        var month = BusinessTime.monthOf(datedAt != null ? datedAt : now);
        return new LineCommission(
                line,
                ground,
                placementId,
                rule,
                assumedFee,
                estimated,
                settled,
                settles ? sold(line) : Money.ZERO,
                month);
    }

    /** Whoever pays the commission back: the buyer has her money again. */
    private static Money sold(OrderLine line) {
        var base = line.latest().settledBase() == null
                ? line.latest().paid()
                : line.latest().settledBase();
        var kept = line.refunds().stream()
                .filter(refund -> refund.takesBack() || refund.status() == RefundStatus.FROM_SELLER)
                .map(refund -> refund.latest().refunded())
                .reduce(base, Money::minus);
        return kept.isPositive() ? kept : Money.ZERO;
    }

    /**
     * The instant whose rules hold for a line: when the buyer paid, else when she clicked, else when it was settled.
     *
     * @return {@code null} if the marketplace tells no time at all
     */
    static Instant ruledAt(OrderLine line) {
        if (line.paidAt() != null) {
            return line.paidAt();
        }
        var latest = line.latest();
        return latest.clickedAt() != null ? latest.clickedAt() : latest.settledAt();
    }

    /** Whether what the line earns is final. */
    boolean isSettled() {
        return line.status() == OrderStatus.SETTLED;
    }

    /** Whether the creator's part waits until somebody has decided. */
    boolean isHeld() {
        return isSettled() && line.isKeptBack() && ground.creatorId() != null;
    }

    /** What the books hold for the creator because of this line. */
    Money amount() {
        return standing().creator();
    }

    /** The division that stands in the books: a line that needs review moves nothing. */
    Calculation standing() {
        return switch (line.status()) {
            case PAID, RECEIVED -> estimated;
            case SETTLED -> settled;
            case CREATED, INVALID, NEEDS_REVIEW -> Calculation.NOTHING;
        };
    }

    static String source(java.util.UUID lineId) {
        return "order-line/" + lineId;
    }

    /** The target balances of this line: nothing at all for a line that is invalid or not paid. */
    Target target() {
        var receivable = new Account(
                isSettled() ? Kind.RECEIVABLE : Kind.RECEIVABLE_ESTIMATED,
                line.latest().marketplace().name());
        var standing = standing();
        var amountByFlow = new LinkedHashMap<Flow, Money>();
        put(
                amountByFlow,
                receivable,
                Account.of(isSettled() ? Kind.TECHNICAL_SERVICE_FEE : Kind.FEE_ESTIMATED),
                standing.fee());
        put(amountByFlow, receivable, beneficiary(), standing.creator());
        // While a line is held the agency's share waits with the creator's: it is divided when the line is free.
        put(amountByFlow, receivable, isHeld() ? beneficiary() : agency(), standing.agency());
        put(
                amountByFlow,
                receivable,
                Account.of(isSettled() ? Kind.PLATFORM_REVENUE : Kind.PLATFORM_ESTIMATED),
                standing.platform());
        return new Target(source(line.id()), amountByFlow, month, line.status().name());
    }

    private Account beneficiary() {
        var creator = ground.creatorId();
        if (creator == null) {
            return Account.of(isSettled() ? Kind.UNATTRIBUTED : Kind.UNATTRIBUTED_ESTIMATED);
        }
        if (isHeld()) {
            return new Account(Kind.CREATOR_HELD, creator.toString());
        }
        return new Account(isSettled() ? Kind.CREATOR_CONFIRMED : Kind.CREATOR_ESTIMATED, creator.toString());
    }

    private Account agency() {
        var agency = rule.terms().agencyId();
        return agency == null
                ? beneficiary()
                : new Account(isSettled() ? Kind.AGENCY_CONFIRMED : Kind.AGENCY_ESTIMATED, agency.toString());
    }

    private static void put(Map<Flow, Money> amounts, Account debit, Account credit, Money amount) {
        if (!amount.isZero()) {
            amounts.merge(new Flow(debit, credit), amount, Money::plus);
        }
    }

    /** All that went in and came out, for whoever asks why. */
    Map<String, Object> inputs() {
        var latest = line.latest();
        var inputs = new LinkedHashMap<String, Object>();
        inputs.put("status", line.status().name());
        inputs.put("ruledAt", text(ruledAt(line)));
        inputs.put("paidFen", latest.paid().fen());
        inputs.put("estimatedFen", latest.estimated().fen());
        put(inputs, "settledFen", latest.settled());
        put(inputs, "settledBaseFen", latest.settledBase());
        put(inputs, "subsidyFen", latest.subsidy());
        put(inputs, "feeFen", latest.fee());
        if (latest.feeRate() != null) {
            inputs.put("feeRate", latest.feeRate().fraction().toPlainString());
        }
        inputs.put("assumedFee", assumedFee.fraction().toPlainString());
        inputs.put("frozen", line.frozen());
        inputs.put(
                "refunds", line.refunds().stream().map(LineCommission::refund).toList());
        inputs.put("ground", ground(ground));
        inputs.put("rule", rule(rule));
        inputs.put("standing", standing(standing()));
        return inputs;
    }

    private static Map<String, Object> refund(Refund refund) {
        return Map.of(
                "id",
                refund.latest().refundId(),
                "status",
                refund.status().name(),
                "takesBack",
                refund.takesBack(),
                "commissionFen",
                refund.latest().commission().fen(),
                "feeFen",
                refund.latest().fee().fen());
    }

    private static Map<String, Object> ground(Ground ground) {
        var map = new LinkedHashMap<String, Object>();
        putText(map, "creator", ground.creatorId());
        putText(map, "campaign", ground.campaignId());
        putText(map, "medium", ground.medium());
        putText(map, "platform", ground.platform());
        putText(map, "marketplace", ground.marketplace());
        return map;
    }

    private static Map<String, Object> rule(Rule rule) {
        var terms = rule.terms();
        var map = new LinkedHashMap<String, Object>();
        map.put("version", rule.version());
        map.put("name", terms.name());
        map.put("about", ground(rule.ground()));
        map.put("kind", terms.kind().name());
        if (terms.share() != null) {
            map.put("share", terms.share().fraction().toPlainString());
        }
        put(map, "fixedFen", terms.fixed());
        put(map, "floorFen", terms.floor());
        put(map, "capFen", terms.cap());
        putText(map, "agency", terms.agencyId());
        if (terms.agencyShare() != null) {
            map.put("agencyShare", terms.agencyShare().fraction().toPlainString());
        }
        return map;
    }

    private static Map<String, Object> standing(Calculation c) {
        var map = new LinkedHashMap<String, Object>();
        put(map, "reportedFen", c.reported());
        put(map, "refundedFen", c.refunded());
        put(map, "overRefundedFen", c.overRefunded());
        put(map, "grossFen", c.gross());
        put(map, "feeFen", c.fee());
        put(map, "feeRefundedFen", c.feeRefunded());
        map.put("feeAssumed", c.feeAssumed());
        put(map, "grantedFen", c.granted());
        put(map, "partFen", c.part());
        put(map, "creatorFen", c.creator());
        put(map, "agencyFen", c.agency());
        put(map, "platformFen", c.platform());
        return map;
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }

    private static void putText(Map<String, Object> map, String key, Object value) {
        if (value != null) {
            map.put(key, value.toString());
        }
    }

    private static void put(Map<String, Object> map, String key, Money amount) {
        if (amount != null) {
            map.put(key, amount.fen());
        }
    }
}
