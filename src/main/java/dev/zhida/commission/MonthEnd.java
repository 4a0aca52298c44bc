package dev.zhida.commission;

import dev.zhida.attribution.Reviews;
import dev.zhida.campaign.Campaigns;
import dev.zhida.ledger.Account;
import dev.zhida.ledger.Account.Kind;
import dev.zhida.ledger.Flow;
import dev.zhida.ledger.Ledger;
import dev.zhida.ledger.Target;
import dev.zhida.money.Money;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What is decided when a month is locked, because it depends on many lines: volume tiers and campaign bonuses.
 *
 * <p>Every lock decides its month and decides all earlier ones again from the latest truth. What a late line changes of
 * a locked month is the difference to what stands, which the books post in the earliest month that is open; the sum
 * over all months of a campaign stays within its budget, because the months take from it in their order.
 */
@ApplicationScoped
public class MonthEnd {

    private final Jdbi jdbi;
    private final Ledger ledger;
    private final Campaigns campaigns;
    private final Tiers tiers;
    private final MonthEndStore store;
    private final Reviews reviews;

    MonthEnd(Jdbi jdbi, Ledger ledger, Campaigns campaigns, Tiers tiers, MonthEndStore store, Reviews reviews) {
        this.jdbi = jdbi;
        this.ledger = ledger;
        this.campaigns = campaigns;
        this.tiers = tiers;
        this.store = store;
        this.reviews = reviews;
    }

    /** What the volume of a month brings a creator. */
    public record TierResult(UUID creatorId, YearMonth month, int tierVersion, Money volume, Money amount) {}

    /**
     * What a campaign's bonus brings a creator in a month.
     *
     * @param lines how many lines asked for it
     * @param wanted what they asked for
     * @param amount what the budget gave, {@code held} included
     * @param held what of it waits until somebody has decided
     */
    public record BonusResult(UUID campaignId, UUID creatorId, long lines, Money wanted, Money amount, Money held) {}

    /**
     * A month.
     *
     * @param decided whether it is decided; else this is how it would be decided now, by the lines settled so far
     */
    public record Results(YearMonth month, boolean decided, List<TierResult> tiers, List<BonusResult> bonuses) {}

    /**
     * Posts the month's volume tiers and campaign bonuses. To be called in the transaction that locks the month, before
     * the lock itself is written.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void decide(YearMonth month, Instant at) {
        // Decisions come one after the other, so that none posts what another has counted anew; and this lock is taken
        // before any other, as the lock of a month does, so that no two wait for each other.
        ledger.stopPostings();
        try (var handle = jdbi.open()) {
            store.decided(handle, month, at);
            var last = store.lastDecided(handle);
            var targets = new ArrayList<Target>();
            decideTiers(handle, last, at, targets);
            decideBonuses(handle, last, at, targets);
            ledger.post(targets, at);
        }
    }

    /**
     * Decides the bonuses of all decided months again, if what brands and operators say of them would change one: a
     * dispute has come, was decided, or has lapsed. The books post the difference in the earliest open month.
     *
     * @return whether there was something to decide
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean decideDisputes(Instant at) {
        // Stopping the postings of everybody is for when there is something to post.
        if (!jdbi.withHandle(handle -> disputesChanged(handle, at))) {
            return false;
        }
        ledger.stopPostings();
        try (var handle = jdbi.open()) {
            if (!disputesChanged(handle, at)) {
                return false;
            }
            var targets = new ArrayList<Target>();
            decideBonuses(handle, store.lastDecided(handle), at, targets);
            ledger.post(targets, at);
            return true;
        }
    }

    /** Whether a bonus is held that no dispute holds any more, or is not although one should be held or refused. */
    private boolean disputesChanged(Handle handle, Instant at) {
        var given = store.given(handle, reviews.everDisputed());
        var lines = given.stream().map(MonthEndStore.Given::lineId).toList();
        var held = reviews.heldBonusLines(lines, at);
        var refused = reviews.refusedBonusLines(lines, at);
        return given.stream()
                .anyMatch(line -> refused.contains(line.lineId())
                        || line.held() != (line.frozen() || held.contains(line.lineId())));
    }

    private void decideTiers(Handle handle, YearMonth last, Instant at, List<Target> targets) {
        var results = tierResults(handle, last);
        results.forEach(result -> targets.add(new Target(
                "tier/" + result.creatorId() + "/" + result.month(),
                flows(
                        Account.of(Kind.PLATFORM_REVENUE),
                        new Account(Kind.CREATOR_CONFIRMED, result.creatorId().toString()),
                        result.amount()),
                result.month(),
                "TIER")));
        store.saveTiers(handle, results, at);
    }

    private static Map<Flow, Money> flows(Account debit, Account credit, Money amount) {
        return amount.isZero() ? Map.of() : Map.of(new Flow(debit, credit), amount);
    }

    /** All creators and months up to {@code last} that have a tier and a volume, or were decided before. */
    private List<TierResult> tierResults(Handle handle, YearMonth last) {
        var versions = tiers.all(handle);
        if (versions.isEmpty()) {
            return List.of();
        }
        var first = versions.values().stream()
                .map(byMonth -> byMonth.firstKey())
                .min(YearMonth::compareTo)
                .orElseThrow();
        var results = new ArrayList<TierResult>();
        store.volumes(handle, first, last).forEach((key, volume) -> {
            var tier = Tier.of(versions, key.creatorId(), key.month());
            if (tier != null) {
                results.add(new TierResult(key.creatorId(), key.month(), tier.version(), volume, tier.amount(volume)));
            }
        });
        return results;
    }

