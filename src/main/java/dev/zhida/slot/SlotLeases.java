package dev.zhida.slot;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Leases slots to placements and ends the leases.
 *
 * <p>Free slots are taken with {@code skip locked}, so nobody waits for them; shared ones are given out under one lock
 * per marketplace, which is the last thing that a transaction waits for. Who leases for several marketplaces in one
 * transaction does so in the order of the enum.
 */
@ApplicationScoped
public class SlotLeases {

    /**
     * Whether the slot {@code s} counts already. Whether PDD looks at the whole of the custom parameters or at their
     * {@code uid} alone when it asks whether they are bound is not documented, so being bound under either counts.
     */
    private static final String AUTHORISED = """
            (s.kind <> 'PDD_CUSTOM_PARAMETERS' or exists (
                select from pdd_authority p join marketplace_account o on o.id = p.account_id and o.pid = p.pid
                where p.account_id = s.account_id and p.state = 'BOUND'
                  and p.custom_parameters in (s.value, regexp_replace(s.value, ',"sid".*$', '}'))))
            """;

    private final Jdbi jdbi;
    private final Duration attributionWindow;

    SlotLeases(
            Jdbi jdbi,
            @ConfigProperty(name = "zhida.slot.attribution-window", defaultValue = "15d") Duration attributionWindow) {
        this.jdbi = jdbi;
        this.attributionWindow = attributionWindow;
    }

    /**
     * Who wants a slot, and what for.
     *
     * @param placementId of a placement that is written within the same transaction
     * @param code the placement's
     */
    public record Wish(long placementId, String code, UUID creatorId, Medium medium) {}

    /** An account with the kind of slots that it leases. */
    private record Account(UUID id, String pid, SlotKind kind) {}

    private record Taken(long slotId, Account account, String value, boolean exclusive, Wish wish) {}

    /**
     * Leases a slot of the marketplace to each wish, first come, first served: exclusive ones as long as there are any,
     * then shared ones, each of which belongs to one creator and one medium.
     *
     * @param expiresAt when the placements end; {@code null} if they do not yet
     * @return what each placement got
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<Long, Leasing> lease(Marketplace marketplace, List<Wish> wishes, Instant expiresAt, Instant at) {
        if (marketplace == Marketplace.XIANYU) {
            return none(wishes, Leasing.Reason.NO_AFFILIATE_PROGRAMME);
        }
        try (var handle = jdbi.open()) {
            var accounts = accounts(handle, marketplace);
            if (accounts.isEmpty()) {
                return none(wishes, Leasing.Reason.NO_ACCOUNT);
            }
            var until = expiresAt == null ? null : expiresAt.plus(attributionWindow);
            var taken = new ArrayList<Taken>();
            for (var account : accounts) {
                var left = wishes.subList(taken.size(), wishes.size());
                if (!left.isEmpty()) {
                    taken.addAll(
                            account.kind().freeForm()
                                    ? make(handle, account, left, until, at)
                                    : takeFree(handle, account, left, until, at));
                }
            }
            var left = wishes.subList(taken.size(), wishes.size());
            if (!left.isEmpty()) {
                taken.addAll(share(handle, marketplace, accounts, left, at));
            }
            insert(handle, taken, until, at);
            var outcome = none(wishes, Leasing.Reason.NO_SLOT);
            var bound = bound(handle, taken);
            taken.forEach(t -> outcome.put(
                    t.wish().placementId(),
                    new Leasing.Leased(new LeasedSlot(
                            t.wish().placementId(),
                            t.account().kind(),
                            t.value(),
                            t.exclusive(),
                            t.account().pid(),
                            t.account().kind() != SlotKind.PDD_CUSTOM_PARAMETERS
                                    || bound.contains(t.wish().placementId())))));
            return outcome;
        }
    }

    private static Map<Long, Leasing> none(List<Wish> wishes, Leasing.Reason reason) {
        var outcome = new HashMap<Long, Leasing>();
        wishes.forEach(wish -> outcome.put(wish.placementId(), new Leasing.None(reason)));
        return outcome;
    }

    /**
     * Relation ids are kept but not leased: a link with one can only be made by Taobao itself. A JD account for which
     * positions were added leases those, because free sub-ids need a permission of JD's.
     */
    private static List<Account> accounts(Handle handle, Marketplace marketplace) {
        return handle.createQuery("""
                        select a.id, a.pid, case a.marketplace
                                when 'TAOBAO' then 'TAOBAO_PID'
                                when 'JD' then case
                                    when exists (select from slot s where s.account_id = a.id and s.kind = 'JD_POSITION')
                                    then 'JD_POSITION' else 'JD_SUB_UNION' end
                                when 'PDD' then 'PDD_CUSTOM_PARAMETERS'
                                when 'DOUYIN' then 'DOUYIN_EXTERNAL_INFO'
                            end kind
                        from marketplace_account a where a.marketplace = :marketplace order by a.created_at, a.id
                        """)
                .bind("marketplace", marketplace.name())
                .map((row, context) -> new Account(
                        row.getObject("id", UUID.class), row.getString("pid"), SlotKind.valueOf(row.getString("kind"))))
                .list();
    }

