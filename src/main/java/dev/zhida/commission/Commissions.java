package dev.zhida.commission;

import static dev.zhida.database.SqlValues.array;
import static dev.zhida.database.SqlValues.utc;
import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.zhida.attribution.Attribution;
import dev.zhida.campaign.CampaignRun;
import dev.zhida.campaign.Campaigns;
import dev.zhida.ledger.Ledger;
import dev.zhida.link.Placements;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.money.Money;
import dev.zhida.order.OrderLine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/** Works out what order lines earn, keeps it with its inputs, and brings the books to it. */
@ApplicationScoped
public class Commissions {

    private final Jdbi jdbi;
    private final Ledger ledger;
    private final Rules rules;
    private final Campaigns campaigns;
    private final Placements placements;
    private final ObjectMapper json;

    Commissions(Jdbi jdbi, Ledger ledger, Rules rules, Campaigns campaigns, Placements placements, ObjectMapper json) {
        this.jdbi = jdbi;
        this.ledger = ledger;
        this.rules = rules;
        this.campaigns = campaigns;
        this.placements = placements;
        this.json = json;
    }

    /** Works out every line by its attribution and posts what is missing. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void settle(List<OrderLine> lines, Map<UUID, Attribution> attributions, Instant at) {
        if (lines.isEmpty()) {
            return;
        }
        var grounds = placements.grounds(attributions.values().stream()
                .map(Attribution::placement)
                .filter(Objects::nonNull)
                .collect(toSet()));
        var runs = runs(lines, attributions.values(), grounds.values());
        try (var handle = jdbi.open()) {
            var book = rules.book(handle);
            var fees = Fees.book(handle);
            var commissions = lines.stream()
                    .map(line -> {
                        var attribution = attributions.get(line.id());
                        var placement = attribution.placement();
                        var ground = ground(line, attribution, placement == null ? null : grounds.get(placement), runs);
                        var ruledAt = LineCommission.ruledAt(line);
                        return LineCommission.of(
                                line,
                                ground,
                                placement,
                                book.decide(ground, ruledAt),
                                fees.at(line.latest().marketplace(), ruledAt),
                                at);
                    })
                    .toList();
            save(handle, commissions, at);
            ledger.post(commissions.stream().map(LineCommission::target).toList(), at);
        }
    }

    /**
     * The lines of a posting month and of those before that move no money because somebody has to decide about them first:
     * order numbers with their marketplaces, and the reasons. A line may come to wait when its own month is locked. Among
     * them are the lines that only refunds are known of, where only a file tells of their orders, and refunds of which
     * nobody has decided whether they take the commission back.
     */
    public Map<String, String> undecided(YearMonth until) {
        var lines = new LinkedHashMap<String, String>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select o.marketplace || ' ' || o.order_no || ' ' || o.line_key as line, o.review, o.id
                        from order_line o join commission c on c.order_line_id = o.id
                        where o.status = 'NEEDS_REVIEW' and c.month <= :until
                        union all
                        select o.marketplace || ' ' || o.parent_no || ' ' || o.line_key, o.review, o.id
                        from order_line o
                        where o.status = 'NEEDS_REVIEW' and o.has_refunds
                          and not exists (select from commission c where c.order_line_id = o.id)
                          and exists (select from order_refund_observation r
                              where r.marketplace = o.marketplace and r.line_key = o.line_key
                                and r.content ->> 'status' in ('SUCCEEDED', 'FROM_CREATOR', 'NEEDS_REVIEW'))
                          and exists (select from order_line f join commission c on c.order_line_id = f.id
                              where f.marketplace = o.marketplace and f.parent_no = o.parent_no
                                and left(f.line_key, 2) = 'F:' and c.month <= :until
                                and not exists (select from order_line_source s
                                    where s.marketplace = f.marketplace and s.line_key = f.line_key))
                        union all
                        select o.marketplace || ' ' || o.order_no || ' ' || o.line_key || ' refund ' || (r ->> 'id'),
                               'nobody has decided whether this refund takes the commission back', o.id
                        from order_line o join commission c on c.order_line_id = o.id
                        cross join lateral jsonb_array_elements(c.inputs -> 'refunds') r
                        where o.has_refunds and o.status = 'SETTLED' and r ->> 'status' = 'NEEDS_REVIEW'
                          and c.month <= :until
                        order by id
                        """)
                .bind("until", until.atDay(1))
                .map((row, context) -> lines.put(row.getString("line"), row.getString("review")))
                .list());
        return lines;
    }

    private Map<UUID, List<CampaignRun>> runs(
            List<OrderLine> lines, Collection<Attribution> attributions, Collection<Placements.Ground> grounds) {
        var creators = attributions.stream()
                .map(Attribution::creator)
                .filter(Objects::nonNull)
                .collect(toSet());
        var items = lines.stream()
                .filter(line -> line.latest().itemKey() != null)
                .map(line -> new ItemReference(
                        line.latest().marketplace(),
                        line.latest().itemKey(),
                        line.latest().itemKey()))
                .collect(toSet());
        var madeFor = grounds.stream()
                .map(Placements.Ground::campaignId)
                .filter(Objects::nonNull)
                .collect(toSet());
        return campaigns.runs(items, madeFor, creators).stream().collect(Collectors.groupingBy(CampaignRun::creatorId));
    }

    private static Ground ground(
            OrderLine line,
            Attribution attribution,
            Placements.Ground placement,
            Map<UUID, List<CampaignRun>> runsByCreator) {
        var creator = attribution.creator();
        var runs = creator == null ? List.<CampaignRun>of() : runsByCreator.getOrDefault(creator, List.of());
        return new Ground(
                creator,
                OrderedCampaign.of(creator, placement, line.latest(), LineCommission.ruledAt(line), runs),
                attribution.medium(),
                placement == null ? null : placement.platform(),
                line.latest().marketplace());
    }

    private void save(Handle handle, List<LineCommission> commissions, Instant at) {
        var update = handle.createUpdate("""
                insert into commission (order_line_id, creator_id, placement_id, campaign_id, agency_id, rule_version,
                    estimated_fen, settled_fen, amount_fen, agency_fen, fee_fen, fee_assumed, platform_fen, gross_fen,
                    sold_fen, held, month, inputs, calculated_at)
                select t.line, t.creator, t.placement, t.campaign, t.agency, t.rule, t.estimated, t.settled, t.amount,
                    t.agency_fen, t.fee, t.fee_assumed, t.platform, t.gross, t.sold, t.held, t.month, t.inputs::jsonb, :at
                from unnest(:lines, :creators, :placements, :campaigns, :agencies, :rules, :estimated, :settled, :amounts,
                        :agencyParts, :fees, :feesAssumed, :platforms, :gross, :sold, :held, :months, :inputs)
                    as t (line, creator, placement, campaign, agency, rule, estimated, settled, amount, agency_fen, fee,
                        fee_assumed, platform, gross, sold, held, month, inputs)
                on conflict on constraint commission_pkey do update set
                    creator_id = excluded.creator_id, placement_id = excluded.placement_id,
                    campaign_id = excluded.campaign_id, agency_id = excluded.agency_id,
                    rule_version = excluded.rule_version, estimated_fen = excluded.estimated_fen,
                    settled_fen = excluded.settled_fen, amount_fen = excluded.amount_fen,
                    agency_fen = excluded.agency_fen, fee_fen = excluded.fee_fen, fee_assumed = excluded.fee_assumed,
                    platform_fen = excluded.platform_fen, gross_fen = excluded.gross_fen, sold_fen = excluded.sold_fen,
                    held = excluded.held, month = excluded.month, inputs = excluded.inputs,
                    calculated_at = excluded.calculated_at
                """);
        array(update, "lines", UUID.class, commissions, c -> c.line().id());
        array(update, "creators", UUID.class, commissions, c -> c.ground().creatorId());
        array(update, "placements", Long.class, commissions, LineCommission::placementId);
        array(update, "campaigns", UUID.class, commissions, c -> c.ground().campaignId());
        array(
                update,
                "agencies",
                UUID.class,
                commissions,
                c -> c.ground().creatorId() == null ? null : c.rule().terms().agencyId());
        array(update, "rules", Integer.class, commissions, c -> c.rule().version());
        fen(update, "estimated", commissions, c -> c.estimated().creator());
        fen(update, "settled", commissions, c -> c.settled().creator());
        fen(update, "amounts", commissions, LineCommission::amount);
        fen(update, "agencyParts", commissions, c -> c.standing().agency());
        fen(update, "fees", commissions, c -> c.standing().fee());
        array(update, "feesAssumed", Boolean.class, commissions, c -> c.standing()
                .feeAssumed());
        fen(update, "platforms", commissions, c -> c.standing().platform());
        fen(update, "gross", commissions, c -> c.standing().gross());
        fen(update, "sold", commissions, LineCommission::sold);
        array(update, "held", Boolean.class, commissions, LineCommission::isHeld);
        array(update, "months", LocalDate.class, commissions, c -> c.month().atDay(1));
        array(update, "inputs", String.class, commissions, c -> text(c.inputs()));
        update.bind("at", utc(at)).execute();
    }

    private static void fen(
            Update update, String name, List<LineCommission> commissions, Function<LineCommission, Money> value) {
        array(update, name, Long.class, commissions, c -> value.apply(c).fen());
    }

    private String text(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
