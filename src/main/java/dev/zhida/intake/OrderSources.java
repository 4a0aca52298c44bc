package dev.zhida.intake;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.toMap;

import dev.zhida.intake.SourceMatch.Answer;
import dev.zhida.intake.SourceMatch.Known;
import dev.zhida.intake.SourceMatch.Likeness;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.money.Money;
import dev.zhida.order.Orders;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** Names the rows of both sources by the lines that they belong to, and remembers which name each source has. */
@ApplicationScoped
class OrderSources {

    static final String DOUBTFUL = "the API and a file tell of this order, and not clearly of which line of it";

    private final Jdbi jdbi;
    private final Orders orders;
    private final MeterRegistry metrics;

    OrderSources(Jdbi jdbi, Orders orders, MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.orders = orders;
        this.metrics = metrics;
    }

    /** The lines of orders that are known so far; grows as rows are decided. */
    private static final class Book {
        private final Map<String, Known> byKey = new HashMap<>();
        private final Map<String, Set<String>> keysByNumber = new HashMap<>();

        List<Known> of(Observation row) {
            return numbers(row)
                    .flatMap(number -> keysByNumber.getOrDefault(number, Set.of()).stream())
                    .distinct()
                    .map(byKey::get)
                    .toList();
        }

        void isBoth(Known line) {
            byKey.put(
                    line.lineKey(),
                    new Known(line.lineKey(), line.orderNo(), line.likeness(), line.status(), line.ofFile(), true));
        }

        void add(Observation row, boolean ofFile) {
            add(new Known(row.lineKey(), row.orderNo(), Likeness.of(row), row.status(), ofFile, false), numbers(row));
        }

        boolean add(Known line, Stream<String> numbers) {
            var isNew = byKey.putIfAbsent(line.lineKey(), line) == null;
            if (isNew) {
                numbers.forEach(number -> keysByNumber
                        .computeIfAbsent(number, none -> new LinkedHashSet<>())
                        .add(line.lineKey()));
            }
            return isNew;
        }
    }

    /**
     * Names the rows of a file.
     *
     * @return for each in the order given the row to take; {@code null} where the API tells of its order, and not
     *     clearly of which line
     */
    List<Observation> ofFile(Marketplace marketplace, List<Observation> rows, Instant at) {
        lock(true);
        var lineKeys =
                lineKeys(marketplace, rows.stream().map(Observation::lineKey).toList());
        var book = book(marketplace, rows);
        var named = new ArrayList<Observation>();
        for (var row : rows) {
            var lines = book.of(row);
            var known = lineKeys.get(row.lineKey());
            if (known != null) {
                var line = lines.stream()
                        .filter(one -> one.lineKey().equals(known))
                        .findFirst();
                named.add(named(row, known, line.map(Known::orderNo).orElse(row.orderNo())));
                continue;
            }
            switch (SourceMatch.ofFile(row, lines)) {
                case Answer.Own own -> {
                    book.add(row, true);
                    named.add(row);
                }
                case Answer.Joins(Known line) -> {
                    if (!remember(marketplace, row.lineKey(), "FILE", line.lineKey(), at)) {
                        // Another row was faster: two rows of files are never one line.
                        named.add(null);
                        continue;
                    }
                    lineKeys.put(row.lineKey(), line.lineKey());
                    book.isBoth(line);
                    named.add(named(row, line.lineKey(), line.orderNo()));
                }
                case Answer.Doubtful doubtful -> named.add(null);
            }
        }
        return named;
    }

