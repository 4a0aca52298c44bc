-- What a marketplace gives back on an order: accounts, their slots, and who held which slot when.

create extension if not exists btree_gist;

create table marketplace_account (
    id          uuid        not null,
    marketplace text        not null,
    name        text        not null,
    created_at  timestamptz not null,
    constraint marketplace_account_pkey primary key (id),
    constraint marketplace_account_name_key unique (marketplace, name),
    constraint marketplace_account_marketplace_known
        check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN'))
);

create table slot (
    id         bigint generated always as identity,
    account_id uuid        not null,
    kind       text        not null,
    -- As it is written into a link: the whole PID mm_<member>_<site>_<adzone>.
    value      text        not null,
    -- As an order names it: <site>_<adzone>.
    order_key  text        not null,
    -- An exclusive slot has one holder at an instant; the others are shared when the exclusive ones are used up.
    exclusive  boolean     not null,
    -- From when it can be leased again; null while an exclusive lease without an end stands.
    free_at    timestamptz default '-infinity',
    created_at timestamptz not null,
    constraint slot_pkey primary key (id),
    constraint slot_value_key unique (account_id, kind, value),
    constraint slot_order_key_key unique (account_id, kind, order_key),
    constraint slot_exclusive_key unique (id, exclusive),
    constraint slot_account_fkey foreign key (account_id) references marketplace_account,
    constraint slot_kind_known check (kind in ('TAOBAO_PID', 'TAOBAO_RELATION', 'JD_SUB_UNION', 'JD_POSITION',
        'PDD_CUSTOM_PARAMETERS', 'DOUYIN_EXTERNAL_INFO'))
);

create index slot_free_idx on slot (account_id, kind, free_at, id) where exclusive and free_at is not null;
create index slot_shared_idx on slot (account_id, kind, id) where not exclusive;

create table slot_lease (
    id           bigint generated always as identity,
    slot_id      bigint      not null,
    exclusive    boolean     not null,
    placement_id bigint      not null,
    creator_id   uuid        not null,
    medium       text        not null,
    from_at      timestamptz not null,
    until_at     timestamptz,
    constraint slot_lease_pkey primary key (id),
    constraint slot_lease_slot_fkey foreign key (slot_id, exclusive) references slot (id, exclusive),
    constraint slot_lease_creator_fkey foreign key (creator_id) references creator,
    constraint slot_lease_medium_known check (medium in ('LINK', 'TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    constraint slot_lease_period_forward check (from_at < until_at),
    -- No two holders of an exclusive slot at one instant.
    constraint slot_lease_one_holder
        exclude using gist (slot_id with =, tstzrange(from_at, until_at) with &&) where (exclusive),
    -- A shared slot belongs to one creator and one medium at an instant.
    constraint slot_lease_one_creator
        exclude using gist (slot_id with =, creator_id with <>, tstzrange(from_at, until_at) with &&)
        where (not exclusive),
    constraint slot_lease_one_medium
        exclude using gist (slot_id with =, medium with <>, tstzrange(from_at, until_at) with &&)
        where (not exclusive)
);

create index slot_lease_placement_idx on slot_lease (placement_id);
