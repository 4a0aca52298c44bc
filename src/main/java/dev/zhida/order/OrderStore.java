package dev.zhida.order;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/** Observations and order lines in the database, by batches. */
@ApplicationScoped
class OrderStore {

    /** The columns of a line that are folded. */
    private static final List<String> COLUMNS = List.of(
            "account_id",
            "order_no",
            "parent_no",
            "item_id",
            "item_key",
            "item_title",
            "shop_name",
            "quantity",
            "status",
            "status_text",
            "review",
            "paid_fen",
            "estimated_fen",
            "settled_base_fen",
            "settled_fen",
            "subsidy_fen",
            "fee_rate",
            "fee_fen",
            "clicked_at",
            "created_at",
            "paid_at",
            "settled_at",
            "as_of",
            "slot_kind",
            "slot_key",
            "frozen");

    private static final String LINES = "unnest(:id, :line_key, "
            + COLUMNS.stream().map(column -> ":" + column).collect(joining(", ")) + ") as t (id, line_key, "
            + String.join(", ", COLUMNS) + ")";

    private static final String INSERT = """
            insert into order_line (id, line_key, %1$s, marketplace, first_observed_at, changed_at)
            select t.*, :marketplace, :at, :at
            from %2$s
            where not exists (select from order_line o where o.marketplace = :marketplace and o.line_key = t.line_key)
            on conflict on constraint order_line_line_key do nothing
            returning line_key
            """.formatted(String.join(", ", COLUMNS), LINES);

    private static final String UPDATE = "update order_line o set "
            + COLUMNS.stream().map(column -> column + " = t." + column).collect(joining(", "))
            + ", changed_at = :at from " + LINES + " where o.id = t.id";

    private final Jdbi jdbi;
    private final ObjectMapper json;

    OrderStore(Jdbi jdbi, ObjectMapper json) {
        this.jdbi = jdbi;
        this.json = json;
    }

    /**
     * An observation as it is stored.
     *
     * @param hash SHA-256 of the content, in lower-case hex
     */
    record ObservationRow(Observation observation, String content, String raw, String hash) {

        String key() {
            return observation.lineKey() + '\n' + hash;
        }
    }

    /** A line that this transaction has locked, and what there is to read of it. */
    record Locked(
            UUID id, Marketplace marketplace, String key, boolean held, boolean hasRefunds, boolean hasDecisions) {

        Locked withRefunds() {
            return new Locked(id, marketplace, key, held, true, hasDecisions);
        }

        static Locked of(ResultSet row) throws SQLException {
            return new Locked(
                    row.getObject("id", UUID.class),
                    Marketplace.valueOf(row.getString("marketplace")),
                    row.getString("line_key"),
                    row.getBoolean("held"),
                    row.getBoolean("has_refunds"),
                    row.getBoolean("has_decisions"));
        }
    }

    private static final String LOCK =
            "select id, marketplace, line_key, held, has_refunds, has_decisions from order_line where ";

    /**
     * Inserts the lines that are not there yet.
     *
     * @param lines in the order of their keys
     * @return the keys of those that were inserted
     */
    Set<String> insert(Marketplace marketplace, List<OrderLine> lines, Instant at) {
        if (lines.isEmpty()) {
            return Set.of();
        }
        try (var handle = jdbi.open()) {
            var insert = handle.createQuery(INSERT)
                    .bind("marketplace", marketplace.name())
                    .bind("at", utc(at));
            bind(insert, lines);
            return new HashSet<>(insert.mapTo(String.class).list());
        }
    }

