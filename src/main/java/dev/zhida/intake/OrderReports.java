package dev.zhida.intake;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.database.Retries;
import dev.zhida.identity.Caller;
import dev.zhida.marketplace.MappedReport;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.Observation;
import dev.zhida.marketplace.ReportRow;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.marketplace.taobao.TaobaoOrderReport;
import dev.zhida.order.Orders;
import dev.zhida.problem.Refusal;
import dev.zhida.slot.Slots;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** Reads the report files that marketplaces export. */
@ApplicationScoped
public class OrderReports {

    /** Rows per transaction: enough to share its cost, few enough to hold their locks for a moment only. */
    private static final int BATCH = 1_000;

    private static final Duration BATCH_WITHIN = Duration.ofMinutes(1);

    private final Intake intake;
    private final ReportMappings mappings;
    private final Slots slots;
    private final Retries retries;
    private final Jdbi jdbi;
    private final Clock clock;

    OrderReports(Intake intake, ReportMappings mappings, Slots slots, Retries retries, Jdbi jdbi, Clock clock) {
        this.intake = intake;
        this.mappings = mappings;
        this.slots = slots;
        this.retries = retries;
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /**
     * A file to read.
     *
     * @param account the account's name; may be {@code null} where the marketplace has one
     * @param exportedAt when it was exported, which is the time of which it speaks; may be {@code null}
     */
    public record Upload(Path file, String fileName, Marketplace marketplace, String account, Instant exportedAt) {}

    /** What became of the rows of a file. */
    public record Outcome(int accepted, int unchanged, List<ReportRow.Refused> refused) {}

    /**
     * Reads a file. A process that dies on the way leaves whole batches behind; reading the file again takes the rest.
     *
     * @throws Refusal if the file as a whole cannot be used; then none of its rows was taken
     */
    public Outcome read(Upload upload, Caller by) {
        var mapping = mapping(upload.marketplace());
        var now = clock.instant();
        if (upload.exportedAt() != null && upload.exportedAt().isAfter(now)) {
            throw new Refusal(Refusal.Kind.INVALID, "exported-in-future", "`exportedAt` lies in the future");
        }
        // Once without taking anything: a file that turns out to be no report, or too large, is refused whole.
        read(upload, mapping, null);
        var account = slots.account(upload.marketplace(), upload.account());
        var report = begin(upload, account, mapping, by, now);
        var reading = new Reading(new Orders.Source(upload.marketplace(), account, report), upload.exportedAt());
        read(upload, mapping, reading::row);
        reading.flush();
        reading.refused.sort(Comparator.comparing(ReportRow.Refused::row));
        end(report, reading);
        return new Outcome(reading.accepted, reading.unchanged, reading.refused);
    }

    /** How the marketplace's files are read; {@code null} where that is built in. */
    private ReportMappings.Versioned mapping(Marketplace marketplace) {
        return marketplace == Marketplace.TAOBAO
                ? null
                : mappings.of(marketplace)
                        .orElseThrow(() -> new Refusal(
                                Refusal.Kind.INVALID,
                                "report-format-unknown",
                                "the columns of " + marketplace + " reports are not known: say what they mean with PUT"
                                        + " /api/v1/report-mappings/" + marketplace));
    }

    private static void read(Upload upload, ReportMappings.Versioned mapping, Consumer<ReportRow> rows) {
        if (mapping == null) {
            TaobaoOrderReport.read(upload.file(), rows);
        } else {
            MappedReport.read(upload.file(), upload.marketplace(), mapping.mapping(), rows);
        }
    }

    /** Collects rows into batches. */
    private final class Reading {
        private final Orders.Source source;
        private final Instant exportedAt;
        private final List<ReportRow.Understood> batch = new ArrayList<>(BATCH);
        private final List<ReportRow.Refused> refused = new ArrayList<>();
        private int accepted;
        private int unchanged;

        Reading(Orders.Source source, Instant exportedAt) {
            this.source = source;
            this.exportedAt = exportedAt;
        }

        void row(ReportRow row) {
            switch (row) {
                case ReportRow.Refused no -> refused.add(no);
                case ReportRow.Understood understood -> {
                    batch.add(understood);
                    if (batch.size() == BATCH) {
                        flush();
                    }
                }
            }
        }

        /** A row that tells its own time speaks of that; the others speak of the file's. */
        private Observation observation(ReportRow.Understood row) {
            var observation = row.observation();
            return observation.asOf() == null ? observation.withAsOf(exportedAt) : observation;
        }

        private ReportRow.Refused knownFromApi(ReportRow.Understood row) {
            var orderNo = row.observation().orderNo();
            var column = row.observation().raw().entrySet().stream()
                    .filter(cell -> cell.getValue().contains(orderNo))
                    .map(Map.Entry::getKey)
                    .min(Comparator.naturalOrder())
                    .orElse("");
            return new ReportRow.Refused(
                    row.row(),
                    column,
                    "order-known-from-api: the marketplace's API tells of this order, and not exactly one of its lines"
                            + " is like this row; nothing to do, the API's own word counts");
        }

        void flush() {
            if (batch.isEmpty()) {
                return;
            }
            var observations = batch.stream().map(this::observation).toList();
            // A pull, or the lock of a month, may have the same lines.
            var outcomes = retries.inTransaction(BATCH_WITHIN, () -> intake.take(source, observations));
            for (var i = 0; i < batch.size(); i++) {
                switch (outcomes.get(i)) {
                    case NEWS -> accepted++;
                    case UNCHANGED -> unchanged++;
                    case KNOWN_FROM_API -> refused.add(knownFromApi(batch.get(i)));
                }
            }
            batch.clear();
        }
    }

    private UUID begin(Upload upload, UUID account, ReportMappings.Versioned mapping, Caller by, Instant now) {
        var id = UuidCreator.getTimeOrderedEpoch();
        try {
            var bytes = Files.size(upload.file());
            var sha256 = HexFormat.of().parseHex(ReportTable.sha256(upload.file()));
            jdbi.useHandle(handle -> handle.createUpdate("""
                            insert into order_report
                                (id, account_id, file_name, sha256, bytes, exported_at, received_at, received_by,
                                mapping_version)
                            values (:id, :account, :name, :sha256, :bytes, :exportedAt, :at, :by, :mapping)
                            """)
                    .bind("id", id)
                    .bind("account", account)
                    .bind("name", upload.fileName())
                    .bind("sha256", sha256)
                    .bind("bytes", bytes)
                    .bind("exportedAt", upload.exportedAt() == null ? null : utc(upload.exportedAt()))
                    .bind("at", utc(now))
                    .bind("by", by.personId())
                    .bind("mapping", mapping == null ? null : (Integer) mapping.version())
                    .execute());
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(UUID report, Reading reading) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update order_report set accepted = :accepted, unchanged = :unchanged, refused = :refused,
                            finished_at = :at
                        where id = :id
                        """)
                .bind("id", report)
                .bind("accepted", reading.accepted)
                .bind("unchanged", reading.unchanged)
                .bind("refused", reading.refused.size())
                .bind("at", utc(clock.instant()))
                .execute());
    }
}
