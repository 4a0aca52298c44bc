-- What is promoted: offers, and the campaigns in which brands promote theirs.

create table offer (
    id             uuid        not null,
    marketplace    text        not null,
    item_id        text        not null,
    item_key       text        not null,
    title          text,
    brand_id       uuid,
    price_fen      bigint,
    coupon_fen     bigint,
    topic          text,
    created_at     timestamptz not null,
    constraint offer_pkey primary key (id),
    constraint offer_item_key unique (marketplace, item_key),
    constraint offer_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN', 'XIANYU')),
    constraint offer_item_key_given check (item_key <> ''),
    constraint offer_brand_fkey foreign key (brand_id) references brand,
    constraint offer_price_positive check (price_fen > 0),
    constraint offer_coupon_positive check (coupon_fen > 0)
);

create table campaign (
    id         uuid        not null,
    brand_id   uuid        not null,
    name       text        not null,
    from_at    timestamptz not null,
    until_at   timestamptz not null,
    created_at timestamptz not null,
    constraint campaign_pkey primary key (id),
    constraint campaign_name_key unique (brand_id, name),
    constraint campaign_brand_fkey foreign key (brand_id) references brand,
    constraint campaign_period_forward check (from_at < until_at)
);

create table campaign_offer (
    campaign_id uuid not null,
    offer_id    uuid not null,
    constraint campaign_offer_pkey primary key (campaign_id, offer_id),
    constraint campaign_offer_campaign_fkey foreign key (campaign_id) references campaign,
    constraint campaign_offer_offer_fkey foreign key (offer_id) references offer
);

create table campaign_creator (
    campaign_id uuid        not null,
    creator_id  uuid        not null,
    invited_at  timestamptz not null,
    constraint campaign_creator_pkey primary key (campaign_id, creator_id),
    constraint campaign_creator_campaign_fkey foreign key (campaign_id) references campaign,
    constraint campaign_creator_creator_fkey foreign key (creator_id) references creator
);
