-- What a campaign promises since when: budget, bonus, offers and creators; whoever asks for a past instant gets the same answer for ever.

alter table campaign
    add column budget_fen bigint not null default 0,
    -- What its decided months give away together; the month end writes it, and the check below is the last word.
    add column spent_fen  bigint not null default 0,
    add constraint campaign_budget_not_negative check (budget_fen >= 0),
    add constraint campaign_budget_never_overspent check (spent_fen between 0 and budget_fen);

-- An offer or a creator may come, go and come again; one stay is open at a time.
alter table campaign_offer
    add column added_at   timestamptz not null default '-infinity',
    add column removed_at timestamptz,
    drop constraint campaign_offer_pkey,
    add constraint campaign_offer_pkey primary key (campaign_id, offer_id, added_at),
    add constraint campaign_offer_stay_forward check (added_at < removed_at);
alter table campaign_offer alter column added_at drop default;
create unique index campaign_offer_open_key on campaign_offer (campaign_id, offer_id) where removed_at is null;
create index campaign_offer_offer_idx on campaign_offer (offer_id);

alter table campaign_creator
    add column removed_at timestamptz,
    drop constraint campaign_creator_pkey,
    add constraint campaign_creator_pkey primary key (campaign_id, creator_id, invited_at),
    add constraint campaign_creator_stay_forward check (invited_at < removed_at);
create unique index campaign_creator_open_key on campaign_creator (campaign_id, creator_id) where removed_at is null;
create index campaign_creator_creator_idx on campaign_creator (creator_id);

-- What the brand adds per order or as a share of what was sold; each version holds until the next one starts.
create table campaign_bonus (
    campaign_id    uuid        not null,
    version        int         not null,
    kind           text        not null,
    per_order_fen  bigint,
    rate           numeric,
    effective_from timestamptz not null,
    created_by     uuid,
    constraint campaign_bonus_pkey primary key (campaign_id, version),
    constraint campaign_bonus_start_key unique (campaign_id, effective_from),
    constraint campaign_bonus_campaign_fkey foreign key (campaign_id) references campaign,
    constraint campaign_bonus_created_by_fkey foreign key (created_by) references person,
    constraint campaign_bonus_kind_known check (kind in ('NONE', 'PER_ORDER', 'PERCENT')),
    constraint campaign_bonus_per_order check ((kind = 'PER_ORDER') = (per_order_fen is not null)),
    constraint campaign_bonus_percent check ((kind = 'PERCENT') = (rate is not null)),
    constraint campaign_bonus_positive check (per_order_fen > 0 and rate is null or rate > 0 and rate <= 1 or kind = 'NONE')
);
