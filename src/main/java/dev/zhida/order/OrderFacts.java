package dev.zhida.order;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundObservation;
import jakarta.enterprise.context.ApplicationScoped;
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
import org.jdbi.v3.core.Jdbi;

/** Refunds, punishments, decisions and holds in the database. */
@ApplicationScoped
class OrderFacts {

    private final Jdbi jdbi;
    private final ObjectMapper json;

    OrderFacts(Jdbi jdbi, ObjectMapper json) {
        this.jdbi = jdbi;
        this.json = json;
    }

    /** A report with what is stored of it. */
    record Row<T>(T observation, String content, String raw, String hash) {}

    /**
     * Makes who brings punishments and who brings orders wait for each other: a punishment names an order that may have
     * no line yet, so there is no row to lock. Those who bring orders do not wait for each other.
     */
    void lockPunishments(Marketplace marketplace, boolean exclusively) {
        jdbi.useHandle(handle -> handle.createQuery("select pg_advisory_xact_lock" + (exclusively ? "" : "_shared")
                        + "(hashtext('order-punishments'), :marketplace)")
                .bind("marketplace", marketplace.ordinal())
                .mapTo(String.class)
                .list());
    }

    /** Adds the reports of refunds that are not stored yet; answers, for each in the order given, whether it was news. */
    List<Boolean> addRefunds(Orders.Source source, List<RefundObservation> refunds, Instant at) {
        var rows =
                refunds.stream().map(o -> row(o, RefundContent.of(o), o.raw())).toList();
        try (var handle = jdbi.open()) {
            var insert = handle.createQuery("""
                            insert into order_refund_observation
                                (account_id, marketplace, refund_id, line_key, content_hash, as_of, content, raw, observed_at)
                            select :account, :marketplace, t.refund_id, t.line_key, decode(t.hash, 'hex'), t.as_of,
                                t.content::jsonb, t.raw::jsonb, :at
                            from unnest(:refunds, :keys, :hashes, :asOfs, :contents, :raws)
                                as t (refund_id, line_key, hash, as_of, content, raw)
                            on conflict on constraint order_refund_observation_content_key do nothing
                            returning content_hash
                            """)
                    .bind("account", source.accountId())
                    .bind("marketplace", source.marketplace().name())
                    .bind("at", utc(at));
            array(insert, "refunds", String.class, rows, row -> row.observation()
                    .refundId());
            array(insert, "keys", String.class, rows, row -> row.observation().lineKey());
            array(insert, "hashes", String.class, rows, Row::hash);
            array(
                    insert,
                    "asOfs",
                    OffsetDateTime.class,
                    rows,
                    row -> utc(row.observation().asOf()));
            array(insert, "contents", String.class, rows, Row::content);
            array(insert, "raws", String.class, rows, Row::raw);
            var added =
                    new HashSet<>(insert.map((row, context) -> HexFormat.of().formatHex(row.getBytes("content_hash")))
                            .list());
            handle.createUpdate("""
                            update order_line set has_refunds = true
                            where marketplace = :marketplace and line_key = any(:keys) and not has_refunds
                            """)
                    .bind("marketplace", source.marketplace().name())
                    .bindArray(
                            "keys",
                            String.class,
                            refunds.stream().map(RefundObservation::lineKey).toList())
                    .execute();
            // The hash covers refund and line; what came twice in one go is news once.
            return rows.stream().map(row -> added.remove(row.hash())).toList();
        }
    }