    /** Names the rows of a page; what is doubtful is held for review, together with the file's lines that it may be. */
    FeedPage ofApi(Marketplace marketplace, FeedPage page, Instant at) {
        lock(false);
        var keys = new HashSet<String>();
        page.orders().forEach(row -> keys.add(row.lineKey()));
        page.refunds().forEach(refund -> keys.add(refund.lineKey()));
        var lineKeys = lineKeys(marketplace, keys);
        var unnamed = page.orders().stream()
                .filter(row -> !lineKeys.containsKey(row.lineKey()))
                // Known by its name alone.
                .filter(row -> !isOfFile(row))
                .toList();
        warnOfRefunds(
                marketplace,
                page.refunds().stream()
                        .filter(refund -> !lineKeys.containsKey(refund.lineKey()))
                        .toList());
        if (lineKeys.isEmpty() && !toldByFile(marketplace, unnamed)) {
            return page;
        }
        var book = book(marketplace, unnamed);
        var rows = new ArrayList<Observation>();
        for (var row : page.orders()) {
            var known = lineKeys.get(row.lineKey());
            if (known != null) {
                rows.add(named(row, known, row.orderNo()));
                continue;
            }
            if (isOfFile(row)) {
                rows.add(row);
                continue;
            }
            var lines = book.of(row);
            switch (SourceMatch.ofApi(row, lines)) {
                case Answer.Own own -> {
                    book.add(row, false);
                    rows.add(row);
                }
                case Answer.Joins(Known line) -> {
                    if (!remember(marketplace, row.lineKey(), "API", line.lineKey(), at)) {
                        throw new IllegalStateException("another page was faster to adopt " + line.lineKey());
                    }
                    orders.rename(marketplace, row.lineKey(), line.lineKey());
                    lineKeys.put(row.lineKey(), line.lineKey());
                    book.isBoth(line);
                    rows.add(named(row, line.lineKey(), row.orderNo()));
                }
                case Answer.Doubtful(var perhaps) -> {
                    book.add(row, false);
                    rows.add(held(row, row.asOf()));
                    orders.latest(
                                    marketplace,
                                    perhaps.stream().map(Known::lineKey).toList())
                            .forEach(line -> rows.add(held(line, later(line.asOf(), row.asOf()))));
                    metrics.counter("zhida.orders.doubtful").increment();
                    Log.errorf("%s: order %s", DOUBTFUL, row.orderNo());
                }
            }
        }
        var refunds = page.refunds().stream()
                .map(refund -> named(refund, lineKeys.getOrDefault(refund.lineKey(), refund.lineKey())))
                .toList();
        return new FeedPage(rows, refunds, page.punishments(), page.unreadable(), page.rows(), page.next());
    }

    /**
     * A refund names its line as the API does. One of a line that only a file has told of waits until the API tells of the
     * line as well, and of old orders it does not.
     */
    private void warnOfRefunds(Marketplace marketplace, List<RefundObservation> refunds) {
        var taking = refunds.stream()
                .filter(refund -> refund.parentNo() != null)
                .filter(refund -> switch (refund.status()) {
                    case SUCCEEDED, FROM_CREATOR, NEEDS_REVIEW -> true;
                    case OPENED, FAILED, FROM_SELLER -> false;
                })
                .toList();
        if (taking.isEmpty()) {
            return;
        }
        var waiting = jdbi.withHandle(handle -> {
            var query = handle.createQuery("""
                            select distinct t.parent_no from unnest(:keys, :parents) t (line_key, parent_no)
                            where exists (select from order_line f
                                    where f.marketplace = :marketplace and f.parent_no = t.parent_no
                                      and left(f.line_key, 2) = 'F:'
                                      and not exists (select from order_line_source s
                                          where s.marketplace = f.marketplace and s.line_key = f.line_key))
                              and not exists (select from order_observation o
                                    where o.marketplace = :marketplace and o.line_key = t.line_key)
                            """).bind("marketplace", marketplace.name());
            array(query, "keys", String.class, taking, RefundObservation::lineKey);
            array(query, "parents", String.class, taking, RefundObservation::parentNo);
            return query.mapTo(String.class).list();
        });
        if (!waiting.isEmpty()) {
            metrics.counter("zhida.refunds.waiting").increment(waiting.size());
            Log.errorf(
                    "refunds take nothing back, because only a file tells of their orders: %s; back-fill the days of these"
                            + " orders, or adjust them by hand",
                    waiting);
        }
    }

    /**
     * Files wait for the API and the API for files, because neither sees what the other is about to add. Each goes beside
     * its like; two that want one line of the other source meet at a constraint.
     */
    private void lock(boolean file) {
        jdbi.useHandle(handle ->
                handle.execute("lock table order_source_gate in " + (file ? "share" : "row exclusive") + " mode"));
    }

