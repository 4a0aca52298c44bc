-- A marketplace's settlement held against ours, line by line, with the remainder that nothing explains as a number.

create table reconciliation (
    id            uuid        not null,
    marketplace   text        not null,
    month         date        not null,
    file_name     text        not null,
    sha256        bytea       not null,
    made_by       uuid        not null,
    made_at       timestamptz not null,
    ours_fen      bigint      not null,
    theirs_fen    bigint      not null,
    remainder_fen bigint      not null,
    matched       int         not null,
    different     int         not null,
    only_here     int         not null,
    only_there    int         not null,
    constraint reconciliation_pkey primary key (id),
    constraint reconciliation_made_by_fkey foreign key (made_by) references person,
    constraint reconciliation_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN')),
    constraint reconciliation_month_first_day check (extract(day from month) = 1),
    constraint reconciliation_sha256_length check (length(sha256) = 32),
    constraint reconciliation_remainder_adds_up check (remainder_fen = theirs_fen - ours_fen)
);

create table reconciliation_row (
    reconciliation_id     uuid   not null,
    position              int    not null,
    kind                  text   not null,
    -- The line key, or the order number where the file has no line keys.
    key                   text   not null,
    ours_commission_fen   bigint,
    ours_fee_fen          bigint,
    theirs_commission_fen bigint,
    theirs_fee_fen        bigint,
    difference_fen        bigint not null,
    constraint reconciliation_row_pkey primary key (reconciliation_id, position),
    constraint reconciliation_row_key unique (reconciliation_id, key),
    constraint reconciliation_row_reconciliation_fkey foreign key (reconciliation_id) references reconciliation,
    constraint reconciliation_row_kind_known check (kind in ('MATCHED', 'DIFFERENT', 'ONLY_HERE', 'ONLY_THERE')),
    constraint reconciliation_row_ours check ((ours_commission_fen is null) = (kind = 'ONLY_THERE')),
    constraint reconciliation_row_theirs check ((theirs_commission_fen is null) = (kind = 'ONLY_HERE'))
);
