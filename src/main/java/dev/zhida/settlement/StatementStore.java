package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static dev.zhida.settlement.Periods.instant;
import static java.util.stream.Collectors.toMap;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.Scope;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;

/** Statements with their lines, and the commissions of closed months, as they stood when the month was locked. */
@ApplicationScoped
class StatementStore {

    private final Jdbi jdbi;

    StatementStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A holder's month; amounts in fen. */
    record Statement(
            UUID id,
            Holder holder,
            String holderName,
            YearMonth month,
            int version,
            long openingFen,
            long ordersFen,
            long adjustmentsFen,
            long tiersFen,
            long bonusesFen,
            long manualFen,
            long paidFen,
            long taxFen,
            long closingFen,
            long heldFen,
            long feeFen,
            long lines,
            String evidenceHead,
            Instant lockedAt) {}

    /**
     * What one source moved in a holder's month; amounts in fen.
     *
     * @param creatorId on an agency's statement: of whose line it is a share; {@code null} on a creator's
     */
    record Line(
            long id,
            String source,
            String kind,
            long amountFen,
            YearMonth originalMonth,
            UUID originalStatement,
            UUID orderLineId,
            String orderNo,
            String marketplace,
            String itemTitle,
            String code,
            String platform,
            String medium,
            Long paidFen,
            Long feeFen,
            Boolean feeAssumed,
            UUID creatorId,
            String creatorName,
            String reason) {}

    /** Writes all statements of a month whose postings have stopped; answers what they add up to. */
    List<StatementSums> write(YearMonth month, Instant at) {
        try (var handle = jdbi.open()) {
            freezeCommissions(handle, month);
            var sums = sums(handle, month);
            insert(handle, month, sums, at);
            insertLines(handle, month);
            handle.createUpdate("""
                            update statement s set
                                orders_fen = l.orders, adjustments_fen = l.adjustments, tiers_fen = l.tiers,
                                bonuses_fen = l.bonuses, manual_fen = l.manual, fee_fen = l.fee, lines = l.lines
                            from (
                                select statement_id, count(*) lines, coalesce(sum(fee_fen) filter (where kind = 'ORDER'), 0) fee,
                                       coalesce(sum(amount_fen) filter (where kind = 'ORDER'), 0) orders,
                                       coalesce(sum(amount_fen) filter (where kind in ('ADJUSTMENT', 'OTHER')), 0) adjustments,
                                       coalesce(sum(amount_fen) filter (where kind = 'TIER'), 0) tiers,
                                       coalesce(sum(amount_fen) filter (where kind = 'BONUS'), 0) bonuses,
                                       coalesce(sum(amount_fen) filter (where kind = 'MANUAL'), 0) manual
                                from statement_line where statement_id in (select id from statement where month = :month)
                                group by statement_id) l
                            where s.id = l.statement_id
                            """).bind("month", month.atDay(1)).execute();
            var wrong = handle.createQuery("""
                            select count(*) from statement
                            where month = :month and closing_fen <> opening_fen + orders_fen + adjustments_fen + tiers_fen
                                + bonuses_fen + manual_fen - paid_fen - tax_fen
                            """)
                    .bind("month", month.atDay(1))
                    .mapTo(Long.class)
                    .one();
            if (wrong > 0) {
                throw new IllegalStateException(wrong + " statements of " + month + " do not add up");
            }
            return sums;
        }
    }

    /**
     * The commissions whose posting month this is: those that say so, and those that came when the month that they say
     * was closed already, for the first time, as settled after it had stood there as expected, or for another creator.
     */
    private static void freezeCommissions(Handle handle, YearMonth month) {
        handle.createUpdate("""
                        insert into closed_commission (month, order_line_id, order_no, parent_no, marketplace, status, item_title,
                            creator_id, creator_name, code, platform, scene, medium, label, paid_fen, estimated_fen,
                            settled_fen, amount_fen, fee_fen, fee_assumed, confidence, paid_at, settled_at)
                        select :month, o.id, o.order_no, o.parent_no, o.marketplace, o.status, o.item_title, c.creator_id,
                               r.name, p.code, p.platform, p.scene, a.medium, p.label, o.paid_fen, c.estimated_fen,
                               c.settled_fen, c.amount_fen, c.fee_fen, c.fee_assumed, a.confidence,
                               coalesce(o.paid_at, o.created_at), o.settled_at
                        from commission c
                        join order_line o on o.id = c.order_line_id
                        join attribution a on a.order_line_id = o.id and a.current
                        left join placement p on p.id = c.placement_id
                        left join creator r on r.id = c.creator_id
                        where c.month <= :month
                          and not exists (select from closed_commission x where x.order_line_id = c.order_line_id
                              and x.status in ('SETTLED', o.status) and x.creator_id is not distinct from c.creator_id)
                        """).bind("month", month.atDay(1)).execute();
    }

