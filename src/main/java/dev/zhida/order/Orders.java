package dev.zhida.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Takes observations in and keeps the order lines that they fold into. */
@ApplicationScoped
public class Orders {

    private final OrderStore store;
    private final ObjectMapper json;

    Orders(OrderStore store, ObjectMapper json) {
        this.store = store;
        this.json = json;
    }

    /**
     * Where observations come from.
     *
     * @param accountId the marketplace account that was asked
     * @param reportId the file; {@code null} for a pull
     */
    public record Source(Marketplace marketplace, UUID accountId, UUID reportId) {}

    /**
     * What became of observations.
     *
     * @param added for each observation, in the order given, whether it was news
     * @param lines the order lines that the news belongs to, as they are now
     */
    public record Taken(List<Boolean> added, List<OrderLine> lines) {}

    /** Adds the observations that are news, and folds the lines that they belong to. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Taken observe(Source source, List<Observation> observations, Instant at) {
        var rows = observations.stream().map(this::row).toList();
        // Locking the lines first makes callers with the same lines wait, so that each folds what the other added.
        var firstByKey = new TreeMap<String, OrderStore.ObservationRow>();
        rows.forEach(row -> firstByKey.putIfAbsent(row.observation().lineKey(), row));
        var idByKey = store.lockLines(
                source, firstByKey.values().stream().map(r -> r.observation()).toList(), at);

        var newKeys = store.addObservations(source, distinct(rows), at);
        var seen = new HashSet<String>();
        var added = rows.stream()
                .map(row -> newKeys.contains(row.key()) && seen.add(row.key()))
                .toList();
        var touched = new HashSet<String>();
        for (var i = 0; i < rows.size(); i++) {
            if (added.get(i)) {
                touched.add(rows.get(i).observation().lineKey());
            }
        }
        return new Taken(added, fold(source, touched, idByKey, at));
    }

    private List<OrderLine> fold(Source source, Set<String> lineKeys, Map<String, UUID> idByKey, Instant at) {
        if (lineKeys.isEmpty()) {
            return List.of();
        }
        var observationsByKey = store.observations(source.marketplace(), lineKeys);
        var lines = new ArrayList<OrderLine>();
        observationsByKey.forEach((key, observations) -> {
            var folded = OrderFold.fold(observations);
            lines.add(new OrderLine(
                    idByKey.get(key), source.accountId(), folded.latest(), folded.status(), folded.review()));
        });
        store.saveLines(lines, at);
        return lines;
    }

    private static List<OrderStore.ObservationRow> distinct(List<OrderStore.ObservationRow> rows) {
        var byKey = new LinkedHashMap<String, OrderStore.ObservationRow>();
        rows.forEach(row -> byKey.putIfAbsent(row.key(), row));
        return List.copyOf(byKey.values());
    }

    private OrderStore.ObservationRow row(Observation observation) {
        try {
            var content = ObservationContent.of(observation);
            var text = json.writeValueAsString(content);
            return new OrderStore.ObservationRow(
                    observation, text, json.writeValueAsString(observation.raw()), ObservationContent.hash(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new, time-ordered id. */
    static UUID newId() {
        return UuidCreator.getTimeOrderedEpochPlus1();
    }
}
