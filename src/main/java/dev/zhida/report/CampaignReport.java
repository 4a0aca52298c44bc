package dev.zhida.report;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.identity.Scope;
import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What is particular to the report of one campaign: its dates, and what stands out in it. */
@ApplicationScoped
class CampaignReport {

    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:00").withZone(BusinessTime.ZONE);

    private final Jdbi jdbi;

    CampaignReport(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A campaign as its report names it. */
    record Head(UUID id, String name, UUID brandId, String brand, Instant fromAt, Instant untilAt) {}

    /** @throws Refusal {@code campaign-not-found}, also if it is another brand's */
    Head head(UUID id, Scope scope) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select m.id, m.name, m.brand_id, b.name brand, m.from_at, m.until_at
                        from campaign m join brand b on b.id = m.brand_id
                        where m.id = :id and (:brand::uuid is null or m.brand_id = :brand)
                        """)
                        .bind("id", id)
                        .bind("brand", scope.brandOnly())
                        .map((row, context) -> new Head(
                                row.getObject("id", UUID.class),
                                row.getString("name"),
                                row.getObject("brand_id", UUID.class),
                                row.getString("brand"),
                                row.getObject("from_at", OffsetDateTime.class).toInstant(),
                                row.getObject("until_at", OffsetDateTime.class).toInstant()))
                        .findOne())
                .orElseThrow(() -> new Refusal(
                        Refusal.Kind.NOT_FOUND, "campaign-not-found", "you have no campaign with the id " + id));
    }

    /** A pattern at a placement. */
    record Found(String code, UUID creatorId, String creator, Suspicion.Pattern pattern) {}

    /** What stands out at the placements of a campaign, in the order of their codes. */
    List<Found> suspicions(UUID campaignId, Days days) {
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        with seen as (
                            select p.id, p.code, p.creator_id, c.name creator, p.medium
                            from placement p join creator c on c.id = p.creator_id where p.campaign_id = :campaign
                        ), firsts as (
                            select a.placement_id, o.marketplace, o.parent_no, min(o.created_at - o.clicked_at) delay
                            from attribution a join order_line o on o.id = a.order_line_id
                            where a.current and a.placement_id in (select id from seen)
                              and o.status in ('PAID', 'RECEIVED', 'SETTLED')
                              and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) >= :fromAt
                          and coalesce(o.clicked_at, o.created_at, o.paid_at, o.first_observed_at) < :untilAt
                            group by 1, 2, 3
                        ), bought as (
                            select placement_id, count(*) orders,
                                   count(*) filter (where delay < make_interval(secs => :fast)) fast
                            from firsts group by 1
                        ), people as (
                            select t.placement_id, sum(t.people) people
                            from rollup_touch_day t
                            where t.placement_id in (select id from seen) and t.day >= :from and t.day < :until
                              and t.kind in ('CLICK', 'PASTE')
                            group by 1
                        ), hours as (
                            select t.placement_id, t.hour, sum(t.touches) clicks
                            from rollup_touch_hour t
                            where t.placement_id in (select id from seen) and t.day >= :from and t.day < :until
                              and t.kind = 'CLICK' and t.human
                            group by 1, 2
                        ), usual as (
                            select placement_id, max(clicks)::bigint most,
                                   percentile_disc(0.5) within group (order by clicks)::bigint median,
                                   (array_agg(hour order by clicks desc, hour))[1] busiest
                            from hours group by 1
                        )
                        select s.code, s.creator_id, s.creator, s.medium, coalesce(b.orders, 0) orders,
                               coalesce(b.fast, 0) fast, coalesce(p.people, 0) people, coalesce(u.most, 0) most,
                               coalesce(u.median, 0) median, u.busiest
                        from seen s
                        left join bought b on b.placement_id = s.id
                        left join people p on p.placement_id = s.id
                        left join usual u on u.placement_id = s.id
                        order by s.code
                        """)
                .bind("campaign", campaignId)
                .bind("fast", Suspicion.FAST_SECONDS)
                .bind("from", days.from())
                .bind("until", days.until())
                .bind("fromAt", utc(BusinessTime.startOf(days.from())))
                .bind("untilAt", utc(BusinessTime.startOf(days.until())))
                .map((row, context) -> {
                    var found = new ArrayList<Suspicion.Pattern>();
                    Suspicion.fast(row.getLong("fast"), row.getLong("orders")).ifPresent(found::add);
                    var busiest = row.getObject("busiest", OffsetDateTime.class);
                    if (busiest != null) {
                        Suspicion.burst(row.getLong("most"), row.getLong("median"), HOUR.format(busiest))
                                .ifPresent(found::add);
                    }
                    // Nobody sees the visitors of a marketplace's own token.
                    if (!"NATIVE_TOKEN".equals(row.getString("medium"))) {
                        Suspicion.unseen(row.getLong("orders"), row.getLong("people"))
                                .ifPresent(found::add);
                    }
                    var code = row.getString("code");
                    var creatorId = row.getObject("creator_id", UUID.class);
                    var creator = row.getString("creator");
                    return found.stream()
                            .map(pattern -> new Found(code, creatorId, creator, pattern))
                            .toList();
                })
                .list()
                .stream()
                .flatMap(List::stream)
                .toList());
    }
}
