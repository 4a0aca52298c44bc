-- A place is taken by what is live there, for one campaign or for none: whoever asks again after the end, or for another
-- campaign, gets a placement that works and that the right brand sees.

alter table placement drop constraint placement_place_key;
create unique index placement_place_key
    on placement (creator_id, offer_id, platform, scene, medium, label, campaign_id) nulls not distinct
    where disabled_at is null;