    /** Everybody whose accounts moved in the month, or who did not close the one before at zero. */
    private static List<StatementSums> sums(Handle handle, YearMonth month) {
        return handle.createQuery("""
                        with side as (
                            select a.holder, a.owner, a.part, o.kind other, t.month, t.amount_fen fen
                            from ledger_transfer t
                            join holder_account a on a.id = t.credit_id
                            join ledger_account o on o.id = t.debit_id
                            where t.month <= :month
                            union all
                            select a.holder, a.owner, a.part, o.kind other, t.month, -t.amount_fen
                            from ledger_transfer t
                            join holder_account a on a.id = t.debit_id
                            join ledger_account o on o.id = t.credit_id
                            where t.month <= :month)
                        select holder, owner::uuid holder_id,
                               coalesce(sum(fen) filter (where part <> 'HELD' and month < :month), 0) opening,
                               coalesce(sum(fen) filter (where part = 'CONFIRMED' and month = :month), 0) earned,
                               coalesce(sum(fen) filter (where part = 'CONFIRMED'), 0) confirmed,
                               coalesce(-sum(fen) filter (where part = 'DEBT'), 0) debt,
                               coalesce(-sum(fen) filter (where other in ('CREATOR_PAID', 'AGENCY_PAID')
                                   and month = :month), 0) paid,
                               coalesce(-sum(fen) filter (where other = 'TAX_WITHHELD' and month = :month), 0) tax,
                               coalesce(sum(fen) filter (where part = 'HELD'), 0) held
                        from side
                        group by holder, owner
                        having bool_or(month = :month)
                            or coalesce(sum(fen) filter (where part <> 'HELD' and month < :month), 0) <> 0
                        order by holder, owner
                        """)
                .bind("month", month.atDay(1))
                .map((row, context) -> new StatementSums(
                        new Holder(
                                Holder.Type.valueOf(row.getString("holder")), row.getObject("holder_id", UUID.class)),
                        Money.ofFen(row.getLong("opening")),
                        Money.ofFen(row.getLong("earned")),
                        Money.ofFen(row.getLong("confirmed")),
                        Money.ofFen(row.getLong("debt")),
                        Money.ofFen(row.getLong("paid")),
                        Money.ofFen(row.getLong("tax")),
                        Money.ofFen(row.getLong("held"))))
                .list();
    }

    private static void insert(Handle handle, YearMonth month, List<StatementSums> sums, Instant at) {
        var insert = handle.createUpdate("""
                        insert into statement (id, creator_id, agency_id, month, opening_fen, paid_fen, tax_fen, closing_fen,
                            held_fen, locked_at)
                        select t.id, t.creator, t.agency, :month, t.opening, t.paid, t.tax, t.closing, t.held, :at
                        from unnest(:ids, :creators, :agencies, :openings, :paids, :taxes, :closings, :helds)
                            as t (id, creator, agency, opening, paid, tax, closing, held)
                        """).bind("month", month.atDay(1)).bind("at", utc(at));
        array(insert, "ids", UUID.class, sums, s -> UuidCreator.getTimeOrderedEpoch());
        array(insert, "creators", UUID.class, sums, s -> s.holder().creatorId());
        array(insert, "agencies", UUID.class, sums, s -> s.holder().agencyId());
        array(insert, "openings", Long.class, sums, s -> s.opening().fen());
        array(insert, "paids", Long.class, sums, s -> s.paid().fen());
        array(insert, "taxes", Long.class, sums, s -> s.tax().fen());
        array(insert, "closings", Long.class, sums, s -> s.closing().fen());
        array(insert, "helds", Long.class, sums, s -> s.held().fen());
        insert.execute();
    }

