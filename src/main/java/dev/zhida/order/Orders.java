package dev.zhida.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.PunishmentObservation;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.money.Money;
import dev.zhida.order.OrderStore.Locked;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Takes in what marketplaces tell of orders, and keeps the order lines that it folds into.
 *
 * <p>Whoever adds to a line locks its row first, all lines of a transaction in the order of marketplace and key. So a
 * transaction calls one of these methods once; {@link #take} is there for those who bring several kinds of news.
 */
@ApplicationScoped
public class Orders {

    private static final String NOT_OBSERVED = "a refund came before the order itself";

    private final OrderStore store;
    private final OrderFacts facts;
    private final ObjectMapper json;

    Orders(OrderStore store, OrderFacts facts, ObjectMapper json) {
        this.store = store;
        this.facts = facts;
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
     * @param added for each observation, in the order given, whether it was news: orders, then refunds, then punishments
     * @param lines the order lines that the news belongs to, as they are now; not those that only a refund is known of
     */
    public record Taken(List<Boolean> added, List<OrderLine> lines) {}

    /** Adds the observations that are news, and folds the lines that they belong to. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Taken observe(Source source, List<Observation> observations, Instant at) {
        return take(source, observations, List.of(), List.of(), at);
    }

    /** Adds the reports of refunds that are news; those of lines that are not known yet wait for them. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Taken refunds(Source source, List<RefundObservation> refunds, Instant at) {
        return take(source, List.of(), refunds, List.of(), at);
    }

    /** Adds the reports of punishments that are news; those of orders that are not known yet wait for them. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Taken punishments(Source source, List<PunishmentObservation> punishments, Instant at) {
        return take(source, List.of(), List.of(), punishments, at);
    }

    /** Adds what is news of all kinds, and folds the lines that it belongs to. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Taken take(
            Source source,
            List<Observation> observations,
            List<RefundObservation> refunds,
            List<PunishmentObservation> punishments,
            Instant at) {
        facts.lockPunishments(source.marketplace(), !punishments.isEmpty());
        var rows = observations.stream().map(this::row).toList();
        var newcomers = newcomers(source, rows, refunds);
        var inserted = store.insert(source.marketplace(), List.copyOf(newcomers.values()), at);
        var keys = new HashSet<>(newcomers.keySet());
        var punishedKeys = punishments.isEmpty()
                ? List.<String>of()
                : facts.keysOf(
                        source.marketplace(),
                        punishments.stream().map(PunishmentObservation::orderNo).toList());
        keys.addAll(punishedKeys);
        keys.removeAll(inserted);
        // Locking the lines makes callers with the same lines wait, so that each folds what the other added.
        var locked = new HashMap<>(store.lock(source.marketplace(), keys));
        inserted.forEach(key ->
                locked.put(key, new Locked(newcomers.get(key).id(), source.marketplace(), key, false, false, false)));

        var newKeys = store.addObservations(source, distinct(rows), at);
        var seen = new HashSet<String>();
        var added = new ArrayList<Boolean>();
        var touched = new HashSet<String>();
        for (var row : rows) {
            var news = newKeys.contains(row.key()) && seen.add(row.key());
            added.add(news);
            if (news) {
                touched.add(row.observation().lineKey());
            }
        }
        if (!refunds.isEmpty()) {
            var news = facts.addRefunds(source, refunds, at);
            added.addAll(news);
            for (var i = 0; i < refunds.size(); i++) {
                if (news.get(i)) {
                    touched.add(refunds.get(i).lineKey());
                    locked.computeIfPresent(refunds.get(i).lineKey(), (key, line) -> line.withRefunds());
                }
            }
        }
        if (!punishments.isEmpty()) {
            added.addAll(facts.addPunishments(source, punishments, at));
            touched.addAll(punishedKeys);
        }
        return new Taken(added, fold(source, touched, locked, inserted, rows, at));
    }

    /** The lines as they are if nothing is known of them but this, by key in its order. */
    private static TreeMap<String, OrderLine> newcomers(
            Source source, List<OrderStore.ObservationRow> rows, List<RefundObservation> refunds) {
        var observationsByKey = byKey(source, rows);
        var lines = new TreeMap<String, OrderLine>();
        refunds.forEach(refund -> lines.put(refund.lineKey(), notObserved(source, refund)));
        observationsByKey.forEach((key, observations) -> {
            var folded = OrderFold.fold(observations, List.of());
            lines.put(
                    key, new OrderLine(newId(), folded.accountId(), folded.latest(), folded.status(), folded.review()));
        });
        return lines;
    }

    private static Map<String, List<OrderFold.Hashed>> byKey(Source source, List<OrderStore.ObservationRow> rows) {
        var byKey = new HashMap<String, List<OrderFold.Hashed>>();
        rows.forEach(row -> byKey.computeIfAbsent(row.observation().lineKey(), key -> new ArrayList<>())
                .add(new OrderFold.Hashed(
                        source.accountId(), row.observation(), row.hash(), source.reportId() != null)));
        return byKey;
    }

    private static OrderLine notObserved(Source source, RefundObservation refund) {
        var nothing = new Observation(
                source.marketplace(),
                refund.lineKey(),
                refund.lineKey(),
                refund.parentNo(),
                null,
                null,
                null,
                null,
                0,
                OrderStatus.NEEDS_REVIEW,
                null,
                Money.ZERO,
                Money.ZERO,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of());
        return new OrderLine(newId(), source.accountId(), nothing, OrderStatus.NEEDS_REVIEW, NOT_OBSERVED);
    }

    private List<OrderLine> fold(
            Source source,
            Collection<String> touched,
            Map<String, Locked> locked,
            Collection<String> inserted,
            List<OrderStore.ObservationRow> rows,
            Instant at) {
        if (touched.isEmpty()) {
            return List.of();
        }
        // Of a line that this transaction made nobody else has told anything yet.
        var observations = byKey(source, rows);
        observations.keySet().retainAll(inserted);
        var known = touched.stream().filter(key -> !inserted.contains(key)).toList();
        observations.putAll(store.observations(source.marketplace(), known));
        var lines = fold(source.marketplace(), touched.stream().map(locked::get).toList(), observations);
        store.update(
                lines.stream()
                        .filter(line -> line.frozen()
                                || !inserted.contains(line.latest().lineKey()))
                        .toList(),
                at);
        return lines;
    }

    /** Folds lines that are locked; those without any observation are left out. */
    private List<OrderLine> fold(
            Marketplace marketplace, List<Locked> locked, Map<String, List<OrderFold.Hashed>> observationsByKey) {
        var refunds = facts.refunds(
                marketplace,
                locked.stream().filter(Locked::hasRefunds).map(Locked::key).toList());
        var decisions = facts.decisions(
                locked.stream().filter(Locked::hasDecisions).map(Locked::id).toList());
        var lines = new ArrayList<OrderLine>();
        for (var line : locked) {
            var observations = observationsByKey.get(line.key());
            if (observations == null) {
                continue;
            }
            var decided = decisions.getOrDefault(line.id(), List.of());
            var folded = OrderFold.fold(
                    observations,
                    decided.stream().filter(d -> d.refundId() == null).toList());
            lines.add(new OrderLine(
                    line.id(),
                    folded.accountId(),
                    folded.latest(),
                    folded.status(),
                    folded.review(),
                    RefundFold.fold(refunds.getOrDefault(line.key(), List.of()), decided),
                    false,
                    line.held()));
        }
        var punishments = facts.punishments(
                marketplace,
                lines.stream().map(line -> line.latest().orderNo()).distinct().toList());
        return punishments.isEmpty()
                ? lines
                : lines.stream()
                        .map(line -> line.frozen(PunishmentFold.frozen(
                                punishments.getOrDefault(line.latest().orderNo(), List.of()))))
                        .toList();
    }

    /** Locks lines and reads them as they are; those that only a refund is known of are left out. */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<OrderLine> lock(Collection<UUID> ids) {
        var byMarketplace = new EnumMap<Marketplace, List<Locked>>(Marketplace.class);
        store.lock(ids).forEach(line -> byMarketplace
                .computeIfAbsent(line.marketplace(), m -> new ArrayList<>())
                .add(line));
        var lines = new ArrayList<OrderLine>();
        byMarketplace.forEach((marketplace, locked) -> lines.addAll(fold(
                marketplace,
                locked,
                store.observations(marketplace, locked.stream().map(Locked::key).toList()))));
        return lines;
    }

    /** The observations that hold, of those of the lines that have any. */
    public List<Observation> latest(Marketplace marketplace, Collection<String> lineKeys) {
        return store.observations(marketplace, lineKeys).values().stream()
                .map(observations -> OrderFold.fold(observations, List.of()).latest())
                .toList();
    }

    /**
     * Hands what waits for a line that was never observed to the line that it turned out to be. Nothing waits in most
     * cases; the line is folded anew by whoever tells of it next.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void rename(Marketplace marketplace, String waiting, String line) {
        facts.moveRefunds(marketplace, waiting, line);
    }

    /** Folds lines anew after something was added to them. */
    List<OrderLine> foldAgain(Collection<UUID> ids, Instant at) {
        var lines = lock(ids);
        store.update(lines, at);
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
