package dev.zhida.intake;

import static dev.zhida.money.BusinessTime.dayOf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.order.Orders;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Settles the lines of marketplaces that settle by the calendar: a row told the day, and may not be told again when that
 * comes. The stored row is observed once more by the same way as if the marketplace had sent it; nobody is asked.
 */
@ApplicationScoped
class PayDays {

    /** Lines of one transaction. */
    private static final int AT_ONCE = 200;

    private final Intake intake;
    private final Jdbi jdbi;
    private final ObjectMapper json;
    private final Clock clock;

    PayDays(Intake intake, Jdbi jdbi, ObjectMapper json, Clock clock) {
        this.intake = intake;
        this.jdbi = jdbi;
        this.json = json;
        this.clock = clock;
    }

    private record Ripe(UUID accountId, Observation row) {}

    /** Observes again what is ripe; answers how much of it was news. Doing it again changes nothing. */
    int settle(Connector connector) {
        var field = connector.ripensOn();
        if (field.isEmpty()) {
            return 0;
        }
        var now = clock.instant();
        var waiting = waiting(connector.marketplace());
        var news = 0;
        for (var from = 0; from < waiting.size(); from += AT_ONCE) {
            var ids = waiting.subList(from, Math.min(from + AT_ONCE, waiting.size()));
            var byAccount = ripe(connector, field.get(), ids, now).stream()
                    .collect(
                            Collectors.groupingBy(Ripe::accountId, Collectors.mapping(Ripe::row, Collectors.toList())));
            for (var rows : byAccount.entrySet()) {
                var source = new Orders.Source(connector.marketplace(), rows.getKey(), null);
                var page = new FeedPage(
                        rows.getValue(),
                        List.of(),
                        List.of(),
                        List.of(),
                        rows.getValue().size(),
                        null);
                news += intake.take(source, page);
            }
        }
        return news;
    }

    /** Read as a whole once a day: an index for it would cost at every order. */
    private List<UUID> waiting(Marketplace marketplace) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select id from order_line where marketplace = :marketplace and status = 'RECEIVED'")
                .bind("marketplace", marketplace.name())
                .mapTo(UUID.class)
                .list());
    }

    private List<Ripe> ripe(Connector connector, String field, List<UUID> ids, Instant now) {
        var rows = new ArrayList<Ripe>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select o.account_id, o.raw
                        from order_line l
                            cross join lateral (
                                select account_id, raw from order_observation
                                where marketplace = l.marketplace and line_key = l.line_key and report_id is null
                                    and raw ->> :field is not null
                                order by as_of desc nulls last, id desc limit 1) o
                        where l.id = any(:ids) and o.raw ->> :field between :first and :today
                        """)
                .bind("field", field)
                .bindArray("ids", UUID.class, ids)
                .bind("first", day(LocalDate.of(2000, 1, 1)))
                .bind("today", day(dayOf(now)))
                .map((row, context) -> Map.entry(row.getObject("account_id", UUID.class), row.getString("raw")))
                .forEach(row -> {
                    try {
                        rows.add(new Ripe(row.getKey(), connector.again(read(row.getValue()), now)));
                    } catch (IllegalArgumentException notUnderstood) {
                        Log.errorf("a stored row is not understood any more: %s", notUnderstood.getMessage());
                    }
                }));
        return rows;
    }

    private static String day(LocalDate day) {
        return day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    private Map<String, String> read(String raw) {
        try {
            return json.readValue(raw, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON", e);
        }
    }
}
