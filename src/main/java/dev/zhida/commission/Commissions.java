package dev.zhida.commission;

import dev.zhida.attribution.Attribution;
import dev.zhida.database.JsonText;
import dev.zhida.ledger.Ledger;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Rate;
import dev.zhida.order.OrderLine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Works out what order lines earn, keeps it with its inputs, and brings the books to it. */
@ApplicationScoped
public class Commissions {

    private final Jdbi jdbi;
    private final Ledger ledger;

    Commissions(Jdbi jdbi, Ledger ledger) {
        this.jdbi = jdbi;
        this.ledger = ledger;
    }

    /** Works out every line by its attribution and posts what is missing. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void settle(List<OrderLine> lines, Map<UUID, Attribution> attributions, Instant at) {
        if (lines.isEmpty()) {
            return;
        }
        try (var handle = jdbi.open()) {
            var book = Book.read(handle);
            var commissions = lines.stream()
                    .map(line -> LineCommission.of(line, attributions.get(line.id()), book.terms(line, at), at))
                    .toList();
            save(handle, commissions, at);
            ledger.post(commissions.stream().map(LineCommission::target).toList(), at);
        }
    }

    private record Rule(int version, Rate creatorShare) {}

    /** All rules and settings, by when they took effect. */
    private record Book(NavigableMap<Instant, Rule> rules, Map<Marketplace, NavigableMap<Instant, Rate>> fees) {

        static Book read(Handle handle) {
            var rules = new TreeMap<Instant, Rule>();
            handle.createQuery("select version, creator_share, effective_from from commission_rule")
                    .map((row, context) -> rules.put(
                            row.getObject("effective_from", OffsetDateTime.class)
                                    .toInstant(),
                            new Rule(row.getInt("version"), new Rate(row.getBigDecimal("creator_share")))))
                    .list();
            var fees = new LinkedHashMap<Marketplace, NavigableMap<Instant, Rate>>();
            handle.createQuery("select marketplace, effective_from, rate from fee_setting")
                    .map((row, context) -> fees.computeIfAbsent(
                                    Marketplace.valueOf(row.getString("marketplace")), m -> new TreeMap<>())
                            .put(
                                    row.getObject("effective_from", OffsetDateTime.class)
                                            .toInstant(),
                                    new Rate(row.getBigDecimal("rate"))))
                    .list();
            return new Book(rules, fees);
        }

        /** What was in force when the buyer paid; the first rule there is for orders older than all rules. */
        Terms terms(OrderLine line, Instant now) {
            var paidAt = line.paidAt() == null ? now : line.paidAt();
            var rule = inForce(rules, paidAt);
            return new Terms(
                    rule.version(),
                    rule.creatorShare(),
                    inForce(fees.get(line.latest().marketplace()), paidAt));
        }

        private static <T> T inForce(NavigableMap<Instant, T> byStart, Instant at) {
            var entry = byStart.floorEntry(at);
            return entry == null ? byStart.firstEntry().getValue() : entry.getValue();
        }
    }

    private static void save(Handle handle, List<LineCommission> commissions, Instant at) {
        var batch = handle.prepareBatch("""
                insert into commission (order_line_id, creator_id, placement_id, rule_version, estimated_fen, settled_fen,
                    amount_fen, fee_fen, fee_assumed, platform_fen, month, inputs, calculated_at)
                values (:line, :creator, :placement, :rule, :estimated, :settled, :amount, :fee, :feeAssumed, :platform,
                    :month, :inputs, :at)
                on conflict on constraint commission_pkey do update set
                    creator_id = excluded.creator_id, placement_id = excluded.placement_id,
                    rule_version = excluded.rule_version, estimated_fen = excluded.estimated_fen,
                    settled_fen = excluded.settled_fen, amount_fen = excluded.amount_fen, fee_fen = excluded.fee_fen,
                    fee_assumed = excluded.fee_assumed, platform_fen = excluded.platform_fen, month = excluded.month,
                    inputs = excluded.inputs, calculated_at = excluded.calculated_at
                """);
        for (var commission : commissions) {
            var standing = commission.standing();
            batch.bind("line", commission.line().id())
                    .bind("creator", commission.attribution().creator())
                    .bind("placement", commission.attribution().placement())
                    .bind("rule", commission.terms().ruleVersion())
                    .bind("estimated", commission.estimated().creator().fen())
                    .bind("settled", commission.settled().creator().fen())
                    .bind("amount", commission.amount().fen())
                    .bind("fee", standing.fee().fen())
                    .bind("feeAssumed", standing.feeAssumed())
                    .bind("platform", standing.platform().fen())
                    .bind("month", commission.month().atDay(1))
                    .bind("inputs", new JsonText(inputs(commission)))
                    .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                    .add();
        }
        batch.execute();
    }

    private static Map<String, Object> inputs(LineCommission commission) {
        var inputs = new LinkedHashMap<String, Object>();
        inputs.put("status", commission.line().status().name());
        inputs.put("estimatedGrossFen", commission.estimated().gross().fen());
        inputs.put("settledGrossFen", commission.settled().gross().fen());
        inputs.put("creatorShare", commission.terms().creatorShare().fraction().toPlainString());
        inputs.put("assumedFee", commission.terms().assumedFee().fraction().toPlainString());
        return inputs;
    }
}
