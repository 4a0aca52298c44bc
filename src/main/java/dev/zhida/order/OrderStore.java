package dev.zhida.order;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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

    /**
     * Locks the lines of the given observations, one each, and makes those that are not there yet.
     *
     * @return the id of every line by its key
     */
    Map<String, UUID> lockLines(Orders.Source source, List<Observation> firsts, Instant at) {
        try (var handle = jdbi.open()) {
            var insert = handle.createUpdate("""
                            insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity,
                                status, review, paid_fen, estimated_fen, first_observed_at, changed_at)
                            select t.id, :marketplace, :account, t.line_key, t.order_no, t.parent_no, 0,
                                'NEEDS_REVIEW', 'being read', 0, 0, :at, :at
                            from unnest(:ids, :keys, :orderNos, :parentNos) as t (id, line_key, order_no, parent_no)
                            where not exists (select from order_line o
                                where o.marketplace = :marketplace and o.line_key = t.line_key)
                            on conflict on constraint order_line_line_key do nothing
                            """)
                    .bind("marketplace", source.marketplace().name())
                    .bind("account", source.accountId())
                    .bind("at", utc(at));
            array(insert, "ids", UUID.class, firsts, o -> Orders.newId());
            array(insert, "keys", String.class, firsts, Observation::lineKey);
            array(insert, "orderNos", String.class, firsts, Observation::orderNo);
            array(insert, "parentNos", String.class, firsts, OrderStore::parentNo);
            insert.execute();
            return handle
                    .createQuery("""
                            select id, line_key from order_line
                            where marketplace = :marketplace and line_key = any(:keys)
                            order by line_key for update
                            """)
                    .bind("marketplace", source.marketplace().name())
                    .bindArray(
                            "keys",
                            String.class,
                            firsts.stream().map(Observation::lineKey).toList())
                    .map((row, context) -> Map.entry(row.getString("line_key"), row.getObject("id", UUID.class)))
                    .stream()
                    .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }

    /** Adds the observations that are not stored yet; answers the keys of those that were added. */
    Set<String> addObservations(Orders.Source source, List<ObservationRow> rows, Instant at) {
        try (var handle = jdbi.open()) {
            var insert = handle.createQuery("""
                            insert into order_observation
                                (account_id, marketplace, line_key, content_hash, as_of, content, raw, report_id, observed_at)
                            select :account, :marketplace, t.line_key, decode(t.hash, 'hex'), t.as_of, t.content::jsonb,
                                t.raw::jsonb, :report, :at
                            from unnest(:keys, :hashes, :asOfs, :contents, :raws)
                                as t (line_key, hash, as_of, content, raw)
                            on conflict on constraint order_observation_content_key do nothing
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
        jdbi.useHandle(handle -> handle.createQuery("""
                        select line_key, content_hash, content from order_observation
                        where marketplace = :marketplace and line_key = any(:keys)
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, lineKeys)
                .map((row, context) -> byKey.computeIfAbsent(row.getString("line_key"), key -> new ArrayList<>())
                        .add(new OrderFold.Hashed(
                                read(marketplace, row.getString("content")),
                                HexFormat.of().formatHex(row.getBytes("content_hash")))))
                .list());
        return byKey;
    }

    void saveLines(List<OrderLine> lines, Instant at) {
        jdbi.useHandle(handle -> {
            var update = handle.createUpdate("""
                            update order_line o set
                                order_no = t.order_no, parent_no = t.parent_no, item_id = t.item_id,
                                item_key = t.item_key, item_title = t.item_title, shop_name = t.shop_name,
                                quantity = t.quantity, status = t.status, status_text = t.status_text,
                                review = t.review, paid_fen = t.paid_fen, estimated_fen = t.estimated_fen,
                                settled_base_fen = t.settled_base_fen, settled_fen = t.settled_fen,
                                subsidy_fen = t.subsidy_fen, fee_rate = t.fee_rate, fee_fen = t.fee_fen,
                                clicked_at = t.clicked_at, created_at = t.created_at, paid_at = t.paid_at,
                                settled_at = t.settled_at, as_of = t.as_of, slot_kind = t.slot_kind,
                                slot_key = t.slot_key, changed_at = :at
                            from unnest(:ids, :orderNos, :parentNos, :itemIds, :itemKeys, :titles, :shops, :quantities,
                                :statuses, :statusTexts, :reviews, :paids, :estimateds, :settledBases, :settleds,
                                :subsidies, :feeRates, :fees, :clickedAts, :createdAts, :paidAts, :settledAts, :asOfs,
                                :slotKinds, :slotKeys)
                                as t (id, order_no, parent_no, item_id, item_key, item_title, shop_name, quantity,
                                    status, status_text, review, paid_fen, estimated_fen, settled_base_fen,
                                    settled_fen, subsidy_fen, fee_rate, fee_fen, clicked_at, created_at, paid_at,
                                    settled_at, as_of, slot_kind, slot_key)
                            where o.id = t.id
                            """).bind("at", utc(at));
            array(update, "ids", UUID.class, lines, OrderLine::id);
            texts(update, "orderNos", lines, Observation::orderNo);
            texts(update, "parentNos", lines, OrderStore::parentNo);
            texts(update, "itemIds", lines, Observation::itemId);
            texts(update, "itemKeys", lines, Observation::itemKey);
            texts(update, "titles", lines, Observation::itemTitle);
            texts(update, "shops", lines, Observation::shopName);
            array(update, "quantities", Integer.class, lines, line -> line.latest()
                    .quantity());
            array(update, "statuses", String.class, lines, line -> line.status().name());
            texts(update, "statusTexts", lines, Observation::statusText);
            array(update, "reviews", String.class, lines, OrderLine::review);
            fen(update, "paids", lines, Observation::paid);
            fen(update, "estimateds", lines, Observation::estimated);
            fen(update, "settledBases", lines, Observation::settledBase);
            fen(update, "settleds", lines, Observation::settled);
            fen(update, "subsidies", lines, Observation::subsidy);
            array(
                    update,
                    "feeRates",
                    BigDecimal.class,
                    lines,
                    line -> line.latest().feeRate() == null
                            ? null
                            : line.latest().feeRate().fraction());
            fen(update, "fees", lines, Observation::fee);
            times(update, "clickedAts", lines, Observation::clickedAt);
            times(update, "createdAts", lines, Observation::createdAt);
            times(update, "paidAts", lines, Observation::paidAt);
            times(update, "settledAts", lines, Observation::settledAt);
            times(update, "asOfs", lines, Observation::asOf);
            texts(
                    update,
                    "slotKinds",
                    lines,
                    o -> o.slot() == null ? null : o.slot().kind().name());
            texts(
                    update,
                    "slotKeys",
                    lines,
                    o -> o.slot() == null ? null : o.slot().value());
            update.execute();
        });
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

    private static <T, V> void array(SqlStatement<?> s, String name, Class<V> type, List<T> rows, Function<T, V> of) {
        // Not Stream.toList: absent values are null.
        var values = new ArrayList<V>(rows.size());
        rows.forEach(row -> values.add(of.apply(row)));
        s.bindArray(name, type, values);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
