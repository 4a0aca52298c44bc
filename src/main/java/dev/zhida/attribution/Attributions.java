package dev.zhida.attribution;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.zhida.attribution.Attribution.Exact;
import dev.zhida.attribution.Attribution.None;
import dev.zhida.attribution.Attribution.Shared;
import dev.zhida.database.JsonText;
import dev.zhida.order.OrderLine;
import dev.zhida.slot.Lease;
import dev.zhida.slot.SlotLeases;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Decides and keeps which placement order lines came from. */
@ApplicationScoped
public class Attributions {

    private final Jdbi jdbi;
    private final SlotLeases leases;

    Attributions(Jdbi jdbi, SlotLeases leases) {
        this.jdbi = jdbi;
        this.leases = leases;
    }

    /**
     * Decides every line anew; a decision that differs from the current one becomes its next version.
     *
     * @return the decision by line
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<UUID, Attribution> attribute(List<OrderLine> lines, Instant at) {
        var decisions = new HashMap<UUID, Attribution>();
        lines.stream().collect(groupingBy(OrderLine::accountId)).forEach((account, ofAccount) -> {
            var keys = ofAccount.stream()
                    .map(line -> line.latest().slot())
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList();
            var leasesBySlot = leases.leases(account, keys);
            for (var line : ofAccount) {
                var slot = line.latest().slot();
                decisions.put(
                        line.id(),
                        LeaseAtClick.decide(
                                slot != null, line.latest().clickedAt(), leasesBySlot.getOrDefault(slot, List.of())));
            }
        });
        keep(lines, decisions, at);
        return decisions;
    }

    private record Current(int version, Row row) {}

    private record Row(
            String confidence, Long placementId, UUID creatorId, String medium, Long leaseId, String reason) {
        static Row of(Attribution attribution) {
            return switch (attribution) {
                case Exact(Lease lease) ->
                    new Row(
                            "EXACT",
                            lease.placementId(),
                            lease.creatorId(),
                            lease.medium().name(),
                            lease.id(),
                            null);
                case Shared(var creator, var medium, var one, var holders) ->
                    new Row("SHARED", null, creator, medium.name(), null, null);
                case None(var reason) -> new Row("NONE", null, null, null, null, reason.name());
            };
        }
    }

    private void keep(List<OrderLine> lines, Map<UUID, Attribution> decisions, Instant at) {
        try (var handle = jdbi.open()) {
            var current = current(handle, lines);
            var changed = lines.stream()
                    .filter(line -> {
                        var was = current.get(line.id());
                        return was == null || !was.row().equals(Row.of(decisions.get(line.id())));
                    })
                    .toList();
            if (changed.isEmpty()) {
                return;
            }
            handle.createUpdate("""
                            update attribution set current = false
                            where order_line_id = any(:lines) and current
                            """)
                    .bindArray(
                            "lines",
                            UUID.class,
                            changed.stream().map(OrderLine::id).toList())
                    .execute();
            var batch = handle.prepareBatch("""
                    insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id,
                        medium, lease_id, rule_version, evidence, decided_at)
                    values (:line, :version, true, :confidence, :placement, :creator, :medium, :lease, :rule, :evidence, :at)
                    """);
            for (var line : changed) {
                var row = Row.of(decisions.get(line.id()));
                var was = current.get(line.id());
                batch.bind("line", line.id())
                        .bind("version", was == null ? 1 : was.version() + 1)
                        .bind("confidence", row.confidence())
                        .bind("placement", row.placementId())
                        .bind("creator", row.creatorId())
                        .bind("medium", row.medium())
                        .bind("lease", row.leaseId())
                        .bind("rule", Attribution.RULE_VERSION)
                        .bind("evidence", new JsonText(evidence(line, decisions.get(line.id()))))
                        .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                        .add();
            }
            batch.execute();
        }
    }

    private static Map<String, Object> evidence(OrderLine line, Attribution attribution) {
        var evidence = new LinkedHashMap<String, Object>();
        var slot = line.latest().slot();
        evidence.put("slot", slot == null ? null : slot.value());
        evidence.put("clickedAt", Objects.toString(line.latest().clickedAt(), null));
        switch (attribution) {
            case Exact(Lease lease) -> evidence.put("leaseFrom", lease.fromAt().toString());
            case Shared(var creator, var medium, var one, var holders) -> evidence.put("holders", holders);
            case None(var reason) -> evidence.put("reason", reason.name());
        }
        return evidence;
    }

    private static Map<UUID, Current> current(Handle handle, List<OrderLine> lines) {
        return handle
                .createQuery("""
                        select order_line_id, version, confidence, placement_id, creator_id, medium, lease_id,
                               evidence ->> 'reason' reason
                        from attribution where order_line_id = any(:lines) and current
                        """)
                .bindArray(
                        "lines", UUID.class, lines.stream().map(OrderLine::id).toList())
                .map((row, context) -> Map.entry(
                        row.getObject("order_line_id", UUID.class),
                        new Current(
                                row.getInt("version"),
                                new Row(
                                        row.getString("confidence"),
                                        row.getObject("placement_id", Long.class),
                                        row.getObject("creator_id", UUID.class),
                                        row.getString("medium"),
                                        row.getObject("lease_id", Long.class),
                                        row.getString("reason")))))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
