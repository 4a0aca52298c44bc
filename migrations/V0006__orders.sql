-- What marketplaces report: files, observations as they came, and the order lines folded from them.

create table order_report (
    id          uuid        not null,
    account_id  uuid        not null,
    file_name   text        not null,
    sha256      bytea       not null,
    bytes       bigint      not null,
    exported_at timestamptz,
    received_at timestamptz not null,
    received_by uuid        not null,
    accepted    int,
    unchanged   int,
    refused     int,
    -- Null while it is read, and for ever if the process died on the way: reading it again is safe.
    finished_at timestamptz,
    constraint order_report_pkey primary key (id),
    constraint order_report_account_fkey foreign key (account_id) references marketplace_account,
    constraint order_report_received_by_fkey foreign key (received_by) references person,
    constraint order_report_sha256_length check (length(sha256) = 32)
);

create table order_line (
    id                uuid        not null,
    marketplace       text        not null,
    account_id        uuid        not null,
    line_key          text        not null,
    order_no          text        not null,
    -- The number that the buyer sees; the order number where a source tells no parent.
    parent_no         text        not null,
    item_id           text,
    item_key          text,
    item_title        text,
    shop_name         text,
    quantity          int         not null,
    status            text        not null,
    status_text       text,
    -- Why a person must decide; null in every other status.
    review            text,
    paid_fen          bigint      not null,
    -- Commission and subsidy before the technical service fee.
    estimated_fen     bigint      not null,
    settled_base_fen  bigint,
    settled_fen       bigint,
    subsidy_fen       bigint,
    fee_rate          numeric,
    fee_fen           bigint,
    clicked_at        timestamptz,
    created_at        timestamptz,
    paid_at           timestamptz,
    settled_at        timestamptz,
    as_of             timestamptz,
    slot_kind         text,
    slot_key          text,
    first_observed_at timestamptz not null,
    changed_at        timestamptz not null,
    constraint order_line_pkey primary key (id),
    constraint order_line_line_key unique (marketplace, line_key),
    constraint order_line_account_fkey foreign key (account_id) references marketplace_account,
    constraint order_line_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN')),
    constraint order_line_status_known
        check (status in ('CREATED', 'PAID', 'RECEIVED', 'SETTLED', 'INVALID', 'NEEDS_REVIEW')),
    constraint order_line_review_says_why check ((status = 'NEEDS_REVIEW') = (review is not null)),
    constraint order_line_quantity_not_negative check (quantity >= 0),
    constraint order_line_slot_whole check ((slot_kind is null) = (slot_key is null))
);

create index order_line_parent_idx on order_line (marketplace, parent_no);
create index order_line_order_no_idx on order_line (order_no);

create table order_observation (
    id           bigint generated always as identity,
    account_id   uuid        not null,
    marketplace  text        not null,
    line_key     text        not null,
    -- SHA-256 of what the observation says, its time included: the same words at another time are news.
    content_hash bytea       not null,
    as_of        timestamptz,
    content      jsonb       not null,
    -- As received; never shown to creators.
    raw          jsonb       not null,
    report_id    uuid,
    observed_at  timestamptz not null,
    constraint order_observation_pkey primary key (id),
    constraint order_observation_content_key unique (account_id, line_key, content_hash),
    constraint order_observation_line_fkey foreign key (marketplace, line_key)
        references order_line (marketplace, line_key),
    constraint order_observation_account_fkey foreign key (account_id) references marketplace_account,
    constraint order_observation_report_fkey foreign key (report_id) references order_report,
    constraint order_observation_hash_length check (length(content_hash) = 32)
);

create index order_observation_line_idx on order_observation (marketplace, line_key);

create table attribution (
    id            bigint generated always as identity,
    order_line_id uuid        not null,
    version       int         not null,
    current       boolean     not null,
    confidence    text        not null,
    placement_id  bigint,
    creator_id    uuid,
    medium        text,
    lease_id      bigint,
    rule_version  int         not null,
    evidence      jsonb       not null,
    decided_at    timestamptz not null,
    constraint attribution_pkey primary key (id),
    constraint attribution_version_key unique (order_line_id, version),
    constraint attribution_line_fkey foreign key (order_line_id) references order_line,
    constraint attribution_placement_fkey foreign key (placement_id) references placement,
    constraint attribution_creator_fkey foreign key (creator_id) references creator,
    constraint attribution_lease_fkey foreign key (lease_id) references slot_lease,
    constraint attribution_confidence_known check (confidence in ('EXACT', 'WINDOW', 'SHARED', 'NONE')),
    constraint attribution_exact_names_placement check (confidence not in ('EXACT', 'WINDOW') or placement_id is not null),
    constraint attribution_names_creator check ((confidence = 'NONE') = (creator_id is null))
);

create unique index attribution_current_key on attribution (order_line_id) where current;
create index attribution_placement_idx on attribution (placement_id) where current;
create index attribution_creator_idx on attribution (creator_id) where current;
