package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static dev.zhida.settlement.Periods.instant;
import static java.util.stream.Collectors.toMap;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import dev.zhida.settlement.Reconciling.Amounts;
import dev.zhida.settlement.Reconciling.Ours;
import dev.zhida.settlement.Reconciling.Row;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Settlements of marketplaces held against ours, and kept. */
@ApplicationScoped
class Reconciliations {

    private final Jdbi jdbi;
    private final AuditTrail audit;
    private final Clock clock;

    Reconciliations(Jdbi jdbi, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.audit = audit;
        this.clock = clock;
    }

    /** A reconciliation; amounts in fen. */
    record Reconciliation(
            UUID id,
            Marketplace marketplace,
            YearMonth month,
            String fileName,
            UUID madeBy,
            Instant madeAt,
            long oursFen,
            long theirsFen,
            long awaitedFen,
            long remainderFen,
            int matched,
            int awaited,
            int different,
            int onlyHere,
            int onlyThere) {}

    /** A row with its place in the list. */
    record Placed(int position, Row row) {}

    /**
     * Holds a file against what we have: every key of it against our line wherever that is settled, and our lines that were
     * settled in the month against the file.
     *
     * @throws Refusal if the file cannot be used; then nothing is kept
     */
    @Transactional
    Reconciliation make(Path file, String fileName, Marketplace marketplace, YearMonth month, Caller by) {
        var theirs = SettlementReport.read(file);
        try (var handle = jdbi.open()) {
            var ours = ours(handle, marketplace, month, theirs);
            var outcome = Reconciling.compare(ours, theirs.amounts(), theirs.withFees());
            var at = clock.instant();
            var made = new Reconciliation(
                    UuidCreator.getTimeOrderedEpoch(),
                    marketplace,
                    month,
                    fileName,
                    by.personId(),
                    at,
                    outcome.ours().fen(),
                    outcome.theirs().fen(),
                    outcome.awaited().fen(),
                    outcome.remainder().fen(),
                    outcome.count(Reconciling.Kind.MATCHED),
                    outcome.count(Reconciling.Kind.AWAITED),
                    outcome.count(Reconciling.Kind.DIFFERENT),
                    outcome.count(Reconciling.Kind.ONLY_HERE),
                    outcome.count(Reconciling.Kind.ONLY_THERE));
            insert(handle, made, HexFormat.of().parseHex(ReportTable.sha256(file)));
            insertRows(handle, made.id(), outcome.rows());
            audit.add(
                    by.personId(),
                    "reconciled",
                    "reconciliation/" + made.id(),
                    Map.of("month", month.toString(), "remainderFen", made.remainderFen()),
                    at);
            return made;
        }
    }

    /** What stands for the keys of the file and for all that was settled in the month, whenever it was paid. */
    private static Map<String, Ours> ours(
            Handle handle, Marketplace marketplace, YearMonth month, SettlementReport theirs) {
        // A marketplace does not know the two characters by which we tell where a line came from.
        var key = theirs.byLine() ? "substr(o.line_key, 3)" : "o.order_no";
        var settled = """
                from order_line o join commission c on c.order_line_id = o.id
                where o.marketplace = :marketplace and o.status = 'SETTLED' and o.settled_fen is not null
                  and (%1$s = any(:keys) or (o.settled_at >= :from and o.settled_at < :until))
                """.formatted(key);
        var refunds = new HashMap<String, List<Amounts>>();
        asked(handle, """
                        select %1$s as key, refund ->> 'commissionFen' commission, refund ->> 'feeFen' fee
                        from (select o.line_key, o.order_no, jsonb_array_elements(c.inputs -> 'refunds') refund %2$s) o
                        where (refund ->> 'takesBack')::boolean
                        """.formatted(key, settled), marketplace, month, theirs)
                .map((row, context) -> refunds.computeIfAbsent(row.getString("key"), none -> new ArrayList<>())
                        .add(amounts(row)))
                .list();
        return asked(
                        handle,
                        "select %1$s as key, sum(c.gross_fen) commission, sum(c.fee_fen) fee %2$s group by 1"
                                .formatted(key, settled),
                        marketplace,
                        month,
                        theirs)
                .map((row, context) -> Map.entry(
                        row.getString("key"),
                        new Ours(amounts(row), refunds.getOrDefault(row.getString("key"), List.of()))))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Query asked(
            Handle handle, String sql, Marketplace marketplace, YearMonth month, SettlementReport theirs) {
        return handle.createQuery(sql)
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, theirs.amounts().keySet())
                .bind("from", utc(BusinessTime.startOf(month.atDay(1))))
                .bind("until", utc(BusinessTime.startOf(month.plusMonths(1).atDay(1))));
    }

    private static Amounts amounts(ResultSet row) throws SQLException {
        return new Amounts(Money.ofFen(row.getLong("commission")), Money.ofFen(row.getLong("fee")));
    }

