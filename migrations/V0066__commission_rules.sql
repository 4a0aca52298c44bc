-- Who gets which share of what: rules about a ground, agencies that share in it, volume tiers, and what a month's end decided.

-- An MCN that has a share of its creators' income.
create table agency (
    id         uuid        not null,
    name       text        not null,
    created_at timestamptz not null,
    constraint agency_pkey primary key (id),
    constraint agency_name_key unique (name),
    constraint agency_name_given check (name <> '')
);

-- A row is one immutable version. Of one ground the version that started last holds; of several grounds the most
-- specific one does: creator before campaign before medium before platform before marketplace. So two rules tie only
-- if they are about the same ground and start at the same instant, which the constraint refuses.
alter table commission_rule
    drop constraint commission_rule_pkey,
    drop column id,
    drop constraint commission_rule_start_key,
    alter column creator_share drop not null,
    add constraint commission_rule_pkey primary key (version),
    add column name            text,
    add column creator_id      uuid,
    add column campaign_id     uuid,
    add column medium          text,
    add column platform        text,
    add column marketplace     text,
    add column kind            text not null default 'PERCENT',
    add column fixed_fen       bigint,
    add column floor_fen       bigint,
    add column cap_fen         bigint,
    add column agency_id       uuid,
    add column agency_share    numeric,
    add column effective_until timestamptz,
    -- A withdrawn version leaves its ground to the less specific rules.
    add column withdrawn       boolean not null default false,
    add column created_by      uuid;
update commission_rule set name = '默认规则';
alter table commission_rule alter column name set not null, alter column kind drop default;
alter table commission drop constraint commission_rule_fkey;
alter table commission_rule drop constraint commission_rule_version_key;
alter table commission
    add constraint commission_rule_fkey foreign key (rule_version) references commission_rule (version);
alter table commission_rule alter column version add generated always as identity (start with 2);
alter table commission_rule
    add constraint commission_rule_tie
        unique nulls not distinct (creator_id, campaign_id, medium, platform, marketplace, effective_from),
    add constraint commission_rule_creator_fkey foreign key (creator_id) references creator,
    add constraint commission_rule_campaign_fkey foreign key (campaign_id) references campaign,
    add constraint commission_rule_agency_fkey foreign key (agency_id) references agency,
    add constraint commission_rule_created_by_fkey foreign key (created_by) references person,
    add constraint commission_rule_name_given check (name <> ''),
    add constraint commission_rule_medium_known check (medium in ('LINK', 'TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    add constraint commission_rule_platform_known check (platform in ('WECHAT', 'WECOM', 'QQ', 'XIAOHONGSHU', 'WEIBO',
        'DOUYIN', 'TOUTIAO', 'KUAISHOU', 'WEB')),
    add constraint commission_rule_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN')),
    add constraint commission_rule_kind_known check (kind in ('PERCENT', 'FIXED')),
    add constraint commission_rule_percent check ((kind = 'PERCENT') = (creator_share is not null)),
    add constraint commission_rule_fixed check ((kind = 'FIXED') = (fixed_fen is not null)),
    add constraint commission_rule_amounts check (fixed_fen >= 0 and floor_fen >= 0 and cap_fen >= 0),
    add constraint commission_rule_floor_below_cap check (floor_fen <= cap_fen),
    add constraint commission_rule_agency_whole check ((agency_id is null) = (agency_share is null)),
    add constraint commission_rule_agency_share_of_whole check (agency_share > 0 and agency_share <= 1),
    add constraint commission_rule_period_forward check (effective_from < effective_until),
    -- Without a rule about everything there would be lines without a rule.
    add constraint commission_rule_default_stays check (
        (effective_until is null and not withdrawn)
        or num_nonnulls(creator_id, campaign_id, medium, platform, marketplace) > 0);

alter table fee_setting
    add column created_by uuid,
    add constraint fee_setting_created_by_fkey foreign key (created_by) references person;

-- What a creator gets beside her lines for the volume of a month; the steps are [{"fromFen", "rate"}].
create table tier_rule (
    version    int         generated always as identity,
    name       text        not null,
    -- Null: whoever has none of her own.
    creator_id uuid,
    -- From this month on, by its first day.
    month      date        not null,
    steps      jsonb       not null,
    created_at timestamptz not null,
    created_by uuid,
    constraint tier_rule_pkey primary key (version),
    constraint tier_rule_start_key unique nulls not distinct (creator_id, month),
    constraint tier_rule_creator_fkey foreign key (creator_id) references creator,
    constraint tier_rule_created_by_fkey foreign key (created_by) references person,
    constraint tier_rule_month_first_day check (extract(day from month) = 1),
    constraint tier_rule_name_given check (name <> '')
);

alter table commission
    add column campaign_id uuid,
    add column agency_id   uuid,
    add column agency_fen  bigint  not null default 0,
    -- What stands after refunds, before the fee.
    add column gross_fen   bigint  not null default 0,
    -- What the buyer paid and keeps, which a bonus in per cent is counted on.
    add column sold_fen    bigint  not null default 0,
    -- Whether the creator's part waits in the held account.
    add column held        boolean not null default false,
    add constraint commission_campaign_fkey foreign key (campaign_id) references campaign,
    add constraint commission_agency_fkey foreign key (agency_id) references agency;
update commission set gross_fen = amount_fen + fee_fen + platform_fen;
alter table commission
    add constraint commission_parts_sum check (fee_fen + amount_fen + agency_fen + platform_fen = gross_fen);
create index commission_campaign_idx on commission (campaign_id, month) where campaign_id is not null;

-- The months whose tiers and bonuses are decided; before they are provisional.
create table month_end (
    month      date        not null,
    decided_at timestamptz not null,
    constraint month_end_pkey primary key (month),
    constraint month_end_first_day check (extract(day from month) = 1)
);

-- What was decided when a month was locked, and decided again when a later lock found its lines changed.
create table tier_result (
    creator_id   uuid        not null,
    month        date        not null,
    tier_version int         not null,
    volume_fen   bigint      not null,
    amount_fen   bigint      not null,
    decided_at   timestamptz not null,
    constraint tier_result_pkey primary key (creator_id, month),
    constraint tier_result_creator_fkey foreign key (creator_id) references creator,
    constraint tier_result_tier_fkey foreign key (tier_version) references tier_rule (version),
    constraint tier_result_month_first_day check (extract(day from month) = 1)
);

create table bonus_line (
    order_line_id uuid        not null,
    campaign_id   uuid        not null,
    creator_id    uuid        not null,
    month         date        not null,
    bonus_version int         not null,
    -- Its place in the order in which the budget is handed out.
    position      int         not null,
    base_fen      bigint      not null,
    wanted_fen    bigint      not null,
    amount_fen    bigint      not null,
    held          boolean     not null,
    decided_at    timestamptz not null,
    constraint bonus_line_pkey primary key (order_line_id),
    constraint bonus_line_line_fkey foreign key (order_line_id) references order_line,
    constraint bonus_line_bonus_fkey foreign key (campaign_id, bonus_version) references campaign_bonus (campaign_id, version),
    constraint bonus_line_creator_fkey foreign key (creator_id) references creator,
    constraint bonus_line_within_wish check (amount_fen between 0 and wanted_fen),
    constraint bonus_line_month_first_day check (extract(day from month) = 1)
);

create index bonus_line_campaign_idx on bonus_line (campaign_id, month);
