package dev.zhida.campaign;

import static dev.zhida.database.SqlValues.utc;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.identity.AuditTrail;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.ItemReference;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Brands, their campaigns, what belongs to them and who is invited. A change counts for orders paid from then on, so
 * that an order's campaign is the same whenever somebody asks.
 */
@ApplicationScoped
public class Campaigns {

    private final Jdbi jdbi;
    private final Offers offers;
    private final AuditTrail audit;
    private final Clock clock;

    Campaigns(Jdbi jdbi, Offers offers, AuditTrail audit, Clock clock) {
        this.jdbi = jdbi;
        this.offers = offers;
        this.audit = audit;
        this.clock = clock;
    }

    /** A brand. */
    public record Brand(UUID id, String name, Instant createdAt) {}

    /** The terms of a campaign that can be set; what {@link Campaign} says of each holds. */
    public record Terms(String name, Instant fromAt, Instant untilAt, Money budget, Bonus.Terms bonus) {}

    /** What belongs to a campaign now. */
    public record Members(List<Offer> offers, List<UUID> creators) {}

    @Transactional
    public UUID addBrand(String name) {
        return addBrand(name, null);
    }

    /**
     * Adds a brand.
     *
     * @param personId who does it; {@code null} for the application itself
     * @throws Refusal {@code brand-exists}
     */
    @Transactional
    public UUID addBrand(String name, UUID personId) {
        var id = UuidCreator.getTimeOrderedEpoch();
        var at = clock.instant();
        var added = jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into brand (id, name, created_at) values (:id, :name, :at)
                        on conflict on constraint brand_name_key do nothing
                        """)
                .bind("id", id)
                .bind("name", name)
                .bind("at", utc(at))
                .execute());
        if (added == 0) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "brand-exists",
                    "there is a brand of that name: use it, or name this otherwise");
        }
        audit.add(personId, "brand-added", "brand/" + id, Map.of("name", name), at);
        return id;
    }

    /** Brands, newest first, from before the brand {@code before}; a brand sees itself. */
    public List<Brand> brands(Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, name, created_at from brand
                        where (:brand::uuid is null or id = :brand) and (:before::uuid is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bind("brand", scope.brandOnly())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) ->
                        new Brand(row.getObject("id", UUID.class), row.getString("name"), instant(row, "created_at")))
                .list());
    }

    /** Adds a campaign without a bonus that runs from {@code fromAt} until, not including, {@code untilAt}. */
    @Transactional
    public UUID addCampaign(UUID brandId, String name, Instant fromAt, Instant untilAt) {
        return addCampaign(brandId, new Terms(name, fromAt, untilAt, Money.ZERO, Bonus.Terms.NONE), null);
    }

    /**
     * Adds a campaign.
     *
     * @throws Refusal {@code brand-not-found}, {@code campaign-exists}, {@code campaign-period}, {@code budget-missing}
     */
    @Transactional
    public UUID addCampaign(UUID brandId, Terms terms, UUID personId) {
        var id = UuidCreator.getTimeOrderedEpoch();
        var at = clock.instant();
        check(terms);
        jdbi.useHandle(handle -> {
            var known = handle.createQuery("select exists (select from brand where id = :id)")
                    .bind("id", brandId)
                    .mapTo(Boolean.class)
                    .one();
            if (!known) {
                throw new Refusal(
                        Refusal.Kind.NOT_FOUND, "brand-not-found", "there is no brand with the id " + brandId);
            }
            var added = bind(handle.createUpdate("""
                                    insert into campaign (id, brand_id, name, from_at, until_at, budget_fen, created_at)
                                    values (:id, :brand, :name, :from, :until, :budget, :at)
                                    on conflict on constraint campaign_name_key do nothing
                                    """), terms)
                    .bind("id", id)
                    .bind("brand", brandId)
                    .bind("at", utc(at))
                    .execute();
            if (added == 0) {
                throw campaignExists();
            }
            addBonus(handle, id, terms.bonus(), at, personId);
        });
        audit.add(personId, "campaign-added", "campaign/" + id, detail(terms), at);
        return id;
    }

    /**
     * Sets the terms of a campaign. What was promised for orders that are paid already stays: a campaign that has begun
     * keeps its start, one that has ended keeps all, an end is not set into the past, and a budget keeps what is spent.
     *
     * @throws Refusal {@code campaign-not-found}, {@code campaign-exists}, {@code campaign-period},
     *     {@code campaign-has-begun}, {@code campaign-has-ended}, {@code budget-missing}, {@code budget-spent}
     */
    @Transactional
    public void change(UUID id, Terms terms, UUID personId) {
        var at = clock.instant();
        check(terms);
        jdbi.useHandle(handle -> {
            var was = lock(handle, id);
            requireRunning(was, at);
            var begun = !was.fromAt().isAfter(at);
            if (begun ? !terms.fromAt().equals(was.fromAt()) : terms.fromAt().isBefore(at)) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT,
                        "campaign-has-begun",
                        "orders are counted by the start they were paid under: keep fromAt once it has begun, and name a time "
                                + "to come before");
            }
            if (!terms.untilAt().equals(was.untilAt()) && terms.untilAt().isBefore(at)) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "campaign-period",
                        "untilAt cannot be set into the past: now is the earliest");
            }
            if (terms.budget().compareTo(was.spent()) < 0) {
                throw new Refusal(
                        Refusal.Kind.CONFLICT,
                        "budget-spent",
                        was.spent().yuan() + " yuan are given away already: the budget can be lowered to that");
            }
            var changed = bind(handle.createUpdate("""
                                    update campaign set name = :name, from_at = :from, until_at = :until, budget_fen = :budget
                                    where id = :id and not exists (select from campaign o
                                        where o.brand_id = campaign.brand_id and o.name = :name and o.id <> :id)
                                    """), terms).bind("id", id).execute();
            if (changed == 0) {
                throw campaignExists();
            }
            if (!terms.bonus().equals(was.bonus())) {
                addBonus(handle, id, terms.bonus(), at, personId);
            }
        });
        audit.add(personId, "campaign-changed", "campaign/" + id, detail(terms), at);
    }

    private static void check(Terms terms) {
        if (!terms.fromAt().isBefore(terms.untilAt())) {
            throw new Refusal(
                    Refusal.Kind.INVALID, "campaign-period", "a campaign ends after it begins: untilAt > fromAt");
        }
        if (terms.bonus().kind() != Bonus.Kind.NONE && !terms.budget().isPositive()) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "budget-missing",
                    "a bonus is paid from a budget: give budgetFen, the most that all bonuses may cost together");
        }
    }

    private static void requireRunning(Campaign campaign, Instant at) {
        if (!campaign.untilAt().isAfter(at)) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "campaign-has-ended",
                    "it has ended and stays as it is: make a new campaign");
        }
    }

    private static Refusal campaignExists() {
        return new Refusal(Refusal.Kind.CONFLICT, "campaign-exists", "the brand has a campaign of that name");
    }

    private static Refusal campaignNotFound(UUID id) {
        return new Refusal(Refusal.Kind.NOT_FOUND, "campaign-not-found", "you have no campaign with the id " + id);
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Terms terms) {
        return statement
                .bind("name", terms.name())
                .bind("from", utc(terms.fromAt()))
                .bind("until", utc(terms.untilAt()))
                .bind("budget", terms.budget().fen());
    }

    private static Map<String, Object> detail(Terms terms) {
        var detail = new LinkedHashMap<String, Object>();
        detail.put("name", terms.name());
        detail.put("fromAt", terms.fromAt().toString());
        detail.put("untilAt", terms.untilAt().toString());
        detail.put("budgetFen", terms.budget().fen());
        var bonus = terms.bonus();
        detail.put("bonus", bonus.kind().name());
        if (bonus.perOrder() != null) {
            detail.put("perOrderFen", bonus.perOrder().fen());
        }
        if (bonus.rate() != null) {
            detail.put("rate", bonus.rate().fraction().toPlainString());
        }
        return detail;
    }

    private static void addBonus(Handle handle, UUID campaign, Bonus.Terms terms, Instant at, UUID personId) {
        handle.createUpdate("""
                        insert into campaign_bonus (campaign_id, version, kind, per_order_fen, rate, effective_from, created_by)
                        select :campaign, coalesce(max(version), 0) + 1, :kind, :perOrder, :rate, :from, :by
                        from campaign_bonus where campaign_id = :campaign
                        """)
                .bind("campaign", campaign)
                .bind("kind", terms.kind().name())
                .bind(
                        "perOrder",
                        terms.perOrder() == null ? null : terms.perOrder().fen())
                .bind("rate", terms.rate() == null ? null : terms.rate().fraction())
                .bind("from", utc(at))
                .bind("by", personId)
                .execute();
    }

    /** Invites a creator; inviting her again changes nothing. */
    @Transactional
    public void invite(UUID campaignId, UUID creatorId) {
        var at = clock.instant();
        jdbi.useHandle(handle -> invite(handle, campaignId, List.of(creatorId), at));
    }

    /**
     * Makes these the items that belong to a campaign; unknown ones become offers.
     *
     * @throws Refusal {@code campaign-not-found}, {@code campaign-has-ended}
     */
    @Transactional
    public void setItems(UUID campaignId, Collection<ItemReference> items, UUID personId) {
        var at = clock.instant();
        var ids = items.isEmpty()
                ? List.<UUID>of()
                : offers.of(items, at).values().stream()
                        .map(Offer::id)
                        .distinct()
                        .toList();
        jdbi.useHandle(handle -> {
            requireRunning(lock(handle, campaignId), at);
            handle.createUpdate("""
                            update campaign_offer set removed_at = :at
                            where campaign_id = :campaign and removed_at is null and not offer_id = any(:ids)
                            """)
                    .bind("at", utc(at))
                    .bind("campaign", campaignId)
                    .bindArray("ids", UUID.class, ids)
                    .execute();
            handle.createUpdate("""
                            insert into campaign_offer (campaign_id, offer_id, added_at)
                            select :campaign, unnest(:ids), :at
                            on conflict (campaign_id, offer_id) where removed_at is null do nothing
                            """)
                    .bind("at", utc(at))
                    .bind("campaign", campaignId)
                    .bindArray("ids", UUID.class, ids)
                    .execute();
        });
        audit.add(personId, "campaign-offers-set", "campaign/" + campaignId, Map.of("offers", ids), at);
    }

    /**
     * Makes these the creators who are invited to a campaign.
     *
     * @throws Refusal {@code campaign-not-found}, {@code campaign-has-ended}, {@code creator-unknown}
     */
    @Transactional
    public void setCreators(UUID campaignId, Collection<UUID> creators, UUID personId) {
        var at = clock.instant();
        var ids = creators.stream().distinct().sorted().toList();
        jdbi.useHandle(handle -> {
            requireRunning(lock(handle, campaignId), at);
            var known = handle.createQuery("select id from creator where id = any(:ids)")
                    .bindArray("ids", UUID.class, ids)
                    .mapTo(UUID.class)
                    .set();
            var unknown = ids.stream().filter(id -> !known.contains(id)).toList();
            if (!unknown.isEmpty()) {
                throw new Refusal(
                        Refusal.Kind.INVALID, "creator-unknown", "there are no creators with the ids " + unknown);
            }
            handle.createUpdate("""
                            update campaign_creator set removed_at = :at
                            where campaign_id = :campaign and removed_at is null and not creator_id = any(:ids)
                            """)
                    .bind("at", utc(at))
                    .bind("campaign", campaignId)
                    .bindArray("ids", UUID.class, ids)
                    .execute();
            invite(handle, campaignId, ids, at);
        });
        audit.add(personId, "campaign-creators-set", "campaign/" + campaignId, Map.of("creators", ids), at);
    }

    private static void invite(Handle handle, UUID campaignId, List<UUID> creators, Instant at) {
        handle.createUpdate("""
                        insert into campaign_creator (campaign_id, creator_id, invited_at)
                        select :campaign, unnest(:ids), :at
                        on conflict (campaign_id, creator_id) where removed_at is null do nothing
                        """)
                .bind("campaign", campaignId)
                .bindArray("ids", UUID.class, creators)
                .bind("at", utc(at))
                .execute();
    }

    /**
     * Makes sure that a creator may promote for a campaign.
     *
     * @throws Refusal as if the campaign did not exist, if she is not invited
     */
    public void requireInvited(UUID campaignId, UUID creatorId) {
        var invited = jdbi.withHandle(handle -> handle.createQuery("""
                        select exists (select from campaign_creator
                            where campaign_id = :campaign and creator_id = :creator and removed_at is null)
                        """)
                .bind("campaign", campaignId)
                .bind("creator", creatorId)
                .mapTo(Boolean.class)
                .one());
        if (!invited) {
            throw new Refusal(
                    Refusal.Kind.NOT_FOUND,
                    "campaign-not-found",
                    "you are invited to no campaign with the id " + campaignId);
        }
    }

    private static final String SELECT = """
            select c.id, c.brand_id, c.name, c.from_at, c.until_at, c.budget_fen, c.spent_fen, c.created_at,
                   b.kind, b.per_order_fen, b.rate
            from campaign c
            left join lateral (select kind, per_order_fen, rate from campaign_bonus
                where campaign_id = c.id order by version desc limit 1) b on true
            """;

    private static final String IN_SCOPE = """
            where (:brand::uuid is null or c.brand_id = :brand)
              and (:creator::uuid is null or exists (select from campaign_creator i
                  where i.campaign_id = c.id and i.creator_id = :creator and i.removed_at is null))
            """;

    /** Campaigns, newest first, from before the campaign {@code before}: a brand's own, or those she is invited to. */
    public List<Campaign> campaigns(Scope scope, UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + IN_SCOPE + """
                          and (:before::uuid is null or c.id < :before) order by c.id desc limit :limit
                        """)
                .bind("brand", scope.brandOnly())
                .bind("creator", scope.creatorOnly())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> campaign(row))
                .list());
    }

    /**
     * A campaign that the caller may see.
     *
     * @throws Refusal {@code campaign-not-found}
     */
    public Campaign campaign(UUID id, Scope scope) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + IN_SCOPE + " and c.id = :id")
                        .bind("brand", scope.brandOnly())
                        .bind("creator", scope.creatorOnly())
                        .bind("id", id)
                        .map((row, context) -> campaign(row))
                        .findOne())
                .orElseThrow(() -> campaignNotFound(id));
    }

    /** What belongs to a campaign now. */
    public Members members(UUID campaignId) {
        return jdbi.withHandle(handle -> {
            var offerIds = handle.createQuery("""
                            select offer_id from campaign_offer where campaign_id = :campaign and removed_at is null
                            order by offer_id
                            """)
                    .bind("campaign", campaignId)
                    .mapTo(UUID.class)
                    .list();
            var offerById = offers.offers(offerIds);
            var creators = handle.createQuery("""
                            select creator_id from campaign_creator where campaign_id = :campaign and removed_at is null
                            order by creator_id
                            """)
                    .bind("campaign", campaignId)
                    .mapTo(UUID.class)
                    .list();
            return new Members(offerIds.stream().map(offerById::get).toList(), creators);
        });
    }

    private Campaign lock(Handle handle, UUID id) {
        return handle.createQuery(SELECT + " where c.id = :id for no key update of c")
                .bind("id", id)
                .map((row, context) -> campaign(row))
                .findOne()
                .orElseThrow(() -> campaignNotFound(id));
    }

    /**
     * When campaigns count for creators, by item and for what was made for them.
     *
     * @param items whose campaigns are asked for
     * @param campaigns for which something was made
     */
    public List<CampaignRun> runs(
            Collection<ItemReference> items, Collection<UUID> campaigns, Collection<UUID> creators) {
        if (creators.isEmpty()) {
            return List.of();
        }
        // Marketplaces tell payments in whole seconds, so a stay holds from the beginning of its second.
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select c.id, i.creator_id, o.marketplace, o.item_key,
                               date_trunc('second', greatest(c.from_at, i.invited_at, x.added_at)) from_at,
                               least(c.until_at, i.removed_at, x.removed_at) until_at
                        from unnest(:marketplaces, :keys) as t (marketplace, item_key)
                        join offer o on o.marketplace = t.marketplace and o.item_key = t.item_key
                        join campaign_offer x on x.offer_id = o.id
                        join campaign c on c.id = x.campaign_id
                        join campaign_creator i on i.campaign_id = c.id and i.creator_id = any(:creators)
                        union all
                        select c.id, i.creator_id, null, null, date_trunc('second', greatest(c.from_at, i.invited_at)),
                               -- Kits may be made for a campaign out of any product: once it names items only those count.
                               least(c.until_at, i.removed_at,
                                   (select min(x.added_at) from campaign_offer x where x.campaign_id = c.id))
                        from campaign c
                        join campaign_creator i on i.campaign_id = c.id and i.creator_id = any(:creators)
                        where c.id = any(:campaigns)
                        """)
                .bindArray(
                        "marketplaces",
                        String.class,
                        items.stream().map(item -> item.marketplace().name()).toList())
                .bindArray(
                        "keys",
                        String.class,
                        items.stream().map(ItemReference::itemKey).toList())
                .bindArray("creators", UUID.class, creators)
                .bindArray("campaigns", UUID.class, campaigns)
                .map((row, context) -> new CampaignRun(
                        row.getObject("id", UUID.class),
                        row.getObject("creator_id", UUID.class),
                        Optional.ofNullable(row.getString("marketplace"))
                                .map(Marketplace::valueOf)
                                .orElse(null),
                        row.getString("item_key"),
                        instant(row, "from_at"),
                        instant(row, "until_at")))
                .list());
    }

    /** What the month end needs of a campaign with a bonus: its brand, its budget and every version of its bonus. */
    public record Funding(UUID campaignId, UUID brandId, Money budget, NavigableMap<Instant, Bonus> bonuses) {}

    /** Every campaign that has or had a bonus. Locked until the transaction ends, if {@code forUpdate}. */
    public List<Funding> fundings(boolean forUpdate) {
        return jdbi.withHandle(handle -> {
            var bonuses = new LinkedHashMap<UUID, NavigableMap<Instant, Bonus>>();
            var campaigns = handle.createQuery("""
                            select id, brand_id, budget_fen from campaign c
                            where exists (select from campaign_bonus b where b.campaign_id = c.id and b.kind <> 'NONE')
                            order by id
                            """ + (forUpdate ? "for no key update" : ""))
                    .map((row, context) -> {
                        var versions = new TreeMap<Instant, Bonus>();
                        bonuses.put(row.getObject("id", UUID.class), versions);
                        return new Funding(
                                row.getObject("id", UUID.class),
                                row.getObject("brand_id", UUID.class),
                                Money.ofFen(row.getLong("budget_fen")),
                                versions);
                    })
                    .list();
            handle.createQuery("""
                            select campaign_id, version, kind, per_order_fen, rate, effective_from from campaign_bonus
                            where campaign_id = any(:campaigns) order by campaign_id, version
                            """)
                    .bindArray("campaigns", UUID.class, bonuses.keySet())
                    .map((row, context) -> {
                        var terms = terms(row);
                        // The first terms hold from the campaign's beginning, and its start is checked elsewhere.
                        var from = row.getInt("version") == 1 ? Instant.MIN : instant(row, "effective_from");
                        return bonuses.get(row.getObject("campaign_id", UUID.class))
                                .put(
                                        from,
                                        new Bonus(
                                                row.getInt("version"),
                                                terms.kind(),
                                                terms.perOrder(),
                                                terms.rate(),
                                                from));
                    })
                    .list();
            return campaigns;
        });
    }

    /** Notes what the bonuses of a campaign cost together; the database refuses more than the budget. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void spent(UUID campaignId, Money spent) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "update campaign set spent_fen = :spent where id = :id and spent_fen <> :spent")
                .bind("spent", spent.fen())
                .bind("id", campaignId)
                .execute());
    }

    private static Campaign campaign(ResultSet row) throws SQLException {
        return new Campaign(
                row.getObject("id", UUID.class),
                row.getObject("brand_id", UUID.class),
                row.getString("name"),
                instant(row, "from_at"),
                instant(row, "until_at"),
                Money.ofFen(row.getLong("budget_fen")),
                Money.ofFen(row.getLong("spent_fen")),
                row.getString("kind") == null ? Bonus.Terms.NONE : terms(row),
                instant(row, "created_at"));
    }

    private static Bonus.Terms terms(ResultSet row) throws SQLException {
        var perOrder = row.getObject("per_order_fen", Long.class);
        var rate = row.getBigDecimal("rate");
        return new Bonus.Terms(
                Bonus.Kind.valueOf(row.getString("kind")),
                perOrder == null ? null : Money.ofFen(perOrder),
                rate == null ? null : new Rate(rate));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
