package dev.zhida.slot;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The accounts at marketplaces, and the pools of slots that each has. */
@ApplicationScoped
public class Slots {

    public static final int DEFAULT_SHARED_PERCENT = 5;

    private static final Pattern PID = Pattern.compile("mm_\\d{1,19}_(\\d{1,19}_\\d{1,19})");
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,19})");

    private final Jdbi jdbi;
    private final Clock clock;

    Slots(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /**
     * An account at a marketplace.
     *
     * @param sharedPercent of every hundred of its slots so many are kept to be shared
     * @param pid what its links carry where slots are something else than PIDs; may be {@code null}
     */
    public record Account(UUID id, Marketplace marketplace, String name, int sharedPercent, String pid) {}

    /** Adds an account with the default share and without a PID. */
    @Transactional
    public UUID addAccount(Marketplace marketplace, String name) {
        return addAccount(marketplace, name, DEFAULT_SHARED_PERCENT, null).id();
    }

    /** Adds an account; its slots come by {@link #add}. */
    @Transactional
    public Account addAccount(Marketplace marketplace, String name, int sharedPercent, String pid) {
        var account = new Account(UuidCreator.getTimeOrderedEpoch(), marketplace, name, sharedPercent, pid);
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into marketplace_account (id, marketplace, name, shared_percent, pid, created_at)
                        values (:id, :marketplace, :name, :shared, :pid, :at)
                        on conflict on constraint marketplace_account_name_key do nothing
                        """)
                .bind("id", account.id())
                .bind("marketplace", marketplace.name())
                .bind("name", name)
                .bind("shared", sharedPercent)
                .bind("pid", pid)
                .bind("at", now())
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "account-exists", "there is a " + marketplace + " account named " + name);
        }
        return account;
    }

    /** All accounts, the oldest first. */
    public List<Account> accounts() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select id, marketplace, name, shared_percent, pid from marketplace_account order by created_at, id")
                .map((row, context) -> new Account(
                        row.getObject("id", UUID.class),
                        Marketplace.valueOf(row.getString("marketplace")),
                        row.getString("name"),
                        row.getInt("shared_percent"),
                        row.getString("pid")))
                .list());
    }

    /**
     * The account with an id.
     *
     * @throws Refusal {@code account-unknown}
     */
    public Account account(UUID id) {
        return accounts().stream()
                .filter(account -> account.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "account-unknown", "there is no account with the id " + id));
    }

    /**
     * The account meant by a caller who may name one.
     *
     * @param name the account's name; may be {@code null} where the marketplace has exactly one
     */
    public UUID account(Marketplace marketplace, String name) {
        var found = accounts().stream()
                .filter(a -> a.marketplace() == marketplace
                        && (name == null || a.name().equals(name)))
                .toList();
        return switch (found.size()) {
            case 1 -> found.getFirst().id();
            case 0 ->
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "account-unknown",
                        "there is no " + marketplace + " account" + (name == null ? "" : " named " + name));
            default ->
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "account-ambiguous",
                        "there are several " + marketplace + " accounts: say which one in `account`");
        };
    }

    /** Adds PIDs to a Taobao account's pool; as {@link #add}. */
    @Transactional
    public int addTaobaoPids(UUID accountId, Collection<String> pids) {
        return add(accountId, SlotKind.TAOBAO_PID, pids);
    }

    /**
     * Adds slots to an account's pool; those that are there already stay as they are. As many of all are marked to be
     * shared as the account says, however small the portions are in which they come.
     *
     * @return how many were new
     * @throws Refusal {@code account-unknown}, {@code slot-of-another-marketplace}, {@code slot-of-another-account},
     *     {@code pid-malformed} or {@code slot-malformed}
     */
    @Transactional
    public int add(UUID accountId, SlotKind kind, Collection<String> values) {
        var wanted = values.stream().map(String::strip).distinct().toList();
        wanted.forEach(value -> orderKey(kind, value));
        return jdbi.withHandle(handle -> {
            var account = lock(handle, accountId, kind);
            var there = new HashSet<>(handle.createQuery(
                            "select value from slot where account_id = :account and kind = :kind and value = any(:values)")
                    .bind("account", accountId)
                    .bind("kind", kind.name())
                    .bindArray("values", String.class, wanted)
                    .mapTo(String.class)
                    .list());
            var fresh = wanted.stream().filter(value -> !there.contains(value)).toList();
            if (kind == SlotKind.TAOBAO_PID) {
                requireNobodyElses(handle, accountId, fresh);
            }
            return insert(handle, account, kind, fresh);
        });
    }

    private record Pool(UUID accountId, int sharedPercent, long slots) {

        /** Whether the slot that comes after {@code more} others is one to be shared. */
        boolean sharesAfter(long more) {
            return share(slots + more + 1) > share(slots + more);
        }

        private long share(long slots) {
            return slots * sharedPercent / 100;
        }
    }

    /** A PID names its member: in the pools of two accounts it would be leased to two creators at once. */
    private static void requireNobodyElses(Handle handle, UUID accountId, List<String> pids) {
        handle.createQuery("""
                        select s.value, a.name from slot s join marketplace_account a on a.id = s.account_id
                        where s.kind = 'TAOBAO_PID' and s.value = any(:pids) and s.account_id <> :account
                        order by s.value limit 1
                        """)
                .bindArray("pids", String.class, pids)
                .bind("account", accountId)
                .map((row, context) -> new Refusal(
                        Refusal.Kind.CONFLICT,
                        "slot-of-another-account",
                        row.getString("value") + " is in the pool of the account " + row.getString("name")
                                + ": nothing was added; add each PID only to the account that it belongs to"))
                .findOne()
                .ifPresent(refusal -> {
                    throw refusal;
                });
    }

    /**
     * Locks the marketplace's accounts, so that two who add at once neither count the same slots nor add the same PID to
     * two accounts.
     */
    private static Pool lock(Handle handle, UUID accountId, SlotKind kind) {
        var marketplace = handle.createQuery("select marketplace from marketplace_account where id = :id")
                .bind("id", accountId)
                .mapTo(String.class)
                .findOne()
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "account-unknown", "there is no account with the id " + accountId));
        if (!marketplace.equals(kind.marketplace().name())) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "slot-of-another-marketplace",
                    kind + " belongs to " + kind.marketplace() + " accounts, this one is of " + marketplace);
        }
        handle.createQuery(
                        "select id from marketplace_account where marketplace = :marketplace order by id for no key update")
                .bind("marketplace", marketplace)
                .mapTo(UUID.class)
                .list();
        return handle.createQuery("""
                        select a.shared_percent, count(s.id) slots
                        from marketplace_account a left join slot s on s.account_id = a.id and s.kind = :kind
                        where a.id = :id group by a.shared_percent
                        """)
                .bind("id", accountId)
                .bind("kind", kind.name())
                .map((row, context) -> new Pool(accountId, row.getInt("shared_percent"), row.getLong("slots")))
                .one();
    }

    private int insert(Handle handle, Pool pool, SlotKind kind, List<String> values) {
        return handle.createUpdate("""
                        insert into slot (account_id, kind, value, order_key, exclusive, created_at)
                        select :account, :kind, t.value, t.order_key, t.exclusive, :at
                        from unnest(:values, :orderKeys, :exclusive) as t (value, order_key, exclusive)
                        on conflict do nothing
                        """)
                .bind("account", pool.accountId())
                .bind("kind", kind.name())
                .bind("at", now())
                .bindArray("values", String.class, values)
                .bindArray(
                        "orderKeys",
                        String.class,
                        values.stream().map(value -> orderKey(kind, value)).toList())
                .bindArray(
                        "exclusive",
                        Boolean.class,
                        IntStream.range(0, values.size())
                                .mapToObj(i -> !pool.sharesAfter(i))
                                .toList())
                .execute();
    }

    /** The part of a slot that orders carry: of a PID {@code <site>_<adzone>}. */
    static String orderKey(SlotKind kind, String value) {
        return switch (kind) {
            case TAOBAO_PID -> {
                var pid = PID.matcher(value);
                if (!pid.matches()) {
                    throw new Refusal(
                            Refusal.Kind.INVALID,
                            "pid-malformed",
                            "a PID is mm_<member>_<site>_<adzone>, not " + value);
                }
                yield pid.group(1);
            }
            case TAOBAO_RELATION, JD_POSITION -> {
                if (!NUMBER.matcher(value).matches()) {
                    throw new Refusal(Refusal.Kind.INVALID, "slot-malformed", kind + " is a number, not " + value);
                }
                yield value;
            }
            case JD_SUB_UNION, PDD_CUSTOM_PARAMETERS, DOUYIN_EXTERNAL_INFO ->
                throw new Refusal(
                        Refusal.Kind.INVALID, "slot-is-made", kind + " is made for each placement: there is no pool");
        };
    }

    /** What is known of the 备案 of a PID with custom parameters. */
    public enum Authority {
        UNKNOWN,
        BOUND,
        UNBOUND
    }

    /**
     * Notes whether a person has bound a PDD account's PID with custom parameters.
     *
     * @param customParameters the whole of them, or only their {@code uid}
     * @throws Refusal {@code account-unknown}, {@code not-a-pdd-account} or {@code account-without-pid}
     */
    @Transactional
    public void noteAuthority(UUID accountId, String customParameters, Authority state) {
        var account = account(accountId);
        if (account.marketplace() != Marketplace.PDD) {
            throw new Refusal(Refusal.Kind.INVALID, "not-a-pdd-account", "only PDD asks for links to be bound (备案)");
        }
        if (account.pid() == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "account-without-pid", "the account has no PID that could be bound");
        }
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into pdd_authority (account_id, pid, custom_parameters, state, changed_at)
                        values (:account, :pid, :parameters, :state, :at)
                        on conflict on constraint pdd_authority_pkey
                        do update set state = excluded.state, changed_at = excluded.changed_at
                        """)
                .bind("account", accountId)
                .bind("pid", account.pid())
                .bind("parameters", customParameters)
                .bind("state", state.name())
                .bind("at", now())
                .execute());
    }

    private OffsetDateTime now() {
        return utc(clock.instant());
    }
}
