package dev.zhida.slot;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKey;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
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
            var accounts = SlotStore.accounts(handle, marketplace);
            if (accounts.isEmpty()) {
                return none(wishes, Leasing.Reason.NO_ACCOUNT);
            }
            var until = expiresAt == null ? null : expiresAt.plus(attributionWindow);
            var taken = new ArrayList<SlotStore.Taken>();
            for (var account : accounts) {
                var left = wishes.subList(taken.size(), wishes.size());
                if (!left.isEmpty()) {
                    taken.addAll(
                            account.kind().freeForm()
                                    ? SlotStore.make(handle, account, left, until, at)
                                    : SlotStore.takeFree(handle, account, left, until, at));
                }
            }
            var left = wishes.subList(taken.size(), wishes.size());
            if (!left.isEmpty()) {
                var shared = SlotStore.shared(handle, marketplace, accounts, left, at);
                for (var wish : left) {
                    shared.take(new SharedSlots.Holder(wish.creatorId(), wish.medium()))
                            .ifPresent(slot -> taken.add(new SlotStore.Taken(slot.id(), false, wish)));
                }
            }
            SlotStore.insert(handle, taken, until, at);
            var outcome = none(wishes, Leasing.Reason.NO_SLOT);
            heldBy(outcome.keySet(), at).forEach((placement, slot) -> outcome.put(placement, new Leasing.Leased(slot)));
            return outcome;
        }
    }

    private static Map<Long, Leasing> none(List<Wish> wishes, Leasing.Reason reason) {
        var outcome = new HashMap<Long, Leasing>();
        wishes.forEach(wish -> outcome.put(wish.placementId(), new Leasing.None(reason)));
        return outcome;
    }

    /** The slots that placements hold at an instant. */
    public Map<Long, LeasedSlot> heldBy(Collection<Long> placementIds, Instant at) {
        var held = new HashMap<Long, LeasedSlot>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select l.placement_id, s.kind, s.value, s.exclusive, a.pid,\s""" + AUTHORISED + """
                            authorised,
                            exists (select from marketplace_connection c where c.account_id = a.id) connected
                        from slot_lease l join slot s on s.id = l.slot_id join marketplace_account a on a.id = s.account_id
                        where l.placement_id = any(:placements) and (l.until_at is null or l.until_at > :at)
                        """)
                .bindArray("placements", Long.class, List.copyOf(placementIds))
                .bind("at", utc(at))
                .map((row, context) -> new LeasedSlot(
                        row.getLong("placement_id"),
                        SlotKind.valueOf(row.getString("kind")),
                        row.getString("value"),
                        row.getBoolean("exclusive"),
                        row.getString("pid"),
                        row.getBoolean("authorised"),
                        row.getBoolean("connected")))
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
}
