package dev.zhida.commission;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;

import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/** The lines that a month's end depends on, and what it decided. */
@ApplicationScoped
class MonthEndStore {

    /** A creator in a month. */
    record CreatorMonth(UUID creatorId, YearMonth month) {}

    void decided(Handle handle, YearMonth month, Instant at) {
        handle.createUpdate("insert into month_end (month, decided_at) values (:month, :at) on conflict do nothing")
                .bind("month", month.atDay(1))
                .bind("at", utc(at))
                .execute();
    }

    boolean isDecided(Handle handle, YearMonth month) {
        return handle.createQuery("select exists (select from month_end where month = :month)")
                .bind("month", month.atDay(1))
                .mapTo(Boolean.class)
                .one();
    }

    /** The last month that is decided; at least one is. */
    YearMonth lastDecided(Handle handle) {
        return YearMonth.from(handle.createQuery("select max(month) from month_end")
                .mapTo(LocalDate.class)
                .one());
    }

    /**
     * What settled lines left after the fee, by creator and month; held lines do not count before they are free. Months
     * that were decided before are there even if nothing is left of them.
     */
    Map<CreatorMonth, Money> volumes(Handle handle, YearMonth first, YearMonth last) {
        var volumes = new LinkedHashMap<CreatorMonth, Money>();
        handle.createQuery("""
                        select creator_id, month, sum(fen) fen from (
                            select c.creator_id, c.month, c.gross_fen - c.fee_fen fen
                            from commission c join order_line o on o.id = c.order_line_id
                            where o.status = 'SETTLED' and c.creator_id is not null and not c.held
                              and c.month between :first and :last
                            union all
                            select creator_id, month, 0 from tier_result where month between :first and :last) v
                        group by creator_id, month order by month, creator_id
                        """)
                .bind("first", first.atDay(1))
                .bind("last", last.atDay(1))
                .map((row, context) -> volumes.put(
                        new CreatorMonth(
                                row.getObject("creator_id", UUID.class),
                                YearMonth.from(row.getObject("month", LocalDate.class))),
                        Money.ofFen(row.getLong("fen"))))
                .list();
        return volumes;
    }

