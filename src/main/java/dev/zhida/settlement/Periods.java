package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.attribution.Evidence;
import dev.zhida.commission.Commissions;
import dev.zhida.commission.MonthEnd;
import dev.zhida.database.Retries;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.intake.PullCoverage;
import dev.zhida.ledger.Ledger;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** The months of the books: who asked for a lock, who approved it, and the locking itself. */
@ApplicationScoped
public class Periods {

    /** A million lines are frozen in well under a minute; a month that is ten times as large is still locked. */
    private static final Duration LOCKING = Duration.ofMinutes(15);

    /** Of what a month lacks, so much is told at once. */
    private static final int MOST_NAMED = 200;

    private final Jdbi jdbi;
    private final Ledger ledger;
    private final MonthEnd monthEnd;
    private final StatementStore statements;
    private final Evidence evidence;
    private final PullCoverage pulls;
    private final Commissions commissions;
    private final AuditTrail audit;
    private final Retries retries;
    private final ObjectMapper json;
    private final Clock clock;

    Periods(
            Jdbi jdbi,
            Ledger ledger,
            MonthEnd monthEnd,
            StatementStore statements,
            Evidence evidence,
            PullCoverage pulls,
            Commissions commissions,
            AuditTrail audit,
            Retries retries,
            ObjectMapper json,
            Clock clock) {
        this.jdbi = jdbi;
        this.ledger = ledger;
        this.monthEnd = monthEnd;
        this.statements = statements;
        this.evidence = evidence;
        this.pulls = pulls;
        this.commissions = commissions;
        this.audit = audit;
        this.retries = retries;
        this.json = json;
        this.clock = clock;
    }

    /** How far a month is. */
    public enum State {
        OPEN,
        LOCK_ASKED,
        LOCKED
    }

    /**
     * A month.
     *
     * @param askedBy who asked for its lock; {@code null} while nobody did
     * @param overrideReason why it is locked although something of it was lacking; {@code null} if nothing was
     * @param overridden what was lacking then, with the times that were not read
     * @param refusal why it cannot be locked now; {@code null} if it can be or is
     * @param statements how many statements of creators and agencies it has
     */
    public record Period(
            YearMonth month,
            State state,
            UUID askedBy,
            Instant askedAt,
            UUID approvedBy,
            Instant approvedAt,
            String overrideReason,
            List<String> overridden,
            String refusal,
            long statements) {}

    /** The first month with postings, and the last that is locked. */
    private record Books(Optional<YearMonth> first, Optional<YearMonth> lastLocked) {}

    private record Lock(
            YearMonth month,
            UUID askedBy,
            Instant askedAt,
            UUID approvedBy,
            Instant approvedAt,
            String overrideReason,
            List<Lack> overridden) {}

    /**
     * Something that a month lacks.
     *
     * @param what a feed, or a row that could not be understood, or a line that nobody has decided about
     * @param from when what was not read of the feed begins; {@code null} for a row or a line
     * @param until when it ends; {@code null} for a row or a line
     */
    record Lack(String what, Instant from, Instant until) {

        /** Whether who overrides this overrides the other too. */
        boolean contains(Lack other) {
            return what.equals(other.what)
                    && (from == null
                            ? other.from == null
                            : other.from != null && !from.isAfter(other.from) && !until.isBefore(other.until));
        }

        String hours() {
            return from.atZone(BusinessTime.ZONE).toLocalDateTime() + " to "
                    + until.atZone(BusinessTime.ZONE).toLocalDateTime() + " in Shanghai";
        }

        String words() {
            return from == null ? what : what + ", " + hours();
        }
    }

    /** Every month from the first that has postings to the current one, newest first. */
    public List<Period> list() {
        var at = clock.instant();
        var books = books();
        var current = BusinessTime.monthOf(at);
        var first = books.first().filter(month -> month.isBefore(current)).orElse(current);
        var locks = locks(null);
        var statements = this.statements.counts();
        return Stream.iterate(current, month -> !month.isBefore(first), month -> month.minusMonths(1))
                .map(month -> period(month, locks.get(month), statements.getOrDefault(month, 0L), books, at))
                .toList();
    }

    public Period period(YearMonth month) {
        return period(
                month, locks(month).get(month), statements.counts().getOrDefault(month, 0L), books(), clock.instant());
    }

    private Period period(YearMonth month, Lock lock, long statements, Books books, Instant at) {
        var locked = books.lastLocked().filter(last -> !month.isAfter(last)).isPresent();
        return new Period(
                month,
                locked ? State.LOCKED : lock != null ? State.LOCK_ASKED : State.OPEN,
                lock == null ? null : lock.askedBy(),
                lock == null ? null : lock.askedAt(),
                lock == null ? null : lock.approvedBy(),
                lock == null ? null : lock.approvedAt(),
                lock == null ? null : lock.overrideReason(),
                lock == null ? List.of() : words(lock.overridden()),
                locked
                        ? null
                        : refusal(month, books, at)
                                .or(() -> incomplete(month, lock))
                                .map(Refusal::getMessage)
                                .orElse(null),
                statements);
    }