    /**
     * One line for every source that moved something: an adjustment if it was on an earlier statement of the same holder.
     * What an order line says of its placement is told to those who have it now; who has lost it is told what the
     * earlier statement said, and nothing of the one who has it instead.
     */
    private static void insertLines(Handle handle, YearMonth month) {
        handle.createUpdate("""
                        with account as (
                            select id, owner::uuid holder_id from holder_account where part = 'CONFIRMED'),
                        moved as (
                            select holder_id, account_id, source_id, sum(fen) fen,
                                   (array_agg(reason order by id desc))[1] reason
                            from (
                                select a.holder_id, a.id account_id, t.id, t.source_id, t.reason, t.amount_fen fen
                                from ledger_transfer t join account a on a.id = t.credit_id where t.month = :month
                                union all
                                select a.holder_id, a.id, t.id, t.source_id, t.reason, -t.amount_fen
                                from ledger_transfer t join account a on a.id = t.debit_id where t.month = :month) side
                            group by holder_id, account_id, source_id
                            having sum(fen) <> 0),
                        line as (
                            select m.*, r.name source,
                                   case when r.name like 'order-line/%' then substr(r.name, 12)::uuid end order_line_id,
                                   (select min(x.month) from ledger_transfer x
                                    where x.source_id = m.source_id and m.account_id in (x.debit_id, x.credit_id)
                                      and x.month < :month) original_month
                            from moved m join ledger_source r on r.id = m.source_id)
                        insert into statement_line (statement_id, source, kind, amount_fen, original_month, order_line_id,
                            order_no, marketplace, item_title, code, platform, medium, paid_fen, fee_fen, fee_assumed, creator_id,
                            creator_name, reason)
                        select s.id, l.source,
                               case when l.original_month is not null then 'ADJUSTMENT'
                                    when l.order_line_id is not null then 'ORDER'
                                    when l.source like 'tier/%' then 'TIER'
                                    when l.source like 'bonus/%' then 'BONUS'
                                    when l.source like 'adjustment/%' then 'MANUAL'
                                    else 'OTHER' end,
                               l.fen, l.original_month, l.order_line_id, o.order_no, o.marketplace, o.item_title,
                               coalesce(p.code, e.code), coalesce(p.platform, e.platform), coalesce(a.medium, e.medium),
                               o.paid_fen, coalesce(c.fee_fen, e.fee_fen), coalesce(c.fee_assumed, e.fee_assumed),
                               w.id, w.name, l.reason
                        from line l
                        join statement s on s.holder_id = l.holder_id and s.month = :month
                        left join order_line o on o.id = l.order_line_id
                        left join commission c on c.order_line_id = l.order_line_id
                            and (c.creator_id = s.creator_id or c.agency_id = s.agency_id)
                        left join attribution a on a.order_line_id = c.order_line_id and a.current
                        left join placement p on p.id = c.placement_id
                        left join lateral (
                            select x.* from statement_line x join statement y on y.id = x.statement_id
                            where c.order_line_id is null and l.order_line_id is not null
                              and y.holder_id = s.holder_id and x.source = l.source and y.month < :month
                            order by y.month desc limit 1) e on true
                        left join creator w on s.agency_id is not null and w.id = coalesce(c.creator_id, e.creator_id)
                        order by s.id, l.source
                        """).bind("month", month.atDay(1)).execute();
    }