    /** Locks lines, in the order of their keys. */
    Map<String, Locked> lock(Marketplace marketplace, Collection<String> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        return jdbi.withHandle(handle -> handle
                .createQuery(LOCK
                        + "marketplace = :marketplace and line_key = any(:keys) order by line_key for no key update")
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, keys)
                .map((row, context) -> Locked.of(row))
                .stream()
                .collect(toMap(Locked::key, line -> line)));
    }

    /** Locks lines, in the same order. */
    List<Locked> lock(Collection<UUID> ids) {
        return jdbi.withHandle(
                handle -> handle.createQuery(LOCK + "id = any(:ids) order by marketplace, line_key for no key update")
                        .bindArray("ids", UUID.class, ids)
                        .map((row, context) -> Locked.of(row))
                        .list());
    }

    /** Adds the observations that are not stored yet; answers the keys of those that were added. */
    Set<String> addObservations(Orders.Source source, List<ObservationRow> rows, Instant at) {
        if (rows.isEmpty()) {
            return Set.of();
        }
        try (var handle = jdbi.open()) {
            var insert = handle.createQuery("""
                            insert into order_observation
                                (account_id, marketplace, line_key, content_hash, as_of, content, raw, report_id, observed_at)
                            select :account, :marketplace, t.line_key, decode(t.hash, 'hex'), t.as_of, t.content::jsonb,
                                t.raw::jsonb, :report, :at
                            from unnest(:keys, :hashes, :asOfs, :contents, :raws)
                                as t (line_key, hash, as_of, content, raw)
                            on conflict (marketplace, line_key, account_id, content_hash, (report_id is not null)) do nothing
                            returning line_key, content_hash
                            """)
                    .bind("account", source.accountId())
                    .bind("marketplace", source.marketplace().name())
                    .bind("report", source.reportId())
                    .bind("at", utc(at));
            array(insert, "keys", String.class, rows, row -> row.observation().lineKey());
            array(insert, "hashes", String.class, rows, ObservationRow::hash);
            array(
                    insert,
                    "asOfs",
                    OffsetDateTime.class,
                    rows,
                    row -> utc(row.observation().asOf()));
            array(insert, "contents", String.class, rows, ObservationRow::content);
            array(insert, "raws", String.class, rows, ObservationRow::raw);
            return new HashSet<>(insert.map((row, context) ->
                            row.getString("line_key") + '\n' + HexFormat.of().formatHex(row.getBytes("content_hash")))
                    .list());
        }
    }

    /** All observations of the lines, by line key. */
    Map<String, List<OrderFold.Hashed>> observations(Marketplace marketplace, Collection<String> lineKeys) {
        var byKey = new HashMap<String, List<OrderFold.Hashed>>();
        if (lineKeys.isEmpty()) {
            return byKey;
        }
        jdbi.useHandle(handle -> handle.createQuery("""
                        select account_id, line_key, content_hash, content, report_id is not null of_file
                        from order_observation
                        where marketplace = :marketplace and line_key = any(:keys)
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, lineKeys)
                .map((row, context) -> byKey.computeIfAbsent(row.getString("line_key"), key -> new ArrayList<>())
                        .add(new OrderFold.Hashed(
                                row.getObject("account_id", UUID.class),
                                read(marketplace, row.getString("content")),
                                HexFormat.of().formatHex(row.getBytes("content_hash")),
                                row.getBoolean("of_file"))))
                .list());
        return byKey;
    }

    /** Brings the rows of lines to what they are now. */
    void update(List<OrderLine> lines, Instant at) {
        if (lines.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> {
            var update = handle.createUpdate(UPDATE).bind("at", utc(at));
            bind(update, lines);
            update.execute();
        });
    }

    private static void bind(SqlStatement<?> s, List<OrderLine> lines) {
        array(s, "id", UUID.class, lines, OrderLine::id);
        texts(s, "line_key", lines, Observation::lineKey);
        array(s, "account_id", UUID.class, lines, OrderLine::accountId);
        texts(s, "order_no", lines, Observation::orderNo);
        texts(s, "parent_no", lines, OrderStore::parentNo);
        texts(s, "item_id", lines, Observation::itemId);
        texts(s, "item_key", lines, Observation::itemKey);
        texts(s, "item_title", lines, Observation::itemTitle);
        texts(s, "shop_name", lines, Observation::shopName);
        array(s, "quantity", Integer.class, lines, line -> line.latest().quantity());
        array(s, "status", String.class, lines, line -> line.status().name());
        texts(s, "status_text", lines, Observation::statusText);
        array(s, "review", String.class, lines, OrderLine::review);
        fen(s, "paid_fen", lines, Observation::paid);
        fen(s, "estimated_fen", lines, Observation::estimated);
        fen(s, "settled_base_fen", lines, Observation::settledBase);
        fen(s, "settled_fen", lines, Observation::settled);
        fen(s, "subsidy_fen", lines, Observation::subsidy);
        array(s, "fee_rate", BigDecimal.class, lines, line -> {
            var rate = line.latest().feeRate();
            return rate == null ? null : rate.fraction();
        });
        fen(s, "fee_fen", lines, Observation::fee);
        times(s, "clicked_at", lines, Observation::clickedAt);
        times(s, "created_at", lines, Observation::createdAt);
        times(s, "paid_at", lines, Observation::paidAt);
        times(s, "settled_at", lines, Observation::settledAt);
        times(s, "as_of", lines, Observation::asOf);
        texts(
                s,
                "slot_kind",
                lines,
                o -> o.slot() == null ? null : o.slot().kind().name());
        texts(s, "slot_key", lines, o -> o.slot() == null ? null : o.slot().value());
        array(s, "frozen", Boolean.class, lines, OrderLine::frozen);
    }

    private Observation read(Marketplace marketplace, String content) {
        try {
            return json.readValue(content, ObservationContent.class).toObservation(marketplace, Map.of());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored observation cannot be read: " + content, e);
        }
    }

    private static String parentNo(Observation o) {
        return o.parentNo() == null ? o.orderNo() : o.parentNo();
    }

    private static void texts(SqlStatement<?> s, String name, List<OrderLine> lines, Function<Observation, String> of) {
        array(s, name, String.class, lines, line -> of.apply(line.latest()));
    }

    private static void fen(SqlStatement<?> s, String name, List<OrderLine> lines, Function<Observation, Money> of) {
        array(s, name, Long.class, lines, line -> {
            var money = of.apply(line.latest());
            return money == null ? null : money.fen();
        });
    }

    private static void times(
            SqlStatement<?> s, String name, List<OrderLine> lines, Function<Observation, Instant> of) {
        array(s, name, OffsetDateTime.class, lines, line -> utc(of.apply(line.latest())));
    }
}