    private Books books() {
        return new Books(ledger.firstMonth(), ledger.lastLocked());
    }

    /**
     * Asks for a month's lock. Asking again changes nothing; the one who asked first stays the one who asked. But who says
     * why a month should be locked that lacks something is the one who asks from then on, for all that it lacks now.
     *
     * @param reason why it should be locked whatever is lacking; {@code null} if nothing is
     * @throws Refusal {@code month-locked}, {@code month-not-over}, {@code earlier-month-open}, {@code month-empty}, or
     *     {@code month-incomplete} with what is lacking
     */
    public Period ask(YearMonth month, String reason, Caller by) {
        var at = clock.instant();
        return retries.inTransaction(LOCKING, () -> {
            mayBeLocked(month, at);
            var lacking = lacking(month);
            var overrides = reason != null && !lacking.isEmpty();
            if (!overrides) {
                incomplete(month, lacking, locks(month).get(month)).ifPresent(refusal -> {
                    throw refusal;
                });
            }
            var overridden = overrides ? List.copyOf(lacking.keySet()) : List.<Lack>of();
            var added = jdbi.withHandle(handle -> handle.createUpdate("""
                            insert into month_lock (month, asked_by, asked_at, override_reason, overridden)
                            values (:month, :by, :at, :reason, :overridden::jsonb)
                            on conflict on constraint month_lock_pkey do update set asked_by = excluded.asked_by,
                                asked_at = excluded.asked_at, override_reason = excluded.override_reason,
                                overridden = excluded.overridden
                            where month_lock.approved_by is null and excluded.override_reason is not null
                            """)
                    .bind("month", month.atDay(1))
                    .bind("by", by.personId())
                    .bind("at", utc(at))
                    .bind("reason", overrides ? reason : null)
                    .bind("overridden", text(overridden))
                    .execute());
            if (added == 1) {
                audit.add(
                        by.personId(),
                        "month-lock-asked",
                        "month/" + month,
                        overrides ? Map.of("overrides", words(overridden), "reason", reason) : Map.of(),
                        at);
            }
            return period(month);
        });
    }

    /**
     * What of a month is lacking: times that were not read, and of it and of months before rows that could not be
     * understood and lines that nobody has decided about; with words. Rows and lines that an earlier month was locked
     * without were overridden once and for all.
     */
    private Map<Lack, String> lacking(YearMonth month) {
        var lacking = new LinkedHashMap<Lack, String>();
        for (var gap : pulls.gaps(month)) {
            var lack = new Lack(gap.feed(), gap.from(), gap.until());
            lacking.put(lack, lack.hours() + " was not read (" + String.join(", ", gap.states()) + ")");
        }
        pulls.unread(month)
                .forEach(row -> lacking.put(
                        new Lack(row.row(), null, null), "was told, and could not be understood: " + row.reason()));
        commissions.undecided(month).forEach((line, why) -> lacking.put(new Lack(line, null, null), why));
        locks(null).values().stream()
                .filter(lock -> lock.month().isBefore(month))
                .flatMap(lock -> lock.overridden().stream())
                .filter(lack -> lack.from() == null)
                .forEach(lacking::remove);
        return lacking;
    }

    private static List<String> words(List<Lack> lacks) {
        return lacks.stream().map(Lack::words).toList();
    }