    /** The order lines that the statements of a month have, by holder. */
    Map<Holder, List<UUID>> orderLines(YearMonth month) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select s.creator_id, s.agency_id, array_agg(distinct l.order_line_id) lines
                        from statement s join statement_line l on l.statement_id = s.id
                        where s.month = :month and l.order_line_id is not null
                        group by s.creator_id, s.agency_id
                        """)
                .bind("month", month.atDay(1))
                .map((row, context) -> Map.entry(
                        Holder.of(row), List.of((UUID[]) row.getArray("lines").getArray())))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Prints the heads of their evidence on the statements of a month that is being locked. */
    void print(YearMonth month, Map<UUID, String> heads) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update statement s set evidence_head = t.head
                        from unnest(:holders, :heads) as t (holder, head)
                        where s.holder_id = t.holder and s.month = :month
                        """)
                .bind("month", month.atDay(1))
                .bindArray("holders", UUID.class, heads.keySet())
                .bindArray("heads", String.class, heads.values())
                .execute());
    }

    /** How many statements there are, by month. */
    Map<YearMonth, Long> counts() {
        return jdbi.withHandle(handle -> handle
                .createQuery("select month, count(*) from statement group by month")
                .map((row, context) -> Map.entry(month(row.getObject("month", LocalDate.class)), row.getLong("count")))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static final String SELECT = """
            select s.*, coalesce(r.name, g.name) holder_name from statement s
            left join creator r on r.id = s.creator_id
            left join agency g on g.id = s.agency_id
            where (:scope::uuid is null or s.holder_id = :scope)
            """;

    /** A page, newest first, from before the statement {@code before}. */
    List<Statement> page(YearMonth month, UUID creator, UUID agency, Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + """
                        and (:month::date is null or s.month = :month)
                        and (:creator::uuid is null or s.holder_id = :creator)
                        and (:agency::uuid is null or s.holder_id = :agency)
                        and (:before::uuid is null or s.id < :before)
                        order by s.id desc limit :limit
                        """)
                .bind("scope", scope.creatorOnly())
                .bind("month", month == null ? null : month.atDay(1))
                .bind("creator", creator)
                .bind("agency", agency)
                .bind("before", before)
                .bind("limit", limit)
                .map(STATEMENT)
                .list());
    }

    Optional<Statement> find(UUID id, Scope scope) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " and s.id = :id")
                .bind("scope", scope.creatorOnly())
                .bind("id", id)
                .map(STATEMENT)
                .findOne());
    }

    /** A page of a statement's lines in their order, from after the line {@code after}. */
    List<Line> lines(UUID statement, Long after, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select l.*, f.id original_statement
                        from statement_line l
                        join statement s on s.id = l.statement_id
                        left join statement f on f.holder_id = s.holder_id and f.month = l.original_month
                        where l.statement_id = :statement and (:after::bigint is null or l.id > :after)
                        order by l.id limit :limit
                        """)
                .bind("statement", statement)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new Line(
                        row.getLong("id"),
                        row.getString("source"),
                        row.getString("kind"),
                        row.getLong("amount_fen"),
                        month(row.getObject("original_month", LocalDate.class)),
                        row.getObject("original_statement", UUID.class),
                        row.getObject("order_line_id", UUID.class),
                        row.getString("order_no"),
                        row.getString("marketplace"),
                        row.getString("item_title"),
                        row.getString("code"),
                        row.getString("platform"),
                        row.getString("medium"),
                        row.getObject("paid_fen", Long.class),
                        row.getObject("fee_fen", Long.class),
                        row.getObject("fee_assumed", Boolean.class),
                        row.getObject("creator_id", UUID.class),
                        row.getString("creator_name"),
                        row.getString("reason")))
                .list());
    }

    private static YearMonth month(LocalDate day) {
        return day == null ? null : YearMonth.from(day);
    }

    private static final RowMapper<Statement> STATEMENT = (row, context) -> new Statement(
            row.getObject("id", UUID.class),
            Holder.of(row),
            row.getString("holder_name"),
            month(row.getObject("month", LocalDate.class)),
            row.getInt("version"),
            row.getLong("opening_fen"),
            row.getLong("orders_fen"),
            row.getLong("adjustments_fen"),
            row.getLong("tiers_fen"),
            row.getLong("bonuses_fen"),
            row.getLong("manual_fen"),
            row.getLong("paid_fen"),
            row.getLong("tax_fen"),
            row.getLong("closing_fen"),
            row.getLong("held_fen"),
            row.getLong("fee_fen"),
            row.getLong("lines"),
            row.getString("evidence_head"),
            instant(row, "locked_at"));
}