    private static List<Taken> make(Handle handle, Account account, List<Wish> wishes, Instant until, Instant at) {
        var values = wishes.stream()
                .map(wish -> FreeFormSlots.value(account.kind(), wish.creatorId(), wish.code()))
                .toList();
        var idByValue = new HashMap<String, Long>();
        handle.createQuery("""
                        insert into slot (account_id, kind, value, order_key, exclusive, free_at, created_at)
                        select :account, :kind, t.value, t.value, true, :until, :at from unnest(:values) as t (value)
                        returning id, value
                        """)
                .bind("account", account.id())
                .bind("kind", account.kind().name())
                .bind("until", utc(until))
                .bind("at", utc(at))
                .bindArray("values", String.class, values)
                .map((row, context) -> Map.entry(row.getString("value"), row.getLong("id")))
                .forEach(made -> idByValue.put(made.getKey(), made.getValue()));
        var taken = new ArrayList<Taken>();
        for (var i = 0; i < wishes.size(); i++) {
            taken.add(new Taken(idByValue.get(values.get(i)), account, values.get(i), true, wishes.get(i)));
        }
        return taken;
    }

    private static List<Taken> takeFree(Handle handle, Account account, List<Wish> wishes, Instant until, Instant at) {
        var next = wishes.iterator();
        return handle.createQuery("""
                        update slot set free_at = :until
                        where id in (
                            select id from slot
                            where account_id = :account and kind = :kind and exclusive and free_at <= :at
                            order by free_at, id limit :wanted for update skip locked)
                        returning id, value
                        """)
                .bind("account", account.id())
                .bind("kind", account.kind().name())
                .bind("until", utc(until))
                .bind("at", utc(at))
                .bind("wanted", wishes.size())
                .map((row, context) -> new Taken(row.getLong("id"), account, row.getString("value"), true, next.next()))
                .list();
    }

    private static List<Taken> share(
            Handle handle, Marketplace marketplace, List<Account> accounts, List<Wish> wishes, Instant at) {
        handle.execute("select pg_advisory_xact_lock(hashtext(?))", "share-slots-" + marketplace);
        var accountById = new HashMap<UUID, Account>();
        accounts.forEach(account -> accountById.put(account.id(), account));
        var shared = new SharedSlots(handle.createQuery("""
                        select s.id, s.account_id, s.value, l.creator_id, l.medium, count(l.id) holders
                        from slot s
                        join unnest(:accounts, :kinds) as a (id, kind) on s.account_id = a.id and s.kind = a.kind
                        left join slot_lease l on l.slot_id = s.id and (l.until_at is null or l.until_at > :at)
                        where not s.exclusive
                          and (l.id is null or (l.creator_id = any(:creators) and l.medium = any(:media)))
                        group by s.id, s.account_id, s.value, l.creator_id, l.medium
                        """)
                .bindArray("accounts", UUID.class, List.copyOf(accountById.keySet()))
                .bindArray(
                        "kinds",
                        String.class,
                        accountById.values().stream().map(a -> a.kind().name()).toList())
                .bind("at", utc(at))
                .bindArray(
                        "creators",
                        UUID.class,
                        wishes.stream().map(Wish::creatorId).distinct().toList())
                .bindArray(
                        "media",
                        String.class,
                        wishes.stream().map(w -> w.medium().name()).distinct().toList())
                .map((row, context) -> new SharedSlots.Slot(
                        row.getLong("id"),
                        row.getObject("account_id", UUID.class),
                        row.getString("value"),
                        row.getString("medium") == null
                                ? null
                                : new SharedSlots.Holder(
                                        row.getObject("creator_id", UUID.class),
                                        Medium.valueOf(row.getString("medium"))),
                        row.getInt("holders")))
                .list());
        var taken = new ArrayList<Taken>();
        for (var wish : wishes) {
            shared.take(new SharedSlots.Holder(wish.creatorId(), wish.medium()))
                    .ifPresent(slot -> taken.add(
                            new Taken(slot.id(), accountById.get(slot.accountId()), slot.value(), false, wish)));
        }
        return taken;
    }

