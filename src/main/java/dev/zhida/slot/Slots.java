package dev.zhida.slot;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Fills the pools and leases slots from them. */
@ApplicationScoped
public class Slots {

    private static final Pattern PID = Pattern.compile("mm_(\\d{1,19})_(\\d{1,19})_(\\d{1,19})");

    /** Of every so many slots one is kept to be shared, for the time when the exclusive ones are used up: 5 %. */
    private static final int SHARED_EVERY = 20;

    private final Jdbi jdbi;
    private final Clock clock;

    Slots(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /** Who wants a slot, and what for. */
    public record Wish(long placementId, UUID creatorId, Medium medium) {}

    /** Adds a marketplace account; its slots come by {@link #addTaobaoPids}. */
    @Transactional
    public UUID addAccount(Marketplace marketplace, String name) {
        var id = UuidCreator.getTimeOrderedEpoch();
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into marketplace_account (id, marketplace, name, created_at) values (:id, :m, :n, :at)
                        on conflict do nothing
                        """)
                .bind("id", id)
                .bind("m", marketplace.name())
                .bind("n", name)
                .bind("at", now())
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "account-exists", "there is a " + marketplace + " account named " + name);
        }
        return id;
    }

    /**
     * The account meant by a caller who may name one.
     *
     * @param name the account's name; may be {@code null} where the marketplace has exactly one
     */
    public UUID account(Marketplace marketplace, String name) {
        var accounts = jdbi.withHandle(handle -> handle.createQuery("""
                        select id from marketplace_account
                        where marketplace = :m and (:n::text is null or name = :n) limit 2
                        """)
                .bind("m", marketplace.name())
                .bind("n", name)
                .mapTo(UUID.class)
                .list());
        return switch (accounts.size()) {
            case 1 -> accounts.getFirst();
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

    /**
     * Makes sure that an account is one of Taobao's.
     *
     * @throws Refusal if there is none with that id, or it is another marketplace's
     */
    void requireTaobao(UUID accountId) {
        var marketplace = jdbi.withHandle(
                handle -> handle.createQuery("select marketplace from marketplace_account where id = :id")
                        .bind("id", accountId)
                        .mapTo(String.class)
                        .findOne());
        if (marketplace.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.NOT_FOUND, "account-unknown", "there is no account with the id " + accountId);
        }
        if (!marketplace.get().equals(Marketplace.TAOBAO.name())) {
            throw new Refusal(Refusal.Kind.INVALID, "not-a-taobao-account", "PIDs belong to Taobao accounts only");
        }
    }

    /**
     * Adds PIDs to an account's pool; those that are there already stay as they are.
     *
     * @return how many were new
     */
    @Transactional
    public int addTaobaoPids(UUID accountId, Collection<String> pids) {
        var values = new ArrayList<String>();
        var orderKeys = new ArrayList<String>();
        var exclusive = new ArrayList<Boolean>();
        for (var pid : pids) {
            values.add(pid.strip());
            orderKeys.add(orderKey(pid));
            exclusive.add(values.size() % SHARED_EVERY != 0);
        }
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into slot (account_id, kind, value, order_key, exclusive, created_at)
                        select :account, 'TAOBAO_PID', t.value, t.order_key, t.exclusive, :at
                        from unnest(:values, :orderKeys, :exclusive) as t (value, order_key, exclusive)
                        on conflict do nothing
                        """)
                .bind("account", accountId)
                .bind("at", now())
                .bindArray("values", String.class, values)
                .bindArray("orderKeys", String.class, orderKeys)
                .bindArray("exclusive", Boolean.class, exclusive)
                .execute());
    }

    /** The part of a PID that orders carry: {@code <site>_<adzone>}. */
    private static String orderKey(String pid) {
        var matcher = PID.matcher(pid.strip());
        if (!matcher.matches()) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "pid-malformed", "a PID is mm_<member>_<site>_<adzone>, not " + pid);
        }
        return matcher.group(2) + "_" + matcher.group(3);
    }

    /**
     * Leases a slot of the marketplace to each wish, first come, first served: exclusive ones as long as there
     * are any, then shared ones, each of which belongs to one creator and one medium.
     *
     * @return the slots by placement; a wish that is not in it got none
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<Long, LeasedSlot> lease(Marketplace marketplace, List<Wish> wishes, Instant at) {
        try (var handle = jdbi.open()) {
            var free = takeFree(handle, marketplace, wishes.size(), at);
            var leased = new HashMap<Long, LeasedSlot>();
            var rows = new ArrayList<LeaseRow>();
            var left = new ArrayList<Wish>();
            for (var i = 0; i < wishes.size(); i++) {
                if (i < free.size()) {
                    rows.add(new LeaseRow(free.get(i), wishes.get(i)));
                } else {
                    left.add(wishes.get(i));
                }
            }
            for (var wish : left) {
                share(handle, marketplace, wish, at, rows).ifPresent(slot -> rows.add(new LeaseRow(slot, wish)));
            }
            insert(handle, rows, at);
            rows.forEach(row -> leased.put(
                    row.wish().placementId(),
                    new LeasedSlot(
                            row.wish().placementId(),
                            row.slot().kind(),
                            row.slot().value(),
                            row.slot().exclusive())));
            return leased;
        }
    }

    /** The slots that placements hold now. */
    public Map<Long, LeasedSlot> heldBy(Collection<Long> placementIds) {
        var held = new HashMap<Long, LeasedSlot>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select l.placement_id, s.kind, s.value, s.exclusive
                        from slot_lease l join slot s on s.id = l.slot_id
                        where l.placement_id = any(:placements) and l.until_at is null
                        """)
                .bindArray("placements", Long.class, placementIds)
                .map((row, context) -> new LeasedSlot(
                        row.getLong("placement_id"),
                        SlotKind.valueOf(row.getString("kind")),
                        row.getString("value"),
                        row.getBoolean("exclusive")))
                .forEach(slot -> held.put(slot.placementId(), slot)));
        return held;
    }

    /** Every lease, past and present, of the slots that orders of an account name. */
    public Map<SlotKey, List<Lease>> leases(UUID accountId, Collection<SlotKey> slots) {
        var bySlot = new HashMap<SlotKey, List<Lease>>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select l.id, s.kind, s.order_key, l.exclusive, l.placement_id, l.creator_id, l.medium,
                               l.from_at, l.until_at
                        from slot s
                        join unnest(:kinds, :keys) as t (kind, order_key) using (kind, order_key)
                        join slot_lease l on l.slot_id = s.id
                        where s.account_id = :account
                        order by l.id
                        """)
                .bind("account", accountId)
                .bindArray(
                        "kinds",
                        String.class,
                        slots.stream().map(s -> s.kind().name()).toList())
                .bindArray(
                        "keys", String.class, slots.stream().map(SlotKey::value).toList())
                .map((row, context) -> {
                    var until = row.getObject("until_at", OffsetDateTime.class);
                    return new Lease(
                            row.getLong("id"),
                            new SlotKey(SlotKind.valueOf(row.getString("kind")), row.getString("order_key")),
                            row.getBoolean("exclusive"),
                            row.getLong("placement_id"),
                            row.getObject("creator_id", UUID.class),
                            Medium.valueOf(row.getString("medium")),
                            row.getObject("from_at", OffsetDateTime.class).toInstant(),
                            until == null ? null : until.toInstant());
                })
                .forEach(lease -> bySlot.computeIfAbsent(lease.slot(), key -> new ArrayList<>())
                        .add(lease)));
        return bySlot;
    }

    private record FreeSlot(long id, SlotKind kind, String value, boolean exclusive) {}

    private record LeaseRow(FreeSlot slot, Wish wish) {}

    private static List<FreeSlot> takeFree(Handle handle, Marketplace marketplace, int wanted, Instant at) {
        return handle.createQuery("""
                        update slot set free_at = null
                        where id in (
                            select s.id from slot s join marketplace_account a on a.id = s.account_id
                            where a.marketplace = :marketplace and s.exclusive and s.free_at <= :at
                            order by s.free_at, s.id limit :wanted for update of s skip locked)
                        returning id, kind, value
                        """)
                .bind("marketplace", marketplace.name())
                .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .bind("wanted", wanted)
                .map((row, context) -> new FreeSlot(
                        row.getLong("id"), SlotKind.valueOf(row.getString("kind")), row.getString("value"), true))
                .list();
    }

    /** A shared slot that this creator and medium hold already with the fewest holders, else one that nobody holds. */
    private static Optional<FreeSlot> share(
            Handle handle, Marketplace marketplace, Wish wish, Instant at, List<LeaseRow> pending) {
        var pendingSlots = pending.stream().map(row -> row.slot().id()).toList();
        handle.execute("select pg_advisory_xact_lock(hashtext(?))", "share-slots-" + marketplace);
        return handle.createQuery("""
                        select s.id, s.kind, s.value from slot s
                        join marketplace_account a on a.id = s.account_id
                        where a.marketplace = :marketplace and not s.exclusive
                          and not exists (select from slot_lease l where l.slot_id = s.id
                              and (l.until_at is null or l.until_at > :at)
                              and (l.creator_id <> :creator or l.medium <> :medium))
                        order by (select count(*) from slot_lease l where l.slot_id = s.id
                                and (l.until_at is null or l.until_at > :at))
                            + (select count(*) from unnest(:pending) p where p = s.id), s.id
                        limit 1
                        """)
                .bind("marketplace", marketplace.name())
                .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .bind("creator", wish.creatorId())
                .bind("medium", wish.medium().name())
                .bindArray("pending", Long.class, pendingSlots)
                .map((row, context) -> new FreeSlot(
                        row.getLong("id"), SlotKind.valueOf(row.getString("kind")), row.getString("value"), false))
                .findOne();
    }

    private static void insert(Handle handle, List<LeaseRow> rows, Instant at) {
        if (rows.isEmpty()) {
            return;
        }
        handle.createUpdate("""
                        insert into slot_lease (slot_id, exclusive, placement_id, creator_id, medium, from_at)
                        select t.slot_id, t.exclusive, t.placement_id, t.creator_id, t.medium, :at
                        from unnest(:slots, :exclusive, :placements, :creators, :media)
                            as t (slot_id, exclusive, placement_id, creator_id, medium)
                        """)
                .bind("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .bindArray(
                        "slots",
                        Long.class,
                        rows.stream().map(r -> r.slot().id()).toList())
                .bindArray(
                        "exclusive",
                        Boolean.class,
                        rows.stream().map(r -> r.slot().exclusive()).toList())
                .bindArray(
                        "placements",
                        Long.class,
                        rows.stream().map(r -> r.wish().placementId()).toList())
                .bindArray(
                        "creators",
                        UUID.class,
                        rows.stream().map(r -> r.wish().creatorId()).toList())
                .bindArray(
                        "media",
                        String.class,
                        rows.stream().map(r -> r.wish().medium().name()).toList())
                .execute();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
