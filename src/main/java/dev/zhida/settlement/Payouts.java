package dev.zhida.settlement;

import static dev.zhida.database.SqlValues.utc;
import static dev.zhida.settlement.Periods.instant;
import static java.util.stream.Collectors.toSet;

import com.github.f4b6a3.uuid.UuidCreator;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.zhida.database.Retries;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Caller;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.sql.Date;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;

/**
 * Batches of money to creators and agencies. A draft takes what it will pay out of what is payable at once, so nothing that happens
 * before it is sent can spend it again; what fails or is cancelled goes back.
 */
@ApplicationScoped
class Payouts {

    private static final Duration WITHIN = Duration.ofMinutes(2);

    /** What banks and Alipay read in China. */
    private static final Charset GB18030 = Charset.forName("GB18030");

    private final Jdbi jdbi;
    private final Ledger ledger;
    private final TaxSettings tax;
    private final AuditTrail audit;
    private final Retries retries;
    private final Clock clock;

    Payouts(Jdbi jdbi, Ledger ledger, TaxSettings tax, AuditTrail audit, Retries retries, Clock clock) {
        this.jdbi = jdbi;
        this.ledger = ledger;
        this.tax = tax;
        this.audit = audit;
        this.retries = retries;
        this.clock = clock;
    }

    enum State {
        DRAFT,
        APPROVED,
        EXPORTED,
        CANCELLED
    }

    enum ItemState {
        PENDING,
        PAID,
        FAILED,
        CANCELLED
    }

    /**
     * What a payout is to be.
     *
     * @param minimum nobody is sent less
     * @param holdDays what statements younger than so many days added is not sent yet
     * @param holders the creators and agencies to whom it is limited; empty for all
     */
    record Wish(PayeeChannel channel, Money minimum, int holdDays, List<UUID> holders) {}

    /** A batch with its sums; amounts in fen. */
    record Payout(
            UUID id,
            State state,
            PayeeChannel channel,
            long minimumFen,
            int holdDays,
            UUID madeBy,
            Instant madeAt,
            UUID approvedBy,
            Instant approvedAt,
            Instant exportedAt,
            long items,
            long pending,
            long failed,
            long grossFen,
            long taxFen,
            long netFen) {}

    /**
     * What is sent to one.
     *
     * @param payee as it was when the payout was made; it stays so
     * @param payeeNow where the holder is paid now, if that is elsewhere and no approver has looked again since, before
     *     the export; else {@code null}
     */
    record Item(
            UUID id,
            Holder holder,
            Money gross,
            Money tax,
            String taxMethod,
            YearMonth month,
            Payee payee,
            Payee payeeNow,
            ItemState state,
            String failure,
            String reference,
            Instant changedAt) {

        Money net() {
            return gross.minus(tax);
        }

        /** What the item should have moved: nothing at all if it did not go through. */
        Target target(YearMonth postIn) {
            var amounts = new LinkedHashMap<Flow, Money>();
            if (state == ItemState.PENDING || state == ItemState.PAID) {
                amounts.put(new Flow(holder.payable(), holder.paid()), net());
                if (tax.isPositive()) {
                    amounts.put(new Flow(holder.payable(), holder.withheld()), tax);
                }
            }
            return new Target("payout-item/" + id, amounts, postIn, state.name());
        }
    }

    record Skipped(Holder holder, Payable.Reason reason, Money available) {}

    record Draft(Payout payout, List<Skipped> skipped) {}

    /** What the bank says of an item. */
    record Result(UUID itemId, boolean paid, String reference, String failure) {}