    private static void insert(Handle handle, List<Taken> taken, Instant until, Instant at) {
        if (taken.isEmpty()) {
            return;
        }
        handle.createUpdate("""
                        insert into slot_lease (slot_id, exclusive, placement_id, creator_id, medium, from_at, until_at)
                        select t.slot_id, t.exclusive, t.placement_id, t.creator_id, t.medium, :at, :until
                        from unnest(:slots, :exclusive, :placements, :creators, :media)
                            as t (slot_id, exclusive, placement_id, creator_id, medium)
                        """)
                .bind("at", utc(at))
                .bind("until", utc(until))
                .bindArray(
                        "slots", Long.class, taken.stream().map(Taken::slotId).toList())
                .bindArray(
                        "exclusive",
                        Boolean.class,
                        taken.stream().map(Taken::exclusive).toList())
                .bindArray(
                        "placements",
                        Long.class,
                        taken.stream().map(t -> t.wish().placementId()).toList())
                .bindArray(
                        "creators",
                        UUID.class,
                        taken.stream().map(t -> t.wish().creatorId()).toList())
                .bindArray(
                        "media",
                        String.class,
                        taken.stream().map(t -> t.wish().medium().name()).toList())
                .execute();
    }

    /** Those placements whose PDD slots a person has bound. */
    private static Set<Long> bound(Handle handle, List<Taken> taken) {
        var asked = taken.stream()
                .filter(t -> t.account().kind() == SlotKind.PDD_CUSTOM_PARAMETERS)
                .toList();
        if (asked.isEmpty()) {
            return Set.of();
        }
        return handle.createQuery("""
                        select t.placement_id from unnest(:placements, :slots) as t (placement_id, slot_id)
                        join slot s on s.id = t.slot_id where\s""" + AUTHORISED)
                .bindArray(
                        "placements",
                        Long.class,
                        asked.stream().map(t -> t.wish().placementId()).toList())
                .bindArray(
                        "slots", Long.class, asked.stream().map(Taken::slotId).toList())
                .mapTo(Long.class)
                .set();
    }

    /** The slots that placements hold at an instant. */
    public Map<Long, LeasedSlot> heldBy(Collection<Long> placementIds, Instant at) {
        var held = new HashMap<Long, LeasedSlot>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select l.placement_id, s.kind, s.value, s.exclusive, a.pid,\s""" + AUTHORISED + """
                            authorised
                        from slot_lease l join slot s on s.id = l.slot_id join marketplace_account a on a.id = s.account_id
                        where l.placement_id = any(:placements) and (l.until_at is null or l.until_at > :at)
                        """)
                .bindArray("placements", Long.class, placementIds)
                .bind("at", utc(at))
                .map((row, context) -> new LeasedSlot(
                        row.getLong("placement_id"),
                        SlotKind.valueOf(row.getString("kind")),
                        row.getString("value"),
                        row.getBoolean("exclusive"),
                        row.getString("pid"),
                        row.getBoolean("authorised")))
                .forEach(slot -> held.put(slot.placementId(), slot)));
        return held;
    }

    /**
     * Ends the lease of a placement that ended: it goes on for the attribution window, in which orders still come from
     * clicks of before; then the slot is free again. Ending it again changes nothing.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void end(long placementId, Instant endedAt) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        with ended as (
                            update slot_lease set until_at = :until
                            where placement_id = :placement and (until_at is null or until_at > :until)
                            returning slot_id)
                        update slot set free_at = :until where exclusive and id in (select slot_id from ended)
                        """)
                .bind("placement", placementId)
                .bind("until", utc(endedAt.plus(attributionWindow)))
                .execute());
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

    private static OffsetDateTime utc(Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
