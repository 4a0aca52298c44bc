package dev.zhida.report;

import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** What order lines earn, as creators and finance read it. */
@ApplicationScoped
class CommissionReport {

    private final Jdbi jdbi;

    CommissionReport(Jdbi jdbi) {
        this.jdbi = jdbi;
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

    private static final String SELECT = """
            select o.id, o.order_no, o.parent_no, o.marketplace, o.status, o.item_title, c.creator_id, r.name creator_name,
                   p.code, p.platform, p.scene, a.medium, p.label, o.paid_fen, c.estimated_fen, c.settled_fen, c.amount_fen,
                   c.fee_fen, c.fee_assumed, a.confidence, to_char(c.month, 'YYYY-MM') period,
                   coalesce(o.paid_at, o.created_at) paid_at, o.settled_at
            from commission c
            join order_line o on o.id = c.order_line_id
            join attribution a on a.order_line_id = o.id and a.current
            left join placement p on p.id = c.placement_id
            left join creator r on r.id = c.creator_id
            where (:scope::uuid is null or c.creator_id = :scope)
              and (:period::date is null or c.month = :period)
              and (:creator::uuid is null or c.creator_id = :creator)
              and (:status::text is null or o.status = :status)
              and (:marketplace::text is null or o.marketplace = :marketplace)
              and (:platform::text is null or p.platform = :platform)
              and (:medium::text is null or a.medium = :medium)
            """;

    /** A page, newest first, from before the line {@code before}. */
    List<Row> page(Filter filter, Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> query(
                        handle,
                        SELECT + " and (:before::uuid is null or o.id < :before) order by o.id desc limit :limit",
                        filter,
                        scope)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> row(row))
                .list());
    }

    /** All of them in the order of their lines, one after the other, of one moment. */
    void each(Filter filter, Scope scope, Consumer<Row> rows) {
        // A cursor needs a transaction; without one the driver would fetch everything at once.
        jdbi.useTransaction(handle -> query(handle, SELECT + " order by o.id", filter, scope)
                .setFetchSize(1_000)
                .map((row, context) -> row(row))
                .forEach(rows));
    }

    private static Query query(Handle handle, String sql, Filter filter, Scope scope) {
        return handle.createQuery(sql)
                .bind("scope", scope.creatorOnly())
                .bind("period", filter.period() == null ? null : filter.period().atDay(1))
                .bind("creator", filter.creatorId())
                .bind("status", name(filter.status()))
                .bind("marketplace", name(filter.marketplace()))
                .bind("platform", name(filter.platform()))
                .bind("medium", name(filter.medium()));
    }

    private static String name(Enum<?> value) {
        return value == null ? null : value.name();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getObject("id", UUID.class),
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
