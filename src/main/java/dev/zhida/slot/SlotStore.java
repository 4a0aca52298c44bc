package dev.zhida.slot;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.slot.SlotLeases.Wish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The statements of {@link SlotLeases}, within its transaction. */
final class SlotStore {

    private SlotStore() {}

    /** An account with the kind of slots that it leases. */
    record Account(UUID id, SlotKind kind) {}

    /** A slot that was taken for a wish, but not leased yet. */
    record Taken(long slotId, boolean exclusive, Wish wish) {}

    /**
     * Relation ids are kept but not leased: a link with one can only be made by Taobao itself. A JD account for which
     * positions were added leases those, because free sub-ids need a permission of JD's.
     */
    static List<Account> accounts(Handle handle, Marketplace marketplace) {
        return handle.createQuery("""
                        select a.id, case a.marketplace
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
                .map((row, context) ->
                        new Account(row.getObject("id", UUID.class), SlotKind.valueOf(row.getString("kind"))))
                .list();
    }

    static List<Taken> make(Handle handle, Account account, List<Wish> wishes, Instant until, Instant at) {
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
            taken.add(new Taken(idByValue.get(values.get(i)), true, wishes.get(i)));
        }
        return taken;
    }

    static List<Taken> takeFree(Handle handle, Account account, List<Wish> wishes, Instant until, Instant at) {
        var next = wishes.iterator();
        return handle.createQuery("""
                        with free as materialized (
                            select id from slot
                            where account_id = :account and kind = :kind and exclusive and free_at <= :at
                            order by free_at, id limit :wanted for update skip locked)
                        update slot set free_at = :until from free where slot.id = free.id
                        returning slot.id
                        """)
                .bind("account", account.id())
                .bind("kind", account.kind().name())
                .bind("until", utc(until))
                .bind("at", utc(at))
                .bind("wanted", wishes.size())
                .map((row, context) -> new Taken(row.getLong("id"), true, next.next()))
                .list();
    }

    /** The slots to be shared that these may take, locked against everybody who shares, until the transaction ends. */
    static SharedSlots shared(
            Handle handle, Marketplace marketplace, Collection<Account> accounts, List<Wish> wishes, Instant at) {
        handle.execute("select pg_advisory_xact_lock(hashtext(?))", "share-slots-" + marketplace);
        return new SharedSlots(handle.createQuery("""
                        select s.id, l.creator_id, l.medium, count(l.id) holders
                        from slot s
                        join unnest(:accounts, :kinds) as a (id, kind) on s.account_id = a.id and s.kind = a.kind
                        left join slot_lease l on l.slot_id = s.id and (l.until_at is null or l.until_at > :at)
                        where not s.exclusive
                          and (l.id is null or (l.creator_id = any(:creators) and l.medium = any(:media)))
                        group by s.id, l.creator_id, l.medium
                        """)
                .bindArray(
                        "accounts",
                        UUID.class,
                        accounts.stream().map(Account::id).toList())
                .bindArray(
                        "kinds",
                        String.class,
                        accounts.stream().map(a -> a.kind().name()).toList())
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
                        row.getString("medium") == null
                                ? null
                                : new SharedSlots.Holder(
                                        row.getObject("creator_id", UUID.class),
                                        Medium.valueOf(row.getString("medium"))),
                        row.getInt("holders")))
                .list());
    }

    static void insert(Handle handle, List<Taken> taken, Instant until, Instant at) {
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
}
