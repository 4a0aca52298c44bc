package dev.zhida.report;

import dev.zhida.identity.Scope;
import dev.zhida.ledger.Ledger;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.money.BusinessTime;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.report.FinanceFile.Column;
import dev.zhida.report.FinanceFile.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What order lines earn, as creators and finance read it. */
@ApplicationScoped
class CommissionReport {

    private final Jdbi jdbi;
    private final Ledger ledger;

    CommissionReport(Jdbi jdbi, Ledger ledger) {
        this.jdbi = jdbi;
        this.ledger = ledger;
    }

    /** Which commissions; what is {@code null} does not limit. */
    record Filter(
            YearMonth period,
            UUID creatorId,
            OrderStatus status,
            Marketplace marketplace,
            Platform platform,
            Medium medium) {}

    /** One line's commission; amounts in fen. */
    record Row(
            UUID orderLineId,
            String orderNo,
            String parentNo,
            String marketplace,
            String status,
            String itemTitle,
            UUID creatorId,
            String creatorName,
            String code,
            String platform,
            String scene,
            String medium,
            String label,
            long paidFen,
            long estimatedFen,
            long settledFen,
            long amountFen,
            long feeFen,
            boolean feeAssumed,
            String confidence,
            String period,
            Instant paidAt,
            Instant settledAt) {}

    /**
     * Of a closed month: as its commissions stood at the lock. Else: as they stand now; one that came when its month was closed
     * already belongs to the first open month.
     */
    private static String from(Filter filter, Scope scope, Optional<YearMonth> lastLocked) {
        var conditions = new ArrayList<String>();
        String rows;
        if (isClosed(filter.period(), lastLocked)) {
            rows = "closed_commission";
            conditions.add("month = " + literal(filter.period()));
        } else {
            rows = live(filter.period(), lastLocked);
        }
        condition(conditions, "creator_id", scope.creatorOnly());
        condition(conditions, "creator_id", filter.creatorId());
        condition(conditions, "status", filter.status());
        condition(conditions, "marketplace", filter.marketplace());
        condition(conditions, "platform", filter.platform());
        condition(conditions, "medium", filter.medium());
        return rows + (conditions.isEmpty() ? " where true" : " where " + String.join(" and ", conditions));
    }

    private static String live(YearMonth period, Optional<YearMonth> lastLocked) {
        // The time only narrows down what has to be looked up among the closed ones.
        var late =
                lastLocked.map(last -> """
                        (c.month <= %1$s
                         and c.calculated_at > (select locked_at - interval '1 hour' from ledger_month_lock where month = %1$s)
                         and %2$s)
                        """.formatted(literal(last), NOT_CLOSED)).orElse("false");
        var open = lastLocked.map(last -> last.plusMonths(1));
        if (period == null) {
            var month = open.map(first -> "case when %s then %s::date else c.month end".formatted(late, literal(first)))
                    .orElse("c.month");
            return LIVE.formatted(month, "true");
        }
        // One that was settled in a closed month stays there, though it would be dated later by now.
        var ofPeriod = "c.month = " + literal(period)
                + open.map(first -> " and (coalesce(o.paid_at, o.created_at) >= timestamptz '%s' or %s)"
                                .formatted(BusinessTime.startOf(first.atDay(1)), NOT_CLOSED))
                        .orElse("");
        return LIVE.formatted(
                literal(period) + "::date",
                open.filter(period::equals).isPresent() ? "(" + ofPeriod + " or " + late + ")" : ofPeriod);
    }

    private static final String NOT_CLOSED = """
            not exists (select from closed_commission x where x.order_line_id = c.order_line_id
                and x.status in ('SETTLED', o.status) and x.creator_id is not distinct from c.creator_id)""";

    private static final String LIVE = """
            (select c.order_line_id, o.order_no, o.parent_no, o.marketplace, o.status, o.item_title, c.creator_id,
                    r.name creator_name, p.code, p.platform, p.scene, a.medium, p.label, o.paid_fen, c.estimated_fen,
                    c.settled_fen, c.amount_fen, c.fee_fen, c.fee_assumed, a.confidence, %s as month,
                    coalesce(o.paid_at, o.created_at) paid_at, o.settled_at
             from commission c
             join order_line o on o.id = c.order_line_id
             join attribution a on a.order_line_id = o.id and a.current
             left join placement p on p.id = c.placement_id
             left join creator r on r.id = c.creator_id
             where %s) commission
            """;