    /**
     * Makes a draft of everything that can be paid now.
     *
     * @throws Refusal {@code nothing-to-pay}, with the reason for everybody who has a balance
     */
    Draft make(Wish wish, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var holders = lockHolders(handle, wish.holders());
                var at = clock.instant();
                var month = BusinessTime.monthOf(at);
                var setting = tax.on(BusinessTime.dayOf(at));
                var heldSince = at.minus(wish.holdDays(), ChronoUnit.DAYS);
                var items = new ArrayList<Item>();
                var skipped = new ArrayList<Skipped>();
                for (var payable :
                        payables(handle, holders, heldSince, setting.method().since(month), month)) {
                    switch (payable.decide(wish.channel(), wish.minimum(), setting, month)) {
                        case Payable.Decision.Pay(var gross, var withheld) ->
                            items.add(new Item(
                                    UuidCreator.getTimeOrderedEpoch(),
                                    payable.holder(),
                                    gross,
                                    withheld,
                                    setting.method(payable.holder().type()).name(),
                                    month,
                                    payable.payee(),
                                    null,
                                    ItemState.PENDING,
                                    null,
                                    null,
                                    at));
                        case Payable.Decision.Skip(var reason, var available) ->
                            skipped.add(new Skipped(payable.holder(), reason, available));
                    }
                }
                if (items.isEmpty()) {
                    throw new Refusal(
                            Refusal.Kind.CONFLICT,
                            "nothing-to-pay",
                            skipped.isEmpty()
                                    ? "nobody has a balance that is payable: statements are written when a month is locked"
                                    : "nobody who has a balance can be paid now: see errors",
                            skipped.stream()
                                    .limit(100)
                                    .map(s -> new Refusal.FieldError(
                                            s.holder().id().toString(),
                                            s.reason() + ", available "
                                                    + s.available().yuan() + " yuan"))
                                    .toList());
                }
                var id = UuidCreator.getTimeOrderedEpoch();
                insert(handle, id, wish, items, by, at);
                ledger.post(items.stream().map(item -> item.target(month)).toList(), at);
                audit.add(by.personId(), "payout-made", "payout/" + id, Map.of("items", items.size()), at);
                return new Draft(payout(handle, id), skipped);
            }
        });
    }

    /**
     * Approves a draft.
     *
     * @throws Refusal {@code same-person} by who made it or said where somebody is paid, {@code payout-not-draft}, or {@code payee-blocked} or {@code payee-changed} since
     *     the draft was made
     */
    Payout approve(UUID id, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var payout = lock(handle, id);
                must(payout, State.DRAFT, "payout-not-draft", "only a draft is approved");
                if (payout.madeBy().equals(by.personId())) {
                    throw Periods.samePerson("the payout");
                }
                refuseBlocked(handle, id);
                refuseOwnChange(handle, id, by);
                refuseChanged(items(handle, id));
                var at = clock.instant();
                handle.createUpdate(
                                "update payout set state = 'APPROVED', approved_by = :by, approved_at = :at where id = :id")
                        .bind("by", by.personId())
                        .bind("at", utc(at))
                        .bind("id", id)
                        .execute();
                audit.add(by.personId(), "payout-approved", "payout/" + id, Map.of(), at);
                return payout(handle, id);
            }
        });
    }

    /**
     * Says of items whose payee has changed that they go where the payout says nevertheless: that is what whoever looks
     * again sees, and it stays so. Of other items it changes nothing; a later change asks for another look.
     *
     * @throws Refusal {@code same-person} by who made the payout, or {@code payout-over} once it is exported or cancelled
     */
    Payout confirmPayees(UUID id, List<UUID> items, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var payout = lock(handle, id);
                if (payout.state() != State.DRAFT && payout.state() != State.APPROVED) {
                    throw new Refusal(
                            Refusal.Kind.CONFLICT,
                            "payout-over",
                            "the payout is " + payout.state() + ": nothing of it is sent any more");
                }
                if (payout.madeBy().equals(by.personId())) {
                    throw Periods.samePerson("payees of the payout");
                }
                // Nobody changes a payee between the look at it and the note of which one was seen.
                handle.createQuery("""
                                select e.holder_id from payee e join payout_item i using (holder_id)
                                where i.payout_id = :id and i.id = any(:items) order by 1 for share of e
                                """)
                        .bind("id", id)
                        .bindArray("items", UUID.class, items)
                        .mapTo(UUID.class)
                        .list();
                var changed = items(handle, id).stream()
                        .filter(item -> item.payeeNow() != null && items.contains(item.id()))
                        .toList();
                if (!changed.isEmpty()) {
                    var at = clock.instant();
                    handle.createUpdate("""
                                    update payout_item i set payee_seen_at = e.changed_at from payee e
                                    where e.holder_id = i.holder_id and i.id = any(:items)
                                    """)
                            .bindArray("items", UUID.class, each(changed, Item::id))
                            .execute();
                    audit.add(
                            by.personId(),
                            "payees-confirmed",
                            "payout/" + id,
                            Map.of("items", each(changed, Item::id)),
                            at);
                }
                return payout(handle, id);
            }
        });
    }

    private static void refuseChanged(List<Item> items) {
        var changed = items.stream().filter(item -> item.payeeNow() != null).toList();
        if (!changed.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "payee-changed",
                    "since the payout was made, somebody has changed where these are paid: let an approver confirm that they"
                            + " go where the payout says (POST confirm-payees), or cancel it and make it again",
                    changed.stream()
                            .limit(100)
                            .map(item -> new Refusal.FieldError(
                                    item.id().toString(),
                                    item.holder().id() + ": the payout says "
                                            + item.payee().shortly() + ", now it is "
                                            + item.payeeNow().shortly()))
                            .toList());
        }
    }

    /** Income is of the month in which it is paid: what was withheld is wrong once that is another one than the draft's. */
    private static void refuseTaxedBefore(List<Item> items, YearMonth month) {
        items.stream()
                .filter(item -> !item.taxMethod().equals(Withholding.OFF.name()))
                .filter(item -> !item.month().equals(month))
                .findFirst()
                .ifPresent(item -> {
                    throw new Refusal(
                            Refusal.Kind.CONFLICT,
                            "payout-taxed-for-another-month",
                            "its tax was counted as of " + item.month() + ", but it is paid in " + month
                                    + ": cancel it and make it again");
                });
    }

    /** Who says where money goes does not also approve that it goes there, unless it went there before. */
    private static void refuseOwnChange(Handle handle, UUID id, Caller by) {
        var own = handle.createQuery("""
                        select i.holder_id from payout_item i join payee p using (holder_id)
                        where i.payout_id = :id and p.changed_by = :by
                          and not exists (select from payout_item x where x.holder_id = i.holder_id and x.state = 'PAID'
                              and (x.payee_name, x.payee_account, x.payee_bank)
                                  is not distinct from (i.payee_name, i.payee_account, i.payee_bank))
                        order by 1 limit 100
                        """)
                .bind("id", id)
                .bind("by", by.personId())
                .map((row, context) -> new Refusal.FieldError(
                        row.getString("holder_id"),
                        "you have said where it is paid, and nothing was paid there before"))
                .list();
        if (!own.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "same-person", "somebody else has to approve where these are paid", own);
        }
    }

    private static void refuseBlocked(Handle handle, UUID id) {
        var blocked = handle.createQuery("""
                        select i.holder_id, p.blocked_reason from payout_item i join payee p using (holder_id)
                        where i.payout_id = :id and p.blocked_reason is not null order by 1 limit 100
                        """)
                .bind("id", id)
                .map((row, context) ->
                        new Refusal.FieldError(row.getString("holder_id"), row.getString("blocked_reason")))
                .list();
        if (!blocked.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "payee-blocked",
                    "creators were blocked after the draft was made: cancel it and make another",
                    blocked);
        }
    }

    /**
     * Gives up a payout that was not exported; all of it is payable again.
     *
     * @throws Refusal {@code payout-exported}: what may have been sent is settled by its results only
     */
    Payout cancel(UUID id, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var payout = lock(handle, id);
                if (payout.state() == State.EXPORTED) {
                    throw new Refusal(
                            Refusal.Kind.CONFLICT,
                            "payout-exported",
                            "the file may have been sent: report its items as failed instead");
                }
                if (payout.state() != State.CANCELLED) {
                    var at = clock.instant();
                    handle.createUpdate(
                                    "update payout set state = 'CANCELLED', cancelled_by = :by, cancelled_at = :at where id = :id")
                            .bind("by", by.personId())
                            .bind("at", utc(at))
                            .bind("id", id)
                            .execute();
                    handle.createUpdate(
                                    "update payout_item set state = 'CANCELLED', changed_at = :at where payout_id = :id")
                            .bind("at", utc(at))
                            .bind("id", id)
                            .execute();
                    post(items(handle, id), at);
                    audit.add(by.personId(), "payout-cancelled", "payout/" + id, Map.of(), at);
                }
                return payout(handle, id);
            }
        });
    }

    /**
     * The file that is uploaded to Alipay or the bank; the same bytes however often it is asked for.
     *
     * @throws Refusal {@code payout-not-approved}, {@code payee-blocked}, {@code payee-changed} since an approver looked, or
     *     {@code payout-taxed-for-another-month}
     */
    byte[] export(UUID id, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var payout = lock(handle, id);
                if (payout.state() == State.EXPORTED) {
                    return handle.createQuery("select file from payout where id = :id")
                            .bind("id", id)
                            .mapTo(byte[].class)
                            .one();
                }
                must(
                        payout,
                        State.APPROVED,
                        "payout-not-approved",
                        "another person has to approve it before it is exported");
                refuseBlocked(handle, id);
                var items = items(handle, id);
                refuseChanged(items);
                var at = clock.instant();
                refuseTaxedBefore(items, BusinessTime.monthOf(at));
                var file = file(payout, items);
                handle.createUpdate(
                                "update payout set state = 'EXPORTED', file = :file, exported_at = :at where id = :id")
                        .bind("file", file)
                        .bind("at", utc(at))
                        .bind("id", id)
                        .execute();
                audit.add(by.personId(), "payout-exported", "payout/" + id, Map.of("bytes", file.length), at);
                return file;
            }
        });
    }

    /**
     * Takes what became of items. Saying the same again changes nothing; what was paid may still come back as failed, but
     * what has failed is payable again and cannot become paid.
     *
     * @throws Refusal {@code payout-not-exported} or {@code results-refused} with the item and the reason; then none is taken
     */
    Payout results(UUID id, List<Result> results, Caller by) {
        return retries.inTransaction(WITHIN, () -> {
            try (var handle = jdbi.open()) {
                var payout = lock(handle, id);
                must(
                        payout,
                        State.EXPORTED,
                        "payout-not-exported",
                        "there are no results before the file was exported");
                var byId = new LinkedHashMap<UUID, Item>();
                items(handle, id).forEach(item -> byId.put(item.id(), item));
                var at = clock.instant();
                var errors = new ArrayList<Refusal.FieldError>();
                var changed = new LinkedHashMap<UUID, Item>();
                for (var result : results) {
                    var item = changed.getOrDefault(result.itemId(), byId.get(result.itemId()));
                    var wrong = wrong(item, result);
                    if (wrong != null) {
                        errors.add(new Refusal.FieldError(result.itemId().toString(), wrong));
                    } else if (item.state() != (result.paid() ? ItemState.PAID : ItemState.FAILED)) {
                        changed.put(item.id(), with(item, result, at));
                    }
                }
                if (!errors.isEmpty()) {
                    throw new Refusal(
                            Refusal.Kind.INVALID, "results-refused", "no result was taken: see errors", errors);
                }
                update(handle, changed.values().stream().toList());
                post(changed.values().stream().toList(), at);
                audit.add(by.personId(), "payout-results", "payout/" + id, Map.of("changed", changed.size()), at);
                return payout(handle, id);
            }
        });
    }

    private static String wrong(Item item, Result result) {
        if (item == null) {
            return "is no item of this payout";
        }
        if (result.paid() && item.state() == ItemState.FAILED) {
            return "has failed before, and its money may be in another payout: adjust by hand if it was paid after all";
        }
        return !result.paid() && (result.failure() == null || result.failure().isBlank())
                ? "failed: say why in `failure`"
                : null;
    }

    private static Item with(Item item, Result result, Instant at) {
        return new Item(
                item.id(),
                item.holder(),
                item.gross(),
                item.tax(),
                item.taxMethod(),
                item.month(),
                item.payee(),
                null,
                result.paid() ? ItemState.PAID : ItemState.FAILED,
                result.paid() ? null : result.failure(),
                result.reference(),
                at);
    }

    Optional<Payout> find(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " where p.id = :id group by p.id")
                .bind("id", id)
                .map(PAYOUT)
                .findOne());
    }

    /** A page, newest first, from before the payout {@code before}. */
    List<Payout> page(UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        SELECT
                                + " where (:before::uuid is null or p.id < :before) group by p.id order by p.id desc limit :limit")
                .bind("before", before)
                .bind("limit", limit)
                .map(PAYOUT)
                .list());
    }

    /** A page of a payout's items in their order, from after the item {@code after}. */
    List<Item> items(UUID payout, UUID after, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        ITEMS + " and (:after::uuid is null or i.id > :after) order by i.id limit :limit")
                .bind("payout", payout)
                .bind("after", after)
                .bind("limit", limit)
                .map(ITEM)
                .list());
    }

    /** What failed items were leads back to what is payable, in the earliest open month from now on. */
    private void post(List<Item> items, Instant at) {
        var month = BusinessTime.monthOf(at);
        ledger.post(items.stream().map(item -> item.target(month)).toList(), at);
    }

    /** Locks those who have a payable account, so that whoever else makes a payout waits and then sees this one. */
    private static List<UUID> lockHolders(Handle handle, List<UUID> only) {
        var holders = new ArrayList<UUID>();
        for (var table : List.of("creator", "agency")) {
            handle.createQuery("""
                            select h.id from %s h
                            where h.id::text in (select owner from holder_account where part in ('PAYABLE', 'DEBT'))
                              and (cardinality(:only) = 0 or h.id = any(:only))
                            order by h.id for no key update
                            """.formatted(table))
                    .bindArray("only", UUID.class, only)
                    .mapTo(UUID.class)
                    .forEach(holders::add);
        }
        return holders;
    }

    /**
     * Everybody of them who has a balance other than zero.
     *
     * @param taxedSince the first month whose payouts are one income with those of {@code month}
     */
    private static List<Payable> payables(
            Handle handle, List<UUID> holders, Instant heldSince, YearMonth taxedSince, YearMonth month) {
        return handle.createQuery("""
                        with account as (
                            select a.holder, a.owner, a.part,
                                   coalesce((select sum(amount_fen) from ledger_transfer where credit_id = a.id), 0)
                                 - coalesce((select sum(amount_fen) from ledger_transfer where debit_id = a.id), 0) fen
                            from holder_account a
                            where a.part in ('PAYABLE', 'DEBT', 'CONFIRMED') and a.owner = any(:owners)),
                        balance as (
                            select holder, owner::uuid holder_id,
                                   coalesce(sum(fen) filter (where part <> 'CONFIRMED'), 0) payable,
                                   coalesce(sum(fen) filter (where part = 'CONFIRMED'), 0) confirmed
                            from account group by holder, owner)
                        select b.holder, b.holder_id, b.payable, b.confirmed,
                               coalesce((select sum(greatest(0, s.orders_fen + s.adjustments_fen + s.tiers_fen + s.bonuses_fen
                                    + s.manual_fen)) from statement s
                                where s.holder_id = b.holder_id and s.locked_at > :heldSince), 0) recent,
                               exists (select from payout_item i
                                where i.holder_id = b.holder_id and i.state = 'PENDING') pending,
                               e.paid, e.withheld, e.months, p.channel, p.name, p.account, p.bank, p.blocked_reason
                        from balance b
                        left join payee p on p.holder_id = b.holder_id
                        cross join lateral (
                            select coalesce(sum(i.gross_fen), 0) paid, coalesce(sum(i.tax_fen), 0) withheld,
                                   coalesce(array_agg(distinct i.month), '{}') months
                            from payout_item i where i.holder_id = b.holder_id
                              and i.month between :taxedSince and :month and i.state in ('PENDING', 'PAID')) e
                        where b.payable <> 0
                        order by b.holder, b.holder_id
                        """)
                .bindArray(
                        "owners",
                        String.class,
                        holders.stream().map(UUID::toString).toList())
                .bind("heldSince", utc(heldSince))
                .bind("taxedSince", taxedSince.atDay(1))
                .bind("month", month.atDay(1))
                .map((row, context) -> new Payable(
                        new Holder(
                                Holder.Type.valueOf(row.getString("holder")), row.getObject("holder_id", UUID.class)),
                        Money.ofFen(row.getLong("payable")),
                        Money.ofFen(row.getLong("confirmed")),
                        Money.ofFen(row.getLong("recent")),
                        row.getString("channel") == null ? null : Payee.of(row),
                        row.getBoolean("pending"),
                        new Withholding.Earlier(
                                Money.ofFen(row.getLong("paid")),
                                Money.ofFen(row.getLong("withheld")),
                                Stream.of((Date[]) row.getArray("months").getArray())
                                        .map(day -> YearMonth.from(day.toLocalDate()))
                                        .collect(toSet()))))
                .list();
    }

    private static void insert(Handle handle, UUID id, Wish wish, List<Item> items, Caller by, Instant at) {
        handle.createUpdate("""
                        insert into payout (id, state, channel, minimum_fen, hold_days, made_by, made_at)
                        values (:id, 'DRAFT', :channel, :minimum, :hold, :by, :at)
                        """)
                .bind("id", id)
                .bind("channel", wish.channel().name())
                .bind("minimum", wish.minimum().fen())
                .bind("hold", wish.holdDays())
                .bind("by", by.personId())
                .bind("at", utc(at))
                .execute();
        handle.createUpdate("""
                        insert into payout_item (id, payout_id, creator_id, agency_id, gross_fen, tax_fen, net_fen, tax_method, month,
                            payee_name, payee_account, payee_bank, state, changed_at)
                        select t.id, :payout, t.creator, t.agency, t.gross, t.tax, t.gross - t.tax, t.method, t.month, t.name, t.account,
                               t.bank, 'PENDING', :at
                        from unnest(:ids, :creators, :agencies, :grosses, :taxes, :methods, :months, :names, :accounts, :banks)
                            as t (id, creator, agency, gross, tax, method, month, name, account, bank)
                        """)
                .bind("payout", id)
                .bind("at", utc(at))
                .bindArray("ids", UUID.class, each(items, Item::id))
                .bindArray("creators", UUID.class, each(items, item -> item.holder()
                        .creatorId()))
                .bindArray("agencies", UUID.class, each(items, item -> item.holder()
                        .agencyId()))
                .bindArray(
                        "grosses", Long.class, each(items, item -> item.gross().fen()))
                .bindArray("taxes", Long.class, each(items, item -> item.tax().fen()))
                .bindArray("methods", String.class, each(items, Item::taxMethod))
                .bindArray("months", LocalDate.class, each(items, item -> item.month()
                        .atDay(1)))
                .bindArray(
                        "names", String.class, each(items, item -> item.payee().name()))
                .bindArray("accounts", String.class, each(items, item -> item.payee()
                        .account()))
                .bindArray(
                        "banks", String.class, each(items, item -> item.payee().bank()))
                .execute();
    }

    private static void update(Handle handle, List<Item> items) {
        handle.createUpdate("""
                        update payout_item i set state = t.state, failure = t.failure, reference = t.reference,
                            changed_at = t.changed_at
                        from unnest(:ids, :states, :failures, :references, :ats)
                            as t (id, state, failure, reference, changed_at)
                        where i.id = t.id
                        """)
                .bindArray("ids", UUID.class, each(items, Item::id))
                .bindArray(
                        "states", String.class, each(items, item -> item.state().name()))
                .bindArray("failures", String.class, each(items, Item::failure))
                .bindArray("references", String.class, each(items, Item::reference))
                .bindArray("ats", java.time.OffsetDateTime.class, each(items, item -> utc(item.changedAt())))
                .execute();
    }

    private static <V> List<V> each(List<Item> items, Function<Item, V> of) {
        // Not Stream.toList with a filter in mind: absent values are null.
        var values = new ArrayList<V>(items.size());
        items.forEach(item -> values.add(of.apply(item)));
        return values;
    }

    private static byte[] file(Payout payout, List<Item> items) {
        var text = new StringWriter();
        var columns = payout.channel().columns();
        try (var writer = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(text)) {
            writer.writeRecord(columns.stream().map(PayeeChannel.Column::header).toList());
            for (var item : items) {
                var line = new PayeeChannel.PayoutLine(
                        item.id(), item.payee(), item.net(), item.month().toString());
                writer.writeRecord(
                        columns.stream().map(c -> c.cell().apply(line)).toList());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(GB18030);
    }

    private static Payout lock(Handle handle, UUID id) {
        handle.createQuery("select id from payout where id = :id for update")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne()
                .orElseThrow(() -> notFound(id));
        return payout(handle, id);
    }

    static Refusal notFound(UUID id) {
        return new Refusal(Refusal.Kind.NOT_FOUND, "payout-not-found", "no payout has the id " + id);
    }

    private static void must(Payout payout, State state, String code, String detail) {
        if (payout.state() != state) {
            throw new Refusal(Refusal.Kind.CONFLICT, code, "the payout is " + payout.state() + ": " + detail);
        }
    }

    private static Payout payout(Handle handle, UUID id) {
        return handle.createQuery(SELECT + " where p.id = :id group by p.id")
                .bind("id", id)
                .map(PAYOUT)
                .one();
    }

    private static List<Item> items(Handle handle, UUID payout) {
        return handle.createQuery(ITEMS + " order by i.id")
                .bind("payout", payout)
                .map(ITEM)
                .list();
    }

    private static final String SELECT = """
            select p.id, p.state, p.channel, p.minimum_fen, p.hold_days, p.made_by, p.made_at, p.approved_by, p.approved_at,
                   p.exported_at, count(i.id) items, count(i.id) filter (where i.state = 'PENDING') pending,
                   count(i.id) filter (where i.state = 'FAILED') failed, coalesce(sum(i.gross_fen), 0) gross,
                   coalesce(sum(i.tax_fen), 0) tax, coalesce(sum(i.net_fen), 0) net
            from payout p left join payout_item i on i.payout_id = p.id
            """;

    private static final RowMapper<Payout> PAYOUT = (row, context) -> new Payout(
            row.getObject("id", UUID.class),
            State.valueOf(row.getString("state")),
            PayeeChannel.valueOf(row.getString("channel")),
            row.getLong("minimum_fen"),
            row.getInt("hold_days"),
            row.getObject("made_by", UUID.class),
            instant(row, "made_at"),
            row.getObject("approved_by", UUID.class),
            instant(row, "approved_at"),
            instant(row, "exported_at"),
            row.getLong("items"),
            row.getLong("pending"),
            row.getLong("failed"),
            row.getLong("gross"),
            row.getLong("tax"),
            row.getLong("net"));

    private static final String ITEMS = """
            select i.*, p.channel payout_channel, e.channel, e.name, e.account, e.bank, e.blocked_reason,
                   p.state in ('DRAFT', 'APPROVED') and i.state = 'PENDING'
                       and (e.channel, e.name, e.account, e.bank)
                           is distinct from (p.channel, i.payee_name, i.payee_account, i.payee_bank)
                       and i.payee_seen_at is distinct from e.changed_at payee_changed
            from payout_item i
            join payout p on p.id = i.payout_id
            join payee e on e.holder_id = i.holder_id
            where i.payout_id = :payout
            """;

    private static final RowMapper<Item> ITEM = (row, context) -> new Item(
            row.getObject("id", UUID.class),
            Holder.of(row),
            Money.ofFen(row.getLong("gross_fen")),
            Money.ofFen(row.getLong("tax_fen")),
            row.getString("tax_method"),
            YearMonth.from(row.getObject("month", LocalDate.class)),
            new Payee(
                    PayeeChannel.valueOf(row.getString("payout_channel")),
                    row.getString("payee_name"),
                    row.getString("payee_account"),
                    row.getString("payee_bank"),
                    null),
            row.getBoolean("payee_changed") ? Payee.of(row) : null,
            ItemState.valueOf(row.getString("state")),
            row.getString("failure"),
            row.getString("reference"),
            instant(row, "changed_at"));
}
