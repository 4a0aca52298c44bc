package dev.zhida.ledger;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.toMap;

import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Posts the difference between what a source should have moved and what it has moved. */
@ApplicationScoped
public class Ledger {

    private final Jdbi jdbi;

    Ledger(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * Brings every source to its target, under a lock on the source; sources that are there already post nothing.
     * Until the transaction ends no month is locked: the lock waits for it, and it for the lock.
     *
     * @return how many transfers were posted
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public int post(Collection<Target> targets, Instant at) {
        if (targets.isEmpty()) {
            return 0;
        }
        // In the order of their names, so that two callers with the same sources wait for each other.
        var bySource = new TreeMap<String, Target>();
        targets.forEach(target -> {
            if (bySource.put(target.source(), target) != null) {
                throw new IllegalArgumentException("two targets for " + target.source());
            }
        });
        try (var handle = jdbi.open()) {
            // Before the sources: the lock of a month posts too, and both take things in this order.
            handle.execute("select pg_advisory_xact_lock_shared(hashtext('ledger-month'), 0)");
            var sources = lock(handle, List.copyOf(bySource.values()));
            var standing = standing(handle, sources.values());
            var lastLocked = lastLocked(handle);
            var rows = new ArrayList<Row>();
            bySource.forEach((name, target) -> {
                var source = sources.get(name);
                var stands = standing.getOrDefault(source.id(), Standing.NOTHING);
                target.differenceFrom(stands.amounts()).forEach(difference -> {
                    // What is taken back is not taken out of a month before the one that it came into.
                    var came =
                            stands.lastMonths().getOrDefault(difference.flow().reversed(), target.month());
                    var month = openMonth(came.isAfter(target.month()) ? came : target.month(), lastLocked);
                    rows.add(new Row(source, difference, month, target.reason()));
                });
            });
            insert(handle, rows, at);
            return rows.size();
        }
    }

    /** The credits less the debits of all accounts of the kinds, per account. */
    public Map<Account, Money> balances(Collection<Account.Kind> kinds) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        select a.kind, a.owner,
                               coalesce((select sum(amount_fen) from ledger_transfer where credit_id = a.id), 0)
                             - coalesce((select sum(amount_fen) from ledger_transfer where debit_id = a.id), 0) fen
                        from ledger_account a
                        where a.kind = any(:kinds)
                        """)
                .bindArray("kinds", String.class, kinds.stream().map(Enum::name).toList())
                .map((row, context) -> Map.entry(
                        new Account(Account.Kind.valueOf(row.getString("kind")), row.getString("owner")),
                        Money.ofFen(row.getLong("fen"))))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Waits for every posting that is under way and lets no other begin until the transaction ends. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void stopPostings() {
        jdbi.useHandle(handle -> handle.execute("select pg_advisory_xact_lock(hashtext('ledger-month'), 0)"));
    }

    /** Locks a month for ever; what belongs to it or to one before is posted in the month after from now on. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void lock(YearMonth month, Instant at) {
        jdbi.useHandle(
                handle -> handle.createUpdate("insert into ledger_month_lock (month, locked_at) values (:month, :at)")
                        .bind("month", month.atDay(1))
                        .bind("at", utc(at))
                        .execute());
    }

    /** The last month that is locked; all before it are closed too. */
    public Optional<YearMonth> lastLocked() {
        return jdbi.withHandle(Ledger::lastLocked);
    }

    /** The first month that anything was ever posted in. */
    public Optional<YearMonth> firstMonth() {
        return jdbi.withHandle(handle -> handle.createQuery("select min(month) from ledger_transfer")
                .mapTo(LocalDate.class)
                .findOne()
                .map(YearMonth::from));
    }

    /** @param made by this transaction, with the version that its first transfers get */
    private record Source(long id, int version, boolean made) {

        int next() {
            return made ? version : version + 1;
        }
    }

    private record Row(Source source, Target.Difference difference, YearMonth month, String reason) {}

    /** @param targets in the order of their sources' names */
    private static Map<String, Source> lock(Handle handle, List<Target> targets) {
        var make = handle.createQuery("""
                insert into ledger_source (name, version) select * from unnest(:names, :versions)
                on conflict do nothing returning id, name, version
                """);
        array(make, "names", String.class, targets, Target::source);
        array(
                make,
                "versions",
                Integer.class,
                targets,
                target -> target.differenceFrom(Map.of()).isEmpty() ? 0 : 1);
        var sources = new HashMap<String, Source>();
        make.map((row, context) ->
                        sources.put(row.getString("name"), new Source(row.getLong("id"), row.getInt("version"), true)))
                .list();
        if (sources.size() < targets.size()) {
            handle.createQuery("""
                            select id, name, version from ledger_source
                            where name = any(:names) order by name for update
                            """)
                    .bindArray(
                            "names",
                            String.class,
                            targets.stream()
                                    .map(Target::source)
                                    .filter(name -> !sources.containsKey(name))
                                    .toList())
                    .map((row, context) -> sources.put(
                            row.getString("name"), new Source(row.getLong("id"), row.getInt("version"), false)))
                    .list();
        }
        return sources;
    }

    /** What stands of a source by flow, and the last month in which each flow was posted. */
    private record Standing(Map<Flow, Money> amounts, Map<Flow, YearMonth> lastMonths) {
        private static final Standing NOTHING = new Standing(Map.of(), Map.of());
    }

    private static Map<Long, Standing> standing(Handle handle, Collection<Source> sources) {
        var standing = new HashMap<Long, Standing>();
        var posted = sources.stream()
                .filter(source -> !source.made() && source.version() > 0)
                .map(Source::id)
                .toList();
        if (posted.isEmpty()) {
            return standing;
        }
        handle.createQuery("""
                        select t.source_id, d.kind debit, d.owner debit_owner, c.kind credit, c.owner credit_owner,
                               sum(t.amount_fen) fen, max(t.month) last_month
                        from ledger_transfer t
                        join ledger_account d on d.id = t.debit_id
                        join ledger_account c on c.id = t.credit_id
                        where t.source_id = any(:sources)
                        group by 1, 2, 3, 4, 5
                        """)
                .bindArray("sources", Long.class, posted)
                .map((row, context) -> {
                    var flow = new Flow(
                            new Account(Account.Kind.valueOf(row.getString("debit")), row.getString("debit_owner")),
                            new Account(Account.Kind.valueOf(row.getString("credit")), row.getString("credit_owner")));
                    var stands = standing.computeIfAbsent(
                            row.getLong("source_id"), id -> new Standing(new HashMap<>(), new HashMap<>()));
                    stands.amounts().put(flow, Money.ofFen(row.getLong("fen")));
                    return stands.lastMonths().put(flow, YearMonth.from(row.getObject("last_month", LocalDate.class)));
                })
                .list();
        return standing;
    }

    private static Optional<YearMonth> lastLocked(Handle handle) {
        return handle.createQuery("select max(month) from ledger_month_lock")
                .mapTo(LocalDate.class)
                .findOne()
                .map(YearMonth::from);
    }

    private static YearMonth openMonth(YearMonth wanted, Optional<YearMonth> lastLocked) {
        return lastLocked
                .filter(last -> !wanted.isAfter(last))
                .map(last -> last.plusMonths(1))
                .orElse(wanted);
    }

    private static void insert(Handle handle, List<Row> rows, Instant at) {
        if (rows.isEmpty()) {
            return;
        }
        var accounts = accounts(handle, rows);
        handle.createUpdate("""
                        insert into ledger_transfer
                            (source_id, source_version, debit_id, credit_id, amount_fen, month, reason, posted_at)
                        select t.source_id, t.source_version, t.debit_id, t.credit_id, t.amount_fen, t.month, t.reason, :at
                        from unnest(:sources, :versions, :debits, :credits, :amounts, :months, :reasons)
                            as t (source_id, source_version, debit_id, credit_id, amount_fen, month, reason)
                        """)
                .bindArray(
                        "sources",
                        Long.class,
                        rows.stream().map(r -> r.source().id()).toList())
                .bindArray(
                        "versions",
                        Integer.class,
                        rows.stream().map(r -> r.source().next()).toList())
                .bindArray(
                        "debits",
                        Long.class,
                        rows.stream()
                                .map(r -> accounts.get(r.difference().flow().debit()))
                                .toList())
                .bindArray(
                        "credits",
                        Long.class,
                        rows.stream()
                                .map(r -> accounts.get(r.difference().flow().credit()))
                                .toList())
                .bindArray(
                        "amounts",
                        Long.class,
                        rows.stream().map(r -> r.difference().amount().fen()).toList())
                .bindArray(
                        "months",
                        LocalDate.class,
                        rows.stream().map(r -> r.month().atDay(1)).toList())
                .bindArray(
                        "reasons", String.class, rows.stream().map(Row::reason).toList())
                .bind("at", utc(at))
                .execute();
        var older = rows.stream()
                .map(Row::source)
                .filter(source -> !source.made())
                .map(Source::id)
                .distinct()
                .toList();
        if (!older.isEmpty()) {
            handle.createUpdate("update ledger_source set version = version + 1 where id = any(:sources)")
                    .bindArray("sources", Long.class, older)
                    .execute();
        }
    }

    private static Map<Account, Long> accounts(Handle handle, List<Row> rows) {
        var wanted = new TreeSet<Account>();
        rows.forEach(row -> {
            wanted.add(row.difference().flow().debit());
            wanted.add(row.difference().flow().credit());
        });
        var kinds = wanted.stream().map(account -> account.kind().name()).toList();
        var owners = wanted.stream().map(Account::owner).toList();
        handle.createUpdate("""
                        insert into ledger_account (kind, owner)
                        select * from unnest(:kinds, :owners) as t (kind, owner)
                        where not exists (select from ledger_account a where a.kind = t.kind and a.owner = t.owner)
                        on conflict do nothing
                        """)
                .bindArray("kinds", String.class, kinds)
                .bindArray("owners", String.class, owners)
                .execute();
        return handle
                .createQuery("""
                        select a.id, a.kind, a.owner from ledger_account a
                        join unnest(:kinds, :owners) as t (kind, owner) using (kind, owner)
                        """)
                .bindArray("kinds", String.class, kinds)
                .bindArray("owners", String.class, owners)
                .map((row, context) -> Map.entry(
                        new Account(Account.Kind.valueOf(row.getString("kind")), row.getString("owner")),
                        row.getLong("id")))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