    private static boolean isClosed(YearMonth period, Optional<YearMonth> lastLocked) {
        return period != null
                && lastLocked.filter(last -> !period.isAfter(last)).isPresent();
    }

    /** Whether what is asked for is of a closed month, and so the same for ever. */
    boolean isClosed(Filter filter) {
        return isClosed(filter.period(), ledger.lastLocked());
    }

    /** The file of all that the filter lets through, in the order of its lines. */
    FinanceFile file(String name, Filter filter, Scope scope) {
        return file(name, filter, scope, ledger.lastLocked());
    }

    static FinanceFile file(String name, Filter filter, Scope scope, Optional<YearMonth> lastLocked) {
        return new FinanceFile(name, COLUMNS, "amount_fen", from(filter, scope, lastLocked), "order_line_id");
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("orderLineId", "订单行", Kind.WORD, "order_line_id"),
            new Column("orderNo", "订单编号", Kind.ID, "order_no"),
            new Column("parentNo", "父订单编号", Kind.ID, "parent_no"),
            new Column("marketplace", "电商平台", Kind.WORD, "marketplace"),
            new Column("status", "状态", Kind.WORD, "status"),
            new Column("item", "商品", Kind.TEXT, "item_title"),
            new Column("creatorId", "博主编号", Kind.WORD, "creator_id"),
            new Column("creator", "博主", Kind.TEXT, "creator_name"),
            new Column("code", "编码", Kind.WORD, "code"),
            new Column("platform", "渠道", Kind.WORD, "platform"),
            new Column("scene", "场景", Kind.WORD, "scene"),
            new Column("medium", "形式", Kind.WORD, "medium"),
            new Column("label", "备注", Kind.TEXT, "label"),
            new Column("paid", "付款金额", Kind.MONEY, "paid_fen"),
            new Column("estimated", "付款预估", Kind.MONEY, "estimated_fen"),
            new Column("settled", "结算", Kind.MONEY, "settled_fen"),
            new Column("amount", "应计", Kind.MONEY, "amount_fen"),
            new Column("fee", "技术服务费", Kind.MONEY, "fee_fen"),
            new Column("feeAssumed", "服务费为假定", Kind.WORD, "case when fee_assumed then '是' else '否' end"),
            new Column("confidence", "归因", Kind.WORD, "confidence"),
            new Column("period", "入账月", Kind.WORD, "to_char(month, 'YYYY-MM')"),
            new Column("paidAt", "付款时间", Kind.TIME, "paid_at"),
            new Column("settledAt", "结算时间", Kind.TIME, "settled_at"));

    /** A page, newest first, from before the line {@code before}. */
    List<Row> page(Filter filter, Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select *, to_char(month, 'YYYY-MM') period from "
                                + from(filter, scope, ledger.lastLocked())
                                + " and (:before::uuid is null or order_line_id < :before) order by order_line_id desc limit :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> row(row))
                .list());
    }

    /** Literals, because COPY takes no parameters: of types whose texts cannot be anything else. */
    private static void condition(List<String> conditions, String column, UUID value) {
        if (value != null) {
            conditions.add(column + " = '" + value + "'");
        }
    }

    private static void condition(List<String> conditions, String column, Enum<?> value) {
        if (value != null) {
            conditions.add(column + " = '" + value.name() + "'");
        }
    }

    static String literal(YearMonth month) {
        return "'" + month.atDay(1) + "'";
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getObject("order_line_id", UUID.class),
                row.getString("order_no"),
                row.getString("parent_no"),
                row.getString("marketplace"),
                row.getString("status"),
                row.getString("item_title"),
                row.getObject("creator_id", UUID.class),
                row.getString("creator_name"),
                row.getString("code"),
                row.getString("platform"),
                row.getString("scene"),
                row.getString("medium"),
                row.getString("label"),
                row.getLong("paid_fen"),
                row.getLong("estimated_fen"),
                row.getLong("settled_fen"),
                row.getLong("amount_fen"),
                row.getLong("fee_fen"),
                row.getBoolean("fee_assumed"),
                row.getString("confidence"),
                row.getString("period"),
                instant(row, "paid_at"),
                instant(row, "settled_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