    void saveTiers(Handle handle, List<MonthEnd.TierResult> results, Instant at) {
        if (results.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
                insert into tier_result (creator_id, month, tier_version, volume_fen, amount_fen, decided_at)
                values (:creator, :month, :tier, :volume, :amount, :at)
                on conflict on constraint tier_result_pkey do update set tier_version = excluded.tier_version,
                    volume_fen = excluded.volume_fen, amount_fen = excluded.amount_fen, decided_at = excluded.decided_at
                where (tier_result.tier_version, tier_result.volume_fen, tier_result.amount_fen)
                    is distinct from (excluded.tier_version, excluded.volume_fen, excluded.amount_fen)
                """);
        for (var result : results) {
            batch.bind("creator", result.creatorId())
                    .bind("month", result.month().atDay(1))
                    .bind("tier", result.tierVersion())
                    .bind("volume", result.volume().fen())
                    .bind("amount", result.amount().fen())
                    .bind("at", utc(at))
                    .add();
        }
        batch.execute();
    }

    List<MonthEnd.TierResult> tiers(Handle handle, YearMonth month) {
        return handle.createQuery("""
                        select creator_id, tier_version, volume_fen, amount_fen from tier_result
                        where month = :month order by creator_id
                        """)
                .bind("month", month.atDay(1))
                .map((row, context) -> new MonthEnd.TierResult(
                        row.getObject("creator_id", UUID.class),
                        month,
                        row.getInt("tier_version"),
                        Money.ofFen(row.getLong("volume_fen")),
                        Money.ofFen(row.getLong("amount_fen"))))
                .list();
    }

    /** The settled lines of campaigns up to a month that bring something to somebody known. */
    Map<UUID, List<BonusBudget.Line>> bonusLines(Handle handle, List<UUID> campaigns, YearMonth last) {
        return handle
                .createQuery("""
                        select c.campaign_id, c.order_line_id, c.creator_id, c.month, c.sold_fen, c.held,
                               coalesce(o.paid_at, o.created_at) paid_at, o.line_key, o.marketplace, o.parent_no
                        from commission c join order_line o on o.id = c.order_line_id
                        where c.campaign_id = any(:campaigns) and c.month <= :last and o.status = 'SETTLED'
                          and c.creator_id is not null and c.gross_fen > 0
                        """)
                .bindArray("campaigns", UUID.class, campaigns)
                .bind("last", last.atDay(1))
                .map((row, context) -> {
                    var paidAt = row.getObject("paid_at", OffsetDateTime.class);
                    return Map.entry(
                            row.getObject("campaign_id", UUID.class),
                            new BonusBudget.Line(
                                    row.getObject("order_line_id", UUID.class),
                                    row.getObject("creator_id", UUID.class),
                                    YearMonth.from(row.getObject("month", LocalDate.class)),
                                    paidAt == null ? null : paidAt.toInstant(),
                                    row.getString("line_key"),
                                    row.getString("marketplace") + "/" + row.getString("parent_no"),
                                    Money.ofFen(row.getLong("sold_fen")),
                                    row.getBoolean("held")));
                })
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    /**
     * A line's bonus as it was last decided.
     *
     * @param frozen whether the line as a whole is held now, whatever a brand says
     */
    record Given(UUID lineId, boolean held, boolean frozen) {}

    /** The decided bonuses of these lines, and all that are held. */
    List<Given> given(Handle handle, Collection<UUID> lines) {
        return handle.createQuery("""
                        select b.order_line_id, b.held, c.held frozen
                        from bonus_line b join commission c on c.order_line_id = b.order_line_id
                        where b.held or b.order_line_id = any(:lines)
                        """)
                .bindArray("lines", UUID.class, lines)
                .map((row, context) -> new Given(
                        row.getObject("order_line_id", UUID.class), row.getBoolean("held"), row.getBoolean("frozen")))
                .list();
    }

    /** The months in which the campaign's bonus was given to somebody when they were last decided. */
    List<YearMonth> bonusMonths(Handle handle, UUID campaign) {
        return handle
                .createQuery("select distinct month from bonus_line where campaign_id = :campaign")
                .bind("campaign", campaign)
                .mapTo(LocalDate.class)
                .stream()
                .map(YearMonth::from)
                .toList();
    }

    /** Makes these the bonus lines of a campaign. */
    void saveBonuses(Handle handle, UUID campaign, List<BonusBudget.Allotment> allotments, Instant at) {
        handle.createUpdate("""
                        delete from bonus_line where campaign_id = :campaign and not order_line_id = any(:lines)
                        """)
                .bind("campaign", campaign)
                .bindArray(
                        "lines",
                        UUID.class,
                        allotments.stream().map(a -> a.line().id()).toList())
                .execute();
        var update = handle.createUpdate("""
                        insert into bonus_line as b (order_line_id, campaign_id, creator_id, month, bonus_version, position,
                            base_fen, wanted_fen, amount_fen, held, decided_at)
                        select t.line, :campaign, t.creator, t.month, t.bonus, t.position, t.base, t.wanted, t.amount, t.held, :at
                        from unnest(:lines, :creators, :months, :bonuses, :positions, :bases, :wanted, :amounts, :held)
                            as t (line, creator, month, bonus, position, base, wanted, amount, held)
                        on conflict on constraint bonus_line_pkey do update set campaign_id = excluded.campaign_id,
                            creator_id = excluded.creator_id, month = excluded.month,
                            bonus_version = excluded.bonus_version, position = excluded.position,
                            base_fen = excluded.base_fen, wanted_fen = excluded.wanted_fen,
                            amount_fen = excluded.amount_fen, held = excluded.held, decided_at = excluded.decided_at
                        where (b.campaign_id, b.creator_id, b.month, b.bonus_version, b.position, b.base_fen, b.wanted_fen,
                               b.amount_fen, b.held)
                            is distinct from (excluded.campaign_id, excluded.creator_id, excluded.month,
                               excluded.bonus_version, excluded.position, excluded.base_fen, excluded.wanted_fen,
                               excluded.amount_fen, excluded.held)
                        """).bind("campaign", campaign).bind("at", utc(at));
        array(update, "lines", UUID.class, allotments, a -> a.line().id());
        array(update, "creators", UUID.class, allotments, a -> a.line().creatorId());
        array(update, "months", LocalDate.class, allotments, a -> a.line()
                .month()
                .atDay(1));
        array(update, "bonuses", Integer.class, allotments, a -> a.bonus().version());
        update.bindArray(
                "positions",
                Integer.class,
                IntStream.rangeClosed(1, allotments.size()).boxed().toList());
        array(update, "bases", Long.class, allotments, a -> a.line().sold().fen());
        array(update, "wanted", Long.class, allotments, a -> a.wanted().fen());
        array(update, "amounts", Long.class, allotments, a -> a.given().fen());
        array(update, "held", Boolean.class, allotments, a -> a.line().held());
        update.execute();
    }

    List<MonthEnd.BonusResult> bonuses(Handle handle, YearMonth month) {
        return handle.createQuery("""
                        select campaign_id, creator_id, count(*) lines, sum(wanted_fen) wanted, sum(amount_fen) amount,
                               coalesce(sum(amount_fen) filter (where held), 0) held
                        from bonus_line where month = :month group by 1, 2 order by 1, 2
                        """)
                .bind("month", month.atDay(1))
                .map((row, context) -> new MonthEnd.BonusResult(
                        row.getObject("campaign_id", UUID.class),
                        row.getObject("creator_id", UUID.class),
                        row.getLong("lines"),
                        Money.ofFen(row.getLong("wanted")),
                        Money.ofFen(row.getLong("amount")),
                        Money.ofFen(row.getLong("held"))))
                .list();
    }
}
