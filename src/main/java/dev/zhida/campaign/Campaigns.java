package dev.zhida.campaign;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Brands, their campaigns, and who is invited to them. */
@ApplicationScoped
public class Campaigns {

    private final Jdbi jdbi;
    private final Clock clock;

    Campaigns(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Transactional
    public UUID addBrand(String name) {
        var id = UuidCreator.getTimeOrderedEpoch();
        jdbi.useHandle(
                handle -> handle.createUpdate("insert into brand (id, name, created_at) values (:id, :name, :at)")
                        .bind("id", id)
                        .bind("name", name)
                        .bind("at", utc(clock.instant()))
                        .execute());
        return id;
    }

    /** Adds a campaign that runs from {@code fromAt} until, not including, {@code untilAt}. */
    @Transactional
    public UUID addCampaign(UUID brandId, String name, Instant fromAt, Instant untilAt) {
        var id = UuidCreator.getTimeOrderedEpoch();
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into campaign (id, brand_id, name, from_at, until_at, created_at)
                        values (:id, :brand, :name, :from, :until, :at)
                        """)
                .bind("id", id)
                .bind("brand", brandId)
                .bind("name", name)
                .bind("from", utc(fromAt))
                .bind("until", utc(untilAt))
                .bind("at", utc(clock.instant()))
                .execute());
        return id;
    }

    /** Invites a creator; inviting her again changes nothing. */
    @Transactional
    public void invite(UUID campaignId, UUID creatorId) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into campaign_creator (campaign_id, creator_id, invited_at)
                        values (:campaign, :creator, :at) on conflict do nothing
                        """)
                .bind("campaign", campaignId)
                .bind("creator", creatorId)
                .bind("at", utc(clock.instant()))
                .execute());
    }

    /**
     * Makes sure that a creator may promote for a campaign.
     *
     * @throws Refusal as if the campaign did not exist, if she is not invited
     */
    public void requireInvited(UUID campaignId, UUID creatorId) {
        var invited = jdbi.withHandle(handle -> handle.createQuery(
                        "select exists (select from campaign_creator where campaign_id = :campaign and creator_id = :creator)")
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

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