    private Map<String, String> lineKeys(Marketplace marketplace, Collection<String> sourceKeys) {
        return new HashMap<>(jdbi.withHandle(handle -> handle
                .createQuery("""
                        select source_key, line_key from order_line_source
                        where marketplace = :marketplace and source_key = any(:keys)
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("keys", String.class, sourceKeys)
                .map((row, context) -> Map.entry(row.getString("source_key"), row.getString("line_key")))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue))));
    }

    /** Whoever reads only from the API asks this for every page: two look-ups in small indexes. */
    private boolean toldByFile(Marketplace marketplace, List<Observation> rows) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select exists (select from order_line
                                where marketplace = :marketplace and parent_no = any(:numbers)
                                  and left(line_key, 2) = 'F:')
                            or exists (select from order_line
                                where marketplace = :marketplace and order_no = any(:numbers)
                                  and left(line_key, 2) = 'F:')
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("numbers", String.class, numbers(rows))
                .mapTo(Boolean.class)
                .one());
    }

    /** All lines that have a number of the rows. */
    private Book book(Marketplace marketplace, List<Observation> rows) {
        var book = new Book();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select o.line_key, o.order_no, o.parent_no, o.item_key, o.slot_kind, o.slot_key, o.quantity,
                            o.paid_fen, o.status, starts_with(o.line_key, 'F:') of_file,
                            exists (select from order_line_source s where s.marketplace = o.marketplace
                                and s.line_key = o.line_key) both_tell
                        from order_line o
                        -- Both numbers in one condition may become a scan of all lines.
                        where o.id in (
                            select id from order_line where marketplace = :marketplace and parent_no = any(:numbers)
                            union
                            select id from order_line where marketplace = :marketplace and order_no = any(:numbers))
                          -- Not those that only a refund is known of.
                          and (o.status <> 'NEEDS_REVIEW' or exists (select from order_observation b
                              where b.marketplace = o.marketplace and b.line_key = o.line_key))
                        order by o.line_key
                        """)
                .bind("marketplace", marketplace.name())
                .bindArray("numbers", String.class, numbers(rows))
                .map((row, context) ->
                        book.add(known(row), Stream.of(row.getString("parent_no"), row.getString("order_no"))))
                .list());
        return book;
    }

    private static Known known(ResultSet row) throws SQLException {
        var kind = row.getString("slot_kind");
        return new Known(
                row.getString("line_key"),
                row.getString("order_no"),
                new Likeness(
                        row.getString("item_key"),
                        kind == null ? null : new SlotKey(SlotKind.valueOf(kind), row.getString("slot_key")),
                        row.getInt("quantity"),
                        Money.ofFen(row.getLong("paid_fen"))),
                OrderStatus.valueOf(row.getString("status")),
                row.getBoolean("of_file"),
                row.getBoolean("both_tell"));
    }

    /** Whether the line had no name of this source yet. */
    private boolean remember(Marketplace marketplace, String sourceKey, String source, String lineKey, Instant at) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into order_line_source (marketplace, source_key, source, line_key, matched_at)
                        values (:marketplace, :key, :source, :line, :at)
                        on conflict do nothing
                        """)
                        .bind("marketplace", marketplace.name())
                        .bind("key", sourceKey)
                        .bind("source", source)
                        .bind("line", lineKey)
                        .bind("at", utc(at))
                        .execute()
                == 1);
    }

    private static List<String> numbers(List<Observation> rows) {
        return rows.stream().flatMap(OrderSources::numbers).distinct().toList();
    }

    /** By which sources name the order: one that knows no parents may give the number of either. */
    private static Stream<String> numbers(Observation row) {
        return Stream.of(row.orderNo(), row.parentNo()).filter(Objects::nonNull).distinct();
    }

    /** Whether it is named as files name lines. */
    private static boolean isOfFile(Observation row) {
        return row.lineKey().startsWith("F:");
    }

    private static Instant later(Instant one, Instant other) {
        return one == null || other != null && other.isAfter(one) ? other : one;
    }

    /** The same, of which only a person may say what it is. */
    private static Observation held(Observation o, Instant asOf) {
        return copy(o, o.lineKey(), o.orderNo(), OrderStatus.NEEDS_REVIEW, DOUBTFUL, asOf);
    }

    private static Observation named(Observation o, String lineKey, String orderNo) {
        return Objects.equals(o.lineKey(), lineKey) && o.orderNo().equals(orderNo)
                ? o
                : copy(o, lineKey, orderNo, o.status(), o.statusText(), o.asOf());
    }

    private static Observation copy(
            Observation o, String lineKey, String orderNo, OrderStatus status, String statusText, Instant asOf) {
        return new Observation(
                o.marketplace(),
                lineKey,
                orderNo,
                o.parentNo(),
                o.itemId(),
                o.itemKey(),
                o.itemTitle(),
                o.shopName(),
                o.quantity(),
                status,
                statusText,
                o.paid(),
                o.estimated(),
                o.settledBase(),
                o.settled(),
                o.subsidy(),
                o.feeRate(),
                o.fee(),
                o.clickedAt(),
                o.createdAt(),
                o.paidAt(),
                o.settledAt(),
                asOf,
                o.slot(),
                o.raw());
    }

    private static RefundObservation named(RefundObservation o, String lineKey) {
        return o.lineKey().equals(lineKey)
                ? o
                : new RefundObservation(
                        o.marketplace(),
                        o.refundId(),
                        lineKey,
                        o.parentNo(),
                        o.status(),
                        o.statusText(),
                        o.refunded(),
                        o.commission(),
                        o.fee(),
                        o.openedAt(),
                        o.finishedAt(),
                        o.asOf(),
                        o.raw());
    }
}
