-- What a creator posts: placements with their codes, and the kits in which they were made.

create table placement (
    id          bigint generated always as identity,
    code        text        not null,
    creator_id  uuid        not null,
    offer_id    uuid        not null,
    campaign_id uuid,
    platform    text        not null,
    scene       text        not null,
    medium      text        not null,
    label       text        not null default '',
    destination text        not null,
    earns       boolean     not null,
    -- Why it earns nothing; null if it earns.
    earns_not   text,
    created_at  timestamptz not null,
    expires_at  timestamptz,
    disabled_at timestamptz,
    constraint placement_pkey primary key (id),
    constraint placement_code_key unique (code),
    constraint placement_code_form check (code ~ '^[2-9A-HJ-NP-Z]{8}$'),
    -- The same request returns the same placement.
    constraint placement_place_key unique (creator_id, offer_id, platform, scene, medium, label),
    constraint placement_creator_fkey foreign key (creator_id) references creator,
    constraint placement_offer_fkey foreign key (offer_id) references offer,
    constraint placement_campaign_fkey foreign key (campaign_id) references campaign,
    constraint placement_platform_known check (platform in ('WECHAT', 'WECOM', 'QQ', 'XIAOHONGSHU', 'WEIBO', 'DOUYIN',
        'TOUTIAO', 'KUAISHOU', 'WEB')),
    constraint placement_scene_known check (scene in ('CHAT', 'GROUP', 'MOMENTS', 'NOTE', 'COMMENT', 'VIDEO', 'LIVE',
        'PROFILE')),
    constraint placement_medium_known check (medium in ('LINK', 'TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    constraint placement_destination_https check (destination like 'https://%'),
    constraint placement_earns_or_says_why check (earns = (earns_not is null))
);

create index placement_creator_idx on placement (creator_id, id desc);
create index placement_offer_idx on placement (offer_id);

alter table slot_lease add constraint slot_lease_placement_fkey foreign key (placement_id) references placement;

create table link_kit (
    id         uuid        not null,
    creator_id uuid        not null,
    offer_id   uuid        not null,
    created_at timestamptz not null,
    constraint link_kit_pkey primary key (id),
    constraint link_kit_creator_fkey foreign key (creator_id) references creator,
    constraint link_kit_offer_fkey foreign key (offer_id) references offer
);

create index link_kit_creator_idx on link_kit (creator_id, id desc);

create table link_kit_placement (
    link_kit_id  uuid   not null,
    position     int    not null,
    placement_id bigint not null,
    constraint link_kit_placement_pkey primary key (link_kit_id, position),
    constraint link_kit_placement_kit_fkey foreign key (link_kit_id) references link_kit,
    constraint link_kit_placement_placement_fkey foreign key (placement_id) references placement
);
