-- What an order line earns its creator: rules, fee settings, and the result with the inputs it came from.

create table commission_rule (
    id             uuid        not null,
    version        int         not null,
    creator_share  numeric     not null,
    effective_from timestamptz not null,
    created_at     timestamptz not null default now(),
    constraint commission_rule_pkey primary key (id),
    constraint commission_rule_version_key unique (version),
    constraint commission_rule_start_key unique (effective_from),
    constraint commission_rule_share_of_whole check (creator_share between 0 and 1)
);

-- The default rule: seven tenths of what is left after the technical service fee.
insert into commission_rule (id, version, creator_share, effective_from)
values (uuidv7(), 1, 0.7, '2016-01-01T00:00:00+08:00');

-- The technical service fee that is assumed where a marketplace does not report it.
create table fee_setting (
    marketplace    text        not null,
    effective_from timestamptz not null,
    rate           numeric     not null,
    constraint fee_setting_pkey primary key (marketplace, effective_from),
    constraint fee_setting_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN')),
    constraint fee_setting_rate_of_whole check (rate between 0 and 1)
);

-- Taobao charges a tenth of the commission part. Douyin reports amounts that it has already taken its fee from.
-- What JD and Pinduoduo take is not published: nothing is assumed until an operator sets it.
insert into fee_setting (marketplace, effective_from, rate)
values ('TAOBAO', '2016-01-01T00:00:00+08:00', 0.1),
       ('JD', '2016-01-01T00:00:00+08:00', 0),
       ('PDD', '2016-01-01T00:00:00+08:00', 0),
       ('DOUYIN', '2016-01-01T00:00:00+08:00', 0);

create table commission (
    order_line_id uuid        not null,
    creator_id    uuid,
    placement_id  bigint,
    rule_version  int         not null,
    -- The creator's share of what is expected, and of what was settled.
    estimated_fen bigint      not null,
    settled_fen   bigint      not null,
    -- What stands in the books for the creator now: settled once settled, estimated before, nothing if invalid.
    amount_fen    bigint      not null,
    fee_fen       bigint      not null,
    fee_assumed   boolean     not null,
    platform_fen  bigint      not null,
    -- The posting month, by its first day.
    month         date        not null,
    inputs        jsonb       not null,
    calculated_at timestamptz not null,
    constraint commission_pkey primary key (order_line_id),
    constraint commission_line_fkey foreign key (order_line_id) references order_line,
    constraint commission_creator_fkey foreign key (creator_id) references creator,
    constraint commission_placement_fkey foreign key (placement_id) references placement,
    constraint commission_rule_fkey foreign key (rule_version) references commission_rule (version),
    constraint commission_month_first_day check (extract(day from month) = 1)
);

create index commission_creator_idx on commission (creator_id, month);
create index commission_month_idx on commission (month);