    private String text(List<Lack> lacks) {
        try {
            return json.writeValueAsString(lacks);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Lack> lacks(String text) {
        try {
            return json.readValue(text, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<Refusal> incomplete(YearMonth month, Lock lock) {
        return incomplete(month, lacking(month), lock);
    }

    private static Optional<Refusal> incomplete(YearMonth month, Map<Lack, String> lacking, Lock lock) {
        var left = new LinkedHashMap<>(lacking);
        if (lock != null) {
            left.keySet()
                    .removeIf(lack -> lock.overridden().stream().anyMatch(overridden -> overridden.contains(lack)));
        }
        if (left.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                Refusal.Kind.CONFLICT,
                "month-incomplete",
                month + " lacks something, " + left.size() + " in all, see errors; the first is "
                        + left.firstEntry().getKey().words()
                        + ". Let an operator have it read or decided, or say why it is to be locked as it is: POST /api/v1/periods/"
                        + month
                        + "/lock/override",
                left.entrySet().stream()
                        .limit(MOST_NAMED)
                        .map(one -> new Refusal.FieldError(one.getKey().what(), one.getValue()))
                        .toList()));
    }

    /**
     * Locks a month: what depends on all of its lines is decided, statements are written, and its books are closed,
     * all at once. Postings wait meanwhile, and go to the month after from then on.
     *
     * @throws Refusal as {@link #ask}, if something is lacking that was not when the lock was asked for;
     *     {@code lock-not-asked}; {@code same-person} if the caller asked for it
     */
    public Period approve(YearMonth month, Caller by) {
        return retries.inTransaction(LOCKING, () -> {
            ledger.stopPostings();
            var at = clock.instant();
            mayBeLocked(month, at);
            // Who asked does not change any more: somebody may be overriding what is lacking at the same time.
            jdbi.useHandle(handle -> handle.createQuery("select month from month_lock where month = :month for update")
                    .bind("month", month.atDay(1))
                    .mapTo(LocalDate.class)
                    .findOne());
            var asked = locks(month).get(month);
            if (asked == null) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT,
                        "lock-not-asked",
                        "nobody has asked for the lock of " + month + ": POST /api/v1/periods/" + month
                                + "/lock first");
            }
            if (asked.askedBy().equals(by.personId())) {
                throw samePerson("the lock of " + month);
            }
            incomplete(month, asked).ifPresent(refusal -> {
                throw refusal;
            });
            jdbi.useHandle(handle -> handle.createUpdate(
                            "update month_lock set approved_by = :by, approved_at = :at where month = :month")
                    .bind("month", month.atDay(1))
                    .bind("by", by.personId())
                    .bind("at", utc(at))
                    .execute());
            monthEnd.decide(month, at);
            var sums = statements.write(month, at);
            freezeEvidence(month, at);
            ledger.post(sums.stream().map(s -> s.target(month)).toList(), at);
            ledger.lock(month, at);
            audit.add(by.personId(), "month-locked", "month/" + month, Map.of("statements", sums.size()), at);
            return period(month);
        });
    }

    /** What the attributions behind the month's lines rest on, by statement and by brand. */
    private void freezeEvidence(YearMonth month, Instant at) {
        var lines = statements.orderLines(month);
        var heads = new HashMap<UUID, String>();
        lines.forEach((holder, ofHolder) -> heads.put(
                holder.id(),
                evidence.freezeStatement(
                        month,
                        switch (holder.type()) {
                            case CREATOR -> Evidence.Kind.CREATOR;
                            case AGENCY -> Evidence.Kind.AGENCY;
                        },
                        holder.id(),
                        ofHolder,
                        at)));
        evidence.freezeBrands(
                month, lines.values().stream().flatMap(List::stream).toList(), at);
        statements.print(month, heads);
    }

    static Refusal samePerson(String what) {
        return new Refusal(
                Refusal.Kind.CONFLICT,
                "same-person",
                "whoever asked for it cannot approve " + what + ": let somebody else of finance do it");
    }

    private void mayBeLocked(YearMonth month, Instant at) {
        refusal(month, books(), at).ifPresent(refusal -> {
            throw refusal;
        });
    }

    private static Optional<Refusal> refusal(YearMonth month, Books books, Instant at) {
        if (!month.isBefore(BusinessTime.monthOf(at))) {
            return no(
                    "month-not-over",
                    month + " is not over before " + month.plusMonths(1).atDay(1) + " 00:00 in Shanghai");
        }
        if (books.lastLocked().filter(last -> !month.isAfter(last)).isPresent()) {
            return no("month-locked", month + " is locked already");
        }
        var next = books.lastLocked().map(last -> last.plusMonths(1)).or(books::first);
        if (next.isEmpty() || month.isBefore(next.get())) {
            return no("month-empty", "nothing was posted in " + month + " or before: there is nothing to lock");
        }
        return month.equals(next.get())
                ? Optional.empty()
                : no("earlier-month-open", "months are locked in their order: lock " + next.get() + " first");
    }

    private static Optional<Refusal> no(String code, String detail) {
        return Optional.of(new Refusal(Refusal.Kind.CONFLICT, code, detail));
    }

    /** The locks that were asked for, by month; of one month, or of all. */
    private Map<YearMonth, Lock> locks(YearMonth month) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select month, asked_by, asked_at, approved_by, approved_at, override_reason, overridden
                        from month_lock
                        where :month::date is null or month = :month
                        """)
                .bind("month", month == null ? null : month.atDay(1))
                .map((row, context) -> new Lock(
                        YearMonth.from(row.getObject("month", LocalDate.class)),
                        row.getObject("asked_by", UUID.class),
                        instant(row, "asked_at"),
                        row.getObject("approved_by", UUID.class),
                        instant(row, "approved_at"),
                        row.getString("override_reason"),
                        lacks(row.getString("overridden"))))
                .stream()
                .collect(toMap(Lock::month, Function.identity())));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
