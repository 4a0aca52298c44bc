package dev.zhida.order;

import static java.util.stream.Collectors.toSet;

import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.OrderStatus;
import dev.zhida.marketplace.RefundObservation;
import dev.zhida.marketplace.RefundStatus;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** What people decide about order lines: which of contradicting reports is true, and whether a line is held. */
@ApplicationScoped
public class Decisions {

    private final OrderStore store;
    private final OrderFacts facts;
    private final Orders orders;

    Decisions(OrderStore store, OrderFacts facts, Orders orders) {
        this.store = store;
        this.facts = facts;
        this.orders = orders;
    }

    /**
     * A report among which a person has to choose; amounts that it does not tell are {@code null}.
     *
     * @param id the hash of what it says
     * @param needsStatus whether who chooses it has to say what its status means
     */
    public record Report(
            String id,
            Instant asOf,
            String status,
            String statusText,
            boolean needsStatus,
            Money paid,
            Money estimated,
            Money settled,
            Money refunded,
            Money commission,
            Money fee) {}

    /**
     * Reports that a person has to choose from.
     *
     * @param refundId what they are about; {@code null} for the line itself
     */
    public record Question(String refundId, List<Report> reports) {}

    /**
     * A person's choice.
     *
     * @param report the report believed
     * @param status what its status means; only where that is unknown
     */
    public record Choice(String report, String status, String reason) {}

    /** What there is to choose of a line, whether or not somebody has chosen already; empty for a line without doubt. */
    @Transactional
    public List<Question> questions(UUID lineId) {
        return questions(lock(lineId));
    }

    private OrderStore.Locked lock(UUID lineId) {
        return store.lock(List.of(lineId)).stream()
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "order-not-found", "there is no order line with the id " + lineId));
    }

    private List<Question> questions(OrderStore.Locked line) {
        var questions = new ArrayList<Question>();
        var key = List.of(line.key());
        var observations = store.observations(line.marketplace(), key).getOrDefault(line.key(), List.of());
        if (!observations.isEmpty()) {
            var rivals = OrderFold.rivals(observations);
            if (OrderFold.contested(rivals)) {
                questions.add(new Question(
                        null,
                        rivals.stream()
                                .map(rival -> report(rival.hash(), rival.observation()))
                                .distinct()
                                .toList()));
            }
        }
        facts.refunds(line.marketplace(), key).getOrDefault(line.key(), List.of()).stream()
                .collect(Collectors.groupingBy(hashed -> hashed.observation().refundId()))
                .forEach((refund, reports) -> {
                    var rivals = RefundFold.rivals(reports);
                    if (RefundFold.contested(rivals)) {
                        questions.add(new Question(
                                refund,
                                rivals.stream()
                                        .map(rival -> report(rival.hash(), rival.observation()))
                                        .distinct()
                                        .toList()));
                    }
                });
        return questions;
    }

    private static Report report(String id, Observation o) {
        return new Report(
                id,
                o.asOf(),
                o.status().name(),
                o.statusText(),
                o.status() == OrderStatus.NEEDS_REVIEW,
                o.paid(),
                o.estimated(),
                o.settled(),
                null,
                null,
                o.fee());
    }

    private static Report report(String id, RefundObservation o) {
        return new Report(
                id,
                o.asOf(),
                o.status().name(),
                o.statusText(),
                o.status() == RefundStatus.NEEDS_REVIEW,
                null,
                null,
                null,
                o.refunded(),
                o.commission(),
                o.fee());
    }

    /**
     * Takes a person's choice; it holds for the reports that there are now, until another comes as late or later.
     *
     * @return the line as it is then
     * @throws Refusal {@code order-not-found}, {@code report-not-in-question}, {@code status-needed} or
     *     {@code status-known}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<OrderLine> decide(UUID lineId, Choice choice, UUID by, Instant at) {
        var line = lock(lineId);
        var question = questions(line).stream()
                .filter(q -> q.reports().stream().anyMatch(r -> r.id().equals(choice.report())))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.CONFLICT,
                        "report-not-in-question",
                        "choose one of the reports that the list of this order's decisions shows as open"));
        var report = question.reports().stream()
                .filter(r -> r.id().equals(choice.report()))
                .findFirst()
                .orElseThrow();
        requireStatus(report, question.refundId() != null, choice.status());
        facts.addDecision(
                lineId,
                new Decision(
                        0,
                        question.refundId(),
                        report.id(),
                        question.reports().stream().map(Report::id).collect(toSet()),
                        choice.status(),
                        at),
                choice.reason(),
                by);
        return orders.foldAgain(List.of(lineId), at);
    }

    private static void requireStatus(Report report, boolean refund, String status) {
        if (!report.needsStatus()) {
            if (status != null) {
                throw new Refusal(
                        Refusal.Kind.INVALID, "status-known", "the report says its status: leave `status` out");
            }
            return;
        }
        var known = refund
                ? Arrays.stream(RefundStatus.values())
                        .filter(s -> s != RefundStatus.NEEDS_REVIEW)
                        .map(Enum::name)
                        .toList()
                : Arrays.stream(OrderStatus.values())
                        .filter(s -> s != OrderStatus.NEEDS_REVIEW)
                        .map(Enum::name)
                        .toList();
        if (status == null || !known.contains(status)) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "status-needed",
                    "nobody knows what `" + report.statusText() + "` means: say it in `status`, one of " + known);
        }
    }

    /**
     * Holds a line's commission back, or lets it go.
     *
     * @return the line as it is then
     * @throws Refusal {@code order-not-found} or {@code hold-unchanged}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<OrderLine> hold(UUID lineId, boolean held, String reason, UUID by, Instant at) {
        if (lock(lineId).held() == held) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "hold-unchanged",
                    held ? "the line is held already" : "the line is not held");
        }
        facts.addHold(lineId, held, reason, by, at);
        return orders.lock(List.of(lineId));
    }
}
