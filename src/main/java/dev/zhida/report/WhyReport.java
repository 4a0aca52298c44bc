package dev.zhida.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Gathers what there is to tell about an order line's commission. */
@ApplicationScoped
class WhyReport {

    /** What a line's beneficiary has: the creator's and the agency's accounts, or the one of nobody. */
    private static final Set<String> OF_BENEFICIARY = Set.of(
            "CREATOR_ESTIMATED",
            "CREATOR_CONFIRMED",
            "CREATOR_HELD",
            "AGENCY_ESTIMATED",
            "AGENCY_CONFIRMED",
            "UNATTRIBUTED_ESTIMATED",
            "UNATTRIBUTED");

    private final Jdbi jdbi;
    private final ObjectMapper json;

    WhyReport(Jdbi jdbi, ObjectMapper json) {
        this.jdbi = jdbi;
        this.json = json;
    }

    /** A transfer of the line as it is in the books. */
    record Transfer(Instant at, String month, String debit, String credit, long amountFen, String reason) {}

    /** The arithmetic and the transfers, oldest first. */
    record Answer(long amountFen, List<Why.Step> steps, List<Transfer> transfers) {}

    Answer of(UUID lineId) {
        return jdbi.inTransaction(handle -> {
            var transfers = transfers(handle, lineId);
            var postings = transfers.stream()
                    .map(transfer -> new Why.Posting(
                            transfer.month(),
                            Money.ofFen(transfer.amountFen()),
                            (OF_BENEFICIARY.contains(transfer.credit()) ? 1 : 0)
                                    - (OF_BENEFICIARY.contains(transfer.debit()) ? 1 : 0)))
                    .toList();
            return handle.createQuery("""
                            select o.status, o.review, to_char(c.month, 'YYYY-MM') period, r.name creator, g.name agency, c.held,
                                   c.inputs, c.amount_fen, m.name campaign, b.wanted_fen, b.amount_fen bonus_fen,
                                   b.held bonus_held
                            from commission c
                            join order_line o on o.id = c.order_line_id
                            left join creator r on r.id = c.creator_id
                            left join agency g on g.id = c.agency_id
                            left join bonus_line b on b.order_line_id = c.order_line_id
                            left join campaign m on m.id = b.campaign_id
                            where c.order_line_id = :line
                            """)
                    .bind("line", lineId)
                    .map((row, context) -> {
                        var bonus = row.getString("campaign") == null
                                ? null
                                : new Why.Bonus(
                                        row.getString("campaign"),
                                        Money.ofFen(row.getLong("wanted_fen")),
                                        Money.ofFen(row.getLong("bonus_fen")),
                                        row.getBoolean("bonus_held"));
                        return new Answer(
                                row.getLong("amount_fen"),
                                Why.of(new Why.Facts(
                                        row.getString("status"),
                                        row.getString("review"),
                                        row.getString("period"),
                                        row.getString("creator"),
                                        row.getString("agency"),
                                        row.getBoolean("held"),
                                        inputs(row.getString("inputs")),
                                        bonus,
                                        postings)),
                                transfers);
                    })
                    .one();
        });
    }

    private JsonNode inputs(String text) {
        try {
            var inputs = json.readTree(text);
            if (!inputs.has("standing")) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT,
                        "why-not-kept",
                        "this line was counted before its inputs were kept: import it again to count it anew");
            }
            return inputs;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Transfer> transfers(Handle handle, UUID lineId) {
        return handle.createQuery("""
                        select t.posted_at, to_char(t.month, 'YYYY-MM') period, d.kind debit, c.kind credit, t.amount_fen, t.reason
                        from ledger_source s join ledger_transfer t on t.source_id = s.id
                        join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
                        where s.name = 'order-line/' || :line order by t.id
                        """)
                .bind("line", lineId)
                .map((row, context) -> new Transfer(
                        row.getObject("posted_at", OffsetDateTime.class).toInstant(),
                        row.getString("period"),
                        row.getString("debit"),
                        row.getString("credit"),
                        row.getLong("amount_fen"),
                        row.getString("reason")))
                .list();
    }
}