    private static void insert(Handle handle, Reconciliation made, byte[] sha256) {
        handle.createUpdate("""
                        insert into reconciliation (id, marketplace, month, file_name, sha256, made_by, made_at, ours_fen,
                            theirs_fen, awaited_fen, remainder_fen, matched, awaited, different, only_here, only_there)
                        values (:id, :marketplace, :month, :file, :sha256, :by, :at, :ours, :theirs, :awaitedFen, :remainder,
                            :matched, :awaited, :different, :onlyHere, :onlyThere)
                        """)
                .bind("id", made.id())
                .bind("marketplace", made.marketplace().name())
                .bind("month", made.month().atDay(1))
                .bind("file", made.fileName())
                .bind("sha256", sha256)
                .bind("by", made.madeBy())
                .bind("at", utc(made.madeAt()))
                .bind("ours", made.oursFen())
                .bind("theirs", made.theirsFen())
                .bind("awaitedFen", made.awaitedFen())
                .bind("remainder", made.remainderFen())
                .bind("matched", made.matched())
                .bind("awaited", made.awaited())
                .bind("different", made.different())
                .bind("onlyHere", made.onlyHere())
                .bind("onlyThere", made.onlyThere())
                .execute();
    }

    private static void insertRows(Handle handle, UUID id, List<Row> rows) {
        var insert = handle.createUpdate("""
                        insert into reconciliation_row (reconciliation_id, position, kind, key, ours_commission_fen, ours_fee_fen,
                            theirs_commission_fen, theirs_fee_fen, difference_fen)
                        select :id, t.position, t.kind, t.key, t.ours, t.ours_fee, t.theirs, t.theirs_fee, t.difference
                        from unnest(:kinds, :keys, :ours, :oursFees, :theirs, :theirsFees, :differences) with ordinality
                            as t (kind, key, ours, ours_fee, theirs, theirs_fee, difference, position)
                        """).bind("id", id);
        array(insert, "kinds", String.class, rows, row -> row.kind().name());
        array(insert, "keys", String.class, rows, Row::key);
        array(
                insert,
                "ours",
                Long.class,
                rows,
                row -> fen(row.ours() == null ? null : row.ours().commission()));
        array(
                insert,
                "oursFees",
                Long.class,
                rows,
                row -> fen(row.ours() == null ? null : row.ours().fee()));
        array(
                insert,
                "theirs",
                Long.class,
                rows,
                row -> fen(row.theirs() == null ? null : row.theirs().commission()));
        array(
                insert,
                "theirsFees",
                Long.class,
                rows,
                row -> fen(row.theirs() == null ? null : row.theirs().fee()));
        array(insert, "differences", Long.class, rows, row -> row.difference().fen());
        insert.execute();
    }

    private static Long fen(Money money) {
        return money == null ? null : money.fen();
    }

    Optional<Reconciliation> find(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery("select * from reconciliation where id = :id")
                .bind("id", id)
                .map(RECONCILIATION)
                .findOne());
    }

    /** A page, newest first, from before {@code before}. */
    List<Reconciliation> page(UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from reconciliation where (:before::uuid is null or id < :before) order by id desc limit :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map(RECONCILIATION)
                .list());
    }

    /** A page of its rows in the order of their keys, from after the position {@code after}; of one kind or all. */
    List<Placed> rows(UUID id, Reconciling.Kind kind, Integer after, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select * from reconciliation_row
                        where reconciliation_id = :id and (:kind::text is null or kind = :kind)
                          and (:after::int is null or position > :after)
                        order by position limit :limit
                        """)
                .bind("id", id)
                .bind("kind", kind == null ? null : kind.name())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new Placed(
                        row.getInt("position"),
                        new Row(
                                row.getString("key"),
                                Reconciling.Kind.valueOf(row.getString("kind")),
                                amounts(
                                        row.getObject("ours_commission_fen", Long.class),
                                        row.getObject("ours_fee_fen", Long.class)),
                                amounts(
                                        row.getObject("theirs_commission_fen", Long.class),
                                        row.getObject("theirs_fee_fen", Long.class)),
                                Money.ofFen(row.getLong("difference_fen")))))
                .list());
    }

    private static Amounts amounts(Long commission, Long fee) {
        return commission == null ? null : new Amounts(Money.ofFen(commission), fee == null ? null : Money.ofFen(fee));
    }

    private static final RowMapper<Reconciliation> RECONCILIATION = (row, context) -> new Reconciliation(
            row.getObject("id", UUID.class),
            Marketplace.valueOf(row.getString("marketplace")),
            YearMonth.from(row.getObject("month", LocalDate.class)),
            row.getString("file_name"),
            row.getObject("made_by", UUID.class),
            instant(row, "made_at"),
            row.getLong("ours_fen"),
            row.getLong("theirs_fen"),
            row.getLong("awaited_fen"),
            row.getLong("remainder_fen"),
            row.getInt("matched"),
            row.getInt("awaited"),
            row.getInt("different"),
            row.getInt("only_here"),
            row.getInt("only_there"));
}
