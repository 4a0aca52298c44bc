package dev.zhida.sandbox;

import static dev.zhida.sandbox.Request.JSON;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What really became of every line, whatever its vendor's feed shows just now. */
final class Truth {

    private Truth() {}

    /** A line at a moment; {@code null} before it begins. Absent values are {@code null}. */
    static ObjectNode of(Line line, long at) {
        var state = line.at(at);
        if (state == null) {
            return null;
        }
        var settled = state.step() == Step.SETTLED;
        var base = settled ? state.settledBaseFen() : estimatedBase(line, state);
        var out = JSON.createObjectNode();
        out.put("vendor", line.vendor().name());
        out.put("marketplace", line.vendor().marketplace());
        out.put("account", line.account.appKey());
        out.put("key", line.key());
        out.put("orderNo", line.orderNo);
        out.put("parentNo", line.parentNo.isEmpty() ? null : line.parentNo);
        out.put("itemId", line.item.id());
        out.put("quantity", line.quantity);
        out.put("status", state.step().name());
        out.put("statusCode", state.code());
        out.put("paidFen", state.paidFen());
        out.put("estimatedBaseFen", estimatedBase(line, state));
        out.put("estimatedGrossFen", line.gross(estimatedBase(line, state)));
        out.put("settledGrossFen", settled ? line.gross(base) : null);
        out.put("feeFen", line.fee(base));
        out.put("subsidyFen", line.subsidy(base));
        out.put("refundedFen", state.refundedFen());
        var refunds = out.putArray("refunds");
        for (var dispute : line.disputes) {
            var news = dispute.at(at);
            if (news != null) {
                refunds.addObject()
                        .put("id", dispute.id())
                        .put("status", news.status())
                        .put("refundedFen", dispute.refundedFen())
                        .put("commissionFen", dispute.grossFen())
                        .put("feeFen", dispute.feeFen());
            }
        }
        out.put("slot", line.slot.words(line.vendor()));
        out.put("clickedAt", Instant.ofEpochSecond(line.clickedAt).toString());
        out.put("createdAt", Instant.ofEpochSecond(line.createdAt).toString());
        out.put("modifiedAt", Instant.ofEpochSecond(state.at()).toString());
        out.put(
                "frozen",
                line.freeze != null
                        && line.freeze.from() <= at
                        && (line.freeze.until() == Times.NEVER || at < line.freeze.until()));
        return out;
    }

    /** PDD and Douyin tell one amount: once it is settled, the estimate is what was settled. */
    private static long estimatedBase(Line line, State state) {
        return switch (line.vendor()) {
            case TAOBAO, JD -> state.estimatedBaseFen();
            case PDD, PANGOLIN, BUYIN -> DouyinOrders.base(state);
        };
    }

    /** What a settlement paid for a line, and what it took back of earlier ones. */
    private record Settlement(long grossFen, long feeFen, long backFen, long feeBackFen) {}

    /**
     * What the marketplace would send at the end of a month, one line each; the header first.
     *
     * @param month {@code yyyyMM}, the month of the payment
     */
    static List<String> statement(List<Line> lines, int month, long at) {
        var rows = new ArrayList<String>();
        rows.add("订单编号,行号,结算佣金,技术服务费,维权扣回,扣回技术服务费,实发金额");
        for (var line : lines) {
            var paid = settlement(line, month, at);
            if (paid != null) {
                rows.add(String.join(
                        ",",
                        line.orderNo,
                        line.key(),
                        Money.yuan(paid.grossFen),
                        Money.yuan(paid.feeFen),
                        Money.yuan(paid.backFen),
                        Money.yuan(paid.feeBackFen),
                        Money.yuan(paid.grossFen - paid.feeFen - paid.backFen + paid.feeBackFen)));
            }
        }
        return rows;
    }

    private static Settlement settlement(Line line, int month, long at) {
        long gross = 0;
        long fee = 0;
        long back = 0;
        long feeBack = 0;
        var touched = false;
        var first = true;
        var base = 0L;
        for (var state : line.states()) {
            if (state.at() > at || !first && state.settledBaseFen() == base) {
                continue;
            }
            if (state.step() == Step.SETTLED && first) {
                first = false;
                base = state.settledBaseFen();
                if (Times.month(state.at()) == month) {
                    gross = line.gross(base);
                    fee = line.fee(base);
                    touched = true;
                }
            } else if (!first) {
                var rest = Math.max(0, state.settledBaseFen());
                if (Times.month(Times.settlementAfter(state.at())) == month) {
                    back += line.gross(base) - line.gross(rest);
                    feeBack += line.fee(base) - line.fee(rest);
                    touched = true;
                }
                base = rest;
            }
        }
        for (var dispute : line.disputes) {
            for (var news : dispute.news()) {
                if (news.status() == 13 && news.at() <= at && Times.month(news.at()) == month) {
                    back += dispute.grossFen();
                    feeBack += dispute.feeFen();
                    touched = true;
                }
            }
        }
        return touched ? new Settlement(gross, fee, back, feeBack) : null;
    }
}