    /** All reports of refunds of the lines, by line key. */
    Map<String, List<RefundFold.Hashed>> refunds(Marketplace marketplace, Collection<String> lineKeys) {
        var byKey = new HashMap<String, List<RefundFold.Hashed>>();
        if (lineKeys.isEmpty()) {
            return byKey;
        }
        jdbi.useHandle(handle -> handle.createQuery("""
                        select line_key, content_hash, content from order_refund_observation
                        where marketplace = :marketplace and line_key = any(:keys)
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, lineKeys)
                .map((row, context) -> byKey.computeIfAbsent(row.getString("line_key"), key -> new ArrayList<>())
                        .add(new RefundFold.Hashed(
                                readRefund(marketplace, row.getString("content")),
                                HexFormat.of().formatHex(row.getBytes("content_hash")))))
                .list());
        return byKey;
    }

    /** Gives the refunds of a line that nothing else is known of to another, and takes the empty line away. */
    void moveRefunds(Marketplace marketplace, String from, String to) {
        jdbi.useHandle(handle -> {
            var moved = handle.createUpdate("""
                            update order_refund_observation set line_key = :to
                            where marketplace = :marketplace and line_key = :from
                            """)
                    .bind("marketplace", marketplace.name())
                    .bind("from", from)
                    .bind("to", to)
                    .execute();
            if (moved > 0) {
                handle.createUpdate(
                                "update order_line set has_refunds = true where marketplace = :marketplace and line_key = :to")
                        .bind("marketplace", marketplace.name())
                        .bind("to", to)
                        .execute();
                handle.createUpdate("delete from order_line where marketplace = :marketplace and line_key = :from")
                        .bind("marketplace", marketplace.name())
                        .bind("from", from)
                        .execute();
            }
        });
    }

    /** Adds the reports of punishments that are not stored yet; as {@link #addRefunds}. */
    List<Boolean> addPunishments(Orders.Source source, List<PunishmentObservation> punishments, Instant at) {
        var rows = punishments.stream()
                .map(o -> row(o, PunishmentContent.of(o), o.raw()))
                .toList();
        try (var handle = jdbi.open()) {
            var insert = handle.createQuery("""
                            insert into order_punishment_observation
                                (account_id, marketplace, order_no, frozen, violation, as_of, content_hash, raw, observed_at)
                            select :account, :marketplace, t.order_no, t.frozen, t.violation, t.as_of, decode(t.hash, 'hex'),
                                t.raw::jsonb, :at
                            from unnest(:orders, :frozen, :violations, :asOfs, :hashes, :raws)
                                as t (order_no, frozen, violation, as_of, hash, raw)
                            on conflict on constraint order_punishment_observation_content_key do nothing
                            returning content_hash
                            """)
                    .bind("account", source.accountId())
                    .bind("marketplace", source.marketplace().name())
                    .bind("at", utc(at));
            array(insert, "orders", String.class, rows, row -> row.observation().orderNo());
            array(insert, "frozen", Boolean.class, rows, row -> row.observation()
                    .frozen());
            array(insert, "violations", String.class, rows, row -> row.observation()
                    .violation());
            array(
                    insert,
                    "asOfs",
                    OffsetDateTime.class,
                    rows,
                    row -> utc(row.observation().asOf()));
            array(insert, "hashes", String.class, rows, Row::hash);
            array(insert, "raws", String.class, rows, Row::raw);
            var added =
                    new HashSet<>(insert.map((row, context) -> HexFormat.of().formatHex(row.getBytes("content_hash")))
                            .list());
            return rows.stream().map(row -> added.remove(row.hash())).toList();
        }
    }

    /** All reports of punishments of the orders, by order number. */
    Map<String, List<PunishmentObservation>> punishments(Marketplace marketplace, Collection<String> orderNos) {
        var byOrder = new HashMap<String, List<PunishmentObservation>>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select order_no, frozen, violation, as_of from order_punishment_observation
                        where marketplace = :marketplace and order_no = any(:orders)
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("orders", String.class, orderNos)
                .map((row, context) -> {
                    var asOf = row.getObject("as_of", OffsetDateTime.class);
                    return new PunishmentObservation(
                            marketplace,
                            row.getString("order_no"),
                            row.getBoolean("frozen"),
                            row.getString("violation"),
                            asOf == null ? null : asOf.toInstant(),
                            Map.of());
                })
                .forEach(punishment -> byOrder.computeIfAbsent(punishment.orderNo(), no -> new ArrayList<>())
                        .add(punishment)));
        return byOrder;
    }

    /** The keys of the lines of orders. */
    Set<String> keysOf(Marketplace marketplace, Collection<String> orderNos) {
        return new HashSet<>(jdbi.withHandle(handle -> handle.createQuery(
                        "select line_key from order_line where marketplace = :marketplace and order_no = any(:orders)")
                .bind("marketplace", marketplace.name())
                .bindArray("orders", String.class, orderNos)
                .mapTo(String.class)
                .list()));
    }

    /** All decisions about the lines. */
    Map<UUID, List<Decision>> decisions(Collection<UUID> lines) {
        var byLine = new HashMap<UUID, List<Decision>>();
        if (lines.isEmpty()) {
            return byLine;
        }
        jdbi.useHandle(handle -> handle.createQuery("""
                        select id, order_line_id, refund_id, chosen, among, status, decided_at from order_decision
                        where order_line_id = any(:lines)
                        """)
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> byLine.computeIfAbsent(
                                row.getObject("order_line_id", UUID.class), line -> new ArrayList<>())
                        .add(new Decision(
                                row.getLong("id"),
                                row.getString("refund_id"),
                                row.getString("chosen"),
                                Set.of((String[]) row.getArray("among").getArray()),
                                row.getString("status"),
                                row.getObject("decided_at", OffsetDateTime.class)
                                        .toInstant())))
                .list());
        return byLine;
    }

    void addDecision(UUID line, Decision decision, String reason, UUID by) {
        jdbi.useHandle(handle -> {
            handle.createUpdate("""
                            insert into order_decision
                                (order_line_id, refund_id, chosen, among, status, reason, decided_by, decided_at)
                            values (:line, :refund, :chosen, :among, :status, :reason, :by, :at)
                            """)
                    .bind("line", line)
                    .bind("refund", decision.refundId())
                    .bind("chosen", decision.chosen())
                    .bindArray("among", String.class, decision.among())
                    .bind("status", decision.status())
                    .bind("reason", reason)
                    .bind("by", by)
                    .bind("at", utc(decision.at()))
                    .execute();
            handle.createUpdate("update order_line set has_decisions = true where id = :line")
                    .bind("line", line)
                    .execute();
        });
    }

    void addHold(UUID line, boolean held, String reason, UUID by, Instant at) {
        jdbi.useHandle(handle -> {
            handle.createUpdate("""
                            insert into order_hold (order_line_id, held, reason, decided_by, decided_at)
                            values (:line, :held, :reason, :by, :at)
                            """)
                    .bind("line", line)
                    .bind("held", held)
                    .bind("reason", reason)
                    .bind("by", by)
                    .bind("at", utc(at))
                    .execute();
            handle.createUpdate("update order_line set held = :held, changed_at = :at where id = :line")
                    .bind("line", line)
                    .bind("held", held)
                    .bind("at", utc(at))
                    .execute();
        });
    }

    private <T> Row<T> row(T observation, Object content, Map<String, String> raw) {
        try {
            var text = json.writeValueAsString(content);
            return new Row<>(observation, text, json.writeValueAsString(raw), ObservationContent.hash(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private RefundObservation readRefund(Marketplace marketplace, String content) {
        try {
            return json.readValue(content, RefundContent.class).toObservation(marketplace);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored refund cannot be read: " + content, e);
        }
    }

    /** What is hashed of a punishment. */
    private record PunishmentContent(String orderNo, boolean frozen, String violation, String asOf) {

        static PunishmentContent of(PunishmentObservation o) {
            return new PunishmentContent(
                    o.orderNo(),
                    o.frozen(),
                    o.violation(),
                    o.asOf() == null ? null : o.asOf().toString());
        }
    }
}