    private void decideBonuses(Handle handle, YearMonth last, Instant at, List<Target> targets) {
        var fundings = campaigns.fundings(true);
        var allotments = allotments(handle, fundings, last, at);
        // All that was given before is read first: a line may have gone from one campaign to another.
        for (var funding : fundings) {
            var ofCampaign = allotments.get(funding.campaignId());
            var byMonth = new TreeMap<YearMonth, Map<Flow, Money>>();
            store.bonusMonths(handle, funding.campaignId()).forEach(known -> byMonth.put(known, Map.of()));
            var brand = new Account(Kind.BRAND_BONUS, funding.brandId().toString());
            for (var allotment : ofCampaign) {
                var line = allotment.line();
                if (allotment.given().isPositive()) {
                    var to = new Account(
                            line.held() ? Kind.CREATOR_HELD : Kind.CREATOR_CONFIRMED,
                            line.creatorId().toString());
                    var flows = new LinkedHashMap<>(byMonth.getOrDefault(line.month(), Map.of()));
                    flows.merge(new Flow(brand, to), allotment.given(), Money::plus);
                    byMonth.put(line.month(), flows);
                }
            }
            byMonth.forEach((month, flows) ->
                    targets.add(new Target("bonus/" + funding.campaignId() + "/" + month, flows, month, "BONUS")));
        }
        for (var funding : fundings) {
            var ofCampaign = allotments.get(funding.campaignId());
            campaigns.spent(
                    funding.campaignId(),
                    ofCampaign.stream().map(BonusBudget.Allotment::given).reduce(Money.ZERO, Money::plus));
            store.saveBonuses(handle, funding.campaignId(), ofCampaign, at);
        }
    }

    private Map<UUID, List<BonusBudget.Allotment>> allotments(
            Handle handle, List<Campaigns.Funding> fundings, YearMonth last, Instant at) {
        var lines = fundings.isEmpty()
                ? new HashMap<UUID, List<BonusBudget.Line>>()
                : store.bonusLines(
                        handle,
                        fundings.stream().map(Campaigns.Funding::campaignId).toList(),
                        last);
        var reviewed = lines.values().stream()
                .flatMap(List::stream)
                .map(BonusBudget.Line::id)
                .toList();
        var refused = reviews.refusedBonusLines(reviewed, at);
        var disputed = reviews.heldBonusLines(reviewed, at);
        lines.replaceAll((campaign, of) -> of.stream()
                .filter(line -> !refused.contains(line.id()))
                .map(line -> disputed.contains(line.id()) ? line.asHeld() : line)
                .toList());
        var allotments = new LinkedHashMap<UUID, List<BonusBudget.Allotment>>();
        fundings.forEach(funding -> allotments.put(
                funding.campaignId(),
                BonusBudget.allot(
                        lines.getOrDefault(funding.campaignId(), List.of()), funding.bonuses(), funding.budget())));
        return allotments;
    }

    /**
     * What a month brings beside its lines: as it was decided, or else as it would be decided now.
     *
     * @param creatorId {@code null} for all creators
     */
    @Transactional
    public Results results(YearMonth month, UUID creatorId, Instant at) {
        return jdbi.withHandle(handle -> {
            Predicate<UUID> asked = id -> creatorId == null || creatorId.equals(id);
            var decided = store.isDecided(handle, month);
            var tierResults = decided ? store.tiers(handle, month) : tierResults(handle, month);
            var bonuses = decided ? store.bonuses(handle, month) : provisionalBonuses(handle, month, at);
            return new Results(
                    month,
                    decided,
                    tierResults.stream()
                            .filter(result -> result.month().equals(month) && asked.test(result.creatorId()))
                            .toList(),
                    bonuses.stream()
                            .filter(result -> asked.test(result.creatorId()))
                            .toList());
        });
    }

    private List<BonusResult> provisionalBonuses(Handle handle, YearMonth month, Instant at) {
        var results = new ArrayList<BonusResult>();
        allotments(handle, campaigns.fundings(false), month, at).forEach((campaign, ofCampaign) -> {
            var byCreator = new TreeMap<UUID, BonusResult>();
            for (var allotment : ofCampaign) {
                var line = allotment.line();
                if (line.month().equals(month)) {
                    byCreator.merge(
                            line.creatorId(),
                            new BonusResult(
                                    campaign,
                                    line.creatorId(),
                                    1,
                                    allotment.wanted(),
                                    allotment.given(),
                                    line.held() ? allotment.given() : Money.ZERO),
                            MonthEnd::sum);
                }
            }
            results.addAll(byCreator.values());
        });
        return results;
    }

    private static BonusResult sum(BonusResult a, BonusResult b) {
        return new BonusResult(
                a.campaignId(),
                a.creatorId(),
                a.lines() + b.lines(),
                a.wanted().plus(b.wanted()),
                a.amount().plus(b.amount()),
                a.held().plus(b.held()));
    }
}
